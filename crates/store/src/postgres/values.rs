//! Our values in PostgreSQL's types, and its rows in ours.

use app::{Result, StoreError};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

use crate::engine::{Row, Value};

/// A value that is kept until its statement has been sent.
#[derive(Debug)]
pub(super) enum Kept {
    Null,
    Int(i64),
    Text(String),
}

impl From<&Value<'_>> for Kept {
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::Null => Self::Null,
            Value::Int(value) => Self::Int(value),
            Value::Text(value) => Self::Text(value.to_owned()),
        }
    }
}

impl Kept {
    fn lend(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(value) => Value::Int(*value),
            Self::Text(value) => Value::Text(value),
        }
    }
}

type Encoded = std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Encoded {
        match *self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) if *ty == Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
            Value::Int(value) if *ty == Type::INT8 => value.to_sql(ty, out),
            Value::Text(value) if <&str as ToSql>::accepts(ty) => value.to_sql(ty, out),
            Value::Int(_) | Value::Text(_) => Err(format!("{self:?} is no {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Kept {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Encoded {
        self.lend().to_sql(ty, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Row for tokio_postgres::Row {
    fn int(&self, column: usize) -> Result<Option<i64>> {
        match self
            .columns()
            .get(column)
            .map(tokio_postgres::Column::type_)
        {
            Some(&Type::INT4) => Ok(get::<i32>(self, column)?.map(i64::from)),
            _ => get(self, column),
        }
    }

    fn text(&self, column: usize) -> Result<Option<&str>> {
        get(self, column)
    }
}

fn get<'a, T: FromSql<'a>>(row: &'a tokio_postgres::Row, column: usize) -> Result<Option<T>> {
    row.try_get(column)
        .map_err(|error| StoreError::Corrupt(error.to_string()).into())
}
