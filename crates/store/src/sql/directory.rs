//! Accounts, agents, inboxes.

use app::{Error, Result, ports::StoredInbox};
use domain::{
    Account, AccountId, Agent, AgentId, Availability, Habits, Inbox, InboxId, InboxState, Role,
    Timestamp, Wishes,
};

use super::{Writing, all, codes, first, number};
use crate::engine::{Columns, Engine, Value};

/// People, once for each account that they work for; whoever works for none is there once.
macro_rules! agent_select {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.name, p.display_name, p.email, p.token_generation, p.created_at, \
             s.account_id, s.role, s.availability, s.auto_offline, s.email_wishes, s.push_wishes, \
             s.working_since FROM agents p LEFT JOIN seats s ON s.agent_id = p.id \
             WHERE p.removed = 0 ",
            $tail
        )
    };
}

pub(super) fn accounts(engine: &impl Engine) -> Result<Vec<Account>> {
    all(
        engine,
        "SELECT id, name, created_at FROM accounts WHERE removed_at IS NULL ORDER BY id",
        &[],
        |row| {
            Ok(Account {
                id: AccountId(row.int()?),
                name: row.text()?,
                created_at: codes::time(row.int()?)?,
            })
        },
    )
}

pub(super) fn agents(engine: &impl Engine) -> Result<Vec<Agent>> {
    const SQL: &str = agent_select!("ORDER BY p.id, s.account_id");
    all(engine, SQL, &[], agent)
}

pub(super) fn find_agent(
    engine: &impl Engine,
    account: AccountId,
    id: AgentId,
) -> Result<Option<Agent>> {
    const SQL: &str = agent_select!("AND p.id = ?1 AND s.account_id = ?2");
    first(engine, SQL, &[id.0.into(), account.0.into()], agent)
}

pub(super) fn seats_of(engine: &impl Engine, id: AgentId) -> Result<Vec<Agent>> {
    const SQL: &str = agent_select!("AND p.id = ?1 ORDER BY s.account_id");
    all(engine, SQL, &[id.0.into()], agent)
}

fn agent(row: &mut Columns<'_>) -> Result<Agent> {
    let mut person = Agent {
        id: AgentId(row.int()?),
        account_id: AccountId::NOBODYS,
        name: row.text()?,
        display_name: row.maybe_text()?,
        email: row.text()?,
        role: Role::Agent,
        availability: Availability::Online,
        auto_offline: true,
        wishes: Wishes::default(),
        working_since: None,
        token_generation: row.int()?,
        created_at: codes::time(row.int()?)?,
    };
    let Some(account) = row.maybe_int()? else {
        return Ok(person);
    };
    person.account_id = AccountId(account);
    person.role = codes::ROLES.value(row.int()?)?;
    person.availability = codes::AVAILABILITIES.value(row.int()?)?;
    person.auto_offline = row.flag()?;
    person.wishes = Wishes {
        email: codes::kinds_of(&row.text()?)?,
        push: codes::kinds_of(&row.text()?)?,
    };
    person.working_since = row.maybe_int()?.map(codes::time).transpose()?;
    Ok(person)
}

pub(super) fn update_agent<E: Engine>(tx: &mut Writing<'_, E>, it: &Agent) -> Result<()> {
    tx.put(
        "UPDATE agents SET name = ?2, email = ?3, token_generation = ?4, display_name = ?5 \
         WHERE id = ?1",
        &[
            it.id.0.into(),
            (&it.name).into(),
            (&it.email).into(),
            it.token_generation.into(),
            it.display_name.as_ref().into(),
        ],
    )?;
    put_seat(tx, it)
}

/// What somebody is in the account that they work for, if one.
fn put_seat<E: Engine>(tx: &mut Writing<'_, E>, it: &Agent) -> Result<()> {
    if it.account_id == AccountId::NOBODYS {
        return Ok(());
    }
    tx.put(
        "INSERT INTO seats (agent_id, account_id, role, availability, auto_offline, \
         working_since, email_wishes, push_wishes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (agent_id, account_id) DO UPDATE SET role = excluded.role, \
         availability = excluded.availability, auto_offline = excluded.auto_offline, \
         working_since = excluded.working_since, email_wishes = excluded.email_wishes, \
         push_wishes = excluded.push_wishes",
        &[
            it.id.0.into(),
            it.account_id.0.into(),
            codes::ROLES.code(it.role).into(),
            codes::AVAILABILITIES.code(it.availability).into(),
            it.auto_offline.into(),
            maybe_micros(it.working_since),
            (&codes::kinds(&it.wishes.email)).into(),
            (&codes::kinds(&it.wishes.push)).into(),
        ],
    )
}

