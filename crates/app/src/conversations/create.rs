//! A conversation that somebody asks for, beside those there may be with the same address.

use std::sync::Arc;

use domain::{
    Address, AgentId, Contact, ConversationStatus, Details, Event, Inbox, Thread, Timestamp,
};

use super::{assign::may_have, assignee_of, begin::may_use, deal, fresh, team_of};
use crate::{
    Result, Scope,
    directory::Directory,
    notifications,
    ports::{Tx, whole_micros},
    teams,
};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct NewConversation {
    /// Where it stands; if not told open, or held by the program that answers first in the inbox.
    pub status: Option<ConversationStatus>,
    /// When a snoozed one comes back.
    pub snoozed_until: Option<Timestamp>,
    /// Who answers it.
    pub assignee: Option<AgentId>,
    /// What is kept about it.
    pub details: Details,
}

/// Begins a conversation with an address. One with a contact that the business does not want to hear from begins
/// resolved.
pub fn create(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    inbox: &Arc<Inbox>,
    (address, contact): (Address, Contact),
    new: &NewConversation,
) -> Result<Thread> {
    may_use(scope, inbox)?;
    if let Some(id) = new.details.team_id {
        teams::find(directory, scope, id)?;
    }
    let mut conversation = fresh(tx, directory, inbox, &contact, address.id)?;
    conversation.status = match new.status {
        _ if contact.blocked => ConversationStatus::Resolved,
        Some(status) => status,
        None => conversation.status,
    };
    if conversation.status == ConversationStatus::Snoozed {
        conversation.snoozed_until = new.snoozed_until.map(whole_micros);
    }
    conversation.details = new.details.clone();
    may_have(directory, new.assignee, &conversation)?;
    conversation.assignee_id = new.assignee;
    conversation.participants.extend(new.assignee);
    tx.insert_conversation(&conversation)?;
    if new.assignee.is_some() {
        tx.put_participants(&conversation)?;
    }
    let thread = Thread {
        inbox: inbox.clone(),
        contact,
        address,
        assignee: assignee_of(directory, &conversation),
        labels: Vec::new(),
        team: team_of(directory, &conversation),
        conversation,
    };
    let event = Event::ConversationCreated {
        thread: Box::new(thread.clone()),
        by: scope.agent_id(),
    };
    tx.append(scope.account_id, event)?;
    notifications::of_begun(tx, directory, &thread)?;
    notifications::of_assigned(tx, directory, scope, &thread)?;
    Ok(deal(tx, directory, &thread)?.unwrap_or(thread))
}
