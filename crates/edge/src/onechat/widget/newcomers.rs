//! How many visitors one address brings: opening a widget makes a contact, so whoever opens it without end would fill
//! the account with nobodies.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::{Duration, Instant},
};

use axum::extract::Request;

use crate::{
    Edge,
    onechat::Counts,
    peer::{Peer, caller},
};

/// Over which time visitors are counted.
const WINDOW: Duration = Duration::from_secs(3600);

/// The counts of this server.
pub(crate) struct Newcomers(Counts<IpAddr>);

impl Newcomers {
    /// With this many an hour for each address; no limit if 0.
    pub(crate) fn new(per_hour: u32) -> Self {
        Self(Counts::new(per_hour, WINDOW))
    }

    /// Counts one more from an address. Returns whether it may come.
    pub(crate) fn may_come(&self, from: Option<IpAddr>, now: Instant) -> bool {
        from.is_none_or(|from| self.0.one_more(from, now))
    }
}

/// Whom a request is to be counted under. One of this machine or network itself is nobody's: whoever has a proxy in
/// front names it in the settings.
pub(in crate::onechat) fn address_of(edge: &Edge, request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<Peer>().copied();
    let from = caller(peer, request.headers(), &edge.proxies)?;
    (!is_near(from)).then(|| counted(from))
}

fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// A customer of a provider has a whole network of the newer addresses.
fn counted(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_counted_by_their_network() {
        let of = |text: &str| counted(text.parse().unwrap()).to_string();
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        let near = [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "::1",
            "fd00::1",
            "fe80::1",
        ];
        assert!(near.into_iter().all(|it| is_near(it.parse().unwrap())));
        let far = ["203.0.113.9", "2001:db8::1"];
        assert!(!far.into_iter().any(|it| is_near(it.parse().unwrap())));
    }

    #[test]
    fn an_address_brings_so_many_an_hour() {
        let (counts, now) = (Newcomers::new(2), Instant::now());
        let [a, b] = ["203.0.113.9", "203.0.113.10"].map(|it| it.parse::<IpAddr>().ok());
        let come = |who, at| counts.may_come(who, at);
        assert!(come(a, now) && come(a, now) && !come(a, now));
        assert!(come(b, now) && come(None, now));
        assert!(come(a, now + WINDOW));
        assert!(Newcomers::new(0).may_come(a, now));
    }
}
