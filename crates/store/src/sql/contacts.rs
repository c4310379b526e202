//! Contacts and their addresses.

use app::{Result, ports::ContactKey};
use domain::{AccountId, Address, AddressId, Contact, ContactId, InboxId, LabelId, Timestamp};

use super::{
    Writing, all,
    attributes::{self, ADDITIONAL, CUSTOM, Noun},
    codes,
    directory::micros,
    draft::Draft,
    first,
};
use crate::engine::{Columns, Engine};

macro_rules! contact_columns {
    () => {
        "t.id, t.account_id, t.name, t.email, t.phone, t.identifier, t.blocked, \
         t.custom_attributes, t.additional_attributes, t.picture, t.created_at, \
         t.updated_at"
    };
}
macro_rules! address_columns {
    () => {
        "a.id, a.contact_id, a.inbox_id, a.source_id, a.told_name, a.verified, a.created_at, \
         a.updated_at"
    };
}
pub(super) use {address_columns, contact_columns};

pub(super) fn contact(row: &mut Columns<'_>) -> Result<Contact> {
    Ok(Contact {
        id: ContactId(row.int()?),
        account_id: AccountId(row.int()?),
        name: row.text()?,
        email: row.maybe_text()?,
        phone: row.maybe_text()?,
        identifier: row.maybe_text()?,
        blocked: row.flag()?,
        custom_attributes: row.text()?,
        additional_attributes: row.text()?,
        picture: row.maybe_text()?,
        created_at: codes::time(row.int()?)?,
        updated_at: codes::time(row.int()?)?,
    })
}

pub(super) fn address(row: &mut Columns<'_>) -> Result<Address> {
    Ok(Address {
        id: AddressId(row.int()?),
        contact_id: ContactId(row.int()?),
        inbox_id: InboxId(row.int()?),
        source_id: row.text()?,
        told_name: row.maybe_text()?,
        verified: row.flag()?,
        created_at: codes::time(row.int()?)?,
        updated_at: codes::time(row.int()?)?,
    })
}

pub(super) fn find(
    engine: &impl Engine,
    account: AccountId,
    id: ContactId,
) -> Result<Option<Contact>> {
    const SQL: &str = concat!(
        "SELECT ",
        contact_columns!(),
        " FROM contacts t WHERE t.id = ?1 AND t.account_id = ?2"
    );
    first(engine, SQL, &[id.0.into(), account.0.into()], contact)
}

/// Several contacts: one statement for all of them.
pub(super) fn find_all(
    engine: &impl Engine,
    account: AccountId,
    ids: &[ContactId],
) -> Result<Vec<Contact>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut draft = Draft::of([account.0.into()]);
    let list = draft.bind_all(ids.iter().map(|id| id.0));
    let columns = contact_columns!();
    let sql = format!(
        "SELECT {columns} FROM contacts t WHERE t.account_id = ?1 AND t.id IN ({list}) ORDER BY t.id"
    );
    draft.all(engine, &sql, contact)
}

/// When something last happened with several contacts: one statement for all of them.
pub(super) fn last_active(
    engine: &impl Engine,
    ids: &[ContactId],
) -> Result<Vec<(ContactId, Timestamp)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut draft = Draft::default();
    let each: Vec<String> = ids
        .iter()
        .enumerate()
        .map(|(place, id)| {
            let id = draft.bind(id.0);
            format!(
                "SELECT max(n{place}.last_activity_at) AS at, min(n{place}.contact_id) AS id FROM \
                 (SELECT c.contact_id, c.last_activity_at FROM conversations c \
                 WHERE c.contact_id = {id} ORDER BY c.id DESC LIMIT 100) n{place}"
            )
        })
        .collect();
    let read = |row: &mut Columns<'_>| {
        let (at, id) = (row.maybe_int()?, row.maybe_int()?);
        Ok((id.map(ContactId), at.map(codes::time).transpose()?))
    };
    let all = draft.all(engine, &each.join(" UNION ALL "), read)?;
    Ok(all.into_iter().filter_map(|(id, at)| id.zip(at)).collect())
}

