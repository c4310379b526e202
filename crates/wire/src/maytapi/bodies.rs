//! The other bodies that a bot posts to a product or a phone.

use super::{Bad, send::Fields};

/// `POST setWebhook`: the address, or none to be told of nothing any more.
///
/// # Errors
///
/// When it is not there or no text.
pub fn webhook(body: &[u8]) -> Result<Option<String>, Bad> {
    let fields = Fields::parse(body)?;
    match fields.text("webhook")? {
        Some(url) => Ok(Some(url.trim().to_owned()).filter(|it| !it.is_empty())),
        None if fields.0.contains_key("webhook") => Ok(None),
        None => Err(Bad::new("webhook is required")),
    }
}

/// `POST setAckPreference`: `preference` in the source document, `ack_delivery` now.
///
/// # Errors
///
/// When neither is there, or it is no flag.
pub fn ack_preference(body: &[u8]) -> Result<bool, Bad> {
    let fields = Fields::parse(body)?;
    let wanted = match fields.flag("preference")? {
        Some(wanted) => Some(wanted),
        None => fields.flag("ack_delivery")?,
    };
    wanted.ok_or_else(|| Bad::new("preference is required: true or false"))
}

/// `POST addPhone`: the number, if one is wanted, in digits.
///
/// # Errors
///
/// When it is no telephone number.
pub fn new_phone(body: &[u8]) -> Result<Option<String>, Bad> {
    let wanted = Fields::parse(body)?.some("number")?;
    wanted
        .map(|text| {
            super::chat::number(&text).ok_or_else(|| {
                Bad::new(
                    "number is no telephone number: write it with its country code and digits only",
                )
            })
        })
        .transpose()
}

/// `POST {phone}/config`: what this phone has of its own. A field that is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneConfig {
    /// The phone's own webhook; empty for the product's.
    pub webhook: Option<String>,
    /// Whether acknowledgements go to it.
    pub ack_delivery: Option<bool>,
}

impl PhoneConfig {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// When a field is not what it should be.
    pub fn parse(body: &[u8]) -> Result<Self, Bad> {
        let fields = Fields::parse(body)?;
        let webhook = match fields.0.get("webhook") {
            None => None,
            Some(_) => Some(
                fields
                    .text("webhook")?
                    .unwrap_or_default()
                    .trim()
                    .to_owned(),
            ),
        };
        Ok(Self {
            webhook,
            ack_delivery: fields.flag("ack_delivery")?,
        })
    }
}

/// `POST pairCode`: the number whose phone is to enter the code.
///
/// # Errors
///
/// When it is absent or no telephone number.
pub fn pair_number(body: &[u8]) -> Result<String, Bad> {
    new_phone(body)?.ok_or_else(|| Bad::new("number is required"))
}
