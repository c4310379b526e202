//! `GET …/chats/{chat}/messages`: each item is the object of the event `message`, so that a client which lost events
//! reads them here with the same code.

use super::Page;
use crate::chatapp::message::Message;

/// A page of a history, in the order in which it is read: from new to old with `prev`, from old to new with `next`.
pub type History<'a> = Page<Message<'a>>;
