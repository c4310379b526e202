//! Where a product, or one of its phones, is told what happens: endpoints in this dialect.

use std::sync::Arc;

use app::{
    Error,
    hooks::{
        Endpoint,
        endpoints::{self, NewEndpoint},
    },
    ports::Tx,
};
use axum::{body::Body, extract::State, http::StatusCode};
use domain::{AccountId, InboxId, Kind};
use serde::Deserialize;
use wire::maytapi::{
    Form,
    answers::ConfigAnswer,
    bodies::{self, PhoneConfig},
};

use super::{
    bot::{Bot, Phone},
    errors::Answer,
    hooks::{ACK, EVENTS, name_of},
    phone::BODY_BYTES,
    product,
    settings::Settings,
};
use crate::{
    Edge,
    http::{json, read_body},
};

/// Whether an endpoint is a product's, or one of its phones'.
fn is_it(endpoint: &Endpoint, account: AccountId, phone: Option<InboxId>) -> bool {
    endpoint.account_id == account
        && endpoint.inbox_id == phone
        && [Form::Documented, Form::Current]
            .iter()
            .any(|form| endpoint.dialect == name_of(*form))
}

/// The endpoint of a product, or of one of its phones.
pub(super) fn of_product(
    edge: &Edge,
    account: AccountId,
    phone: Option<InboxId>,
) -> Option<Arc<Endpoint>> {
    let tables = edge.core.directory.tables();
    let mut all = tables.endpoints.values();
    all.find(|it| is_it(it, account, phone)).cloned()
}

fn events(acks: bool) -> Vec<String> {
    let plain = EVENTS.iter().filter(|it| acks || **it != ACK);
    plain.map(|it| (*it).to_owned()).collect()
}

/// What an endpoint is to be.
struct Wanted {
    account: AccountId,
    phone: Option<InboxId>,
    url: Option<String>,
    acks: bool,
    form: Form,
}

/// Makes, changes or removes an endpoint.
fn put(tx: &mut dyn Tx, wanted: &Wanted) -> app::Result<()> {
    let (account, phone) = (wanted.account, wanted.phone);
    let all = tx.endpoints()?;
    let before = all.into_iter().find(|it| is_it(it, account, phone));
    let dialect = name_of(wanted.form);
    match (before, &wanted.url) {
        (None, None) => {}
        (Some(before), None) => endpoints::remove(tx, account, before.id)?,
        (None, Some(url)) => {
            let new = NewEndpoint {
                account_id: account,
                dialect: dialect.to_owned(),
                name: "Maytapi".to_owned(),
                url: url.clone(),
                events: events(wanted.acks),
                inbox_id: phone,
                ordered: false,
                per_second: 0,
                in_flight: endpoints::IN_FLIGHT,
                secret: None,
            };
            endpoints::create(tx, &new)?;
        }
        (Some(before), Some(url)) => {
            let moved = before.url != *url;
            endpoints::change(tx, account, before.id, |it| {
                it.url.clone_from(url);
                dialect.clone_into(&mut it.dialect);
                it.events = events(wanted.acks);
            })?;
            // A new address gets a new chance.
            if moved {
                endpoints::resume(tx, account, before.id)?;
            }
        }
    }
    Ok(())
}

/// Gives a product these settings, and tells its webhooks accordingly.
pub fn set_all(tx: &mut dyn Tx, account: AccountId, settings: &Settings) -> app::Result<()> {
    settings.keep(tx, account)?;
    let all = tx.endpoints()?;
    let url = all.into_iter().find(|it| is_it(it, account, None));
    let wanted = Wanted {
        account,
        phone: None,
        url: url.map(|it| it.url),
        acks: settings.ack_delivery,
        form: settings.form,
    };
    put(tx, &wanted)?;
    reform(tx, account, settings.form)
}

/// What `setWebhook` takes beside the document's field: ours, for who wants the current form.
#[derive(Deserialize)]
struct AlsoForm {
    form: Option<Form>,
}

