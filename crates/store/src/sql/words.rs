//! Finding by words: what each engine calls it.
//!
//! SQLite has tables of words beside those of rows (FTS5), PostgreSQL an index of words on them (GIN). Both are kept
//! in the transaction that writes the row, by the engine itself.

use app::{
    Result,
    ports::{ConversationRow, MessageSearch},
};
use domain::AccountId;

use super::{conversations::read_row, draft::Draft, lists::SHOWN};
use crate::engine::{Engine, Words};

/// A statement that finds the newest messages of account `?1` with these words: their numbers as `id`.
pub(super) fn messages(
    draft: &mut Draft,
    by: Words,
    account: AccountId,
    search: &MessageSearch<'_>,
) -> String {
    let (limit, offset) = (draft.bind(search.limit), draft.bind(search.offset));
    let inboxes = search.inboxes.map(|it| {
        // An empty list is no SQL.
        let ids = it.iter().map(|id| id.0).chain([0]);
        format!(" AND s.inbox_id IN ({})", draft.bind_all(ids))
    });
    match by {
        Words::Tables => {
            let words = search.words.iter().map(|it| format!("\"{it}\"*"));
            let words = words.collect::<Vec<_>>().join(" AND ");
            let text = draft.bind(format!("account : \"a{account}\" AND words : ({words})"));
            let join = match &inboxes {
                None => "",
                Some(_) => " CROSS JOIN messages s ON s.id = w.rowid",
            };
            let inboxes = inboxes.unwrap_or_default();
            format!(
                "SELECT w.rowid AS id FROM message_words w{join} \
                 WHERE w.message_words MATCH {text}{inboxes} \
                 ORDER BY w.rowid DESC LIMIT {limit} OFFSET {offset}"
            )
        }
        Words::Index => {
            let words = search.words.iter().map(|it| format!("'{it}':*"));
            let text = draft.bind(words.collect::<Vec<_>>().join(" & "));
            let inboxes = inboxes.unwrap_or_default();
            format!(
                "SELECT s.id AS id FROM messages s WHERE s.account_id = ?1 AND s.content IS NOT NULL \
                 AND words_of(s.content) @@ to_tsquery('simple', {text}){inboxes} \
                 ORDER BY s.id DESC LIMIT {limit} OFFSET {offset}"
            )
        }
    }
}

/// What contacts whose words contain this text are found by, beside looking at each: a text for `t`'s number.
///
/// Short texts are in too many words to be worth an index.
pub(super) fn contacts(draft: &mut Draft, by: Words, text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().filter(|it| *it != '"').collect();
    if by == Words::Index || letters.len() < LETTERS || letters.len() != text.chars().count() {
        return None;
    }
    let threes: Vec<String> = letters
        .windows(LETTERS)
        .map(|it| format!("\"{}\"", it.iter().collect::<String>()))
        .collect();
    let text = draft.bind(threes.join(" AND "));
    Some(format!("w.contact_words MATCH {text}"))
}

/// Whether the words of this text lead to few contacts.
pub(super) fn lead_to_few(engine: &impl Engine, text: &str) -> Result<bool> {
    let mut draft = Draft::default();
    let Some(found) = contacts(&mut draft, engine.words(), text) else {
        return Ok(false);
    };
    let most = draft.bind(FEW + 1);
    let sql = format!(
        "SELECT count(*) FROM (SELECT w.rowid FROM contact_words w WHERE {found} LIMIT {most}) s"
    );
    let members = draft.first(engine, &sql, |row| row.int())?;
    Ok(members.unwrap_or(0) <= FEW)
}

/// Contacts that are few.
const FEW: i64 = 5_000;
/// Letters in a row by which contacts are found.
const LETTERS: usize = 3;

/// The newest messages with these words, each in its conversation and in the place of its newest message.
pub(super) fn find(
    engine: &impl Engine,
    account: AccountId,
    search: &MessageSearch<'_>,
) -> Result<Vec<ConversationRow>> {
    if search.words.is_empty() {
        return Ok(Vec::new());
    }
    let mut draft = Draft::of([account.0.into()]);
    let found = messages(&mut draft, engine.words(), account, search);
    let sql = format!(
        "{SHOWN} FROM ({found}) p JOIN messages m ON m.id = p.id \
         JOIN conversations c ON c.id = m.conversation_id AND +c.account_id = ?1 \
         JOIN contacts t ON t.id = c.contact_id JOIN addresses a ON a.id = c.address_id \
         ORDER BY m.id DESC"
    );
    draft.all(engine, &sql, read_row)
}
