//! The same done to many conversations (onechat.md, 4.3, `bulk_actions`).

use app::{
    Scope,
    conversations::{self, NewStatus, Relabel},
    directory::Directory,
    ports::Tx,
    teams,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use domain::{AgentId, TeamId, Timestamp};
use wire::onechat::{Params, errors::Refusal, words};

use super::{
    caller::Caller, conversations::status_of, errors::Answer, given::Given, path::Path,
    to_wire::titles,
};
use crate::Edge;

/// Conversations of one call.
const CONVERSATIONS: usize = 1_000;
/// Conversations of one transaction: others get their turn between.
const AT_ONCE: usize = 50;

/// What is to be done with each.
#[derive(Clone, Default)]
struct Wanted {
    status: Option<NewStatus>,
    assignee: Option<Option<AgentId>>,
    team: Option<Option<TeamId>>,
    add: Vec<String>,
    remove: Vec<String>,
}

/// `POST …/bulk_actions {type: "Conversation", ids[], fields, labels, snoozed_until}`: an empty 200 when it is done.
/// Numbers that the account does not have, or that the caller does not see, are passed over.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    if params.text("type")?.as_deref() != Some("Conversation") {
        return Err(Refusal::unprocessable("type: only conversations are changed in bulk").into());
    }
    let mut numbers = params.numbers("ids")?;
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() > CONVERSATIONS {
        let text = format!("ids: at most {CONVERSATIONS} conversations at once");
        return Err(Refusal::unprocessable(&text).into());
    }
    let wanted = read(&edge.core.directory, &scope, &params)?;
    for some in numbers.chunks(AT_ONCE) {
        let (directory, scope) = (edge.core.directory.clone(), scope.clone());
        let (some, wanted) = (some.to_vec(), wanted.clone());
        let work = move |tx: &mut dyn Tx| {
            for number in &some {
                let found = tx.find_conversation(scope.account_id, *number)?;
                if found.is_some_and(|it| scope.sees(&it.conversation)) {
                    perform(tx, &directory, &scope, *number, &wanted)?;
                }
            }
            Ok(())
        };
        edge.core.store.transact(work).await?;
    }
    Ok(StatusCode::OK.into_response())
}

fn read(directory: &Directory, scope: &Scope, params: &Params) -> Answer<Wanted> {
    let (fields, labels) = (params.within("fields"), params.within("labels"));
    let number = |key: &str| -> Answer<Option<Option<i64>>> {
        let told = fields.has(key).then(|| fields.number(key)).transpose()?;
        Ok(told.map(|it| it.filter(|it| *it != 0)))
    };
    let until = params.number("snoozed_until")?;
    let until = until.and_then(|at| Timestamp::from_second(at).ok());
    let status = match fields.text("status")?.filter(|it| !it.is_empty()) {
        None => None,
        Some(word) => {
            let found = words::ConversationStatus::find(&word);
            let found = found.ok_or_else(|| Refusal::unprocessable("status: not a status"))?;
            Some(NewStatus::To(status_of(found), until))
        }
    };
    let wanted = Wanted {
        status,
        assignee: number("assignee_id")?.map(|it| it.map(AgentId)),
        team: number("team_id")?.map(|it| it.map(TeamId)),
        add: labels.texts("add")?,
        remove: labels.texts("remove")?,
    };
    if let Some(Some(id)) = wanted.assignee {
        let tables = directory.tables();
        tables
            .colleague(scope.account_id, id)
            .ok_or_else(Refusal::not_found)?;
    }
    if let Some(Some(id)) = wanted.team {
        teams::find(directory, scope, id)?;
    }
    Ok(wanted)
}

fn perform(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    wanted: &Wanted,
) -> app::Result<()> {
    if let Some(status) = wanted.status {
        conversations::set_status(tx, directory, scope, number, status)?;
    }
    if let Some(team) = wanted.team {
        conversations::assign_team(tx, directory, scope, number, team)?;
    }
    if let Some(assignee) = wanted.assignee {
        conversations::assign(tx, directory, scope, number, assignee)?;
    }
    relabel(tx, directory, scope, number, wanted)
}

fn relabel(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    wanted: &Wanted,
) -> app::Result<()> {
    if wanted.add.is_empty() && wanted.remove.is_empty() {
        return Ok(());
    }
    let before = conversations::thread(directory, conversations::load(tx, scope, number)?)?;
    let kept = titles(&before.labels).into_iter();
    let all = kept.chain(wanted.add.iter().map(|it| it.trim().to_lowercase()));
    let removed: Vec<String> = wanted
        .remove
        .iter()
        .map(|it| it.trim().to_lowercase())
        .collect();
    let all = all.filter(|it| !removed.contains(it)).collect();
    conversations::label(tx, directory, scope, number, &Relabel::Replace(all)).map(drop)
}
