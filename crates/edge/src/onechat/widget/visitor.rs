//! Who calls: a visitor of a website, by the widget's token in the query and their own in a header.

use std::{net::IpAddr, sync::Arc, time::Instant};

use app::{
    Actor, Scope,
    contacts::{self, Change, NewContact},
    messages::Replies,
    ports::{ConversationRow, Tx, View, With},
    seal::Purpose,
};
use axum::http::HeaderMap;
use domain::{Address, AddressId, Contact, Inbox};
use wire::onechat::{Params, errors::Refusal};

use crate::{
    Edge,
    http::named,
    onechat::{
        errors::Answer,
        random_uuid,
        settings::{self, InboxSettings, WIDGET},
        to_wire::hides_contact,
    },
};

/// How long a visitor's token works, in seconds: half a year.
const TOKEN_SECONDS: i64 = 180 * 24 * 3600;

/// The widget that is called.
pub(super) struct Widget {
    pub(super) inbox: Arc<Inbox>,
    pub(super) settings: InboxSettings,
}

impl Widget {
    pub(super) fn open(edge: &Edge, params: &Params) -> Answer<Self> {
        let token = params.text("website_token")?.unwrap_or_default();
        let tables = edge.core.directory.tables();
        let (inbox, settings) = settings::open(&tables, WIDGET, &token)?;
        Ok(Self { inbox, settings })
    }

    /// What the inbox says by itself to who writes now.
    pub(super) fn replies(&self, edge: &Edge) -> Replies {
        self.settings.replies(WIDGET, edge.core.clock.now())
    }

    /// The visitor of a token, if it is one of this widget's and still works.
    pub(super) fn visitor(&self, edge: &Edge, token: &str) -> Answer<Option<(Address, Contact)>> {
        let core = &edge.core;
        let Some((address, end)) = core.sealer.open(Purpose::Visitor, token) else {
            return Ok(None);
        };
        if core.clock.now().as_second() >= end {
            return Ok(None);
        }
        let find = |view: &dyn View| view.find_address_by_id(AddressId(address));
        let found = core.store.view(find)?;
        Ok(found.filter(|(address, _)| address.inbox_id == self.inbox.id))
    }

    /// Somebody new, from an address that has not brought too many.
    pub(super) async fn meet(
        &self,
        edge: &Edge,
        from: Option<IpAddr>,
        told: Change,
    ) -> Answer<(Address, Contact)> {
        if !edge.newcomers.may_come(from, Instant::now()) {
            return Err(Refusal::too_many_requests().into());
        }
        let new = NewContact {
            source_id: random_uuid()?,
            told,
        };
        let inbox = self.inbox.clone();
        let met = edge
            .core
            .store
            .transact(move |tx| contacts::register(tx, &inbox, &new))
            .await?;
        Ok(met)
    }
}

/// A contact as far as a visitor may see it: whoever has not proved who they are sees nothing of whom they claim to be.
pub(super) fn seen_by(edge: &Edge, address: &Address, contact: &Contact) -> Contact {
    let mut seen = contact.clone();
    if hides_contact(&edge.core, address) {
        (seen.email, seen.phone, seen.identifier) = (None, None, None);
        seen.name = String::new();
    }
    seen
}

/// What a visitor keeps.
pub(super) fn token_of(edge: &Edge, address: &Address) -> String {
    let core = &edge.core;
    let end = core.clock.now().as_second() + TOKEN_SECONDS;
    core.sealer.seal(Purpose::Visitor, address.id.0, end)
}

/// The visitor who calls.
pub(super) struct Visitor {
    pub(super) widget: Widget,
    pub(super) address: Address,
    pub(super) contact: Contact,
    pub(super) scope: Scope,
}

impl Visitor {
    /// Refuses a widget that is not there, and anybody it does not know.
    pub(super) fn find(edge: &Edge, headers: &HeaderMap, params: &Params) -> Answer<Self> {
        let widget = Widget::open(edge, params)?;
        let shown = named(headers, "x-auth-token").unwrap_or_default();
        let Some((address, contact)) = widget.visitor(edge, shown)? else {
            return Err(Refusal::not_found().into());
        };
        let scope = Scope {
            account_id: contact.account_id,
            actor: Actor::Contact(contact.id),
        };
        Ok(Self {
            widget,
            address,
            contact,
            scope,
        })
    }

    /// The visitor's last conversation, which is the only one they see.
    pub(super) fn last(&self, view: &(impl View + ?Sized)) -> app::Result<Option<ConversationRow>> {
        let with = With::Address(self.address.id);
        Ok(view.list_conversations_with(with, 1)?.into_iter().next())
    }

    /// The same; that there is none is refused.
    pub(super) fn conversation(&self, edge: &Edge) -> Answer<ConversationRow> {
        let found = edge.core.store.view(|view| self.last(view))?;
        Ok(found.ok_or_else(|| app::Error::not_found("conversation"))?)
    }

    /// The last conversation's number, of a new one with this contact if there is none; and whether it is new.
    pub(super) fn current(
        &self,
        tx: &mut dyn Tx,
        directory: &app::directory::Directory,
        contact: &Contact,
        details: &domain::Details,
    ) -> app::Result<(i64, bool)> {
        let with = With::Address(self.address.id);
        if let Some(row) = tx.list_conversations_with(with, 1)?.first() {
            return Ok((row.conversation.number, false));
        }
        let new = app::conversations::NewConversation {
            details: details.clone(),
            ..app::conversations::NewConversation::default()
        };
        let address = Address {
            contact_id: contact.id,
            ..self.address.clone()
        };
        let (inbox, seated) = (&self.widget.inbox, (address, contact.clone()));
        let thread = app::conversations::create(tx, directory, &self.scope, inbox, seated, &new)?;
        Ok((thread.conversation.number, true))
    }
}
