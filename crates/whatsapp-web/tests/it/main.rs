//! The engine against a WhatsApp server in process: real clients on both sides, nothing but the server is made up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "a helper of a test fails the test; a conversation is told in one piece"
)]

mod fake;
mod place;

mod groups;
mod house;
mod sessions;
mod talking;
mod unlucky;
