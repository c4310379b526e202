//! What the network gives a phone when it pairs, and backups of that.

use app::{
    Error, Result,
    ports::{Backup, Tx, View},
    seal::{Purpose, Sealer},
    tokens::random_text,
};
use domain::{Inbox, InboxId, Kind};
use serde::{Deserialize, Serialize};

use super::NAME;

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

    /// What a backup's proof is of.
    fn proved(&self) -> String {
        format!("{NAME}|{}|{}", self.number, self.id)
    }

    /// The backup, under the names that the source document has ("POST restore").
    pub(super) fn backup(&self, sealer: &Sealer) -> Backup {
        let proof = sealer.proof(Purpose::Backup, &self.proved());
        [
            ("WABrowserId", self.id.clone()),
            ("WANumber", self.number.clone()),
            ("WAToken", proof),
            ("debugCursor", "1".to_owned()),
            ("remember-me", "true".to_owned()),
            ("whatsapp-mutex", format!("{}:init", self.id)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// The device in a backup that this server has made, or another with the same key.
    pub(super) fn restore(sealer: &Sealer, backup: &Backup) -> Result<Self> {
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
        if sealer.is_proved(Purpose::Backup, &device.proved(), &shown) {
            Ok(device)
        } else {
            Err(bad())
        }
    }

    fn place(inbox: &Inbox) -> String {
        kept_name(inbox.id)
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

/// Under which name the device of a phone is kept.
pub fn kept_name(phone: InboxId) -> String {
    format!("device:{phone}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_opens_its_own_session_and_no_forged_one() {
        let device = Device::new("447700900100").unwrap();
        let (sealer, other) = (Sealer::new(&[1; 32]), Sealer::new(&[2; 32]));
        let backup = device.backup(&sealer);
        assert_eq!(Device::restore(&sealer, &backup).unwrap(), device);
        assert!(Device::restore(&other, &backup).is_err());
        for name in ["WABrowserId", "WANumber", "WAToken"] {
            let mut forged = backup.clone();
            forged.insert(name.to_owned(), "447700900999".to_owned());
            assert!(Device::restore(&sealer, &forged).is_err(), "{name}");
            forged.remove(name);
            assert!(Device::restore(&sealer, &forged).is_err(), "{name}");
        }
    }
}
