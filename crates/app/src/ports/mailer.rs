//! The port to the mail server.

use super::{BoxFuture, carrier::SendError};
use crate::letters::Mail;

/// Hands mail to the server that takes it further.
pub trait Mailer: Send + Sync {
    /// Hands one mail over and waits until it is taken. Must return within a minute; may be called again with the
    /// same mail after a lost answer, and names it alike then.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), SendError>>;
}
