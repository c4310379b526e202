//! Every service of the library that the other stories have not called.

use testkit::receiver::Receiver;

use super::*;

impl Sdk {
    /// Numbers of what is listed.
    async fn ids(&mut self, service: &str, method: &str, parameters: Value) -> Vec<i64> {
        let list = self.call(service, method, parameters).await;
        let list = list.get("payload").unwrap_or(&list).clone();
        let all = list.as_array().unwrap().iter();
        all.map(|it| it["id"].as_i64().unwrap()).collect()
    }
}

#[tokio::test]
async fn agents_and_teams() {
    let mut sdk = Sdk::start().await;
    let me = sdk.call("profile", "profile", json!({})).await;
    assert_eq!(me["id"], sdk.demo.card["agents"][0]["id"]);
    let data = json!({ "name": "Eve", "email": "eve@acme.example", "role": "agent" });
    let made = sdk.call("agents", "create", json!({ "data": data })).await;
    let eve = made["id"].clone();
    let data = json!({ "role": "administrator", "availability": "busy" });
    let changed = sdk
        .call("agents", "update", json!({ "id": eve, "data": data }))
        .await;
    assert_eq!(changed["role"], "administrator");
    assert_eq!(sdk.ids("agents", "list", json!({})).await.len(), 3);

    let data =
        json!({ "name": "returns", "description": "what comes back", "allow_auto_assign": false });
    let made = sdk.call("teams", "create", json!({ "data": data })).await;
    let team = made["id"].clone();
    let data = json!({ "description": "what goes back" });
    let changed = json!({ "teamId": team, "data": data });
    let changed = sdk.call("teams", "update", changed).await;
    let shown = sdk.call("teams", "get", json!({ "teamId": team })).await;
    assert_eq!(shown, changed);
    assert_eq!(shown["description"], "what goes back");
    // The library calls these without the beginning of the address.
    let with = |users: Value| json!({ "teamId": team, "data": { "user_ids": users } });
    sdk.call("teams", "addAgent", with(json!([1]))).await;
    sdk.call("teams", "updateAgentsInTeam", with(json!([1, eve])))
        .await;
    let team_is = json!({ "teamId": team });
    let members = sdk.ids("teams", "listMembers", team_is.clone()).await;
    assert_eq!(members, [1, eve.as_i64().unwrap()]);
    sdk.call("teams", "removeAgent", with(json!([1]))).await;
    let members = sdk.ids("teams", "listMembers", team_is.clone()).await;
    assert_eq!(members, [eve.as_i64().unwrap()]);
    sdk.call("agents", "delete", json!({ "id": eve })).await;
    assert_eq!(
        sdk.refused("agents", "delete", json!({ "id": eve })).await,
        404
    );
    sdk.call("teams", "delete", team_is.clone()).await;
    assert_eq!(sdk.refused("teams", "get", team_is).await, 404);
    assert_eq!(sdk.call("teams", "list", json!({})).await, json!([]));
}

#[tokio::test]
async fn inboxes_and_bots() {
    let mut sdk = Sdk::start().await;
    let inbox = sdk.api_inbox();
    let with = |users: Value| json!({ "inboxId": inbox, "data": { "inbox_id": inbox, "user_ids": users } });
    sdk.call("inboxes", "updateAgentsInInbox", with(json!([1])))
        .await;
    sdk.call("inboxes", "addAgent", with(json!([2]))).await;
    sdk.call("inboxes", "removeAgent", with(json!([1]))).await;
    let at = json!({ "inboxId": inbox });
    assert_eq!(sdk.ids("inboxes", "listAgents", at).await, [2]);

    let receiver = Receiver::start().await;
    let data = json!({ "name": "Greeter", "outgoing_url": receiver.url("/bot") });
    let bot = sdk
        .call("accountAgentBots", "create", json!({ "data": data }))
        .await;
    let id = json!({ "id": bot["id"] });
    let data = json!({ "description": "says hello" });
    let changed = sdk
        .call(
            "accountAgentBots",
            "update",
            json!({ "id": bot["id"], "data": data }),
        )
        .await;
    let shown = sdk.call("accountAgentBots", "get", id.clone()).await;
    assert_eq!(shown, changed);
    assert_eq!(
        sdk.ids("accountAgentBots", "list", json!({})).await.len(),
        1
    );
    let data = json!({ "agent_bot": bot["id"] });
    sdk.call(
        "inboxes",
        "updateAgentBot",
        json!({ "id": inbox, "data": data }),
    )
    .await;
    let answers = sdk
        .call("inboxes", "getAgentBot", json!({ "id": inbox }))
        .await;
    assert_eq!(answers["agent_bot"]["id"], bot["id"]);
    sdk.call("accountAgentBots", "delete", id.clone()).await;
    assert_eq!(sdk.refused("accountAgentBots", "get", id).await, 404);
    // There are no other makers' services.
    assert_eq!(sdk.refused("integrations", "list", json!({})).await, 404);
}

