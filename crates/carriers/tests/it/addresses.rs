//! Which addresses and URLs are refused, in every spelling.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use carriers::guard::{GuardError, Policy};
use proptest::prelude::*;

use crate::{guard, policy};

const REFUSED_HOSTS: &[&str] = &[
    // IPv4, first and last of each network
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.255",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    // the same in disguise
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "017700000001",
    "１２７.０.０.１",
    "127。0。0。1",
    "127.0.0.1.",
    "0",
    "%31%32%37.0.0.1",
    // IPv6
    "[::]",
    "[::1]",
    "[::127.0.0.1]",
    "[::8.8.8.8]",
    "[1::]",
    "[100::1]",
    "[::ffff:0:8.8.8.8]",
    "[64:ff9b:1::1]",
    "[64:ff9b:0:1::1]",
    "[2001::1]",
    "[2001:0:808:808::1]",
    "[2001:1ff:ffff::]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[2002:808:808::1]",
    "[3fff::1]",
    "[3fff:fff:ffff::]",
    "[4000::]",
    "[5f00::1]",
    "[fc00::1]",
    "[fdff::1]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[feff::1]",
    "[ff02::1]",
    "[2600::5efe:8.8.8.8]",
    "[2600::200:5efe:8.8.8.8]",
    "[2600::5efe:10.0.0.1]",
    // an IPv4 address inside
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:FFFF:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a00:1]",
];

const ALLOWED_HOSTS: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "134744072",
    "0x08080808",
    "[2000::1]",
    "[2001:200::1]",
    "[2001:db7::1]",
    "[2001:db9::1]",
    "[2003::1]",
    "[2606:4700::1111]",
    "[3ffe::1]",
    "[3fff:1000::1]",
    "[3fff:ffff::1]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::8.8.8.8]",
    "[2600::5eff:8.8.8.8]",
    // a name tells nothing before it is looked up
    "example.com",
    "localhost",
    "127.0.0.1.example.com",
];

#[test]
fn every_spelling_of_a_forbidden_address_is_refused() {
    let policy = Policy::default();
    for host in REFUSED_HOSTS {
        let told = policy.target(&format!("http://{host}/x"));
        assert!(
            matches!(told, Err(GuardError::Forbidden { .. })),
            "{host}: {told:?}"
        );
    }
    for host in ALLOWED_HOSTS {
        let told = policy.target(&format!("https://{host}:8443/x"));
        assert!(told.is_ok(), "{host}: {told:?}");
    }
}

#[test]
fn a_refusal_says_what_sort_of_address_it_is() {
    let told = |host| Policy::default().target(host).unwrap_err().to_string();
    assert_eq!(
        told("http://127.1"),
        "the address is not allowed (loopback)"
    );
    assert_eq!(
        told("http://10.0.0.1"),
        "the address is not allowed (a private network)"
    );
    assert_eq!(
        told("http://[fe80::1]"),
        "the address is not allowed (link-local)"
    );
}

#[test]
fn an_allowed_network_wins_in_every_spelling_of_its_addresses() {
    let policy = policy(&["127.0.0.1/32", "fd00:1::/32"]);
    for (host, expected) in [
        ("127.0.0.1", true),
        ("[::ffff:127.0.0.1]", true),
        ("2130706433", true),
        ("127.0.0.2", false),
        ("[::1]", false),
        // Another machine's loopback, behind a translator.
        ("[64:ff9b::127.0.0.1]", false),
        ("[fd00:1::7]", true),
        ("[fd00:2::7]", false),
    ] {
        let told = policy.target(&format!("http://{host}/"));
        assert_eq!(told.is_ok(), expected, "{host}: {told:?}");
    }
}