/// `POST setWebhook`.
pub(super) async fn set(State(edge): State<Edge>, mut bot: Bot, body: Body) -> Answer {
    let body = read_body(body, BODY_BYTES).await?;
    let url = bodies::webhook(&body)?;
    let form = serde_json::from_slice::<AlsoForm>(&body)
        .map_err(|_| Error::refused(Kind::Invalid, "form is documented or current"))?;
    if let Some(url) = &url {
        edge.hooks.check(url)?;
    }
    let account = bot.account_id;
    let settings = edge
        .core
        .store
        .transact(move |tx| {
            let mut settings = Settings::load(&*tx, account)?;
            settings.form = form.form.unwrap_or(settings.form);
            settings.keep(tx, account)?;
            let wanted = Wanted {
                account,
                phone: None,
                url: url.clone(),
                acks: settings.ack_delivery,
                form: settings.form,
            };
            put(tx, &wanted)?;
            reform(tx, account, settings.form)?;
            Ok(settings)
        })
        .await?;
    edge.hooks.news.notify_one();
    bot.settings = settings;
    Ok(product::shown(&edge, &bot))
}

/// Tells the product's phones in its form as well.
fn reform(tx: &mut dyn Tx, account: AccountId, form: Form) -> app::Result<()> {
    for it in tx.endpoints()? {
        if it.inbox_id.is_some() && is_it(&it, account, it.inbox_id) && it.dialect != name_of(form)
        {
            endpoints::change(tx, account, it.id, |it| {
                name_of(form).clone_into(&mut it.dialect);
            })?;
        }
    }
    Ok(())
}

/// `POST setAckPreference`.
pub(super) async fn set_acks(State(edge): State<Edge>, mut bot: Bot, body: Body) -> Answer {
    let acks = bodies::ack_preference(&read_body(body, BODY_BYTES).await?)?;
    let account = bot.account_id;
    let settings = edge
        .core
        .store
        .transact(move |tx| {
            let mut settings = Settings::load(&*tx, account)?;
            settings.ack_delivery = acks;
            set_all(tx, account, &settings)?;
            Ok(settings)
        })
        .await?;
    bot.settings = settings;
    Ok(product::shown(&edge, &bot))
}

/// `GET {phone}/config`.
pub(super) async fn config(State(edge): State<Edge>, phone: Phone) -> Answer {
    Ok(configured(&edge, &phone))
}

fn configured(edge: &Edge, phone: &Phone) -> axum::response::Response {
    let own = of_product(edge, phone.bot.account_id, Some(phone.inbox.id));
    let acks = own
        .as_ref()
        .is_some_and(|it| it.events.iter().any(|it| it == ACK));
    let url = own.as_ref().map_or("", |it| it.url.as_str());
    json(StatusCode::OK, &ConfigAnswer::new(url, acks))
}

/// `POST {phone}/config`. A phone without a webhook of its own is told of at the product's.
pub(super) async fn configure(State(edge): State<Edge>, phone: Phone, body: Body) -> Answer {
    let wanted = PhoneConfig::parse(&read_body(body, BODY_BYTES).await?)?;
    if let Some(url) = wanted.webhook.as_ref().filter(|it| !it.is_empty()) {
        edge.hooks.check(url)?;
    }
    let (account, id) = (phone.bot.account_id, phone.inbox.id);
    let form = phone.bot.form();
    edge.core
        .store
        .transact(move |tx| {
            let all = tx.endpoints()?;
            let before = all.into_iter().find(|it| is_it(it, account, Some(id)));
            let acks = before
                .as_ref()
                .is_some_and(|it| it.events.iter().any(|it| it == ACK));
            let url = wanted.webhook.clone().or_else(|| before.map(|it| it.url));
            let url = url.filter(|it| !it.is_empty());
            if url.is_none() && wanted.ack_delivery == Some(true) {
                let text = "a phone without a webhook of its own has no ack_delivery of its own";
                return Err(Error::refused(Kind::Invalid, text));
            }
            let wanted = Wanted {
                account,
                phone: Some(id),
                url,
                acks: wanted.ack_delivery.unwrap_or(acks),
                form,
            };
            put(tx, &wanted)
        })
        .await?;
    edge.hooks.news.notify_one();
    Ok(configured(&edge, &phone))
}
