//! Contacts and their addresses.

use app::Result;
use domain::{AccountId, Address, AddressId, Contact, ContactId, InboxId};

use super::{Writing, codes, directory::micros, first};
use crate::engine::{Columns, Engine};

macro_rules! contact_columns {
    () => {
        "t.id, t.account_id, t.name, t.email, t.phone, t.identifier, t.blocked, \
         t.custom_attributes, t.created_at, t.updated_at"
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

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Contact) -> Result<()> {
    tx.put(
        "INSERT INTO contacts (id, account_id, name, email, phone, identifier, blocked, \
         custom_attributes, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
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
        ],
    )?;
    Ok(())
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Contact) -> Result<()> {
    tx.put(
        "UPDATE contacts SET name = ?2, email = ?3, phone = ?4, identifier = ?5, blocked = ?6, \
         custom_attributes = ?7, updated_at = ?8 WHERE id = ?1",
        &[
            it.id.0.into(),
            (&it.name).into(),
            it.email.as_ref().into(),
            it.phone.as_ref().into(),
            it.identifier.as_ref().into(),
            it.blocked.into(),
            (&it.custom_attributes).into(),
            micros(it.updated_at),
        ],
    )?;
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
        "UPDATE addresses SET told_name = ?2, verified = ?3, updated_at = ?4 WHERE id = ?1",
        &[
            it.id.0.into(),
            it.told_name.as_ref().into(),
            it.verified.into(),
            micros(it.updated_at),
        ],
    )?;
    Ok(())
}
