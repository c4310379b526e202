//! An attachment as messages show it, over the socket and over REST alike.

use serde::Serialize;

use crate::onechat::json::Json;
use crate::onechat::words::FileType;

/// One attachment of a message. URLs are absolute and answer with a redirect to the stored bytes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attachment {
    /// The attachment's number.
    pub id: i64,
    /// The message it belongs to.
    pub message_id: i64,
    /// What it is; agrees with the variant of `kind`.
    pub file_type: FileType,
    /// The account it belongs to.
    pub account_id: i64,
    /// The fields of its kind, on the same level.
    #[serde(flatten)]
    pub kind: AttachmentKind,
}

/// What else is known about an attachment, by kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AttachmentKind {
    /// Bytes we keep: image, video, audio or any other file.
    Stored {
        /// File name extension without the dot.
        extension: Option<String>,
        /// MIME type.
        content_type: Option<String>,
        /// Where the bytes are.
        data_url: String,
        /// Where a small picture is, at most 250 pixels wide; empty unless an image.
        thumb_url: String,
        /// Bytes.
        file_size: i64,
        /// Pixels; null until known.
        width: Option<i64>,
        /// Pixels; null until known.
        height: Option<i64>,
        /// What is said in it, or empty; the key is present for audio only.
        #[serde(skip_serializing_if = "Option::is_none")]
        transcribed_text: Option<String>,
    },
    /// Bytes that somebody else keeps.
    External {
        /// Where they are.
        data_url: String,
        /// Always empty.
        thumb_url: String,
    },
    /// A point on the map.
    Location {
        /// Degrees north.
        coordinates_lat: f64,
        /// Degrees east.
        coordinates_long: f64,
        /// What the place is called.
        fallback_title: Option<String>,
        /// A page that shows it.
        data_url: Option<String>,
    },
    /// Something the carrier could only describe.
    Fallback {
        /// The description.
        fallback_title: Option<String>,
        /// A page that shows it.
        data_url: Option<String>,
    },
    /// Somebody's contact card.
    Contact {
        /// Usually the phone number.
        fallback_title: Option<String>,
        /// Names and the like.
        meta: Json,
    },
    /// A page to embed.
    Embed {
        /// Its address.
        data_url: Option<String>,
    },
}
