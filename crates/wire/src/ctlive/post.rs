//! One post to the channel's address, read into its items.
//!
//! Messages, delivery reports and seen reports share the address and the envelope `{"results":[…]}`, and may share a post.
//! An item is told by its fields: `message` makes it a message, else `seenAt` a seen report, else `status` a delivery
//! report. A post is taken as a whole or not at all, so that a sender who repeats it after a refusal repeats all of it.
//! An empty body is refused like any other that is not JSON; answering a probe is the work of the room that reads bodies.

use serde::de::IgnoredAny;

use super::bad::{Bad, BadPost, Problem};
use super::inbound::{self, Inbound};
use super::item_fields::Fields;
use super::report::{self, Delivery, Seen};
use super::{fields, limits, tolerant};

/// What one post held.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// In the order of `results`; at least one, at most [`limits::RESULTS`].
    pub items: Vec<Item>,
    /// Stray commas were forgiven; worth a counter, since the sender's JSON is broken.
    pub forgiven: bool,
}

/// One element of `results`.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A customer wrote.
    Inbound(Box<Inbound>),
    /// A message of ours got somewhere, or failed.
    Delivery(Box<Delivery>),
    /// A message of ours was seen.
    Seen(Box<Seen>),
}

impl Item {
    /// The id the item is about: the customer's message, or ours.
    #[must_use]
    pub fn message_id(&self) -> &str {
        match self {
            Self::Inbound(inbound) => &inbound.message_id,
            Self::Delivery(delivery) => &delivery.message_id,
            Self::Seen(seen) => &seen.message_id,
        }
    }
}

/// Reads a post.
///
/// Fields nobody documents are ignored, and so is the order of fields. U+0000 is taken out of every text.
///
/// # Errors
///
/// [`BadPost`], naming the line and column when it is not JSON, and otherwise the first field at fault.
pub fn parse(body: &[u8]) -> Result<Post, BadPost> {
    let (items, forgiven) = tolerant::read(body, items)?;
    Ok(Post { items, forgiven })
}

fn items(text: &str) -> Result<Vec<Item>, BadPost> {
    let results = envelope(text, "results")?;
    let elements = list("results", results, limits::RESULTS)?;
    let mut items = Vec::with_capacity(elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        items.push(item(element).map_err(|bad| bad.at("results", index))?);
    }
    Ok(items)
}

/// The one field of the body's object that matters.
pub(super) fn envelope<'a>(text: &'a str, name: &'static str) -> Result<&'a str, BadPost> {
    let wrong = |path: &str, problem| BadPost::Field {
        path: path.to_owned(),
        problem,
    };
    if text.trim_start().starts_with('{') {
        let [value] = fields::pick(text, [name])?;
        return value.ok_or_else(|| wrong(name, Problem::Missing));
    }
    // Broken JSON is the more useful complaint, so make sure that it is JSON at all.
    serde_json::from_str::<IgnoredAny>(text)?;
    Err(wrong("body", Problem::NotObject))
}

fn list<'a>(name: &str, json: &'a str, limit: usize) -> Result<Vec<&'a str>, BadPost> {
    let problem = match fields::elements(json, limit) {
        Err(_) => Problem::NotArray,
        Ok(elements) if elements.is_empty() => Problem::Empty,
        Ok(elements) if elements.len() > limit => Problem::TooMany { limit },
        Ok(elements) => return Ok(elements),
    };
    Err(BadPost::Field {
        path: name.to_owned(),
        problem,
    })
}

fn item(json: &str) -> Result<Item, Bad> {
    let names = [
        "messageId",
        "from",
        "to",
        "integrationType",
        "receivedAt",
        "pairedMessageId",
        "pairedMessageID",
        "contact",
        "sentAt",
        "sendAt",
        "doneAt",
        "error",
        "bulkId",
        "channel",
        "message",
        "seenAt",
        "status",
    ];
    let [
        message_id,
        from,
        to,
        integration_type,
        received_at,
        paired_message_id,
        paired_message_id_caps,
        contact,
        sent_at,
        send_at,
        done_at,
        error,
        bulk_id,
        channel,
        message,
        seen_at,
        status,
    ] = fields::object("", json, names)?;
    let item = Fields {
        message_id,
        from,
        to,
        integration_type,
        received_at,
        paired_message_id,
        paired_message_id_caps,
        contact,
        sent_at,
        send_at,
        done_at,
        error,
        bulk_id,
        channel,
    };
    if let Some(message) = message {
        return inbound::read(&item, message).map(|read| Item::Inbound(Box::new(read)));
    }
    if let Some(seen_at) = seen_at {
        return report::seen(&item, seen_at).map(|read| Item::Seen(Box::new(read)));
    }
    if let Some(status) = status {
        return report::delivery(&item, status).map(|read| Item::Delivery(Box::new(read)));
    }
    Err(Bad::new("", Problem::NoKind))
}

#[cfg(test)]
mod tests;
