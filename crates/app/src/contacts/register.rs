//! Contacts that a program tells of, before they write or without their ever writing.

use std::sync::Arc;

use domain::{Address, AddressId, Contact, ContactId, Event, Inbox, Kind, Refusal};

use super::{Change, load};
use crate::{
    Error, Result, Scope,
    limits::NAME_CHARS,
    ports::{ContactKey, Tx},
};

/// Who is told of.
#[derive(Debug, Clone, Default)]
pub struct NewContact {
    /// What the inbox calls them.
    pub source_id: String,
    /// What else is known.
    pub told: Change,
}

/// The contact at an address of an inbox: the one that is there, or somebody of the account with the same
/// identifier, e-mail address or telephone number at a new address, or somebody new.
///
/// Somebody who is known already is not changed by what is told.
pub fn register(
    tx: &mut dyn Tx,
    inbox: &Arc<Inbox>,
    new: &NewContact,
) -> Result<(Address, Contact)> {
    check_source(&new.source_id)?;
    if let Some((address, contact, _)) = tx.find_address(inbox.id, &new.source_id)? {
        return Ok((address, contact));
    }
    let told = new.told.clone().checked()?;
    let Some(contact) = find(tx, inbox, &told)? else {
        return meet(tx, inbox, &new.source_id, &told);
    };
    let address = place(tx, inbox.id, contact.id, &new.source_id)?;
    Ok((address, contact))
}

/// Adds a contact, at no address yet. Refuses a key that somebody else has.
pub fn add(tx: &mut dyn Tx, scope: &Scope, told: &Change) -> Result<Contact> {
    let told = told.clone().checked()?;
    told.is_free(tx, scope, None)?;
    let contact = fresh(tx, scope.account_id, &told);
    tx.insert_contact(&contact)?;
    let event = Event::ContactCreated {
        contact: contact.clone(),
        address: None,
        by: scope.agent_id(),
    };
    tx.append(scope.account_id, event)?;
    Ok(contact)
}

/// The address of a contact in an inbox under this name, a new one if need be. Refuses a name that is somebody
/// else's.
pub fn reach(
    tx: &mut dyn Tx,
    scope: &Scope,
    inbox: &Inbox,
    id: ContactId,
    source_id: &str,
) -> Result<Address> {
    check_source(source_id)?;
    let contact = load(tx, scope, id)?;
    match tx.find_address(inbox.id, source_id)? {
        Some((address, owner, _)) if owner.id == contact.id => Ok(address),
        Some(_) => Err(Error::Refused(
            Refusal::new(Kind::Invalid, "Source has already been taken").of_field("source_id"),
        )),
        None => place(tx, inbox.id, contact.id, source_id),
    }
}

/// The person behind an address has proved who they are.
pub fn verify(tx: &mut dyn Tx, address: &Address) -> Result<Address> {
    let mut address = address.clone();
    if !address.verified {
        address.verified = true;
        address.updated_at = tx.now();
        tx.update_address(&address)?;
    }
    Ok(address)
}

fn check_source(source_id: &str) -> Result<()> {
    let count = source_id.chars().count();
    if (1..=NAME_CHARS).contains(&count) {
        return Ok(());
    }
    let refusal = Refusal::new(Kind::Invalid, "Source is invalid").of_field("source_id");
    Err(Error::Refused(refusal))
}

fn find(tx: &dyn Tx, inbox: &Inbox, told: &Change) -> Result<Option<Contact>> {
    let given = |it: &Option<String>| it.clone().filter(|text| !text.is_empty());
    let (identifier, email, phone) = (
        given(&told.identifier),
        given(&told.email),
        given(&told.phone),
    );
    let keys = [
        identifier.as_deref().map(ContactKey::Identifier),
        email.as_deref().map(ContactKey::Email),
        phone.as_deref().map(ContactKey::Phone),
    ];
    for key in keys.into_iter().flatten() {
        if let Some(contact) = tx.find_contact_by(inbox.account_id, key)? {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}

fn meet(
    tx: &mut dyn Tx,
    inbox: &Inbox,
    source_id: &str,
    told: &Change,
) -> Result<(Address, Contact)> {
    let contact = fresh(tx, inbox.account_id, told);
    tx.insert_contact(&contact)?;
    let address = place(tx, inbox.id, contact.id, source_id)?;
    let event = Event::ContactCreated {
        contact: contact.clone(),
        address: Some(Box::new(address.clone())),
        by: None,
    };
    tx.append(inbox.account_id, event)?;
    Ok((address, contact))
}

fn fresh(tx: &mut dyn Tx, account: domain::AccountId, told: &Change) -> Contact {
    let (now, id) = (tx.now(), tx.new_id());
    let mut contact = Contact {
        id: ContactId(id),
        account_id: account,
        name: nickname(id),
        email: None,
        phone: None,
        identifier: None,
        blocked: false,
        custom_attributes: "{}".to_owned(),
        additional_attributes: "{}".to_owned(),
        picture: None,
        created_at: now,
        updated_at: now,
    };
    told.apply(&mut contact);
    contact
}

fn place(
    tx: &mut dyn Tx,
    inbox: domain::InboxId,
    contact: ContactId,
    source_id: &str,
) -> Result<Address> {
    let now = tx.now();
    let address = Address {
        id: AddressId(tx.new_id()),
        contact_id: contact,
        inbox_id: inbox,
        source_id: source_id.to_owned(),
        told_name: None,
        verified: false,
        created_at: now,
        updated_at: now,
    };
    tx.insert_address(&address)?;
    Ok(address)
}

/// What somebody is called who told no name: two words and a number, so that agents can tell them apart.
fn nickname(id: i64) -> String {
    const FIRST: [&str; 12] = [
        "quiet", "amber", "early", "brave", "silver", "calm", "lucky", "green", "swift", "mild",
        "bright", "winter",
    ];
    const SECOND: [&str; 12] = [
        "river", "meadow", "lantern", "harbor", "maple", "comet", "orchard", "valley", "island",
        "garden", "willow", "summit",
    ];
    // The low bits of neighbours are alike; a large odd factor spreads them.
    let spread = id.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let pick = |list: &[&'static str; 12], shift: u32| {
        let at = usize::try_from((spread >> shift) % 12).unwrap_or(0);
        list.get(at).copied().unwrap_or("quiet")
    };
    let number = (spread >> 16) % 1000;
    format!("{}-{}-{number}", pick(&FIRST, 40), pick(&SECOND, 50))
}
