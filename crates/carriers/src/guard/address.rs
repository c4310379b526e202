//! Which addresses are anybody's, and which are nobody's business.
//!
//! The rule is "refuse unless globally reachable", after the registries of special-purpose addresses that IANA keeps.
//! An IPv4 address inside an IPv6 one is judged as what it is where the network would forward to it; tunnels whose far end
//! we cannot see are refused whole. Pure: no look-ups, no settings.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const V4: [(Ipv4Net, &str); 15] = [
    (v4([0, 0, 0, 0], 8), "this host itself"),
    (v4([10, 0, 0, 0], 8), "a private network"),
    (v4([100, 64, 0, 0], 10), "a carrier's private network"),
    (v4([127, 0, 0, 0], 8), "loopback"),
    (v4([169, 254, 0, 0], 16), "link-local"),
    (v4([172, 16, 0, 0], 12), "a private network"),
    (v4([192, 0, 0, 0], 24), "reserved for protocols"),
    (v4([192, 0, 2, 0], 24), "reserved for documentation"),
    (v4([192, 88, 99, 0], 24), "a 6to4 relay"),
    (v4([192, 168, 0, 0], 16), "a private network"),
    (v4([198, 18, 0, 0], 15), "reserved for benchmarks"),
    (v4([198, 51, 100, 0], 24), "reserved for documentation"),
    (v4([203, 0, 113, 0], 24), "reserved for documentation"),
    (v4([224, 0, 0, 0], 4), "multicast"),
    (v4([240, 0, 0, 0], 4), "reserved"),
];

const V6: [(Ipv6Net, &str); 9] = [
    (v6([0, 0, 0, 0], 8), "loopback or reserved"),
    (v6([0x2001, 0, 0, 0], 23), "reserved for protocols"),
    (v6([0x2001, 0xdb8, 0, 0], 32), "reserved for documentation"),
    (v6([0x2002, 0, 0, 0], 16), "a 6to4 tunnel"),
    (v6([0x3fff, 0, 0, 0], 20), "reserved for documentation"),
    (v6([0xfc00, 0, 0, 0], 7), "a private network"),
    (v6([0xfe80, 0, 0, 0], 10), "link-local"),
    (v6([0xfec0, 0, 0, 0], 10), "a private network"),
    (v6([0xff00, 0, 0, 0], 8), "multicast"),
];

/// All of IPv6 that is given out to the public; what is outside needs no entry of its own.
const PUBLIC_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// Addresses that a translator at the network's edge forwards to the IPv4 address in their last 32 bits.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0], 96);

/// Why an address is refused; none when anybody may be called there.
pub(super) fn objection(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(address) => objection_v4(address),
        IpAddr::V6(address) => objection_v6(address),
    }
}

fn objection_v4(address: Ipv4Addr) -> Option<&'static str> {
    let found = V4.iter().find(|(net, _)| net.contains(&address));
    found.map(|(_, why)| *why)
}

fn objection_v6(address: Ipv6Addr) -> Option<&'static str> {
    if NAT64.contains(&address) {
        let [.., a, b, c, d] = address.octets();
        return objection_v4(Ipv4Addr::new(a, b, c, d));
    }
    let found = V6.iter().find(|(net, _)| net.contains(&address));
    if let Some((_, why)) = found {
        return Some(why);
    }
    if !PUBLIC_V6.contains(&address) {
        return Some("reserved");
    }
    is_isatap(address).then_some("an ISATAP tunnel")
}

/// Whether the lower half says that the address wraps an IPv4 one; two bits of it say how that one was given out.
fn is_isatap(address: Ipv6Addr) -> bool {
    let [.., flags, marker, _, _] = address.segments();
    flags & !0x0300 == 0 && marker == 0x5efe
}

const fn v4([a, b, c, d]: [u8; 4], bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6([a, b, c, d]: [u16; 4], bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), bits)
}
