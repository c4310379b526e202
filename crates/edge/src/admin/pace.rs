//! `/api/v1/accounts/{account}/inboxes/{inbox}/pace`, for administrators: how fast an inbox sends, what has left it
//! today, and what keeps the next.

use app::{
    Error, Result,
    deliveries::Receiver,
    pacing::{self, Hold},
};
use axum::{
    Json, Router, extract::State, extract::rejection::JsonRejection, http::StatusCode,
    response::Response, routing::get,
};
use domain::{
    Inbox, InboxId, Kind, Pace,
    pace::{Brake, Quiet, zone},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    errors::Problem,
    extract::{Owner, Path},
};
use crate::{Edge, http};

type Answer = Result<Response, Problem>;

pub(super) fn routes() -> Router<Edge> {
    Router::new().route(
        "/api/v1/accounts/{account}/inboxes/{inbox}/pace",
        get(show).put(set).delete(forget),
    )
}

/// A pace as it is sent. What is absent is as usual.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    per_minute: Option<u32>,
    jitter_percent: Option<u32>,
    per_day: Option<u32>,
    warm_up: Option<Vec<u32>>,
    /// `{"from":"22:00","until":"07:00"}`; `null` for none.
    #[serde(default, deserialize_with = "given")]
    quiet: Option<Option<Hours>>,
    zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    from: String,
    until: String,
}

/// Tells `null` from what is absent.
fn given<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<Hours>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Hours {
    fn read(&self) -> Result<Quiet> {
        let time = |text: &str| {
            text.parse().map_err(|_| {
                let text = format!("\"{text}\" is no time of the day: it is written as in 22:00");
                Error::refused(Kind::Invalid, text)
            })
        };
        Ok(Quiet {
            from: time(&self.from)?,
            until: time(&self.until)?,
        })
    }
}

impl Wanted {
    /// With what is absent as it is usual.
    fn over(self, usual: Pace) -> Result<Pace> {
        let quiet = match self.quiet {
            Some(Some(hours)) => Some(hours.read()?),
            Some(None) => None,
            None => usual.quiet,
        };
        Ok(Pace {
            per_minute: self.per_minute.unwrap_or(usual.per_minute),
            jitter_percent: self.jitter_percent.unwrap_or(usual.jitter_percent),
            per_day: self.per_day.unwrap_or(usual.per_day),
            warm_up: self.warm_up.unwrap_or(usual.warm_up),
            quiet,
            zone: match self.zone {
                Some(name) => zone(&name)?,
                None => usual.zone,
            },
        })
    }
}

fn find(edge: &Edge, owner: &Owner, inbox: i64) -> Result<std::sync::Arc<Inbox>> {
    let found = edge.core.directory.inbox(InboxId(inbox));
    let found = found.filter(|it| it.inbox.account_id == owner.account_id);
    Ok(found.ok_or_else(|| Error::not_found("inbox"))?.inbox)
}

async fn show(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, inbox)): Path<(i64, i64)>,
) -> Answer {
    let inbox = find(&edge, &owner, inbox)?;
    shown(&edge, &inbox)
}

async fn set(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, inbox)): Path<(i64, i64)>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Answer {
    let inbox = find(&edge, &owner, inbox)?;
    let wanted = wanted.map_err(|bad| Error::refused(Kind::Malformed, bad.body_text()))?;
    let usual = edge.core.paces.of(&inbox, None).unwrap_or_else(Pace::free);
    put(&edge, &inbox, Some(wanted.0.over(usual)?)).await
}

async fn forget(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, inbox)): Path<(i64, i64)>,
) -> Answer {
    let inbox = find(&edge, &owner, inbox)?;
    put(&edge, &inbox, None).await
}

async fn put(edge: &Edge, inbox: &std::sync::Arc<Inbox>, own: Option<Pace>) -> Answer {
    let changed = inbox.clone();
    edge.core
        .store
        .transact(move |tx| pacing::set(tx, &changed, own.clone()))
        .await?;
    edge.hooks.news.notify_one();
    shown(edge, inbox)
}

fn shown(edge: &Edge, inbox: &Inbox) -> Answer {
    let (core, now) = (&edge.core, edge.core.clock.now());
    let (paced, waiting, hold) = core.store.view(|view| {
        let waiting = view.count_open_deliveries(Receiver::Inbox(inbox.id))?;
        let hold = core.paces.hold(view, inbox, now)?;
        Ok((pacing::load(view, inbox)?, waiting, hold))
    })?;
    let pace = core.paces.of(inbox, Some(&paced));
    let (held, until) = match &hold {
        None => (None, None),
        Some(Hold::Paused(_)) => (Some("paused"), None),
        Some(Hold::Closed(_)) => (Some("closed"), None),
        Some(Hold::Pace(next)) => (next.because.map(word), Some(next.at.to_string())),
    };
    let body = json!({
        "own": paced.own.is_some(),
        "pace": pace.as_ref().map(written),
        "sent_today": pace.as_ref().map_or(0, |it| it.sent_on_the_day_of(&paced.spent, now)),
        "waiting": waiting,
        "held": held,
        "until": until,
    });
    Ok(http::json(StatusCode::OK, &body))
}

fn word(brake: Brake) -> &'static str {
    match brake {
        Brake::Rate => "rate",
        Brake::Day => "day",
        Brake::Quiet => "quiet",
    }
}

fn written(pace: &Pace) -> Value {
    let quiet = pace
        .quiet
        .map(|it| json!({ "from": it.from.to_string(), "until": it.until.to_string() }));
    json!({
        "per_minute": pace.per_minute,
        "jitter_percent": pace.jitter_percent,
        "per_day": pace.per_day,
        "warm_up": pace.warm_up,
        "quiet": quiet,
        "zone": pace.zone.iana_name(),
    })
}
