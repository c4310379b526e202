//! What became of a message we sent: delivery and seen reports.
//!
//! Sections "Delivery Message" and "Seen Reports" of the source document. Reports may come twice and in any order; ranking them is the work
//! of whoever keeps the message. Only the message's id is required of a report, because only that finds the message.

use super::bad::Bad;
use super::fields;
use super::item_fields::Fields;
use super::limits;
use super::status::{self, Fault, Outcome, Status};

/// How far a message got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The id the channel answered when the message was sent.
    pub message_id: String,
    /// The customer's address.
    pub to: Option<String>,
    /// The batch it was sent in; none when it is the empty text of the document's sample.
    pub bulk_id: Option<String>,
    /// The channel's name, as `WHATSAPP`.
    pub channel: Option<String>,
    /// When it was sent, in microseconds since 1970; `sendAt` is read too.
    pub sent_at: Option<i64>,
    /// When it reached this status, in microseconds since 1970.
    pub done_at: Option<i64>,
    /// The status as it was told.
    pub status: Status,
    /// The error as it was told; Infobip sends one with every report, the document has none.
    pub fault: Option<Fault>,
}

impl Delivery {
    /// What the report means for the message.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        status::conclude(&self.status, self.fault.as_ref())
    }
}

/// A customer has seen a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The id the channel answered when the message was sent.
    pub message_id: String,
    /// Our address, if told.
    pub from: Option<String>,
    /// The customer's address.
    pub to: Option<String>,
    /// When it was sent, in microseconds since 1970; `sendAt` is read too.
    pub sent_at: Option<i64>,
    /// When it was seen, in microseconds since 1970; none when the field is blank.
    pub seen_at: Option<i64>,
}

pub(super) fn delivery(item: &Fields<'_>, status: &str) -> Result<Delivery, Bad> {
    Ok(Delivery {
        message_id: fields::required("messageId", item.message_id, limits::ID_BYTES)?,
        to: fields::optional("to", item.to, limits::ID_BYTES)?,
        bulk_id: fields::optional("bulkId", item.bulk_id, limits::ID_BYTES)?,
        channel: fields::optional("channel", item.channel, limits::ID_BYTES)?,
        sent_at: sent_at(item)?,
        done_at: fields::date("doneAt", item.done_at)?,
        status: status::read(status)?,
        fault: item.error.map(status::read_fault).transpose()?,
    })
}

pub(super) fn seen(item: &Fields<'_>, seen_at: &str) -> Result<Seen, Bad> {
    Ok(Seen {
        message_id: fields::required("messageId", item.message_id, limits::ID_BYTES)?,
        from: fields::optional("from", item.from, limits::ID_BYTES)?,
        to: fields::optional("to", item.to, limits::ID_BYTES)?,
        sent_at: sent_at(item)?,
        seen_at: fields::date("seenAt", Some(seen_at))?,
    })
}

fn sent_at(item: &Fields<'_>) -> Result<Option<i64>, Bad> {
    let sent_at = fields::date("sentAt", item.sent_at)?;
    let send_at = fields::date("sendAt", item.send_at)?;
    Ok(sent_at.or(send_at))
}
