//! Sets of numbers in a statement: `id_set` gathers one, `in_set` looks into it.
//!
//! `x IN (SELECT …)` sorts what it finds into a tree and compares records in it. Where most of a list is on both sides,
//! that is most of the work.

use rusqlite::{
    Connection, Error, Result,
    functions::{Aggregate, Context, FunctionFlags},
    types::ValueRef,
};

/// Bytes of a place.
const PLACE: usize = size_of::<i64>();
/// What stands in an empty place. No row has this number.
const NOBODY: i64 = i64::MIN;

/// Teaches a connection both.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_aggregate_function("id_set", 1, flags, Gathering)?;
    connection.create_scalar_function("in_set", 2, flags, |context| match context.get_raw(0) {
        ValueRef::Blob(set) => Ok(contains(set, id(context, 1)?)),
        other => Err(Error::InvalidFunctionParameterType(0, other.data_type())),
    })
}

fn id(context: &Context<'_>, place: usize) -> Result<i64> {
    match context.get_raw(place) {
        ValueRef::Integer(id) => Ok(id),
        other => Err(Error::InvalidFunctionParameterType(
            place,
            other.data_type(),
        )),
    }
}

struct Gathering;

impl Aggregate<Vec<i64>, Vec<u8>> for Gathering {
    fn init(&self, _: &mut Context<'_>) -> Result<Vec<i64>> {
        Ok(Vec::new())
    }

    fn step(&self, context: &mut Context<'_>, ids: &mut Vec<i64>) -> Result<()> {
        ids.push(id(context, 0)?);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, ids: Option<Vec<i64>>) -> Result<Vec<u8>> {
        Ok(table(&ids.unwrap_or_default()))
    }
}

/// A hash table of numbers, at most two thirds full: who is not at home is in one of the next places.
fn table(ids: &[i64]) -> Vec<u8> {
    if ids.is_empty() {
        return Vec::new();
    }
    let places = (ids.len() + ids.len() / 2 + 1).next_power_of_two();
    let mut table = NOBODY.to_ne_bytes().repeat(places);
    for id in ids {
        if let Err(place) = find(&table, *id)
            && let Some(empty) = table.get_mut(place..place + PLACE)
        {
            empty.copy_from_slice(&id.to_ne_bytes());
        }
    }
    table
}

fn contains(table: &[u8], id: i64) -> bool {
    !table.is_empty() && find(table, id).is_ok()
}

/// Where a number stands, or the empty place where it would.
fn find(table: &[u8], id: i64) -> std::result::Result<usize, usize> {
    let last = table.len() / PLACE - 1;
    let mut place = home(id) & last;
    loop {
        let at = place * PLACE;
        let there = table.get(at..at + PLACE).and_then(|it| it.try_into().ok());
        match there.map_or(NOBODY, i64::from_ne_bytes) {
            NOBODY => return Err(at),
            found if found == id => return Ok(at),
            _ => place = (place + 1) & last,
        }
    }
}

/// Spreads numbers that follow one another.
fn home(id: i64) -> usize {
    let spread = id.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(spread >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_into_it_and_nothing_else() {
        for step in [1, 4, 4096, 1 << 32] {
            let ids: Vec<i64> = (0..10_000).map(|it| it * step * 2).collect();
            let twice: Vec<i64> = ids.iter().chain(&ids).copied().collect();
            let table = table(&twice);
            assert!(ids.iter().all(|it| contains(&table, *it)));
            assert!(!ids.iter().any(|it| contains(&table, it + step)));
        }
        assert!(!contains(&table(&[]), 0));
        assert!(contains(&table(&[7]), 7) && !contains(&table(&[7]), 8));
    }

    #[test]
    fn statements_gather_sets_and_look_into_them() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let count = |sql: &str| -> i64 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
        connection
            .execute_batch("CREATE TABLE t (x BIGINT); INSERT INTO t VALUES (1), (2), (3), (3)")
            .unwrap();
        let of = |inside: &str| {
            format!(
                "SELECT count(*) FROM t WHERE in_set((SELECT id_set(x) FROM t WHERE {inside}), x)"
            )
        };
        assert_eq!(count(&of("x > 1")), 3);
        assert_eq!(count(&of("x = 1")), 1);
        assert_eq!(count(&of("x > 5")), 0);
    }
}
