//! The sizes this dialect accepts.
//!
//! The source document names none, so these are ours; only [`URL_BYTES`] follows a vendor's page.
//! [`BODY_BYTES`] is for the room that reads the body: the parser itself takes whatever it is handed.

/// The largest body worth reading, in bytes.
pub const BODY_BYTES: usize = 1024 * 1024;

/// Items in one post's `results`.
pub const RESULTS: usize = 1000;

/// A message's text or caption, in bytes of UTF-8.
pub const TEXT_BYTES: usize = 65_536;

/// An id, an address or a channel name, in bytes.
pub const ID_BYTES: usize = 255;

/// A person's or a place's name, in bytes.
pub const NAME_BYTES: usize = 1024;

/// A link, in bytes; Infobip's OMNI send page caps `imageUrl` at the same figure.
pub const URL_BYTES: usize = 2048;

/// JSON kept unread, as for a message type we do not know, in bytes.
pub const RAW_BYTES: usize = 65_536;

/// Brackets inside one another in JSON kept unread, so that whoever reads it later cannot run out of stack.
pub const RAW_DEPTH: usize = 64;