#[tokio::test]
async fn rules_webhooks_and_definitions() {
    let mut sdk = Sdk::start().await;
    let condition = json!({
        "attribute_key": "content", "filter_operator": "contains", "values": ["help"], "query_operator": null,
    });
    let data = json!({
        "name": "Help", "event_name": "message_created", "conditions": [condition],
        "actions": [{ "action_name": "add_label", "action_params": ["vip"] }],
    });
    let rule = sdk
        .call("automationRule", "create", json!({ "data": data }))
        .await;
    let id = json!({ "id": rule["id"] });
    let data = json!({ "id": rule["id"], "data": { "active": false } });
    let changed = sdk.call("automationRule", "update", data).await;
    assert_eq!(changed["payload"]["active"], false);
    let shown = sdk.call("automationRule", "get", id.clone()).await;
    assert_eq!(shown, changed);
    let listed = sdk.ids("automationRule", "list", json!({})).await;
    assert_eq!(json!(listed), json!([rule["id"]]));
    sdk.call("automationRule", "delete", id.clone()).await;
    assert_eq!(sdk.refused("automationRule", "get", id).await, 404);

    let receiver = Receiver::start().await;
    let data = json!({ "url": receiver.url("/in"), "subscriptions": ["message_created"] });
    let made = sdk
        .call("webhooks", "create", json!({ "data": data }))
        .await;
    let id = made["payload"]["webhook"]["id"].clone();
    let data = json!({ "subscriptions": ["conversation_created"] });
    let change = json!({ "webhookId": id, "data": data });
    let changed = sdk.call("webhooks", "update", change).await;
    let kept = &changed["payload"]["webhook"]["subscriptions"];
    assert_eq!(kept, &json!(["conversation_created"]));
    let listed = sdk.call("webhooks", "list", json!({})).await;
    assert_eq!(listed["payload"]["webhooks"][0]["id"], id);
    let webhook = json!({ "webhookId": id });
    sdk.call("webhooks", "delete", webhook.clone()).await;
    assert_eq!(sdk.refused("webhooks", "delete", webhook).await, 404);

    // Its filters are called by their type, and the description's word is understood as well.
    let data = json!({ "name": "Mine", "type": "contact", "query": { "payload": [] } });
    let made = sdk
        .call("customFilters", "create", json!({ "data": data }))
        .await;
    assert_eq!(
        (&made["type"], &made["filter_type"]),
        (&json!("contact"), &json!("contact"))
    );
    let change = json!({ "customFilterId": made["id"], "data": { "name": "Ours" } });
    let changed = sdk.call("customFilters", "update", change).await;
    let contacts = json!({ "filterType": "contact" });
    let listed = sdk.call("customFilters", "list", contacts).await;
    assert_eq!(listed, json!([changed]));
    let data =
        json!({ "attribute_display_name": "Plan", "attribute_key": "plan", "attribute_model": 1 });
    let made = sdk
        .call("customAttributes", "create", json!({ "data": data }))
        .await;
    let change = json!({ "id": made["id"], "data": { "attribute_description": "what they pay" } });
    let changed = sdk.call("customAttributes", "update", change).await;
    assert_eq!(changed["attribute_description"], "what they pay");
    sdk.call("customAttributes", "delete", json!({ "id": made["id"] }))
        .await;
}

#[tokio::test]
async fn conversations_and_reports() {
    let mut sdk = Sdk::start().await;
    let sent = json!([sdk.demo.inbound("447700900001", "in-1", "My kettle leaks")]);
    sdk.demo.post(sent).await.ok();
    let at = |more: Value| {
        let mut all = json!({ "conversationId": 1 });
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        all
    };
    let labels = at(json!({ "data": { "labels": ["kitchen"] } }));
    sdk.call("conversationLabels", "add", labels).await;
    let labels = sdk.call("conversationLabels", "list", at(json!({}))).await;
    assert_eq!(labels["payload"], json!(["kitchen"]));
    let to = at(json!({ "data": { "assignee_id": 1 } }));
    let assigned = sdk.call("conversationAssignment", "assign", to).await;
    assert_eq!(assigned["id"], 1);
    let shown = sdk.call("conversations", "get", at(json!({}))).await;
    assert_eq!(shown["meta"]["assignee"]["id"], 1);
    let condition = json!([{
        "attribute_key": "labels", "filter_operator": "equal_to", "values": ["kitchen"], "query_operator": null,
    }]);
    let found = json!({ "payload": condition, "page": 1 });
    let found = sdk.call("conversations", "filter", found).await;
    assert_eq!(found["payload"][0]["id"], 1);

    let one = json!({ "metric": "conversations_count", "type": "account" });
    let series = sdk.call("reports", "list", one).await;
    let sum: i64 = series
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["value"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, 1);
    let summary = json!({ "type": "agent", "id": "1" });
    let summary = sdk.call("reports", "listSummaries", summary).await;
    assert_eq!(summary["conversations_count"], 1);
    let now = sdk
        .call("reports", "getMetrics", json!({ "type": "account" }))
        .await;
    assert_eq!((&now["open"], &now["unassigned"]), (&json!(1), &json!(0)));
    let mine = json!({ "type": "agent", "userId": "1" });
    let mine = sdk.call("reports", "getAgentMetrics", mine).await;
    assert_eq!(mine[0]["metric"]["open"], 1);
}

