//! The website widget: in a real browser, and its calls one by one.

mod browser;
mod calls;
mod host;

use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    http::{Answer, Form},
    json::keys,
    receiver::Receiver,
};

use crate::BINARY;

/// The demo's widget.
fn website(demo: &Demo) -> &Value {
    let all = demo.card["onechat"]["inboxes"].as_array().unwrap();
    all.iter().find(|it| it["kind"] == "widget").unwrap()
}

pub(crate) fn website_token(demo: &Demo) -> &str {
    website(demo)["website_token"].as_str().unwrap()
}
