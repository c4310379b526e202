//! Notifications, and who takes part in conversations or was named in them.

use app::{Result, ports::NotificationPage};
use domain::{
    AccountId, AgentId, Conversation, ConversationId, MessageId, Notification, NotificationId,
    Timestamp,
};

use super::{
    Writing, all, codes,
    directory::{maybe_micros, micros},
    first, number, teams,
};
use crate::engine::{Columns, Engine, Value};

macro_rules! notification_select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account_id, agent_id, conversation_id, kind, message_id, by_agent, read_at, \
             snoozed_until, active_at, created_at FROM notifications ",
            $tail
        )
    };
}

/// `?2` and `?3` say whether what is read, and what is put off, is wanted too.
macro_rules! wanted {
    () => {
        "agent_id = ?1 AND (CAST(?2 AS BIGINT) = 1 OR read_at IS NULL) \
         AND (CAST(?3 AS BIGINT) = 1 OR snoozed_until IS NULL)"
    };
}

/// Takes part.
pub(super) const PARTICIPANT: i64 = 0;
/// Was named.
pub(super) const NAMED: i64 = 1;

fn notification(row: &mut Columns<'_>) -> Result<Notification> {
    let time = |micros: Option<i64>| micros.map(codes::time).transpose();
    Ok(Notification {
        id: NotificationId(row.int()?),
        account_id: AccountId(row.int()?),
        agent_id: AgentId(row.int()?),
        conversation_id: ConversationId(row.int()?),
        kind: codes::NOTIFICATION_KINDS.value(row.int()?)?,
        message_id: row.maybe_int()?.map(MessageId),
        by: row.maybe_int()?.map(AgentId),
        read_at: time(row.maybe_int()?)?,
        snoozed_until: time(row.maybe_int()?)?,
        active_at: codes::time(row.int()?)?,
        created_at: codes::time(row.int()?)?,
    })
}

pub(super) fn find(engine: &impl Engine, id: NotificationId) -> Result<Option<Notification>> {
    const SQL: &str = notification_select!("WHERE id = ?1");
    first(engine, SQL, &[id.0.into()], notification)
}

pub(super) fn find_of(
    engine: &impl Engine,
    agent: AgentId,
    conversation: ConversationId,
) -> Result<Option<Notification>> {
    const SQL: &str = notification_select!("WHERE agent_id = ?1 AND conversation_id = ?2");
    let values = [agent.0.into(), conversation.0.into()];
    first(engine, SQL, &values, notification)
}

pub(super) fn list(
    engine: &impl Engine,
    agent: AgentId,
    page: &NotificationPage,
) -> Result<Vec<Notification>> {
    const LATEST: &str = concat!(
        notification_select!("WHERE "),
        wanted!(),
        " ORDER BY active_at DESC, id DESC LIMIT ?4 OFFSET ?5"
    );
    const OLDEST: &str = concat!(
        notification_select!("WHERE "),
        wanted!(),
        " ORDER BY active_at, id LIMIT ?4 OFFSET ?5"
    );
    let sql = if page.ascending { OLDEST } else { LATEST };
    let [one, two, three] = values(agent, page);
    let values = [one, two, three, page.limit.into(), page.offset.into()];
    all(engine, sql, &values, notification)
}

pub(super) fn count(engine: &impl Engine, agent: AgentId, page: &NotificationPage) -> Result<i64> {
    const SQL: &str = concat!("SELECT count(*) FROM notifications WHERE ", wanted!());
    number(engine, SQL, &values(agent, page))
}

fn values(agent: AgentId, page: &NotificationPage) -> [Value<'static>; 3] {
    [
        Value::Int(agent.0),
        Value::Int(page.read.into()),
        Value::Int(page.snoozed.into()),
    ]
}

/// Those whose time has come.
pub(super) fn snoozed(
    engine: &impl Engine,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Notification>> {
    const SQL: &str = notification_select!(
        "WHERE snoozed_until IS NOT NULL AND snoozed_until <= ?1 ORDER BY snoozed_until LIMIT ?2"
    );
    all(engine, SQL, &[micros(now), limit.into()], notification)
}

pub(super) fn put<E: Engine>(tx: &mut Writing<'_, E>, it: &Notification) -> Result<()> {
    tx.put(
        "INSERT INTO notifications (id, account_id, agent_id, conversation_id, kind, message_id, \
         by_agent, read_at, snoozed_until, active_at, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
         ON CONFLICT (id) DO UPDATE SET read_at = excluded.read_at, \
         snoozed_until = excluded.snoozed_until, active_at = excluded.active_at",
        &[
            it.id.0.into(),
            it.account_id.0.into(),
            it.agent_id.0.into(),
            it.conversation_id.0.into(),
            codes::NOTIFICATION_KINDS.code(it.kind).into(),
            it.message_id.map(|id| id.0).into(),
            it.by.map(|id| id.0).into(),
            maybe_micros(it.read_at),
            maybe_micros(it.snoozed_until),
            micros(it.active_at),
            micros(it.created_at),
        ],
    )
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, id: NotificationId) -> Result<()> {
    tx.put("DELETE FROM notifications WHERE id = ?1", &[id.0.into()])
}

pub(super) fn read_all<E: Engine>(tx: &mut Writing<'_, E>, agent: AgentId) -> Result<()> {
    let now = micros(tx.now);
    tx.put(
        "UPDATE notifications SET read_at = ?2 WHERE agent_id = ?1 AND read_at IS NULL",
        &[agent.0.into(), now],
    )
}

pub(super) fn put_participants<E: Engine>(
    tx: &mut Writing<'_, E>,
    it: &Conversation,
) -> Result<()> {
    let text = teams::to_text(&it.participants);
    let text = Some(text).filter(|it| !it.is_empty());
    tx.put(
        "UPDATE conversations SET participants = ?2 WHERE id = ?1",
        &[it.id.0.into(), text.as_ref().into()],
    )?;
    tx.put(
        "DELETE FROM involvements WHERE conversation_id = ?1 AND kind = ?2",
        &[it.id.0.into(), Value::Int(PARTICIPANT)],
    )?;
    for agent in &it.participants {
        involve(tx, *agent, PARTICIPANT, it.id)?;
    }
    Ok(())
}

pub(super) fn name<E: Engine>(
    tx: &mut Writing<'_, E>,
    agent: AgentId,
    conversation: ConversationId,
) -> Result<()> {
    involve(tx, agent, NAMED, conversation)
}

fn involve<E: Engine>(
    tx: &mut Writing<'_, E>,
    agent: AgentId,
    kind: i64,
    conversation: ConversationId,
) -> Result<()> {
    tx.put(
        "INSERT INTO involvements (agent_id, kind, conversation_id) VALUES (?1, ?2, ?3) \
         ON CONFLICT DO NOTHING",
        &[agent.0.into(), kind.into(), conversation.0.into()],
    )
}
