//! What OneChat's and Maytapi's described addresses take and answer, tried with made-up requests by schemathesis: no
//! answer is a 5xx, and every success has the shape that the description gives it.
//!
//! The descriptions in `openapi/` hold what the public ones say of addresses, names, types and shapes, and no prose.
//! Where the original answers something else than its own description says, [`ONECHAT_DIFFERS`] and
//! [`MAYTAPI_DIFFERS`] say so, with the reason: clients read what is answered.

mod ledger;
mod schema;
mod walk;

use std::process::{Command, Output};

use serde_json::{Value, json};
use testkit::python;

use crate::{BINARY, wrong_account::world};

/// A part of a description by its JSON pointer, what it should say, and why.
type Differs = (&'static str, fn() -> Value, &'static str);

fn text_or_null() -> Value {
    json!({ "type": ["string", "null"] })
}

fn anything() -> Value {
    json!({})
}

const ONECHAT_DIFFERS: [Differs; 21] = [
    (
        "/components/schemas/message_detailed/properties/content",
        text_or_null,
        "a message that is only files has no text",
    ),
    (
        "/components/schemas/message_detailed/properties/content_attributes",
        anything,
        "what is answered is named by its number; the description has a text",
    ),
    (
        "/components/schemas/message_detailed/properties/sender",
        anything,
        "a contact or a user; the description has forgotten users",
    ),
    (
        "/components/schemas/contact_detail/properties/email",
        text_or_null,
        "not everybody has one",
    ),
    (
        "/paths/~1api~1v2~1accounts~1{account_id}~1reports/get/responses/200/content/application~1json/schema/items\
         /properties/value",
        anything,
        "a number where something is counted; the description has a text",
    ),
    (
        "/components/schemas/agent_bot/properties/description",
        text_or_null,
        "a bot needs none",
    ),
    (
        "/components/schemas/agent_bot/properties/outgoing_url",
        text_or_null,
        "a bot need not be told anything",
    ),
    (
        "/components/schemas/conversation/properties/status",
        anything,
        "the description has forgotten snoozed",
    ),
    (
        "/components/schemas/automation_rule/properties/payload",
        anything,
        "the rule or the rules themselves; the description has other operators",
    ),
    (
        "/components/schemas/custom_attribute/properties/regex_cue",
        text_or_null,
        "null unless somebody gave one",
    ),
    (
        "/components/schemas/custom_attribute/properties/regex_pattern",
        text_or_null,
        "null unless somebody gave one",
    ),
    (
        "/components/schemas/custom_filter/properties/query",
        anything,
        "null until somebody says what is looked for",
    ),
    (
        "/components/schemas/message/properties/content",
        text_or_null,
        "a message that is only files has no text",
    ),
    (
        "/components/schemas/label/properties/description",
        text_or_null,
        "a label needs none",
    ),
    (
        "/components/schemas/inbox/properties/website_url",
        text_or_null,
        "only websites have one",
    ),
    (
        "/components/schemas/contact/properties/payload",
        anything,
        "an object with the contact and its address; the description has a list",
    ),
    (
        "/paths/~1api~1v1~1accounts~1{account_id}~1webhooks/get/responses/200/content/application~1json/schema",
        anything,
        "the list is wrapped in payload.webhooks",
    ),
    (
        "/paths/~1api~1v1~1accounts~1{account_id}~1conversations~1{conversation_id}~1assignments/post/responses/200\
         /content/application~1json/schema",
        anything,
        "a team, an agent, or null when it was taken away",
    ),
    (
        "/components/schemas/custom_attribute/properties/attribute_values",
        anything,
        "a list; the description has a text",
    ),
    (
        "/components/schemas/custom_attribute/properties/default_value",
        anything,
        "null unless somebody gave one",
    ),
    (
        "/components/schemas/custom_attribute/properties/attribute_description",
        text_or_null,
        "a definition needs none",
    ),
];

const MAYTAPI_DIFFERS: [Differs; 5] = [
    (
        "/components/schemas/deleteSuccess/properties/phone_id",
        anything,
        "a number; the description has a text",
    ),
    (
        "/components/schemas/webhook-url",
        anything,
        "the address itself; the description has an object",
    ),
    (
        "/components/schemas/productData/properties/ack_delivery",
        anything,
        "a number in the marketplace's document",
    ),
    (
        "/components/schemas/phoneObjWithPid/properties/id",
        anything,
        "a number; the description has a text",
    ),
    (
        "/components/schemas/phoneObjWithPid/properties/number",
        anything,
        "null until the phone was paired",
    ),
];

/// One description and whom to ask with it.
struct Described<'a> {
    text: &'a str,
    differs: &'a [Differs],
    /// Which addresses are served; the others are left out.
    serves: &'a dyn Fn(&str) -> bool,
    url: String,
    header: String,
    /// How the addresses' parameters are filled, as schemathesis' own settings.
    settings: String,
    /// At least so many requests are made.
    requests: usize,
}

