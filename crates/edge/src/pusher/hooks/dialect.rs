//! How an endpoint is told in Pusher's dialect: exact bytes, signed with the application's own secret.
//!
//! An endpoint of this dialect is one application's. Its secret is that application's key and secret, `KEY:SECRET`:
//! which application's events it gets, and how they are signed.

use app::{
    Core,
    deliveries::Notice,
    hooks::{Endpoint, HookDialect},
    ports::SocketApp,
};
use domain::{DeliveryId, Entry, Timestamp};
use wire::{
    hooks::pusher::{self, Body, CONTENT_TYPE, Kind},
    pusher::signature::Secret,
};

/// Pusher's webhooks.
pub(crate) struct PusherHooks;

/// The secret of an application's endpoints: its oldest key's.
pub fn secret_of(app: &SocketApp) -> String {
    [&app.key, ":", &app.secret].concat()
}

/// Whether an endpoint is told what becomes of an application's channels.
pub fn is_endpoint_of(endpoint: &Endpoint, app: &SocketApp) -> bool {
    endpoint.dialect == PusherHooks.name() && key_of(endpoint) == Some(&app.key)
}

/// The key of the application whose endpoint it is.
pub(super) fn key_of(endpoint: &Endpoint) -> Option<&str> {
    let (key, _) = endpoint.secrets.first()?.text.split_once(':')?;
    Some(key)
}

impl HookDialect for PusherHooks {
    fn name(&self) -> &'static str {
        "pusher"
    }

    fn knows(&self, event: &str) -> bool {
        Kind::find(event).is_some()
    }

    /// None of its own: the application's signs.
    fn secret(&self, _: &[u8; 32]) -> String {
        String::new()
    }

    /// Nothing: what happens to channels is not in the journal.
    fn render(&self, _: &Core, _: &Endpoint, _: &Entry) -> Vec<(String, String)> {
        Vec::new()
    }

    /// A post with nothing in it, which every server library accepts.
    fn test(&self, _: &Endpoint, now: Timestamp) -> (String, String) {
        ("test".to_owned(), body(&[], now))
    }

    fn headers(
        &self,
        _: DeliveryId,
        notice: &Notice,
        secrets: &[&str],
        _: Timestamp,
    ) -> Vec<(String, String)> {
        let mut all = vec![("content-type".to_owned(), CONTENT_TYPE.to_owned())];
        if let Some((key, secret)) = secrets.first().and_then(|it| it.split_once(':')) {
            let signed = pusher::headers(key, &Secret::new(secret), notice.body.as_bytes());
            all.extend(signed.map(|(name, value)| (name.to_owned(), value)));
        }
        all
    }
}

/// The exact bytes of one post.
pub(super) fn body(events: &[pusher::Event<'_>], now: Timestamp) -> String {
    let body = Body {
        time_ms: now.as_millisecond(),
        events,
    };
    let bytes = body.to_bytes().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
