//! `POST sendMessage`: every type of the source document and of the OpenAPI file's "Request body examples".

use serde_json::{Map, Value};

use super::{
    Bad,
    chat::Chat,
    inline::Inline,
    limits::{BUTTONS, EMOJI_BYTES},
};

/// A message to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Send {
    /// To whom.
    pub to: Chat,
    /// What.
    pub content: Content,
    /// The message that it answers, by its id in either form.
    pub reply_to: Option<String>,
    /// Whether it may be sent however often the same was.
    pub skip_filter: bool,
}

/// What to send.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `text`: a text.
    Text(String),
    /// `media` with a web address.
    File {
        /// Where it is.
        url: String,
        /// What to say beside it.
        caption: Option<String>,
        /// What to call it.
        filename: Option<String>,
    },
    /// `media` with the base64 text of an image, or a data address.
    Inline {
        /// The file.
        file: Inline,
        /// What to say beside it.
        caption: Option<String>,
        /// What to call it.
        filename: Option<String>,
    },
    /// `location`.
    Location {
        /// In degrees.
        latitude: f64,
        /// In degrees.
        longitude: f64,
        /// What to show with it.
        title: Option<String>,
    },
    /// `contact`: somebody's number.
    Contact(String),
    /// `vcard`: a card.
    Card {
        /// The name to show.
        display_name: String,
        /// The card as it is.
        vcard: String,
    },
    /// `link`: an address that is shown with a preview.
    Link {
        /// The address.
        url: String,
        /// What to say before it.
        text: Option<String>,
    },
    /// `forward`: a message again, by its id in either form.
    Forward {
        /// Which.
        id: String,
        /// Whether its caption goes with it.
        caption: bool,
    },
    /// `delete`: takes a message back, for everybody.
    Delete(String),
    /// `reaction`: an emoji beside a message; none takes the one before away.
    Reaction {
        /// The emoji.
        emoji: String,
        /// Beside which message.
        to: String,
    },
    /// `edit`: another text for a message.
    Edit {
        /// The new text.
        text: String,
        /// Which.
        id: String,
    },
    /// `product`: one of the phone's catalog, by its id.
    Product(String),
    /// `buttons`: a text with answers to choose from.
    Buttons {
        /// Above the text.
        title: Option<String>,
        /// The text.
        text: String,
        /// Below the text.
        footer: Option<String>,
        /// What each button says.
        buttons: Vec<String>,
    },
}

impl Send {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// When something is missing or is not what it should be, with the sentence to answer.
    pub fn parse(body: &[u8]) -> Result<Self, Bad> {
        let body = Fields::parse(body)?;
        let to = Chat::parse(&body.required("to_number")?)?;
        let kind = body.required("type")?;
        let content = content(&kind, &body)?;
        let reply_to = match content {
            // Here it says what is changed, and not what is answered.
            Content::Reaction { .. } | Content::Edit { .. } => None,
            _ => body.text("reply_to")?.filter(|it| !it.is_empty()),
        };
        Ok(Self {
            to,
            content,
            reply_to,
            skip_filter: body.flag("skip_filter")?.unwrap_or(false),
        })
    }
}

fn content(kind: &str, body: &Fields) -> Result<Content, Bad> {
    Ok(match kind {
        "text" => Content::Text(body.said("message")?),
        "media" => media(body)?,
        "location" => Content::Location {
            latitude: body.degrees("latitude", 90.0)?,
            longitude: body.degrees("longitude", 180.0)?,
            title: body.some("text")?,
        },
        "contact" => {
            let text = body.required("message")?;
            let number = super::chat::number(&text);
            Content::Contact(number.ok_or_else(|| {
                Bad::new("message is no telephone number: a contact is sent as 905001112233@c.us")
            })?)
        }
        "vcard" => card(body)?,
        "link" => link(body)?,
        "forward" => Content::Forward {
            id: body.required("message")?,
            caption: body.flag("forward_caption")?.unwrap_or(false),
        },
        "delete" => Content::Delete(body.required("message")?),
        "reaction" => Content::Reaction {
            emoji: emoji(body.text("message")?.unwrap_or_default())?,
            to: body.required("reply_to")?,
        },
        "edit" => Content::Edit {
            text: body.said("message")?,
            id: body.required("reply_to")?,
        },
        "buttons" => buttons(body)?,
        "product" => {
            let id = body.some("productId")?.ok_or_else(|| {
                Bad::new("productId is required: GET catalog has those that there are")
            })?;
            Content::Product(id)
        }
        _ => {
            return Err(Bad::new(
                "type is not one that can be sent: text, media, location, contact, vcard, link, \
                 forward, delete, reaction, edit, product or buttons",
            ));
        }
    })
}

