//! Conversations, alone and in lists. A list page is one statement, whatever the history.

use app::{
    Result,
    ports::{ConversationRow, Quiet, RecentPage, Silence, With},
};
use domain::{
    AccountId, AddressId, AgentId, ContactId, Conversation, ConversationId, Details, InboxId,
    MessageId, TeamId, Timestamp,
};

use super::{
    Writing, all,
    attributes::{self, ADDITIONAL, CUSTOM, Noun},
    codes,
    contacts::{self, address_columns, contact_columns},
    directory::{maybe_micros, micros},
    first, labels,
    messages::{self, message_columns},
    teams,
};
use crate::engine::{Columns, Engine, Value};

macro_rules! conversation_columns {
    () => {
        "c.id, c.account_id, c.number, c.inbox_id, c.contact_id, c.address_id, c.status, \
         c.snoozed_until, c.assignee_id, c.unread_count, c.waiting_since, c.first_reply_at, \
         c.agent_last_seen_at, c.contact_last_seen_at, c.last_message_id, c.last_activity_at, \
         c.created_at, c.updated_at, c.version, c.labels, c.participants, c.priority, c.team_id, \
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
        participants: teams::from_text(row.maybe_text()?.as_deref().unwrap_or_default())?,
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

pub(super) fn read_row(row: &mut Columns<'_>) -> Result<ConversationRow> {
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
         AND account_id NOT IN (SELECT id FROM accounts WHERE removed_at IS NOT NULL) \
         AND inbox_id NOT IN (SELECT id FROM removed_inboxes) \
         ORDER BY snoozed_until LIMIT ?2";
    all(engine, SQL, &[micros(now), limit.into()], |row| {
        Ok((AccountId(row.int()?), row.int()?))
    })
}

/// Those in which nothing has happened, along the index that lists have.
pub(super) fn quiet(engine: &impl Engine, account: AccountId, of: &Silence) -> Result<Vec<Quiet>> {
    const SQL: &str = "SELECT id, number, last_activity_at, waiting_since FROM conversations \
         WHERE account_id = ?1 AND status = 0 AND (last_activity_at, id) > (?2, ?3) \
         AND last_activity_at <= ?4 ORDER BY last_activity_at, id LIMIT ?5";
    let (time, id) = match of.beyond {
        Some((time, id)) => (micros(time), id.0),
        None => (Value::Int(i64::MIN), i64::MIN),
    };
    let values = [
        account.0.into(),
        time,
        Value::Int(id),
        micros(of.until),
        of.limit.into(),
    ];
    all(engine, SQL, &values, |row| {
        Ok(Quiet {
            id: ConversationId(row.int()?),
            number: row.int()?,
            since: codes::time(row.int()?)?,
            waits: row.maybe_int()?.is_some(),
        })
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

/// Chooses by one index, whose first column is compared and whose second is the status: four lists are merged, as in
/// [`super::lists`].
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
    for (kind, object) in attributes_of(&it.details) {
        attributes::add(tx, (it.account_id.0, it.id.0), kind, object)?;
    }
    Ok(())
}

/// What a conversation is found by, besides its own columns.
fn attributes_of(details: &Details) -> [(i64, Option<&str>); 2] {
    let noun = Noun::Conversation;
    [
        (
            noun.attributes(CUSTOM),
            details.custom_attributes.as_deref(),
        ),
        (
            noun.attributes(ADDITIONAL),
            details.additional_attributes.as_deref(),
        ),
    ]
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
    for (kind, object) in attributes_of(&it.details) {
        attributes::rewrite(tx, (it.account_id.0, it.id.0), kind, object)?;
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
