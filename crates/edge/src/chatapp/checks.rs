//! `GET …/phones/{phone}/check` and `GET …/users/{username}/check`: who is there, where the network can be asked. A
//! guess would be taken for an answer.

use std::sync::Arc;

use app::ports::Phones;
use axum::extract::State;
use domain::Inbox;
use wire::chatapp::{errors::Refusal, rest::check::Checked};

use super::{
    chats::phone,
    errors::{Answer, Refused, ok},
    path::Path,
    scope::Caller,
};
use crate::Edge;

/// Whether somebody has a number.
pub(super) async fn phone_check(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger, number)): Path<(i64, String, String)>,
) -> Answer {
    let inbox = caller.messenger(&edge, license, &messenger)?;
    let network = network(&edge, &inbox)?;
    let Some(digits) = phone(&number) else {
        let text = "this is no telephone number";
        return Err(Refused::new(Refusal::Validation, text));
    };
    let person = network.person(&inbox, &digits).await?;
    let chat_id = person.as_ref().map(|_| format!("{digits}@c.us").into());
    Ok(ok(Checked {
        phone: digits.into(),
        exists: person.is_some(),
        chat_id,
        name: person.and_then(|it| it.name).map(Into::into),
    }))
}

/// Nobody has a name on any network that we reach.
pub(super) async fn user_check(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger, _)): Path<(i64, String, String)>,
) -> Answer {
    caller.messenger(&edge, license, &messenger)?;
    let text = "people have no user names on this messenger";
    Err(Refused::new(Refusal::NotSupported, text))
}

/// The network behind a messenger, if it can be asked for more than to take a message.
pub(super) fn network(edge: &Edge, inbox: &Inbox) -> Result<Arc<dyn Phones>, Refused> {
    let text = "this messenger takes and brings messages, and can do no more";
    let found = edge.phones.get(inbox.carrier.as_str()).cloned();
    found.ok_or_else(|| Refused::new(Refusal::NotSupported, text))
}
