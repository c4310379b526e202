//! Finding by words: what each engine calls it.
//!
//! PostgreSQL has an index of words on messages (GIN) and keeps it itself. SQLite has tables of words beside those of
//! rows (FTS5): that of contacts is kept by triggers, that of messages by [`index`], many at once.

use std::collections::BTreeSet;

use app::{
    Result,
    ports::{ConversationRow, MessageSearch},
};
use domain::{AccountId, InboxId};

use super::{Writing, all, conversations::read_row, draft::Draft, journal, lists::SHOWN, number};
use crate::engine::{Columns, Engine, Value, Words};

/// The reader whose cursor is the newest message that has been indexed.
const READER: &str = "words";
/// Characters of a message that it is found by.
const CONTENT_CHARS: i64 = 20_000;
/// Bytes of text that are indexed at once, with those of the message that goes beyond.
const BYTES_AT_ONCE: usize = 256 * 1024;
/// Characters of one word.
const WORD_CHARS: usize = 64;
/// Beginnings of words of so many characters have an index of their own.
const BEGINNING_CHARS: usize = 3;
/// A longer beginning is looked for as the words that there are, if they are not more.
const WORDS_OF_BEGINNING: i64 = 32;

/// Whether messages wait to be indexed.
pub(super) fn is_behind(engine: &impl Engine) -> Result<bool> {
    const SQL: &str = "SELECT CASE WHEN coalesce((SELECT max(id) FROM messages), 0) > ?1 \
         OR (SELECT min(id) FROM changed_messages) IS NOT NULL THEN 1 ELSE 0 END";
    if engine.words() == Words::Index {
        return Ok(false);
    }
    Ok(number(engine, SQL, &[cursor(engine)?.into()])? != 0)
}

fn cursor(engine: &impl Engine) -> Result<i64> {
    Ok(journal::find_cursor(engine, READER)?.unwrap_or(0))
}

/// Something said, to be indexed.
struct Said {
    id: i64,
    account: AccountId,
    inbox: InboxId,
    content: Option<String>,
}

fn said(row: &mut Columns<'_>) -> Result<Said> {
    Ok(Said {
        id: row.int()?,
        account: AccountId(row.int()?),
        inbox: InboxId(row.int()?),
        content: row.maybe_text()?,
    })
}

/// Indexes the oldest messages that wait for it: those whose text was changed, and those after the cursor. Numbers of
/// messages grow, so that none comes later and is below it. Returns whether others wait.
pub(super) fn index<E: Engine>(tx: &mut Writing<'_, E>, limit: i64) -> Result<bool> {
    const CHANGED: &str = "SELECT m.id, m.account_id, m.inbox_id, substr(m.content, 1, ?2) \
         FROM changed_messages r CROSS JOIN messages m ON m.id = r.id ORDER BY r.id LIMIT ?1";
    const NEW: &str = "SELECT m.id, m.account_id, m.inbox_id, substr(m.content, 1, ?2) FROM messages m \
         WHERE m.id > ?3 ORDER BY m.id LIMIT ?1";
    let engine = tx.reading.0;
    if engine.words() == Words::Index {
        return Ok(false);
    }
    let (before, chars) = (cursor(engine)?, CONTENT_CHARS.into());
    let mut waiting = all(engine, CHANGED, &[limit.into(), chars], said)?;
    if waiting.is_empty() {
        waiting = all(engine, NEW, &[limit.into(), chars, before.into()], said)?;
    }
    let (mut upto, mut bytes) = (before, 0);
    for it in waiting {
        if bytes >= BYTES_AT_ONCE {
            break;
        }
        bytes += it.content.as_ref().map_or(0, String::len);
        add(tx, &it)?;
        if it.id > before {
            upto = it.id;
        } else {
            let sql = "DELETE FROM changed_messages WHERE id = ?1";
            tx.put(sql, &[it.id.into()])?;
        }
    }
    if upto > before {
        journal::set_cursor(tx, READER, upto)?;
    }
    is_behind(tx.reading.0)
}

fn add<E: Engine>(tx: &mut Writing<'_, E>, it: &Said) -> Result<()> {
    let text = it.content.as_deref().unwrap_or_default();
    let terms: BTreeSet<String> = terms(text).into_iter().collect();
    if terms.is_empty() {
        return Ok(());
    }
    let mut words = format!("{} {}", of_account(it.account), of_inbox(it.inbox));
    for term in terms {
        words.push(' ');
        words.push_str(&term);
    }
    let sql = "INSERT INTO message_words (rowid, words) VALUES (?1, ?2)";
    tx.put(sql, &[it.id.into(), (&words).into()])
}

/// What stands beside the words of an account's messages, and can be no word.
fn of_account(account: AccountId) -> String {
    format!("@a{account}")
}

/// The same for those of an inbox.
fn of_inbox(inbox: InboxId) -> String {
    format!("@i{inbox}")
}

/// The words of a text as the table has them: letters and digits in a row, in lower case, of two forms of a letter
/// one.
fn terms(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace('ς', "σ");
    let words = lower.split(|it: char| !it.is_alphanumeric());
    let words = words.filter(|it| !it.is_empty());
    words
        .map(|it| it.chars().take(WORD_CHARS).collect())
        .collect()
}

