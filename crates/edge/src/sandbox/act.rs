//! `POST /sandbox/{phone}/{act}`: something happens to a phone.

use std::time::Duration;

use app::{
    messages::NewAttachment,
    ports::{Act, GroupChange, Rule, Saying, Script},
};
use axum::{
    body::Body,
    extract::{FromRequestParts, RawPathParams, State},
    http::{StatusCode, request::Parts},
};
use domain::{AccountId, AttachmentKind, InboxId};
use serde::{Deserialize, de::DeserializeOwned};
use wire::maytapi::{
    Bad, answers::Success, chat, inline::Inline, product::Product, send::is_web_address,
};

use super::scan::none;
use crate::{
    Edge, credentials,
    http::{json, read_body},
    maytapi::{
        account_of_token,
        errors::{Answer, Refused},
        is_phone,
    },
};

/// Bytes of a body: an image in base64 fits.
const BODY_BYTES: usize = 4 * 1024 * 1024;

/// A phone of the caller, and what happens to it.
pub(super) struct Place {
    inbox: InboxId,
    act: String,
}

impl FromRequestParts<Edge> for Place {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Refused> {
        let account = caller(parts, edge)?;
        let path = RawPathParams::from_request_parts(parts, edge).await;
        let path = path.map_err(|_| unknown())?;
        let value = |wanted: &str| {
            let mut all = path.iter();
            let found = all.find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        let inbox = value("phone").parse().map(InboxId).map_err(|_| unknown())?;
        let found = edge.core.directory.inbox(inbox);
        let mine = found.is_some_and(|it| it.inbox.account_id == account && is_phone(&it.inbox));
        if !mine {
            return Err(unknown());
        }
        Ok(Self {
            inbox,
            act: value("act"),
        })
    }
}

fn unknown() -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "no such phone")
}

fn caller(parts: &Parts, edge: &Edge) -> Result<AccountId, Refused> {
    if let Some(agent) = credentials::agent(edge, &parts.headers) {
        return Ok(agent.account_id);
    }
    account_of_token(edge, parts)
}

/// What somebody says.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Say {
    from: String,
    name: Option<String>,
    group: Option<String>,
    text: Option<String>,
    /// A file's address, or the base64 text of an image.
    media: Option<String>,
    /// What the file is, where its type does not say: `voice` or `sticker`.
    kind: Option<String>,
    filename: Option<String>,
    /// Latitude and longitude, in degrees.
    location: Option<(f64, f64)>,
    title: Option<String>,
    vcard: Option<serde_json::Value>,
    reply_to: Option<String>,
    reaction_to: Option<String>,
    id: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewBan {
    reason: Option<String>,
    /// How long it lasts, in seconds; for ever if absent.
    seconds: Option<u64>,
}

#[derive(Deserialize)]
struct NewScript {
    number: String,
    name: Option<String>,
    rules: Vec<NewRule>,
}

#[derive(Deserialize)]
struct NewRule {
    #[serde(default)]
    when: String,
    say: String,
}

#[derive(Deserialize)]
struct Stock {
    products: Vec<Product>,
}

#[derive(Deserialize)]
struct Change {
    by: String,
    group: String,
    verb: String,
    number: Option<String>,
}

