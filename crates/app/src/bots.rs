//! Programs that answer before people do: adding one, changing and removing it, and giving it inboxes.
//!
//! One is an agent that is listed nowhere among people, signs in nowhere, and sees only the inboxes given to it.
//! Conversations begin there as pending, and are people's when somebody opens them.

use std::sync::Arc;

use domain::{Agent, AgentId, Availability, Event, Inbox, InboxId, Kind, Refusal, Role, Wishes};

use crate::{
    Error, Result, Scope,
    agents::{AgentChange, apply},
    conversations,
    directory::Directory,
    inboxes,
    limits::{BOTS, NAME_CHARS},
    ports::{ConversationFilter, Tx, View},
};

/// Adds one.
pub fn create(tx: &mut dyn Tx, scope: &Scope, name: &str) -> Result<Agent> {
    let all = tx.agents()?.into_iter();
    if all.filter(|it| is_ours(it, scope)).count() >= BOTS {
        let text = format!("an account has at most {BOTS} bots");
        return Err(Error::refused(Kind::Invalid, text));
    }
    let mut bot = Agent {
        id: AgentId(0),
        account_id: scope.account_id,
        name: named(name)?,
        display_name: None,
        // No address, so that nobody signs in with it.
        email: format!("bot-{}", tx.new_id()),
        role: Role::Bot,
        availability: Availability::Offline,
        auto_offline: true,
        working_since: None,
        token_generation: 1,
        wishes: Wishes::default(),
        created_at: tx.now(),
    };
    bot.id = tx.insert_agent(&bot, "")?;
    let agent = Arc::new(bot.clone());
    tx.append(scope.account_id, Event::AgentChanged { agent, was: None })?;
    Ok(bot)
}

/// Gives one another name, or makes the token void that it has shown so far.
pub fn change(
    tx: &mut dyn Tx,
    scope: &Scope,
    id: AgentId,
    name: Option<&str>,
    void: bool,
) -> Result<Arc<Agent>> {
    let bot = load(&*tx, scope, id)?;
    let change = AgentChange {
        name: name.map(named).transpose()?,
        void,
        ..AgentChange::default()
    };
    apply(tx, bot, &change)
}

/// Removes one. Its inboxes are without one from then on, and whatever it shows is refused.
pub fn remove(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: AgentId) -> Result<()> {
    let bot = load(&*tx, scope, id)?;
    for inbox in inboxes_of(&*tx, id)? {
        serve(tx, directory, scope, inbox, None)?;
    }
    tx.remove_agent(id)?;
    let agent = Arc::new(bot);
    tx.append(scope.account_id, Event::AgentRemoved { agent })
}

/// Says which program answers first in an inbox of its account, if one. The one before has no conversation there any
/// more.
pub fn serve(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    inbox: InboxId,
    bot: Option<AgentId>,
) -> Result<Arc<Inbox>> {
    let inbox = Arc::new(inboxes::load(&*tx, inbox)?.inbox);
    if inbox.account_id != scope.account_id {
        return Err(Error::not_found("inbox"));
    }
    bot.map(|id| load(&*tx, scope, id)).transpose()?;
    let before = tx.inbox_bots()?.into_iter().find(|it| it.0 == inbox.id);
    if let Some((_, old)) = before.filter(|it| Some(it.1) != bot) {
        release(tx, directory, scope, inbox.id, old)?;
    }
    tx.set_inbox_bot(inbox.id, bot)?;
    let event = Event::InboxChanged {
        inbox: inbox.clone(),
        was: Some(inbox.clone()),
    };
    tx.append(scope.account_id, event)?;
    Ok(inbox)
}

/// Takes from one what it has in an inbox.
fn release(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    inbox: InboxId,
    bot: AgentId,
) -> Result<()> {
    const BITE: i64 = 100;
    let filter = ConversationFilter {
        inbox_id: Some(inbox),
        assignee: Some(Some(bot)),
        ..ConversationFilter::default()
    };
    loop {
        let rows = tx.list_conversations(scope.account_id, &filter, BITE, 0)?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            conversations::assign(tx, directory, scope, row.conversation.number, None)?;
        }
    }
}

/// The inboxes that one answers first in.
pub fn inboxes_of<V: View + ?Sized>(view: &V, id: AgentId) -> Result<Vec<InboxId>> {
    let all = view.inbox_bots()?.into_iter();
    Ok(all.filter(|it| it.1 == id).map(|it| it.0).collect())
}

/// One of the scope's account.
pub fn load<V: View + ?Sized>(view: &V, scope: &Scope, id: AgentId) -> Result<Agent> {
    let found = view.find_agent(scope.account_id, id)?;
    let found = found.filter(|it| is_ours(it, scope));
    found.ok_or_else(|| Error::not_found("bot"))
}

fn is_ours(agent: &Agent, scope: &Scope) -> bool {
    agent.account_id == scope.account_id && agent.is_bot()
}

fn named(name: &str) -> Result<String> {
    let name = name.trim();
    let wrong = match name.chars().count() {
        0 => "Name can't be blank",
        count if count > NAME_CHARS => "Name is too long (maximum is 255 characters)",
        _ => return Ok(name.to_owned()),
    };
    Err(Error::Refused(
        Refusal::new(Kind::Invalid, wrong).of_field("name"),
    ))
}
