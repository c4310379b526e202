//! The networks that this server reaches, wired to the engine that sends and to the doors that need them.

use std::sync::Arc;

use app::{
    Core,
    deliveries::Carriers,
    ports::{Carrier, Intake, NetworkFiles, Phones, Templates, World},
};
use carriers::{
    ctlive::Ctlive,
    guard::Guard,
    local::Local,
    sandbox::{self, Pace, Sandbox},
    telegram::{self, Telegram},
    whatsapp_cloud::{self, WhatsAppCloud},
};
use edge::{Edge, ctlive, onechat};

/// Every network.
pub(crate) struct Networks {
    connector: Arc<Ctlive>,
    cloud: Arc<WhatsAppCloud>,
    pub(crate) telegram: Telegram,
    pub(crate) sandbox: Sandbox,
}

impl Networks {
    /// Networks that are called through this guard, and a simulated one at this pace, on this node of those that
    /// share the store.
    pub(crate) fn new(core: &Core, guard: Guard, pace: Pace, node: Option<i64>) -> Self {
        let (clock, media) = (core.clock.clone(), core.media.clone());
        Self {
            connector: Arc::new(Ctlive::new(guard.clone(), clock.clone())),
            cloud: Arc::new(WhatsAppCloud::new(guard.clone(), clock, media)),
            telegram: Telegram::new(core.clone(), guard, node),
            sandbox: Sandbox::new(core.clone(), pace),
        }
    }

    /// What sends through them.
    pub(crate) fn carriers(&self) -> Carriers {
        let simulated: Arc<dyn Carrier> = Arc::new(self.sandbox.clone());
        let bots: Arc<dyn Carrier> = Arc::new(self.telegram.clone());
        Carriers::from([
            (ctlive::CARRIER, self.connector.clone() as Arc<dyn Carrier>),
            (sandbox::NAME, simulated),
            (whatsapp_cloud::NAME, self.cloud.clone()),
            (telegram::NAME, bots),
            (onechat::settings::API, Arc::new(Local)),
            (onechat::settings::WIDGET, Arc::new(Local)),
        ])
    }

    /// Doors that can ask them.
    pub(crate) fn open(&self, edge: Edge) -> Edge {
        let phones: Arc<dyn Phones> = Arc::new(self.sandbox.clone());
        let world: Arc<dyn World> = Arc::new(self.sandbox.clone());
        let files: Arc<dyn NetworkFiles> = self.cloud.clone();
        let templates: Arc<dyn Templates> = self.cloud.clone();
        let bots: Arc<dyn Intake> = Arc::new(self.telegram.clone());
        edge.with_phones([(sandbox::NAME, phones)].into(), sandbox::NAME)
            .with_files([(whatsapp_cloud::NAME, files)].into())
            .with_templates([(whatsapp_cloud::NAME, templates)].into())
            .with_intakes([(telegram::NAME, bots)].into())
            .with_world(world)
    }
}
