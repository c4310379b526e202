//! The other bodies that a bot posts to a product or a phone.

use serde_json::Value;

use super::{Bad, send::Fields};

/// `POST setWebhook`: the address, or none to be told of nothing any more.
///
/// # Errors
///
/// When it is not there or no text.
pub fn webhook(body: &[u8]) -> Result<Option<String>, Bad> {
    let url = address(&Fields::parse(body)?)?.ok_or_else(|| Bad::new("webhook is required"))?;
    Ok(Some(url).filter(|it| !it.is_empty()))
}

/// The field `webhook`, if it is there: a text, or what the OpenAPI file draws (`webhook-url`), an object with it.
fn address(fields: &Fields) -> Result<Option<String>, Bad> {
    let url = match fields.0.get("webhook") {
        None => return Ok(None),
        Some(Value::Object(inner)) => Fields(inner.clone()).text("webhook")?,
        Some(_) => fields.text("webhook")?,
    };
    Ok(Some(url.unwrap_or_default().trim().to_owned()))
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
        Ok(Self {
            webhook: address(&fields)?,
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
