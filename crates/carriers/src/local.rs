//! The port to a network that is this server itself: API inboxes and website widgets.
//!
//! Whoever a message is for follows it on a socket of ours or fetches it from us, so it has arrived where it must
//! once it is committed. How far it comes from there, its reader tells.

use app::ports::{Accepted, BoxFuture, Carrier, Outgoing, Placed, SendError};
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

    // Whoever reads it here is told of the change by us.
    fn edit<'a>(
        &'a self,
        _: &'a Inbox,
        _: &'a str,
        _: Placed<'a>,
        _: &'a str,
    ) -> BoxFuture<'a, app::Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
