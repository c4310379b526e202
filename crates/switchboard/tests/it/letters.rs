//! What the server writes to people: transcripts, new passwords, invitations, notifications. Over a real mail server,
//! read with a real parser.

mod notified;
mod passwords;
mod sending;
mod transcripts;

use mail_parser::MessageParser;
use serde_json::{Value, json};
use testkit::{
    demo::{Demo, Options},
    http::Answer,
    mail::{MailServer, Security, Taken},
};

use crate::BINARY;

/// What the environment says so that this server's mail goes there.
fn settings(server: &MailServer) -> Vec<(&'static str, String)> {
    vec![
        ("SWITCHBOARD__MAIL__SERVER", "127.0.0.1".to_owned()),
        ("SWITCHBOARD__MAIL__PORT", server.port().to_string()),
        ("SWITCHBOARD__MAIL__TLS", "none".to_owned()),
        (
            "SWITCHBOARD__MAIL__FROM",
            "Acme <chat@acme.example>".to_owned(),
        ),
        ("SWITCHBOARD__MAIL__WAITS_MS", "[50, 100]".to_owned()),
        ("SWITCHBOARD__MAIL__NOTIFY_AFTER_S", "0".to_owned()),
    ]
}

/// A demo whose mail goes to this server, with more settings.
async fn start_with(server: &MailServer, more: Vec<(&'static str, String)>) -> Demo {
    let mut env = settings(server);
    env.extend(more);
    let options = Options {
        env,
        ..Options::default()
    };
    Demo::start_with(BINARY, options).await
}

/// A demo and its mail server, with one conversation.
pub(crate) async fn start() -> (Demo, MailServer) {
    let server = MailServer::start(Security::None).await;
    let demo = start_with(&server, Vec::new()).await;
    demo.post(json!([demo.inbound(
        "447700900999",
        "one",
        "Is <b>anybody</b> there?"
    )]))
    .await
    .ok();
    (demo, server)
}

/// A mail as its reader's program shows it.
struct Read {
    id: String,
    subject: String,
    to: String,
    text: String,
    html: String,
}

fn read(mail: &Taken) -> Read {
    let it = MessageParser::default().parse(&mail.bytes).unwrap();
    let to = it.to().unwrap().first().unwrap();
    Read {
        id: it.message_id().unwrap().to_owned(),
        subject: it.subject().unwrap().to_owned(),
        to: to.address().unwrap().to_owned(),
        text: it.body_text(0).unwrap().replace("\r\n", "\n"),
        html: it.body_html(0).unwrap().into_owned(),
    }
}

/// Asks for a conversation's transcript as the first agent.
async fn transcript(demo: &Demo, number: i64, body: Value) -> Answer {
    let path = format!("/conversations/{number}/transcript");
    demo.agent("POST", &path, Some(body)).await
}

/// How many letters are kept that are, or were, owed.
fn kept(demo: &Demo) -> i64 {
    let sql = rusqlite::Connection::open(demo.data().join("switchboard.db")).unwrap();
    let count = "SELECT count(*) FROM deliveries WHERE event LIKE 'letter.%'";
    sql.query_row(count, [], |row| row.get(0)).unwrap()
}
