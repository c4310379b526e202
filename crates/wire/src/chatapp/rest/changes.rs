//! What changes a chat: its responsible employee, its status. Both bodies are ours; both calls answer the chat.

use serde::{Deserialize, Deserializer};

/// The body of `PUT` (or `POST`) `…/chats/{chat}/responsible`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetResponsible {
    /// The employee; null for nobody. It has to be there.
    #[serde(deserialize_with = "present")]
    pub employee_id: Option<i64>,
    /// Told back in `fromApp.tracking` of the event `chatResponsible`.
    #[serde(default)]
    pub tracking: Option<String>,
}

/// Null or a number, but not nothing: an option of its own would be none when the key is missing.
fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<i64>, D::Error> {
    Option::deserialize(value)
}

/// The body of `PUT` (or `POST`) `…/chats/{chat}/status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SetStatus {
    /// What to set.
    pub status: NewStatus,
}

/// The statuses that can be set, in the words of the event `chatStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewStatus {
    /// Somebody should answer.
    Open,
    /// Done.
    Close,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read() {
        let responsible = |text| {
            serde_json::from_str::<SetResponsible>(text)
                .map(|it| it.employee_id)
                .ok()
        };
        assert_eq!(responsible(r#"{"employeeId":5,"x":1}"#), Some(Some(5)));
        assert_eq!(responsible(r#"{"employeeId":null}"#), Some(None));
        assert_eq!(responsible("{}"), None);
        assert_eq!(responsible(r#"{"employeeId":"5"}"#), None);
        let status = |text| {
            serde_json::from_str::<SetStatus>(text)
                .map(|it| it.status)
                .ok()
        };
        assert_eq!(status(r#"{"status":"close"}"#), Some(NewStatus::Close));
        assert_eq!(status(r#"{"status":"open"}"#), Some(NewStatus::Open));
        assert_eq!(status(r#"{"status":"closed"}"#), None);
    }
}
