//! Messages: sent, changed, and looked back on.

mod about;
mod draft;
mod filter;
mod find;
mod log;
mod send;

pub(super) use log::logs;
pub(super) use send::send;
