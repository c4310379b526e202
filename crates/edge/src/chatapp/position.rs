//! Where an event stands in the history of ChatApp's channels: after how many entries of the journal, and which of its
//! entry's events it is. Positions rise in the order in which events are told. Clients keep them as opaque texts.

/// Room for the events of one entry on one channel: all of a chat's tags replaced by as many others.
const PER_ENTRY: u64 = 256;

/// The position of an entry's event with this index.
pub(super) fn of(seq: i64, index: usize) -> u64 {
    let index = u64::try_from(index).unwrap_or(u64::MAX);
    start(seq) + index.min(PER_ENTRY - 1)
}

/// The position after everything of an entry.
pub(super) fn end(seq: i64) -> u64 {
    start(seq) + (PER_ENTRY - 1)
}

/// The entry up to which everything was told at a position.
pub(super) fn told_up_to(position: u64) -> i64 {
    let whole = position.saturating_add(1) / PER_ENTRY;
    i64::try_from(whole)
        .unwrap_or(i64::MAX)
        .saturating_sub(1)
        .max(0)
}

fn start(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or(0).saturating_mul(PER_ENTRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_rise_and_name_the_entry_that_is_not_wholly_told() {
        assert!(end(6) < of(7, 0) && of(7, 0) < of(7, 1) && of(7, 999) == end(7));
        assert_eq!(
            [told_up_to(end(7)), told_up_to(of(7, 1)), told_up_to(0)],
            [7, 6, 0]
        );
    }
}
