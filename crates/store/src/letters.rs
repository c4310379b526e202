//! How a letter is kept until it has left: as the JSON of what it says. Keys are short; what is absent is the usual.

use app::{
    Result, StoreError,
    letters::{Addressee, Letter, LetterKind, Piece, Said},
};
use domain::{AgentId, NotificationId, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    subject: String,
    body: Vec<KeptPiece>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unless_seen: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptPiece {
    Text(String),
    Said {
        who: String,
        at: i64,
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<(String, Option<String>)>,
    },
    Link {
        text: String,
        url: String,
    },
    Password {
        text: String,
        page: String,
        number: i64,
    },
}

/// A letter's kind as a delivery names it.
pub(crate) fn kind(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Transcript => "letter.transcript",
        LetterKind::Password => "letter.password",
        LetterKind::Invitation => "letter.invitation",
        LetterKind::Notification => "letter.notification",
    }
}

fn read_kind(text: &str) -> Option<LetterKind> {
    let all = [
        LetterKind::Transcript,
        LetterKind::Password,
        LetterKind::Invitation,
        LetterKind::Notification,
    ];
    all.into_iter().find(|it| kind(*it) == text)
}

/// What a letter says, as text.
pub(crate) fn encode(letter: &Letter) -> Result<String> {
    let (agent, address) = match &letter.to {
        Addressee::Agent(id) => (Some(id.0), None),
        Addressee::Address(address) => (None, Some(address.clone())),
    };
    let kept = Kept {
        agent,
        address,
        subject: letter.subject.clone(),
        body: letter.body.iter().map(keep).collect(),
        unless_seen: letter.unless_seen.map(|it| it.0),
    };
    serde_json::to_string(&kept).map_err(|error| corrupt(&error.to_string()).into())
}

/// A letter of this kind, from its text.
pub(crate) fn decode(kind: &str, body: &str) -> Result<Letter> {
    let kind = read_kind(kind).ok_or_else(|| corrupt(kind))?;
    let kept: Kept = serde_json::from_str(body).map_err(|error| corrupt(&error.to_string()))?;
    let to = match (kept.agent, kept.address) {
        (Some(id), _) => Addressee::Agent(AgentId(id)),
        (None, Some(address)) => Addressee::Address(address),
        (None, None) => return Err(corrupt("it is for nobody").into()),
    };
    let body: Result<Vec<Piece>> = kept.body.into_iter().map(read).collect();
    Ok(Letter {
        kind,
        to,
        subject: kept.subject,
        body: body?,
        unless_seen: kept.unless_seen.map(NotificationId),
    })
}

fn keep(piece: &Piece) -> KeptPiece {
    match piece.clone() {
        Piece::Text(text) => KeptPiece::Text(text),
        Piece::Said(Said {
            who,
            at,
            text,
            files,
        }) => KeptPiece::Said {
            who,
            at: at.as_microsecond(),
            text,
            files,
        },
        Piece::Link { text, url } => KeptPiece::Link { text, url },
        Piece::PasswordLink { text, page, number } => KeptPiece::Password { text, page, number },
    }
}

fn read(piece: KeptPiece) -> Result<Piece> {
    Ok(match piece {
        KeptPiece::Text(text) => Piece::Text(text),
        KeptPiece::Said {
            who,
            at,
            text,
            files,
        } => Piece::Said(Said {
            who,
            at: Timestamp::from_microsecond(at).map_err(|error| corrupt(&error.to_string()))?,
            text,
            files,
        }),
        KeptPiece::Link { text, url } => Piece::Link { text, url },
        KeptPiece::Password { text, page, number } => Piece::PasswordLink { text, page, number },
    })
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("a letter cannot be read: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_as_it_was_kept() {
        let letter = Letter {
            kind: LetterKind::Invitation,
            to: Addressee::Agent(AgentId(4)),
            subject: "s".to_owned(),
            body: vec![
                Piece::Text("t".to_owned()),
                Piece::Said(Said {
                    who: "w".to_owned(),
                    at: Timestamp::from_microsecond(1_795_176_000_000_001).unwrap(),
                    text: "said \"so\"".to_owned(),
                    files: vec![
                        ("f".to_owned(), None),
                        ("g".to_owned(), Some("u".to_owned())),
                    ],
                }),
                Piece::Link {
                    text: "l".to_owned(),
                    url: "u".to_owned(),
                },
                Piece::PasswordLink {
                    text: "p".to_owned(),
                    page: "/p?t=".to_owned(),
                    number: 9,
                },
            ],
            unless_seen: Some(NotificationId(8)),
        };
        let text = encode(&letter).unwrap();
        assert_eq!(decode(kind(letter.kind), &text).unwrap(), letter);
        let kept = r#"{"address":"a@b.example","subject":"s","body":[{"text":"t"}]}"#;
        let read = decode("letter.transcript", kept).unwrap();
        assert_eq!(read.to, Addressee::Address("a@b.example".to_owned()));
        assert_eq!(encode(&read).unwrap(), kept);
        assert!(decode("letter.other", kept).is_err());
    }
}
