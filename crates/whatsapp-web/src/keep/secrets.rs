//! Secrets of messages, each until its own time.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use whatsapp_rust::wacore::store::{
    error::Result,
    traits::{
        MsgSecretEntry, MsgSecretStore, merge_msg_secret_expiry, merge_msg_secret_message_ts,
    },
};

use super::{Memory, kinds::Kind};

#[derive(Serialize, Deserialize)]
struct Kept {
    secret: Vec<u8>,
    expires_at: i64,
    message_ts: i64,
}

fn place(chat: &str, sender: &str, id: &str) -> String {
    format!("{chat} {sender} {id}")
}

#[async_trait]
impl MsgSecretStore for Memory {
    async fn put_msg_secrets(&self, entries: Vec<MsgSecretEntry>) -> Result<usize> {
        let count = entries.len();
        for entry in entries {
            let place = place(&entry.chat, &entry.sender, &entry.msg_id);
            let mut kept = Kept {
                secret: entry.secret.to_vec(),
                expires_at: entry.expires_at,
                message_ts: entry.message_ts,
            };
            if let Some(known) = self.get_json::<Kept>(Kind::Secret, &place)? {
                kept.expires_at = merge_msg_secret_expiry(known.expires_at, kept.expires_at);
                kept.message_ts = merge_msg_secret_message_ts(known.message_ts, kept.message_ts);
            }
            // None means that it never ends.
            let until = Some(kept.expires_at).filter(|it| *it != 0);
            let until = until.unwrap_or(i64::MAX);
            self.set_marked(Kind::Secret, &place, super::to_json(&kept)?, until);
        }
        Ok(count)
    }

    async fn get_msg_secret(
        &self,
        chat: &str,
        sender: &str,
        msg_id: &str,
    ) -> Result<Option<Vec<u8>>> {
        let found = self.get_msg_secret_with_ts(chat, sender, msg_id).await?;
        Ok(found.map(|(secret, _)| secret))
    }

    async fn get_msg_secret_with_ts(
        &self,
        chat: &str,
        sender: &str,
        msg_id: &str,
    ) -> Result<Option<(Vec<u8>, i64)>> {
        let found: Option<Kept> = self.get_json(Kind::Secret, &place(chat, sender, msg_id))?;
        Ok(found.map(|it| (it.secret, it.message_ts)))
    }

    async fn delete_expired_msg_secrets(&self, cutoff_timestamp: i64) -> Result<u32> {
        self.expire(Kind::Secret, cutoff_timestamp.saturating_add(1))
            .await
    }
}
