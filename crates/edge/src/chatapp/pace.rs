//! How many requests an address may make in a second (digest 3.1): one more is told 429.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use wire::chatapp::errors::Refusal;

use super::errors::refuse;
use crate::{
    Edge,
    peer::{self, Peer},
};

/// What ChatApp documents.
pub const REQUESTS_PER_SECOND: u32 = 50;
/// Where the requests are that count.
const REST: &str = "/v1/";
/// Addresses that are counted in one second. Those beyond are not, which a flood from so many would not notice.
const ADDRESSES: usize = 100_000;

/// What every address has asked for in this second.
pub(crate) struct Paces {
    /// Requests in a second; no limit if 0.
    max: u32,
    now: Mutex<Second>,
}

#[derive(Default)]
struct Second {
    /// Since 1970.
    number: i64,
    made: HashMap<IpAddr, u32>,
}

impl Paces {
    pub(crate) fn new(max: u32) -> Self {
        Self {
            max,
            now: Mutex::default(),
        }
    }

    /// Whether an address may make one more request in this second.
    fn admit(&self, from: IpAddr, second: i64) -> bool {
        if self.max == 0 {
            return true;
        }
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.number != second {
            now.number = second;
            now.made.clear();
        }
        let from = network(from);
        if now.made.len() >= ADDRESSES && !now.made.contains_key(&from) {
            return true;
        }
        let made = now.made.entry(from).or_default();
        *made = made.saturating_add(1);
        *made <= self.max
    }
}

/// One customer of a network has a whole /64 of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(it) => Ipv6Addr::from_bits(it.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// The same routes, where the interface's requests are let in, or not yet.
pub(crate) fn paced(edge: &Edge, routes: Router<Edge>) -> Router<Edge> {
    routes.layer(from_fn_with_state(edge.clone(), check))
}

async fn check(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(REST) {
        return next.run(request).await;
    }
    let peer = request.extensions().get::<Peer>().copied();
    let second = edge.core.clock.now().as_second();
    match peer::caller(peer, request.headers(), &edge.proxies) {
        Some(from) if !edge.paces.admit(from, second) => {
            let text = "too many requests: try again in a second";
            (
                [("retry-after", "1")],
                refuse(Refusal::TooManyRequests, text),
            )
                .into_response()
        }
        Some(_) | None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_makes_so_many_requests_in_a_second() {
        let paces = Paces::new(2);
        let [one, two, near, far] = ["192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
            .map(|it| it.parse().unwrap());
        let admitted = |from, second| paces.admit(from, second);
        assert!(admitted(one, 1) && admitted(one, 1) && !admitted(one, 1));
        assert!(admitted(two, 1) && admitted(near, 1) && !admitted(two, 1));
        assert!(admitted(far, 1));
        assert!(admitted(one, 2) && admitted(two, 2));
        let unlimited = Paces::new(0);
        assert!((0..100).all(|_| unlimited.admit(one, 1)));
    }
}
