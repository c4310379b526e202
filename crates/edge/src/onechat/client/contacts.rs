//! The inbox as anybody may see it, and the contact that calls: created, shown, told of.

use app::{
    Actor, Scope,
    contacts::{self, NewContact},
    ports::Tx,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::{Address, Contact};

use super::{
    errors::Answer,
    seat::{Door, Path, Seat, identify, told},
    to_wire,
};
use crate::{
    Edge,
    http::json,
    onechat::{given::Given, pictures::Brought, random_uuid},
};

/// `GET …/inboxes/{identifier}`.
pub(super) async fn inbox(State(edge): State<Edge>, Path(identifier): Path<String>) -> Answer {
    let door = Door::open(&edge, &identifier)?;
    Ok(json(
        StatusCode::OK,
        &to_wire::inbox(&door.inbox, &door.settings),
    ))
}

/// `POST …/contacts`: the contact with this `source_id`, made if there is none.
pub(super) async fn create(
    State(edge): State<Edge>,
    Path(identifier): Path<String>,
    request: Request,
) -> Answer {
    let door = Door::open(&edge, &identifier)?;
    let given = Given::read(&edge, request).await?;
    let params = &given.params;
    let picture = Brought::read(&given, params)?;
    door.check(params)?;
    let source_id = params.text("source_id")?.filter(|it| !it.trim().is_empty());
    let new = NewContact {
        source_id: match source_id {
            Some(source_id) => source_id,
            None => random_uuid()?,
        },
        told: told(params)?,
    };
    let inbox = door.inbox;
    let (address, contact) = edge
        .core
        .store
        .transact(move |tx| contacts::register(tx, &inbox, &new))
        .await?;
    // Somebody who was known before they came here is not changed.
    let is_own = address.created_at == contact.created_at && contact.picture.is_none();
    let contact = match is_own {
        true => {
            let scope = Scope {
                account_id: contact.account_id,
                actor: Actor::Contact(contact.id),
            };
            picture.give_contact(&edge, &scope, contact).await?
        }
        false => contact,
    };
    Ok(shown(&edge, &address, &contact))
}

/// `GET …/contacts/{source_id}`.
pub(super) async fn show(
    State(edge): State<Edge>,
    Path((identifier, source_id)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    let params = Given::read(&edge, request).await?.params;
    let mut address = seat.address;
    if seat.door.check(&params)? && !address.verified {
        address = edge
            .core
            .store
            .transact(move |tx| contacts::verify(tx, &address))
            .await?;
    }
    Ok(shown(&edge, &address, &seat.contact))
}

/// `PATCH …/contacts/{source_id}`: answers the row, not what create answers.
pub(super) async fn update(
    State(edge): State<Edge>,
    Path((identifier, source_id)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    let given = Given::read(&edge, request).await?;
    let params = &given.params;
    let picture = Brought::read(&given, params)?;
    let proved = seat.door.check(params)?;
    let mut told = told(params)?;
    // Whoever they are is settled at the beginning, or proved.
    if !proved {
        told.identifier = None;
    }
    let Seat {
        address,
        contact,
        scope,
        ..
    } = seat;
    let (directory, by) = (edge.core.directory.clone(), scope.clone());
    let change = move |tx: &mut dyn Tx| {
        if proved {
            contacts::verify(tx, &address)?;
        }
        identify(tx, &directory, &scope, &contact, told.clone())
    };
    let contact = edge.core.store.transact(change).await?;
    let contact = picture.give_contact(&edge, &by, contact).await?;
    Ok(json(StatusCode::OK, &to_wire::contact_row(&contact)))
}

fn shown(edge: &Edge, address: &Address, contact: &Contact) -> axum::response::Response {
    json(
        StatusCode::OK,
        &to_wire::contact(&edge.core, address, contact),
    )
}
