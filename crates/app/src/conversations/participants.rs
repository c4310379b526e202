//! Who takes part in a conversation besides who has it: they are notified of what is said there.

use domain::{AgentId, Conversation, Kind, Refusal, Thread};

use super::{load, thread};
use crate::{Error, Result, Scope, directory::Directory, limits::PARTICIPANTS, ports::Tx};

/// Says who takes part: `alter` changes the list. Whoever comes in must be able to see the conversation.
pub fn set_participants(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    alter: impl FnOnce(&mut Vec<AgentId>),
) -> Result<Thread> {
    let mut row = load(tx, scope, number)?;
    let before = row.conversation.participants.clone();
    let mut all = before.clone();
    alter(&mut all);
    all.sort_unstable();
    all.dedup();
    if all.len() > PARTICIPANTS {
        let text = format!("a conversation has at most {PARTICIPANTS} participants");
        return Err(Error::refused(Kind::Invalid, text));
    }
    let tables = directory.tables();
    for id in all.iter().filter(|id| !before.contains(id)) {
        let agent = tables.colleague(scope.account_id, *id);
        agent.ok_or_else(|| Error::not_found("agent"))?;
        if !tables.sees(*id, &row.conversation) {
            return Err(Error::Refused(
                Refusal::new(Kind::Invalid, "User must have inbox access").of_field("user"),
            ));
        }
    }
    if all != before {
        row.conversation.participants = all;
        tx.put_participants(&row.conversation)?;
    }
    thread(directory, row)
}

/// Takes out whoever may not see the conversation any more.
pub(super) fn shed(
    tx: &mut dyn Tx,
    directory: &Directory,
    conversation: &mut Conversation,
) -> Result<()> {
    let tables = directory.tables();
    let mut stay = conversation.participants.clone();
    stay.retain(|id| tables.sees(*id, conversation));
    if stay == conversation.participants {
        return Ok(());
    }
    conversation.participants = stay;
    tx.put_participants(conversation)
}