/// What a message is found by that has, for each of the words that are sought, one that begins with it.
///
/// The table reads what has a word from the newest message on, and ends when there are enough; of what begins with
/// something it would first gather everything. So a beginning is looked for as a whole: in the index of beginnings
/// if it is short, and else as any of the words that begin so.
fn matching(
    engine: &impl Engine,
    account: AccountId,
    search: &MessageSearch<'_>,
) -> Result<String> {
    let mut all = vec![match search.inboxes {
        None => any_of([of_account(account)]),
        // An empty list is no text. Inboxes belong to one account.
        Some(inboxes) => any_of(inboxes.iter().chain([&InboxId(0)]).map(|it| of_inbox(*it))),
    }];
    for beginning in search.words.iter().flat_map(|it| terms(it)) {
        let words = match beginning.chars().count() > BEGINNING_CHARS {
            true => words_of(engine, &beginning)?,
            false => None,
        };
        all.push(match words {
            Some(words) => any_of(words),
            None => format!("\"{beginning}\"*"),
        });
    }
    Ok(all.join(" AND "))
}

fn any_of(terms: impl IntoIterator<Item = String>) -> String {
    let quoted = terms.into_iter().map(|it| format!("\"{it}\""));
    format!("({})", quoted.collect::<Vec<_>>().join(" OR "))
}

/// The words that begin so; `None` if they are many. If there is none, the beginning itself, which nobody said.
fn words_of(engine: &impl Engine, beginning: &str) -> Result<Option<Vec<String>>> {
    // Each step looks up the first word after the one before: the words of a message are not listed, only found.
    const SQL: &str = "WITH RECURSIVE found (term) AS \
         (SELECT (SELECT term FROM message_terms WHERE term >= ?1 LIMIT 1) UNION ALL \
          SELECT (SELECT term FROM message_terms WHERE term >= found.term || char(1) LIMIT 1) \
          FROM found WHERE found.term < ?2 LIMIT ?3) SELECT term FROM found WHERE term < ?2";
    // Nothing that is a word comes after this.
    let end = format!("{beginning}\u{10ffff}");
    let values: [Value<'_>; 3] = [
        beginning.into(),
        (&end).into(),
        (WORDS_OF_BEGINNING + 1).into(),
    ];
    let mut found = all(engine, SQL, &values, |row| row.text())?;
    if i64::try_from(found.len()).unwrap_or(i64::MAX) > WORDS_OF_BEGINNING {
        return Ok(None);
    }
    if found.is_empty() {
        found.push(beginning.to_owned());
    }
    Ok(Some(found))
}

/// A statement that finds the newest messages of account `?1` with these words: their numbers as `id`.
pub(super) fn messages(
    engine: &impl Engine,
    draft: &mut Draft,
    account: AccountId,
    search: &MessageSearch<'_>,
) -> Result<String> {
    let (limit, offset) = (draft.bind(search.limit), draft.bind(search.offset));
    Ok(match engine.words() {
        Words::Tables => {
            let text = draft.bind(matching(engine, account, search)?);
            format!(
                "SELECT w.rowid AS id FROM message_words w WHERE w.message_words MATCH {text} \
                 ORDER BY w.rowid DESC LIMIT {limit} OFFSET {offset}"
            )
        }
        Words::Index => {
            let words = search.words.iter().map(|it| format!("'{it}':*"));
            let text = draft.bind(words.collect::<Vec<_>>().join(" & "));
            let inboxes = search.inboxes.map(|it| {
                // An empty list is no SQL.
                let ids = it.iter().map(|id| id.0).chain([0]);
                format!(" AND s.inbox_id IN ({})", draft.bind_all(ids))
            });
            let inboxes = inboxes.unwrap_or_default();
            format!(
                "SELECT s.id AS id FROM messages s WHERE s.account_id = ?1 AND s.content IS NOT NULL \
                 AND words_of(s.content) @@ to_tsquery('simple', {text}){inboxes} \
                 ORDER BY s.id DESC LIMIT {limit} OFFSET {offset}"
            )
        }
    })
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
    let found = messages(engine, &mut draft, account, search)?;
    let sql = format!(
        "{SHOWN} FROM ({found}) p JOIN messages m ON m.id = p.id \
         JOIN conversations c ON c.id = m.conversation_id AND +c.account_id = ?1 \
         JOIN contacts t ON t.id = c.contact_id JOIN addresses a ON a.id = c.address_id \
         ORDER BY m.id DESC"
    );
    draft.all(engine, &sql, read_row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_in_lower_case() {
        assert_eq!(
            terms("¡Ann@Shop! «Süß» 12.50 ΟΔΟΣ οδός 日本語"),
            ["ann", "shop", "süß", "12", "50", "οδοσ", "οδόσ", "日本語"]
        );
        assert_eq!(terms(" -\u{1f600}"), [] as [&str; 0]);
        assert_eq!(terms(&"x".repeat(100)), ["x".repeat(WORD_CHARS)]);
    }
}
