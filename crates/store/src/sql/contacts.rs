//! Contacts and their addresses.

use app::{
    Result,
    ports::{ContactKey, ContactOrder, ContactPage},
};
use domain::{AccountId, Address, AddressId, Contact, ContactId, InboxId, LabelId};

use super::{
    Writing, all,
    attributes::{self, ADDITIONAL, CUSTOM, Noun},
    codes,
    conditions::{self, LAST_ACTIVE, Sets, plain},
    directory::micros,
    draft::Draft,
    first, number, words,
};
use crate::engine::{Columns, Engine};

macro_rules! contact_columns {
    () => {
        "t.id, t.account_id, t.name, t.email, t.phone, t.identifier, t.blocked, \
         t.custom_attributes, t.additional_attributes, t.created_at, t.updated_at"
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

/// Those who can be reached or told apart. The text is that of the partial indexes.
const KNOWN: &str = "(t.email IS NOT NULL OR t.phone IS NOT NULL OR t.identifier IS NOT NULL)";

/// A page of an account's contacts: one statement, and one more for each condition on a label or an attribute until
/// one is found that few contacts meet.
pub(super) fn list(
    engine: &impl Engine,
    account: AccountId,
    page: &ContactPage<'_>,
) -> Result<Vec<Contact>> {
    let mut draft = Draft::of([account.0.into(), page.limit.into(), page.offset.into()]);
    let wheres = wheres(engine, &mut draft, account, page, Sets::Probed)?;
    let (join, order) = ordered(&mut draft, page);
    // Found by words, newest or oldest first, they come in that order, and reading ends with the page.
    let found = match (page.containing, page.order, page.conditions) {
        (Some(text), ContactOrder::Added, []) => words::contacts(&mut draft, engine.words(), text),
        _ => None,
    };
    let sql = match found {
        Some(found) => {
            let way = if page.descending { "DESC" } else { "ASC" };
            format!(
                "{SHOWN} FROM contact_words w CROSS JOIN contacts t WHERE {found} \
                 AND t.id = w.rowid AND {wheres} ORDER BY w.rowid {way} LIMIT ?2 OFFSET ?3"
            )
        }
        None => format!(
            "{SHOWN} FROM contacts t{join} WHERE {wheres} ORDER BY {order} LIMIT ?2 OFFSET ?3"
        ),
    };
    draft.all(engine, &sql, contact)
}

const SHOWN: &str = concat!("SELECT ", contact_columns!());

/// By what a page is ordered, and what is joined for that.
fn ordered(draft: &mut Draft, page: &ContactPage<'_>) -> (String, String) {
    let way = if page.descending { "DESC" } else { "ASC" };
    let last =
        |of: &str| format!("CASE WHEN {of} IS NULL THEN 1 ELSE 0 END, {of} {way}, t.id {way}");
    match page.order {
        ContactOrder::Added => (String::new(), format!("t.id {way}")),
        ContactOrder::Name => (String::new(), format!("t.name {way}, t.id {way}")),
        ContactOrder::Email => (String::new(), last("t.email")),
        ContactOrder::Phone => (String::new(), last("t.phone")),
        ContactOrder::ActiveAt => (String::new(), last(LAST_ACTIVE)),
        ContactOrder::Additional(key) => {
            let kind = draft.bind(Noun::Contact.attributes(ADDITIONAL));
            let key = draft.bind(key.to_owned());
            let join = format!(
                " LEFT JOIN attributes o ON o.owner_id = t.id AND o.kind = {kind} AND o.key = {key}"
            );
            (join, last("o.value"))
        }
    }
}

fn wheres(
    engine: &impl Engine,
    draft: &mut Draft,
    account: AccountId,
    page: &ContactPage<'_>,
    sets: Sets,
) -> Result<String> {
    let lead = conditions::lead(engine, account.0, Noun::Contact, page.conditions)?;
    let sign = if lead.is_some() { "+" } else { "" };
    let mut all = vec![format!("{sign}t.account_id = ?1")];
    if page.known {
        all.push(KNOWN.to_owned());
    }
    if let Some(text) = page.containing {
        let like = draft.bind(format!("%{}%", plain(text)));
        all.push(format!(
            "(lower(t.name) LIKE {like} ESCAPE '~' OR t.email LIKE {like} ESCAPE '~' \
             OR t.phone LIKE {like} ESCAPE '~' OR lower(t.identifier) LIKE {like} ESCAPE '~')"
        ));
    }
    let groups = conditions::groups(draft, Noun::Contact, page.conditions, sets, lead)?;
    if !groups.is_empty() {
        all.push(groups);
    }
    Ok(all.join(" AND "))
}

/// How many the whole list has: known without counting if nothing but being known is asked.
pub(super) fn count(
    engine: &impl Engine,
    account: AccountId,
    page: &ContactPage<'_>,
) -> Result<i64> {
    if page.containing.is_none() && page.conditions.is_empty() {
        let sql = "SELECT CASE WHEN CAST(?2 AS BIGINT) = 1 THEN known ELSE n END \
                   FROM contact_counts WHERE account_id = ?1";
        return number(engine, sql, &[account.0.into(), page.known.into()]);
    }
    let mut draft = Draft::of([account.0.into()]);
    let wheres = wheres(engine, &mut draft, account, page, Sets::Sought)?;
    let sql = format!("SELECT count(*) FROM contacts t WHERE {wheres}");
    let found = draft.first(engine, &sql, |row| row.int())?;
    Ok(found.unwrap_or(0))
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

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Contact) -> Result<()> {
    tx.put(
        "INSERT INTO contacts (id, account_id, name, email, phone, identifier, blocked, \
         custom_attributes, created_at, updated_at, additional_attributes) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
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
        ],
    )?;
    find_by_attributes(tx, it, true)
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Contact) -> Result<()> {
    tx.put(
        "UPDATE contacts SET name = ?2, email = ?3, phone = ?4, identifier = ?5, blocked = ?6, \
         custom_attributes = ?7, updated_at = ?8, additional_attributes = ?9 WHERE id = ?1",
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
        "DELETE FROM deliveries WHERE settled_at IS NULL AND message_id IN (SELECT m.id FROM messages m \
         JOIN conversations c ON c.id = m.conversation_id WHERE c.contact_id = ?1)",
        "DELETE FROM notifications WHERE conversation_id IN \
         (SELECT id FROM conversations WHERE contact_id = ?1)",
        "DELETE FROM involvements WHERE conversation_id IN \
         (SELECT id FROM conversations WHERE contact_id = ?1)",
        "DELETE FROM messages WHERE conversation_id IN \
         (SELECT id FROM conversations WHERE contact_id = ?1)",
        "DELETE FROM attributes WHERE kind IN (0, 1) AND owner_id IN \
         (SELECT id FROM conversations WHERE contact_id = ?1)",
        "DELETE FROM conversations WHERE contact_id = ?1",
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
