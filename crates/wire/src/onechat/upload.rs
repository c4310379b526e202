//! Files that come before their message: `upload`, and direct uploads (onechat.md, 4.3).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};
use serde::Serialize;

use super::{
    loose::WrongType,
    params::{BadParam, Params},
};

/// Characters of a file's name.
const NAME_CHARS: usize = 255;

/// What `upload` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Uploaded {
    /// Where the file can be fetched.
    pub file_url: String,
    /// What names it in a message.
    pub blob_id: String,
}

/// A file that is announced: `{blob: {filename, byte_size, checksum, content_type}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// What to call it.
    pub filename: String,
    /// How many bytes it has.
    pub byte_size: i64,
    /// The MD5 of its bytes, in base64.
    pub checksum: String,
    /// MIME type; empty if not told.
    pub content_type: String,
}

impl Announced {
    /// Reads what was sent, wrapped in `blob` or not.
    pub fn from_params(params: &Params) -> Result<Self, BadParam> {
        let blob = params.unwrapped("blob");
        let bad = |key: &str, why: &'static str| BadParam {
            key: key.to_owned(),
            why: WrongType(why),
        };
        let filename = blob.text("filename")?.unwrap_or_default();
        if filename.trim().is_empty() || filename.chars().count() > NAME_CHARS {
            return Err(bad("filename", "not a name of 1 to 255 characters"));
        }
        let byte_size = blob.number("byte_size")?;
        let byte_size = byte_size.ok_or_else(|| bad("byte_size", "not a number"))?;
        let checksum = blob.text("checksum")?.unwrap_or_default();
        if STANDARD.decode(&checksum).map_or(true, |it| it.len() != 16) {
            return Err(bad("checksum", "not an MD5 in base64"));
        }
        Ok(Self {
            filename,
            byte_size,
            checksum,
            content_type: blob.text("content_type")?.unwrap_or_default(),
        })
    }
}

/// What an announced file is answered, in the words of Active Storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Direct {
    /// Its number.
    pub id: i64,
    /// The same as `signed_id`: where files are kept is not told.
    pub key: String,
    /// What it is called.
    pub filename: String,
    /// MIME type.
    pub content_type: String,
    /// Nothing.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// Where files are kept.
    pub service_name: &'static str,
    /// How many bytes it has.
    pub byte_size: i64,
    /// The MD5 of its bytes, in base64.
    pub checksum: String,
    /// When it was announced.
    pub created_at: String,
    /// What names it in a message.
    pub signed_id: String,
    /// Where to bring it.
    pub direct_upload: DirectUpload,
}

/// Where and how to bring a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DirectUpload {
    /// To be PUT there.
    pub url: String,
    /// With these headers.
    pub headers: Headers,
}

/// The headers of such a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Headers {
    /// MIME type.
    #[serde(rename = "Content-Type")]
    pub content_type: String,
}

/// The checksum of a file's bytes, as it is announced.
pub fn checksum(bytes: &[u8]) -> String {
    STANDARD.encode(Md5::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_an_md5_in_base64() {
        assert_eq!(checksum(b""), "1B2M2Y8AsgTpgAmY7PhCfg==");
    }

    #[test]
    fn what_is_announced_is_checked() {
        let read = |text: &str| {
            let mut params = Params::default();
            params.add_json(text.as_bytes()).unwrap();
            Announced::from_params(&params)
        };
        let told = read(
            r#"{"blob":{"filename":"a.txt","byte_size":"4","checksum":"1B2M2Y8AsgTpgAmY7PhCfg=="}}"#,
        );
        let told = told.unwrap();
        assert_eq!((told.byte_size, told.content_type.as_str()), (4, ""));
        for bad in [
            r#"{"blob":{}}"#,
            r#"{"blob":{"filename":"a","byte_size":1}}"#,
            r#"{"blob":{"filename":"a","byte_size":1,"checksum":"x"}}"#,
            r#"{"blob":{"filename":" ","byte_size":1,"checksum":"1B2M2Y8AsgTpgAmY7PhCfg=="}}"#,
            r#"{"blob":{"filename":"a","checksum":"1B2M2Y8AsgTpgAmY7PhCfg=="}}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
