//! OneChat's webhooks: their bodies, and their signature over exactly the bytes sent (onechat.md, section 5).

use app::{
    Core,
    deliveries::Notice,
    hooks::{Endpoint, HookDialect},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    AccountId, Agent, ConversationStatus, DeliveryId, Direction, Entry, Event, Inbox,
    Sender as Author, Spoken, Thread, Timestamp,
};
use wire::{
    onechat::{
        Json,
        push::{AgentBotTag, UserTag},
        webhook::{
            AgentBot, Body, BotBody, ChangedAttributes, Contact, ContactChanged, Conversation,
            ConversationChanged, InboxChanged, InboxSettings, Message, MessageKind, Name, Named,
            PlainText, Sender, User, signature,
        },
    },
    pusher::signature::Secret,
};

use super::{
    changes::{self, Changes},
    settings,
    to_wire::{Audience, content, content_attributes, content_type, iso, message_type, push, rest},
};

/// OneChat's webhooks, by whom they tell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OneChatHooks {
    /// An account's webhooks.
    Account,
    /// The callback of an API inbox: everything that happens in it, and nothing of contacts by themselves.
    Inbox,
    /// The bot that answers first in an inbox: its messages, and where its conversations stand.
    Bot,
}

/// What a bot is told (onechat.md, 5.1).
pub(super) const BOT_EVENTS: [&str; 7] = [
    "conversation_resolved",
    "conversation_opened",
    "conversation_status_changed",
    "conversation_updated",
    "message_created",
    "message_updated",
    "webwidget_triggered",
];

impl OneChatHooks {
    /// The dialect of this name, if it is one of these.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Account, Self::Inbox, Self::Bot]
            .into_iter()
            .find(|it| it.name() == name)
    }
}

