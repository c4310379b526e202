//! Groups: the bodies about them, and how one is shown (OpenAPI file, "Group Chat Operations").

use std::borrow::Cow;

use serde::Serialize;

use super::{
    Bad,
    chat::{Chat, number},
    limits::{GROUP_NAME_CHARS, GROUP_NUMBERS},
    send::Fields,
};

/// Who may do something in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Its admins only.
    Admins,
    /// Everybody in it.
    All,
}

/// What a group allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Config {
    /// Who may change its name and picture.
    pub edit: Who,
    /// Who may write.
    pub send: Who,
    /// Whether messages disappear after a while.
    pub disappear: bool,
}

/// A group as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group<'a> {
    /// `…@g.us`.
    pub id: Cow<'a, str>,
    /// Its name.
    pub name: Cow<'a, str>,
    /// Who is in it, as `…@c.us`.
    pub participants: Vec<String>,
    /// Which of them are admins.
    pub admins: Vec<String>,
    /// Its picture's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Cow<'a, str>>,
    /// What it allows.
    pub config: Config,
    /// The address that lets people in, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite: Option<String>,
}

/// `POST createGroup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// Its name.
    pub name: String,
    /// Who is in it beside us, in digits.
    pub numbers: Vec<String>,
}

/// `POST group/add`, `remove`, `promote`, `demote`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The group, by its whole id.
    pub group: String,
    /// Whom, in digits.
    pub number: String,
}

/// `POST group/config`: what is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The group, by its whole id.
    pub group: String,
    /// Who may change its name and picture.
    pub edit: Option<Who>,
    /// Who may write.
    pub send: Option<Who>,
    /// Whether messages disappear.
    pub disappear: Option<bool>,
}

/// `POST setProfileImage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileImage {
    /// The group, by its whole id; our own picture without one.
    pub group: Option<String>,
    /// An address or the base64 text of an image.
    pub image: String,
}

impl Create {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// When there is no name, no number, or a number that is none.
    pub fn parse(body: &[u8]) -> Result<Self, Bad> {
        let fields = Fields::parse(body)?;
        let name = fields.required("name")?;
        if name.chars().count() > GROUP_NAME_CHARS {
            return Err(Bad::new(format!(
                "a group's name has at most {GROUP_NAME_CHARS} characters"
            )));
        }
        let list = fields
            .0
            .get("numbers")
            .and_then(serde_json::Value::as_array);
        let list = list.filter(|it| (1..=GROUP_NUMBERS).contains(&it.len()));
        let list = list.ok_or_else(|| {
            Bad::new(format!(
                "numbers is a list of 1 to {GROUP_NUMBERS} telephone numbers"
            ))
        })?;
        let digits = |it: &serde_json::Value| {
            let text = match it {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            number(&text).ok_or_else(|| Bad::new(format!("{text} is no telephone number")))
        };
        let numbers = list.iter().map(digits).collect::<Result<_, _>>()?;
        Ok(Self { name, numbers })
    }
}

fn group(fields: &Fields, name: &str) -> Result<String, Bad> {
    match Chat::parse(&fields.required(name)?)? {
        chat @ Chat::Group(_) => Ok(chat.to_string()),
        Chat::Person(_) => Err(Bad::new(format!("{name} is no group: it ends with @g.us"))),
    }
}

impl Member {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// When the group is none, or the number.
    pub fn parse(body: &[u8]) -> Result<Self, Bad> {
        let fields = Fields::parse(body)?;
        let text = fields.required("number")?;
        Ok(Self {
            group: group(&fields, "conversation_id")?,
            number: number(&text)
                .ok_or_else(|| Bad::new(format!("{text} is no telephone number")))?,
        })
    }
}

impl Change {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// When the group is none, or a setting has no such value.
    pub fn parse(body: &[u8]) -> Result<Self, Bad> {
        let fields = Fields::parse(body)?;
        let group = group(&fields, "conversation_id")?;
        let config = fields
            .0
            .get("config")
            .and_then(serde_json::Value::as_object);
        let config = config.ok_or_else(|| Bad::new("config is required"))?;
        let config = Fields(config.clone());
        Ok(Self {
            group,
            edit: who(&config, "edit")?,
            send: who(&config, "send")?,
            disappear: config.flag("disappear")?,
        })
    }
}

fn who(fields: &Fields, name: &str) -> Result<Option<Who>, Bad> {
    match fields.some(name)?.as_deref() {
        None => Ok(None),
        Some("admins") => Ok(Some(Who::Admins)),
        Some("all") => Ok(Some(Who::All)),
        Some(_) => Err(Bad::new(format!("{name} is admins or all"))),
    }
}

/// `POST leaveGroup`: the group's whole id.
///
/// # Errors
///
/// When it is none.
pub fn leave(body: &[u8]) -> Result<String, Bad> {
    group(&Fields::parse(body)?, "id")
}

impl ProfileImage {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// When there is no image, or the group is none.
    pub fn parse(body: &[u8]) -> Result<Self, Bad> {
        let fields = Fields::parse(body)?;
        let group = match fields.some("conversation_id")? {
            Some(_) => Some(group(&fields, "conversation_id")?),
            None => None,
        };
        Ok(Self {
            group,
            image: fields.required("image")?,
        })
    }
}
