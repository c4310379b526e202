//! What a product's webhook gets: messages, acknowledgements, changes of a phone's status, and what agents do.

use std::borrow::Cow;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{
    Form,
    limits::{ACKS, ACKS_BYTES},
    product::Product,
    words::{AckType, PhoneStatus},
};

/// A message that came in (source document, "Incoming Messages").
#[derive(Debug, Clone)]
pub struct Incoming<'a> {
    /// The product.
    pub product: &'a str,
    /// The phone.
    pub phone: i64,
    /// What was said.
    pub message: Message<'a>,
    /// Who said it.
    pub user: User<'a>,
    /// The chat.
    pub conversation: &'a str,
    /// Our number.
    pub receiver: String,
    /// When, in seconds.
    pub timestamp: i64,
    /// Where to post an answer.
    pub reply: String,
    /// What it answers.
    pub quoted: Option<Quoted<'a>>,
}

/// Who said something.
#[derive(Debug, Clone, Serialize)]
pub struct User<'a> {
    /// `…@c.us`.
    pub id: Cow<'a, str>,
    /// What they call themselves.
    pub name: Cow<'a, str>,
    /// Their number in digits.
    pub phone: Cow<'a, str>,
    /// Their picture's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Cow<'a, str>>,
}

/// What was said. Fields that a type has not are absent.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message<'a> {
    /// `text`, `image`, `video`, `document`, `audio`, `ptt`, `sticker`, `location`, `vcard`, `multi_vcard`,
    /// `reaction`, `product` or `info`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its id.
    pub id: Cow<'a, str>,
    /// The text, or a reaction's emoji.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    /// Where a file can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What was said beside a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<Cow<'a, str>>,
    /// A file's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<Cow<'a, str>>,
    /// A file's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<Cow<'a, str>>,
    /// `latitude,longitude`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// Cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vcard_list: Option<Vec<Card>>,
    /// What happened in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<Cow<'a, str>>,
    /// To whom it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<Cow<'a, str>>,
    /// The message that a reaction is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<Cow<'a, str>>,
    /// The product that is shown.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// Who is named in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// Whether we said it.
    pub from_me: bool,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// The name to show.
    pub display_name: String,
    /// The card as it is.
    pub vcard: String,
}

/// What a message answers.
#[derive(Debug, Clone, Serialize)]
pub struct Quoted<'a> {
    /// What was said.
    #[serde(flatten)]
    pub message: Message<'a>,
    /// Who said it.
    pub user: User<'a>,
    /// When, in seconds.
    pub timestamp: i64,
}

impl Incoming<'_> {
    /// The body in this form.
    ///
    /// # Errors
    ///
    /// Only if memory cannot be written.
    pub fn to_json(&self, form: Form) -> Result<String, serde_json::Error> {
        serde_json::to_string(&InForm(self, form))
    }
}

struct InForm<'a, 'b>(&'a Incoming<'b>, Form);

impl Serialize for InForm<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(it, form) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("productId", it.product)?;
        map.serialize_entry("phoneId", &it.phone)?;
        if *form == Form::Current {
            map.serialize_entry("product_id", it.product)?;
            map.serialize_entry("phone_id", &it.phone)?;
        }
        map.serialize_entry("message", &it.message)?;
        map.serialize_entry("user", &it.user)?;
        map.serialize_entry("conversation", it.conversation)?;
        map.serialize_entry("receiver", &it.receiver)?;
        map.serialize_entry("timestamp", &it.timestamp)?;
        map.serialize_entry("type", "message")?;
        map.serialize_entry("reply", &it.reply)?;
        if let (Form::Current, Some(quoted)) = (form, &it.quoted) {
            map.serialize_entry("quoted", quoted)?;
        }
        map.end()
    }
}

/// One acknowledgement.
#[derive(Debug, Clone)]
pub struct Ack<'a> {
    /// How far.
    pub kind: AckType,
    /// The chat.
    pub chat_id: &'a str,
    /// The message.
    pub msg_id: &'a str,
    /// When, in seconds.
    pub time: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AckItem<'a> {
    ack_type: AckType,
    #[serde(skip_serializing_if = "Option::is_none")]
    ack_code: Option<u8>,
    chat_id: &'a str,
    msg_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
}

/// What stands before and after the list.
const CURRENT_TAIL: &str = "]}";

/// A post of one acknowledgement, in this form.
///
/// # Errors
///
/// Only if memory cannot be written.
pub fn acks(form: Form, product: &str, ack: &Ack<'_>) -> Result<String, serde_json::Error> {
    let current = form == Form::Current;
    let item = serde_json::to_string(&AckItem {
        ack_type: ack.kind,
        ack_code: current.then(|| ack.kind.code()),
        chat_id: ack.chat_id,
        msg_id: ack.msg_id,
        time: current.then_some(ack.time),
    })?;
    Ok(match form {
        Form::Documented => format!("[{item}]"),
        Form::Current => {
            let product = serde_json::to_string(product)?;
            format!(r#"{{"type":"ack","product_id":{product},"data":[{item}{CURRENT_TAIL}"#)
        }
    })
}

/// Two posts of acknowledgements in one, the items of `before` first; `None` if that would be too much for one post.
/// Both must be in this form and of one product.
pub fn join_acks(form: Form, before: &str, after: &str) -> Option<String> {
    let tail = match form {
        Form::Documented => "]",
        Form::Current => CURRENT_TAIL,
    };
    let items = before.matches("\"ackType\"").count();
    if items >= ACKS || before.len() >= ACKS_BYTES {
        return None;
    }
    let (head, list) = (before.strip_suffix(tail)?, &after[after.find('[')? + 1..]);
    Some(format!("{head},{list}"))
}

/// A phone's status has changed (OpenAPI file, "Status Change Notifications"). The source document speaks of
/// "changes in the session" and draws none; both forms get this.
#[derive(Debug, Clone, Serialize)]
pub struct StatusChanged<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    pid: &'a str,
    phone_id: i64,
    status: PhoneStatus,
}

impl<'a> StatusChanged<'a> {
    /// To this.
    pub fn new(pid: &'a str, phone_id: i64, status: PhoneStatus) -> Self {
        Self {
            kind: "status",
            pid,
            phone_id,
            status,
        }
    }
}

/// What an agent does with a chat that a bot also writes to (OpenAPI file, "Live Chat Notifications").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveEvent {
    /// Answers it from now on.
    TakenByAgent,
    /// Is done with it.
    Closed,
    /// Gives it back.
    ReleasedByAgent,
}

/// The post about it.
#[derive(Debug, Clone, Serialize)]
pub struct Live<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    product_id: &'a str,
    phone_id: i64,
    conversation: &'a str,
    data: LiveData,
}

#[derive(Debug, Clone, Serialize)]
struct LiveData {
    event: LiveEvent,
}

impl<'a> Live<'a> {
    /// This, in this chat.
    pub fn new(
        product_id: &'a str,
        phone_id: i64,
        conversation: &'a str,
        event: LiveEvent,
    ) -> Self {
        Self {
            kind: "live_event",
            product_id,
            phone_id,
            conversation,
            data: LiveData { event },
        }
    }
}
