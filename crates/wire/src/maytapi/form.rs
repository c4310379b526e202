//! Which version of the API a product is told in.

use serde::{Deserialize, Serialize};

/// Where the two versions differ.
///
/// | | documented | current |
/// |---|---|---|
/// | `ack_delivery` of a product | 0 or 1 | false or true |
/// | a phone in a list | id and number | and its status |
/// | a session's status | five fields | and `state`, `version`, `number`, `multidevice` |
/// | a message's webhook | `productId`, `phoneId` | and `product_id`, `phone_id`, `quoted` |
/// | acknowledgements | a bare array of three fields each | an object with `data`, five fields each |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// As the source document has it.
    #[default]
    Documented,
    /// As the OpenAPI file has it.
    Current,
}
