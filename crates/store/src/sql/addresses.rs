//! Who is behind an address, and the conversation with them: the hot path's one look-up.

use app::Result;
use domain::{Address, AddressId, Contact, Conversation, InboxId};

use super::{
    contacts::{address, address_columns, contact, contact_columns},
    conversations::{self, conversation_columns},
    first,
};
use crate::engine::Engine;

pub(super) fn find(
    engine: &impl Engine,
    inbox: InboxId,
    source_id: &str,
) -> Result<Option<(Address, Contact, Option<Conversation>)>> {
    const SQL: &str = concat!(
        "SELECT ",
        address_columns!(),
        ", ",
        contact_columns!(),
        ", ",
        conversation_columns!(),
        " FROM addresses a JOIN contacts t ON t.id = a.contact_id \
         LEFT JOIN conversations c ON c.id = \
         (SELECT max(id) FROM conversations WHERE address_id = a.id) \
         WHERE a.inbox_id = ?1 AND a.source_id = ?2"
    );
    first(engine, SQL, &[inbox.0.into(), source_id.into()], |row| {
        Ok((address(row)?, contact(row)?, conversations::maybe(row)?))
    })
}

pub(super) fn find_by_id(
    engine: &impl Engine,
    id: AddressId,
) -> Result<Option<(Address, Contact)>> {
    const SQL: &str = concat!(
        "SELECT ",
        address_columns!(),
        ", ",
        contact_columns!(),
        " FROM addresses a JOIN contacts t ON t.id = a.contact_id WHERE a.id = ?1"
    );
    first(engine, SQL, &[id.0.into()], |row| {
        Ok((address(row)?, contact(row)?))
    })
}