/// The description with what differs, without what is not served, and without what is said of failures: those have
/// their own tests.
fn prepared(described: &Described<'_>) -> Value {
    let mut all: Value = serde_json::from_str(described.text).unwrap();
    for (pointer, instead, _) in described.differs {
        let part = all.pointer_mut(pointer);
        *part.unwrap_or_else(|| panic!("no {pointer}")) = instead();
    }
    let paths = all["paths"].as_object_mut().unwrap();
    paths.retain(|path, _| (described.serves)(path));
    for operation in paths
        .values_mut()
        .filter_map(Value::as_object_mut)
        .flat_map(|it| it.values_mut())
    {
        if let Some(answers) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        {
            answers.retain(|status, _| status.starts_with('2'));
            answers
                .entry("default")
                .or_insert(json!({ "description": "" }));
        }
    }
    all
}

async fn holds(described: Described<'_>) {
    let place = tempfile::tempdir().unwrap();
    let (file, settings) = (
        place.path().join("api.json"),
        place.path().join("settings.toml"),
    );
    std::fs::write(&file, prepared(&described).to_string()).unwrap();
    std::fs::write(&settings, &described.settings).unwrap();
    let mut run = Command::new(python::program("st"));
    run.current_dir(place.path());
    run.arg("--config-file")
        .arg(&settings)
        .arg("run")
        .arg(&file);
    run.args(["--url", &described.url, "--header", &described.header]);
    run.args([
        "--checks",
        "not_a_server_error,response_schema_conformance",
        "--mode",
        "all",
    ]);
    // Few and always the same: more of them belong to whoever has an evening.
    run.args([
        "--phases",
        "coverage,fuzzing",
        "--max-examples",
        "3",
        "--seed",
        "1",
    ]);
    run.args([
        "--generation-database",
        "none",
        "--no-shrink",
        "--continue-on-failure",
    ]);
    run.args([
        "--suppress-health-check",
        "all",
        "--warnings",
        "off",
        "--no-color",
    ]);
    let done = tokio::task::spawn_blocking(move || run.output())
        .await
        .unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = done.unwrap();
    let (told, errors) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    assert!(status.success(), "{told}\n{errors}");
    let made = told
        .lines()
        .find_map(|it| it.trim().split_once(" generated"));
    let made: usize = made
        .and_then(|(it, _)| it.replace(',', "").parse().ok())
        .unwrap_or(0);
    assert!(made >= described.requests, "{made} requests: {told}");
}

#[tokio::test]
async fn onechats_described_addresses_answer_as_described() {
    let world = world::World::start().await;
    let addresses = edge::addresses();
    // Nothing may take away what the others ask about.
    let serves = |path: &str| {
        addresses
            .iter()
            .any(|it| world::shape(it) == world::shape(path))
            && !path.starts_with("/platform/")
    };
    let id = |word: &str| {
        world
            .ids
            .get(word)
            .cloned()
            .unwrap_or_else(|| "1".to_owned())
    };
    let inboxes = world.demo.card["onechat"]["inboxes"].as_array().unwrap();
    let api = inboxes.iter().find(|it| it["kind"] == "api").unwrap();
    let settings = format!(
        "[parameters]\n\"path.account_id\" = 1\n\"path.conversation_id\" = 1\n\"path.inbox_id\" = 1\n\
         \"path.message_id\" = {}\n\"path.inbox_identifier\" = {}\n\"path.contact_identifier\" = \"{}\"\n\
         \"path.team_id\" = {}\n\"path.custom_filter_id\" = {}\n\
         [[operations]]\ninclude-path-regex = '/contacts/\\{{id\\}}/'\nparameters = {{ \"path.id\" = {} }}\n\
         [[operations]]\ninclude-path-regex = '/inboxes/\\{{id\\}}'\nparameters = {{ \"path.id\" = 1 }}\n\
         [[operations]]\ninclude-path-regex = '/labels/\\{{id\\}}'\nparameters = {{ \"path.id\" = {} }}\n",
        id("messages"),
        api["inbox_identifier"],
        world.source,
        id("teams"),
        id("custom_filters"),
        id("contacts"),
        id("labels"),
    );
    holds(Described {
        text: include_str!("openapi/onechat.json"),
        differs: &ONECHAT_DIFFERS,
        serves: &serves,
        url: world.demo.url(""),
        header: format!(
            "api_access_token: {}",
            world.demo.text("/agents/0/access_token")
        ),
        settings,
        requests: 1_000,
    })
    .await;
}

#[tokio::test]
async fn maytapis_described_addresses_answer_as_described() {
    let demo = testkit::demo::Demo::start(BINARY, None).await;
    let phone = demo.text("/maytapi/phones/0/id");
    holds(Described {
        text: include_str!("openapi/maytapi.json"),
        differs: &MAYTAPI_DIFFERS,
        serves: &|_| true,
        url: demo.url(&format!("/api/{}", demo.text("/maytapi/product_id"))),
        header: format!("x-maytapi-key: {}", demo.text("/maytapi/token")),
        settings: format!("[parameters]\n\"path.phone_id\" = \"{phone}\"\n"),
        requests: 400,
    })
    .await;
}
