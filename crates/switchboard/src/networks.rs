//! The networks that this server reaches, wired to the engine that sends and to the doors that need them.

use std::sync::Arc;

use anyhow::{Result, bail};
use app::{
    Core,
    deliveries::Carriers,
    ports::{Carrier, Intake, NetworkFiles, Phones, Templates, World},
    signs::Teller,
};
use carriers::{
    ctlive::Ctlive,
    guard::Guard,
    local::Local,
    sandbox::{self, Pace, Sandbox},
    telegram::{self, Telegram},
    whatsapp_cloud::{self, WhatsAppCloud},
};
use edge::{Edge, PhoneCarriers, ctlive, onechat};
use tokio::{sync::watch, task::JoinHandle};

use crate::{config, linked::Linked};

/// Every network.
pub(crate) struct Networks {
    core: Core,
    /// This server, if others share its store.
    node: Option<i64>,
    connector: Arc<Ctlive>,
    cloud: Arc<WhatsAppCloud>,
    telegram: Telegram,
    sandbox: Sandbox,
    linked: Option<Linked>,
    /// The network of phones that are added.
    new_phones: &'static str,
}

impl Networks {
    /// Networks that are called through this guard, and a simulated one at this pace, on this node of those that
    /// share the store. What sessions remember is sealed with the server's key.
    pub(crate) fn new(
        core: &Core,
        guard: Guard,
        pace: Pace,
        node: Option<i64>,
        (web, key): (&config::WhatsAppWeb, [u8; 32]),
    ) -> Result<Self> {
        let (clock, media) = (core.clock.clone(), core.media.clone());
        let linked = Linked::new(core, guard.clone(), node, web, key)?;
        let new_phones = match &linked {
            Some(_) if web.new_phones => Linked::NAME,
            None if web.new_phones => bail!(
                "whatsapp_web.new_phones is set, and this server is built without the WhatsApp Web engine: build it \
                 with --features whatsapp-web"
            ),
            _ => sandbox::NAME,
        };
        Ok(Self {
            core: core.clone(),
            node,
            connector: Arc::new(Ctlive::new(guard.clone(), clock.clone())),
            cloud: Arc::new(WhatsAppCloud::new(guard.clone(), clock, media)),
            telegram: Telegram::new(core.clone(), guard, node),
            sandbox: Sandbox::new(core.clone(), pace),
            linked,
            new_phones,
        })
    }

    /// What sends through them.
    pub(crate) fn carriers(&self) -> Carriers {
        let simulated: Arc<dyn Carrier> = Arc::new(self.sandbox.clone());
        let bots: Arc<dyn Carrier> = Arc::new(self.telegram.clone());
        let mut carriers = Carriers::from([
            (ctlive::CARRIER, self.connector.clone() as Arc<dyn Carrier>),
            (sandbox::NAME, simulated),
            (whatsapp_cloud::NAME, self.cloud.clone()),
            (telegram::NAME, bots),
            (onechat::settings::API, Arc::new(Local)),
            (onechat::settings::WIDGET, Arc::new(Local)),
        ]);
        carriers.extend(self.linked.as_ref().map(|it| (Linked::NAME, it.carrier())));
        carriers
    }

    /// Doors that can ask them.
    pub(crate) fn open(&self, edge: Edge) -> Edge {
        let phones: Arc<dyn Phones> = Arc::new(self.sandbox.clone());
        let mut all = PhoneCarriers::from([(sandbox::NAME, phones)]);
        all.extend(self.linked.as_ref().map(|it| (Linked::NAME, it.phones())));
        let world: Arc<dyn World> = Arc::new(self.sandbox.clone());
        let files: Arc<dyn NetworkFiles> = self.cloud.clone();
        let templates: Arc<dyn Templates> = self.cloud.clone();
        let bots: Arc<dyn Intake> = Arc::new(self.telegram.clone());
        edge.with_carriers(self.carriers())
            .with_phones(all, self.new_phones)
            .with_files([(whatsapp_cloud::NAME, files)].into())
            .with_templates([(whatsapp_cloud::NAME, templates)].into())
            .with_intakes([(telegram::NAME, bots)].into())
            .with_world(world)
    }

    /// Looks after those that have to be looked after, until `stopping` says so.
    pub(crate) fn run(self, stopping: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
        let teller = Teller::new(self.core.clone(), self.carriers(), self.node);
        let mut tasks = vec![
            tokio::spawn(teller.run(stopping.clone())),
            tokio::spawn(self.sandbox.run(stopping.clone())),
            tokio::spawn(self.telegram.run(stopping.clone())),
        ];
        let linked = self.linked.map(|it| it.run(stopping.clone()));
        tasks.extend(linked.map(tokio::spawn));
        tasks
    }
}
