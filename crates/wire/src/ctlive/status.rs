//! What a channel's status says about a message of ours.
//!
//! The group decides, never the name or the description, which are prose and may change; an id we do not know is therefore
//! no obstacle. The document shows groups 1 and 3; the others are those of the registry in [`super::codes`].

use super::bad::{Bad, Problem};
use super::codes::{self, Kind};
use super::fields;

/// The `status` object of a report or an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// 1 pending, 2 undeliverable, 3 delivered, 4 expired, 5 rejected.
    pub group_id: i64,
    /// The group's name as told; for people.
    pub group_name: Option<String>,
    /// Unique only inside its group.
    pub id: Option<i64>,
    /// The status's name as told; for people.
    pub name: Option<String>,
    /// A sentence; for people.
    pub description: Option<String>,
}

/// The `error` object of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    /// 0 none, 1 handset or client, 2 user or provider, 3 operator or system.
    pub group_id: Option<i64>,
    /// Unique only inside its group.
    pub id: Option<i64>,
    /// The error's name as told; for people.
    pub name: Option<String>,
    /// A sentence; for people.
    pub description: Option<String>,
    /// Whether the same message would fail again.
    pub permanent: Option<bool>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The channel has it.
    Queued,
    /// It is on its way to the customer, or the channel has had it before.
    Sent,
    /// It reached the customer's device.
    Delivered,
    /// It did not, but the channel says that another try may.
    FailedForNow {
        /// For people.
        reason: String,
    },
    /// It did not and will not.
    Failed {
        /// For people.
        reason: String,
    },
    /// A group we do not know; the message stays as it was.
    Ignored,
}

/// Decides what a status means, with the error told beside it if any.
#[must_use]
pub fn conclude(status: &Status, fault: Option<&Fault>) -> Outcome {
    match (status.group_id, status.id) {
        (1, Some(3 | 7)) | (3, Some(2)) => Outcome::Sent,
        // The least that group 1 says.
        (1, _) => Outcome::Queued,
        (3, _) => Outcome::Delivered,
        // REJECTED_DUPLICATE_MESSAGE_ID: an earlier try, whose answer was lost, got through.
        (5, Some(23)) => Outcome::Sent,
        (2 | 4 | 5, _) => {
            let reason = reason(status, fault);
            if fault.and_then(permanent) == Some(false) {
                Outcome::FailedForNow { reason }
            } else {
                Outcome::Failed { reason }
            }
        }
        _ => Outcome::Ignored,
    }
}

/// What was told, or else what the registry says; group 0 is "no error" and says nothing.
fn permanent(fault: &Fault) -> Option<bool> {
    fault.permanent.or_else(|| {
        let group_id = fault.group_id.filter(|group_id| *group_id != 0)?;
        codes::find(Kind::Error, group_id, fault.id?)?.permanent
    })
}

/// Names the error, or the status when there is no error: `NAME (id): description`.
fn reason(status: &Status, fault: Option<&Fault>) -> String {
    let (kind, group_id, id, name, description) = match fault {
        Some(fault) if fault.group_id.is_some_and(|group_id| group_id != 0) => (
            Kind::Error,
            fault.group_id,
            fault.id,
            &fault.name,
            &fault.description,
        ),
        _ => (
            Kind::Status,
            Some(status.group_id),
            status.id,
            &status.name,
            &status.description,
        ),
    };
    let registered = || Some(codes::find(kind, group_id?, id?)?.name);
    let word = if kind == Kind::Error {
        "error"
    } else {
        "status"
    };
    let mut reason = name
        .as_deref()
        .or_else(registered)
        .unwrap_or(word)
        .to_owned();
    if let Some(id) = id {
        reason.push_str(&format!(" ({id})"));
    }
    if let Some(description) = description {
        reason.push_str(": ");
        reason.push_str(description);
    }
    reason
}

