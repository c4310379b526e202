//! The `actions` of rules and macros: `[{"action_name":…, "action_params":[…]}]`.

use app::{limits::CONTENT_CHARS, rules::Deed};
use domain::{AgentId, ConversationStatus, Priority, TeamId};
use serde_json::Value;
use wire::onechat::words;

use crate::{Edge, onechat::conversations::status_of};

/// Actions of one rule or macro.
const ACTIONS: usize = 50;

/// Who asks for actions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker<'a> {
    /// The agent who stands for `self`.
    pub(super) me: Option<AgentId>,
    /// What a webhook of theirs is called by.
    pub(super) called: &'a str,
    /// Whatever is to be kept with what is written, as an object.
    pub(super) extra: Option<&'a str>,
}

/// Reads a list of actions. What is wrong with it is a sentence.
pub(super) fn read(list: &Value, asker: Asker<'_>) -> Result<Vec<Deed>, String> {
    let list = list.as_array().filter(|it| it.len() <= ACTIONS);
    let list = list.ok_or_else(|| format!("actions are a list of at most {ACTIONS}"))?;
    list.iter().map(|it| read_one(it, asker)).collect()
}

/// Why a place that is to be posted to cannot be called, if one cannot.
pub(super) fn uncallable(edge: &Edge, deeds: &[Deed]) -> Option<String> {
    let mut urls = deeds.iter().filter_map(|it| match it {
        Deed::Post { url, .. } => Some(url),
        _ => None,
    });
    urls.find_map(|url| edge.hooks.poster.check(url).err())
}

fn read_one(one: &Value, asker: Asker<'_>) -> Result<Deed, String> {
    let name = one.get("action_name").and_then(Value::as_str);
    let name = name.unwrap_or_default();
    let texts = texts(one.get("action_params"));
    let first = texts.first().map(String::as_str).unwrap_or_default();
    let odd = || format!("{name} cannot be done with {first:?}");
    let write = |private| {
        let fits = !first.trim().is_empty() && first.chars().count() <= CONTENT_CHARS;
        fits.then(|| Deed::Write {
            content: first.to_owned(),
            private,
            extra: asker.extra.map(str::to_owned),
        })
    };
    let status = |status| Some(Deed::SetStatus(status, None));
    let deed = match name {
        "assign_agent" => agent(first, asker.me).map(Deed::Assign),
        "remove_assigned_agent" => Some(Deed::Assign(None)),
        "assign_team" => number(first).map(|it| Deed::AssignTeam(it.map(TeamId))),
        "remove_assigned_team" => Some(Deed::AssignTeam(None)),
        "add_label" => some(texts.clone()).map(Deed::AddLabels),
        "remove_label" => some(texts.clone()).map(Deed::RemoveLabels),
        "send_message" => write(false),
        "add_private_note" => write(true),
        "change_status" => {
            let word = words::ConversationStatus::find(first);
            word.map(|it| Deed::SetStatus(status_of(it), None))
        }
        "resolve_conversation" => status(ConversationStatus::Resolved),
        "open_conversation" => status(ConversationStatus::Open),
        "pending_conversation" => status(ConversationStatus::Pending),
        "snooze_conversation" => status(ConversationStatus::Snoozed),
        "change_priority" => priority(first).map(Deed::SetPriority),
        "mute_conversation" => Some(Deed::Mute),
        "send_webhook_event" => Some(Deed::Post {
            url: first.to_owned(),
            called: asker.called.to_owned(),
        }),
        _ => return Err(format!("{name} is not an action that is known here")),
    };
    deed.ok_or_else(odd)
}

fn some(texts: Vec<String>) -> Option<Vec<String>> {
    let blank = texts.iter().any(|it| it.trim().is_empty());
    (!texts.is_empty() && !blank).then_some(texts)
}

/// The texts of a list; a chosen thing may be sent as an object with its id.
fn texts(params: Option<&Value>) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(chosen) => chosen.get("id").map(Value::to_string).unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Array(_) => String::new(),
    };
    match params {
        Some(Value::Array(all)) => all.iter().map(text).collect(),
        Some(one) => vec![text(one)],
        None => Vec::new(),
    }
}

/// A number, or nothing where somebody means nothing; `None` for what is neither.
fn number(text: &str) -> Option<Option<i64>> {
    match text.trim_matches('"') {
        "" | "nil" | "null" | "0" => Some(None),
        digits => digits.parse().ok().map(Some),
    }
}

fn agent(text: &str, me: Option<AgentId>) -> Option<Option<AgentId>> {
    if text == "self" {
        return me.map(Some);
    }
    number(text).map(|it| it.map(AgentId))
}

fn priority(text: &str) -> Option<Option<Priority>> {
    Some(match text {
        "" | "nil" | "null" => None,
        "low" => Some(Priority::Low),
        "medium" => Some(Priority::Medium),
        "high" => Some(Priority::High),
        "urgent" => Some(Priority::Urgent),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(name: &str, params: Value) -> Result<Deed, String> {
        let asker = Asker {
            me: Some(AgentId(7)),
            called: "x",
            extra: None,
        };
        let list = json!([{ "action_name": name, "action_params": params }]);
        read(&list, asker).map(|mut all| all.remove(0))
    }

    #[test]
    fn an_action_is_a_deed() {
        let table = [
            ("assign_agent", json!([3]), Deed::Assign(Some(AgentId(3)))),
            (
                "assign_agent",
                json!(["self"]),
                Deed::Assign(Some(AgentId(7))),
            ),
            ("assign_agent", json!(["nil"]), Deed::Assign(None)),
            (
                "assign_team",
                json!(["4"]),
                Deed::AssignTeam(Some(TeamId(4))),
            ),
            (
                "assign_team",
                json!([{ "id": 4 }]),
                Deed::AssignTeam(Some(TeamId(4))),
            ),
            ("remove_assigned_team", json!(null), Deed::AssignTeam(None)),
            (
                "add_label",
                json!(["a", "b"]),
                Deed::AddLabels(vec!["a".into(), "b".into()]),
            ),
            (
                "change_priority",
                json!(["high"]),
                Deed::SetPriority(Some(Priority::High)),
            ),
            ("change_priority", json!(["nil"]), Deed::SetPriority(None)),
            (
                "change_status",
                json!(["snoozed"]),
                Deed::SetStatus(ConversationStatus::Snoozed, None),
            ),
            ("mute_conversation", json!([]), Deed::Mute),
        ];
        for (name, params, expected) in table {
            assert_eq!(one(name, params.clone()), Ok(expected), "{name} {params}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for (name, params) in [
            ("send_attachment", json!([1])),
            ("send_email_to_team", json!([1])),
            ("", json!([])),
            ("assign_agent", json!(["bob"])),
            ("add_label", json!([])),
            ("add_label", json!([" "])),
            ("send_message", json!([""])),
            ("change_status", json!(["gone"])),
            ("change_priority", json!(["very"])),
        ] {
            assert!(one(name, params.clone()).is_err(), "{name} {params}");
        }
        let nobody = Asker {
            me: None,
            called: "x",
            extra: None,
        };
        let list = json!([{ "action_name": "assign_agent", "action_params": ["self"] }]);
        assert!(read(&list, nobody).is_err());
        assert!(read(&json!({}), nobody).is_err());
    }
}
