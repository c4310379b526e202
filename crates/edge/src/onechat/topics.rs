//! The topics that OneChat's clients follow.

use app::directory::Tables;
use domain::{AccountId, AddressId, AgentId, ContactId, Inbox, InboxId, Thread};

/// What every agent of an account is told.
pub(super) fn agents_topic(account: AccountId) -> String {
    format!("onechat/agents/{account}")
}

/// What one agent of an account alone is told of it.
pub(super) fn agent_topic(account: AccountId, agent: AgentId) -> String {
    format!("onechat/agent/{account}/{agent}")
}

/// Where those are told who see what happens in an inbox (onechat.md, 1.7: administrators and its members): all at
/// once if that is everybody, each by themselves otherwise.
pub(super) fn watchers_topics(tables: &Tables, inbox: &Inbox) -> Vec<String> {
    let mut all = tables.agents_of(inbox.account_id);
    if all.all(|it| tables.watches(it, inbox.id)) {
        return vec![agents_topic(inbox.account_id)];
    }
    let all = tables.agents_of(inbox.account_id);
    let watching = all.filter(|it| tables.watches(it, inbox.id));
    watching
        .map(|it| agent_topic(it.account_id, it.id))
        .collect()
}

/// What the contacts of an account are told of its agents.
pub(super) fn visitors_topic(account: AccountId) -> String {
    format!("onechat/visitors/{account}")
}

/// Whoever writes in an inbox follows this besides, and is told nothing there: it ends when the inbox is removed.
pub(super) fn callers_topic(inbox: InboxId) -> String {
    format!("onechat/callers/{inbox}")
}

/// What the person behind an address is told.
pub(super) fn address_topic(address: AddressId) -> String {
    format!("onechat/address/{address}")
}

/// What a person who has proved who they are is told, of whatever happens at any address where they have.
pub(super) fn person_topic(contact: ContactId) -> String {
    format!("onechat/person/{contact}")
}

/// Where the contact of a conversation is told of it. Everybody follows one of these at most.
pub(super) fn contact_topics(thread: &Thread) -> Vec<String> {
    let mut topics = vec![address_topic(thread.address.id)];
    if thread.address.verified {
        topics.push(person_topic(thread.contact.id));
    }
    topics
}

/// Who of an account's agents say that they are here.
pub(super) fn gathering_topic(account: AccountId) -> String {
    format!("onechat/gathering/{account}")
}

/// What agents of an account whisper to one another.
pub(super) fn whispers_topic(account: AccountId) -> String {
    format!("onechat/whispers/{account}")
}
