//! Automation rules as the runner reads them: what they wait for, what must hold, what they ask.

use app::{
    Core,
    hooks::HookDialect as _,
    rules::{Asked, Deed, Rule, Rulebook},
};
use domain::{AccountId, ConversationStatus, Document, Entry, Event, Message, Spoken, Thread};
use serde_json::Value;
use wire::onechat::condition::{self, Actual, Condition, Model};

use super::{OneChatRules, actions, parsed};
use crate::onechat::{
    changes,
    hooks::{conversation, named},
    to_wire::{conversation_status, message_type, priority, titles},
};

/// What a rule waits for.
pub(super) const EVENTS: [&str; 5] = [
    "conversation_created",
    "conversation_updated",
    "conversation_opened",
    "conversation_resolved",
    "message_created",
];

/// Reads OneChat's rules.
pub(crate) struct Book {
    core: Core,
}

struct AutomationRule {
    event: String,
    conditions: Vec<Vec<Condition>>,
    deeds: Vec<Deed>,
}

impl Book {
    /// A book that names accounts as this server knows them.
    pub(crate) fn new(core: Core) -> Self {
        Self { core }
    }
}

impl Rulebook for Book {
    fn read(&self, rule: &Document) -> Option<Box<dyn Rule>> {
        let body = parsed(rule);
        if body.get("active").and_then(Value::as_bool) == Some(false) {
            return None;
        }
        let event = body.get("event_name")?.as_str()?.to_owned();
        let conditions = condition::groups(Model::Events, body.get("conditions")).ok()?;
        let (called, extra) = (
            format!("automation_event.{event}"),
            format!(r#"{{"automation_rule_id":{}}}"#, rule.id.0),
        );
        let asker = actions::Asker {
            me: None,
            called: &called,
            extra: Some(&extra),
        };
        let deeds = actions::read(body.get("actions")?, asker).ok()?;
        Some(Box::new(AutomationRule {
            event,
            conditions,
            deeds,
        }))
    }

    fn post(
        &self,
        account: AccountId,
        thread: &Thread,
        last_message: Option<&Spoken>,
        called: &str,
    ) -> Option<(String, String)> {
        let told = conversation(&self.core, thread, last_message, named(&self.core, account));
        let mut body = serde_json::to_value(told).ok()?;
        let all = body.as_object_mut()?;
        all.insert("event".to_owned(), called.into());
        Some((called.to_owned(), body.to_string()))
    }

    fn dialect(&self) -> &'static str {
        OneChatRules.name()
    }
}

impl Rule for AutomationRule {
    fn asks(&self, entry: &Entry) -> Option<Asked> {
        let (thread, message, events) = happened(&entry.event)?;
        if !events.contains(&self.event.as_str()) {
            return None;
        }
        let now = entry.at.as_second();
        let fits = condition::hold(&self.conditions, now, |it| actual(thread, message, it));
        fits.then(|| Asked {
            conversation: thread.conversation.number,
            deeds: self.deeds.clone(),
        })
    }
}

/// Where something happened, what was said, and what it is called.
fn happened(event: &Event) -> Option<(&Thread, Option<&Message>, Vec<&'static str>)> {
    let updated = "conversation_updated";
    Some(match event {
        Event::ConversationCreated { thread, .. } => (thread, None, vec!["conversation_created"]),
        Event::ConversationStatusChanged {
            thread,
            last_message,
            ..
        } => {
            let mut events = vec![updated];
            match thread.conversation.status {
                ConversationStatus::Open => events.push("conversation_opened"),
                ConversationStatus::Resolved => events.push("conversation_resolved"),
                ConversationStatus::Pending | ConversationStatus::Snoozed => {}
            }
            (
                thread,
                last_message.as_deref().map(|it| &it.message),
                events,
            )
        }
        Event::ConversationAssigned {
            thread,
            last_message,
            ..
        }
        | Event::ConversationLabeled {
            thread,
            last_message,
            ..
        } => {
            let said = last_message.as_deref().map(|it| &it.message);
            (thread, said, vec![updated])
        }
        Event::ConversationDescribed {
            thread,
            last_message,
            was,
            ..
        } if **was != thread.conversation.details => {
            let said = last_message.as_deref().map(|it| &it.message);
            (thread, said, vec![updated])
        }
        Event::MessageCreated {
            thread,
            spoken,
            waited,
        } if spoken.message.direction != domain::Direction::Activity => {
            let mut events = vec!["message_created"];
            if changes::of_said(thread, spoken, *waited).is_some() {
                events.push(updated);
            }
            (thread, Some(&spoken.message), events)
        }
        _ => return None,
    })
}

/// What a conversation has of what a condition asks about.
fn actual(thread: &Thread, message: Option<&Message>, asked: &Condition) -> Actual {
    let (it, contact) = (&thread.conversation, &thread.contact);
    let learnt = |key| from_object(it.details.additional_attributes.as_deref(), key);
    let of_contact = |key| from_object(Some(&contact.additional_attributes), key);
    match asked.key.as_str() {
        "status" => Actual::maybe(Some(conversation_status(it.status).as_str())),
        "assignee_id" => Actual::maybe(it.assignee_id),
        "inbox_id" => Actual::maybe(Some(it.inbox_id)),
        "team_id" => Actual::maybe(it.details.team_id),
        "contact_id" => Actual::maybe(Some(it.contact_id)),
        "priority" => Actual::maybe(it.details.priority.map(|it| priority(it).as_str())),
        "display_id" => Actual::maybe(Some(it.number)),
        "labels" => Actual::Texts(titles(&thread.labels)),
        "created_at" => Actual::Time(it.created_at.as_second()),
        "last_activity_at" => Actual::Time(it.last_activity_at.as_second()),
        "name" => Actual::maybe(Some(&contact.name)),
        "phone_number" => Actual::maybe(contact.phone.as_ref()),
        "email" => Actual::maybe(contact.email.as_ref()),
        "identifier" => Actual::maybe(contact.identifier.as_ref()),
        "blocked" => Actual::maybe(Some(contact.blocked)),
        "company" | "company_name" => of_contact("company_name"),
        key @ ("city" | "country_code") => of_contact(key),
        key @ ("browser_language"
        | "conversation_language"
        | "referer"
        | "mail_subject"
        | "campaign_id") => learnt(key),
        "content" => Actual::maybe(message.and_then(|it| it.content.as_ref())),
        "private_note" => Actual::maybe(message.map(|it| it.private)),
        // By name or by number, as clients send either.
        "message_type" => Actual::Texts(message.map_or_else(Vec::new, |it| {
            let kind = message_type(it);
            vec![kind.as_str().to_owned(), kind.number().to_string()]
        })),
        key => {
            let own = from_object(it.details.custom_attributes.as_deref(), key);
            let theirs = from_object(Some(&contact.custom_attributes), key);
            match asked.custom.as_deref() {
                Some("contact_attribute") => theirs,
                Some(_) => own,
                None if own == Actual::Texts(Vec::new()) => theirs,
                None => own,
            }
        }
    }
}

/// A value of a JSON object as text.
fn from_object(object: Option<&str>, key: &str) -> Actual {
    let all: Value = serde_json::from_str(object.unwrap_or("{}")).unwrap_or_default();
    let found = all.get(key).cloned().unwrap_or_default();
    let found = match found {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    Actual::maybe(found)
}
