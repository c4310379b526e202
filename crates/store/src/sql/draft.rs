//! A statement in the making: what it names is bound, never written into its text.

use app::Result;

use crate::engine::{Columns, Engine, Value};

/// A value of its own.
#[derive(Debug, Clone)]
pub(super) enum Bound {
    Null,
    Int(i64),
    Text(String),
}

impl From<i64> for Bound {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<String> for Bound {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Bound {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Draft(Vec<Bound>);

impl Draft {
    /// With these as `?1`, `?2` and so on.
    pub(super) fn of<const N: usize>(values: [Bound; N]) -> Self {
        Self(values.into())
    }

    /// Names one more value. Returns its placeholder.
    pub(super) fn bind(&mut self, value: impl Into<Bound>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }

    /// Names several, as a list without its parentheses.
    pub(super) fn bind_all<T: Into<Bound>>(
        &mut self,
        values: impl IntoIterator<Item = T>,
    ) -> String {
        let all: Vec<String> = values.into_iter().map(|it| self.bind(it)).collect();
        all.join(", ")
    }

    /// Every row that the text finds with these values.
    pub(super) fn all<T>(
        &self,
        engine: &impl Engine,
        sql: &str,
        mut read: impl FnMut(&mut Columns<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let values: Vec<Value<'_>> = self
            .0
            .iter()
            .map(|it| match it {
                Bound::Null => Value::Null,
                Bound::Int(value) => Value::Int(*value),
                Bound::Text(value) => Value::Text(value),
            })
            .collect();
        let mut found = Vec::new();
        engine.ask(sql, &values, &mut |row| {
            found.push(read(&mut Columns::of(row))?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row.
    pub(super) fn first<T>(
        &self,
        engine: &impl Engine,
        sql: &str,
        read: impl FnMut(&mut Columns<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.all(engine, sql, read)?.into_iter().next())
    }
}
