//! `{"ok":true,"result":…}` or `{"ok":false,"error_code":…,"description":…}`.

use serde::{Deserialize, de::DeserializeOwned};

/// An answer.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer<T> {
    result: Option<T>,
    #[serde(default)]
    error_code: u16,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Debug, Clone, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Telegram's code, or the HTTP status; 0 if there was none.
    pub code: u16,
    /// Why, for a person.
    pub reason: String,
    /// Seconds to wait before the next call.
    pub retry_after_s: Option<u64>,
    /// The group is a supergroup by now, with this id.
    pub moved_to: Option<i64>,
}

/// A message that was sent.
#[derive(Debug, Clone, Deserialize)]
pub struct Sent {
    /// Its number in its chat.
    pub message_id: i64,
}

/// A file on Telegram's servers.
#[derive(Debug, Clone, Deserialize)]
pub struct File {
    /// Its place, if it may be fetched.
    pub file_path: Option<String>,
}

/// What an answer with this status says.
///
/// # Errors
///
/// When the call failed, or the answer is none.
pub fn read<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, Failure> {
    let unreadable = || Failure {
        code: status,
        reason: format!("it answered {status}"),
        retry_after_s: None,
        moved_to: None,
    };
    let answer: Answer<T> = serde_json::from_slice(body).map_err(|_| unreadable())?;
    answer.result.ok_or_else(|| Failure {
        code: if answer.error_code == 0 {
            status
        } else {
            answer.error_code
        },
        reason: answer
            .description
            .unwrap_or_else(|| format!("it answered {status}")),
        retry_after_s: answer.parameters.as_ref().and_then(|it| it.retry_after),
        moved_to: answer.parameters.and_then(|it| it.migrate_to_chat_id),
    })
}
