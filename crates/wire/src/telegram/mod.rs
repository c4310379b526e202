//! Telegram's Bot API: what it brings (`getUpdates`, webhooks), what is sent, and what it answers.
//!
//! Shapes as the public reference has them; fields that are not needed are ignored.

pub mod answer;
pub mod chat;
pub mod send;
#[cfg(test)]
mod tests;
pub mod update;

/// The header that shows a webhook's secret.
pub const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