#[tokio::test]
async fn a_contacts_own_program() {
    let mut sdk = Sdk::start().await;
    let all = sdk.demo.card["onechat"]["inboxes"].as_array().unwrap();
    let inbox = all.iter().find(|it| it["kind"] == "api").unwrap();
    let inbox = inbox["inbox_identifier"].clone();
    let data = json!({ "name": "Jana", "email": "jana@shop.example" });
    let at = json!({ "inboxIdentifier": inbox, "data": data });
    let jana = sdk.call("client.contacts", "create", at).await;
    let jana = jana["source_id"].clone();
    let with = |more: Value| {
        let mut all = json!({ "inboxIdentifier": inbox, "contactIdentifier": jana });
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        all
    };
    let change = with(json!({ "data": { "name": "Jana N." } }));
    sdk.call("client.contacts", "update", change).await;
    let shown = sdk.call("client.contacts", "get", with(json!({}))).await;
    assert_eq!(shown["name"], "Jana N.");
    let begun = sdk
        .call("client.conversations", "create", with(json!({})))
        .await;
    let talk = json!({ "conversationId": begun["id"] });
    let said = json!({ "conversationId": begun["id"], "data": { "content": "Hello" } });
    sdk.call("client.messages", "create", with(said)).await;
    let page = sdk.call("client.messages", "list", with(talk)).await;
    assert_eq!(page[0]["content"], "Hello");
    let listed = sdk
        .ids("client.conversations", "list", with(json!({})))
        .await;
    assert_eq!(json!(listed), json!([begun["id"]]));
}

#[tokio::test]
async fn an_operators_program() {
    let mut demo = Demo::start(BINARY, None).await;
    assert!(demo.terminate());
    let printed = demo.setup(&["platform", "--name", "ours"], "");
    let token = printed.trim().strip_prefix("platform token ").unwrap();
    let token = token.to_owned();
    demo.restart().await;
    let mut sdk = Sdk::with(demo, &token);
    let data = json!({ "name": "Acme" });
    let made = sdk
        .call("platform.accounts", "create", json!({ "data": data }))
        .await;
    let account = made["id"].clone();
    let change = json!({ "accountId": account, "data": { "name": "Acme Ltd" } });
    let changed = sdk.call("platform.accounts", "update", change).await;
    assert_eq!(changed["name"], "Acme Ltd");
    let of = json!({ "accountId": account });
    sdk.call("platform.accounts", "get", of.clone()).await;
    let data = json!({ "name": "Ann", "email": "ann@acme.example", "password": "correct horse" });
    let ann = sdk
        .call("platform.users", "create", json!({ "data": data }))
        .await;
    let id = json!({ "id": ann["id"] });
    let change = json!({ "id": ann["id"], "data": { "name": "Ann B." } });
    sdk.call("platform.users", "update", change).await;
    let shown = sdk.call("platform.users", "get", id.clone()).await;
    assert_eq!(shown["name"], "Ann B.");
    let data = json!({ "user_id": ann["id"], "role": "agent" });
    let seat = json!({ "accountId": account, "data": data });
    sdk.call("platform.accountUsers", "create", seat.clone())
        .await;
    let seats = sdk.call("platform.accountUsers", "list", of.clone()).await;
    assert_eq!(seats[0]["user_id"], ann["id"]);
    let link = sdk.call("platform.users", "getSSOUrl", id.clone()).await;
    assert!(link["url"].is_string());
    sdk.call("platform.accountUsers", "delete", seat).await;
    sdk.call("platform.users", "delete", id).await;
    let data = json!({ "name": "Greeter", "account_id": account });
    let bot = sdk
        .call("platform.agentBots", "create", json!({ "data": data }))
        .await;
    let id = json!({ "id": bot["id"] });
    let change = json!({ "id": bot["id"], "data": { "name": "Guide" } });
    sdk.call("platform.agentBots", "update", change).await;
    let shown = sdk.call("platform.agentBots", "get", id.clone()).await;
    assert_eq!(shown["name"], "Guide");
    sdk.call("platform.agentBots", "delete", id.clone()).await;
    assert_eq!(sdk.refused("platform.agentBots", "get", id).await, 404);
}