impl HookDialect for OneChatHooks {
    fn name(&self) -> &'static str {
        match self {
            Self::Account => "onechat",
            Self::Inbox => "onechat_inbox",
            Self::Bot => "onechat_bot",
        }
    }

    fn knows(&self, event: &str) -> bool {
        match self {
            Self::Account | Self::Inbox => Name::find(event).is_some(),
            Self::Bot => BOT_EVENTS.contains(&event),
        }
    }

    fn answers_first(&self) -> bool {
        *self == Self::Bot
    }

    fn secret(&self, random: &[u8; 32]) -> String {
        URL_SAFE_NO_PAD.encode(random)
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of event")]
    fn render(&self, core: &Core, _: &Endpoint, entry: &Entry) -> Vec<(String, String)> {
        let account = named(core, entry.account_id);
        let bodies = match &entry.event {
            Event::MessageCreated {
                thread,
                spoken,
                waited,
            } => {
                let told = message(core, thread, spoken, account.clone());
                let created = told.and_then(|it| written(Body::MessageCreated(&it)));
                let changed = changes::of_said(thread, spoken, *waited);
                let updated = changed.and_then(|it| {
                    let conversation = conversation(core, thread, Some(spoken), account);
                    updated(conversation, Some(it))
                });
                vec![created, updated]
            }
            Event::MessageUpdated { thread, spoken, .. } => {
                let told = message(core, thread, spoken, account);
                vec![told.and_then(|it| written(Body::MessageUpdated(&it)))]
            }
            Event::ConversationCreated { thread, .. } => {
                let told = conversation(core, thread, None, account);
                vec![written(Body::ConversationCreated(&told))]
            }
            Event::ConversationStatusChanged {
                thread,
                last_message,
                was,
                put_off,
                ..
            } => {
                let changed = changes::of_status(*was, *put_off, &thread.conversation);
                let conversation = conversation(core, thread, last_message.as_deref(), account);
                let told = ConversationChanged {
                    conversation,
                    changed_attributes: changed.told(),
                };
                let turned = match thread.conversation.status {
                    _ if *self != Self::Bot => None,
                    ConversationStatus::Open => {
                        turned(BotBody::ConversationOpened(&told.conversation))
                    }
                    ConversationStatus::Resolved => {
                        turned(BotBody::ConversationResolved(&told.conversation))
                    }
                    ConversationStatus::Pending | ConversationStatus::Snoozed => None,
                };
                vec![
                    turned,
                    written(Body::ConversationStatusChanged(&told)),
                    written(Body::ConversationUpdated(&told)),
                ]
            }
            Event::ConversationAssigned {
                thread,
                last_message,
                was,
                ..
            } => {
                let now = thread.conversation.assignee_id.map(|id| id.0);
                let changed = Changes::default().of("assignee_id", &was.map(|id| id.0), &now);
                let conversation = conversation(core, thread, last_message.as_deref(), account);
                vec![updated(conversation, changed.told())]
            }
            Event::ConversationLabeled {
                thread,
                last_message,
                added,
                removed,
                ..
            } => {
                let conversation = conversation(core, thread, last_message.as_deref(), account);
                let changed = changes::of_labels(thread, added, removed);
                vec![updated(conversation, changed)]
            }
            Event::ConversationDescribed {
                thread,
                last_message,
                was,
                ..
            } => {
                let conversation = conversation(core, thread, last_message.as_deref(), account);
                let changed = changes::of_details(was, &thread.conversation.details);
                vec![updated(conversation, changed)]
            }
            Event::ContactCreated { contact, .. } => {
                let push = push::contact(core, contact, None, Audience::Agents);
                vec![written(Body::ContactCreated(&Contact::from_push(
                    push, account,
                )))]
            }
            Event::ContactUpdated { contact, was, .. } => {
                let push = push::contact(core, contact, None, Audience::Agents);
                let changed = match was {
                    Some(was) => changes::of_contact(was, contact),
                    // Of an entry that does not tell what was before.
                    None => Changes::default()
                        .of("name", &None, &Some(&contact.name))
                        .told(),
                };
                let told = changed.map(|changed_attributes| ContactChanged {
                    contact: Contact::from_push(push, account),
                    changed_attributes,
                });
                vec![told.and_then(|it| written(Body::ContactUpdated(&it)))]
            }
            Event::InboxChanged { inbox, was: None } => {
                let told = inbox_settings(core, inbox, entry.at, account);
                vec![written(Body::InboxCreated(&told))]
            }
            Event::InboxChanged {
                inbox,
                was: Some(was),
            } => {
                // Of what an inbox is, the name is all that people change; nothing is told of a state of ours.
                let changed = Changes::default().of("name", &was.name, &inbox.name);
                let told = changed.told().map(|changed_attributes| InboxChanged {
                    inbox: inbox_settings(core, inbox, entry.at, account),
                    changed_attributes,
                });
                vec![told.and_then(|it| written(Body::InboxUpdated(&it)))]
            }
            Event::AccountChanged { .. }
            | Event::AccountRemoved { .. }
            | Event::SocketAppChanged { .. }
            | Event::EndpointChanged { .. }
            | Event::SessionChanged { .. }
            | Event::AgentChanged { .. }
            | Event::AgentRemoved { .. }
            | Event::InboxMembersChanged { .. }
            | Event::InboxRemoved { .. }
            | Event::NotificationsChanged { .. }
            | Event::AvailabilityChanged { .. }
            | Event::WorkdayStarted { .. }
            | Event::WorkdayEnded { .. }
            | Event::LabelChanged { .. }
            | Event::LabelRemoved { .. }
            | Event::TeamChanged { .. }
            | Event::TeamRemoved { .. }
            | Event::DocumentChanged { .. }
            | Event::ContactMerged { .. }
            | Event::ContactDeleted { .. }
            | Event::ConversationRemoved { .. }
            | Event::ConversationMoved { .. }
            | Event::ConversationRead { .. }
            | Event::ConversationSeen { .. } => Vec::new(),
        };
        let told = bodies.into_iter().flatten();
        told.filter(|(event, _)| match self {
            Self::Account => true,
            Self::Inbox => !event.starts_with("contact_"),
            Self::Bot => BOT_EVENTS.contains(&event.as_str()),
        })
        .collect()
    }

    /// An account's webhook has its inbox kept and shown, and no more.
    fn keeps_to_inbox(&self) -> bool {
        self.belongs_to_inbox()
    }

    fn belongs_to_inbox(&self) -> bool {
        *self != Self::Account
    }

    fn test(&self, endpoint: &Endpoint, _: Timestamp) -> (String, String) {
        let body =
            serde_json::json!({ "event": "test", "account": { "id": endpoint.account_id.0 } });
        ("test".to_owned(), body.to_string())
    }

    fn headers(
        &self,
        id: DeliveryId,
        notice: &Notice,
        secrets: &[&str],
        now: Timestamp,
    ) -> Vec<(String, String)> {
        let secret = secrets.first().map(|text| Secret::new(text));
        // In the form of a UUID, which the header's readers expect.
        let id = super::to_wire::uuid(id.0);
        let signed = signature::headers(
            &id,
            now.as_second(),
            notice.body.as_bytes(),
            secret.as_ref(),
        );
        let fixed = [
            ("content-type", "application/json"),
            ("accept", "application/json"),
        ];
        let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let signed = signed
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        fixed.into_iter().chain(signed).collect()
    }
}

/// An account by number and name.
pub(super) fn named(core: &Core, account: AccountId) -> Named {
    let tables = core.directory.tables();
    let name = tables.accounts.get(&account).map(|it| it.name.clone());
    Named {
        id: account.0,
        name: name.unwrap_or_default(),
    }
}

