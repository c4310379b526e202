//! What is said, as WhatsApp's messages and as ours.

mod from_wire;
mod other;
mod quote;
mod to_wire;

pub(crate) use from_wire::{Heard, Said, file, read};
pub(crate) use other::once;
pub(crate) use quote::{Quoted, context};
pub(crate) use to_wire::{card, document, place, text};
