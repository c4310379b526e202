//! What OneChat's webhooks tell of that only passes: it is in no journal, and owed to endpoints as it happens.

use app::{deliveries::Notice, hooks::endpoints};
use domain::{Agent, EndpointId, Inbox, Spoken, Thread};
use wire::onechat::{
    push::UserTag,
    webhook::{Body, Contact, Sender, Typing, User},
};

use super::{
    hooks::{OneChatHooks, conversation, named, written},
    to_wire::{Audience, push},
    typing::Typist,
};
use crate::Edge;

/// Somebody types, or no longer does.
pub(super) async fn typing(
    edge: &Edge,
    thread: &Thread,
    last_message: Option<&Spoken>,
    typist: &Typist,
    on: bool,
    is_private: bool,
) -> app::Result<()> {
    let event = if on {
        "conversation_typing_on"
    } else {
        "conversation_typing_off"
    };
    owe(edge, &thread.inbox, event, || {
        let core = &edge.core;
        let account = named(core, thread.conversation.account_id);
        let told = Typing {
            user: match typist {
                Typist::Contact => {
                    let push = push::contact(core, &thread.contact, None, Audience::Agents);
                    Sender::Contact(Box::new(Contact::from_push(push, account.clone())))
                }
                Typist::Agent(agent) => Sender::User(user(agent)),
            },
            conversation: conversation(core, thread, last_message, account),
            is_private,
        };
        written(if on {
            Body::ConversationTypingOn(&told)
        } else {
            Body::ConversationTypingOff(&told)
        })
    })
    .await
}

/// An agent as the subject of a webhook.
pub(super) fn user(agent: &Agent) -> User {
    User {
        id: agent.id.0,
        name: agent.name.clone(),
        email: agent.email.clone(),
        kind: UserTag,
    }
}

/// Owes an event to everybody who wants it. The body is made only if somebody does.
async fn owe(
    edge: &Edge,
    inbox: &Inbox,
    event: &str,
    body: impl FnOnce() -> Option<(String, String)>,
) -> app::Result<()> {
    let tables = edge.core.directory.tables();
    let wants = |it: &app::hooks::Endpoint| {
        let dialect = OneChatHooks::named(&it.dialect);
        it.account_id == inbox.account_id
            && dialect.is_some_and(|dialect| dialect.tells_of(it, inbox.id))
            && (it.events.is_empty() || it.events.iter().any(|wanted| wanted == event))
    };
    let wanting: Vec<EndpointId> = tables
        .endpoints
        .values()
        .filter(|it| wants(it))
        .map(|it| it.id)
        .collect();
    if wanting.is_empty() {
        return Ok(());
    }
    let Some((event, body)) = body() else {
        return Ok(());
    };
    let notice = Notice {
        event,
        body,
        seq: 0,
    };
    let owed: Vec<_> = wanting.into_iter().map(|id| (id, notice.clone())).collect();
    edge.core
        .store
        .transact(move |tx| endpoints::owe(tx, &owed))
        .await?;
    edge.hooks.news.notify_one();
    Ok(())
}
