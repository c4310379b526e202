//! The registry of status and error ids that text messages meet.
//!
//! `codes.tsv` lists general status ids, general errors and chat errors of Infobip's registry: kind, family, group, id, name, and
//! for errors whether trying again is pointless. Ids repeat across groups (87, 4102), so the group is part of the key.
//! The rows are sorted by kind, group and id and are searched as text: a report that needs one is rare.

use std::cmp::Ordering;

const TABLE: &str = include_str!("codes.tsv");

/// Which of the two registries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What went wrong.
    Error,
    /// How far a message got.
    Status,
}

/// One row of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Which registry.
    pub kind: Kind,
    /// `general` or `chat`.
    pub family: &'static str,
    /// Statuses: 1 pending, 2 undeliverable, 3 delivered, 4 expired, 5 rejected. Errors: 0 none, 1 handset or client,
    /// 2 user or provider, 3 operator or system.
    pub group_id: i64,
    /// Unique only inside its group.
    pub id: i64,
    /// The registered name, for people; nothing decides on it.
    pub name: &'static str,
    /// Whether trying again is pointless; none for statuses.
    pub permanent: Option<bool>,
}

/// Finds one row.
#[must_use]
pub fn find(kind: Kind, group_id: i64, id: i64) -> Option<Code> {
    let mut rest = TABLE;
    while !rest.is_empty() {
        let middle = rest.len() / 2;
        let start = rest.get(..middle)?.rfind('\n').map_or(0, |at| at + 1);
        let end = rest
            .get(middle..)?
            .find('\n')
            .map_or(rest.len(), |at| middle + at + 1);
        let code = row(rest.get(start..end)?)?;
        match (kind, group_id, id).cmp(&(code.kind, code.group_id, code.id)) {
            Ordering::Less => rest = rest.get(..start)?,
            Ordering::Equal => return Some(code),
            Ordering::Greater => rest = rest.get(end..)?,
        }
    }
    None
}

/// Every row, in the order of the table.
pub fn all() -> impl Iterator<Item = Code> {
    TABLE.lines().filter_map(row)
}

fn row(line: &'static str) -> Option<Code> {
    let mut columns = line.trim_end().split('\t');
    let kind = match columns.next()? {
        "error" => Kind::Error,
        "status" => Kind::Status,
        _ => return None,
    };
    Some(Code {
        kind,
        family: columns.next()?,
        group_id: columns.next()?.parse().ok()?,
        id: columns.next()?.parse().ok()?,
        name: columns.next()?,
        permanent: match columns.next()? {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_loads_once_and_is_found() {
        assert_eq!(all().count(), TABLE.lines().count());
        let families: BTreeSet<_> = all()
            .map(|code| (code.kind, code.family, code.group_id, code.id))
            .collect();
        assert_eq!(families.len(), TABLE.lines().count());
        assert!(all().is_sorted_by_key(|code| (code.kind, code.group_id, code.id)));
        for code in all() {
            assert_eq!(find(code.kind, code.group_id, code.id), Some(code));
            assert_eq!(
                code.permanent.is_some(),
                code.kind == Kind::Error,
                "{code:?}"
            );
            assert!(
                !code.name.is_empty() && matches!(code.family, "general" | "chat"),
                "{code:?}"
            );
        }
    }

    #[test]
    fn the_group_is_part_of_the_key() {
        let name = |kind, group_id, id| find(kind, group_id, id).map(|code| code.name);
        assert_eq!(name(Kind::Status, 3, 5), Some("DELIVERED_TO_HANDSET"));
        assert_eq!(name(Kind::Status, 4, 87), Some("SIGNALS_BLOCKED"));
        assert_eq!(name(Kind::Status, 5, 87), Some("SIGNALS_BLOCKED"));
        assert_eq!(name(Kind::Status, 3, 87), None);
        assert_eq!(name(Kind::Error, 1, 7010), Some("EC_NO_SESSION"));
        assert_eq!(name(Kind::Error, 0, -1), None);
        assert_eq!(name(Kind::Status, 9, 9), None);
        assert_eq!(name(Kind::Error, 3, i64::MAX), None);
    }

    #[test]
    fn a_row_named_temporary_may_still_be_permanent() {
        assert_eq!(find(Kind::Error, 3, 7082).unwrap().permanent, Some(true));
    }
}