/// Makes it happen.
pub(super) async fn act(State(edge): State<Edge>, place: Place, body: Body) -> Answer {
    let body = read_body(body, BODY_BYTES).await?;
    let act = match place.act.as_str() {
        "say" => Act::Say(Box::new(saying(&edge, parsed(&body)?).await?)),
        "offline" => Act::GoOffline,
        "online" => Act::GoOnline,
        "unlink" => Act::Unlink,
        "ban" => {
            let ban: NewBan = parsed(&body)?;
            let reason = ban.reason;
            Act::Ban {
                reason: reason.unwrap_or_else(|| "too many strangers".to_owned()),
                lasts: ban.seconds.map(Duration::from_secs),
            }
        }
        "forgive" => Act::Forgive,
        "script" => Act::Script(script(parsed(&body)?)?),
        "group" => changed(parsed(&body)?)?,
        "catalog" => stock(parsed(&body)?)?,
        _ => {
            let text = "what can happen is say, offline, online, unlink, ban, forgive, script, group, catalog";
            return Err(Refused::new(StatusCode::NOT_FOUND, text));
        }
    };
    let world = edge.world.as_ref().ok_or_else(none)?;
    world.act(place.inbox, act).await?;
    Ok(json(StatusCode::OK, &Success::plain()))
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Bad> {
    let body = if body.trim_ascii().is_empty() {
        b"{}"
    } else {
        body
    };
    serde_json::from_slice(body)
        .map_err(|error| Bad::new(format!("the body is not what this takes: {error}")))
}

fn number(text: &str) -> Result<String, Bad> {
    chat::number(text).ok_or_else(|| Bad::new(format!("\"{text}\" is no telephone number")))
}

async fn saying(edge: &Edge, say: Say) -> Answer<Saying> {
    let from = number(&say.from)?;
    let mut attachments = Vec::new();
    if let Some(media) = &say.media {
        attachments.push(file(edge, media, &say).await?);
    }
    let thing = |kind, coordinates, detail| NewAttachment {
        kind,
        file: None,
        title: say.title.clone(),
        coordinates,
        detail,
    };
    if let Some(place) = say.location {
        attachments.push(thing(AttachmentKind::Location, Some(place), None));
    }
    if let Some(card) = &say.vcard {
        let title = card["displayName"].as_str().map(str::to_owned);
        attachments.push(NewAttachment {
            title,
            ..thing(AttachmentKind::Contact, None, Some(card.to_string()))
        });
    }
    if say.text.is_none() && attachments.is_empty() && say.reaction_to.is_none() {
        return Err(Bad::new("somebody says nothing: text, media, location or vcard").into());
    }
    Ok(Saying {
        from,
        name: say.name,
        group: say.group,
        text: say.text,
        attachments,
        reply_to: say.reply_to,
        reaction_to: say.reaction_to,
        id: say.id,
    })
}

async fn file(edge: &Edge, media: &str, say: &Say) -> Answer<NewAttachment> {
    let store = &edge.core.media;
    let kept = if is_web_address(media) {
        store.fetch(media, say.filename.as_deref()).await?
    } else {
        let file = Inline::parse("media", media)?;
        let name = say.filename.as_deref().unwrap_or(file.name);
        let kept = store.put(name, Some(&file.content_type), file.bytes.into());
        kept.await?
    };
    let mut attachment = NewAttachment::of_file(kept);
    match say.kind.as_deref() {
        Some("voice") => attachment.kind = AttachmentKind::Voice,
        Some("sticker") => attachment.kind = AttachmentKind::Sticker,
        _ => {}
    }
    Ok(attachment)
}

fn script(new: NewScript) -> Result<Script, Bad> {
    let rule = |it: NewRule| Rule {
        when: it.when,
        say: it.say,
    };
    Ok(Script {
        number: number(&new.number)?,
        name: new.name,
        rules: new.rules.into_iter().map(rule).collect(),
    })
}

fn stock(stock: Stock) -> Result<Act, Bad> {
    let products = stock.products.into_iter().map(|it| {
        if it.product_id.is_empty() || it.title.is_empty() {
            return Err(Bad::new("a product has a productId and a title"));
        }
        let thousandths = match it.price1000 {
            0 => it.price.saturating_mul(1000),
            more => more,
        };
        Ok(app::ports::Product {
            id: it.product_id,
            title: it.title,
            description: it.description,
            price_thousandths: thousandths,
            currency: it.currency,
            url: it.url,
            image: it.image,
            retailer_id: it.retailer_id,
        })
    });
    Ok(Act::Stock(products.collect::<Result<_, _>>()?))
}

fn changed(change: Change) -> Result<Act, Bad> {
    let whom = number(change.number.as_deref().unwrap_or(&change.by))?;
    let made = match change.verb.as_str() {
        "add" => GroupChange::Add(whom),
        "remove" => GroupChange::Remove(whom),
        "promote" => GroupChange::Promote(whom),
        "demote" => GroupChange::Demote(whom),
        "leave" => GroupChange::Leave,
        _ => return Err(Bad::new("verb is add, remove, promote, demote or leave")),
    };
    Ok(Act::ChangeGroup {
        by: number(&change.by)?,
        group: change.group,
        change: made,
    })
}
