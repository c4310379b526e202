//! The chats of a phone, and whom it could write to.

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
    let name = match chat::number(id) {
        Some(number) if name == id => number.into(),
        _ => name.into(),
    };
    Contact {
        id: id.into(),
        name,
        kind,
        image: None,
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
    let name = match (&wanted, known) {
        (_, Some((_, contact, _))) => contact.name,
        (Chat::Person(number), None) => {
            let person = phone.carrier.person(&phone.inbox, number).await?;
            let person = person.ok_or_else(|| {
                Refused::new(
                    StatusCode::NOT_FOUND,
                    format!("{number} is not on the network"),
                )
            })?;
            person.name.unwrap_or_else(|| number.clone())
        }
        (Chat::Group(_), None) => {
            let groups = phone.carrier.groups(&phone.inbox).await?;
            let group = groups.into_iter().find(|it| it.id == id);
            let none = || Refused::new(StatusCode::NOT_FOUND, "the phone is in no such group");
            group.ok_or_else(none)?.name
        }
    };
    Ok(json(StatusCode::OK, &Success::with([contact(&id, &name)])))
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
