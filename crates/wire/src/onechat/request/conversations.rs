//! Listing, opening, resolving and assigning conversations.

use serde::{Deserialize, Deserializer};

use super::BadParameter;
use crate::onechat::loose::{self, WrongType};
use crate::onechat::words::{ConversationStatus, words};

words! {
    /// Whose conversations to list.
    AssigneeType {
        /// The caller's.
        Me = "me",
        /// Nobody's.
        Unassigned = "unassigned",
        /// Anybody's.
        Assigned = "assigned",
        /// Those and nobody's.
        All = "all",
    }
}

words! {
    /// In which order to list; what has no such value comes last.
    SortBy {
        /// The latest active first.
        LastActivityDesc = "last_activity_at_desc",
        /// The longest silent first.
        LastActivityAsc = "last_activity_at_asc",
        /// The newest first.
        CreatedDesc = "created_at_desc",
        /// The oldest first.
        CreatedAsc = "created_at_asc",
        /// The most urgent first, then the latest active.
        PriorityDesc = "priority_desc",
        /// The least urgent first, then the latest active.
        PriorityAsc = "priority_asc",
        /// The most urgent first, then the oldest.
        PriorityDescCreatedAsc = "priority_desc_created_at_asc",
        /// Whoever waits longest first.
        WaitingAsc = "waiting_since_asc",
        /// Whoever waits shortest first.
        WaitingDesc = "waiting_since_desc",
    }
}

words! {
    /// Which conversations to list by what they are to the caller.
    ConversationType {
        /// Those that mention them.
        Mention = "mention",
        /// Those they take part in.
        Participating = "participating",
        /// Those that nobody attends to.
        Unattended = "unattended",
    }
}

/// Which conversations to list by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFilter {
    /// Whatever their status.
    All,
    /// Those with this status.
    Only(ConversationStatus),
}

/// Query of `GET …/conversations`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListConversations {
    /// Open ones unless told otherwise.
    pub status: StatusFilter,
    /// All unless told otherwise.
    pub assignee_type: AssigneeType,
    /// Only of this inbox.
    pub inbox_id: Option<i64>,
    /// Only of this team.
    pub team_id: Option<i64>,
    /// Only with any of these label titles; from `labels[]`, or `labels` alone.
    pub labels: Vec<String>,
    /// Only of this kind.
    pub conversation_type: Option<ConversationType>,
    /// In this order; a word that is none is the usual order.
    pub sort_by: SortBy,
    /// Only in which something with these words was said.
    pub q: Option<String>,
    /// Only with the address that its inbox calls so.
    pub source_id: Option<String>,
    /// Only what changed in so many seconds; then there are no pages.
    pub updated_within: Option<i64>,
    /// Counted from 1; anything smaller becomes 1, and what is beyond any list the last that can be named.
    pub page: i64,
}

/// No list has so many pages.
const PAGE_MAX: i64 = 1_000_000;

impl Default for ListConversations {
    fn default() -> Self {
        Self {
            status: StatusFilter::Only(ConversationStatus::Open),
            assignee_type: AssigneeType::All,
            inbox_id: None,
            team_id: None,
            labels: Vec::new(),
            conversation_type: None,
            sort_by: SortBy::LastActivityDesc,
            q: None,
            source_id: None,
            updated_within: None,
            page: 1,
        }
    }
}

impl ListConversations {
    /// Reads a decoded query string. Unknown parameters are skipped.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, BadParameter> {
        let mut list = Self::default();
        for (key, value) in pairs {
            list.set(key, value)?;
        }
        Ok(list)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), BadParameter> {
        let number = |key| loose::number_text(value).map_err(BadParameter::new(key));
        match (key, value.trim()) {
            ("status" | "assignee_type", "") => {}
            ("status", "all") => self.status = StatusFilter::All,
            ("status", word) => {
                let status = ConversationStatus::find(word).ok_or(WrongType("not a status"));
                self.status = StatusFilter::Only(status.map_err(BadParameter::new("status"))?);
            }
            ("assignee_type", word) => {
                let found = AssigneeType::find(word).ok_or(WrongType("not an assignee type"));
                self.assignee_type = found.map_err(BadParameter::new("assignee_type"))?;
            }
            ("inbox_id", _) => self.inbox_id = number("inbox_id")?,
            ("team_id", _) => self.team_id = number("team_id")?,
            ("page", _) => self.page = number("page")?.unwrap_or(1).clamp(1, PAGE_MAX),
            ("conversation_type", word) => self.conversation_type = ConversationType::find(word),
            ("sort_by", word) => {
                self.sort_by = SortBy::find(word).unwrap_or(SortBy::LastActivityDesc);
            }
            ("q", "") | ("source_id", "") => {}
            ("q", words) => self.q = Some(words.to_owned()),
            ("source_id", name) => self.source_id = Some(name.to_owned()),
            ("updated_within", _) => self.updated_within = number("updated_within")?,
            ("labels" | "labels[]", title) if !title.is_empty() => {
                self.labels.push(title.to_owned())
            }
            _ => {}
        }
        Ok(())
    }
}

