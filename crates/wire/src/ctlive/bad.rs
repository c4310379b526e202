//! Why a post was refused, in words its sender can act on.
//!
//! A refusal names either a line and a column or a field; it never quotes what the post said.

use thiserror::Error;

/// A post that cannot be taken; nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadPost {
    /// Not JSON, even after stray commas were forgiven.
    #[error("the body is not JSON: {what} at line {line} column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes; 0 stands before the first.
        column: usize,
        /// What the reader stumbled over.
        what: String,
    },
    /// JSON, but not of the documented shape.
    #[error("{path} {problem}")]
    Field {
        /// Where, as `results[0].message.url`.
        path: String,
        /// What is wrong there.
        problem: Problem,
    },
}

/// What is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Problem {
    /// Absent or null.
    #[error("is missing")]
    Missing,
    /// Empty, or nothing but white space.
    #[error("is blank")]
    Blank,
    /// Another type where text belongs, or text that is not Unicode.
    #[error("is not a string")]
    NotText,
    /// Another type where a number belongs.
    #[error("is not a number")]
    NotNumber,
    /// Another type where true or false belongs.
    #[error("is neither true nor false")]
    NotFlag,
    /// Another type where an object belongs.
    #[error("is not an object")]
    NotObject,
    /// Another type where an array belongs.
    #[error("is not an array")]
    NotArray,
    /// An array without elements where one at least is needed.
    #[error("is empty")]
    Empty,
    /// More elements than we take in one post.
    #[error("has more than {limit} items")]
    TooMany {
        /// The most we take.
        limit: usize,
    },
    /// Longer than we take.
    #[error("is longer than {limit_bytes} bytes")]
    TooLong {
        /// The most we take, in bytes.
        limit_bytes: usize,
    },
    /// Brackets inside brackets past [`super::limits::RAW_DEPTH`].
    #[error("is nested too deeply")]
    TooDeep,
    /// A number outside the range that has a meaning.
    #[error("is out of range")]
    OutOfRange,
    /// Not a date as in section "Text Message".
    #[error("is not a date like 2019-07-19T11:21:27.861+0000")]
    NotDate,
    /// Neither `http://` nor `https://`.
    #[error("is not an http or https address")]
    NotUrl,
    /// None of the fields that tell the three kinds of item apart.
    #[error("has neither message, seenAt nor status")]
    NoKind,
}

impl BadPost {
    /// The field at fault, or none when the body is not JSON at all.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::NotJson { .. } => None,
            Self::Field { path, .. } => Some(path),
        }
    }

    /// What is wrong with that field, without its name.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        match self {
            Self::NotJson { .. } => None,
            Self::Field { problem, .. } => Some(*problem),
        }
    }
}

impl From<serde_json::Error> for BadPost {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let what = text
            .split_once(" at line ")
            .map_or(text.as_str(), |(what, _)| what);
        Self::NotJson {
            line: error.line(),
            column: error.column(),
            what: what.to_owned(),
        }
    }
}

/// A problem inside one item, before the item's own place in the post is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bad {
    /// Dotted, from the item down; empty for the item itself.
    pub(super) field: &'static str,
    pub(super) problem: Problem,
}

impl Bad {
    pub(super) fn new(field: &'static str, problem: Problem) -> Self {
        Self { field, problem }
    }

    /// Names the item: `list[index].field`.
    pub(super) fn at(self, list: &str, index: usize) -> BadPost {
        let dot = if self.field.is_empty() { "" } else { "." };
        let path = format!("{list}[{index}]{dot}{}", self.field);
        BadPost::Field {
            path,
            problem: self.problem,
        }
    }
}
