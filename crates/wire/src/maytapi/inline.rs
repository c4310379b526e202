//! Files that come in a request themselves: an image as base64, however it is written (source document, "sendMessage"),
//! and anything else as a data address that says what it is (OpenAPI file, "Media Message (base64)").

use super::{
    Bad,
    limits::INLINE_BYTES,
    picture::{Picture, decoded},
};

/// A file and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub content_type: String,
    /// What to call it.
    pub name: &'static str,
}

impl Inline {
    /// Reads what a field says.
    ///
    /// # Errors
    ///
    /// When it is no base64, is to be an image and is none, or is too large, with the sentence to answer.
    pub fn parse(field: &str, text: &str) -> Result<Self, Bad> {
        match declared(text) {
            Some(kind) if !kind.starts_with("image/") => {
                let bytes = decoded(field, text, INLINE_BYTES, too_large)?;
                if bytes.is_empty() {
                    return Err(Bad::new(format!("the file in {field} is empty")));
                }
                Ok(Self {
                    bytes,
                    content_type: kind,
                    name: "file",
                })
            }
            _ => {
                let picture = Picture::parse(field, text)?;
                Ok(Self {
                    bytes: picture.bytes,
                    content_type: picture.content_type.to_owned(),
                    name: picture.name,
                })
            }
        }
    }
}

/// The type that a data address says that it has.
fn declared(text: &str) -> Option<String> {
    let (head, _) = text.trim().strip_prefix("data:")?.split_once(',')?;
    let kind = head.split(';').next().unwrap_or_default();
    let fits = kind.contains('/') && kind.len() <= 100;
    fits.then(|| kind.to_ascii_lowercase())
}

fn too_large() -> Bad {
    Bad::new("a file in base64 may have 5 MB at most: send its web address instead")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_that_it_is_no_image_is_what_it_says() {
        let file = Inline::parse("message", "data:Application/pdf;base64,JVBERi0=").unwrap();
        assert_eq!(
            (file.content_type.as_str(), file.bytes.as_slice()),
            ("application/pdf", b"%PDF-".as_slice())
        );
        let voice =
            Inline::parse("message", "data:audio/ogg; codecs=opus;base64,T2dnUw==").unwrap();
        assert_eq!(voice.content_type, "audio/ogg");
        assert_eq!(
            Inline::parse("message", "iVBORw0KGgo=")
                .unwrap()
                .content_type,
            "image/png"
        );
        let long = "A".repeat(INLINE_BYTES * 4 / 3 + 8);
        for wrong in [
            "JVBERi0=",
            "data:;base64,JVBERi0=",
            "data:image/png;base64,JVBERi0=",
            "data:application/pdf,JVBERi0=",
            "data:application/pdf;base64,",
            "data:application/pdf;base64,?",
            &format!("data:video/mp4;base64,{long}"),
        ] {
            let head: String = wrong.chars().take(60).collect();
            assert!(Inline::parse("message", wrong).is_err(), "{head}");
        }
    }
}
