//! The vendors' documents as code: frames, bodies, signatures, and socket sessions without input or output.
//!
//! One module per document. Nothing here knows our own nouns, opens a socket, reads a clock or awaits;
//! the rooms that do translate at their door with `from_wire` and `to_wire`.

pub mod cable;
pub mod chatapp;
pub mod ctlive;
pub mod hooks;
pub mod maytapi;
pub mod onechat;
pub mod pusher;
pub mod session;
pub mod telegram;
pub mod websocket;
pub mod whatsapp_cloud;
