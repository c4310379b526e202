//! `GET /v1/licenses`: the account's inboxes by licence.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use domain::{Inbox, Role};
use wire::chatapp::rest::license::{License, LicenseStatus, Messenger, MessengerInfo, NEVER};

use super::{errors::ok, scope::Caller, to_wire::number};
use crate::Edge;

pub(super) async fn list(State(edge): State<Edge>, caller: Caller) -> Response {
    let account = caller.agent.account_id;
    let tables = edge.core.directory.tables();
    let name = tables.accounts.get(&account).map(|it| it.name.as_str());
    let mut by_license: BTreeMap<i64, Vec<Messenger<'_>>> = BTreeMap::new();
    for it in tables.inboxes_of(account) {
        let messengers = by_license.entry(it.inbox.license_id).or_default();
        messengers.push(messenger(&it.inbox));
    }
    let all: Vec<License<'_>> = by_license
        .into_iter()
        .map(|(license_id, messenger)| License {
            license_id,
            license_to: NEVER,
            license_name: name.map(Into::into),
            me_owner: caller.agent.role == Role::Administrator,
            active: true,
            status: LicenseStatus::PAID,
            messenger,
            app: Vec::new(),
            access: Vec::new(),
        })
        .collect();
    ok(all)
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
