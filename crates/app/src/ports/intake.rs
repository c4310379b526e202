//! The port to networks whose posts only they can read.

use std::sync::Arc;

use domain::Inbox;

use super::BoxFuture;
use crate::Result;

/// Takes in what a network posts to us. The door has made sure by then who posts.
pub trait Intake: Send + Sync {
    /// Commits everything that a post says. `settings` is the inbox's own. Refuses with `Malformed` what the network
    /// cannot have posted, and with `Upstream` or `Unavailable` what it should post again.
    fn take<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        settings: &'a str,
        body: &'a [u8],
    ) -> BoxFuture<'a, Result<()>>;
}
