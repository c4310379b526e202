//! What is done to a session and its queue.

use std::collections::BTreeMap;

use app::{deliveries::Receiver, inboxes, pacing::Hold, sessions};
use axum::{body::Body, extract::State, http::StatusCode};
use domain::pace::Brake;
use serde_json::{Value, json};
use wire::maytapi::{
    Bad,
    answers::{Deleted, Held, QueueAnswer, Redeployed, Success},
    bodies,
};

use super::{BODY_BYTES, shown::said_of};
use crate::{
    Edge,
    http::{json as answer, read_body},
    maytapi::{bot::Phone, errors::Answer},
};

fn done() -> Answer {
    Ok(answer(StatusCode::OK, &Success::plain()))
}

/// `restart`.
pub(in crate::maytapi) async fn restart(phone: Phone) -> Answer {
    phone.carrier.restart(&phone.inbox).await?;
    done()
}

/// `redeploy`, which has taken the place of `restart`.
pub(in crate::maytapi) async fn redeploy(phone: Phone) -> Answer {
    phone.carrier.restart(&phone.inbox).await?;
    Ok(answer(StatusCode::OK, &Redeployed::new(phone.inbox.id.0)))
}

/// `logout`: back to the QR screen.
pub(in crate::maytapi) async fn log_out(phone: Phone) -> Answer {
    phone.carrier.log_out(&phone.inbox).await?;
    done()
}

/// `factoryreset`: as if the phone had just been added.
pub(in crate::maytapi) async fn reset(phone: Phone) -> Answer {
    phone.carrier.reset(&phone.inbox).await?;
    done()
}

/// `delete`, which `factoryreset` has taken the place of: phones are not deleted any more, only reset.
pub(in crate::maytapi) async fn delete(phone: Phone) -> Answer {
    phone.carrier.reset(&phone.inbox).await?;
    let deleted = Deleted::new(&phone.bot.product_id, phone.inbox.id.0);
    Ok(answer(StatusCode::OK, &deleted))
}

/// `backup`: what `restore` takes.
pub(in crate::maytapi) async fn backup(phone: Phone) -> Answer {
    let backup = phone.carrier.backup(&phone.inbox).await?;
    Ok(answer(StatusCode::OK, &Success::with(backup)))
}

/// `restore`: the data as `backup` answered it, or its whole answer.
pub(in crate::maytapi) async fn restore(phone: Phone, body: Body) -> Answer {
    let body = read_body(body, BODY_BYTES).await?;
    let bad = || Bad::new("the body is not the data of a backup");
    let mut data: Value = serde_json::from_slice(&body).map_err(|_| bad())?;
    if data["data"].is_object() {
        data = data["data"].take();
    }
    let data = data.as_object().ok_or_else(bad)?;
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let backup: BTreeMap<String, String> = data
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    phone.carrier.restore(&phone.inbox, &backup).await?;
    done()
}

/// `pairCode`: a code to type into the phone instead of scanning.
pub(in crate::maytapi) async fn pairing_code(phone: Phone, body: Body) -> Answer {
    let number = bodies::pair_number(&read_body(body, BODY_BYTES).await?)?;
    let code = phone.carrier.pairing_code(&phone.inbox, &number).await?;
    let told = json!({ "code": code });
    Ok(answer(StatusCode::OK, &Success::with(told)))
}

/// `queue`: how many messages wait, and what for.
pub(in crate::maytapi) async fn queue(State(edge): State<Edge>, phone: Phone) -> Answer {
    let (inbox, core) = (&phone.inbox, &edge.core);
    let (sending, hold) = core.store.view(|view| {
        let sending = view.count_open_deliveries(Receiver::Inbox(inbox.id))?;
        Ok((sending, core.paces.hold(view, inbox, core.clock.now())?))
    })?;
    let held = hold.filter(|_| sending > 0).map(held);
    Ok(answer(StatusCode::OK, &QueueAnswer::new(sending, held)))
}

fn held(hold: Hold) -> Held {
    let (held, because, until) = match hold {
        Hold::Paused(reason) => ("paused", reason, None),
        Hold::Closed(state) => {
            let text = format!("the phone is not open: {}", said_of(state));
            ("closed", text, None)
        }
        Hold::Pace(next) => {
            let (held, text) = match next.because {
                Some(Brake::Day) => ("day", "the number has sent what it may send today"),
                Some(Brake::Quiet) => ("quiet", "these are the number's quiet hours"),
                Some(Brake::Rate) | None => ("rate", "the number has just sent something"),
            };
            (held, text.to_owned(), Some(next.at.as_second()))
        }
    };
    Held {
        held,
        because,
        until,
    }
}

/// `resumeQueue`: ours. Lets the queue of a phone send again that a ban, or its owner, has paused.
pub(in crate::maytapi) async fn resume(State(edge): State<Edge>, phone: Phone) -> Answer {
    let connected = edge.core.directory.inbox(phone.inbox.id);
    let connected = connected.ok_or_else(|| app::Error::not_found("phone"))?;
    edge.core
        .store
        .transact(move |tx| inboxes::resume(tx, &connected))
        .await?;
    edge.hooks.news.notify_one();
    done()
}

/// `purgeQueue`: what waits has failed.
pub(in crate::maytapi) async fn purge(State(edge): State<Edge>, phone: Phone) -> Answer {
    let (inbox, directory) = (phone.inbox.clone(), edge.core.directory.clone());
    edge.core
        .store
        .transact(move |tx| sessions::empty_queue(tx, &directory, &inbox))
        .await?;
    done()
}
