//! Phones that are linked devices of real numbers.

use serde::Deserialize;

/// What may be chosen about them. Nothing of it matters to a server that is built without their engine.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WhatsAppWeb {
    /// Whether phones that are added are real ones. Otherwise they are in the sandbox.
    pub(crate) new_phones: bool,
    /// What the server is called in the list of linked devices on a phone; `Switchboard` if absent.
    #[cfg_attr(
        not(feature = "whatsapp-web"),
        allow(dead_code, reason = "for servers that have the engine")
    )]
    pub(crate) device_name: Option<String>,
    /// Whether people are told, by blue ticks, that an agent has read what they wrote.
    #[cfg_attr(
        not(feature = "whatsapp-web"),
        allow(dead_code, reason = "for servers that have the engine")
    )]
    pub(crate) read_receipts: bool,
    /// The version of WhatsApp Web that it says it is, such as `2.3000.1035000000`; asked for if absent.
    #[cfg_attr(
        not(feature = "whatsapp-web"),
        allow(dead_code, reason = "for servers that have the engine")
    )]
    pub(crate) version: Option<String>,
}

impl Default for WhatsAppWeb {
    fn default() -> Self {
        Self {
            new_phones: false,
            device_name: None,
            read_receipts: true,
            version: None,
        }
    }
}
