//! What tests share: a clock they can set, the store suite, a database server, the real binary as a child process, a client for it,
//! and a connector, a receiver of webhooks and a mail server that remember what they were sent. Only ever a dev-dependency.
//!
//! Helpers panic when what they were asked for cannot be had: a test has nobody to return an error to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails the test"
)]

pub mod certificate;
pub mod clock;
pub mod connector;
pub mod demo;
pub mod http;
pub mod json;
pub mod line;
pub mod mail;
pub mod node;
pub mod postgres;
pub mod python;
pub mod receiver;
pub mod store_suite;
pub mod wait;
