//! What clients ask the server.

use whatsapp_rust::{Jid, NodeBuilder, wacore_binary::Node};

use super::{
    Device, Line, SERVER, State,
    node::{attr, child_bytes, leaf},
    now, say,
};

/// One question, and how to answer it.
pub(super) struct Ask<'n> {
    pub(super) node: &'n Node,
    pub(super) line: &'n Line,
    id: String,
}

impl Ask<'_> {
    pub(super) fn answer(&self, children: impl IntoIterator<Item = Node>) {
        let answer = self.begin("result").children(children);
        say(self.line, answer.build());
    }

    pub(super) fn refuse(&self, code: &'static str) {
        let error = NodeBuilder::new("error").attr("code", code);
        let error = error.attr("text", "not here");
        say(
            self.line,
            self.begin("error").children([error.build()]).build(),
        );
    }

    fn begin(&self, sort: &'static str) -> NodeBuilder {
        let answer = NodeBuilder::new("iq").attr("from", SERVER);
        answer.attr("type", sort).attr("id", self.id.clone())
    }
}

impl State {
    pub(super) fn asked(&mut self, device: &Device, line: &Line, node: &Node) {
        let sort = attr(node, "type").unwrap_or_default();
        if sort == "result" || sort == "error" {
            return;
        }
        let id = attr(node, "id").unwrap_or_default();
        let ask = Ask { node, line, id };
        let first = node.children().and_then(<[Node]>::first);
        let first = first.map(|it| it.tag.to_string()).unwrap_or_default();
        let about = attr(node, "xmlns").unwrap_or_default();
        match (about.as_str(), first.as_str()) {
            ("encrypt", "count") => {
                let count = self.bundle(device).map_or(0, |it| it.once.len());
                let count = NodeBuilder::new("count").attr("value", count.to_string());
                ask.answer([count.build()]);
            }
            ("encrypt", "key") => self.hand_out_keys(&ask),
            ("encrypt", "digest") => ask.refuse("404"),
            ("encrypt", _) if sort == "set" => {
                self.take_keys(device, node);
                ask.answer([]);
            }
            ("passive", _) => {
                ask.answer([]);
                self.bring_again(device, line);
            }
            ("usync", _) => self.look_up(&ask),
            ("w:sync:app:state", _) => unchanged(&ask),
            ("w:m", _) => {
                let host = NodeBuilder::new("host").attr("hostname", "files.test");
                let place = NodeBuilder::new("media_conn")
                    .attr("auth", "none")
                    .attr("ttl", "300")
                    .attr("max_buckets", "12")
                    .children([host.build()]);
                ask.answer([place.build()]);
            }
            ("w:profile:picture", _) if sort == "set" => {
                let whose = attr(node, "target").unwrap_or_else(|| format!("{}@s", device.0));
                self.pictures.insert(whose);
                let picture = NodeBuilder::new("picture").attr("id", "7");
                ask.answer([picture.build()]);
            }
            ("w:profile:picture", _) => {
                let whose = attr(node, "target").unwrap_or_default();
                if !self.pictures.contains(&whose) {
                    return ask.refuse("404");
                }
                let picture = NodeBuilder::new("picture").attr("id", "7");
                let url = format!("https://files.test/{whose}");
                ask.answer([picture.attr("url", url).build()]);
            }
            ("w:g2", _) => self.group_asked(device, &ask, &first),
            ("abt", _) => {
                let none = NodeBuilder::new("props").attr("protocol", "1");
                ask.answer([none.build()]);
            }
            ("blocklist", _) => ask.answer([NodeBuilder::new("list").build()]),
            ("privacy", "tokens") => ask.answer([NodeBuilder::new("tokens").build()]),
            ("privacy", _) => {
                let receipts = NodeBuilder::new("category").attr("name", "readreceipts");
                let receipts = receipts.attr("value", "all").build();
                ask.answer([NodeBuilder::new("privacy").children([receipts]).build()]);
            }
            ("md", "remove-companion-device") => {
                if let Some(account) = self.accounts.get_mut(&device.0) {
                    account.devices.remove(&device.1);
                }
                ask.answer([]);
            }
            ("w:p" | "urn:xmpp:whatsapp:dirty", _) => ask.answer([]),
            _ => ask.refuse("501"),
        }
    }

    fn take_keys(&mut self, device: &Device, node: &Node) {
        let Some(bundle) = self.bundle(device) else {
            return;
        };
        let rotated = node.get_optional_child_by_tag(&["rotate", "skey"]);
        if let Some(it) = node.get_optional_child("skey").or(rotated) {
            let part = |tag| child_bytes(it, tag);
            bundle.signed = (part("id"), part("value"), part("signature"));
        }
        if let Some(list) = node.get_optional_child("list") {
            let all = list.get_children_by_tag("key");
            let all = all.map(|it| (child_bytes(it, "id"), child_bytes(it, "value")));
            bundle.once.extend(all);
        }
    }

