//! The groups of a phone.

use app::{
    messages::NewAttachment,
    ports::{Group, GroupChange},
};
use axum::{
    body::Body,
    extract::{RawPathParams, State},
    http::StatusCode,
    response::Response,
};
use domain::{AttachmentKind, StoredFile};
use serde_json::json;
use wire::maytapi::{
    Bad,
    answers::{Groups, Success},
    groups::{Change, Config, Create, Group as Shown, Member, ProfileImage, Who, leave as left},
    limits::PICTURE_BYTES,
    picture::Picture,
    send::is_web_address,
};

use super::BODY_BYTES;
use crate::{
    Edge,
    http::{json as answer, read_body},
    maytapi::{
        bot::Phone,
        errors::{Answer, Refused},
    },
};

/// Groups on a page, and on one with everything.
const PAGE: usize = 100;
const FULL_PAGE: usize = 50;

fn who(admins: bool) -> Who {
    if admins { Who::Admins } else { Who::All }
}

fn config(group: &Group) -> Config {
    Config {
        edit: who(group.admins_edit),
        send: who(group.admins_send),
        disappear: group.disappear,
    }
}

fn shown(group: &Group, invite: bool) -> Shown<'_> {
    let ids = |all: &[String]| all.iter().map(|it| format!("{it}@c.us")).collect();
    Shown {
        id: group.id.as_str().into(),
        name: group.name.as_str().into(),
        participants: ids(&group.members),
        admins: ids(&group.admins),
        image: group.picture.as_deref().map(Into::into),
        config: config(group),
        invite: invite.then(|| group.invite.clone()),
    }
}

fn one(group: &Group, invite: bool) -> Response {
    answer(StatusCode::OK, &Success::with(shown(group, invite)))
}

fn is_asked(phone: &Phone, name: &str) -> bool {
    matches!(phone.bot.asked(name), Some("true" | "1" | ""))
}

/// `GET getGroups?full&sort&invite&page`.
pub(in crate::maytapi) async fn list(phone: Phone) -> Answer {
    let mut groups = phone.carrier.groups(&phone.inbox).await?;
    if is_asked(&phone, "sort") {
        groups.sort_by(|a, b| a.id.cmp(&b.id));
    }
    let invite = is_asked(&phone, "invite");
    let limit = if invite || is_asked(&phone, "full") {
        FULL_PAGE
    } else {
        PAGE
    };
    let page = phone.bot.asked("page").unwrap_or("1").parse::<usize>();
    let page = page.ok().filter(|it| *it > 0);
    let page = page.ok_or_else(|| Bad::new("page is a number from 1"))?;
    let total = groups.len();
    let first = (page - 1).saturating_mul(limit);
    let mut on_page: Vec<Group> = groups.into_iter().skip(first).take(limit).collect();
    if invite {
        for it in on_page.iter_mut().filter(|it| it.invite.is_empty()) {
            if let Some(whole) = phone.carrier.group(&phone.inbox, &it.id).await? {
                *it = whole;
            }
        }
    }
    let data: Vec<Shown<'_>> = on_page.iter().map(|it| shown(it, invite)).collect();
    Ok(answer(
        StatusCode::OK,
        &Groups::new(data, total, limit, page),
    ))
}

/// `GET getGroups/{conversation}?invite`.
pub(in crate::maytapi) async fn show(phone: Phone, path: RawPathParams) -> Answer {
    let mut all = path.iter();
    let id = all.find(|(name, _)| *name == "conversation");
    let id = id.map_or("", |(_, value)| value);
    let group = phone.carrier.group(&phone.inbox, id).await?;
    let none = || Refused::new(StatusCode::NOT_FOUND, "the phone is in no such group");
    Ok(one(&group.ok_or_else(none)?, is_asked(&phone, "invite")))
}

/// `POST createGroup`.
pub(in crate::maytapi) async fn create(phone: Phone, body: Body) -> Answer {
    let wanted = Create::parse(&read_body(body, BODY_BYTES).await?)?;
    let made = phone
        .carrier
        .create_group(&phone.inbox, &wanted.name, &wanted.numbers)
        .await?;
    Ok(one(&made, true))
}

/// `POST group/add`, `remove`, `promote`, `demote`.
pub(in crate::maytapi) async fn member(phone: Phone, path: RawPathParams, body: Body) -> Answer {
    let mut all = path.iter();
    let verb = all.find(|(name, _)| *name == "verb");
    let change = match verb.map_or("", |(_, value)| value) {
        "add" => GroupChange::Add,
        "remove" => GroupChange::Remove,
        "promote" => GroupChange::Promote,
        "demote" => GroupChange::Demote,
        _ => {
            let text = "there is nothing at this address";
            return Err(Refused::new(StatusCode::NOT_FOUND, text));
        }
    };
    let wanted = Member::parse(&read_body(body, BODY_BYTES).await?)?;
    phone
        .carrier
        .change_group(&phone.inbox, &wanted.group, change(wanted.number))
        .await?;
    Ok(answer(StatusCode::OK, &Success::plain()))
}

/// `POST group/config`.
pub(in crate::maytapi) async fn configure(phone: Phone, body: Body) -> Answer {
    let wanted = Change::parse(&read_body(body, BODY_BYTES).await?)?;
    let change = GroupChange::Configure {
        admins_edit: wanted.edit.map(|it| it == Who::Admins),
        admins_send: wanted.send.map(|it| it == Who::Admins),
        disappear: wanted.disappear,
    };
    let changed = phone
        .carrier
        .change_group(&phone.inbox, &wanted.group, change)
        .await?;
    Ok(answer(StatusCode::OK, &Success::with(config(&changed))))
}

/// `POST leaveGroup`.
pub(in crate::maytapi) async fn leave(phone: Phone, body: Body) -> Answer {
    let group = left(&read_body(body, BODY_BYTES).await?)?;
    phone
        .carrier
        .change_group(&phone.inbox, &group, GroupChange::Leave)
        .await?;
    Ok(answer(StatusCode::OK, &Success::with(json!(true))))
}

/// `POST setProfileImage`: of a group, or our own.
pub(in crate::maytapi) async fn picture(
    State(edge): State<Edge>,
    phone: Phone,
    body: Body,
) -> Answer {
    let body = read_body(body, BODY_BYTES + 2 * PICTURE_BYTES).await?;
    let wanted = ProfileImage::parse(&body)?;
    let file = kept(&edge, &wanted.image).await?;
    let key = file.key.clone();
    let done = match &wanted.group {
        Some(group) => {
            let change = GroupChange::Picture(file);
            let changed = phone.carrier.change_group(&phone.inbox, group, change);
            changed.await.map(drop)
        }
        None => phone.carrier.set_picture(&phone.inbox, file).await,
    };
    if done.is_err() {
        edge.core.media.forget(&key).await;
    }
    done?;
    Ok(answer(StatusCode::OK, &Success::plain()))
}

/// The image, which is kept by now.
async fn kept(edge: &Edge, image: &str) -> Answer<StoredFile> {
    if !is_web_address(image) {
        let picture = Picture::parse("image", image)?;
        let (name, kind) = (picture.name, picture.content_type);
        let kept = edge.core.media.put(name, Some(kind), picture.bytes.into());
        return Ok(kept.await?);
    }
    let file = edge.core.media.fetch(image, None).await?;
    if NewAttachment::of_file(file.clone()).kind == AttachmentKind::Image {
        return Ok(file);
    }
    edge.core.media.forget(&file.key).await;
    Err(Bad::new("image is the address of something else").into())
}
