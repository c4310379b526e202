//! Reports by two things at once: channel and status, channel and hours, inbox and label.

use std::collections::{BTreeMap, HashMap};

use app::{Scope, reports::Cell};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::{ConversationStatus, InboxId, LabelId};
use jiff::SignedDuration;
use serde_json::{Map, Value, json as value};
use wire::onechat::errors::Refusal;

use super::{asked, span};
use crate::{
    Edge,
    http::json,
    onechat::{caller::Caller, errors::Answer, path::Path, to_wire::channel_type},
};

/// Days that the summary of channels may be about: six months.
const CHANNEL_DAYS: i64 = 184;
/// The names of the hours within which somebody was first answered.
const WITHIN: [&str; 5] = ["0-1h", "1-4h", "4-8h", "8-24h", "24h+"];

/// Adds cells up by the kinds of their inboxes and by these names.
fn by_channel<T: Copy>(
    edge: &Edge,
    cells: Vec<Cell<T>>,
    names: &[&'static str],
    name: impl Fn(T) -> &'static str,
) -> BTreeMap<&'static str, Map<String, Value>> {
    let mut all: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for cell in cells {
        let Some(connected) = edge.core.directory.inbox(cell.inbox_id) else {
            continue;
        };
        let none = || names.iter().map(|it| ((*it).to_owned(), value!(0)));
        let channel = channel_type(&connected.inbox.carrier);
        let line = all.entry(channel).or_insert_with(|| none().collect());
        for name in [name(cell.of), "total"] {
            if let Some(count) = line.get_mut(name) {
                *count = value!(count.as_i64().unwrap_or_default() + cell.count);
            }
        }
    }
    all
}

/// `GET …/summary_reports/channel`: of the conversations that began, how many have which status now.
pub(super) async fn channels(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    let span = span(&edge, &params)?;
    if span.until.duration_since(span.since) > SignedDuration::from_hours(24 * CHANNEL_DAYS) {
        return Err(Refusal {
            status: 400,
            ..Refusal::unprocessable("since: more than six months before until")
        }
        .into());
    }
    let cells = edge
        .core
        .store
        .view(|view| view.count_by_status(scope.account_id, span))?;
    let names = ["open", "resolved", "pending", "snoozed", "total"];
    let name = |status| match status {
        ConversationStatus::Open => "open",
        ConversationStatus::Resolved => "resolved",
        ConversationStatus::Pending => "pending",
        ConversationStatus::Snoozed => "snoozed",
    };
    Ok(json(
        StatusCode::OK,
        &by_channel(&edge, cells, &names, name),
    ))
}

/// `GET …/reports/first_response_time_distribution`: how long it took until somebody was answered first.
pub(super) async fn first_responses(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    let span = span(&edge, &params)?;
    let cells = edge
        .core
        .store
        .view(|view| view.count_first_responses(scope.account_id, span))?;
    let name = |place: usize| WITHIN.get(place).copied().unwrap_or("24h+");
    Ok(json(
        StatusCode::OK,
        &by_channel(&edge, cells, &WITHIN, name),
    ))
}

/// `GET …/reports/inbox_label_matrix?inbox_ids[]=&label_ids[]=`: of the conversations that began, how many in which
/// inbox carry which label.
pub(super) async fn labels(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    let span = span(&edge, &params)?;
    let only = |key: &str| -> Answer<_> {
        let ids = params.numbers(key)?;
        Ok(move |id: i64| ids.is_empty() || ids.contains(&id))
    };
    let (inboxes, labels) = axes(&edge, &scope, only("inbox_ids")?, only("label_ids")?);
    let cells = edge
        .core
        .store
        .view(|view| view.count_by_label(scope.account_id, span))?;
    let counts: HashMap<(InboxId, LabelId), i64> = cells
        .into_iter()
        .map(|it| ((it.inbox_id, it.of), it.count))
        .collect();
    let count = |inbox, label| counts.get(&(inbox, label)).copied().unwrap_or(0);
    let matrix = inboxes.iter().map(|(inbox, _)| {
        let row = labels.iter().map(|(label, _)| count(*inbox, *label));
        row.collect::<Vec<_>>()
    });
    let body = value!({
        "inboxes": inboxes.iter().map(|(id, name)| value!({ "id": id.0, "name": name })).collect::<Vec<_>>(),
        "labels": labels.iter().map(|(id, title)| value!({ "id": id.0, "title": title })).collect::<Vec<_>>(),
        "matrix": matrix.collect::<Vec<_>>(),
    });
    Ok(json(StatusCode::OK, &body))
}

/// What stands along one side of a matrix, with its names.
type Axis<T> = Vec<(T, String)>;

/// The inboxes and labels of a matrix.
fn axes(
    edge: &Edge,
    scope: &Scope,
    inbox: impl Fn(i64) -> bool,
    label: impl Fn(i64) -> bool,
) -> (Axis<InboxId>, Axis<LabelId>) {
    let tables = edge.core.directory.tables();
    let inboxes = tables.inboxes_of(scope.account_id).map(|it| &it.inbox);
    let inboxes = inboxes.filter(|it| inbox(it.id.0));
    let labels = tables.labels_of(scope.account_id).into_iter();
    let labels = labels.filter(|it| label(it.id.0));
    (
        inboxes.map(|it| (it.id, it.name.clone())).collect(),
        labels.map(|it| (it.id, it.title.clone())).collect(),
    )
}
