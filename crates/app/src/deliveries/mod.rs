//! Deliveries: what carries a committed message to its network, however often it takes.
//!
//! A delivery is a row from the moment its message is committed until the network has answered, so it survives
//! everything. The [`Dispatcher`] works through the rows; [`settle`] is what an answer does to them.

mod dispatcher;
mod schedule;
pub mod settle;

use domain::{AttachmentKind, Message};

pub use dispatcher::{Carriers, Dispatcher};
pub use schedule::Schedule;

/// One part of a message: a text, a file, or a file with its caption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Whether the message's text goes with it.
    pub text: bool,
    /// Which of the message's attachments it is.
    pub attachment: Option<usize>,
}

/// The parts in which a message goes out: networks take one file at a time, and only a picture or a film has a
/// caption. Depends on nothing but the message, so a part keeps its number for good.
pub fn parts(message: &Message) -> Vec<Part> {
    let captioned = |kind| matches!(kind, AttachmentKind::Image | AttachmentKind::Video);
    let caption = message
        .attachments
        .first()
        .is_some_and(|it| captioned(it.kind));
    let text = message.content.is_some();
    let mut parts = Vec::with_capacity(message.attachments.len() + 1);
    if text && !caption {
        parts.push(Part {
            text: true,
            attachment: None,
        });
    }
    for index in 0..message.attachments.len() {
        parts.push(Part {
            text: text && caption && index == 0,
            attachment: Some(index),
        });
    }
    parts
}
