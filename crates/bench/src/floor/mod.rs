//! What the machine does at best: the least work that has the same outside.
//!
//! [`disk`] is the floor of the ingest. [`bare`] is a server that answers every measurement with canned bytes,
//! from one thread: the floor of all that goes over sockets.

pub(crate) mod bare;
pub(crate) mod disk;
