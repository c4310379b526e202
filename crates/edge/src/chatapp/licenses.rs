//! `GET /v1/licenses`: the inboxes of the caller's companies by licence.

use std::collections::BTreeMap;

use app::directory::Tables;
use axum::{extract::State, response::Response};
use domain::{Agent, Inbox, Role};
use wire::chatapp::rest::license::{License, LicenseStatus, Messenger, MessengerInfo, NEVER};

use super::{errors::ok, scope::Caller, to_wire::number};
use crate::Edge;

pub(super) async fn list(State(edge): State<Edge>, caller: Caller) -> Response {
    let tables = edge.core.directory.tables();
    let all: Vec<License<'_>> = caller.seats().flat_map(|it| of(&tables, it)).collect();
    ok(all)
}

/// Those of one company.
fn of<'a>(tables: &'a Tables, seat: &Agent) -> Vec<License<'a>> {
    let account = seat.account_id;
    let name = tables.accounts.get(&account).map(|it| it.name.as_str());
    let mut by_license: BTreeMap<i64, Vec<Messenger<'_>>> = BTreeMap::new();
    for it in tables.inboxes_of(account) {
        let messengers = by_license.entry(it.inbox.license_id).or_default();
        messengers.push(messenger(&it.inbox));
    }
    by_license
        .into_iter()
        .map(|(license_id, messenger)| License {
            license_id,
            license_to: NEVER,
            license_name: name.map(Into::into),
            me_owner: seat.role == Role::Administrator,
            active: true,
            status: LicenseStatus::PAID,
            messenger,
            app: Vec::new(),
            access: Vec::new(),
        })
        .collect()
}

fn messenger(inbox: &Inbox) -> Messenger<'_> {
    Messenger {
        kind: inbox.messenger.as_str().into(),
        name: inbox.name.as_str().into(),
        info: MessengerInfo {
            phone: number(&inbox.address).map(Into::into),
        },
    }
}
