//! What Telegram calls the later parts of a message; the first one's id is the message's own.

use app::{
    Result,
    ports::{Tx, View},
};
use domain::{Message, MessageId};

use super::NAME;

fn name(message: MessageId, part: usize) -> String {
    format!("part:{message}:{part}")
}

pub(super) fn keep(tx: &mut dyn Tx, message: MessageId, part: usize, id: &str) -> Result<()> {
    tx.keep(NAME, &name(message, part), Some(id))
}

/// The ids of all parts that are known.
pub(super) fn all(view: &dyn View, message: &Message) -> Result<Vec<String>> {
    let mut ids: Vec<String> = message.external_id.iter().cloned().collect();
    for part in 1..app::deliveries::parts(message).len() {
        ids.extend(view.find_kept(NAME, &name(message.id, part))?);
    }
    Ok(ids)
}
