//! Opening and closing a phone's connection.

use std::{sync::Arc, time::Duration};

use app::{Error, Result};
use domain::{Inbox, InboxId, Kind};
use whatsapp_rust::{
    bot::{Bot, EventDelivery},
    wacore::store::{DevicePropsOverride, traits::DeviceStore as _},
    waproto::whatsapp::device_props::PlatformType,
};

use crate::{
    WhatsAppWeb,
    arrive::Intake,
    keep::Memory,
    line::{Line, Open},
};

/// Events of one phone that wait to be looked at. Messages are no events, and none of them is lost.
const EVENTS: usize = 4096;
/// How long a connection may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

impl WhatsAppWeb {
    /// The memory of a phone's session, open or not.
    pub(crate) fn memory(&self, inbox: &Inbox) -> Result<Arc<Memory>> {
        if let Some((_, memory)) = self.line(inbox.id).get() {
            return Ok(memory);
        }
        let store = self.core().store.clone();
        let node = self.0.settings.node;
        Ok(Arc::new(Memory::new(store, inbox.id, node, &self.0.key)?))
    }

    /// Whether a session has credentials.
    pub(crate) async fn is_paired(&self, inbox: &Inbox) -> Result<bool> {
        let memory = self.memory(inbox)?;
        let device = memory.load().await.map_err(|error| unavailable(&error))?;
        Ok(device.is_some_and(|it| it.pn.is_some()))
    }

    /// Opens a phone's connection, unless it is open.
    pub(crate) async fn open(&self, inbox: &Arc<Inbox>) -> Result<Arc<Line>> {
        let line = self.line(inbox.id);
        let mut door = line.door.lock().await;
        line.asked(self.core().clock.now());
        if door.is_some() {
            drop(door);
            return Ok(line);
        }
        self.hold_here(inbox).await?;
        let memory = self.memory(inbox)?;
        let unread = memory.all_unread().await;
        *line.unread() = unread.map_err(|error| unavailable(&error))?;
        let turn = line.next_turn();
        let (engine, id) = (self.clone(), inbox.id);
        let intake = Intake::new(self.clone(), id);
        let settings = &self.0.settings;
        let mut building = Bot::builder()
            .with_backend_arc(memory.clone())
            .with_transport_factory(self.0.reach.socket.clone())
            .with_http_client(self.0.reach.files.clone())
            .with_device_props(
                DevicePropsOverride::new()
                    .with_os(settings.device_name.clone())
                    .with_platform_type(PlatformType::CHROME),
            )
            .skip_history_sync()
            .with_event_delivery(EventDelivery::Ordered { capacity: EVENTS })
            .with_inbound_durability_hook(intake)
            .on_event(move |event, client| {
                let engine = engine.clone();
                async move { engine.heard(id, turn, &event, &client).await }
            });
        if let Some(version) = settings.version {
            building = building.with_version(version);
        }
        let bot = building
            .build()
            .await
            .map_err(|error| unavailable(&error))?;
        let handle = bot.spawn();
        line.set(Some((handle.client(), memory.clone())));
        *door = Some(Open { handle, memory });
        drop(door);
        Ok(line)
    }

    /// Closes a phone's connection. What it was told and had not committed, WhatsApp tells again.
    pub(crate) async fn close(&self, id: InboxId) {
        let line = self.line(id);
        let mut door = line.door.lock().await;
        line.next_turn();
        line.set(None);
        line.shown.send_replace(None);
        let Some(open) = door.take() else { return };
        if tokio::time::timeout(GOODBYE, open.handle.shutdown())
            .await
            .is_err()
        {
            tracing::warn!(inbox.id = id.0, "a phone's connection did not end in time");
        }
        if let Err(error) = open.memory.end().await {
            tracing::warn!(%error, inbox.id = id.0, "what a session remembers was not written");
        }
    }

    /// Drops a phone's connection that another server has now: nothing of it is written any more.
    pub(crate) async fn abandon(&self, id: InboxId) {
        if let Some((_, memory)) = self.line(id).get() {
            memory.abandon();
        }
        self.close(id).await;
    }

    /// The same as closing for whoever must not wait for it, such as the connection itself.
    pub(crate) fn close_later(&self, id: InboxId, turn: u64) {
        let engine = self.clone();
        tokio::spawn(async move {
            if engine.line(id).is_turn(turn) {
                engine.close(id).await;
            }
        });
    }
}

pub(crate) fn unavailable(error: &dyn std::error::Error) -> Error {
    Error::refused(
        Kind::Unavailable,
        format!("the phone's session cannot be opened now: {error}"),
    )
}
