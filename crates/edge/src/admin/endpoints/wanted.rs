//! What an owner says of an endpoint.

use app::{Error, Result, hooks::HookDialect};
use domain::{AccountId, InboxId, Kind};
use serde::{Deserialize, Deserializer};

use crate::{
    Edge,
    pusher::hooks::{PusherHooks, secret_of},
};

/// The fastest pace that can be set, in posts a second.
const PER_SECOND_MAX: i64 = 10_000;
/// The most posts that may be under way to one endpoint.
const IN_FLIGHT_MAX: i64 = 100;

/// What a request may say of an endpoint.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    pub(super) url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) dialect: Option<String>,
    /// Whose webhooks an endpoint of Pusher's dialect gets.
    pub(super) app_id: Option<i64>,
    pub(super) events: Option<Vec<String>>,
    /// Null for any inbox.
    #[serde(deserialize_with = "given")]
    pub(super) inbox_id: Option<Option<i64>>,
    pub(super) ordered: Option<bool>,
    per_second: Option<i64>,
    in_flight: Option<i64>,
}

/// Tells what was given as null from what was not given.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Wanted {
    /// The inbox, if one is named; it must be the account's.
    pub(super) fn inbox(&self, edge: &Edge, account: AccountId) -> Result<Option<InboxId>> {
        let Some(id) = self.inbox_id.flatten() else {
            return Ok(None);
        };
        let tables = edge.core.directory.tables();
        if tables.inboxes_of(account).any(|it| it.inbox.id.0 == id) {
            return Ok(Some(InboxId(id)));
        }
        let text = "inbox_id is none of the account's inboxes";
        Err(Error::refused(Kind::Invalid, text))
    }

    /// What signs for a new endpoint: the secret of its application, or one of its own.
    pub(super) fn secret(
        &self,
        edge: &Edge,
        account: AccountId,
        dialect: &dyn HookDialect,
    ) -> Result<String> {
        if dialect.name() != PusherHooks.name() {
            if self.app_id.is_some() {
                let text = "app_id is for endpoints of the dialect pusher";
                return Err(Error::refused(Kind::Invalid, text));
            }
            return Ok(dialect.secret(&crate::hooks::random()?));
        }
        let tables = edge.core.directory.tables();
        let mut mine = tables
            .socket_apps
            .values()
            .filter(|it| it.account_id == account);
        let found = mine.find(|it| Some(it.id.0) == self.app_id);
        found.map(|app| secret_of(app)).ok_or_else(|| {
            let text = "app_id is none of the account's socket applications";
            Error::refused(Kind::Invalid, text)
        })
    }

    /// The events, if any are named; the dialect must have them.
    pub(super) fn check_events(&self, dialect: &dyn HookDialect) -> Result<()> {
        let mut named = self.events.iter().flatten();
        match named.find(|it| !dialect.knows(it)) {
            None => Ok(()),
            Some(event) => Err(Error::refused(
                Kind::Invalid,
                format!("{event:?} is no event of the dialect {}", dialect.name()),
            )),
        }
    }

    /// Posts a second, if limited, within our limit.
    pub(super) fn per_second(&self) -> Option<i64> {
        self.per_second.map(|it| it.clamp(0, PER_SECOND_MAX))
    }

    /// Posts under way, if said, within our limit.
    pub(super) fn in_flight(&self) -> Option<i64> {
        self.in_flight.map(|it| it.clamp(1, IN_FLIGHT_MAX))
    }
}
