//! Ratchets and keys: never ahead of what is durable, so most of it is written before the library goes on.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use whatsapp_rust::wacore::store::{
    error::{Result, StoreError},
    traits::SignalStore,
};

use super::{LISTED, Memory, kinds::Kind};

/// Numbers as names that sort as numbers.
fn numbered(id: u32) -> String {
    format!("{id:010}")
}

#[async_trait]
impl SignalStore for Memory {
    async fn put_identity(&self, address: &str, key: [u8; 32]) -> Result<()> {
        self.set(Kind::Identity, address, key.to_vec());
        self.write().await
    }

    async fn put_identities_batch(&self, identities: &[(Arc<str>, [u8; 32])]) -> Result<()> {
        for (address, key) in identities {
            self.set(Kind::Identity, address, key.to_vec());
        }
        self.write().await
    }

    async fn load_identity(&self, address: &str) -> Result<Option<[u8; 32]>> {
        let found = self.get(Kind::Identity, address)?;
        let fixed = |it: Vec<u8>| {
            let bad = |_| StoreError::Validation("an identity has 32 bytes".to_owned());
            it.try_into().map_err(bad)
        };
        found.map(fixed).transpose()
    }

    async fn delete_identity(&self, address: &str) -> Result<()> {
        self.unset(Kind::Identity, address);
        self.write().await
    }

    async fn get_session(&self, address: &str) -> Result<Option<Bytes>> {
        Ok(self.get(Kind::Session, address)?.map(Bytes::from))
    }

    async fn put_session(&self, address: &str, session: &[u8]) -> Result<()> {
        self.set(Kind::Session, address, session.to_vec());
        self.write().await
    }

    async fn put_sessions_batch(&self, sessions: &[(Arc<str>, Bytes)]) -> Result<()> {
        for (address, session) in sessions {
            self.set(Kind::Session, address, session.to_vec());
        }
        self.write().await
    }

    async fn delete_session(&self, address: &str) -> Result<()> {
        self.unset(Kind::Session, address);
        self.write().await
    }

    async fn has_signal_state_for_user(&self, user: &str) -> Result<bool> {
        for kind in [Kind::Session, Kind::Identity] {
            for prefix in [format!("{user}@"), format!("{user}:")] {
                let found = self.list(kind, &prefix, 1).await?;
                if found.iter().any(|(key, _)| key.starts_with(&prefix)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    async fn store_prekey(&self, id: u32, record: &[u8], _uploaded: bool) -> Result<()> {
        self.set(Kind::PreKey, &numbered(id), record.to_vec());
        self.write().await
    }

    async fn store_prekeys_batch(&self, keys: &[(u32, Bytes)], _uploaded: bool) -> Result<()> {
        for (id, record) in keys {
            self.set(Kind::PreKey, &numbered(*id), record.to_vec());
        }
        self.write().await
    }

    async fn load_prekey(&self, id: u32) -> Result<Option<Bytes>> {
        Ok(self.get(Kind::PreKey, &numbered(id))?.map(Bytes::from))
    }

    // Nobody asks which were uploaded: the device counts that.
    async fn mark_prekeys_uploaded(&self, _ids: &[u32]) -> Result<()> {
        Ok(())
    }

    // The library removes one when the ratchet that it began is written, and not before.
    async fn remove_prekey(&self, id: u32) -> Result<()> {
        self.unset(Kind::PreKey, &numbered(id));
        Ok(())
    }

    async fn get_max_prekey_id(&self) -> Result<u32> {
        let all = self.list(Kind::PreKey, "", LISTED).await?;
        let last = all.last().and_then(|(key, _)| key.parse().ok());
        Ok(last.unwrap_or(0))
    }

    async fn store_signed_prekey(&self, id: u32, record: &[u8]) -> Result<()> {
        self.set(Kind::SignedPreKey, &numbered(id), record.to_vec());
        self.write().await
    }

    async fn load_signed_prekey(&self, id: u32) -> Result<Option<Vec<u8>>> {
        self.get(Kind::SignedPreKey, &numbered(id))
    }

    async fn load_all_signed_prekeys(&self) -> Result<Vec<(u32, Vec<u8>)>> {
        let all = self.list(Kind::SignedPreKey, "", LISTED).await?;
        let read = |(key, record): (String, Vec<u8>)| Some((key.parse().ok()?, record));
        Ok(all.into_iter().filter_map(read).collect())
    }

    async fn remove_signed_prekey(&self, id: u32) -> Result<()> {
        self.unset(Kind::SignedPreKey, &numbered(id));
        Ok(())
    }

    async fn put_sender_key(&self, address: &str, record: &[u8]) -> Result<()> {
        self.set(Kind::SenderKey, address, record.to_vec());
        self.write().await
    }

    async fn put_sender_keys_batch(&self, sender_keys: &[(Arc<str>, Bytes)]) -> Result<()> {
        for (address, record) in sender_keys {
            self.set(Kind::SenderKey, address, record.to_vec());
        }
        self.write().await
    }

    async fn get_sender_key(&self, address: &str) -> Result<Option<Vec<u8>>> {
        self.get(Kind::SenderKey, address)
    }

    async fn delete_sender_key(&self, address: &str) -> Result<()> {
        self.unset(Kind::SenderKey, address);
        self.write().await
    }
}
