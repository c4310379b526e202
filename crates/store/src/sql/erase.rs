//! What is kept of closed accounts goes, bite by bite: each stage erases some of what it finds, and the next begins
//! when it finds nothing.

use app::{Result, deliveries::Receiver, ports::Closed};
use domain::{AccountId, AgentId, EndpointId, InboxId, Message, MessageId};

use super::{
    Writing, all, codes, deliveries,
    directory::micros,
    first,
    messages::{message, message_columns},
};
use crate::engine::{Engine, Value};

/// Conversations that are erased together.
macro_rules! first_conversations {
    () => {
        "(SELECT id FROM conversations WHERE account_id = ?1 ORDER BY number LIMIT 50)"
    };
}

/// The contacts that are erased together.
macro_rules! first_contacts {
    () => {
        "(SELECT id FROM contacts WHERE account_id = ?1 ORDER BY id LIMIT 50)"
    };
}

/// Whose what is left of a row is, which is its number, so that it is not given again.
const ERASED: i64 = AccountId::ERASED.0;
/// A week, in the quarters of an hour by which is tallied.
const WEEK: i64 = 7 * 24 * 4;

pub(super) fn closed(engine: &impl Engine) -> Result<Vec<Closed>> {
    let sql = "SELECT id, removed_at FROM accounts WHERE removed_at > 0 ORDER BY id";
    all(engine, sql, &[], |row| {
        Ok(Closed {
            id: AccountId(row.int()?),
            at: codes::time(row.int()?)?,
        })
    })
}

/// The accounts for which nothing is appended.
pub(super) fn gone(engine: &impl Engine) -> Result<Vec<AccountId>> {
    let sql = "SELECT id FROM accounts WHERE removed_at IS NOT NULL";
    all(engine, sql, &[], |row| Ok(AccountId(row.int()?)))
}

pub(super) fn close<E: Engine>(tx: &mut Writing<'_, E>, id: AccountId) -> Result<()> {
    let now = micros(tx.now);
    tx.put(
        "UPDATE accounts SET removed_at = ?2, name = '' WHERE id = ?1",
        &[id.0.into(), now],
    )?;
    tx.state.gone.push(id);
    Ok(())
}

pub(super) fn messages_of(
    engine: &impl Engine,
    account: AccountId,
    limit: i64,
) -> Result<Vec<Message>> {
    const SQL: &str = concat!(
        "SELECT ",
        message_columns!(),
        " FROM messages m WHERE m.conversation_id IN ",
        first_conversations!(),
        " LIMIT ?2"
    );
    all(engine, SQL, &[account.0.into(), limit.into()], message)
}

pub(super) fn messages<E: Engine>(tx: &mut Writing<'_, E>, ids: &[MessageId]) -> Result<()> {
    for id in ids {
        tx.put("DELETE FROM messages WHERE id = ?1", &[id.0.into()])?;
    }
    Ok(())
}

pub(super) fn seat<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    id: AgentId,
) -> Result<()> {
    for sql in [
        "DELETE FROM notifications WHERE account_id = ?1 AND agent_id = ?2",
        "DELETE FROM inbox_members WHERE agent_id = ?2 AND inbox_id IN \
         (SELECT id FROM inboxes WHERE account_id = ?1)",
        "DELETE FROM inbox_bots WHERE agent_id = ?2 AND inbox_id IN \
         (SELECT id FROM inboxes WHERE account_id = ?1)",
        "DELETE FROM seats WHERE account_id = ?1 AND agent_id = ?2",
    ] {
        tx.put(sql, &[account.0.into(), id.0.into()])?;
    }
    Ok(())
}

pub(super) fn agent<E: Engine>(tx: &mut Writing<'_, E>, id: AgentId) -> Result<()> {
    let makes = "DELETE FROM token_makes WHERE agent_id = ?1";
    tx.put(makes, &[id.0.into()])?;
    tx.put(
        "UPDATE agents SET removed = 1, email = 'removed-' || CAST(id AS TEXT), password_hash = '', \
         name = '', display_name = NULL WHERE id = ?1",
        &[id.0.into()],
    )
}

