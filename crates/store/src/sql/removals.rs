//! Conversations that are removed: their rows go at once, and what was said in them is noted as to be erased. Inboxes that
//! are: nobody reaches them at once, and their conversations follow.

use app::{
    Result,
    ports::{Removed, RemovedInbox},
};
use domain::{AccountId, Conversation, ConversationId, InboxId};

use super::{
    Writing, all, codes,
    directory::{self, micros},
    first,
};
use crate::engine::Engine;

pub(super) fn list(engine: &impl Engine, limit: i64) -> Result<Vec<Removed>> {
    let sql = "SELECT id, account_id, number, began_at, until FROM removed_conversations WHERE id > 0 ORDER BY id LIMIT ?1";
    all(engine, sql, &[limit.into()], |row| {
        Ok(Removed {
            id: ConversationId(row.int()?),
            account_id: AccountId(row.int()?),
            number: row.int()?,
            began_at: codes::time(row.int()?)?,
            until: row.int()?,
        })
    })
}

/// Whether there is any.
pub(super) fn is_any(engine: &impl Engine) -> Result<bool> {
    let sql = "SELECT id FROM removed_conversations WHERE id > 0 ORDER BY id LIMIT 1";
    Ok(first(engine, sql, &[], |row| row.int())?.is_some())
}

/// Whether this is one.
pub(super) fn is_removed(engine: &impl Engine, id: ConversationId) -> Result<bool> {
    let sql = "SELECT id FROM removed_conversations WHERE id = ?1";
    Ok(first(engine, sql, &[id.0.into()], |row| row.int())?.is_some())
}

pub(super) fn remove<E: Engine>(tx: &mut Writing<'_, E>, it: &Conversation) -> Result<()> {
    let until = tx.state.seq;
    tx.put(
        "INSERT INTO removed_conversations (id, account_id, number, began_at, until) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            it.id.0.into(),
            it.account_id.0.into(),
            it.number.into(),
            micros(it.created_at),
            until.into(),
        ],
    )?;
    // A conversation is a lane of its inbox, whose number stands below zero.
    let lane = [(-it.inbox_id.0).into(), it.id.0.into()];
    tx.put(
        "DELETE FROM attempts WHERE delivery_id IN (SELECT id FROM deliveries WHERE receiver = ?1 AND lane = ?2 \
         AND lane <> 0 AND settled_at IS NULL)",
        &lane,
    )?;
    tx.put(
        "DELETE FROM deliveries WHERE receiver = ?1 AND lane = ?2 AND lane <> 0 AND settled_at IS NULL",
        &lane,
    )?;
    for sql in [
        "DELETE FROM notifications WHERE conversation_id = ?1",
        "DELETE FROM involvements WHERE conversation_id = ?1",
        "DELETE FROM attributes WHERE kind IN (0, 1) AND owner_id = ?1",
        "DELETE FROM conversations WHERE id = ?1",
    ] {
        tx.put(sql, &[it.id.0.into()])?;
    }
    Ok(())
}

pub(super) fn end<E: Engine>(tx: &mut Writing<'_, E>, it: &Removed) -> Result<()> {
    tx.put(
        "DELETE FROM timings WHERE account_id = ?1 AND number = ?2",
        &[it.account_id.0.into(), it.number.into()],
    )?;
    tx.put(
        "DELETE FROM removed_conversations WHERE id = ?1",
        &[it.id.0.into()],
    )
}

pub(super) fn inboxes(engine: &impl Engine) -> Result<Vec<RemovedInbox>> {
    let sql = "SELECT i.id, i.account_id, i.name, i.carrier, i.license_id, i.messenger, i.address, i.paused_because, \
               i.created_at, r.removed_at FROM removed_inboxes r JOIN inboxes i ON i.id = r.id ORDER BY i.id";
    all(engine, sql, &[], |row| {
        Ok(RemovedInbox {
            inbox: directory::inbox(row)?,
            at: codes::time(row.int()?)?,
        })
    })
}

pub(super) fn remove_inbox<E: Engine>(tx: &mut Writing<'_, E>, id: InboxId) -> Result<()> {
    let now = micros(tx.now);
    tx.put(
        "INSERT INTO removed_inboxes (id, removed_at) VALUES (?1, ?2)",
        &[id.0.into(), now],
    )?;
    tx.put(
        "UPDATE inboxes SET address = 'removed-' || CAST(id AS TEXT), license_id = -id, settings = '', \
         paused_because = NULL WHERE id = ?1",
        &[id.0.into()],
    )?;
    tx.put("DELETE FROM sessions WHERE inbox_id = ?1", &[id.0.into()])
}

pub(super) fn end_inbox<E: Engine>(tx: &mut Writing<'_, E>, id: InboxId) -> Result<()> {
    tx.put(
        "UPDATE inboxes SET account_id = ?2, name = '', carrier = 'erased', messenger = 'erased' WHERE id = ?1",
        &[id.0.into(), AccountId::ERASED.0.into()],
    )?;
    tx.put("DELETE FROM removed_inboxes WHERE id = ?1", &[id.0.into()])
}
