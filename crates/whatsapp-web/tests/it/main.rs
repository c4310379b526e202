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

mod bans;
mod groups;
mod house;
mod nodes;
mod owner;
mod sessions;
mod signs;
mod sorts;
mod talking;
mod unlucky;
mod unreachable;
mod unread;
