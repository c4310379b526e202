//! Contacts: the person behind an address, made when they first write or when a program tells of them.

mod change;
mod label;
mod list;
mod merge;
mod register;

use domain::{Address, AddressId, Contact, ContactId, Event, Inbox};

pub use change::{Change, Join, change, replace};
pub use label::label;
pub use list::list;
pub use merge::{delete, merge};
pub use register::{NewContact, add, reach, register, verify};

use crate::{
    Error, Result, Scope,
    ports::{Tx, View},
};

/// A contact of the scope's account.
pub fn load<V: View + ?Sized>(view: &V, scope: &Scope, id: ContactId) -> Result<Contact> {
    view.find_contact(scope.account_id, id)?
        .ok_or_else(|| Error::not_found("contact"))
}

/// What a network tells of the person who wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The network's own name for them.
    pub source_id: String,
    /// What they call themselves there.
    pub name: Option<String>,
    /// Their telephone number with its leading `+`, where the network's name for them is one.
    pub phone: Option<String>,
}

/// Makes the contact and the address of somebody who writes for the first time.
pub(crate) fn meet(tx: &mut dyn Tx, inbox: &Inbox, told: &Told) -> Result<(Address, Contact)> {
    let now = tx.now();
    let contact = Contact {
        id: ContactId(tx.new_id()),
        account_id: inbox.account_id,
        name: told.name.clone().unwrap_or_else(|| told.source_id.clone()),
        email: None,
        phone: told.phone.clone(),
        identifier: None,
        blocked: false,
        custom_attributes: "{}".to_owned(),
        additional_attributes: "{}".to_owned(),
        picture: None,
        created_at: now,
        updated_at: now,
    };
    let address = Address {
        id: AddressId(tx.new_id()),
        contact_id: contact.id,
        inbox_id: inbox.id,
        source_id: told.source_id.clone(),
        told_name: told.name.clone(),
        verified: false,
        created_at: now,
        updated_at: now,
    };
    tx.insert_contact(&contact)?;
    tx.insert_address(&address)?;
    tx.append(
        inbox.account_id,
        Event::ContactCreated {
            contact: contact.clone(),
            address: Some(Box::new(address.clone())),
            by: None,
        },
    )?;
    Ok((address, contact))
}

/// Takes over a new name if the network tells another one than before. What an agent typed stays until then.
pub(crate) fn hear_name(
    tx: &mut dyn Tx,
    address: &mut Address,
    contact: &mut Contact,
    told: &Told,
) -> Result<()> {
    let Some(name) = &told.name else {
        return Ok(());
    };
    if address.told_name.as_ref() == Some(name) {
        return Ok(());
    }
    let now = tx.now();
    address.told_name = Some(name.clone());
    address.updated_at = now;
    tx.update_address(address)?;
    if contact.name != *name {
        let was = Some(Box::new(contact.clone()));
        contact.name.clone_from(name);
        contact.updated_at = now;
        tx.update_contact(contact)?;
        tx.append(
            contact.account_id,
            Event::ContactUpdated {
                contact: contact.clone(),
                was,
                address: Some(Box::new(address.clone())),
                by: None,
            },
        )?;
    }
    Ok(())
}
