//! What the network gives a phone when it pairs, and backups of that.

use app::{
    Error, Result,
    ports::{Backup, Tx, View},
    tokens::random_text,
};
use domain::{Inbox, Kind};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::NAME;

/// The simulated network signs with this. It protects nothing: whoever may use a sandbox may pair any number in it.
const NETWORK_KEY: &[u8] = b"the sandbox's own network";

/// One linking of a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Device {
    /// The number, in digits.
    pub(super) number: String,
    /// What tells it from other linkings of the same number.
    pub(super) id: String,
}

impl Device {
    pub(super) fn new(number: &str) -> Result<Self> {
        Ok(Self {
            number: number.to_owned(),
            id: random_text()?,
        })
    }

    fn signature(&self) -> String {
        // Any length of key will do.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(NETWORK_KEY) else {
            return String::new();
        };
        mac.update(self.number.as_bytes());
        mac.update(b"|");
        mac.update(self.id.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes.iter().map(|it| format!("{it:02x}")).collect()
    }

    /// The backup, under the names that the source document has ("POST restore").
    pub(super) fn backup(&self) -> Backup {
        [
            ("WABrowserId", self.id.clone()),
            ("WANumber", self.number.clone()),
            ("WAToken", self.signature()),
            ("debugCursor", "1".to_owned()),
            ("remember-me", "true".to_owned()),
            ("whatsapp-mutex", format!("{}:init", self.id)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// The device in a backup that this network has made.
    pub(super) fn restore(backup: &Backup) -> Result<Self> {
        let text = |name: &str| backup.get(name).cloned();
        let bad = || {
            Error::refused(
                Kind::Invalid,
                "this is no backup of a session: post what backup answered in data",
            )
        };
        let device = Self {
            number: text("WANumber").ok_or_else(bad)?,
            id: text("WABrowserId").ok_or_else(bad)?,
        };
        let shown = text("WAToken").unwrap_or_default();
        let same = device.signature().as_bytes().ct_eq(shown.as_bytes());
        if bool::from(same) {
            Ok(device)
        } else {
            Err(bad())
        }
    }

    fn place(inbox: &Inbox) -> String {
        format!("device:{}", inbox.id)
    }

    /// The device of a phone, if it is paired.
    pub(super) fn find<V: View + ?Sized>(view: &V, inbox: &Inbox) -> Result<Option<Self>> {
        let kept = view.find_kept(NAME, &Self::place(inbox))?;
        Ok(kept.and_then(|it| serde_json::from_str(&it).ok()))
    }

    /// Keeps it for a phone.
    pub(super) fn keep(&self, tx: &mut dyn Tx, inbox: &Inbox) -> Result<()> {
        let text = serde_json::to_string(self).unwrap_or_default();
        tx.keep(NAME, &Self::place(inbox), Some(&text))
    }

    /// Forgets the device of a phone.
    pub(super) fn forget(tx: &mut dyn Tx, inbox: &Inbox) -> Result<()> {
        tx.keep(NAME, &Self::place(inbox), None)
    }

    /// The phone's owner takes it away: no backup of it opens anything any more.
    pub(super) fn unlink(&self, tx: &mut dyn Tx) -> Result<()> {
        tx.keep(NAME, &format!("unlinked:{}", self.id), Some(""))
    }

    /// Whether its owner has taken it away.
    pub(super) fn is_unlinked<V: View + ?Sized>(&self, view: &V) -> Result<bool> {
        Ok(view
            .find_kept(NAME, &format!("unlinked:{}", self.id))?
            .is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_opens_its_own_session_and_no_forged_one() {
        let device = Device::new("447700900100").unwrap();
        let backup = device.backup();
        assert_eq!(Device::restore(&backup).unwrap(), device);
        for name in ["WABrowserId", "WANumber", "WAToken"] {
            let mut forged = backup.clone();
            forged.insert(name.to_owned(), "447700900999".to_owned());
            assert!(Device::restore(&forged).is_err(), "{name}");
            forged.remove(name);
            assert!(Device::restore(&forged).is_err(), "{name}");
        }
    }
}
