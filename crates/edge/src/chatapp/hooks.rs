//! ChatApp's callbacks: the events of its channels, posted flat (digest 3.4: envelope B). Unsigned, as there.

use app::{
    Core,
    deliveries::Notice,
    hooks::{Endpoint, HookDialect},
};
use domain::{DeliveryId, Entry, Timestamp};

use super::tell::callbacks;

/// ChatApp's callbacks.
pub(crate) struct ChatAppHooks;

impl HookDialect for ChatAppHooks {
    fn name(&self) -> &'static str {
        "chatapp"
    }

    /// Programs list every event they know, the ones of other messengers too.
    fn knows(&self, _: &str) -> bool {
        true
    }

    /// There is nothing to sign with: integrators use an address that cannot be guessed.
    fn secret(&self, _: &[u8; 32]) -> String {
        String::new()
    }

    fn render(&self, core: &Core, _: &Endpoint, entry: &Entry) -> Vec<(String, String)> {
        callbacks(core, entry)
    }

    /// An empty post, as ChatApp checks an address.
    fn test(&self, _: &Endpoint, _: Timestamp) -> (String, String) {
        ("check".to_owned(), String::new())
    }

    fn headers(
        &self,
        _: DeliveryId,
        _: &Notice,
        _: &[&str],
        _: Timestamp,
    ) -> Vec<(String, String)> {
        vec![("content-type".to_owned(), "application/json".to_owned())]
    }
}
