//! The port to a network that is this server itself: API inboxes and website widgets.
//!
//! Whoever a message is for follows it on a socket of ours or fetches it from us, so it has arrived where it must
//! once it is committed. How far it comes from there, its reader tells.

use app::ports::{Accepted, BoxFuture, Carrier, Outgoing, SendError};
use domain::Inbox;

/// Takes everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Local;

impl Carrier for Local {
    fn send<'a>(
        &'a self,
        _: &'a Inbox,
        _: &'a str,
        _: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Accepted, SendError>> {
        Box::pin(async { Ok(Accepted::default()) })
    }
}
