//! Bans: the network shuts a number out, for ever or for a while, whatever device it comes with.

use std::{sync::Arc, time::Duration};

use app::{
    Error, Result,
    ports::{Tx, View},
    sessions,
};
use domain::{Inbox, Kind, SessionState, Timestamp};
use serde::{Deserialize, Serialize};

use super::{NAME, Sandbox, device::Device, pairing::open, session::not_paired};

/// A number's ban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ban {
    reason: String,
    /// When it ends, if it does.
    until_micros: Option<i64>,
}

impl Ban {
    fn place(number: &str) -> String {
        format!("banned:{number}")
    }

    /// The ban of a number, if there is one at this time.
    pub(super) fn find<V: View + ?Sized>(
        view: &V,
        number: &str,
        now: Timestamp,
    ) -> Result<Option<Self>> {
        let kept = view.find_kept(NAME, &Self::place(number))?;
        let ban: Option<Self> = kept.and_then(|it| serde_json::from_str(&it).ok());
        Ok(ban.filter(|it| it.until_micros.is_none_or(|end| now.as_microsecond() < end)))
    }

    fn keep(&self, tx: &mut dyn Tx, number: &str) -> Result<()> {
        let text = serde_json::to_string(self).unwrap_or_default();
        tx.keep(NAME, &Self::place(number), Some(&text))
    }

    /// As the phone's program is told.
    fn sentence(&self) -> String {
        let end = self.until_micros;
        match end.and_then(|it| Timestamp::from_microsecond(it).ok()) {
            Some(end) => format!("{} (until {end:.0})", self.reason),
            None => self.reason.clone(),
        }
    }

    pub(super) fn refusal(&self) -> Error {
        let text = format!("the network has banned this number: {}", self.sentence());
        Error::refused(Kind::Conflict, text)
    }
}

impl Sandbox {
    /// The network shuts the number of a phone out.
    pub(super) async fn banned(
        &self,
        inbox: &Arc<Inbox>,
        reason: String,
        lasts: Option<Duration>,
    ) -> Result<()> {
        let (phone, directory) = (inbox.clone(), self.core().directory.clone());
        self.core()
            .store
            .transact(move |tx| {
                let device = Device::find(&*tx, &phone)?.ok_or_else(not_paired)?;
                let end = lasts.and_then(|it| tx.now().checked_add(it).ok());
                let ban = Ban {
                    reason: reason.clone(),
                    until_micros: end.map(Timestamp::as_microsecond),
                };
                ban.keep(tx, &device.number)?;
                let connected = directory.inbox(phone.id);
                let connected = connected.ok_or_else(|| Error::not_found("phone"))?;
                sessions::ban(tx, &connected, &ban.sentence()).map(drop)
            })
            .await
    }

    /// And lets it in again. What waits goes when the phone's owner says so: whatever made the network ban it may be
    /// in there.
    pub(super) async fn forgiven(&self, inbox: &Arc<Inbox>) -> Result<()> {
        let phone = inbox.clone();
        self.core()
            .store
            .transact(move |tx| {
                if sessions::load(&*tx, &phone)?.state != SessionState::Banned {
                    return Err(Error::refused(Kind::Conflict, "the phone is not banned"));
                }
                if let Some(device) = Device::find(&*tx, &phone)? {
                    tx.keep(NAME, &Ban::place(&device.number), None)?;
                    open(tx, &phone, &device.number)?;
                }
                Ok(())
            })
            .await?;
        self.open_later(inbox);
        Ok(())
    }

    /// Lets those in again whose time is over.
    pub(super) async fn let_in(&self) -> Result<()> {
        let now = self.core().clock.now();
        for inbox in self.phones() {
            let over = self.core().store.view(|view| {
                if sessions::load(view, &inbox)?.state != SessionState::Banned {
                    return Ok(false);
                }
                match Device::find(view, &inbox)? {
                    Some(device) => Ok(Ban::find(view, &device.number, now)?.is_none()),
                    None => Ok(false),
                }
            })?;
            if over {
                self.forgiven(&inbox).await?;
            }
        }
        Ok(())
    }
}