pub(super) fn delete_seat<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    id: AgentId,
) -> Result<()> {
    tx.put(
        "DELETE FROM seats WHERE agent_id = ?1 AND account_id = ?2",
        &[id.0.into(), account.0.into()],
    )
}

pub(super) fn set_password<E: Engine>(
    tx: &mut Writing<'_, E>,
    id: AgentId,
    password_hash: &str,
) -> Result<()> {
    tx.put(
        "UPDATE agents SET password_hash = ?2 WHERE id = ?1",
        &[id.0.into(), password_hash.into()],
    )
}

pub(super) fn remove_agent<E: Engine>(tx: &mut Writing<'_, E>, id: AgentId) -> Result<()> {
    let seats = "DELETE FROM seats WHERE agent_id = ?1";
    tx.put(seats, &[id.0.into()])?;
    tx.put(
        "UPDATE agents SET removed = 1, email = 'removed-' || CAST(id AS TEXT), password_hash = '' \
         WHERE id = ?1",
        &[id.0.into()],
    )
}

pub(super) fn inbox_members(engine: &impl Engine) -> Result<Vec<(InboxId, AgentId)>> {
    let sql = "SELECT inbox_id, agent_id FROM inbox_members ORDER BY inbox_id, agent_id";
    all(engine, sql, &[], |row| {
        Ok((InboxId(row.int()?), AgentId(row.int()?)))
    })
}

pub(super) fn set_inbox_members<E: Engine>(
    tx: &mut Writing<'_, E>,
    inbox: InboxId,
    members: &[AgentId],
) -> Result<()> {
    let sql = "DELETE FROM inbox_members WHERE inbox_id = ?1";
    tx.put(sql, &[inbox.0.into()])?;
    for agent in members {
        tx.put(
            "INSERT INTO inbox_members (inbox_id, agent_id) VALUES (?1, ?2)",
            &[inbox.0.into(), agent.0.into()],
        )?;
    }
    Ok(())
}

pub(super) fn inbox_habits(engine: &impl Engine) -> Result<Vec<(InboxId, Habits)>> {
    let sql = "SELECT inbox_id, assigns, assigns_max FROM inbox_habits ORDER BY inbox_id";
    all(engine, sql, &[], |row| {
        let id = InboxId(row.int()?);
        let habits = Habits {
            assigns: row.flag()?,
            assigns_max: row.maybe_int()?,
        };
        Ok((id, habits))
    })
}

pub(super) fn set_inbox_habits<E: Engine>(
    tx: &mut Writing<'_, E>,
    inbox: InboxId,
    habits: &Habits,
) -> Result<()> {
    tx.put(
        "INSERT INTO inbox_habits (inbox_id, assigns, assigns_max) VALUES (?1, ?2, ?3) \
         ON CONFLICT (inbox_id) DO UPDATE SET assigns = excluded.assigns, \
         assigns_max = excluded.assigns_max",
        &[
            inbox.0.into(),
            habits.assigns.into(),
            habits.assigns_max.map_or(Value::Null, Value::Int),
        ],
    )
}

pub(super) fn inbox_bots(engine: &impl Engine) -> Result<Vec<(InboxId, AgentId)>> {
    let sql = "SELECT inbox_id, agent_id FROM inbox_bots ORDER BY inbox_id";
    all(engine, sql, &[], |row| {
        Ok((InboxId(row.int()?), AgentId(row.int()?)))
    })
}

pub(super) fn set_inbox_bot<E: Engine>(
    tx: &mut Writing<'_, E>,
    inbox: InboxId,
    bot: Option<AgentId>,
) -> Result<()> {
    match bot {
        Some(bot) => tx.put(
            "INSERT INTO inbox_bots (inbox_id, agent_id) VALUES (?1, ?2) \
             ON CONFLICT (inbox_id) DO UPDATE SET agent_id = excluded.agent_id",
            &[inbox.0.into(), bot.0.into()],
        ),
        None => tx.put(
            "DELETE FROM inbox_bots WHERE inbox_id = ?1",
            &[inbox.0.into()],
        ),
    }
}

pub(super) fn inboxes(engine: &impl Engine) -> Result<Vec<StoredInbox>> {
    let sql = "SELECT id, account_id, name, carrier, license_id, messenger, address, \
               paused_because, created_at, settings FROM inboxes \
               WHERE id NOT IN (SELECT id FROM removed_inboxes) ORDER BY id";
    all(engine, sql, &[], |row| {
        Ok(StoredInbox {
            inbox: inbox(row)?,
            settings: row.text()?,
        })
    })
}

