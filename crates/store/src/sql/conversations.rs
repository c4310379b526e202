//! Conversations, alone and in lists. A list page is one statement, whatever the history.

use app::{
    Result,
    ports::{ConversationFilter, ConversationRow, Counts},
};
use domain::{
    AccountId, AddressId, AgentId, ContactId, Conversation, ConversationId, InboxId, MessageId,
};

use super::{
    Writing, all, codes,
    contacts::{self, address_columns, contact_columns},
    directory::{maybe_micros, micros},
    first,
    messages::{self, message_columns},
};
use crate::engine::{Columns, Engine, Value};

macro_rules! conversation_columns {
    () => {
        "c.id, c.account_id, c.number, c.inbox_id, c.contact_id, c.address_id, c.status, \
         c.snoozed_until, c.assignee_id, c.unread_count, c.waiting_since, c.first_reply_at, \
         c.agent_last_seen_at, c.contact_last_seen_at, c.last_message_id, c.last_activity_at, \
         c.created_at, c.updated_at, c.version"
    };
}
pub(super) use conversation_columns;

/// A conversation with everybody in it and its newest message.
macro_rules! row_select {
    ($tail:literal) => {
        concat!(
            "SELECT ",
            conversation_columns!(),
            ", ",
            contact_columns!(),
            ", ",
            address_columns!(),
            ", ",
            message_columns!(),
            " FROM conversations c JOIN contacts t ON t.id = c.contact_id \
             JOIN addresses a ON a.id = c.address_id \
             LEFT JOIN messages m ON m.id = c.last_message_id ",
            $tail
        )
    };
}

fn conversation(row: &mut Columns<'_>) -> Result<Conversation> {
    let time = |micros: Option<i64>| micros.map(codes::time).transpose();
    Ok(Conversation {
        id: ConversationId(row.int()?),
        account_id: AccountId(row.int()?),
        number: row.int()?,
        inbox_id: InboxId(row.int()?),
        contact_id: ContactId(row.int()?),
        address_id: AddressId(row.int()?),
        status: codes::CONVERSATION_STATUSES.value(row.int()?)?,
        snoozed_until: time(row.maybe_int()?)?,
        assignee_id: row.maybe_int()?.map(AgentId),
        unread_count: row.int()?,
        waiting_since: time(row.maybe_int()?)?,
        first_reply_at: time(row.maybe_int()?)?,
        agent_last_seen_at: time(row.maybe_int()?)?,
        contact_last_seen_at: time(row.maybe_int()?)?,
        last_message_id: row.maybe_int()?.map(MessageId),
        last_activity_at: codes::time(row.int()?)?,
        created_at: codes::time(row.int()?)?,
        updated_at: codes::time(row.int()?)?,
        version: row.int()?,
    })
}

/// A conversation from the right side of an outer join.
pub(super) fn maybe(row: &mut Columns<'_>) -> Result<Option<Conversation>> {
    if row.next_is_null()? {
        return Ok(None);
    }
    conversation(row).map(Some)
}

fn read_row(row: &mut Columns<'_>) -> Result<ConversationRow> {
    let conversation = conversation(row)?;
    let contact = contacts::contact(row)?;
    let address = contacts::address(row)?;
    let last_message = messages::maybe(row)?;
    Ok(ConversationRow {
        conversation,
        contact,
        address,
        last_message,
    })
}

pub(super) fn find(
    engine: &impl Engine,
    account: AccountId,
    number: i64,
) -> Result<Option<ConversationRow>> {
    const SQL: &str = row_select!("WHERE c.account_id = ?1 AND c.number = ?2");
    first(engine, SQL, &[account.0.into(), number.into()], read_row)
}

pub(super) fn find_by_id(
    engine: &impl Engine,
    id: ConversationId,
) -> Result<Option<ConversationRow>> {
    const SQL: &str = row_select!("WHERE c.id = ?1");
    first(engine, SQL, &[id.0.into()], read_row)
}

/// A filter as values: `?2` status, `?3` inbox, `?4` assignee, `?5` whether an assignee is wanted
/// (0 either way, 1 nobody, 2 somebody).
fn filter_values<'a>(account: AccountId, filter: &ConversationFilter) -> [Value<'a>; 5] {
    let assignee = filter.assignee.flatten().map(|id| id.0);
    let wanted = match filter.assignee {
        Some(None) => 1,
        Some(Some(_)) => 2,
        None if filter.assigned => 2,
        None => 0,
    };
    [
        account.0.into(),
        filter
            .status
            .map(|it| codes::CONVERSATION_STATUSES.code(it))
            .into(),
        filter.inbox_id.map(|id| id.0).into(),
        assignee.into(),
        wanted.into(),
    ]
}

/// The page's conversations are chosen by index alone; people and messages are joined to those few only.
macro_rules! list_select {
    ($where:literal) => {
        concat!(
            "SELECT ",
            conversation_columns!(),
            ", ",
            contact_columns!(),
            ", ",
            address_columns!(),
            ", ",
            message_columns!(),
            " FROM (SELECT * FROM conversations WHERE account_id = ?1 AND ",
            $where,
            " AND (CAST(?5 AS BIGINT) = 0 OR (CAST(?5 AS BIGINT) = 1 AND assignee_id IS NULL) \
             OR (CAST(?5 AS BIGINT) = 2 AND assignee_id IS NOT NULL)) \
             ORDER BY last_activity_at DESC, id DESC LIMIT ?6 OFFSET ?7) c \
             JOIN contacts t ON t.id = c.contact_id JOIN addresses a ON a.id = c.address_id \
             LEFT JOIN messages m ON m.id = c.last_message_id \
             ORDER BY c.last_activity_at DESC, c.id DESC"
        )
    };
}