pub(super) fn entries<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    after: i64,
    until: i64,
) -> Result<()> {
    tx.put(
        "DELETE FROM journal WHERE seq > ?2 AND seq <= ?3 AND account_id = ?1",
        &[account.0.into(), after.into(), until.into()],
    )
}

pub(super) fn end<E: Engine>(tx: &mut Writing<'_, E>, account: AccountId) -> Result<()> {
    tx.put(
        "UPDATE accounts SET removed_at = 0 WHERE id = ?1",
        &[account.0.into()],
    )?;
    let place = format!("erase/{account}");
    tx.put("DELETE FROM cursors WHERE reader = ?1", &[(&place).into()])
}

/// Erases some of one sort, and says of how many rows; 0 if there are none of them any more.
type Stage<'a, E> = &'a mut dyn FnMut(&mut Writing<'_, E>) -> Result<usize>;

pub(super) fn rows<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    limit: i64,
) -> Result<usize> {
    let id = Value::Int(account.0);
    let inboxes = all(
        tx.reading.0,
        "SELECT id FROM inboxes WHERE account_id = ?1",
        &[id],
        |row| Ok(InboxId(row.int()?)),
    )?;
    let endpoints = all(
        tx.reading.0,
        "SELECT id FROM endpoints WHERE account_id = ?1",
        &[id],
        |row| Ok(EndpointId(row.int()?)),
    )?;
    let mut receivers = vec![Receiver::Mail(account)];
    receivers.extend(inboxes.iter().copied().map(Receiver::Inbox));
    receivers.extend(endpoints.iter().copied().map(Receiver::Endpoint));
    let stages: [Stage<'_, E>; 7] = [
        &mut |tx| conversations(tx, account),
        &mut |tx| contacts(tx, account),
        &mut |tx| documents(tx, account, limit),
        &mut |tx| of_each(tx, &receivers, |tx, to| deliveries::erase(tx, *to, limit)),
        &mut |tx| of_each(tx, &inboxes, |tx, inbox| of_inbox(tx, *inbox, limit)),
        &mut |tx| timings(tx, account, limit),
        &mut |tx| tallies(tx, account),
    ];
    for stage in stages {
        let erased = stage(tx)?;
        if erased > 0 {
            return Ok(erased);
        }
    }
    rest(tx, account)
}

