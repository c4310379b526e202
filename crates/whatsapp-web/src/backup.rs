//! Backups: the credentials, and the keys with which others may begin a conversation.
//!
//! Ratchets are not in it: one that is set back would say things twice, and nobody would hear them. Whoever writes to
//! a restored session begins anew, by itself.

use std::sync::Arc;

use app::{
    Error, Result, inboxes,
    ports::{Backup, Tx},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::{Inbox, Kind};
use whatsapp_rust::wacore::store::{Device, traits::DeviceStore as _};

use crate::{
    WhatsAppWeb,
    open::unavailable,
    pairing::{closed, keep_backed_up, opening},
};

/// The credentials' name in a backup.
const SESSION: &str = "WASession";
/// And that of the keys.
const KEYS: &str = "WAKeys";
/// The number's.
const NUMBER: &str = "WANumber";

/// Keys, by what they are and their names.
type Keys = Vec<(String, Vec<u8>)>;

impl WhatsAppWeb {
    pub(crate) async fn backed_up(&self, inbox: &Arc<Inbox>) -> Result<Backup> {
        if !self.is_paired(inbox).await? {
            return Err(not_paired());
        }
        let memory = self.memory(inbox)?;
        if let Some((client, _)) = self.line(inbox.id).get() {
            let device = client.persistence_manager();
            device.flush().await.map_err(|it| unavailable(&it))?;
        }
        let device = memory.load().await.map_err(|it| unavailable(&it))?;
        let device = device.ok_or_else(not_paired)?;
        let keys = memory.keys().await.map_err(|it| unavailable(&it))?;
        let phone = inbox.clone();
        self.core()
            .store
            .transact(move |tx| keep_backed_up(tx, &phone, true))
            .await?;
        let number = device.pn.as_ref().map(|it| it.user_base().to_owned());
        let session = serde_json::to_vec(&device).map_err(|it| unavailable(&it))?;
        let keys: Vec<String> = keys
            .iter()
            .map(|(name, value)| format!("{name} {}", STANDARD_NO_PAD.encode(value)))
            .collect();
        let id = format!("{:08x}", device.registration_id);
        // The names that the source document has ("POST restore"), and ours.
        let all = [
            ("WABrowserId", id.clone()),
            ("debugCursor", "1".to_owned()),
            ("remember-me", "true".to_owned()),
            ("whatsapp-mutex", format!("{id}:init")),
            (NUMBER, number.unwrap_or_default()),
            (SESSION, STANDARD_NO_PAD.encode(session)),
            (KEYS, keys.join("\n")),
        ];
        Ok(all
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect())
    }

    pub(crate) async fn restored(&self, inbox: &Arc<Inbox>, backup: &Backup) -> Result<()> {
        let (device, keys) = read(backup).ok_or_else(|| {
            let text = "this is no backup of a session: post what backup answered in data";
            Error::refused(Kind::Invalid, text)
        })?;
        let Some(number) = device.pn.as_ref().map(|it| it.user_base().to_owned()) else {
            return Err(not_paired());
        };
        if !self.session(inbox)?.may_pair() {
            return Err(Error::refused(
                Kind::Conflict,
                "the phone is paired already",
            ));
        }
        self.close(inbox.id).await;
        let (id, phone) = (inbox.id, inbox.clone());
        let inbox = self
            .core()
            .store
            .transact(move |tx: &mut dyn Tx| {
                let inbox = inboxes::readdress(tx, id, &number)?;
                tx.delete_session_keys(id)?;
                keep_backed_up(tx, &phone, true)?;
                opening(tx, &inbox, &number)?;
                Ok(inbox)
            })
            .await?;
        let memory = self.memory(&inbox)?;
        memory.restore(keys);
        memory.save(&device).await.map_err(|it| unavailable(&it))?;
        if self.open(&inbox).await.is_err() {
            return Err(closed());
        }
        Ok(())
    }
}

fn read(backup: &Backup) -> Option<(Device, Keys)> {
    let session = STANDARD_NO_PAD.decode(backup.get(SESSION)?).ok()?;
    let device = serde_json::from_slice(&session).ok()?;
    let lines = backup.get(KEYS)?.lines();
    let keys = lines.map(|line| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), STANDARD_NO_PAD.decode(value).ok()?))
    });
    Some((device, keys.collect::<Option<_>>()?))
}

fn not_paired() -> Error {
    Error::refused(Kind::Conflict, "the phone is not paired")
}
