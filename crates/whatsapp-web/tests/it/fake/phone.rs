//! Somebody's own program: a real client of the library, which talks through the server.

use std::{sync::Arc, time::Duration};

use whatsapp_rust::{
    Client, InboundDurabilityHook, Jid, anyhow,
    async_channel::{self, Receiver, Sender},
    bot::{Bot, BotHandle, EventDelivery},
    traits::DeviceStore as _,
    wacore::{
        store::InMemoryBackend,
        types::events::{Event, InboundMessage},
    },
};

use super::{FakeWhatsApp, cdn::Files, connection::Sockets};

/// How long somebody waits for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody with a linked device of their own.
pub(crate) struct Somebody {
    pub(crate) client: Arc<Client>,
    heard: Receiver<InboundMessage>,
    told: Receiver<Arc<Event>>,
    _running: BotHandle,
}

struct Ear(Sender<InboundMessage>);

#[whatsapp_rust::async_trait]
impl InboundDurabilityHook for Ear {
    async fn on_messages(&self, _: Arc<Client>, batch: &[InboundMessage]) -> anyhow::Result<()> {
        for it in batch {
            self.0.send(it.clone()).await?;
        }
        Ok(())
    }
}

impl FakeWhatsApp {
    /// Somebody gets a number, and a device that is connected.
    pub(crate) async fn somebody(&self, number: &str, name: &str) -> Somebody {
        self.add(number, name);
        self.owner(number).await
    }

    /// Another device of a number: what its owner writes past the server.
    pub(crate) async fn owner(&self, number: &str) -> Somebody {
        let (credentials, _) = self.linked(number);
        let memory = Arc::new(InMemoryBackend::new());
        memory.create().await.unwrap();
        memory.save(&credentials).await.unwrap();
        let (ear, heard) = async_channel::unbounded();
        let (tells, told) = async_channel::unbounded();
        let running = Bot::builder()
            .with_backend_arc(memory)
            .with_transport_factory(Sockets(self.clone()))
            .with_http_client(Files(self.clone()))
            .with_version((2, 3000, 1))
            .with_wanted_pre_key_count(30)
            .with_event_delivery(EventDelivery::Ordered { capacity: 1000 })
            .with_inbound_durability_hook(Ear(ear))
            .on_event(move |event, _| {
                let tells = tells.clone();
                async move { drop(tells.send(event).await) }
            })
            .build()
            .await
            .unwrap()
            .spawn();
        let client = running.client();
        client.wait_for_connected(PATIENCE).await.unwrap();
        Somebody {
            client,
            heard,
            told,
            _running: running,
        }
    }
}

impl Somebody {
    /// Says something to a chat. Returns its id.
    pub(crate) async fn say(&self, to: &str, text: &str) -> String {
        let to = self.chat(to);
        self.client.send_text(&to, text).await.unwrap().message_id
    }

    /// A chat by its name outside.
    pub(crate) fn chat(&self, name: &str) -> Jid {
        match name.strip_suffix("@g.us") {
            Some(group) => Jid::group(group),
            None => Jid::pn(name),
        }
    }

    /// The next message that fits.
    pub(crate) async fn hears(
        &self,
        what: &str,
        fits: impl Fn(&InboundMessage) -> bool,
    ) -> InboundMessage {
        let waiting = async {
            loop {
                let it = self.heard.recv().await.unwrap();
                if fits(&it) {
                    return it;
                }
            }
        };
        let heard = tokio::time::timeout(PATIENCE, waiting).await;
        heard.unwrap_or_else(|_| panic!("nobody has heard {what}"))
    }

    /// The next event that fits.
    pub(crate) async fn is_told(&self, what: &str, fits: impl Fn(&Event) -> bool) {
        let waiting = async {
            loop {
                if fits(&self.told.recv().await.unwrap()) {
                    return;
                }
            }
        };
        let told = tokio::time::timeout(PATIENCE, waiting).await;
        told.unwrap_or_else(|_| panic!("nobody was told of {what}"));
    }

    /// How many messages have come and were not looked at.
    pub(crate) fn unheard(&self) -> usize {
        self.heard.len()
    }
}
