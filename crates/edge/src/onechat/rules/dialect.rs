//! The endpoints to which rules and macros post: they are told of nothing else.

use app::{
    Core,
    deliveries::Notice,
    hooks::{Endpoint, HookDialect},
};
use domain::{DeliveryId, Entry, Timestamp};

use crate::onechat::OneChatHooks;

/// OneChat's `send_webhook_event`. Unsigned, because nobody is told a secret.
pub(crate) struct OneChatRules;

impl HookDialect for OneChatRules {
    fn name(&self) -> &'static str {
        "onechat_rules"
    }

    fn knows(&self, _: &str) -> bool {
        false
    }

    fn secret(&self, random: &[u8; 32]) -> String {
        OneChatHooks::Account.secret(random)
    }

    fn render(&self, _: &Core, _: &Endpoint, _: &Entry) -> Vec<(String, String)> {
        Vec::new()
    }

    fn test(&self, endpoint: &Endpoint, now: Timestamp) -> (String, String) {
        OneChatHooks::Account.test(endpoint, now)
    }

    fn headers(
        &self,
        id: DeliveryId,
        notice: &Notice,
        secrets: &[&str],
        now: Timestamp,
    ) -> Vec<(String, String)> {
        OneChatHooks::Account.headers(id, notice, secrets, now)
    }
}
