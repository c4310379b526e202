//! What OneChat's webhooks tell of that only passes: it is in no journal, and owed to endpoints as it happens.

use std::sync::Arc;

use app::{
    conversations,
    deliveries::Notice,
    hooks::{Endpoint, endpoints},
    ports::ConversationRow,
};
use domain::{Address, Agent, EndpointId, Inbox, Spoken, Thread};
use wire::onechat::{
    Json,
    webhook::{Body, Contact, Named, Sender, Typing, WidgetTriggered},
};

use super::{
    hooks::{OneChatHooks, conversation, named, user, written},
    to_wire::{Audience, push},
};
use crate::Edge;

/// Who types.
pub(super) enum Typist {
    /// The contact.
    Contact,
    /// An agent.
    Agent(Arc<Agent>),
}

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
                Typist::Agent(agent) => user(agent),
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

/// A visitor opened a website's widget.
pub(super) struct Opened {
    /// The widget.
    pub(super) inbox: Arc<Inbox>,
    /// Who the visitor is there.
    pub(super) address: Address,
    /// And who they are.
    pub(super) contact: domain::Contact,
    /// Their latest conversation.
    pub(super) last: Option<ConversationRow>,
    /// The page, browser and time as the widget told them: a JSON object.
    pub(super) info: String,
}

/// Tells of it.
pub(super) async fn widget_opened(edge: &Edge, opened: Opened) -> app::Result<()> {
    let Opened {
        inbox,
        address,
        contact,
        mut last,
        info,
    } = opened;
    let directory = &edge.core.directory;
    let said = last.as_mut().and_then(|row| row.last_message.take());
    let said = said.map(|it| conversations::spoken(directory, it));
    let thread = last
        .map(|row| conversations::thread(directory, row))
        .transpose()?;
    owe(edge, &inbox, "webwidget_triggered", || {
        let core = &edge.core;
        let account = named(core, inbox.account_id);
        let push = push::contact(core, &contact, Some(&address), Audience::Agents);
        let current = thread.as_ref();
        let told = WidgetTriggered {
            id: address.id.0,
            contact: Some(Contact::from_push(push, account.clone())),
            inbox: Named {
                id: inbox.id.0,
                name: inbox.name.clone(),
            },
            current_conversation: current
                .map(|thread| conversation(core, thread, said.as_ref(), account.clone())),
            account,
            source_id: address.source_id.clone(),
            event_info: Json::parse_or_empty(&info),
        };
        written(Body::WebwidgetTriggered(&told))
    })
    .await
}

/// Owes an event to everybody who wants it. The body is made only if somebody does.
async fn owe(
    edge: &Edge,
    inbox: &Inbox,
    event: &str,
    body: impl FnOnce() -> Option<(String, String)>,
) -> app::Result<()> {
    let tables = edge.core.directory.tables();
    let wants = |it: &Endpoint| {
        let dialect = OneChatHooks::named(&it.dialect);
        it.account_id == inbox.account_id
            && dialect.is_some_and(|dialect| it.is_told_of(&dialect, Some(inbox.id)))
            && it.wants(event)
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