/// Whether a text is to be an address of the web.
pub fn is_web_address(text: &str) -> bool {
    let begins = |scheme: &str| {
        let head = text.get(..scheme.len());
        head.is_some_and(|it| it.eq_ignore_ascii_case(scheme))
    };
    begins("http://") || begins("https://")
}

/// What is put beside a message; an empty text takes it away.
fn emoji(text: String) -> Result<String, Bad> {
    let words = |it: char| it.is_whitespace() || it.is_control() || it.is_ascii_alphabetic();
    if text.len() > EMOJI_BYTES || text.contains(words) {
        return Err(Bad::new("message of a reaction is one emoji"));
    }
    Ok(text)
}

fn media(body: &Fields) -> Result<Content, Bad> {
    let message = body.required("message")?;
    let (caption, filename) = (body.some("text")?, body.some("filename")?);
    if is_web_address(&message) {
        return Ok(Content::File {
            url: message,
            caption,
            filename,
        });
    }
    Ok(Content::Inline {
        file: Inline::parse("message", &message)?,
        caption,
        filename,
    })
}

fn card(body: &Fields) -> Result<Content, Bad> {
    let bad = || Bad::new("message of a vcard is an object with displayName and vcard");
    let card = body.0.get("message").and_then(Value::as_object);
    let card = Fields(card.ok_or_else(bad)?.clone());
    let vcard = card.text("vcard")?.filter(|it| !it.is_empty());
    Ok(Content::Card {
        display_name: card.text("displayName")?.unwrap_or_default(),
        vcard: vcard.ok_or_else(bad)?,
    })
}

fn link(body: &Fields) -> Result<Content, Bad> {
    let url = body.required("message")?;
    if !is_web_address(&url) {
        return Err(Bad::new("message of a link is an http or https address"));
    }
    Ok(Content::Link {
        url,
        text: body.some("text")?,
    })
}

fn buttons(body: &Fields) -> Result<Content, Bad> {
    let bad = || {
        Bad::new(format!(
            "buttons is a list of 1 to {BUTTONS} objects with id and text"
        ))
    };
    let list = body.0.get("buttons").and_then(Value::as_array);
    let list = list.ok_or_else(bad)?;
    if list.is_empty() || list.len() > BUTTONS {
        return Err(bad());
    }
    let said = |it: &Value| it["text"].as_str().map(str::to_owned).ok_or_else(bad);
    Ok(Content::Buttons {
        title: body.some("title")?,
        text: body.required("message")?,
        footer: body.some("footer")?,
        buttons: list.iter().map(said).collect::<Result<_, _>>()?,
    })
}

/// The fields of a body, read as clients really send them.
pub(super) struct Fields(pub(super) Map<String, Value>);

impl Fields {
    /// An empty body has no fields.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Bad> {
        if body.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Bad::new("the body is JSON, but no object")),
            Err(error) => Err(Bad::new(format!("the body is not JSON: {error}"))),
        }
    }

    /// A text, or a number as text.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Bad> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.replace('\0', ""))),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(Bad::new(format!("{name} is not a text"))),
        }
    }

    /// The same, where an empty one is none.
    pub(super) fn some(&self, name: &str) -> Result<Option<String>, Bad> {
        Ok(self.text(name)?.filter(|it| !it.is_empty()))
    }

    pub(super) fn required(&self, name: &str) -> Result<String, Bad> {
        self.some(name)?
            .ok_or_else(|| Bad::new(format!("{name} is required")))
    }

    /// A text in which something is said.
    fn said(&self, name: &str) -> Result<String, Bad> {
        let text = self.required(name)?;
        if text.trim().is_empty() {
            return Err(Bad::new(format!("{name} is required: it is blank")));
        }
        Ok(text)
    }

    /// A flag, or 0 or 1, or these in words.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Bad> {
        match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Bool(flag)) => return Ok(Some(*flag)),
            Some(_) => {}
        }
        match self.text(name)?.unwrap_or_default().as_str() {
            "1" | "true" => Ok(Some(true)),
            "0" | "false" => Ok(Some(false)),
            _ => Err(Bad::new(format!("{name} is neither true nor false"))),
        }
    }

    fn degrees(&self, name: &str, most: f64) -> Result<f64, Bad> {
        let degrees: Option<f64> = self.required(name)?.trim().parse().ok();
        degrees
            .filter(|it| it.is_finite() && it.abs() <= most)
            .ok_or_else(|| Bad::new(format!("{name} is not a number of degrees up to {most}")))
    }
}
