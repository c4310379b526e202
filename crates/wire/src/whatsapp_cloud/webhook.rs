//! What the webhook brings: messages of customers, and how far ours have come.

use serde::Deserialize;

use super::answer::{Error, Meaning};

/// A post.
#[derive(Debug, Clone, Deserialize)]
pub struct Post {
    #[serde(default)]
    entry: Vec<Entry>,
}

/// What happened to one business account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Meta's id of the business account.
    pub id: String,
    changes: Vec<Change>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Change {
    field: String,
    value: serde_json::Value,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum What {
    /// Something was said, or came further.
    Messages(Box<Value>),
    /// The whole account was shut out, with Meta's word for it.
    ShutOut(String),
    /// Something that does not concern messages.
    Other,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct AccountUpdate {
    event: String,
    ban_info: BanInfo,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct BanInfo {
    waba_ban_state: String,
}

impl Change {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// When it is about messages, and not of their shape.
    fn read(&self) -> Result<What, serde_json::Error> {
        Ok(match self.field.as_str() {
            "messages" | "" => What::Messages(Box::new(Value::deserialize(&self.value)?)),
            "account_update" => {
                let update = AccountUpdate::deserialize(&self.value).unwrap_or_default();
                let out = update.event == "DISABLED_UPDATE"
                    && update.ban_info.waba_ban_state == "DISABLE";
                if out {
                    What::ShutOut("the business account was disabled".to_owned())
                } else {
                    What::Other
                }
            }
            _ => What::Other,
        })
    }
}

/// What happened to one number.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Value {
    metadata: Metadata,
    contacts: Vec<Contact>,
    /// What customers said.
    pub messages: Vec<Message>,
    /// How far messages of ours have come.
    pub statuses: Vec<Status>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    phone_number_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Contact {
    profile: Profile,
    wa_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Profile {
    name: Option<String>,
}

/// What a customer said. Of the parts, the one that `type` names is there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Message {
    /// Who, in digits.
    pub from: String,
    /// Its id.
    pub id: String,
    timestamp: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: String,
    text: Option<Text>,
    image: Option<File>,
    video: Option<File>,
    audio: Option<File>,
    document: Option<File>,
    sticker: Option<File>,
    /// A place.
    pub location: Option<Place>,
    /// Cards.
    pub contacts: Vec<serde_json::Value>,
    button: Option<Button>,
    interactive: Option<Interactive>,
    order: Option<Order>,
    system: Option<System>,
    errors: Vec<Error>,
    /// An emoji beside a message.
    pub reaction: Option<Reaction>,
    context: Option<Context>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Text {
    body: String,
}

/// A file, to be fetched by its id.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct File {
    /// Its id.
    pub id: String,
    /// What was said beside it.
    pub caption: Option<String>,
    /// What a document is called.
    pub filename: Option<String>,
    /// Whether a sound was spoken into the phone.
    pub voice: bool,
}

/// A place.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    /// In degrees.
    pub latitude: f64,
    /// In degrees.
    pub longitude: f64,
    /// What it is called.
    pub name: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Button {
    text: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Interactive {
    button_reply: Option<Choice>,
    list_reply: Option<Choice>,
    nfm_reply: Option<Form>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Choice {
    title: String,
}

/// A form that was filled in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    body: String,
    response_json: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Order {
    text: Option<String>,
    product_items: Vec<Wanted>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    product_retailer_id: String,
    quantity: serde_json::Value,
    item_price: Option<f64>,
    currency: String,
}

impl Wanted {
    /// As a line of a list.
    fn line(&self) -> String {
        let count = self.quantity.as_str().map(str::to_owned);
        let count = count.unwrap_or_else(|| self.quantity.to_string());
        let product = &self.product_retailer_id;
        match self.item_price {
            Some(price) => format!("{count} × {product} ({price} {})", self.currency),
            None => format!("{count} × {product}"),
        }
    }
}

/// WhatsApp tells something of a customer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct System {
    body: String,
}

/// An emoji beside a message; without one, the one before is taken away.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Reaction {
    /// Beside which.
    pub message_id: String,
    /// The emoji.
    pub emoji: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Context {
    id: Option<String>,
    forwarded: bool,
    frequently_forwarded: bool,
}

/// How far a message of ours has come.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The message.
    pub id: String,
    status: String,
    errors: Vec<Error>,
}

/// A status in a word that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    /// Meta has it.
    Sent,
    /// The customer's phone has it.
    Delivered,
    /// The customer has seen it.
    Read,
    /// It will not arrive.
    Failed,
}

impl Post {
    /// Reads a post.
    ///
    /// # Errors
    ///
    /// When it is not JSON of this shape.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }

    /// What happened, each with the business account.
    ///
    /// # Errors
    ///
    /// When something about messages is not of their shape.
    pub fn all(&self) -> Result<Vec<(&str, What)>, serde_json::Error> {
        let all = self.entry.iter();
        let all = all.flat_map(|it| it.changes.iter().map(|change| (it.id.as_str(), change)));
        all.map(|(id, change)| Ok((id, change.read()?))).collect()
    }
}

impl Value {
    /// Meta's id of the number.
    pub fn phone_number_id(&self) -> &str {
        &self.metadata.phone_number_id
    }

    /// What somebody calls themselves.
    pub fn name_of(&self, number: &str) -> Option<&str> {
        let mut all = self.contacts.iter();
        all.find(|it| it.wa_id == number)?.profile.name.as_deref()
    }
}

impl Message {
    /// When it was written, in seconds.
    pub fn time(&self) -> Option<i64> {
        self.timestamp.parse().ok()
    }

    /// The id of the message that it answers.
    pub fn answers(&self) -> Option<&str> {
        self.context.as_ref()?.id.as_deref()
    }

    /// Whether it was passed on from another chat.
    pub fn is_forwarded(&self) -> bool {
        let context = self.context.as_ref();
        context.is_some_and(|it| it.forwarded || it.frequently_forwarded)
    }

    /// Its file.
    pub fn file(&self) -> Option<&File> {
        let all = [
            &self.image,
            &self.video,
            &self.audio,
            &self.document,
            &self.sticker,
        ];
        all.into_iter().find_map(Option::as_ref)
    }

    /// Whether its file is a sticker.
    pub fn is_sticker(&self) -> bool {
        self.sticker.is_some()
    }

    /// What stands for what has no text of its own: an order, a form, news of the customer, what Meta does not hand
    /// on. Better a word for it than silence.
    pub fn described(&self) -> String {
        let form = self.interactive.as_ref();
        let form = form.and_then(|it| it.nfm_reply.as_ref());
        let lines: Vec<String> = match (&self.order, &self.system, form) {
            (Some(order), ..) => {
                let products = order.product_items.iter().map(Wanted::line);
                order.text.iter().cloned().chain(products).collect()
            }
            (None, Some(system), _) => vec![system.body.clone()],
            (None, None, Some(form)) => {
                let answers = form.response_json.iter().cloned();
                [form.body.clone()].into_iter().chain(answers).collect()
            }
            (None, None, None) => self.errors.iter().map(Error::sentence).collect(),
        };
        let text = lines.join("\n");
        if text.is_empty() {
            return format!("[{}]", self.kind);
        }
        if self.errors.is_empty() {
            text
        } else {
            format!("[{}] {text}", self.kind)
        }
    }

    /// What was said: the text, a caption, the answer that was chosen, the emoji.
    pub fn said(&self) -> Option<&str> {
        let chosen = self.interactive.as_ref();
        let chosen = chosen.and_then(|it| it.button_reply.as_ref().or(it.list_reply.as_ref()));
        let said = [
            self.text.as_ref().map(|it| it.body.as_str()),
            self.file().and_then(|it| it.caption.as_deref()),
            self.button.as_ref().map(|it| it.text.as_str()),
            chosen.map(|it| it.title.as_str()),
            self.reaction.as_ref().and_then(|it| it.emoji.as_deref()),
        ];
        said.into_iter().flatten().find(|it| !it.is_empty())
    }
}

impl Status {
    /// What it says; `None` for a word that we do not know.
    pub fn kind(&self) -> Option<StatusKind> {
        Some(match self.status.as_str() {
            "sent" => StatusKind::Sent,
            "delivered" => StatusKind::Delivered,
            "read" | "played" => StatusKind::Read,
            "failed" => StatusKind::Failed,
            _ => return None,
        })
    }

    /// Whether it failed because nothing of this number's is taken any more.
    pub fn is_shut_out(&self) -> bool {
        let mut all = self.errors.iter();
        all.any(|it| it.meaning() == Meaning::Closed)
    }

    /// Why it failed, for a person.
    pub fn reason(&self) -> Option<String> {
        self.errors.first().map(Error::sentence)
    }
}