#[test]
fn only_a_plain_web_address_is_a_url() {
    let guard = guard();
    let long = format!("http://h/{}", "a".repeat(2048 - 9));
    assert_eq!(guard.check(&long), Ok(()));
    for url in [
        &format!("{long}a") as &str,
        "",
        "nonsense",
        "/path",
        "//h/path",
        "http://",
        "http://h:99999/",
        "http://[fe80::1%25eth0]/",
        "http://127.0.0.1.256/",
        "file:///etc/passwd",
        "ftp://h/",
        "gopher://h/",
        "data:,x",
        "http://user@h/",
        "http://user:word@h/",
        "http://:word@h/",
        "http://h\u{0}/",
    ] {
        let told = guard.check(url);
        assert!(
            matches!(told, Err(GuardError::BadUrl(_))),
            "{url}: {told:?}"
        );
    }
    let strict = Policy {
        https_only: true,
        ..Policy::default()
    };
    assert!(strict.target("https://h/").is_ok());
    assert!(matches!(
        strict.target("http://h/"),
        Err(GuardError::BadUrl(_))
    ));
}

fn v4() -> impl Strategy<Value = Ipv4Addr> {
    // Any address, and often one near the edges of the networks in the table.
    let edges = prop::sample::select(REFUSED_HOSTS)
        .prop_filter_map("not IPv4", |host| host.parse().ok())
        .prop_flat_map(|host: Ipv4Addr| (-2_i32..=2).prop_map(move |by| near(host, by)));
    prop_oneof![any::<u32>().prop_map(Ipv4Addr::from_bits), edges]
}

fn near(host: Ipv4Addr, by: i32) -> Ipv4Addr {
    Ipv4Addr::from_bits(host.to_bits().wrapping_add_signed(by))
}

fn is_allowed(address: impl Into<IpAddr>) -> bool {
    Policy::default().judge(address.into()).is_ok()
}

fn v6(segments: [u16; 8]) -> Ipv6Addr {
    segments.into()
}

proptest! {
    #[test]
    fn an_embedded_address_is_judged_as_what_it_is(address in v4()) {
        let [a, b, c, d] = address.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let verdict = is_allowed(address);
        prop_assert_eq!(is_allowed(address.to_ipv6_mapped()), verdict);
        prop_assert_eq!(is_allowed(v6([0x64, 0xff9b, 0, 0, 0, 0, high, low])), verdict);
    }

    #[test]
    fn a_tunnel_is_refused_whatever_is_inside(address in v4(), net in 0x2003_u16..0x3fff, rest: u16) {
        let [a, b, c, d] = address.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        // 6to4, Teredo's server and its masked client, ISATAP of both kinds, IPv4-compatible, IPv4-translated
        prop_assert!(!is_allowed(v6([0x2002, high, low, rest, rest, 0, 0, 1])));
        prop_assert!(!is_allowed(v6([0x2001, 0, high, low, 0, rest, !high, !low])));
        prop_assert!(!is_allowed(v6([net, rest, 0, 0, 0, 0x5efe, high, low])));
        prop_assert!(!is_allowed(v6([net, rest, 0, 0, 0x200, 0x5efe, high, low])));
        prop_assert!(!is_allowed(v6([0, 0, 0, 0, 0, 0, high, low])));
        prop_assert!(!is_allowed(v6([0, 0, 0, 0, 0xffff, 0, high, low])));
    }

    #[test]
    fn nothing_outside_the_public_block_is_allowed_but_translated_ipv4(bits: u128) {
        let address = Ipv6Addr::from_bits(bits);
        let is_translated = address.to_ipv4_mapped().is_some() || bits >> 32 == 0x64_ff9b << 64;
        if is_allowed(address) && !is_translated {
            prop_assert_eq!(address.segments()[0] >> 13, 1);
        }
    }

    #[test]
    fn what_passes_is_a_plain_web_address(text in "(https?://)?\\PC{0,40}") {
        if let Ok(url) = Policy::default().target(&text) {
            prop_assert!(matches!(url.scheme(), "http" | "https"), "{}", url);
            prop_assert_eq!((url.username(), url.password()), ("", None));
            // Told once more in its normal spelling, it means the same.
            prop_assert!(Policy::default().target(url.as_str()).is_ok() || url.as_str().len() > 2048);
        }
    }
}
