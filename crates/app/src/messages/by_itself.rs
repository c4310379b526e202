//! What an inbox answers by itself to somebody who writes: a greeting, that nobody is there now, a question.

use domain::{ConversationStatus, Message, Thread};
use jiff::SignedDuration;

use super::{Draft, send};
use crate::{
    Actor, Result, Scope,
    directory::Directory,
    ports::{MessagePage, Tx},
};

/// How long a contact is not told again that nobody is there.
const AWAY_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// Messages that are looked through for having told.
const LOOKED_THROUGH: i64 = 50;

/// What an inbox says by itself, as it is set at the time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replies {
    /// To the first words of a conversation.
    pub greeting: Option<String>,
    /// While nobody is there, once a day.
    pub away: Option<String>,
    /// The question for an e-mail address, after the first words of somebody who has none.
    pub ask_email: Option<String>,
}

/// Says it. A conversation that a program holds is answered by that program.
pub(super) fn reply(
    tx: &mut dyn Tx,
    directory: &Directory,
    thread: &Thread,
    is_first: bool,
    replies: &Replies,
) -> Result<()> {
    let it = &thread.conversation;
    if it.status != ConversationStatus::Open {
        return Ok(());
    }
    let away = match &replies.away {
        Some(text) if !told_lately(tx, thread, text)? => Some(text),
        Some(_) | None => None,
    };
    let greeting = replies.greeting.as_ref().filter(|_| is_first);
    let asks = is_first && thread.contact.email.is_none();
    let ask_email = replies.ask_email.as_ref().filter(|_| asks);
    let scope = Scope {
        account_id: it.account_id,
        actor: Actor::System,
    };
    let texts = [away, greeting].map(|it| (it, "text"));
    for (text, kind) in texts.into_iter().chain([(ask_email, "input_email")]) {
        let Some(text) = text else { continue };
        let draft = Draft {
            content: Some(text.clone()),
            content_type: Some(kind.to_owned()),
            ..Draft::default()
        };
        send(tx, directory, &scope, it.number, &draft)?;
    }
    Ok(())
}

fn told_lately(tx: &dyn Tx, thread: &Thread, text: &str) -> Result<bool> {
    let page = MessagePage {
        limit: LOOKED_THROUGH,
        ..MessagePage::default()
    };
    let now = tx.now();
    let told = |it: &Message| {
        it.is_by_itself()
            && it.content.as_deref() == Some(text)
            && now.duration_since(it.created_at) < AWAY_AGAIN
    };
    let all = tx.list_messages(thread.conversation.id, page)?;
    Ok(all.iter().any(told))
}
