//! Messages.

use app::{
    Result,
    ports::{HistoryPage, MessagePage},
};
use domain::{AccountId, ConversationId, Direction, InboxId, Message, MessageId, Timestamp};
use jiff::SignedDuration;

use super::{Writing, all, codes, directory::micros, first};
use crate::{
    engine::{Columns, Engine},
    ids::Ids,
    record::{attachments_from_text, attachments_to_text},
};

macro_rules! message_columns {
    () => {
        "m.id, m.account_id, m.inbox_id, m.conversation_id, m.direction, m.private, m.content, \
         m.attachments, m.sender_kind, m.sender_id, m.status, m.error, m.external_id, \
         m.reply_to_external, m.reply_to, m.client_key, m.echo, m.client_app, m.extra, m.sent_at, \
         m.created_at, m.updated_at, m.content_type"
    };
}
pub(super) use message_columns;

macro_rules! message_select {
    ($tail:literal) => {
        concat!("SELECT ", message_columns!(), " FROM messages m ", $tail)
    };
}

pub(super) fn message(row: &mut Columns<'_>) -> Result<Message> {
    Ok(Message {
        id: MessageId(row.int()?),
        account_id: AccountId(row.int()?),
        inbox_id: InboxId(row.int()?),
        conversation_id: ConversationId(row.int()?),
        direction: codes::DIRECTIONS.value(row.int()?)?,
        private: row.flag()?,
        content: row.maybe_text()?,
        attachments: attachments_from_text(row.maybe_text()?.as_deref())?,
        sender: {
            let kind = row.int()?;
            codes::sender_of(kind, row.maybe_int()?)?
        },
        status: codes::MESSAGE_STATUSES.value(row.int()?)?,
        error: row.maybe_text()?,
        external_id: row.maybe_text()?,
        reply_to_external: row.maybe_text()?,
        reply_to: row.maybe_int()?.map(MessageId),
        client_key: row.maybe_text()?,
        echo: row.maybe_text()?,
        client_app: row.maybe_text()?,
        extra: row.maybe_text()?,
        sent_at: codes::time(row.int()?)?,
        created_at: codes::time(row.int()?)?,
        updated_at: codes::time(row.int()?)?,
        content_type: row.maybe_text()?,
    })
}

/// A message from the right side of an outer join.
pub(super) fn maybe(row: &mut Columns<'_>) -> Result<Option<Message>> {
    if row.next_is_null()? {
        return Ok(None);
    }
    message(row).map(Some)
}

pub(super) fn find(engine: &impl Engine, id: MessageId) -> Result<Option<Message>> {
    const SQL: &str = message_select!("WHERE m.id = ?1");
    first(engine, SQL, &[id.0.into()], message)
}

pub(super) fn find_by_external(
    engine: &impl Engine,
    inbox: InboxId,
    direction: Direction,
    external_id: &str,
) -> Result<Option<Message>> {
    // Each text names its direction, so that its partial index can serve it.
    const RECEIVED: &str =
        message_select!("WHERE m.inbox_id = ?1 AND m.external_id = ?2 AND m.direction = 0");
    const SENT: &str =
        message_select!("WHERE m.inbox_id = ?1 AND m.external_id = ?2 AND m.direction = 1");
    let sql = match direction {
        Direction::In => RECEIVED,
        Direction::Out => SENT,
        Direction::Activity => return Ok(None),
    };
    first(engine, sql, &[inbox.0.into(), external_id.into()], message)
}

pub(super) fn find_by_client_key(
    engine: &impl Engine,
    conversation: ConversationId,
    key: &str,
) -> Result<Option<Message>> {
    const SQL: &str = message_select!("WHERE m.conversation_id = ?1 AND m.client_key = ?2");
    first(engine, SQL, &[conversation.0.into(), key.into()], message)
}

pub(super) fn list(
    engine: &impl Engine,
    conversation: ConversationId,
    page: MessagePage,
) -> Result<Vec<Message>> {
    const NEWEST: &str =
        message_select!("WHERE m.conversation_id = ?1 AND m.id < ?2 ORDER BY m.id DESC LIMIT ?3");
    const AFTER: &str = message_select!(
        "WHERE m.conversation_id = ?1 AND m.id < ?2 AND m.id > ?4 ORDER BY m.id LIMIT ?3"
    );
    let before = page.before.map_or(i64::MAX, |id| id.0);
    let (id, limit) = (conversation.0.into(), page.limit.into());
    match page.after {
        Some(after) => all(
            engine,
            AFTER,
            &[id, before.into(), limit, after.0.into()],
            message,
        ),
        None => {
            let mut newest = all(engine, NEWEST, &[id, before.into(), limit], message)?;
            newest.reverse();
            Ok(newest)
        }
    }
}

