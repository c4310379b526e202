//! Client streams against the decoder, split in every way, with a client-side masker of its own.

use proptest::prelude::*;

use super::{Decoder, Incoming, Limits, Violation, encode, mask};

const LIMITS: Limits = Limits {
    message_bytes_max: 70_000,
};

/// What the decoder gave, in owned form.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Got {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<u16>, String),
}

impl From<Incoming<'_>> for Got {
    fn from(incoming: Incoming<'_>) -> Self {
        match incoming {
            Incoming::Text(text) => Self::Text(text.into()),
            Incoming::Binary(bytes) => Self::Binary(bytes.into()),
            Incoming::Ping(bytes) => Self::Ping(bytes.into()),
            Incoming::Pong(bytes) => Self::Pong(bytes.into()),
            Incoming::Close { code, reason } => Self::Close(code, reason.into()),
        }
    }
}

/// Turns a server frame into the client's: sets the mask bit, adds the key, masks the payload.
fn masked(frame: &[u8], key: [u8; 4]) -> Vec<u8> {
    let length_bytes = match frame[1] {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let (header, payload) = frame.split_at(2 + length_bytes);
    let mut out = header.to_vec();
    out[1] |= 0x80;
    out.extend_from_slice(&key);
    let start = out.len();
    out.extend_from_slice(payload);
    mask::apply(&mut out[start..], key);
    out
}

/// A client frame with this first byte.
fn client(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = encode::text_frame(payload).to_vec();
    frame[0] = first;
    masked(&frame, [0x37, 0xFA, 0x21, 0x3D])
}

fn decode(stream: &[u8], chunks: &[usize]) -> (Vec<Got>, Result<(), Violation>) {
    let mut decoder = Decoder::new();
    let mut got = Vec::new();
    let mut rest = stream.to_vec();
    let mut sizes = chunks.iter().copied().filter(|size| *size > 0);
    let mut result = Ok(());
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).min(rest.len());
        let after = rest.split_off(size);
        if let Err(violation) = decoder.feed(&mut rest, &LIMITS, &mut |incoming| {
            got.push(incoming.into())
        }) {
            result = Err(violation);
        }
        assert!(decoder.held_bytes() <= 2 * LIMITS.message_bytes_max + 256);
        rest = after;
    }
    (got, result)
}

fn refused(stream: &[u8]) -> u16 {
    decode(stream, &[]).1.unwrap_err().code
}

#[test]
fn an_idle_decoder_is_two_words() {
    assert_eq!(size_of::<Decoder>(), 16);
    let mut decoder = Decoder::new();
    let mut frame = client(0x81, b"hello");
    let (start, end) = frame.split_at_mut(7);
    decoder.feed(start, &LIMITS, &mut |_| {}).unwrap();
    assert!(decoder.held_bytes() > 0);
    decoder.feed(end, &LIMITS, &mut |_| {}).unwrap();
    assert_eq!(decoder.held_bytes(), 0);
}

#[test]
fn the_masked_hello_of_section_5_7_is_read() {
    let frame = [
        0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
    ];
    assert_eq!(
        decode(&frame, &[]),
        (vec![Got::Text("Hello".into())], Ok(()))
    );
}

#[test]
fn control_frames_may_stand_between_fragments() {
    let stream = [
        client(0x01, "Hé".as_bytes().split_at(2).0),
        client(0x89, b"are you there"),
        client(0x00, "é".as_bytes().split_at(1).1),
        client(0x8A, b""),
        client(0x80, b"!"),
        client(0x81, b""),
    ]
    .concat();
    let expected = vec![
        Got::Ping(b"are you there".to_vec()),
        Got::Pong(vec![]),
        Got::Text("Hé!".into()),
        Got::Text(String::new()),
    ];
    for size in 1..stream.len() {
        assert_eq!(
            decode(&stream, &vec![size; stream.len()]),
            (expected.clone(), Ok(()))
        );
    }
}