/// The first of these of which something was erased.
fn of_each<E: Engine, T>(
    tx: &mut Writing<'_, E>,
    all: &[T],
    mut erase: impl FnMut(&mut Writing<'_, E>, &T) -> Result<usize>,
) -> Result<usize> {
    for it in all {
        let erased = erase(tx, it)?;
        if erased > 0 {
            return Ok(erased);
        }
    }
    Ok(0)
}

/// Those of the first that have no messages any more.
fn conversations<E: Engine>(tx: &mut Writing<'_, E>, account: AccountId) -> Result<usize> {
    let id = [Value::Int(account.0)];
    for sql in [
        concat!(
            "DELETE FROM notifications WHERE conversation_id IN ",
            first_conversations!()
        ),
        concat!(
            "DELETE FROM involvements WHERE conversation_id IN ",
            first_conversations!()
        ),
        concat!(
            "DELETE FROM attributes WHERE kind IN (0, 1) AND owner_id IN ",
            first_conversations!()
        ),
    ] {
        tx.put(sql, &id)?;
    }
    tx.run(
        concat!(
            "DELETE FROM conversations WHERE id IN ",
            first_conversations!(),
            " AND (SELECT m.id FROM messages m WHERE m.conversation_id = conversations.id ORDER BY m.id LIMIT 1) \
             IS NULL"
        ),
        &id,
    )
}

fn contacts<E: Engine>(tx: &mut Writing<'_, E>, account: AccountId) -> Result<usize> {
    let id = [Value::Int(account.0)];
    for sql in [
        concat!(
            "INSERT INTO loose_files (id, account_id, name, content_type, bytes, checksum, key, leaving) \
             SELECT id, account_id, '', '', 0, NULL, picture, 1 FROM contacts WHERE picture IS NOT NULL AND id IN ",
            first_contacts!(),
            " ON CONFLICT (id) DO NOTHING"
        ),
        concat!(
            "DELETE FROM attributes WHERE kind IN (2, 3) AND owner_id IN ",
            first_contacts!()
        ),
        concat!(
            "DELETE FROM contact_labels WHERE contact_id IN ",
            first_contacts!()
        ),
        concat!(
            "DELETE FROM addresses WHERE contact_id IN ",
            first_contacts!()
        ),
    ] {
        tx.put(sql, &id)?;
    }
    tx.run(
        concat!("DELETE FROM contacts WHERE id IN ", first_contacts!()),
        &id,
    )
}

fn documents<E: Engine>(tx: &mut Writing<'_, E>, account: AccountId, limit: i64) -> Result<usize> {
    tx.run(
        "DELETE FROM documents WHERE id IN (SELECT id FROM documents WHERE account_id = ?1 \
         ORDER BY kind, owner, id LIMIT ?2)",
        &[account.0.into(), limit.into()],
    )
}

/// What carriers have for an inbox.
fn of_inbox<E: Engine>(tx: &mut Writing<'_, E>, inbox: InboxId, limit: i64) -> Result<usize> {
    let values = [inbox.0.into(), limit.into()];
    let reports = tx.run(
        "DELETE FROM early_reports WHERE id IN (SELECT id FROM early_reports WHERE inbox_id = ?1 \
         ORDER BY id LIMIT ?2)",
        &values,
    )?;
    let keys = tx.run(
        "DELETE FROM session_keys WHERE inbox_id = ?1 AND (kind, key) IN (SELECT kind, key FROM session_keys \
         WHERE inbox_id = ?1 ORDER BY kind, key LIMIT ?2)",
        &values,
    )?;
    Ok(reports + keys)
}

/// The rows of a removed inbox that has no conversations any more.
pub(super) fn inbox<E: Engine>(tx: &mut Writing<'_, E>, id: InboxId, limit: i64) -> Result<usize> {
    let owed = deliveries::erase(tx, Receiver::Inbox(id), limit)?;
    let kept = of_inbox(tx, id, limit)?;
    let addresses = tx.run(
        "DELETE FROM addresses WHERE inbox_id = ?1 AND source_id IN (SELECT source_id FROM addresses \
         WHERE inbox_id = ?1 ORDER BY source_id LIMIT ?2) AND (SELECT c.id FROM conversations c \
         WHERE c.address_id = addresses.id ORDER BY c.id LIMIT 1) IS NULL",
        &[id.0.into(), limit.into()],
    )?;
    let mut few = 0;
    for sql in [
        "DELETE FROM sessions WHERE inbox_id = ?1",
        "DELETE FROM paces WHERE inbox_id = ?1",
        "DELETE FROM inbox_members WHERE inbox_id = ?1",
        "DELETE FROM inbox_habits WHERE inbox_id = ?1",
        "DELETE FROM inbox_bots WHERE inbox_id = ?1",
    ] {
        few += tx.run(sql, &[id.0.into()])?;
    }
    Ok(owed + kept + addresses + few)
}

/// How long things took, one by one.
fn timings<E: Engine>(tx: &mut Writing<'_, E>, account: AccountId, limit: i64) -> Result<usize> {
    tx.run(
        "DELETE FROM timings WHERE id IN (SELECT id FROM timings WHERE account_id = ?1 \
         ORDER BY ended_at, id LIMIT ?2)",
        &[account.0.into(), limit.into()],
    )
}

/// One week of one measure and label.
fn tallies<E: Engine>(tx: &mut Writing<'_, E>, account: AccountId) -> Result<usize> {
    let oldest = "SELECT label_id, measure, quarter FROM tallies WHERE account_id = ?1 \
                  ORDER BY label_id, measure, quarter LIMIT 1";
    let found = first(tx.reading.0, oldest, &[account.0.into()], |row| {
        Ok((row.int()?, row.int()?, row.int()?))
    })?;
    let Some((label, measure, quarter)) = found else {
        return Ok(0);
    };
    tx.run(
        "DELETE FROM tallies WHERE account_id = ?1 AND label_id = ?2 AND measure = ?3 AND quarter >= ?4 \
         AND quarter < ?5",
        &[
            account.0.into(),
            label.into(),
            measure.into(),
            quarter.into(),
            (quarter + WEEK).into(),
        ],
    )
}

/// What is little. Of each table's last row the number is left.
fn rest<E: Engine>(tx: &mut Writing<'_, E>, account: AccountId) -> Result<usize> {
    let mut erased = 0;
    for sql in [
        "DELETE FROM sessions WHERE inbox_id IN (SELECT id FROM inboxes WHERE account_id = ?1)",
        "DELETE FROM paces WHERE inbox_id IN (SELECT id FROM inboxes WHERE account_id = ?1)",
        "DELETE FROM inbox_members WHERE inbox_id IN (SELECT id FROM inboxes WHERE account_id = ?1)",
        "DELETE FROM inbox_habits WHERE inbox_id IN (SELECT id FROM inboxes WHERE account_id = ?1)",
        "DELETE FROM inbox_bots WHERE inbox_id IN (SELECT id FROM inboxes WHERE account_id = ?1)",
        "DELETE FROM endpoint_secrets WHERE endpoint_id IN (SELECT id FROM endpoints WHERE account_id = ?1)",
        "DELETE FROM socket_app_keys WHERE app_id IN (SELECT id FROM socket_apps WHERE account_id = ?1)",
        "DELETE FROM conversation_counts WHERE account_id = ?1",
        "DELETE FROM unread_counts WHERE account_id = ?1",
        "DELETE FROM contact_counts WHERE account_id = ?1",
        "UPDATE loose_files SET leaving = 1 WHERE account_id = ?1 AND leaving = 0",
        "DELETE FROM inboxes WHERE account_id = ?1 AND id < (SELECT max(id) FROM inboxes)",
        "DELETE FROM endpoints WHERE account_id = ?1 AND id < (SELECT max(id) FROM endpoints)",
        "DELETE FROM socket_apps WHERE account_id = ?1 AND id < (SELECT max(id) FROM socket_apps)",
        "DELETE FROM labels WHERE account_id = ?1 AND id < (SELECT max(id) FROM labels)",
        "DELETE FROM label_categories WHERE account_id = ?1 AND id < (SELECT max(id) FROM label_categories)",
        "DELETE FROM teams WHERE account_id = ?1 AND id < (SELECT max(id) FROM teams)",
    ] {
        erased += tx.run(sql, &[account.0.into()])?;
    }
    for sql in [
        "UPDATE inboxes SET account_id = ?2, name = '', settings = '', carrier = 'erased', messenger = 'erased', \
         license_id = -id, address = CAST(id AS TEXT), paused_because = NULL WHERE account_id = ?1",
        "UPDATE endpoints SET account_id = ?2, name = '', url = '', events = '[]', inbox_id = NULL WHERE account_id = ?1",
        "UPDATE socket_apps SET account_id = ?2, name = '', secret = '', key = 'erased-' || CAST(id AS TEXT) \
         WHERE account_id = ?1",
        "UPDATE labels SET account_id = ?2, title = '', description = NULL, removed = 1 WHERE account_id = ?1",
        "UPDATE label_categories SET account_id = ?2, name = '' WHERE account_id = ?1",
        "UPDATE teams SET account_id = ?2, name = '', description = NULL, members = '', removed = 1 WHERE account_id = ?1",
    ] {
        erased += tx.run(sql, &[account.0.into(), ERASED.into()])?;
    }
    Ok(erased)
}
