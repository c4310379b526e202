//! `POST …/messengers/{messenger}/chats`: a new group, on networks that have groups. It is a chat at once.

use app::{Error, contacts::Told, conversations};
use axum::extract::State;
use domain::Kind;
use wire::chatapp::{
    errors::Refusal,
    rest::group::{CreateGroup, Created, NAME_CHARS_MAX, PARTICIPANTS_MAX},
};

use super::name::phone;
use crate::{
    Edge,
    chatapp::{
        body::Json,
        checks::network,
        errors::{Answer, Refused, ok},
        path::Path,
        scope::Caller,
    },
};

pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger)): Path<(i64, String)>,
    Json(body): Json<CreateGroup>,
) -> Answer {
    let inbox = caller.messenger(&edge, license, &messenger)?;
    let network = network(&edge, &inbox)?;
    let name = body.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let text = format!("name is required, up to {NAME_CHARS_MAX} characters");
        return Err(Refused::new(Refusal::Validation, text));
    }
    let numbers = numbers(&body)?;
    let group = network.create_group(&inbox, name, &numbers).await?;
    let told = Told {
        source_id: group.id.clone(),
        name: Some(group.name.clone()),
        phone: None,
    };
    let scope = caller.scope();
    let store = &edge.core.store;
    let directory = edge.core.directory.clone();
    let begun =
        store.transact(move |tx| conversations::begin(tx, &directory, &scope, &inbox, &told));
    begun.await?;
    Ok(ok(Created {
        id: group.id.as_str().into(),
        invite_link: &group.invite,
    }))
}

fn numbers(body: &CreateGroup) -> app::Result<Vec<String>> {
    let invalid = |text: String| Err(Error::refused(Kind::Invalid, text));
    let all = &body.participants_items;
    if all.is_empty() || all.len() > PARTICIPANTS_MAX {
        return invalid(format!(
            "a group begins with 1 to {PARTICIPANTS_MAX} people"
        ));
    }
    let mut numbers = Vec::with_capacity(all.len());
    for it in all {
        match phone(&it.value) {
            Some(digits) => numbers.push(digits),
            None => return invalid("a participant's value is no telephone number".to_owned()),
        }
    }
    Ok(numbers)
}
