//! Who calls: a contact, by the inbox's identifier and the name under which the inbox knows it.

use std::sync::Arc;

use app::{
    Actor, Scope,
    contacts::{self, Change},
    conversations,
    directory::Directory,
    ports::{ContactKey, ConversationRow, Tx, View, With},
};
use axum::extract::FromRequestParts;
use domain::{Address, Contact, Inbox};
use wire::onechat::{Params, client::proves, errors::Refusal, json, params::BadParam};

use super::errors::{Answer, Refused};
use crate::{
    Edge,
    onechat::settings::{self, API, InboxSettings},
};

/// The variable parts of the route, in order.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Refused))]
pub(super) struct Path<T>(pub(super) T);

/// The inbox that is called.
pub(super) struct Door {
    pub(super) inbox: Arc<Inbox>,
    pub(super) settings: InboxSettings,
}

impl Door {
    pub(super) fn open(edge: &Edge, identifier: &str) -> Answer<Self> {
        let tables = edge.core.directory.tables();
        let (inbox, settings) = settings::open(&tables, API, identifier)?;
        Ok(Self { inbox, settings })
    }

    /// Refuses whoever does not prove the identity they claim: where the inbox wants it, and where they try.
    /// Returns whether one was proved.
    pub(super) fn check(&self, params: &Params) -> Answer<bool> {
        let hash = params.text("identifier_hash")?.unwrap_or_default();
        if hash.is_empty() && !self.settings.hmac_mandatory {
            return Ok(false);
        }
        let identifier = params.text("identifier")?.unwrap_or_default();
        let known = !identifier.is_empty() && !self.settings.hmac_token.is_empty();
        if known && proves(&self.settings.hmac_token, &identifier, &hash) {
            return Ok(true);
        }
        Err(Refusal::not_proved().into())
    }
}

/// The contact that calls.
pub(super) struct Seat {
    pub(super) door: Door,
    pub(super) address: Address,
    pub(super) contact: Contact,
    pub(super) scope: Scope,
}

impl Seat {
    pub(super) fn find(edge: &Edge, identifier: &str, source_id: &str) -> Answer<Self> {
        let door = Door::open(edge, identifier)?;
        let inbox = door.inbox.id;
        let found = edge
            .core
            .store
            .view(|view| view.find_address(inbox, source_id))?;
        let Some((address, contact, _)) = found else {
            return Err(Refusal::no_such_thing().into());
        };
        let scope = Scope {
            account_id: contact.account_id,
            actor: Actor::Contact(contact.id),
        };
        Ok(Self {
            door,
            address,
            contact,
            scope,
        })
    }

    /// With whom the conversations are that it may see: with itself, and once it has proved who it is with the same
    /// person at every address.
    pub(super) fn with(&self) -> With {
        if self.address.verified {
            With::Contact(self.contact.id)
        } else {
            With::Address(self.address.id)
        }
    }

    /// One of its conversations.
    pub(super) fn conversation(
        &self,
        view: &dyn View,
        number: i64,
    ) -> app::Result<ConversationRow> {
        let row = conversations::load(view, &self.scope, number)?;
        let own = row.conversation.address_id == self.address.id;
        let same = self.address.verified && row.conversation.contact_id == self.contact.id;
        if own || same {
            Ok(row)
        } else {
            Err(app::Error::not_found("conversation"))
        }
    }

    /// The same, checked here and now.
    pub(super) fn checked(&self, edge: &Edge, number: i64) -> Answer<ConversationRow> {
        let find = |view: &dyn View| self.conversation(view, number);
        Ok(edge.core.store.view(find)?)
    }
}

/// What a contact's program tells of it. Blank values are as good as none.
pub(in crate::onechat) fn told(params: &Params) -> Result<Change, BadParam> {
    let text = |key: &str| {
        params
            .text(key)
            .map(|it| it.filter(|text| !text.trim().is_empty()))
    };
    Ok(Change {
        name: text("name")?,
        email: text("email")?,
        phone: text("phone_number")?,
        identifier: text("identifier")?,
        blocked: None,
        custom_attributes: params.object("custom_attributes")?,
        additional_attributes: additional(params)?,
        join: json::joined,
    })
}

/// What is learnt besides; a picture's address is one of these things.
fn additional(params: &Params) -> Result<Option<String>, BadParam> {
    let told = params.object("additional_attributes")?;
    let picture = params
        .text("avatar_url")?
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let Some(picture) = picture else {
        return Ok(told);
    };
    let picture = serde_json::json!({ "avatar_url": picture }).to_string();
    Ok(Some(json::joined(
        told.as_deref().unwrap_or("{}"),
        &picture,
    )))
}

/// Who has one of these keys already, if that is somebody else.
fn namesake(view: &dyn View, contact: &Contact, told: &Change) -> app::Result<Option<Contact>> {
    let email = told.email.as_deref().map(|it| it.trim().to_lowercase());
    let keys = [
        told.identifier.as_deref().map(ContactKey::Identifier),
        email.as_deref().map(ContactKey::Email),
        told.phone.as_deref().map(ContactKey::Phone),
    ];
    for key in keys.into_iter().flatten() {
        let found = view.find_contact_by(contact.account_id, key)?;
        if let Some(other) = found.filter(|it| it.id != contact.id) {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// Tells a contact what its program says of it. If that names somebody the account knows already and the two do not
/// contradict one another, they become one; a key that cannot be taken over is left out.
pub(in crate::onechat) fn identify(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    contact: &Contact,
    mut told: Change,
) -> app::Result<Contact> {
    let mut id = contact.id;
    // Three keys may name three people.
    for _ in 0..3 {
        let current = contacts::load(tx, scope, id)?;
        let Some(other) = namesake(tx, &current, &told)? else {
            break;
        };
        if contradicts(&current, &other) {
            leave_out(&mut told, &other);
        } else {
            contacts::merge(tx, directory, scope, other.id, id, json::joined)?;
            id = other.id;
        }
    }
    contacts::change(tx, scope, id, &told)
}

/// Whether two contacts cannot be one person: both have a key of a kind, and not the same.
fn contradicts(one: &Contact, other: &Contact) -> bool {
    let differ =
        |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
    differ(&one.identifier, &other.identifier)
        || differ(&one.email, &other.email)
        || differ(&one.phone, &other.phone)
}

fn leave_out(told: &mut Change, other: &Contact) {
    let email = told.email.as_deref().map(|it| it.trim().to_lowercase());
    if told.identifier.is_some() && told.identifier == other.identifier {
        told.identifier = None;
    }
    if email.is_some() && email == other.email {
        told.email = None;
    }
    if told.phone.is_some() && told.phone == other.phone {
        told.phone = None;
    }
}
