//! The CTLive Channel API: posts of messages and reports we take, the send bodies we give, and the answers to both.
//!
//! One address takes three kinds of post, told apart by the fields of each item; see [`post::parse`].
//! The shapes come from the source document "Besides the standard web channel, CTLive can be enhanced…" (version 1)
//! and, where it is silent, from the scenario API of Infobip on which it says it is based.
//! Nothing here checks a password, remembers a message id or fetches a file.

pub mod accepted;
pub mod auth;
mod bad;
pub mod codes;
pub mod content;
pub mod dates;
pub mod errors;
mod fields;
pub mod inbound;
mod item_fields;
pub mod limits;
pub mod outbound;
pub mod post;
pub mod report;
pub mod status;
pub mod tolerant;

pub use bad::{BadPost, Problem};
