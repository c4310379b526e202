//! `switchboard sandbox`: asks a running server's simulated network for something, as a person with a phone would.

use std::time::Duration;

use anyhow::{Result, bail};
use carriers::guard::{Bounds, Guard, HeaderMap, HeaderName, HeaderValue, Policy};
use clap::Subcommand;
use serde_json::json;

use crate::say;

/// How long an answer may take.
const BOUNDS: Bounds = Bounds {
    whole: Duration::from_secs(10),
    answer_bytes: 64 * 1024,
};

/// What a person does with their phone.
#[derive(Subcommand)]
pub(crate) enum Act {
    /// Scans the code that a phone of the server shows: `GET …/qrCode?format=text`, or one to type in.
    Scan {
        /// What the code says.
        code: String,
        /// Whose phone scans it; the number that the phone was added with, if there is one.
        #[arg(long)]
        number: Option<String>,
        /// Where the server is.
        #[arg(long, default_value = "http://127.0.0.1:3000")]
        server: String,
    },
}

/// Does it.
pub(crate) async fn run(act: Act) -> Result<()> {
    let Act::Scan {
        code,
        number,
        server,
    } = act;
    let policy = Policy {
        // The operator names the server, and it may be anywhere.
        allow: vec!["0.0.0.0/0".parse()?, "::/0".parse()?],
        https_only: false,
    };
    let mut headers = HeaderMap::new();
    headers.insert(
        HeaderName::from_static("content-type"),
        HeaderValue::from_static("application/json"),
    );
    let url = format!("{}/sandbox/scan", server.trim_end_matches('/'));
    let body = json!({ "code": code, "number": number }).to_string();
    let answer = Guard::new(policy)?
        .post(&url, headers, body.into(), BOUNDS)
        .await?;
    let text = answer.body.unwrap_or_default();
    let told: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    if answer.status != 200 {
        match told["message"].as_str() {
            Some(sentence) => bail!("{sentence}"),
            None => bail!("the server answered {}", answer.status),
        }
    }
    say(&format!("phone {} is paired", told["phone"]));
    Ok(())
}