/// Body of `POST …/toggle_status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ToggleStatus {
    /// The wanted status; absent flips between open and resolved.
    #[serde(deserialize_with = "status")]
    pub status: Option<ConversationStatus>,
    /// When a snoozed conversation wakes up, in seconds since the Unix epoch; absent for the next message.
    #[serde(deserialize_with = "loose::number")]
    pub snoozed_until: Option<i64>,
}

/// Body of `POST …/assignments`. Inside a choice, `None` takes the assignee away; 0 and null mean that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "AssignBody")]
pub enum Assign {
    /// To a user.
    Agent(Option<i64>),
    /// To a bot.
    AgentBot(Option<i64>),
    /// To a team; only looked at when there is no `assignee_id`.
    Team(Option<i64>),
    /// Neither key was sent: nothing changes.
    Nothing,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AssignBody {
    #[serde(deserialize_with = "loose::given_number")]
    assignee_id: Option<Option<i64>>,
    #[serde(deserialize_with = "loose::text")]
    assignee_type: Option<String>,
    #[serde(deserialize_with = "loose::given_number")]
    team_id: Option<Option<i64>>,
}

impl From<AssignBody> for Assign {
    fn from(body: AssignBody) -> Self {
        let somebody = |id: Option<i64>| id.filter(|id| *id != 0);
        match (body.assignee_id, body.team_id) {
            (Some(id), _) if body.assignee_type.as_deref() == Some("AgentBot") => {
                Self::AgentBot(somebody(id))
            }
            (Some(id), _) => Self::Agent(somebody(id)),
            (None, Some(id)) => Self::Team(somebody(id)),
            (None, None) => Self::Nothing,
        }
    }
}

fn status<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ConversationStatus>, D::Error> {
    let text = loose::text(deserializer)?.unwrap_or_default();
    match text.trim() {
        "" => Ok(None),
        word => ConversationStatus::find(word)
            .map(Some)
            .ok_or_else(|| serde::de::Error::custom("not a status")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_defaults_and_reads_repeated_labels() {
        assert_eq!(
            ListConversations::from_pairs([]),
            Ok(ListConversations::default())
        );
        let query = [
            ("status", "snoozed"),
            ("assignee_type", "me"),
            ("inbox_id", "3"),
            ("labels[]", "vip"),
            ("labels[]", "süd"),
            ("page", "0"),
            ("sort_by", "created_at_asc"),
        ];
        let expected = ListConversations {
            status: StatusFilter::Only(ConversationStatus::Snoozed),
            assignee_type: AssigneeType::Me,
            inbox_id: Some(3),
            labels: vec!["vip".into(), "süd".into()],
            sort_by: SortBy::CreatedAsc,
            ..ListConversations::default()
        };
        assert_eq!(ListConversations::from_pairs(query), Ok(expected));
        let all = ListConversations::from_pairs([("status", "all")]).unwrap();
        assert_eq!(all.status, StatusFilter::All);
        for bad in [
            ("status", "closed"),
            ("page", "two"),
            ("inbox_id", "1b"),
            ("assignee_type", "you"),
        ] {
            assert_eq!(ListConversations::from_pairs([bad]).unwrap_err().key, bad.0);
        }
    }

    #[test]
    fn a_status_is_toggled_or_set() {
        let read = |text| serde_json::from_str::<ToggleStatus>(text);
        assert_eq!(read("{}").unwrap(), ToggleStatus::default());
        assert_eq!(read(r#"{"status":""}"#).unwrap(), ToggleStatus::default());
        assert_eq!(
            read(r#"{"status":"snoozed","snoozed_until":"1790000000"}"#).unwrap(),
            ToggleStatus {
                status: Some(ConversationStatus::Snoozed),
                snoozed_until: Some(1_790_000_000)
            }
        );
        assert!(read(r#"{"status":"closed"}"#).is_err());
    }

    #[test]
    fn an_assignment_names_one_kind() {
        let table = [
            (r#"{"assignee_id":5}"#, Assign::Agent(Some(5))),
            (r#"{"assignee_id":"5","team_id":2}"#, Assign::Agent(Some(5))),
            (r#"{"assignee_id":0}"#, Assign::Agent(None)),
            (r#"{"assignee_id":null}"#, Assign::Agent(None)),
            (
                r#"{"assignee_id":5,"assignee_type":"AgentBot"}"#,
                Assign::AgentBot(Some(5)),
            ),
            (r#"{"team_id":2}"#, Assign::Team(Some(2))),
            (r#"{"team_id":"0"}"#, Assign::Team(None)),
            ("{}", Assign::Nothing),
        ];
        for (body, expected) in table {
            assert_eq!(
                serde_json::from_str::<Assign>(body).unwrap(),
                expected,
                "{body}"
            );
        }
    }
}
