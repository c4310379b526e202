//! The chat that an address names.

use std::sync::Arc;

use app::{Error, Scope, conversations, ports::View};
use domain::{Conversation, Inbox};

use super::name::Name;
use crate::{
    Edge,
    chatapp::{errors::Answer, scope::Caller},
};

/// A chat's place in an address: licence, messenger, chat.
pub(super) type Place = (i64, String, String);

/// An inbox of the caller, and what the chat in it is called.
pub(super) struct Wanted {
    pub(super) inbox: Arc<Inbox>,
    pub(super) name: Name,
}

impl Wanted {
    pub(super) fn of(edge: &Edge, caller: &Caller, place: &Place) -> app::Result<Self> {
        let (license, messenger, chat) = place;
        Ok(Self {
            inbox: caller.messenger(edge, *license, messenger)?,
            name: Name::of(chat),
        })
    }

    /// The conversation, if there is one.
    pub(super) fn find<V: View + ?Sized>(
        &self,
        view: &V,
        scope: &Scope,
    ) -> app::Result<Option<Conversation>> {
        conversations::find_at(view, scope, &self.inbox, &self.name.source_ids)
    }

    /// The conversation, which has to be there.
    pub(super) fn load<V: View + ?Sized>(
        &self,
        view: &V,
        scope: &Scope,
    ) -> app::Result<Conversation> {
        self.find(view, scope)?
            .ok_or_else(|| Error::not_found("chat"))
    }
}

/// The number of the conversation behind a chat of the caller.
pub(super) fn number(edge: &Edge, caller: &Caller, place: &Place) -> Answer<i64> {
    let wanted = Wanted::of(edge, caller, place)?;
    let scope = caller.scope();
    let found = edge.core.store.view(|view| wanted.load(view, &scope))?;
    Ok(found.number)
}
