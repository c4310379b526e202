//! Phones that are linked devices of real numbers: the WhatsApp Web engine, if this server is built with it.

#[cfg(feature = "whatsapp-web")]
pub(crate) use with::Linked;
#[cfg(not(feature = "whatsapp-web"))]
pub(crate) use without::Linked;

#[cfg(feature = "whatsapp-web")]
mod with {
    use std::sync::Arc;

    use anyhow::{Context as _, Result};
    use app::{
        Core,
        ports::{Carrier, Phones},
    };
    use carriers::guard::Guard;
    use tokio::sync::watch;
    use whatsapp_web::{Reach, Settings, WhatsAppWeb};

    use crate::config;

    /// The engine.
    pub(crate) struct Linked(WhatsAppWeb);

    impl Linked {
        pub(crate) const NAME: &str = whatsapp_web::NAME;

        pub(crate) fn new(
            core: &Core,
            guard: Guard,
            node: Option<i64>,
            chosen: &config::WhatsAppWeb,
            key: [u8; 32],
        ) -> Result<Option<Self>> {
            let mut settings = Settings {
                read_receipts: chosen.read_receipts,
                node,
                ..Settings::default()
            };
            if let Some(name) = &chosen.device_name {
                settings.device_name.clone_from(name);
            }
            if let Some(text) = &chosen.version {
                let version = Settings::version_of(text);
                settings.version = Some(version.with_context(|| {
                    format!("whatsapp_web.version is three numbers, such as 2.3000.1035000000, and not {text:?}")
                })?);
            }
            let engine = WhatsAppWeb::new(core.clone(), settings, Reach::real(guard), key);
            Ok(Some(Self(engine)))
        }

        pub(crate) fn carrier(&self) -> Arc<dyn Carrier> {
            Arc::new(self.0.clone())
        }

        pub(crate) fn phones(&self) -> Arc<dyn Phones> {
            Arc::new(self.0.clone())
        }

        pub(crate) async fn run(self, stopping: watch::Receiver<bool>) {
            self.0.run(stopping).await;
        }
    }
}

#[cfg(not(feature = "whatsapp-web"))]
mod without {
    use std::sync::Arc;

    use anyhow::Result;
    use app::{
        Core,
        ports::{Carrier, Phones},
    };
    use carriers::guard::Guard;
    use tokio::sync::watch;

    use crate::config;

    /// No engine.
    pub(crate) enum Linked {}

    impl Linked {
        pub(crate) const NAME: &str = "whatsapp_web";

        pub(crate) fn new(
            _: &Core,
            _: Guard,
            _: Option<i64>,
            _: &config::WhatsAppWeb,
            _: [u8; 32],
        ) -> Result<Option<Self>> {
            Ok(None)
        }

        pub(crate) fn carrier(&self) -> Arc<dyn Carrier> {
            match *self {}
        }

        pub(crate) fn phones(&self) -> Arc<dyn Phones> {
            match *self {}
        }

        pub(crate) async fn run(self, _: watch::Receiver<bool>) {
            match self {}
        }
    }
}