#[test]
fn what_breaks_the_framing_is_1002() {
    let mut unmasked = client(0x81, b"x");
    unmasked[1] &= 0x7F;
    let cases = [
        ("unmasked", unmasked),
        ("reserved bit", client(0xC1, b"x")),
        ("unknown data opcode", client(0x83, b"x")),
        ("unknown control opcode", client(0x8B, b"x")),
        ("fragmented ping", client(0x09, b"x")),
        ("long ping", client(0x89, &[0; 126])),
        ("continuation of nothing", client(0x80, b"x")),
        (
            "message in a message",
            [client(0x01, b"x"), client(0x81, b"y")].concat(),
        ),
        ("length in too many bytes", vec![0x81, 0xFE, 0, 5]),
        (
            "length with the top bit",
            vec![0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ),
        ("half a close code", client(0x88, &[3])),
        (
            "forbidden close code",
            client(0x88, &1005_u16.to_be_bytes()),
        ),
        (
            "unassigned close code",
            client(0x88, &2000_u16.to_be_bytes()),
        ),
    ];
    for (what, stream) in cases {
        let mut stream = stream;
        stream.extend_from_slice(&[0; 16]);
        assert_eq!(refused(&stream), 1002, "{what}");
    }
}

#[test]
fn text_that_is_not_utf8_is_1007() {
    assert_eq!(refused(&client(0x81, &[0xFF])), 1007);
    assert_eq!(
        refused(&[client(0x01, &[0xC3]), client(0x80, b"x")].concat()),
        1007
    );
    assert_eq!(refused(&client(0x88, &[0x03, 0xE8, 0xFF])), 1007);
}

#[test]
fn one_byte_over_the_limit_is_1009_before_the_payload_is_read() {
    let limit = LIMITS.message_bytes_max;
    let (got, result) = decode(&client(0x81, &vec![b'x'; limit]), &[]);
    assert_eq!((got.len(), result), (1, Ok(())));

    assert_eq!(refused(&client(0x81, &vec![b'x'; limit + 1])[..14]), 1009);
    assert_eq!(
        refused(&[
            0x82, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0
        ]),
        1009
    );
    let fragments = [client(0x01, &vec![b'x'; limit]), client(0x80, b"x")].concat();
    assert_eq!(refused(&fragments), 1009);
}

#[test]
fn nothing_is_read_after_a_close() {
    let stream = [
        client(0x02, b"never finished"),
        masked(&encode::close_frame(4200, "bye"), [1, 2, 3, 4]),
        client(0x81, b"late"),
        vec![0xFF; 20],
    ]
    .concat();
    assert_eq!(
        decode(&stream, &[]),
        (vec![Got::Close(Some(4200), "bye".into())], Ok(()))
    );
    assert_eq!(
        decode(&client(0x88, b""), &[]).0,
        [Got::Close(None, String::new())]
    );
}

/// A message, the sizes of its fragments and its key; every fourth is followed by a ping.
fn messages() -> impl Strategy<Value = Vec<(String, Vec<usize>, [u8; 4])>> {
    let text = prop_oneof![4 => "\\PC{0,40}", 1 => "\\PC{0,3}".prop_map(|t| t.repeat(20_000))];
    prop::collection::vec(
        (
            text,
            prop::collection::vec(0_usize..50, 0..4),
            any::<[u8; 4]>(),
        ),
        0..6,
    )
    .prop_map(|all| {
        all.into_iter()
            .filter(|(text, ..)| text.len() <= LIMITS.message_bytes_max)
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn splitting_the_stream_anywhere_gives_the_same_messages(
        messages in messages(),
        chunks in prop::collection::vec(1_usize..30_000, 0..20),
        small in prop::collection::vec(1_usize..20, 0..60),
    ) {
        let mut stream = Vec::new();
        let mut expected = Vec::new();
        for (text, cuts, key) in messages {
            let mut rest = text.as_bytes();
            let mut first = 0x01;
            for cut in cuts {
                let (part, after) = rest.split_at(cut.min(rest.len()));
                let mut frame = encode::text_frame(part).to_vec();
                frame[0] = first;
                stream.extend(masked(&frame, key));
                stream.extend(masked(&encode::ping_frame(b"p"), key));
                expected.push(Got::Ping(b"p".to_vec()));
                (first, rest) = (0x00, after);
            }
            let mut frame = encode::text_frame(rest).to_vec();
            frame[0] = 0x80 | first;
            stream.extend(masked(&frame, key));
            expected.push(Got::Text(text));
        }
        let expected = (expected, Ok(()));
        prop_assert_eq!(&decode(&stream, &[]), &expected);
        prop_assert_eq!(&decode(&stream, &chunks), &expected);
        prop_assert_eq!(&decode(&stream, &small), &expected);
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_split_alike(
        stream in prop::collection::vec(
            prop_oneof![any::<u8>(), Just(0x81), Just(0x80), Just(0x01), Just(0x88)], 0..200),
        chunks in prop::collection::vec(1_usize..20, 0..60),
    ) {
        prop_assert_eq!(decode(&stream, &chunks), decode(&stream, &[]));
    }
}
