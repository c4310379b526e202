//! Webhooks that this server sends: Standard Webhooks 1.0.0, and the ones that Pusher documents.
//!
//! [`signature`] signs and checks, [`secret`] keeps an endpoint's key, [`envelope`] is the body of our own hooks and
//! in [`crate::onechat::webhook`], and ChatApp's callbacks are [`crate::chatapp::envelope::flat`], unsigned.
//!
//! Nothing here sends, waits, or decides who is told what; the time comes with each call.

pub mod envelope;
pub mod id;
pub mod pusher;
pub mod secret;
pub mod signature;

pub use envelope::Envelope;
pub use id::Id;
pub use secret::Secret;
pub use signature::{headers, sign, verify};

#[cfg(test)]
mod tests;