/// An event's name and the bytes to send.
pub(super) fn written(body: Body<'_>) -> Option<(String, String)> {
    named_text(body.name().as_str(), body.to_bytes())
}

/// The same for what bots alone are told.
fn turned(body: BotBody<'_>) -> Option<(String, String)> {
    named_text(body.name(), body.to_bytes())
}

fn named_text(name: &str, bytes: serde_json::Result<bytes::Bytes>) -> Option<(String, String)> {
    match bytes {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Some((name.to_owned(), text))
        }
        Err(error) => {
            tracing::error!(%error, "a webhook could not be written");
            None
        }
    }
}

/// `conversation_updated`.
fn updated(
    conversation: Conversation,
    changed_attributes: Option<ChangedAttributes>,
) -> Option<(String, String)> {
    written(Body::ConversationUpdated(&ConversationChanged {
        conversation,
        changed_attributes,
    }))
}

/// A conversation as webhooks show it.
pub(super) fn conversation(
    core: &Core,
    thread: &Thread,
    last_message: Option<&Spoken>,
    account: Named,
) -> Conversation {
    let push = push::conversation(core, thread, last_message, Audience::Agents);
    Conversation::new(push, account)
}

/// An inbox as webhooks show it, without its secrets.
fn inbox_settings(core: &Core, inbox: &Inbox, at: Timestamp, account: Named) -> InboxSettings {
    let habits = core.directory.habits(inbox.id);
    let connected = core.directory.inbox(inbox.id);
    let own = connected
        .as_ref()
        .and_then(settings::InboxSettings::of)
        .unwrap_or_default();
    let channel = serde_json::json!({
        "id": inbox.id.0,
        "webhook_url": own.webhook_url,
        "website_url": own.website_url,
        "hmac_mandatory": own.hmac_mandatory,
        "additional_attributes": own.additional_attributes,
    });
    InboxSettings {
        allow_messages_after_resolved: true,
        lock_to_single_conversation: own.lock_to_single_conversation,
        auto_assignment_config: rest::assignment(&habits),
        enable_auto_assignment: habits.assigns,
        enable_email_collect: own.enable_email_collect,
        greeting_enabled: own.greeting_enabled,
        greeting_message: own.greeting_message,
        csat_survey_enabled: false,
        business_name: None,
        sender_name_type: "friendly".to_owned(),
        timezone: own.timezone,
        out_of_office_message: own.out_of_office_message,
        working_hours_enabled: own.working_hours_enabled,
        working_hours: own.working_hours,
        created_at: iso(inbox.created_at),
        updated_at: iso(at),
        channel: Json::parse_or_empty(&channel.to_string()),
        account,
    }
}

/// A message, unless it is about the conversation only: those are not told.
fn message(core: &Core, thread: &Thread, spoken: &Spoken, account: Named) -> Option<Message> {
    let it = &spoken.message;
    if it.direction == Direction::Activity {
        return None;
    }
    Some(Message {
        id: it.id.0,
        content: content(it).map(PlainText::from_markdown),
        content_type: content_type(it),
        content_attributes: content_attributes(it),
        created_at: iso(it.created_at),
        message_type: MessageKind::of(message_type(it))?,
        private: it.private,
        source_id: it.external_id.clone(),
        additional_attributes: Json::default(),
        account: account.clone(),
        inbox: Named {
            id: thread.inbox.id.0,
            name: thread.inbox.name.clone(),
        },
        sender: sender(core, thread, spoken, account.clone()),
        conversation: conversation(core, thread, Some(spoken), account),
        attachments: push::attachments(core, it),
    })
}

fn sender(core: &Core, thread: &Thread, spoken: &Spoken, account: Named) -> Option<Sender> {
    match spoken.message.sender {
        Author::Contact(_) => {
            let push = push::contact(core, &thread.contact, None, Audience::Agents);
            Some(Sender::Contact(Box::new(Contact::from_push(push, account))))
        }
        Author::Agent(_) => {
            let agent = spoken.author.as_ref();
            agent.map(|agent| user(agent))
        }
        Author::System => None,
    }
}

/// An agent as the subject of a webhook: a user, or a bot.
pub(super) fn user(agent: &Agent) -> Sender {
    if agent.is_bot() {
        return Sender::AgentBot(AgentBot {
            id: agent.id.0,
            name: agent.name.clone(),
            kind: AgentBotTag,
        });
    }
    Sender::User(User {
        id: agent.id.0,
        name: agent.name.clone(),
        email: agent.email.clone(),
        kind: UserTag,
    })
}