/// A contact by what it is known by; of several the oldest.
pub(super) fn find_by(
    engine: &impl Engine,
    account: AccountId,
    key: ContactKey<'_>,
) -> Result<Option<Contact>> {
    macro_rules! by {
        ($column:literal) => {
            concat!(
                "SELECT ",
                contact_columns!(),
                " FROM contacts t WHERE t.account_id = ?1 AND t.",
                $column,
                " = ?2 AND t.",
                $column,
                " IS NOT NULL ORDER BY t.id LIMIT 1"
            )
        };
    }
    let (sql, value) = match key {
        ContactKey::Identifier(value) => (by!("identifier"), value),
        ContactKey::Email(value) => (by!("email"), value),
        ContactKey::Phone(value) => (by!("phone"), value),
    };
    first(engine, sql, &[account.0.into(), value.into()], contact)
}

/// What a contact is labeled with.
pub(super) fn labels_of(engine: &impl Engine, id: ContactId) -> Result<Vec<LabelId>> {
    const SQL: &str =
        "SELECT w.label_id FROM contact_labels w WHERE w.contact_id = ?1 ORDER BY w.label_id";
    all(engine, SQL, &[id.0.into()], |row| Ok(LabelId(row.int()?)))
}

pub(super) fn label<E: Engine>(
    tx: &mut Writing<'_, E>,
    id: ContactId,
    labels: &[LabelId],
) -> Result<()> {
    tx.put(
        "DELETE FROM contact_labels WHERE contact_id = ?1",
        &[id.0.into()],
    )?;
    for label in labels {
        let sql = "INSERT INTO contact_labels (contact_id, label_id) VALUES (?1, ?2)";
        tx.put(sql, &[id.0.into(), label.0.into()])?;
    }
    Ok(())
}

/// Keeps what contacts are found by in step with what they say.
fn find_by_attributes<E: Engine>(tx: &mut Writing<'_, E>, it: &Contact, fresh: bool) -> Result<()> {
    let keys = (it.account_id.0, it.id.0);
    for (kind, object) in [
        (CUSTOM, &it.custom_attributes),
        (ADDITIONAL, &it.additional_attributes),
    ] {
        let kind = Noun::Contact.attributes(kind);
        match fresh {
            true => attributes::add(tx, keys, kind, Some(object))?,
            false => attributes::rewrite(tx, keys, kind, Some(object))?,
        }
    }
    Ok(())
}

/// The addresses of a contact, oldest first.
pub(super) fn addresses_of(engine: &impl Engine, id: ContactId) -> Result<Vec<Address>> {
    const SQL: &str = concat!(
        "SELECT ",
        address_columns!(),
        " FROM addresses a WHERE a.contact_id = ?1 ORDER BY a.id LIMIT 100"
    );
    all(engine, SQL, &[id.0.into()], address)
}

