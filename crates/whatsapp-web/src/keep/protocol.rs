//! What the protocol knows of others, of groups, and of messages under way.

use std::collections::BTreeMap;

use async_trait::async_trait;
use whatsapp_rust::wacore::store::{
    error::Result,
    traits::{
        DeviceListRecord, LidPnMappingEntry, PendingInboundKey, PendingInboundRow, ProtocolStore,
        TcTokenEntry,
    },
};

use super::{LISTED, Memory, from_json, kinds::Kind};

/// The devices of a group, and whether each has our key.
type GroupDevices = BTreeMap<String, bool>;

fn two(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

fn three(chat: &str, sender: &str, id: &str) -> String {
    format!("{chat} {sender} {id}")
}

#[async_trait]
impl ProtocolStore for Memory {
    async fn get_sender_key_devices(&self, group_jid: &str) -> Result<Vec<(String, bool)>> {
        let found: Option<GroupDevices> = self.get_json(Kind::SenderKeyDevices, group_jid)?;
        Ok(found.unwrap_or_default().into_iter().collect())
    }

    async fn set_sender_key_status(&self, group_jid: &str, entries: &[(&str, bool)]) -> Result<()> {
        let found: Option<GroupDevices> = self.get_json(Kind::SenderKeyDevices, group_jid)?;
        let mut devices = found.unwrap_or_default();
        for (device, has) in entries {
            devices.insert((*device).to_owned(), *has);
        }
        self.set_json(Kind::SenderKeyDevices, group_jid, &devices)
    }

    async fn clear_sender_key_devices(&self, group_jid: &str) -> Result<()> {
        self.unset(Kind::SenderKeyDevices, group_jid);
        Ok(())
    }

    async fn delete_sender_key_device_rows(&self, device_jids: &[&str]) -> Result<()> {
        for (group, value) in self.list(Kind::SenderKeyDevices, "", LISTED).await? {
            let mut devices: GroupDevices = from_json(&value)?;
            let before = devices.len();
            devices.retain(|device, _| !device_jids.contains(&device.as_str()));
            if devices.len() != before {
                self.set_json(Kind::SenderKeyDevices, &group, &devices)?;
            }
        }
        Ok(())
    }

    async fn clear_all_sender_key_devices(&self) -> Result<()> {
        self.clear(Kind::SenderKeyDevices, "").await
    }

    async fn get_lid_mapping(&self, lid: &str) -> Result<Option<LidPnMappingEntry>> {
        self.get_json(Kind::Lid, lid)
    }

    async fn get_pn_mapping(&self, phone: &str) -> Result<Option<LidPnMappingEntry>> {
        let Some(lid) = self.get(Kind::LidOf, phone)? else {
            return Ok(None);
        };
        let found: Option<LidPnMappingEntry> =
            self.get_json(Kind::Lid, &String::from_utf8_lossy(&lid))?;
        Ok(found.filter(|it| it.phone_number == phone))
    }

    async fn put_lid_mapping(&self, entry: &LidPnMappingEntry) -> Result<()> {
        self.set_json(Kind::Lid, &entry.lid, entry)?;
        let lid = entry.lid.clone().into_bytes();
        self.set(Kind::LidOf, &entry.phone_number, lid);
        Ok(())
    }

    async fn get_all_lid_mappings(&self) -> Result<Vec<LidPnMappingEntry>> {
        let all = self.list(Kind::Lid, "", LISTED).await?;
        all.iter().map(|(_, value)| from_json(value)).collect()
    }

    async fn save_base_key(&self, address: &str, message_id: &str, base_key: &[u8]) -> Result<()> {
        let place = two(address, message_id);
        self.set(Kind::BaseKey, &place, base_key.to_vec());
        Ok(())
    }

    async fn has_same_base_key(
        &self,
        address: &str,
        message_id: &str,
        current_base_key: &[u8],
    ) -> Result<bool> {
        let found = self.get(Kind::BaseKey, &two(address, message_id))?;
        Ok(found.as_deref() == Some(current_base_key))
    }

    async fn delete_base_key(&self, address: &str, message_id: &str) -> Result<()> {
        self.unset(Kind::BaseKey, &two(address, message_id));
        Ok(())
    }

    async fn update_device_list(&self, record: DeviceListRecord) -> Result<()> {
        self.set_json(Kind::Devices, &record.user, &record)
    }

    async fn get_devices(&self, user: &str) -> Result<Option<DeviceListRecord>> {
        self.get_json(Kind::Devices, user)
    }

    async fn delete_devices(&self, user: &str) -> Result<()> {
        self.unset(Kind::Devices, user);
        Ok(())
    }

    async fn get_group_metadata(&self, group_jid: &str) -> Result<Option<Vec<u8>>> {
        self.get(Kind::Group, group_jid)
    }

    async fn put_group_metadata(&self, group_jid: &str, blob: &[u8]) -> Result<()> {
        self.set(Kind::Group, group_jid, blob.to_vec());
        Ok(())
    }

    async fn delete_group_metadata(&self, group_jid: &str) -> Result<()> {
        self.unset(Kind::Group, group_jid);
        Ok(())
    }

    async fn get_tc_token(&self, jid: &str) -> Result<Option<TcTokenEntry>> {
        self.get_json(Kind::TcToken, jid)
    }

    async fn put_tc_token(&self, jid: &str, entry: &TcTokenEntry) -> Result<()> {
        self.set_json(Kind::TcToken, jid, entry)
    }

    async fn delete_tc_token(&self, jid: &str) -> Result<()> {
        self.unset(Kind::TcToken, jid);
        Ok(())
    }

    async fn get_all_tc_token_jids(&self) -> Result<Vec<String>> {
        let all = self.list(Kind::TcToken, "", LISTED).await?;
        Ok(all.into_iter().map(|(jid, _)| jid).collect())
    }

    async fn delete_expired_tc_tokens(&self, token_cutoff: i64, sender_cutoff: i64) -> Result<u32> {
        let mut gone = 0;
        for (jid, value) in self.list(Kind::TcToken, "", LISTED).await? {
            let token: TcTokenEntry = from_json(&value)?;
            let theirs = !token.token.is_empty() && token.token_timestamp >= token_cutoff;
            let ours = token.sender_timestamp.is_some_and(|it| it >= sender_cutoff);
            if !theirs && !ours {
                self.unset(Kind::TcToken, &jid);
                gone += 1;
            }
        }
        Ok(gone)
    }

    async fn store_sent_message(
        &self,
        chat_jid: &str,
        message_id: &str,
        payload: &[u8],
    ) -> Result<()> {
        let place = two(chat_jid, message_id);
        self.set(Kind::Sent, &place, payload.to_vec());
        Ok(())
    }

    async fn take_sent_message(&self, chat_jid: &str, message_id: &str) -> Result<Option<Vec<u8>>> {
        let place = two(chat_jid, message_id);
        let found = self.get(Kind::Sent, &place)?;
        if found.is_some() {
            self.unset(Kind::Sent, &place);
        }
        Ok(found)
    }

    async fn delete_expired_sent_messages(&self, cutoff_timestamp: i64) -> Result<u32> {
        self.expire(Kind::Sent, cutoff_timestamp).await
    }

    async fn store_pending_inbound(
        &self,
        chat: &str,
        sender: &str,
        id: &str,
        message: &[u8],
    ) -> Result<()> {
        self.set(Kind::Pending, &three(chat, sender, id), message.to_vec());
        self.write().await
    }

    async fn get_pending_inbound(
        &self,
        chat: &str,
        sender: &str,
        id: &str,
    ) -> Result<Option<Vec<u8>>> {
        self.get(Kind::Pending, &three(chat, sender, id))
    }

    async fn delete_pending_inbound(&self, chat: &str, sender: &str, id: &str) -> Result<()> {
        self.unset(Kind::Pending, &three(chat, sender, id));
        Ok(())
    }

    async fn delete_expired_pending_inbound(&self, cutoff_timestamp: i64) -> Result<u32> {
        self.expire(Kind::Pending, cutoff_timestamp).await
    }

    async fn store_pending_inbound_batch(&self, rows: &[PendingInboundRow<'_>]) -> Result<()> {
        for row in rows {
            let place = three(row.chat, row.sender, row.id);
            self.set(Kind::Pending, &place, row.message.to_vec());
        }
        self.write().await
    }

    async fn delete_pending_inbound_batch(&self, keys: &[PendingInboundKey<'_>]) -> Result<()> {
        for it in keys {
            self.unset(Kind::Pending, &three(it.chat, it.sender, it.id));
        }
        Ok(())
    }
}
