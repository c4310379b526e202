//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::http::named;

/// The other end of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The address that somebody calls from. What a header says of it is believed of the proxies of these networks only:
/// the last address that is none of theirs.
pub(crate) fn caller(peer: Option<Peer>, headers: &HeaderMap, proxies: &[IpNet]) -> Option<IpAddr> {
    let is_proxy = |it: &IpAddr| proxies.iter().any(|network| network.contains(it));
    let peer = peer?.0.ip().to_canonical();
    if !is_proxy(&peer) {
        return Some(peer);
    }
    let named = named(headers, "x-forwarded-for").unwrap_or_default();
    let mut hops = named.rsplit(',').map_while(|it| it.trim().parse().ok());
    let first = hops.find(|it: &IpAddr| !is_proxy(&it.to_canonical()));
    Some(first.map_or(peer, |it| it.to_canonical()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &str) -> String {
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let peer = Peer(SocketAddr::new(peer.parse().unwrap(), 1));
        caller(Some(peer), &headers, &proxies).unwrap().to_string()
    }

    #[test]
    fn only_proxies_are_believed() {
        assert_eq!(from("192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(from("10.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(
            from("::ffff:10.0.0.1", "1.2.3.4, 198.51.100.7, 10.9.9.9"),
            "198.51.100.7"
        );
        assert_eq!(from("10.0.0.1", "198.51.100.7, unknown"), "10.0.0.1");
        assert_eq!(from("10.0.0.1", ""), "10.0.0.1");
    }
}
