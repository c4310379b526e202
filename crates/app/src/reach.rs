//! What networks are asked beside taking messages: to change and take back what is out.
//!
//! It is asked of the network first and committed once the network has done it, so that nobody is told of what the
//! contact cannot see.

use std::sync::Arc;

use domain::{Direction, Message, MessageId, MessageStatus, Spoken, Thread};

use crate::{
    Core, Result, Scope, conversations,
    deliveries::Carriers,
    directory::Connected,
    messages,
    ports::{Carrier, ConversationRow, Placed},
};

/// Asks networks. Cheap to clone.
#[derive(Clone)]
pub struct Reach {
    core: Core,
    carriers: Arc<Carriers>,
}

/// A message of ours, and the way to its network.
struct Found {
    message: Message,
    to: String,
    network: Option<Network>,
}

/// A network and one of its inboxes.
struct Network {
    carrier: Arc<dyn Carrier>,
    connected: Connected,
}

/// A message as it is after a change.
pub type Changed = (Box<Thread>, Box<Spoken>);

impl Reach {
    /// Asks these networks.
    pub fn new(core: Core, carriers: Arc<Carriers>) -> Self {
        Self { core, carriers }
    }

    /// Gives a message of ours another text. If its network refuses, nothing is changed.
    pub async fn edit(
        &self,
        scope: Scope,
        number: i64,
        id: MessageId,
        text: String,
    ) -> Result<Changed> {
        let found = self.find(&scope, number, id)?;
        messages::editable(&found.message, &text)?;
        if let Some(network) = found.network_that_has_it() {
            let (inbox, settings) = (&network.connected.inbox, &network.connected.settings);
            let asked = network.carrier.edit(inbox, settings, found.placed(), &text);
            asked.await?;
        }
        let directory = self.core.directory.clone();
        let edit = self.core.store.transact(move |tx| {
            messages::edit(tx, &directory, &scope, &found.message, &text)?;
            messages::now(tx, &directory, id)
        });
        edit.await
    }

    /// Takes a message's words and files away: from those who have it, where its network can, and here. If the
    /// network can and refuses, nothing is changed.
    pub async fn delete(&self, scope: Scope, number: i64, id: MessageId) -> Result<Changed> {
        let found = self.find(&scope, number, id)?;
        if let Some(network) = found.network_that_has_it() {
            let (inbox, settings) = (&network.connected.inbox, &network.connected.settings);
            let asked = network.carrier.retract(inbox, settings, found.placed());
            asked.await?;
        }
        let directory = self.core.directory.clone();
        let delete = self
            .core
            .store
            .transact(move |tx| messages::delete(tx, &directory, &scope, number, id));
        let (thread, spoken, files) = delete.await?;
        for file in files {
            self.core.media.forget(&file.key).await;
        }
        Ok((thread, spoken))
    }

    fn find(&self, scope: &Scope, number: i64, id: MessageId) -> Result<Found> {
        self.core.store.view(|view| {
            let message = messages::find(view, scope, number, id)?;
            let row = conversations::load(view, scope, number)?;
            let network = self.network(&row);
            Ok(Found {
                message,
                to: row.address.source_id,
                network,
            })
        })
    }

    fn network(&self, row: &ConversationRow) -> Option<Network> {
        let connected = self.core.directory.inbox(row.conversation.inbox_id)?;
        let carrier = self.carriers.get(connected.inbox.carrier.as_str())?.clone();
        Some(Network { carrier, connected })
    }
}

impl Found {
    /// Its network, if that has it: what still waits is changed here alone.
    fn network_that_has_it(&self) -> Option<&Network> {
        let message = &self.message;
        let out = message.direction == Direction::Out
            && !message.private
            && !matches!(
                message.status,
                MessageStatus::Queued | MessageStatus::Failed
            )
            && !messages::is_deleted(message);
        self.network.as_ref().filter(|_| out)
    }

    fn placed(&self) -> Placed<'_> {
        Placed {
            message: &self.message,
            to: &self.to,
        }
    }
}
