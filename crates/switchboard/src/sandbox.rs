//! `switchboard sandbox`: asks a running server's simulated network for something, as a person with a phone would.

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use crate::{client::Client, say};

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
    let body = json!({ "code": code, "number": number });
    let told = Client::new(&server)?.post("/sandbox/scan", &body).await?;
    say(&format!("phone {} is paired", told["phone"]));
    Ok(())
}
