//! The product itself, and its phones.

use app::deliveries::Receiver;
use axum::{body::Body, extract::State, http::StatusCode};
use wire::maytapi::{
    Form,
    answers::{Flag, NewPhone, Phone as Shown, Product, Queue, Queues},
    bodies, chat,
};

use super::{
    bot::Bot,
    errors::Answer,
    phone::{BODY_BYTES, session_of},
    settings::new_phone,
    to_wire::phone_status,
    webhook::of_product,
};
use crate::{
    Edge,
    http::{json, read_body},
};

/// `GET product`, and the answer of what changes one.
pub(super) async fn show(State(edge): State<Edge>, bot: Bot) -> Answer {
    Ok(shown(&edge, &bot))
}

pub(super) fn shown(edge: &Edge, bot: &Bot) -> axum::response::Response {
    let webhook = of_product(edge, bot.account_id, None);
    let product = Product {
        pid: &bot.product_id,
        webhook: webhook.as_ref().map_or("", |it| it.url.as_str()),
        ack_delivery: Flag {
            on: bot.settings.ack_delivery,
            form: bot.form(),
        },
        phone_limit: bot.settings.phone_limit,
    };
    json(StatusCode::OK, &product)
}

/// `GET listPhones`.
pub(super) async fn phones(State(edge): State<Edge>, bot: Bot) -> Answer {
    let phones = bot.phones(&edge);
    let mut list = Vec::with_capacity(phones.len());
    for inbox in &phones {
        let status = match bot.form() {
            Form::Documented => None,
            Form::Current => Some(phone_status(inbox, session_of(&edge, inbox)?.state)),
        };
        list.push(Shown {
            id: inbox.id.0,
            number: chat::number(&inbox.address).unwrap_or_default().into(),
            status,
        });
    }
    Ok(json(StatusCode::OK, &list))
}

/// `POST addPhone`.
pub(super) async fn add_phone(State(edge): State<Edge>, bot: Bot, body: Body) -> Answer {
    let number = bodies::new_phone(&read_body(body, BODY_BYTES).await?)?;
    let (account, wanted) = (bot.account_id, number.clone());
    let carrier = edge.new_phones;
    let inbox = edge
        .core
        .store
        .transact(move |tx| new_phone(tx, account, carrier, wanted.as_deref()))
        .await?;
    let made = NewPhone {
        id: inbox.id.0,
        pid: &bot.product_id,
        number: number.as_deref(),
    };
    Ok(json(StatusCode::OK, &made))
}

/// `GET queues`.
pub(super) async fn queues(State(edge): State<Edge>, bot: Bot) -> Answer {
    let mut queues = Vec::new();
    for inbox in bot.phones(&edge) {
        let store = &edge.core.store;
        queues.push(Queue {
            id: inbox.id.0,
            status: phone_status(&inbox, session_of(&edge, &inbox)?.state),
            queue: store.view(|view| view.count_open_deliveries(Receiver::Inbox(inbox.id)))?,
        });
    }
    Ok(json(StatusCode::OK, &Queues::new(queues)))
}
