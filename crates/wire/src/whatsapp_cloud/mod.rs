//! Meta's WhatsApp Cloud API: what is posted to send, what it answers, and what its webhook brings.
//!
//! Shapes as Meta's public reference has them for version 21 of the Graph API; fields that are not needed are ignored.

pub mod answer;
pub mod send;
pub mod signature;
pub mod templates;
#[cfg(test)]
mod tests;
pub mod webhook;
