//! One message a customer sent, as told by a channel.
//!
//! Section "NewMessage" of the source document. The same message may be posted again with the same id after network trouble; taking it
//! once is the work of whoever stores it.

use super::bad::Bad;
use super::content::{self, Content};
use super::fields;
use super::item_fields::Fields;
use super::limits;

/// One inbound message.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// The sender's id for it, the same in every repeat.
    pub message_id: String,
    /// The customer's address in the channel: digits for phones.
    pub from: String,
    /// Our address in the channel.
    pub to: String,
    /// The channel's name, as `WHATSAPP`.
    pub integration_type: Option<String>,
    /// When the channel received it, in microseconds since 1970.
    pub received_at: Option<i64>,
    /// The message it quotes: `pairedMessageId`, also spelled `pairedMessageID`, or `message.context.id`.
    pub paired_message_id: Option<String>,
    /// The customer's name, if the channel tells it.
    pub contact_name: Option<String>,
    /// What it says.
    pub content: Content,
}

pub(super) fn read(item: &Fields<'_>, message: &str) -> Result<Inbound, Bad> {
    let message_id = fields::required("messageId", item.message_id, limits::ID_BYTES)?;
    let from = fields::required("from", item.from, limits::ID_BYTES)?;
    let to = fields::required("to", item.to, limits::ID_BYTES)?;
    let (content, context_id) = content::read(message)?;
    let paired = fields::optional("pairedMessageId", item.paired_message_id, limits::ID_BYTES)?;
    let other = fields::optional(
        "pairedMessageID",
        item.paired_message_id_caps,
        limits::ID_BYTES,
    )?;
    Ok(Inbound {
        message_id,
        from,
        to,
        integration_type: fields::optional(
            "integrationType",
            item.integration_type,
            limits::ID_BYTES,
        )?,
        received_at: fields::date("receivedAt", item.received_at)?,
        paired_message_id: paired.or(other).or(context_id),
        contact_name: contact_name(item.contact)?,
        content,
    })
}

fn contact_name(contact: Option<&str>) -> Result<Option<String>, Bad> {
    let Some(contact) = contact else {
        return Ok(None);
    };
    let [name] = fields::object("contact", contact, ["name"])?;
    fields::optional("contact.name", name, limits::NAME_BYTES)
}
