//! Images that come in a request as base64, with or without `data:image/…;base64,` before it.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{Bad, limits::PICTURE_BYTES};

/// An image and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// What its first bytes say that it is.
    pub content_type: &'static str,
    /// What to call it.
    pub name: &'static str,
}

/// Clients leave the padding out now and then.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Picture {
    /// Reads what a field says.
    ///
    /// # Errors
    ///
    /// When it is no base64, no image, or larger than [`PICTURE_BYTES`], with the sentence to answer.
    pub fn parse(field: &str, text: &str) -> Result<Self, Bad> {
        let bytes = decoded(field, text, PICTURE_BYTES, too_large)?;
        let (content_type, name) = kind(&bytes).ok_or_else(|| {
            Bad::new(format!(
                "{field} is base64, but not of a PNG, JPEG, GIF or WebP image"
            ))
        })?;
        Ok(Self {
            bytes,
            content_type,
            name,
        })
    }
}

/// The bytes behind a base64 text, with or without `data:…;base64,` before it.
pub(super) fn decoded(
    field: &str,
    text: &str,
    most: usize,
    too_large: fn() -> Bad,
) -> Result<Vec<u8>, Bad> {
    let encoded = match text.trim().strip_prefix("data:") {
        Some(uri) => {
            let (kind, encoded) = uri.split_once(',').unwrap_or((uri, ""));
            if !kind.ends_with(";base64") {
                return Err(Bad::new(format!(
                    "{field} is a data address that is not base64"
                )));
            }
            encoded
        }
        None => text.trim(),
    };
    // Four characters for three bytes; what is too long is not decoded to be found too long.
    if encoded.len() / 4 * 3 > most + 3 {
        return Err(too_large());
    }
    let compact: String = encoded
        .chars()
        .filter(|it| !it.is_ascii_whitespace())
        .collect();
    let bytes = BASE64.decode(compact).map_err(|_| {
        Bad::new(format!(
            "{field} is neither an http or https address nor the base64 text of an image"
        ))
    })?;
    if bytes.len() > most {
        return Err(too_large());
    }
    Ok(bytes)
}

fn too_large() -> Bad {
    Bad::new("an image in base64 may have 1 MB at most: send its web address instead")
}

fn kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(("image/png", "image.png")),
        [0xff, 0xd8, 0xff, ..] => Some(("image/jpeg", "image.jpeg")),
        [b'G', b'I', b'F', b'8', ..] => Some(("image/gif", "image.gif")),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(("image/webp", "image.webp")),
        _ => None,
    }
}
