//! What an engine must do: run a statement, and hand rows over.
//!
//! Placeholders are bound by number (`?1`, `?2`, in any order). An engine that spells them otherwise rewrites a
//! text once, when it prepares it: texts are `'static`.

use app::{Result, StoreError};

/// A value to bind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a, T: Into<Self>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row that was found.
pub(crate) trait Row {
    /// The integer in a column; `None` if it is null.
    fn int(&self, column: usize) -> Result<Option<i64>>;
    /// The text in a column; `None` if it is null.
    fn text(&self, column: usize) -> Result<Option<&str>>;
}

/// How an engine finds words, and what is in large sets. The two things that have no text for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// In tables of words; and numbers in sets that `id_set` gathers.
    Tables,
    /// In an index of words; and numbers as ever.
    Index,
}

/// Runs statements, inside whatever transaction is open.
pub(crate) trait Engine {
    /// How it finds words.
    fn words(&self) -> Words;
    /// Runs a statement and returns how many rows it changed.
    fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<usize>;
    /// Runs a statement of which nobody wants to know how many rows it changed. An engine may send it without
    /// waiting for the answer: if it fails, the transaction cannot be committed.
    fn put(&self, sql: &'static str, values: &[Value<'_>]) -> Result<()> {
        self.run(sql, values).map(drop)
    }
    /// Runs a statement and hands over each row it finds.
    fn rows(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()>;
    /// The same for a text that was made for one question. Texts of one form are one text: values are always bound.
    fn ask(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()>;
}

/// Reads a row's columns from left to right.
pub(crate) struct Columns<'a> {
    row: &'a dyn Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(row: &'a dyn Row) -> Self {
        Self { row, next: 0 }
    }

    fn step(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    pub(crate) fn maybe_int(&mut self) -> Result<Option<i64>> {
        let column = self.step();
        self.row.int(column)
    }

    pub(crate) fn int(&mut self) -> Result<i64> {
        let column = self.step();
        self.row.int(column)?.ok_or_else(|| null(column))
    }

    pub(crate) fn flag(&mut self) -> Result<bool> {
        Ok(self.int()? != 0)
    }

    pub(crate) fn maybe_text(&mut self) -> Result<Option<String>> {
        let column = self.step();
        Ok(self.row.text(column)?.map(str::to_owned))
    }

    pub(crate) fn text(&mut self) -> Result<String> {
        let column = self.step();
        self.row
            .text(column)?
            .map(str::to_owned)
            .ok_or_else(|| null(column))
    }

    /// Whether the next column is null, without reading past it.
    pub(crate) fn next_is_null(&self) -> Result<bool> {
        Ok(self.row.int(self.next)?.is_none())
    }
}

fn null(column: usize) -> app::Error {
    StoreError::Corrupt(format!("column {column} is null")).into()
}
