//! The visitor themselves: shown, told of, and proved to be who the page says they are.

use app::{
    contacts::{self, Change},
    ports::Tx,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use domain::Contact;
use serde_json::{Value, json as value};
use wire::onechat::{
    client::proves,
    errors::Refusal,
    json::{keyed, without},
};

use super::newcomers::address_of;
use super::visitor::{Visitor, seen_by, token_of};
use crate::{
    Edge,
    http::json,
    onechat::{
        client::{identify, told},
        errors::Answer,
        given::Given,
        pictures::Brought,
    },
};

/// `GET …/contact`.
pub(super) async fn show(State(edge): State<Edge>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let params = Given::read(&edge, request).await?.params;
    let visitor = Visitor::find(&edge, &headers, &params)?;
    let seen = seen_by(&edge, &visitor.address, &visitor.contact);
    Ok(json(
        StatusCode::OK,
        &shown(&visitor.contact, seen.identifier),
    ))
}

fn shown(contact: &Contact, identifier: Option<String>) -> Value {
    value!({
        "id": contact.id.0,
        "has_email": contact.email.is_some(),
        "has_name": !contact.name.is_empty(),
        "has_phone_number": contact.phone.is_some(),
        "identifier": identifier,
    })
}

/// `PATCH …/contact`: what the visitor tells of themselves. Who they are to the business is not theirs to say.
pub(super) async fn update(State(edge): State<Edge>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let given = Given::read(&edge, request).await?;
    let params = &given.params;
    let visitor = Visitor::find(&edge, &headers, params)?;
    let picture = Brought::read(&given, &params.unwrapped("contact"))?;
    let told = Change {
        identifier: None,
        ..told(&params.unwrapped("contact"))?
    };
    let address = visitor.address.clone();
    let contact = identified(&edge, visitor, told, picture).await?;
    let seen = seen_by(&edge, &address, &contact);
    Ok(json(StatusCode::OK, &shown(&contact, seen.identifier)))
}

async fn identified(
    edge: &Edge,
    visitor: Visitor,
    told: Change,
    picture: Brought,
) -> Answer<Contact> {
    let directory = edge.core.directory.clone();
    let Visitor { contact, scope, .. } = visitor;
    let by = scope.clone();
    let tell = move |tx: &mut dyn Tx| identify(tx, &directory, &scope, &contact, told.clone());
    let contact = edge.core.store.transact(tell).await?;
    picture.give_contact(edge, &by, contact).await
}

/// `PATCH …/contact/set_user`: the page says who the visitor is. A visitor who was somebody else begins anew, with a
/// token of their own.
pub(super) async fn set_user(State(edge): State<Edge>, request: Request) -> Answer {
    let (headers, from) = (request.headers().clone(), address_of(&edge, &request));
    let given = Given::read(&edge, request).await?;
    let params = &given.params;
    let picture = Brought::read(&given, params)?;
    let mut visitor = Visitor::find(&edge, &headers, params)?;
    let identifier = params.text("identifier")?.unwrap_or_default();
    if identifier.trim().is_empty() {
        return Err(Refusal::missing_param("identifier").into());
    }
    let hash = params.text("identifier_hash")?.unwrap_or_default();
    let settings = &visitor.widget.settings;
    let proved = !hash.is_empty() && proves(&settings.hmac_token, &identifier, &hash);
    if !proved && (settings.hmac_mandatory || !hash.is_empty()) {
        return Err(Refusal::not_proved().into());
    }
    let mut fresh = None;
    let was = visitor.contact.identifier.as_ref();
    if was.is_some_and(|was| *was != identifier) {
        let met = visitor.widget.meet(&edge, from, Change::default());
        let (address, contact) = met.await?;
        fresh = Some(token_of(&edge, &address));
        visitor.scope.actor = app::Actor::Contact(contact.id);
        (visitor.address, visitor.contact) = (address, contact);
    }
    let told = told(params)?;
    // A name alone, without a proof, opens nobody else's record.
    let told = match proved {
        true => told,
        false => unclaimed(&edge, &visitor, told)?,
    };
    if proved {
        let address = visitor.address.clone();
        edge.core
            .store
            .transact(move |tx| contacts::verify(tx, &address))
            .await?;
    }
    let contact = identified(&edge, visitor, told, picture).await?;
    // What they just said is no secret.
    let said = contact.identifier.clone().filter(|it| *it == identifier);
    let mut body = shown(&contact, said);
    if let (Some(all), Some(token)) = (body.as_object_mut(), fresh) {
        all.insert("widget_auth_token".to_owned(), token.into());
    }
    Ok(json(StatusCode::OK, &body))
}

/// Leaves out the identifier if it is somebody's already.
fn unclaimed(edge: &Edge, visitor: &Visitor, mut told: Change) -> Answer<Change> {
    if let Some(identifier) = &told.identifier {
        let key = app::ports::ContactKey::Identifier(identifier);
        let account = visitor.contact.account_id;
        let found = edge
            .core
            .store
            .view(|view| view.find_contact_by(account, key))?;
        if found.is_some_and(|it| it.id != visitor.contact.id) {
            told.identifier = None;
        }
    }
    Ok(told)
}

/// `POST …/contact/destroy_custom_attributes {custom_attributes: [key]}`.
pub(super) async fn destroy_custom_attributes(
    State(edge): State<Edge>,
    request: Request,
) -> Answer<Response> {
    let headers = request.headers().clone();
    let params = Given::read(&edge, request).await?.params;
    let visitor = Visitor::find(&edge, &headers, &params)?;
    let keys = params.texts("custom_attributes")?;
    let change = Change {
        custom_attributes: Some(keyed(&keys)),
        join: without,
        ..Change::default()
    };
    let (scope, id, address) = (visitor.scope, visitor.contact.id, visitor.address);
    let contact = edge
        .core
        .store
        .transact(move |tx| contacts::change(tx, &scope, id, &change))
        .await?;
    let seen = seen_by(&edge, &address, &contact);
    Ok(json(StatusCode::OK, &shown(&contact, seen.identifier)))
}