pub(super) fn inbox(row: &mut Columns<'_>) -> Result<Inbox> {
    Ok(Inbox {
        id: InboxId(row.int()?),
        account_id: AccountId(row.int()?),
        name: row.text()?,
        carrier: row.text()?,
        license_id: row.int()?,
        messenger: row.text()?,
        address: row.text()?,
        state: match row.maybe_text()? {
            None => InboxState::Active,
            Some(reason) => InboxState::Paused { reason },
        },
        created_at: codes::time(row.int()?)?,
    })
}

pub(super) fn find_password(
    engine: &impl Engine,
    email: &str,
) -> Result<Option<(AgentId, String)>> {
    first(
        engine,
        "SELECT id, password_hash FROM agents WHERE email = ?1",
        &[email.into()],
        |row| Ok((AgentId(row.int()?), row.text()?)),
    )
}

pub(super) fn insert_account<E: Engine>(tx: &mut Writing<'_, E>, name: &str) -> Result<Account> {
    let id = 1 + number(tx.reading.0, "SELECT max(id) FROM accounts", &[])?;
    let created_at = tx.now;
    tx.put(
        "INSERT INTO accounts (id, name, next_conversation_number, created_at) VALUES (?1, ?2, 1, ?3)",
        &[id.into(), name.into(), micros(created_at)],
    )?;
    Ok(Account {
        id: AccountId(id),
        name: name.to_owned(),
        created_at,
    })
}

pub(super) fn update_account<E: Engine>(tx: &mut Writing<'_, E>, it: &Account) -> Result<()> {
    tx.put(
        "UPDATE accounts SET name = ?2 WHERE id = ?1",
        &[it.id.0.into(), (&it.name).into()],
    )
}

pub(super) fn next_conversation_number<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
) -> Result<i64> {
    tx.changes += 1;
    let sql = "UPDATE accounts SET next_conversation_number = next_conversation_number + 1 \
               WHERE id = ?1 RETURNING next_conversation_number - 1";
    first(tx.reading.0, sql, &[account.0.into()], |row| row.int())?
        .ok_or_else(|| Error::not_found("account"))
}

pub(super) fn insert_agent<E: Engine>(
    tx: &mut Writing<'_, E>,
    agent: &Agent,
    password_hash: &str,
) -> Result<AgentId> {
    let id = 1 + number(tx.reading.0, "SELECT max(id) FROM agents", &[])?;
    tx.put(
        "INSERT INTO agents (id, name, email, password_hash, token_generation, created_at, \
         display_name, removed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
        &[
            id.into(),
            (&agent.name).into(),
            (&agent.email).into(),
            password_hash.into(),
            agent.token_generation.into(),
            micros(agent.created_at),
            agent.display_name.as_ref().into(),
        ],
    )?;
    let id = AgentId(id);
    put_seat(
        tx,
        &Agent {
            id,
            ..agent.clone()
        },
    )?;
    Ok(id)
}

pub(super) fn insert_inbox<E: Engine>(
    tx: &mut Writing<'_, E>,
    stored: &StoredInbox,
) -> Result<InboxId> {
    let id = 1 + number(tx.reading.0, "SELECT max(id) FROM inboxes", &[])?;
    let inbox = &stored.inbox;
    tx.put(
        "INSERT INTO inboxes (id, account_id, name, carrier, license_id, messenger, address, \
         settings, paused_because, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &[
            id.into(),
            inbox.account_id.0.into(),
            (&inbox.name).into(),
            (&inbox.carrier).into(),
            inbox.license_id.into(),
            (&inbox.messenger).into(),
            (&inbox.address).into(),
            (&stored.settings).into(),
            paused_because(inbox),
            micros(inbox.created_at),
        ],
    )?;
    Ok(InboxId(id))
}

pub(super) fn update_inbox<E: Engine>(tx: &mut Writing<'_, E>, stored: &StoredInbox) -> Result<()> {
    let inbox = &stored.inbox;
    tx.put(
        "UPDATE inboxes SET name = ?2, license_id = ?3, messenger = ?4, address = ?5, settings = ?6, \
         paused_because = ?7 WHERE id = ?1",
        &[
            inbox.id.0.into(),
            (&inbox.name).into(),
            inbox.license_id.into(),
            (&inbox.messenger).into(),
            (&inbox.address).into(),
            (&stored.settings).into(),
            paused_because(inbox),
        ],
    )?;
    Ok(())
}

fn paused_because(inbox: &Inbox) -> Value<'_> {
    match &inbox.state {
        InboxState::Active => Value::Null,
        InboxState::Paused { reason } => reason.into(),
    }
}

pub(super) fn micros(time: Timestamp) -> Value<'static> {
    Value::Int(time.as_microsecond())
}

pub(super) fn maybe_micros(time: Option<Timestamp>) -> Value<'static> {
    time.map_or(Value::Null, micros)
}
