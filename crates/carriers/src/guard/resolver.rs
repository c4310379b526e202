//! Names to addresses, and the guard between.
//!
//! A name is refused when any of its addresses is: a mixed answer is a sign of an attack, and choosing among addresses
//! would leave the choice to whoever answers. There is no cache; the system may have one.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::Policy;
use crate::limits::LOOKUPS;

/// The addresses of a name, when they come.
pub type Resolved<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// A source of names.
pub trait Names: Send + Sync {
    /// Every address of `host`; it is never an address itself.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolved<'a>;
}

/// The system's names, its hosts file included; at most [`LOOKUPS`] at once.
#[derive(Debug, Clone)]
pub struct SystemNames {
    lookups: Arc<Semaphore>,
}

/// A name without a usable address.
#[derive(Debug, thiserror::Error)]
#[error("the name cannot be resolved")]
pub(super) struct Unresolved;

/// What the client asks: a source of names and the rules.
pub(super) struct Guarded {
    policy: Arc<Policy>,
    names: Arc<dyn Names>,
}

// === impl SystemNames ===

impl Default for SystemNames {
    fn default() -> Self {
        Self {
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
        }
    }
}

impl Names for SystemNames {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolved<'a> {
        Box::pin(async move {
            let permit = self.lookups.clone().acquire_owned().await;
            let permit = permit.map_err(io::Error::other)?;
            let host = host.to_owned();
            let lookup = tokio::task::spawn_blocking(move || {
                // Given back when the thread is free again, not when the caller has lost patience.
                let _permit = permit;
                let found = (host.as_str(), 0).to_socket_addrs()?;
                Ok(found.map(|address| address.ip()).collect())
            });
            lookup.await.map_err(io::Error::other)?
        })
    }
}

// === impl Guarded ===

impl Guarded {
    pub(super) fn new(policy: Arc<Policy>, names: Arc<dyn Names>) -> Self {
        Self { policy, names }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, names) = (self.policy.clone(), self.names.clone());
        Box::pin(async move {
            let found = names.resolve(name.as_str()).await;
            let addresses = found.map_err(|error| {
                tracing::debug!(%error, "a name cannot be resolved");
                Unresolved
            })?;
            if addresses.is_empty() {
                return Err(Unresolved.into());
            }
            addresses
                .iter()
                .try_for_each(|address| policy.judge(*address))?;
            // The client puts the URL's own port in place of zero.
            let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
