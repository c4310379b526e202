//! The chats of a phone, and whom it could write to.

use std::borrow::Cow;

use app::pictures;
use axum::{
    extract::{RawPathParams, State},
    http::StatusCode,
};
use wire::maytapi::{
    answers::{Contact, ContactKind, Success},
    chat::{self, Chat},
    product::{Listed, Product},
};

use crate::{
    Edge,
    http::json,
    maytapi::{
        bot::Phone,
        errors::{Answer, Refused},
    },
};

/// Chats in one answer.
const CHATS: i64 = 1_000;

/// `GET contacts`: everybody and every group that the phone has a chat with, the latest first.
pub(in crate::maytapi) async fn list(State(edge): State<Edge>, phone: Phone) -> Answer {
    let rows = phone.latest(&edge, CHATS)?;
    let list: Vec<Contact<'_>> = rows
        .iter()
        .map(|row| contact(&row.address.source_id, &row.contact.name))
        .collect();
    Ok(json(StatusCode::OK, &Success::with(list)))
}

fn contact<'a>(id: &'a str, name: &'a str) -> Contact<'a> {
    let kind = if id.ends_with("@g.us") {
        ContactKind::Group
    } else {
        ContactKind::Chat
    };
    Contact {
        id: id.into(),
        name: name_of(id, name),
        kind,
        image: None,
    }
}

/// What a chat is called; its number, if nobody has said.
pub(super) fn name_of<'a>(id: &str, name: &'a str) -> Cow<'a, str> {
    match chat::number(id) {
        Some(number) if name == id => number.into(),
        _ => name.into(),
    }
}

/// `GET contact/{conversation}`: whoever has a number on the network, known to us or not.
pub(in crate::maytapi) async fn show(
    State(edge): State<Edge>,
    phone: Phone,
    path: RawPathParams,
) -> Answer {
    let mut all = path.iter();
    let asked = all.find(|(name, _)| *name == "conversation");
    let wanted = Chat::parse(asked.map_or("", |(_, value)| value))?;
    let id = wanted.to_string();
    let inbox = phone.inbox.id;
    let known = edge.core.store.view(|view| view.find_address(inbox, &id))?;
    let (name, picture) = match (&wanted, known) {
        (Chat::Group(_), Some((_, contact, _))) => (contact.name, group_picture(&phone, &id).await),
        (Chat::Person(number), Some((_, contact, _))) => {
            let ours = contact.picture.as_deref();
            let ours = ours.map(|it| pictures::url(&edge.core, it));
            let picture = match ours {
                Some(ours) => Some(ours),
                None => picture(&phone, number).await,
            };
            (contact.name, picture)
        }
        (Chat::Person(number), None) => {
            let person = phone.carrier.person(&phone.inbox, number).await?;
            let person = person.ok_or_else(|| {
                Refused::new(
                    StatusCode::NOT_FOUND,
                    format!("{number} is not on the network"),
                )
            })?;
            let name = person.name.unwrap_or_else(|| number.clone());
            (name, picture(&phone, number).await)
        }
        (Chat::Group(_), None) => {
            let group = phone.carrier.group(&phone.inbox, &id).await?;
            let none = || Refused::new(StatusCode::NOT_FOUND, "the phone is in no such group");
            let group = group.ok_or_else(none)?;
            (group.name, group.picture)
        }
    };
    let shown = Contact {
        image: picture.map(Into::into),
        ..contact(&id, &name)
    };
    Ok(json(StatusCode::OK, &Success::with([shown])))
}

/// Somebody's picture. A phone that is not open cannot ask.
async fn picture(phone: &Phone, number: &str) -> Option<String> {
    let asked = phone.carrier.picture(&phone.inbox, number).await;
    asked.ok().flatten()
}

async fn group_picture(phone: &Phone, id: &str) -> Option<String> {
    let asked = phone.carrier.group(&phone.inbox, id).await;
    asked.ok().flatten()?.picture
}

/// `GET catalog`: what the business behind the phone sells.
pub(in crate::maytapi) async fn catalog(phone: Phone) -> Answer {
    let products = products(&phone).await?;
    let listed: Vec<Listed<'_>> = products.iter().map(Listed::new).collect();
    Ok(json(StatusCode::OK, &Success::with(listed)))
}

/// The products of a phone's catalog.
pub(in crate::maytapi) async fn products(phone: &Phone) -> Answer<Vec<Product>> {
    let all = phone.carrier.catalog(&phone.inbox).await?;
    let number = chat::number(&phone.inbox.address).unwrap_or_default();
    let product = |it: app::ports::Product| Product {
        product_id: it.id,
        title: it.title,
        description: it.description,
        price: it.price_thousandths / 1000,
        price1000: it.price_thousandths,
        currency: it.currency,
        url: it.url,
        image: it.image,
        retailer_id: it.retailer_id,
        business: format!("{number}@c.us"),
    };
    Ok(all.into_iter().map(product).collect())
}
