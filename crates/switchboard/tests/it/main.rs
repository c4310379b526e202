//! The real binary, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails the test"
)]

mod activity;
mod agent_api;
mod bad_input;
mod chatapp_rest;
mod client_api;
mod clients;
mod crash;
mod ctlive;
mod hooks;
mod house;
mod labels;
mod letters;
#[cfg(feature = "whatsapp-web")]
mod linked;
mod lists;
mod maytapi;
mod networks;
mod nodes;
mod openapi;
mod people;
mod pusher_app;
mod removing;
mod round_trip;
mod routes;
mod rules;
mod sdk;
mod telegram;
mod whatsapp_cloud;
mod widget;
mod wrong_account;

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_switchboard");