pub(super) fn read(json: &str) -> Result<Status, Bad> {
    let names = ["groupId", "groupName", "id", "name", "description"];
    let [group_id, group_name, id, name, description] = fields::object("status", json, names)?;
    Ok(Status {
        group_id: fields::integer("status.groupId", group_id)?
            .ok_or_else(|| Bad::new("status.groupId", Problem::Missing))?,
        group_name: fields::remark("status.groupName", group_name)?,
        id: fields::integer("status.id", id)?,
        name: fields::remark("status.name", name)?,
        description: fields::remark("status.description", description)?,
    })
}

pub(super) fn read_fault(json: &str) -> Result<Fault, Bad> {
    let names = ["groupId", "id", "name", "description", "permanent"];
    let [group_id, id, name, description, permanent] = fields::object("error", json, names)?;
    Ok(Fault {
        group_id: fields::integer("error.groupId", group_id)?,
        id: fields::integer("error.id", id)?,
        name: fields::remark("error.name", name)?,
        description: fields::remark("error.description", description)?,
        permanent: fields::flag("error.permanent", permanent)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(group_id: i64, id: i64) -> Status {
        Status {
            group_id,
            id: Some(id),
            ..Status::default()
        }
    }

    fn fault(group_id: i64, id: i64, permanent: Option<bool>) -> Fault {
        Fault {
            group_id: Some(group_id),
            id: Some(id),
            permanent,
            ..Fault::default()
        }
    }

    #[test]
    fn the_group_decides_and_a_few_ids_refine_it() {
        for (group_id, id, expected) in [
            (1, 26, Outcome::Queued),
            (1, 999, Outcome::Queued),
            (1, 3, Outcome::Sent),
            (1, 7, Outcome::Sent),
            (3, 2, Outcome::Sent),
            (3, 5, Outcome::Delivered),
            (3, 999, Outcome::Delivered),
            (5, 23, Outcome::Sent),
            (0, 0, Outcome::Ignored),
            (6, 5, Outcome::Ignored),
            (-1, 5, Outcome::Ignored),
        ] {
            assert_eq!(
                conclude(&status(group_id, id), None),
                expected,
                "{group_id}/{id}"
            );
        }
        assert_eq!(
            conclude(
                &Status {
                    group_id: 3,
                    ..Status::default()
                },
                None
            ),
            Outcome::Delivered
        );
        for (group_id, id) in [(2, 9), (4, 15), (5, 51), (5, 999)] {
            let outcome = conclude(&status(group_id, id), None);
            assert!(matches!(outcome, Outcome::Failed { .. }), "{group_id}/{id}");
        }
    }

    #[test]
    fn only_an_error_that_says_so_is_temporary() {
        let undelivered = status(2, 9);
        let is_temporary = |fault: Fault| {
            matches!(
                conclude(&undelivered, Some(&fault)),
                Outcome::FailedForNow { .. }
            )
        };
        assert!(is_temporary(fault(1, 7017, Some(false))));
        assert!(is_temporary(fault(1, 7017, None)), "the registry knows it");
        assert!(!is_temporary(fault(1, 7017, Some(true))));
        assert!(!is_temporary(fault(1, 7010, None)));
        assert!(!is_temporary(fault(1, 99_999, None)));
        assert!(!is_temporary(fault(0, 0, None)), "no error is no promise");
        assert!(!is_temporary(Fault::default()));
    }

    #[test]
    fn the_reason_names_the_error_before_the_status() {
        let told = Status {
            description: Some("Nobody there".to_owned()),
            ..status(2, 9)
        };
        let reason = |fault: Option<&Fault>| match conclude(&told, fault) {
            Outcome::Failed { reason } | Outcome::FailedForNow { reason } => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            reason(None),
            "UNDELIVERABLE_NOT_DELIVERED (9): Nobody there"
        );
        assert_eq!(
            reason(Some(&fault(0, 0, Some(false)))),
            "UNDELIVERABLE_NOT_DELIVERED (9): Nobody there",
        );
        assert_eq!(reason(Some(&fault(1, 7010, None))), "EC_NO_SESSION (7010)");
        assert_eq!(reason(Some(&fault(9, 1, None))), "error (1)");
    }
}
