//! The spam filter: in one chat the last three different messages cannot be sent more than three times (OpenAPI file,
//! "New Spam Filter").

use app::messages::Draft;
use domain::{Direction, Message};

/// Different messages that the filter remembers.
const UNIQUE: usize = 3;
/// How often one of them may be sent.
const TIMES: usize = 3;
/// How many messages it looks back on.
pub(super) const LOOKED_AT: i64 = 50;

/// Whether a chat, its newest messages last, has had enough of a draft.
pub(super) fn is_spam(history: &[Message], draft: &Draft) -> bool {
    let mut unique: Vec<(&Message, usize)> = Vec::new();
    let mine = history
        .iter()
        .rev()
        .filter(|it| it.direction == Direction::Out && !it.private);
    for message in mine {
        let known = unique.iter().position(|(other, _)| same(other, message));
        let full = unique.len() == UNIQUE;
        match known.and_then(|at| unique.get_mut(at)) {
            Some((_, count)) => *count += 1,
            None if full => break,
            None => unique.push((message, 1)),
        }
    }
    unique
        .iter()
        .any(|(message, count)| *count >= TIMES && says(draft, message))
}

/// Whether two messages say the same.
fn same(a: &Message, b: &Message) -> bool {
    let things = |it: &Message| -> Vec<_> {
        let thing = |it: &domain::Attachment| {
            let file = it.file.as_ref();
            let file = file.map(|it| (it.name.clone(), it.bytes));
            (
                it.kind,
                file,
                it.title.clone(),
                it.coordinates,
                it.detail.clone(),
            )
        };
        it.attachments.iter().map(thing).collect()
    };
    a.content == b.content && things(a) == things(b)
}

/// Whether a message says what a draft says.
fn says(draft: &Draft, message: &Message) -> bool {
    let mut pairs = draft.attachments.iter().zip(&message.attachments);
    draft.is_said_by(message)
        && pairs.all(|(a, b)| {
            a.title == b.title && a.coordinates == b.coordinates && a.detail == b.detail
        })
}