/// How late a message may come and still be found by when it was written.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// `?2` is the number and `?3` the time to go from, `?4` how many, `?5` whether activity is wanted.
///
/// Numbers grow with time, so a time is also a bound of numbers: what is read is what is found, and at most a
/// day's messages besides.
pub(super) fn history(
    engine: &impl Engine,
    conversation: ConversationId,
    page: &HistoryPage,
) -> Result<Vec<Message>> {
    const BACKWARD: &str = message_select!(
        "WHERE m.conversation_id = ?1 AND m.id < ?2 AND m.sent_at < ?3 AND m.private = 0 \
         AND (m.direction <> 2 OR CAST(?5 AS BIGINT) = 1) ORDER BY m.id DESC LIMIT ?4"
    );
    const FORWARD: &str = message_select!(
        "WHERE m.conversation_id = ?1 AND m.id > ?2 AND m.sent_at >= ?3 AND m.private = 0 \
         AND (m.direction <> 2 OR CAST(?5 AS BIGINT) = 1) ORDER BY m.id LIMIT ?4"
    );
    let beyond = page.beyond.map(|id| id.0);
    let (sql, number, time) = if page.forward {
        let early = |time: Timestamp| time.saturating_sub(LATE).unwrap_or(Timestamp::MIN);
        let from = page.time.map_or(0, |time| Ids::at(early(time))) - 1;
        let time = page.time.unwrap_or(Timestamp::MIN);
        (FORWARD, beyond.map_or(from, |id| id.max(from)), time)
    } else {
        let late = |time: Timestamp| time.saturating_add(LATE).unwrap_or(Timestamp::MAX);
        let to = page.time.map_or(i64::MAX, |time| Ids::at(late(time)));
        let time = page.time.unwrap_or(Timestamp::MAX);
        (BACKWARD, beyond.map_or(to, |id| id.min(to)), time)
    };
    let values = [
        conversation.0.into(),
        number.into(),
        micros(time),
        page.limit.into(),
        page.activity.into(),
    ];
    all(engine, sql, &values, message)
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Message) -> Result<bool> {
    let (sender_kind, sender_id) = codes::sender(it.sender);
    let attachments = attachments_to_text(&it.attachments)?;
    let changed = tx.run(
        "INSERT INTO messages (id, account_id, inbox_id, conversation_id, direction, private, \
         content, attachments, sender_kind, sender_id, status, error, external_id, \
         reply_to_external, reply_to, client_key, echo, client_app, extra, sent_at, created_at, \
         updated_at, content_type) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
         ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23) ON CONFLICT DO NOTHING",
        &[
            it.id.0.into(),
            it.account_id.0.into(),
            it.inbox_id.0.into(),
            it.conversation_id.0.into(),
            codes::DIRECTIONS.code(it.direction).into(),
            it.private.into(),
            it.content.as_ref().into(),
            attachments.as_ref().into(),
            sender_kind.into(),
            sender_id.into(),
            codes::MESSAGE_STATUSES.code(it.status).into(),
            it.error.as_ref().into(),
            it.external_id.as_ref().into(),
            it.reply_to_external.as_ref().into(),
            it.reply_to.map(|id| id.0).into(),
            it.client_key.as_ref().into(),
            it.echo.as_ref().into(),
            it.client_app.as_ref().into(),
            it.extra.as_ref().into(),
            micros(it.sent_at),
            micros(it.created_at),
            micros(it.updated_at),
            it.content_type.as_ref().into(),
        ],
    )?;
    if changed == 0 {
        tx.changes -= 1;
    }
    Ok(changed > 0)
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Message) -> Result<()> {
    let attachments = attachments_to_text(&it.attachments)?;
    tx.put(
        "UPDATE messages SET content = ?2, attachments = ?3, status = ?4, error = ?5, \
         external_id = ?6, extra = ?7, updated_at = ?8 WHERE id = ?1",
        &[
            it.id.0.into(),
            it.content.as_ref().into(),
            attachments.as_ref().into(),
            codes::MESSAGE_STATUSES.code(it.status).into(),
            it.error.as_ref().into(),
            it.external_id.as_ref().into(),
            it.extra.as_ref().into(),
            micros(it.updated_at),
        ],
    )?;
    Ok(())
}
