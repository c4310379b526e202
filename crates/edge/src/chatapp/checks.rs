//! `GET …/phones/{phone}/check` and `GET …/users/{username}/check`. No network that we reach can be asked who is
//! there, and a guess would be taken for an answer.

use axum::extract::State;
use wire::chatapp::errors::Refusal;

use super::{
    errors::{Answer, Refused},
    path::Path,
    scope::Caller,
};
use crate::Edge;

/// Either check.
pub(super) async fn check(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger, _)): Path<(i64, String, String)>,
) -> Answer {
    caller.messenger(&edge, license, &messenger)?;
    let text = "this messenger cannot tell who is there; write, and see whether it arrives";
    Err(Refused::new(Refusal::NotSupported, text))
}