pub(super) fn list(
    engine: &impl Engine,
    account: AccountId,
    filter: &ConversationFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<ConversationRow>> {
    const BY_ASSIGNEE: &str = list_select!(
        "assignee_id = ?4 AND (CAST(?2 AS BIGINT) IS NULL OR status = ?2) \
         AND (CAST(?3 AS BIGINT) IS NULL OR inbox_id = ?3)"
    );
    const BY_INBOX: &str =
        list_select!("inbox_id = ?3 AND status = ?2 AND CAST(?4 AS BIGINT) IS NULL");
    const BY_STATUS: &str =
        list_select!("status = ?2 AND CAST(?3 AS BIGINT) IS NULL AND CAST(?4 AS BIGINT) IS NULL");
    const ANY: &str = list_select!(
        "(CAST(?2 AS BIGINT) IS NULL OR status = ?2) \
         AND (CAST(?3 AS BIGINT) IS NULL OR inbox_id = ?3) AND CAST(?4 AS BIGINT) IS NULL"
    );
    let sql = match filter {
        ConversationFilter {
            assignee: Some(Some(_)),
            ..
        } => BY_ASSIGNEE,
        ConversationFilter {
            status: Some(_),
            inbox_id: Some(_),
            ..
        } => BY_INBOX,
        ConversationFilter {
            status: Some(_), ..
        } => BY_STATUS,
        ConversationFilter { .. } => ANY,
    };
    let [a, b, c, d, e] = filter_values(account, filter);
    all(
        engine,
        sql,
        &[a, b, c, d, e, limit.into(), offset.into()],
        read_row,
    )
}

pub(super) fn count(
    engine: &impl Engine,
    account: AccountId,
    filter: &ConversationFilter,
    me: AgentId,
) -> Result<Counts> {
    let sql = "SELECT count(*), count(assignee_id), \
               count(CASE WHEN assignee_id = ?4 THEN 1 END) FROM conversations \
               WHERE account_id = ?1 AND (CAST(?2 AS BIGINT) IS NULL OR status = ?2) \
               AND (CAST(?3 AS BIGINT) IS NULL OR inbox_id = ?3)";
    let [account, status, inbox, ..] = filter_values(account, filter);
    let counts = first(engine, sql, &[account, status, inbox, me.0.into()], |row| {
        let (all, assigned, mine) = (row.int()?, row.int()?, row.int()?);
        Ok(Counts {
            mine,
            assigned,
            unassigned: all - assigned,
            all,
        })
    })?;
    Ok(counts.unwrap_or_default())
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Conversation) -> Result<()> {
    tx.run(
        "INSERT INTO conversations (id, account_id, number, inbox_id, contact_id, address_id, \
         status, snoozed_until, assignee_id, unread_count, waiting_since, first_reply_at, \
         agent_last_seen_at, contact_last_seen_at, last_message_id, last_activity_at, created_at, \
         updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
         ?14, ?15, ?16, ?17, ?18, ?19)",
        &[
            it.id.0.into(),
            it.account_id.0.into(),
            it.number.into(),
            it.inbox_id.0.into(),
            it.contact_id.0.into(),
            it.address_id.0.into(),
            codes::CONVERSATION_STATUSES.code(it.status).into(),
            maybe_micros(it.snoozed_until),
            it.assignee_id.map(|id| id.0).into(),
            it.unread_count.into(),
            maybe_micros(it.waiting_since),
            maybe_micros(it.first_reply_at),
            maybe_micros(it.agent_last_seen_at),
            maybe_micros(it.contact_last_seen_at),
            it.last_message_id.map(|id| id.0).into(),
            micros(it.last_activity_at),
            micros(it.created_at),
            micros(it.updated_at),
            it.version.into(),
        ],
    )?;
    Ok(())
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Conversation) -> Result<()> {
    tx.run(
        "UPDATE conversations SET status = ?2, snoozed_until = ?3, assignee_id = ?4, \
         unread_count = ?5, waiting_since = ?6, first_reply_at = ?7, agent_last_seen_at = ?8, \
         contact_last_seen_at = ?9, last_message_id = ?10, last_activity_at = ?11, \
         updated_at = ?12, version = ?13 WHERE id = ?1",
        &[
            it.id.0.into(),
            codes::CONVERSATION_STATUSES.code(it.status).into(),
            maybe_micros(it.snoozed_until),
            it.assignee_id.map(|id| id.0).into(),
            it.unread_count.into(),
            maybe_micros(it.waiting_since),
            maybe_micros(it.first_reply_at),
            maybe_micros(it.agent_last_seen_at),
            maybe_micros(it.contact_last_seen_at),
            it.last_message_id.map(|id| id.0).into(),
            micros(it.last_activity_at),
            micros(it.updated_at),
            it.version.into(),
        ],
    )?;
    Ok(())
}
