//! One phone: how it is, what is done to it, its chats and its groups.

pub(super) mod chats;
pub(super) mod control;
pub(super) mod groups;
pub(super) mod shown;

use domain::{Inbox, Session};

use crate::Edge;

/// Bytes of a body that has no file in it.
pub(super) const BODY_BYTES: usize = 256 * 1024;

/// The session of a phone.
pub(super) fn session_of(edge: &Edge, inbox: &Inbox) -> app::Result<Session> {
    edge.core
        .store
        .view(|view| app::sessions::load(view, inbox))
}
