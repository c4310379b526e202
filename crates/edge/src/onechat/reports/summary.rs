//! Summaries: every measure added up.

use app::reports::Scoped;
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use serde_json::Value;

use super::{Asked, METRICS, asked, buckets, sum, told};
use crate::{
    Edge,
    http::json,
    onechat::{caller::Caller, errors::Answer, path::Path},
};

/// `GET …/reports/summary`: every metric, and the same for as long a time before.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    let Asked { of, .. } = Asked::read(&edge, &scope, &params)?;
    let long = of.until.duration_since(of.since);
    let before = Scoped {
        since: of.since.saturating_sub(long).unwrap_or(of.since),
        until: of.since,
        ..of
    };
    let all = |of: &Scoped| {
        edge.core.store.view(|view| {
            let mut all = serde_json::Map::new();
            for (name, metric) in METRICS {
                let found = sum(&buckets(view, &scope, metric, of)?);
                all.insert(name.to_owned(), told(metric, &found));
            }
            Ok(all)
        })
    };
    let mut summary = all(&of)?;
    summary.insert("previous".to_owned(), Value::Object(all(&before)?));
    Ok(json(StatusCode::OK, &summary))
}
