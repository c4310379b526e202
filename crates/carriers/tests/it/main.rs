//! The room against servers that listen on loopback, most of them ill-mannered.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should say where"
)]

mod addresses;
mod ctlive;
mod exchange;
mod media;
mod proxy;
mod resolving;
mod server;

use std::sync::Arc;
use std::time::Duration;

use carriers::guard::{Bounds, Guard, Names, Policy, Resolved, SystemNames};

/// Long enough for a loaded machine to do anything on loopback.
const PATIENCE: Duration = Duration::from_secs(20);
/// Short enough to wait for.
const IMPATIENCE: Duration = Duration::from_millis(300);

/// Names that a test makes up.
struct Told<F>(F);

impl<F> Names for Told<F>
where
    F: Fn(&str) -> Vec<&'static str> + Send + Sync,
{
    fn resolve<'a>(&'a self, host: &'a str) -> Resolved<'a> {
        let addresses = (self.0)(host);
        Box::pin(async move { Ok(addresses.iter().map(|it| it.parse().unwrap()).collect()) })
    }
}

/// Allows these networks besides the public ones.
fn policy(allow: &[&str]) -> Policy {
    Policy {
        allow: allow.iter().map(|net| net.parse().unwrap()).collect(),
        https_only: false,
    }
}

/// A guard that may call the servers of these tests.
fn guard() -> Guard {
    let names = Arc::new(SystemNames::default());
    Guard::with_names(policy(&["127.0.0.0/8"]), names, PATIENCE).unwrap()
}

fn bounds(whole: Duration, answer_bytes: u64) -> Bounds {
    Bounds {
        whole,
        answer_bytes,
    }
}
