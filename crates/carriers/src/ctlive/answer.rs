//! What a connector's answer means for the message.
//!
//! | answer | the message |
//! |---|---|
//! | 2xx | is taken, unless its own status in the body says otherwise |
//! | 401, 403 | waits, and the inbox with it |
//! | 408, 425, 429, 5xx | waits; as long as asked, if asked |
//! | 3xx | waits: an address that has moved is for people to correct, and nothing is wrong with the message |
//! | any other | has failed |

use app::ports::{Accepted, SendError};
use domain::Timestamp;
use wire::ctlive::errors;
use wire::ctlive::outbound::Answer as Told;
use wire::ctlive::status::Outcome;

use crate::guard::Answer;

/// Reads an answer.
pub(super) fn conclude(answer: &Answer, now: Timestamp) -> Result<Accepted, SendError> {
    let status = answer.status;
    let retry_after = answer.wait(now);
    if answer.is_success() {
        return taken(answer);
    }
    if (300..400).contains(&status) {
        let reason = format!("the connector answered {status}; redirects are not followed");
        return Err(SendError::ForNow {
            reason,
            retry_after,
        });
    }
    let told = answer
        .body
        .as_ref()
        .ok()
        .and_then(|body| errors::reason(body));
    let reason = match told {
        Some(told) => format!("the connector answered {status}: {told}"),
        None => format!("the connector answered {status}"),
    };
    Err(match status {
        401 | 403 => SendError::Closed { reason },
        408 | 425 | 429 | 500.. => SendError::ForNow {
            reason,
            retry_after,
        },
        _ => SendError::ForGood { reason },
    })
}

/// The connector has it: a body that cannot be read must not send it again, and costs us its id.
fn taken(answer: &Answer) -> Result<Accepted, SendError> {
    let told = answer.body.as_ref().ok();
    let first = told
        .and_then(|body| Told::parse(body).ok())
        .and_then(|told| told.messages.into_iter().next())
        .unwrap_or_default();
    match first.outcome() {
        Outcome::Failed { reason } => Err(SendError::ForGood { reason }),
        Outcome::FailedForNow { reason } => Err(SendError::ForNow {
            reason,
            retry_after: None,
        }),
        Outcome::Queued | Outcome::Sent | Outcome::Delivered | Outcome::Ignored => Ok(Accepted {
            external_id: first.message_id.filter(|id| !id.is_empty()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::GuardError;

    fn answer(status: u16, body: Result<&'static str, GuardError>) -> Answer {
        Answer {
            status,
            retry_after: None,
            content_type: None,
            body: body.map(Into::into),
        }
    }

    fn concluded(status: u16, body: Result<&'static str, GuardError>) -> String {
        match conclude(&answer(status, body), Timestamp::UNIX_EPOCH) {
            Ok(accepted) => format!("accepted {:?}", accepted.external_id),
            Err(SendError::ForNow { reason, .. }) => format!("for now: {reason}"),
            Err(SendError::ForGood { reason }) => format!("for good: {reason}"),
            Err(SendError::Closed { reason }) => format!("closed: {reason}"),
        }
    }

    #[test]
    fn the_status_decides() {
        for (status, expected) in [
            (200, "accepted None"),
            (204, "accepted None"),
            (
                302,
                "for now: the connector answered 302; redirects are not followed",
            ),
            (
                304,
                "for now: the connector answered 304; redirects are not followed",
            ),
            (400, "for good: the connector answered 400"),
            (401, "closed: the connector answered 401"),
            (403, "closed: the connector answered 403"),
            (404, "for good: the connector answered 404"),
            (408, "for now: the connector answered 408"),
            (425, "for now: the connector answered 425"),
            (429, "for now: the connector answered 429"),
            (500, "for now: the connector answered 500"),
            (599, "for now: the connector answered 599"),
        ] {
            assert_eq!(concluded(status, Ok("")), expected);
        }
    }

    #[test]
    fn a_message_that_was_taken_stays_taken_whatever_becomes_of_the_answer() {
        for body in [
            Err(GuardError::Timeout),
            Err(GuardError::TooLarge { limit: 1 }),
            Err(GuardError::Broken("x".to_owned())),
            Ok("<html>"),
            Ok(r#"{"messages":[]}"#),
            Ok(r#"{"messages":[{"messageId":""}]}"#),
        ] {
            assert_eq!(concluded(200, body.clone()), "accepted None", "{body:?}");
        }
    }

    #[test]
    fn the_first_entrys_own_status_counts() {
        let reject =
            r#"{"messages":[{"status":{"groupId":5,"id":51,"name":"NO"},"messageId":"m"}]}"#;
        assert_eq!(concluded(200, Ok(reject)), "for good: NO (51)");
        let twice = r#"{"messages":[{"status":{"groupId":5,"id":23},"messageId":"m"}]}"#;
        assert_eq!(concluded(200, Ok(twice)), r#"accepted Some("m")"#);
        let bare = r#"{"messages":[{"messageId":"m"},{"messageId":"n"}]}"#;
        assert_eq!(concluded(200, Ok(bare)), r#"accepted Some("m")"#);
    }
}