/// The addresses of several contacts, a contact's oldest first: one statement for all of them.
pub(super) fn addresses_of_all(engine: &impl Engine, ids: &[ContactId]) -> Result<Vec<Address>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut draft = Draft::default();
    let lists: Vec<String> = ids
        .iter()
        .enumerate()
        .map(|(place, id)| {
            let id = draft.bind(id.0);
            let columns = address_columns!();
            format!(
                "SELECT * FROM (SELECT {columns} FROM addresses a WHERE a.contact_id = {id} \
                 ORDER BY a.id LIMIT 100) s{place}"
            )
        })
        .collect();
    draft.all(engine, &lists.join(" UNION ALL "), address)
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Contact) -> Result<()> {
    tx.put(
        "INSERT INTO contacts (id, account_id, name, email, phone, identifier, blocked, \
         custom_attributes, created_at, updated_at, additional_attributes, picture) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        &[
            it.id.0.into(),
            it.account_id.0.into(),
            (&it.name).into(),
            it.email.as_ref().into(),
            it.phone.as_ref().into(),
            it.identifier.as_ref().into(),
            it.blocked.into(),
            (&it.custom_attributes).into(),
            micros(it.created_at),
            micros(it.updated_at),
            (&it.additional_attributes).into(),
            it.picture.as_ref().into(),
        ],
    )?;
    find_by_attributes(tx, it, true)
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Contact) -> Result<()> {
    tx.put(
        "UPDATE contacts SET name = ?2, email = ?3, phone = ?4, identifier = ?5, blocked = ?6, \
         custom_attributes = ?7, updated_at = ?8, additional_attributes = ?9, \
         picture = ?10 WHERE id = ?1",
        &[
            it.id.0.into(),
            (&it.name).into(),
            it.email.as_ref().into(),
            it.phone.as_ref().into(),
            it.identifier.as_ref().into(),
            it.blocked.into(),
            (&it.custom_attributes).into(),
            micros(it.updated_at),
            (&it.additional_attributes).into(),
            it.picture.as_ref().into(),
        ],
    )?;
    find_by_attributes(tx, it, false)
}

pub(super) fn relocate<E: Engine>(
    tx: &mut Writing<'_, E>,
    from: ContactId,
    to: ContactId,
) -> Result<()> {
    for sql in [
        "UPDATE messages SET sender_id = ?2 WHERE sender_kind = 0 AND sender_id = ?1 \
         AND conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)",
        "UPDATE conversations SET contact_id = ?2 WHERE contact_id = ?1",
        "UPDATE addresses SET contact_id = ?2 WHERE contact_id = ?1",
        "INSERT INTO contact_labels (contact_id, label_id) SELECT ?2, w.label_id FROM contact_labels w \
         WHERE w.contact_id = ?1 ON CONFLICT DO NOTHING",
    ] {
        tx.put(sql, &[from.0.into(), to.0.into()])?;
    }
    for sql in [
        "DELETE FROM contact_labels WHERE contact_id = ?1",
        "DELETE FROM attributes WHERE owner_id = ?1 AND kind IN (2, 3)",
        "DELETE FROM contacts WHERE id = ?1",
    ] {
        tx.put(sql, &[from.0.into()])?;
    }
    Ok(())
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, id: ContactId) -> Result<()> {
    for sql in [
        "DELETE FROM attributes WHERE owner_id = ?1 AND kind IN (2, 3)",
        "DELETE FROM contact_labels WHERE contact_id = ?1",
        "DELETE FROM addresses WHERE contact_id = ?1",
        "DELETE FROM contacts WHERE id = ?1",
    ] {
        tx.put(sql, &[id.0.into()])?;
    }
    Ok(())
}

pub(super) fn insert_address<E: Engine>(tx: &mut Writing<'_, E>, it: &Address) -> Result<()> {
    tx.put(
        "INSERT INTO addresses (id, contact_id, inbox_id, source_id, told_name, verified, \
         created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &[
            it.id.0.into(),
            it.contact_id.0.into(),
            it.inbox_id.0.into(),
            (&it.source_id).into(),
            it.told_name.as_ref().into(),
            it.verified.into(),
            micros(it.created_at),
            micros(it.updated_at),
        ],
    )?;
    Ok(())
}

pub(super) fn update_address<E: Engine>(tx: &mut Writing<'_, E>, it: &Address) -> Result<()> {
    tx.put(
        "UPDATE addresses SET told_name = ?2, verified = ?3, updated_at = ?4, contact_id = ?5 \
         WHERE id = ?1",
        &[
            it.id.0.into(),
            it.told_name.as_ref().into(),
            it.verified.into(),
            micros(it.updated_at),
            it.contact_id.0.into(),
        ],
    )?;
    Ok(())
}
