//! Signatures: the specification's own vector, two secrets at once, and nothing else believed.

use proptest::prelude::*;

use super::signature::{Received, Refused, TOLERANCE_S};
use super::*;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
const AT: i64 = 1_649_367_553;
const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
const SIGNED: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

fn secret() -> Secret {
    Secret::parse(SECRET).unwrap()
}

fn other() -> Secret {
    Secret::new(&[7; 32]).unwrap()
}

fn id() -> Id<'static> {
    Id::parse(ID).unwrap()
}

fn received(signature: &str) -> Received<'_> {
    Received {
        id: ID,
        timestamp: "1649367553",
        signature,
    }
}

fn check(signature: &str, secrets: &[Secret]) -> Result<(), Refused> {
    verify(received(signature), BODY, secrets, AT, TOLERANCE_S)
}

#[test]
fn the_official_vector_signs_and_verifies() {
    assert_eq!(sign(id(), AT, BODY, &[secret()]), SIGNED);
    assert_eq!(check(SIGNED, &[secret()]), Ok(()));
    assert_eq!(
        headers(id(), AT, BODY, &[secret()]),
        [
            ("webhook-id", ID.to_owned()),
            ("webhook-timestamp", "1649367553".to_owned()),
            ("webhook-signature", SIGNED.to_owned()),
        ]
    );
}

#[test]
fn two_live_secrets_make_two_signatures_and_either_verifies() {
    let both = sign(id(), AT, BODY, &[secret(), other()]);
    let (first, second) = both.split_once(' ').unwrap();
    assert_eq!(first, SIGNED);
    assert!(second.starts_with("v1,") && !second.contains(' '));
    for secrets in [vec![secret()], vec![other()], vec![other(), secret()]] {
        assert_eq!(check(&both, &secrets), Ok(()));
    }
    assert_eq!(check(first, &[other(), secret()]), Ok(()));
    assert_eq!(check(first, &[other()]), Err(Refused::Signature));
}

#[test]
fn without_secrets_nothing_is_signed_and_nothing_believed() {
    assert_eq!(sign(id(), AT, BODY, &[]), "");
    for signature in ["", SIGNED] {
        assert_eq!(check(signature, &[]), Err(Refused::Signature));
    }
}

#[test]
fn signatures_of_other_schemes_are_passed_over() {
    let bare = SIGNED.strip_prefix("v1,").unwrap();
    assert_eq!(
        check(&format!("v1a,AAAA v2,{bare}  {SIGNED}"), &[secret()]),
        Ok(())
    );
    for wrong in [
        String::new(),
        bare.to_owned(),
        format!("v2,{bare}"),
        format!("v1a,{bare}"),
        format!("V1,{bare}"),
        format!("v1, {bare}"),
        format!("{SIGNED},"),
    ] {
        assert_eq!(
            check(&wrong, &[secret()]),
            Err(Refused::Signature),
            "{wrong}"
        );
    }
}

#[test]
fn the_time_may_be_off_by_the_tolerance_and_no_more() {
    let at = |now_s| verify(received(SIGNED), BODY, &[secret()], now_s, 300);
    for (off_s, expected) in [
        (0, Ok(())),
        (300, Ok(())),
        (-300, Ok(())),
        (301, Err(Refused::TooOld)),
        (-301, Err(Refused::TooNew)),
        (i64::MIN, Err(Refused::TooNew)),
    ] {
        assert_eq!(at(AT.saturating_add(off_s)), expected, "{off_s}");
    }
    for timestamp in [
        "",
        "now",
        " 1649367553",
        "+1649367553",
        "-1",
        "99999999999999999999",
    ] {
        let received = Received {
            timestamp,
            ..received(SIGNED)
        };
        assert_eq!(
            verify(received, BODY, &[secret()], AT, 300),
            Err(Refused::Timestamp)
        );
    }
    // The same second in another spelling is not what was signed.
    let padded = Received {
        timestamp: "01649367553",
        ..received(SIGNED)
    };
    assert_eq!(
        verify(padded, BODY, &[secret()], AT, 300),
        Err(Refused::Signature)
    );
}

#[test]
fn an_id_with_a_dot_is_refused() {
    let dotted = Received {
        id: "msg.1",
        ..received(SIGNED)
    };
    assert_eq!(
        verify(dotted, BODY, &[secret()], AT, 300),
        Err(Refused::Id(id::BadId::Dot))
    );
}

#[test]
fn bodies_are_signed_byte_for_byte() {
    let bodies: [&[u8]; 4] = [b"", b"{ \"a\" :1}\r\n", b"{\"a\":1}", b"\xFF\x00\xC3\x28"];
    let signatures = bodies.map(|body| sign(id(), AT, body, &[secret()]));
    for (body, signature) in bodies.iter().zip(&signatures) {
        for (other, _) in bodies.iter().zip(&signatures) {
            let believed = verify(received(signature), other, &[secret()], AT, 0).is_ok();
            assert_eq!(believed, body == other);
        }
    }
}

proptest! {
    #[test]
    fn any_flipped_byte_fails(
        key in prop::collection::vec(any::<u8>(), 24..=64),
        id in "[!-\\-/-~]{1,40}",
        at_s in 0..=i64::MAX,
        body in prop::collection::vec(any::<u8>(), 0..80),
        place in any::<prop::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        let secrets = [Secret::new(&key).unwrap()];
        let signature = sign(Id::parse(&id).unwrap(), at_s, &body, &secrets);
        let timestamp = at_s.to_string();
        let parts = [id.as_bytes(), timestamp.as_bytes(), signature.as_bytes(), &body[..]];
        let believed = |parts: [&[u8]; 4]| {
            let [Ok(id), Ok(timestamp), Ok(signature)] =
                [parts[0], parts[1], parts[2]].map(std::str::from_utf8)
            else {
                return false;
            };
            let received = Received { id, timestamp, signature };
            verify(received, parts[3], &secrets, at_s, u32::MAX).is_ok()
        };
        prop_assert!(believed(parts));
        let mut part = 0;
        let mut at = place.index(parts.iter().map(|part| part.len()).sum());
        while at >= parts[part].len() {
            at -= parts[part].len();
            part += 1;
        }
        let mut flipped = parts[part].to_vec();
        flipped[at] ^= flip;
        let mut parts = parts;
        parts[part] = &flipped;
        prop_assert!(!believed(parts), "byte {} of part {}", at, part);

        let mut key = key;
        let at = place.index(key.len());
        key[at] ^= flip;
        let strangers = [Secret::new(&key).unwrap()];
        let received = Received { id: &id, timestamp: &timestamp, signature: &signature };
        prop_assert_eq!(verify(received, &body, &strangers, at_s, 0), Err(Refused::Signature));
    }

    #[test]
    fn each_of_two_secrets_signs_and_either_verifies(
        one in prop::collection::vec(any::<u8>(), 24..=64),
        two in prop::collection::vec(any::<u8>(), 24..=64),
        body in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let [one, two] = [one, two].map(|bytes| Secret::new(&bytes).unwrap());
        let signature = sign(id(), AT, &body, &[one.clone(), two.clone()]);
        prop_assert_eq!(signature.split(' ').count(), 2);
        for secret in [one, two] {
            prop_assert_eq!(verify(received(&signature), &body, &[secret], AT, 0), Ok(()));
        }
    }

    #[test]
    fn nothing_that_is_sent_breaks_the_check(id: String, timestamp: String, signature: String, now_s: i64) {
        let received = Received { id: &id, timestamp: &timestamp, signature: &signature };
        prop_assert!(verify(received, BODY, &[secret()], now_s, TOLERANCE_S).is_err());
    }
}
