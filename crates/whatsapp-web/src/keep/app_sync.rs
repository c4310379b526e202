//! The account's settings: how far they are known, and what they are checked by. What belongs together waits together.

use async_trait::async_trait;
use whatsapp_rust::wacore::{
    appstate::{hash::HashState, processor::AppStateMutationMAC},
    store::{
        error::Result,
        traits::{AppStateSyncKey, AppSyncStore},
    },
};

use super::{Memory, kinds::Kind};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

/// Under which a check of a collection is kept.
fn place(collection: &str, index: &[u8]) -> String {
    format!("{collection} {}", hex(index))
}

#[async_trait]
impl AppSyncStore for Memory {
    async fn get_sync_key(&self, key_id: &[u8]) -> Result<Option<AppStateSyncKey>> {
        self.get_json(Kind::SyncKey, &hex(key_id))
    }

    async fn set_sync_key(&self, key_id: &[u8], key: AppStateSyncKey) -> Result<()> {
        self.set_json(Kind::SyncKey, &hex(key_id), &key)?;
        self.set(Kind::SyncKeyLatest, "", key_id.to_vec());
        self.write().await
    }

    async fn get_version(&self, name: &str) -> Result<HashState> {
        Ok(self.get_json(Kind::Version, name)?.unwrap_or_default())
    }

    async fn set_version(&self, name: &str, state: HashState) -> Result<()> {
        self.set_json(Kind::Version, name, &state)
    }

    async fn put_mutation_macs(
        &self,
        name: &str,
        _version: u64,
        mutations: &[AppStateMutationMAC],
    ) -> Result<()> {
        for it in mutations {
            let place = place(name, &it.index_mac);
            self.set(Kind::MutationMac, &place, it.value_mac.clone());
        }
        Ok(())
    }

    async fn get_mutation_mac(&self, name: &str, index_mac: &[u8]) -> Result<Option<Vec<u8>>> {
        self.get(Kind::MutationMac, &place(name, index_mac))
    }

    async fn delete_mutation_macs(&self, name: &str, index_macs: &[Vec<u8>]) -> Result<()> {
        for index in index_macs {
            self.unset(Kind::MutationMac, &place(name, index));
        }
        Ok(())
    }

    async fn clear_mutation_macs(&self, name: &str) -> Result<()> {
        self.clear(Kind::MutationMac, &place(name, &[])).await
    }

    async fn get_latest_sync_key_id(&self) -> Result<Option<Vec<u8>>> {
        self.get(Kind::SyncKeyLatest, "")
    }
}
