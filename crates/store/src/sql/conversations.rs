//! Conversations, alone and in lists. A list page is one statement, whatever the history.

use app::{
    Result,
    ports::{ConversationFilter, ConversationRow, Counts, RecentPage, With},
};
use domain::{
    AccountId, AddressId, AgentId, ContactId, Conversation, ConversationId, Details, InboxId,
    LabelId, MessageId, TeamId, Timestamp,
};

use super::{
    Writing, all, codes,
    contacts::{self, address_columns, contact_columns},
    directory::{maybe_micros, micros},
    first, labels,
    messages::{self, message_columns},
};
use crate::engine::{Columns, Engine, Value};

macro_rules! conversation_columns {
    () => {
        "c.id, c.account_id, c.number, c.inbox_id, c.contact_id, c.address_id, c.status, \
         c.snoozed_until, c.assignee_id, c.unread_count, c.waiting_since, c.first_reply_at, \
         c.agent_last_seen_at, c.contact_last_seen_at, c.last_message_id, c.last_activity_at, \
         c.created_at, c.updated_at, c.version, c.labels, c.priority, c.team_id, \
         c.custom_attributes, c.additional_attributes, \
         c.heard_at, c.window_opened_by"
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
        labels: labels::from_text(row.maybe_text()?.as_deref())?,
        details: Details {
            priority: row
                .maybe_int()?
                .map(|code| codes::PRIORITIES.value(code))
                .transpose()?,
            team_id: row.maybe_int()?.map(TeamId),
            custom_attributes: row.maybe_text()?,
            additional_attributes: row.maybe_text()?,
        },
        heard_at: time(row.maybe_int()?)?,
        window_opened_by: row.maybe_int()?.map(MessageId),
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

/// The newest conversations of an address, or of a contact at every address.
pub(super) fn list_with(
    engine: &impl Engine,
    with: With,
    limit: i64,
) -> Result<Vec<ConversationRow>> {
    const ADDRESS: &str = row_select!("WHERE c.address_id = ?1 ORDER BY c.id DESC LIMIT ?2");
    const CONTACT: &str = row_select!("WHERE c.contact_id = ?1 ORDER BY c.id DESC LIMIT ?2");
    let (sql, id) = match with {
        With::Address(id) => (ADDRESS, id.0),
        With::Contact(id) => (CONTACT, id.0),
    };
    all(engine, sql, &[id.into(), limit.into()], read_row)
}

/// Those whose time has come. The text names the status, so that its partial index can serve it.
pub(super) fn snoozed(
    engine: &impl Engine,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(AccountId, i64)>> {
    const SQL: &str = "SELECT account_id, number FROM conversations \
         WHERE status = 3 AND snoozed_until IS NOT NULL AND snoozed_until <= ?1 \
         ORDER BY snoozed_until LIMIT ?2";
    all(engine, SQL, &[micros(now), limit.into()], |row| {
        Ok((AccountId(row.int()?), row.int()?))
    })
}

/// A page of conversations: `?1` is the account, `?2` how many, `?3` after how many.
///
/// The page is chosen by index alone; the conversations, their people and messages are joined to those few only.
/// Whoever chooses by inbox or agent need not look at the account, because these belong to one: the join does.
macro_rules! page_select {
    ($chosen:expr) => {
        concat!(
            "SELECT ",
            conversation_columns!(),
            ", ",
            contact_columns!(),
            ", ",
            address_columns!(),
            ", ",
            message_columns!(),
            " FROM (",
            $chosen,
            " ORDER BY last_activity_at DESC, id DESC LIMIT ?2 OFFSET ?3) p \
             JOIN conversations c ON c.id = p.id AND c.account_id = ?1 \
             JOIN contacts t ON t.id = c.contact_id JOIN addresses a ON a.id = c.address_id \
             LEFT JOIN messages m ON m.id = c.last_message_id \
             ORDER BY p.last_activity_at DESC, p.id DESC"
        )
    };
}

/// Chooses by one index, whose first column is compared and whose second is the status. The index orders the
/// conversations of one status only, so those of any status are merged from four, each of which says its order:
/// PostgreSQL would otherwise read all and sort.
macro_rules! chosen {
    (status $status:literal, $where:expr) => {
        concat!(
            "SELECT id, last_activity_at FROM conversations WHERE ",
            $where,
            " AND status = ",
            $status
        )
    };
    (ordered $status:literal, $where:expr) => {
        concat!(
            "SELECT id, last_activity_at FROM (",
            chosen!(status $status, $where),
            " ORDER BY last_activity_at DESC, id DESC) s",
            $status
        )
    };
    (any, $where:expr) => {
        concat!(
            chosen!(ordered "0", $where),
            " UNION ALL ",
            chosen!(ordered "1", $where),
            " UNION ALL ",
            chosen!(ordered "2", $where),
            " UNION ALL ",
            chosen!(ordered "3", $where)
        )
    };
}

/// `?4` says who may have it: anybody (0), nobody (1), somebody (2).
macro_rules! in_hands {
    () => {
        " AND (CAST(?4 AS BIGINT) = 0 OR (CAST(?4 AS BIGINT) = 1 AND assignee_id IS NULL) \
         OR (CAST(?4 AS BIGINT) = 2 AND assignee_id IS NOT NULL))"
    };
}
macro_rules! of_account {
    () => {
        concat!("account_id = ?1", in_hands!())
    };
}
macro_rules! of_inbox {
    () => {
        concat!("inbox_id = ?5", in_hands!())
    };
}
macro_rules! of_agent {
    () => {
        "assignee_id = ?4 AND (CAST(?5 AS BIGINT) IS NULL OR inbox_id = ?5)"
    };
}

/// Chooses by label, in the order of its own index: `?4` is the label, `?5` a status, `?6` an inbox, `?7` who may
/// have it as in [`in_hands`] and `?8` who has it; null is any.
macro_rules! with_label {
    () => {
        "SELECT w.conversation_id AS id, w.last_activity_at AS last_activity_at \
         FROM conversation_labels w JOIN conversations f ON f.id = w.conversation_id \
         WHERE w.label_id = ?4 AND (CAST(?5 AS BIGINT) IS NULL OR f.status = ?5) \
         AND (CAST(?6 AS BIGINT) IS NULL OR f.inbox_id = ?6) \
         AND (CAST(?7 AS BIGINT) = 0 OR (CAST(?7 AS BIGINT) = 1 AND f.assignee_id IS NULL) \
         OR (CAST(?7 AS BIGINT) = 2 AND f.assignee_id IS NOT NULL)) \
         AND (CAST(?8 AS BIGINT) IS NULL OR f.assignee_id = ?8)"
    };
}

pub(super) fn list(
    engine: &impl Engine,
    account: AccountId,
    filter: &ConversationFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<ConversationRow>> {
    const OF_ACCOUNT: &str = page_select!(chosen!(any, of_account!()));
    const OF_ACCOUNT_IN: &str = page_select!(chosen!(status "?5", of_account!()));
    const OF_INBOX: &str = page_select!(chosen!(any, of_inbox!()));
    const OF_INBOX_IN: &str = page_select!(chosen!(status "?6", of_inbox!()));
    const OF_AGENT: &str = page_select!(chosen!(any, of_agent!()));
    const OF_AGENT_IN: &str = page_select!(chosen!(status "?6", of_agent!()));
    if let Some(label) = filter.label_id {
        const LABELED: &str = page_select!(with_label!());
        let mut values = vec![account.0.into(), limit.into(), offset.into()];
        values.extend(label_values(label, filter));
        return all(engine, LABELED, &values, read_row);
    }
    let inbox = filter.inbox_id.map(|id| Value::Int(id.0));
    let in_hands = match filter.assignee {
        Some(_) => 1,
        None if filter.assigned => 2,
        None => 0,
    };
    let (of_any, of_one, fourth, fifth) = match (filter.assignee, inbox) {
        (Some(Some(agent)), inbox) => {
            let inbox = inbox.unwrap_or(Value::Null);
            (OF_AGENT, OF_AGENT_IN, agent.0, Some(inbox))
        }
        (Some(None) | None, Some(inbox)) => (OF_INBOX, OF_INBOX_IN, in_hands, Some(inbox)),
        (Some(None) | None, None) => (OF_ACCOUNT, OF_ACCOUNT_IN, in_hands, None),
    };
    let mut values = vec![
        account.0.into(),
        limit.into(),
        offset.into(),
        Value::Int(fourth),
    ];
    values.extend(fifth);
    match filter.status {
        None => all(engine, of_any, &values, read_row),
        Some(status) => {
            values.push(codes::CONVERSATION_STATUSES.code(status).into());
            all(engine, of_one, &values, read_row)
        }
    }
}

/// What [`with_label`] asks of a filter, from `?4` on.
fn label_values(label: LabelId, filter: &ConversationFilter) -> [Value<'static>; 5] {
    let status = filter
        .status
        .map(|it| codes::CONVERSATION_STATUSES.code(it));
    let in_hands = match filter.assignee {
        Some(None) => 1,
        None if filter.assigned => 2,
        Some(Some(_)) | None => 0,
    };
    let agent = filter.assignee.flatten().map(|id| id.0);
    [
        label.0.into(),
        status.into(),
        filter.inbox_id.map(|id| id.0).into(),
        Value::Int(in_hands),
        agent.into(),
    ]
}

/// A page from a place in the list: `?4` is a time and `?5` an id, and both are below them.
pub(super) fn recent(
    engine: &impl Engine,
    account: AccountId,
    page: &RecentPage,
) -> Result<Vec<ConversationRow>> {
    const OF_ACCOUNT: &str = page_select!(chosen!(
        any,
        "account_id = ?1 AND (last_activity_at, id) < (?4, ?5)"
    ));
    const OF_INBOX: &str = page_select!(chosen!(
        any,
        "inbox_id = ?6 AND (last_activity_at, id) < (?4, ?5)"
    ));
    const LABELED: &str = page_select!(
        "SELECT w.conversation_id AS id, w.last_activity_at AS last_activity_at \
         FROM conversation_labels w JOIN conversations f ON f.id = w.conversation_id \
         WHERE w.label_id = ?6 AND (w.last_activity_at, w.conversation_id) < (?4, ?5) \
         AND (CAST(?7 AS BIGINT) IS NULL OR f.inbox_id = ?7)"
    );
    let (time, id) = match page.before {
        Some((time, id)) => (micros(time), id.0),
        None => (Value::Int(i64::MAX), i64::MAX),
    };
    let mut values = vec![
        account.0.into(),
        page.limit.into(),
        Value::Int(0),
        time,
        Value::Int(id),
    ];
    if let Some(label) = page.label_id {
        values.push(Value::Int(label.0));
        values.push(page.inbox_id.map(|id| id.0).into());
        return all(engine, LABELED, &values, read_row);
    }
    let Some(inbox) = page.inbox_id else {
        return all(engine, OF_ACCOUNT, &values, read_row);
    };
    values.push(Value::Int(inbox.0));
    all(engine, OF_INBOX, &values, read_row)
}

/// Counts by index alone: all, somebody's, and those of the agent `?2`.
macro_rules! count_select {
    ($where:literal) => {
        concat!(
            "SELECT count(*), count(assignee_id), count(CASE WHEN assignee_id = ?2 THEN 1 END) \
             FROM conversations WHERE ",
            $where
        )
    };
}

pub(super) fn count(
    engine: &impl Engine,
    account: AccountId,
    filter: &ConversationFilter,
    me: AgentId,
) -> Result<Counts> {
    const OF_ACCOUNT: &str = count_select!("account_id = ?1");
    const OF_ACCOUNT_IN: &str = count_select!("account_id = ?1 AND status = ?3");
    const OF_INBOX: &str = count_select!(
        "inbox_id = ?3 AND EXISTS (SELECT 1 FROM inboxes WHERE id = ?3 AND account_id = ?1)"
    );
    const OF_INBOX_IN: &str = count_select!(
        "inbox_id = ?3 AND EXISTS (SELECT 1 FROM inboxes WHERE id = ?3 AND account_id = ?1) \
         AND status = ?4"
    );
    if let Some(label) = filter.label_id {
        return count_labeled(engine, account, label, filter, me);
    }
    let mut values: Vec<Value<'_>> = vec![account.0.into(), me.0.into()];
    values.extend(filter.inbox_id.map(|id| Value::Int(id.0)));
    let status = filter
        .status
        .map(|it| Value::Int(codes::CONVERSATION_STATUSES.code(it)));
    values.extend(status);
    let sql = match (filter.inbox_id, status) {
        (None, None) => OF_ACCOUNT,
        (None, Some(_)) => OF_ACCOUNT_IN,
        (Some(_), None) => OF_INBOX,
        (Some(_), Some(_)) => OF_INBOX_IN,
    };
    Ok(first(engine, sql, &values, read_counts)?.unwrap_or_default())
}

fn read_counts(row: &mut Columns<'_>) -> Result<Counts> {
    let (all, assigned, mine) = (row.int()?, row.int()?, row.int()?);
    Ok(Counts {
        mine,
        assigned,
        unassigned: all - assigned,
        all,
    })
}

/// The counts of a label's conversations: `?3` is the label, `?4` a status, `?5` an inbox; null is any.
fn count_labeled(
    engine: &impl Engine,
    account: AccountId,
    label: LabelId,
    filter: &ConversationFilter,
    me: AgentId,
) -> Result<Counts> {
    const SQL: &str = "SELECT count(*), count(f.assignee_id), \
         count(CASE WHEN f.assignee_id = ?2 THEN 1 END) \
         FROM conversation_labels w JOIN conversations f ON f.id = w.conversation_id \
         WHERE w.label_id = ?3 AND f.account_id = ?1 \
         AND (CAST(?4 AS BIGINT) IS NULL OR f.status = ?4) \
         AND (CAST(?5 AS BIGINT) IS NULL OR f.inbox_id = ?5)";
    let [label, status, inbox, ..] = label_values(label, filter);
    let values = [account.0.into(), me.0.into(), label, status, inbox];
    Ok(first(engine, SQL, &values, read_counts)?.unwrap_or_default())
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Conversation) -> Result<()> {
    tx.put(
        "INSERT INTO conversations (id, account_id, number, inbox_id, contact_id, address_id, \
         status, snoozed_until, assignee_id, unread_count, waiting_since, first_reply_at, \
         agent_last_seen_at, contact_last_seen_at, last_message_id, last_activity_at, created_at, \
         updated_at, version, priority, team_id, custom_attributes, additional_attributes, \
         heard_at, window_opened_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
         ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
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
            priority(&it.details),
            it.details.team_id.map(|id| id.0).into(),
            it.details.custom_attributes.as_ref().into(),
            it.details.additional_attributes.as_ref().into(),
            maybe_micros(it.heard_at),
            it.window_opened_by.map(|id| id.0).into(),
        ],
    )?;
    Ok(())
}

fn priority(details: &Details) -> Value<'static> {
    let code = details.priority.map(|it| codes::PRIORITIES.code(it));
    code.into()
}

/// Writes what is rarely changed, so that the statement of every message need not.
pub(super) fn describe<E: Engine>(tx: &mut Writing<'_, E>, it: &Conversation) -> Result<()> {
    tx.put(
        "UPDATE conversations SET priority = ?2, team_id = ?3, custom_attributes = ?4, \
         additional_attributes = ?5, contact_id = ?6, updated_at = ?7, version = ?8, \
         last_activity_at = ?9 WHERE id = ?1",
        &[
            it.id.0.into(),
            priority(&it.details),
            it.details.team_id.map(|id| id.0).into(),
            it.details.custom_attributes.as_ref().into(),
            it.details.additional_attributes.as_ref().into(),
            it.contact_id.0.into(),
            micros(it.updated_at),
            it.version.into(),
            micros(it.last_activity_at),
        ],
    )?;
    if !it.labels.is_empty() {
        labels::follow_activity(tx, it)?;
    }
    Ok(())
}

/// All but the labels, which have rows of their own.
pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Conversation) -> Result<()> {
    tx.put(
        "UPDATE conversations SET status = ?2, snoozed_until = ?3, assignee_id = ?4, \
         unread_count = ?5, waiting_since = ?6, first_reply_at = ?7, agent_last_seen_at = ?8, \
         contact_last_seen_at = ?9, last_message_id = ?10, last_activity_at = ?11, \
         updated_at = ?12, version = ?13, heard_at = ?14, window_opened_by = ?15 WHERE id = ?1",
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
            maybe_micros(it.heard_at),
            it.window_opened_by.map(|id| id.0).into(),
        ],
    )?;
    if !it.labels.is_empty() {
        labels::follow_activity(tx, it)?;
    }
    Ok(())
}
