//! The journal's record format: how an event is kept, and read back for as long as the journal is.
//!
//! A promise of its own, apart from what anybody outside is told. [`VERSION`] is written beside each record; a
//! record of an older version must stay readable, and `golden/` holds one of each kind and version as proof.
//! Keys are short because the journal is more than half of the disk, and absent where the value is the usual one.

mod entities;
mod event;
#[cfg(test)]
mod tests;

pub use event::{decode, encode};

pub(crate) use entities::{attachments_from_text, attachments_to_text};

/// The version that is written.
pub const VERSION: i64 = 1;
