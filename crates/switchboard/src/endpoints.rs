//! `switchboard endpoints`: an owner's view of webhooks on a running server, through the same interface that programs
//! use.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{client::Client, say};

/// Which server, and who asks.
#[derive(Args)]
pub(crate) struct Asked {
    /// Where the server is.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    server: String,
    /// The account's number.
    #[arg(long, default_value_t = 1)]
    account: i64,
    /// An administrator's access token.
    #[arg(long, env = "SWITCHBOARD_TOKEN", hide_env_values = true)]
    token: String,
    #[command(subcommand)]
    act: Act,
}

/// What to ask, or to do.
#[derive(Subcommand)]
enum Act {
    /// Lists the account's endpoints with their states.
    List,
    /// Lists what an endpoint is owed and was told, newest first.
    Deliveries {
        /// The endpoint's number.
        endpoint: i64,
        /// Only those in this state: pending, done or dead.
        #[arg(long)]
        state: Option<String>,
        /// Only those older than this one.
        #[arg(long)]
        before: Option<i64>,
    },
    /// Lists the attempts at one delivery, with the reasons in plain words and the time of the next.
    Attempts {
        /// The endpoint's number.
        endpoint: i64,
        /// The delivery's number.
        delivery: i64,
    },
    /// Sends a signed test event.
    Test {
        /// The endpoint's number.
        endpoint: i64,
    },
    /// Delivers again: one delivery, or all that were given up on.
    Replay {
        /// The endpoint's number.
        endpoint: i64,
        /// The delivery's number; without one, all that were given up on.
        delivery: Option<i64>,
        /// Only those given up on since this time, such as 2026-11-20T09:00:00Z; without one, since the endpoint
        /// began to fail.
        #[arg(long, conflicts_with = "delivery")]
        since: Option<String>,
    },
    /// Makes a new secret; the old one signs beside it for a day.
    Rotate {
        /// The endpoint's number.
        endpoint: i64,
    },
    /// Stops posting; what happens meanwhile waits.
    Pause {
        /// The endpoint's number.
        endpoint: i64,
    },
    /// Posts again, also to an endpoint that was disabled.
    Resume {
        /// The endpoint's number.
        endpoint: i64,
    },
}

/// Asks, and prints the answer.
pub(crate) async fn run(asked: Asked) -> Result<()> {
    let client = Client::new(&asked.server)?.with_token(&asked.token)?;
    let root = format!("/api/v1/accounts/{}/endpoints", asked.account);
    let of = |endpoint: &i64| format!("{root}/{endpoint}");
    let nothing = json!({});
    match &asked.act {
        Act::List => {
            let all = client.get(&root).await?;
            say_each(&all["endpoints"], endpoint);
        }
        Act::Deliveries {
            endpoint,
            state,
            before,
        } => {
            let state = state.iter().map(|it| format!("state={it}"));
            let before = before.iter().map(|it| format!("before={it}"));
            let asked: Vec<String> = state.chain(before).collect();
            let path = format!("{}/deliveries?{}", of(endpoint), asked.join("&"));
            say_each(&client.get(&path).await?["deliveries"], delivery);
        }
        Act::Attempts {
            endpoint,
            delivery: id,
        } => {
            let path = format!("{}/deliveries/{id}", of(endpoint));
            let found = client.get(&path).await?;
            say(&delivery(&found));
            say_each(&found["attempts_made"], attempt);
        }
        Act::Test { endpoint } => {
            let made = client
                .post(&format!("{}/test", of(endpoint)), &nothing)
                .await?;
            say(&format!("delivery {}", made["delivery_id"]));
        }
        Act::Replay {
            endpoint,
            delivery,
            since,
        } => {
            let path = match delivery {
                Some(delivery) => format!("{}/deliveries/{delivery}/replay", of(endpoint)),
                None => format!("{}/replay", of(endpoint)),
            };
            let body = since
                .as_ref()
                .map_or_else(|| json!({}), |it| json!({ "since": it }));
            let replayed = client.post(&path, &body).await?;
            say(&format!("{} to be delivered again", replayed["replayed"]));
        }
        Act::Rotate { endpoint } => {
            let rotated = client
                .post(&format!("{}/rotate", of(endpoint)), &nothing)
                .await?;
            say(&text(&rotated["secret"]));
        }
        Act::Pause { endpoint: id } => {
            let paused = client.post(&format!("{}/pause", of(id)), &nothing).await?;
            say(&endpoint(&paused));
        }
        Act::Resume { endpoint: id } => {
            let resumed = client.post(&format!("{}/resume", of(id)), &nothing).await?;
            say(&endpoint(&resumed));
        }
    }
    Ok(())
}

fn say_each(all: &Value, line: impl Fn(&Value) -> String) {
    for it in all.as_array().into_iter().flatten() {
        say(&line(it));
    }
}

/// A text without its quotes, anything else as it is written, and nothing for null.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn endpoint(it: &Value) -> String {
    let words: Vec<String> = ["id", "state", "dialect", "url"]
        .iter()
        .map(|name| text(&it[name]))
        .collect();
    let mut line = words.join("  ");
    if let Some(reason) = it["reason"].as_str() {
        line += &format!("  ({reason})");
    } else if let Some(since) = it["failing_since"].as_str() {
        let failures = &it["failures"];
        line += &format!("  (failing since {since}, {failures} times)");
    }
    line
}

fn delivery(it: &Value) -> String {
    let words = ["id", "state", "event", "happened_at"].map(|name| text(&it[name]));
    let mut line = format!("{}  attempts {}", words.join("  "), it["attempts"]);
    if let Some(next) = it["next_at"].as_str() {
        line += &format!("  next {next}");
    }
    line
}

fn attempt(it: &Value) -> String {
    let (number, at, took) = (&it["number"], text(&it["at"]), &it["duration_ms"]);
    let outcome = it["error"]
        .as_str()
        .map_or_else(|| format!("delivered, {}", it["status"]), str::to_owned);
    format!("  {number}  {at}  {took} ms  {outcome}")
}