    fn hand_out_keys(&mut self, ask: &Ask<'_>) {
        let mut users = Vec::new();
        let asked = ask.node.get_optional_child("key");
        let asked = asked.map(|it| it.get_children_by_tag("user").collect::<Vec<_>>());
        for user in asked.unwrap_or_default() {
            let jid = attr(user, "jid").and_then(|it| it.parse::<Jid>().ok());
            let Some(jid) = jid else { continue };
            let owner = self.user(&jid.to_string()).unwrap_or_default();
            let answer = NodeBuilder::new("user").attr("jid", jid.clone());
            let Some(bundle) = self.bundle(&(owner, jid.device)) else {
                let error = NodeBuilder::new("error").attr("code", "406");
                let error = error.attr("text", "not-acceptable").build();
                users.push(answer.children([error]).build());
                continue;
            };
            let signed = NodeBuilder::new("skey").children([
                leaf("id", bundle.signed.0.clone()),
                leaf("value", bundle.signed.1.clone()),
                leaf("signature", bundle.signed.2.clone()),
            ]);
            let mut parts = vec![
                leaf("registration", bundle.registration.clone()),
                leaf("type", vec![5]),
                leaf("identity", bundle.identity.clone()),
                signed.build(),
            ];
            if let Some((id, value)) = bundle.once.pop_front() {
                let once = NodeBuilder::new("key").children([leaf("id", id), leaf("value", value)]);
                parts.push(once.build());
            }
            parts.extend(bundle.proof.clone().map(|it| leaf("device-identity", it)));
            users.push(answer.children(parts).build());
        }
        ask.answer([NodeBuilder::new("list").children(users).build()]);
    }

    /// Who there is, and with which devices.
    fn look_up(&mut self, ask: &Ask<'_>) {
        let Some(asked) = ask.node.get_optional_child("usync") else {
            return ask.refuse("400");
        };
        let wanted = asked.get_optional_child("query").and_then(Node::children);
        let wanted: Vec<String> = wanted
            .map(|all| all.iter().map(|it| it.tag.to_string()).collect())
            .unwrap_or_default();
        let list = asked.get_optional_child("list");
        let list = list.map(|it| it.get_children_by_tag("user").collect::<Vec<_>>());
        let mut users = Vec::new();
        for user in list.unwrap_or_default() {
            let by_number = || {
                let number = String::from_utf8(child_bytes(user, "contact")).ok()?;
                Some(format!("{}@{SERVER}", number.trim_start_matches('+')))
            };
            let Some(jid) = attr(user, "jid").or_else(by_number) else {
                continue;
            };
            let owner = self.user(&jid);
            let mut parts = Vec::new();
            for what in &wanted {
                match (what.as_str(), &owner) {
                    ("devices", Some(owner)) => parts.extend(self.devices_of(owner)),
                    ("contact", owner) => {
                        let is = if owner.is_some() { "in" } else { "out" };
                        parts.push(NodeBuilder::new("contact").attr("type", is).build());
                    }
                    _ => {}
                }
            }
            let found = NodeBuilder::new("user").attr("jid", jid).children(parts);
            users.push(found.build());
        }
        let list = NodeBuilder::new("list").children(users).build();
        ask.answer([NodeBuilder::new("usync").children([list]).build()]);
    }

    fn devices_of(&self, owner: &str) -> Option<Node> {
        let account = self.accounts.get(owner)?;
        let mut ids: Vec<u16> = account.devices.keys().copied().collect();
        ids.sort_unstable();
        let devices = ids.into_iter().map(|id| {
            let device = NodeBuilder::new("device").attr("id", id.to_string());
            match id {
                0 => device.build(),
                id => device.attr("key-index", id.to_string()).build(),
            }
        });
        let list = NodeBuilder::new("device-list").children(devices).build();
        let valid = NodeBuilder::new("key-index-list")
            .attr("ts", now().to_string())
            .bytes(account.valid_devices());
        Some(
            NodeBuilder::new("devices")
                .children([list, valid.build()])
                .build(),
        )
    }
}

/// Nobody's settings have ever changed.
fn unchanged(ask: &Ask<'_>) {
    let asked = ask.node.get_optional_child("sync");
    let asked = asked.map(|it| it.get_children_by_tag("collection").collect::<Vec<_>>());
    let same = asked.unwrap_or_default().into_iter().map(|it| {
        NodeBuilder::new("collection")
            .attr("name", attr(it, "name").unwrap_or_default())
            .attr("version", "0")
            .attr("type", "result")
            .build()
    });
    let same: Vec<Node> = same.collect();
    ask.answer([NodeBuilder::new("sync").children(same).build()]);
}
