//! Notifications, and who takes part in conversations or was named in them.

use app::{
    Result,
    ports::{ConversationRow, NotificationPage},
};
use domain::{
    AccountId, AgentId, Conversation, ConversationId, MessageId, Notification, NotificationId,
    Timestamp,
};

use super::{
    Writing, all, codes,
    contacts::{address_columns, contact_columns},
    conversations::{conversation_columns, read_row},
    directory::{maybe_micros, micros},
    draft::Draft,
    first,
    messages::message_columns,
    teams,
};
use crate::engine::{Columns, Engine, Value};

macro_rules! notification_columns {
    () => {
        "n.id, n.account_id, n.agent_id, n.conversation_id, n.kind, n.message_id, n.by_agent, \
         n.read_at, n.snoozed_until, n.active_at, n.created_at"
    };
}

macro_rules! notification_select {
    ($tail:literal) => {
        concat!(
            "SELECT ",
            notification_columns!(),
            " FROM notifications n ",
            $tail
        )
    };
}

/// Each with its conversation, and with what was said there.
const WITH_CONVERSATION: &str = concat!(
    "SELECT ",
    notification_columns!(),
    ", ",
    conversation_columns!(),
    ", ",
    contact_columns!(),
    ", ",
    address_columns!(),
    ", ",
    message_columns!(),
    " FROM notifications n JOIN conversations c ON c.id = n.conversation_id \
     JOIN contacts t ON t.id = c.contact_id JOIN addresses a ON a.id = c.address_id \
     LEFT JOIN messages m ON m.id = n.message_id"
);

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
    const SQL: &str = notification_select!("WHERE n.id = ?1");
    first(engine, SQL, &[id.0.into()], notification)
}

pub(super) fn find_of(
    engine: &impl Engine,
    agent: AgentId,
    conversation: ConversationId,
) -> Result<Option<Notification>> {
    const SQL: &str = notification_select!("WHERE n.agent_id = ?1 AND n.conversation_id = ?2");
    let values = [agent.0.into(), conversation.0.into()];
    first(engine, SQL, &values, notification)
}

pub(super) fn list_of(
    engine: &impl Engine,
    conversation: ConversationId,
) -> Result<Vec<Notification>> {
    const SQL: &str = notification_select!("WHERE n.conversation_id = ?1 ORDER BY n.agent_id");
    all(engine, SQL, &[conversation.0.into()], notification)
}

pub(super) fn list(
    engine: &impl Engine,
    whose: (AccountId, AgentId),
    page: &NotificationPage,
) -> Result<Vec<Notification>> {
    const ALONE: &str = notification_select!("");
    let (draft, tail) = paged(whose, page);
    draft.all(engine, &format!("{ALONE}{tail}"), notification)
}

pub(super) fn list_notified(
    engine: &impl Engine,
    whose: (AccountId, AgentId),
    page: &NotificationPage,
) -> Result<Vec<(Notification, ConversationRow)>> {
    let (draft, tail) = paged(whose, page);
    draft.all(engine, &format!("{WITH_CONVERSATION}{tail}"), |row| {
        Ok((notification(row)?, read_row(row)?))
    })
}

pub(super) fn count(
    engine: &impl Engine,
    whose: (AccountId, AgentId),
    page: &NotificationPage,
) -> Result<i64> {
    let (draft, wheres) = wanted(whose, page);
    let sql = format!("SELECT count(*) FROM notifications n{wheres}");
    let found = draft.first(engine, &sql, |row| row.int())?;
    Ok(found.unwrap_or_default())
}

/// A page's conditions, order and bounds.
fn paged(whose: (AccountId, AgentId), page: &NotificationPage) -> (Draft, String) {
    let (mut draft, wheres) = wanted(whose, page);
    let order = if page.ascending {
        "n.active_at, n.id"
    } else {
        "n.active_at DESC, n.id DESC"
    };
    let (limit, offset) = (draft.bind(page.limit), draft.bind(page.offset));
    let tail = format!("{wheres} ORDER BY {order} LIMIT {limit} OFFSET {offset}");
    (draft, tail)
}

/// Nobody has more of them than are quickly looked through.
fn wanted((account, agent): (AccountId, AgentId), page: &NotificationPage) -> (Draft, String) {
    let mut draft = Draft::of([agent.0.into(), account.0.into()]);
    let mut wheres = " WHERE n.agent_id = ?1 AND n.account_id = ?2".to_owned();
    if !page.read {
        wheres.push_str(" AND n.read_at IS NULL");
    }
    if !page.snoozed {
        wheres.push_str(" AND n.snoozed_until IS NULL");
    }
    if let Some(sight) = &page.sight {
        let inboxes = draft.bind_all(sight.inboxes.iter().map(|id| id.0));
        let teams = draft.bind_all(sight.teams.iter().map(|id| id.0));
        let both = [("inbox_id", inboxes), ("team_id", teams)];
        let both = both.into_iter().filter(|(_, ids)| !ids.is_empty());
        let seen: Vec<String> = both
            .map(|(column, ids)| format!("f.{column} IN ({ids})"))
            .collect();
        let seen = match seen.is_empty() {
            true => "1 = 0".to_owned(),
            false => seen.join(" OR "),
        };
        wheres.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM conversations f \
             WHERE f.id = n.conversation_id AND ({seen}))"
        ));
    }
    (draft, wheres)
}

/// Those whose time has come.
pub(super) fn snoozed(
    engine: &impl Engine,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Notification>> {
    const SQL: &str = notification_select!(
        "WHERE n.snoozed_until IS NOT NULL AND n.snoozed_until <= ?1 \
         AND n.account_id NOT IN (SELECT id FROM accounts WHERE removed_at IS NOT NULL) \
         ORDER BY n.snoozed_until LIMIT ?2"
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

pub(super) fn read_all<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    agent: AgentId,
) -> Result<()> {
    let now = micros(tx.now);
    tx.put(
        "UPDATE notifications SET read_at = ?3 \
         WHERE agent_id = ?1 AND account_id = ?2 AND read_at IS NULL",
        &[agent.0.into(), account.0.into(), now],
    )
}

/// Everything of an agent's in an account goes.
pub(super) fn delete_all<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    agent: AgentId,
) -> Result<()> {
    tx.put(
        "DELETE FROM notifications WHERE agent_id = ?1 AND account_id = ?2",
        &[agent.0.into(), account.0.into()],
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
