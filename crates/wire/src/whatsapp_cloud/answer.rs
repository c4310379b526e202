//! What Meta answers to a send.

use serde::Deserialize;

/// It was taken, or an error says why not.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    messages: Vec<Taken>,
    error: Option<Error>,
}

#[derive(Debug, Clone, Deserialize)]
struct Taken {
    id: String,
}

/// An error, in an answer or in a status.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Error {
    /// Meta's number for it.
    pub code: i64,
    title: Option<String>,
    message: Option<String>,
    error_data: Option<Details>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Details {
    details: Option<String>,
}

/// What an error means for what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The same may be taken later.
    ForNow,
    /// It will never be taken.
    ForGood,
    /// Nothing will be taken: the token or the account has ended, or was shut out.
    Closed,
}

impl Answer {
    /// Reads an answer; of what is none, nothing.
    pub fn parse(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// The message's id.
    pub fn id(&self) -> Option<&str> {
        self.messages.first().map(|it| it.id.as_str())
    }

    /// The error.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

impl Error {
    /// What it means, by Meta's table of codes.
    pub fn meaning(&self) -> Meaning {
        match self.code {
            // Unknown and temporary troubles, and limits of rates.
            1 | 2 | 4 | 80007 | 130_429 | 131_000 | 131_016 | 131_056 | 131_057 | 133_004 => {
                Meaning::ForNow
            }
            // Tokens and rights that have ended; numbers that are gone; accounts that are locked, shut out, or kept
            // from writing because too many called it spam: more of the same makes it worse.
            0 | 3 | 10 | 33 | 190 | 200..=299 | 368 | 131_031 | 131_048 | 133_010 => {
                Meaning::Closed
            }
            _ => Meaning::ForGood,
        }
    }

    /// Why, for a person.
    pub fn sentence(&self) -> String {
        if self.code == 131_047 {
            return "the customer has not written for 24 hours: only a template may be sent (131047)"
                .to_owned();
        }
        let details = self
            .error_data
            .as_ref()
            .and_then(|it| it.details.as_deref());
        let told = details
            .or(self.message.as_deref())
            .or(self.title.as_deref());
        format!("{} ({})", told.unwrap_or("no reason was given"), self.code)
    }
}
