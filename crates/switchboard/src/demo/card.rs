//! What the demo tells: `demo.json` for programs, and a page to paste from for people.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use anyhow::{Context as _, Result};
use app::{Core, agents};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use edge::onechat::settings::{API, WIDGET};
use serde_json::{Value, json};

use super::account::{APP_ID, DemoAccount};
use crate::say;

/// Everything a program needs to talk to the demo. Networks that are not built yet have no entries.
pub(super) fn card(core: &Core, demo: &DemoAccount, base_url: &str) -> Value {
    let people: Vec<Value> = demo
        .agents
        .iter()
        .map(|(agent, password)| {
            json!({
                "id": agent.id.0,
                "name": agent.name,
                "email": agent.email,
                "password": password,
                "access_token": agents::access_token(&core.sealer, agent),
                "pubsub_token": agents::follow_token(&core.sealer, agent),
            })
        })
        .collect();
    let first = people.first().cloned().unwrap_or_default();
    let inbox = &demo.inbox;
    let mut inboxes = vec![json!({
        "id": inbox.id.0,
        "kind": inbox.carrier,
        "inbox_identifier": null,
        "website_token": null,
        "hmac_token": null,
    })];
    inboxes.extend(demo.own.iter().map(|(inbox, settings)| {
        json!({
            "id": inbox.id.0,
            "kind": inbox.carrier,
            "inbox_identifier": (inbox.carrier == API).then_some(&inbox.address),
            "website_token": (inbox.carrier == WIDGET).then_some(&inbox.address),
            "hmac_token": settings.hmac_token,
        })
    }));
    inboxes.push(json!({
        "id": demo.phone.id.0,
        "kind": demo.phone.carrier,
        "inbox_identifier": null,
        "website_token": null,
        "hmac_token": null,
    }));
    json!({
        "base_url": base_url,
        "account_id": demo.account.id.0,
        "company_id": demo.account.id.0,
        "license_id": inbox.license_id,
        "agents": people,
        "pusher": {
            "app_id": demo.socket_app.id.to_string(),
            "key": demo.socket_app.key,
            "secret": demo.socket_app.secret,
        },
        "chatapp": {
            "email": first["email"],
            "password": first["password"],
            "app_id": APP_ID,
            "access_token": demo.access_token,
            "messengers": [inbox.messenger],
        },
        "onechat": { "inboxes": inboxes },
        "ctlive": {
            "inbox_id": inbox.id.0,
            "to": inbox.address,
            "scenario_key": demo.connector.scenario_key,
            "username": demo.connector.username,
            "password": demo.connector.password,
            "messenger": inbox.messenger,
        },
        "maytapi": {
            "product_id": demo.maytapi.product_id,
            "token": demo.maytapi.token,
            "phones": [{
                "id": demo.phone.id.0,
                "number": demo.phone.address,
                "license_id": demo.phone.license_id,
                "messenger": demo.phone.messenger,
            }],
        },
    })
}

/// Writes `demo.json`, readable by its owner only: it is all secrets.
pub(super) fn write(data: &Path, card: &Value) -> Result<()> {
    let (path, new) = (data.join("demo.json"), data.join("demo.json.new"));
    let text = serde_json::to_string_pretty(card)? + "\n";
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // Whoever waits for the file finds it whole.
    fs::rename(&new, &path).with_context(|| format!("{} cannot be written", path.display()))
}

/// What to paste, for the person who started it.
pub(super) fn print(card: &Value, data: &Path, own_connector: bool) {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let base = text(&card["base_url"]);
    let socket = base.replacen("http", "ws", 1);
    let account = text(&card["account_id"]);
    let alice = &card["agents"][0];
    let ctlive = &card["ctlive"];
    let (user, password) = (text(&ctlive["username"]), text(&ctlive["password"]));
    let basic = STANDARD.encode(format!("{user}:{password}"));
    let channel = format!(
        "private-v1.licenses.{}.messengers.{}",
        card["license_id"],
        text(&ctlive["messenger"])
    );
    let who = if own_connector {
        "a small connector of the demo delivers it and reports back"
    } else {
        "your connector gets it"
    };
    say(&format!(
        r#"
Switchboard demo on {base}   (data and every token: {})

1. Listen, as an agent's program would, in another terminal (Node 20 or later):

   node --experimental-websocket -e 'const s = new WebSocket("{socket}/cable"); s.onopen = () => s.send(JSON.stringify({{command: "subscribe", identifier: JSON.stringify({{channel: "RoomChannel", pubsub_token: "{}", account_id: {account}, user_id: {}}})}})); s.onmessage = (e) => e.data.includes("\"ping\"") || console.log(e.data)'

2. A customer writes, through a connector:

   curl -s {base}/imchannel/message -H 'Authorization: Basic {basic}' -d '{{"results":[{{"from":"447700900999","to":"{}","integrationType":"WHATSAPP","receivedAt":"2026-11-20T09:00:00.000+0000","messageId":"hello-'$RANDOM'","message":{{"type":"TEXT","text":"Is anybody there?"}},"contact":{{"name":"Frank"}}}}]}}'

3. Read the conversations, as an agent:

   curl -s {base}/api/v1/accounts/{account}/conversations -H 'api_access_token: {}'

4. Answer; {who}, and the ticks arrive in the first terminal:

   curl -s {base}/api/v1/accounts/{account}/conversations/1/messages -H 'api_access_token: {}' -H 'Content-Type: application/json' -d '{{"content":"Yes. How can I help?"}}'

5. Send through the demo's WhatsApp phone, as a Maytapi bot; numbers that end in 5555 answer:

   curl -s {base}/api/{}/{}/sendMessage -H 'x-maytapi-key: {}' -H 'Content-Type: application/json' -d '{{"to_number":"447700905555","type":"text","message":"Hello!"}}'

Pusher clients: key {}, channel {channel},
   authEndpoint {base}/broadcasting/auth with the header Authorization: {}
"#,
        data.join("demo.json").display(),
        text(&alice["pubsub_token"]),
        alice["id"],
        text(&ctlive["to"]),
        text(&alice["access_token"]),
        text(&alice["access_token"]),
        text(&card["maytapi"]["product_id"]),
        card["maytapi"]["phones"][0]["id"],
        text(&card["maytapi"]["token"]),
        text(&card["pusher"]["key"]),
        text(&card["chatapp"]["access_token"]),
    ));
}
