//! Messages, receipts and signs of life, carried from device to device.

use whatsapp_rust::{
    Jid, NodeBuilder,
    wacore_binary::{Node, NodeContent},
};

use super::{Device, FakeWhatsApp, Line, SERVER, State, node::attr, now, say};

impl FakeWhatsApp {
    /// What a device says.
    pub(super) fn hear(&self, device: &Device, line: &Line, node: Node) {
        let mut state = self.state();
        let id = attr(&node, "id").unwrap_or_default();
        match node.tag.as_ref() {
            "iq" => state.asked(device, line, &node),
            "message" => state.message(device, line, &node),
            "receipt" => state.receipt(device, line, &node),
            "ack" => state.acknowledged(device, &[id]),
            "chatstate" => {
                let to = attr(&node, "to").unwrap_or_default();
                let by = Jid::pn(device.0.clone());
                let mut told = node.clone();
                told.attrs = Default::default();
                if to.ends_with("@g.us") {
                    told.attrs.insert("from", to.clone());
                    told.attrs.insert("participant", by);
                    for member in state.members(&to) {
                        if member != device.0 {
                            state.tell(&member, &told);
                        }
                    }
                } else if let Some(to) = state.user(&to) {
                    told.attrs.insert("from", by);
                    state.tell(&to, &told);
                }
            }
            "presence" => {
                let whom = attr(&node, "to").and_then(|it| state.user(&it));
                let subscribes = attr(&node, "type").as_deref() == Some("subscribe");
                if let Some(whom) = whom.filter(|_| subscribes) {
                    state.attended.push((device.0.clone(), whom));
                }
            }
            _ => {}
        }
    }
}

impl FakeWhatsApp {
    /// The next messages to a device, so many, cannot be opened.
    pub(crate) fn spoil(&self, device: &Device, count: usize) {
        self.state().spoiled.insert(device.clone(), count);
    }

    /// Tells a linked device of something that only the phone itself shows, and once.
    pub(crate) fn bring_once(&self, from: &str, device: &Device, id: &str) {
        let nothing = NodeBuilder::new("unavailable").attr("type", "view_once");
        let told = NodeBuilder::new("message")
            .attr("from", Jid::pn(from))
            .attr("id", id.to_owned())
            .attr("type", "media")
            .attr("t", now().to_string())
            .children([nothing.build()]);
        self.state().bring(device, id, told.build());
    }
}

impl State {
    /// Tells every device of somebody that is there.
    pub(super) fn tell(&self, number: &str, node: &Node) {
        for ((owner, _), line) in &self.online {
            if owner == number {
                say(line, node.clone());
            }
        }
    }

    /// Brings something to a device, now and until it is acknowledged.
    pub(super) fn bring(&mut self, device: &Device, id: &str, mut node: Node) {
        if let Some(count) = self.spoiled.get_mut(device).filter(|it| **it > 0) {
            *count -= 1;
            spoil(&mut node);
        }
        if let Some(line) = self.online.get(device) {
            say(line, node.clone());
        }
        let pending = self.pending.entry(device.clone()).or_default();
        pending.push((id.to_owned(), node));
    }

    /// What was not acknowledged, for a device that has come back.
    pub(super) fn bring_again(&self, device: &Device, line: &Line) {
        let pending = self.pending.get(device);
        let pending = pending.map(Vec::as_slice).unwrap_or_default();
        for (_, node) in pending {
            let mut node = node.clone();
            node.attrs.insert("offline", "0");
            say(line, node);
        }
        let count = NodeBuilder::new("offline").attr("count", pending.len().to_string());
        let done = NodeBuilder::new("ib").attr("from", SERVER);
        say(line, done.children([count.build()]).build());
    }

    fn acknowledged(&mut self, device: &Device, ids: &[String]) {
        if let Some(pending) = self.pending.get_mut(device) {
            pending.retain(|(id, _)| !ids.contains(id));
        }
    }

    fn receipt(&mut self, device: &Device, line: &Line, node: &Node) {
        let id = attr(node, "id").unwrap_or_default();
        let list = node.get_optional_child("list");
        let others = list.map(|it| it.get_children_by_tag("item").collect::<Vec<_>>());
        let others = others.unwrap_or_default();
        let mut ids: Vec<String> = others.iter().filter_map(|it| attr(it, "id")).collect();
        ids.push(id.clone());
        self.acknowledged(device, &ids);
        let to = attr(node, "to").unwrap_or_default();
        let ack = NodeBuilder::new("ack")
            .attr("class", "receipt")
            .attr("id", id.clone())
            .attr("from", to.clone());
        say(line, ack.build());
        let in_group = to.ends_with("@g.us");
        let author = attr(node, "participant").filter(|_| in_group);
        let Some(number) = self.user(author.as_ref().unwrap_or(&to)) else {
            return;
        };
        if number == device.0 {
            return;
        }
        let mut told = NodeBuilder::new("receipt")
            .attr("id", id)
            .attr("t", now().to_string());
        told = if in_group {
            let by = Jid::pn_device(device.0.clone(), device.1);
            told.attr("from", to).attr("participant", by)
        } else {
            told.attr("from", Jid::pn(device.0.clone()))
        };
        if let Some(sort) = attr(node, "type") {
            told = told.attr("type", sort);
        }
        if let Some(list) = list {
            told = told.children([list.clone()]);
        }
        self.tell(&number, &told.build());
    }

    fn message(&mut self, device: &Device, line: &Line, node: &Node) {
        let (id, to) = (
            attr(node, "id").unwrap_or_default(),
            attr(node, "to").unwrap_or_default(),
        );
        self.sent.push((device.0.clone(), id.clone()));
        let ack = NodeBuilder::new("ack")
            .attr("class", "message")
            .attr("id", id.clone())
            .attr("from", to.clone())
            .attr("t", now().to_string());
        if let Some(code) = self.restricted.get(&device.0) {
            say(line, ack.attr("error", *code).build());
            return;
        }
        say(line, ack.build());
        let proof = node.get_optional_child("device-identity").cloned();
        let sealed = sealed(node, &to);
        let begun = |from: &str| {
            let name = self.accounts.get(&device.0).map(|it| it.name.clone());
            let sort = attr(node, "type").unwrap_or_else(|| "text".to_owned());
            let mut begun = NodeBuilder::new("message").attr("from", from.to_owned());
            for same in ["edit"] {
                if let Some(value) = attr(node, same) {
                    begun = begun.attr(same, value);
                }
            }
            begun
                .attr("id", id.clone())
                .attr("type", sort)
                .attr("t", now().to_string())
                .attr("notify", name.unwrap_or_default())
        };
        let mut out = Vec::new();
        if to.ends_with("@g.us") {
            // The key of the group for whoever has none, and what is said for everybody.
            let common = node.get_optional_child("enc").cloned();
            for member in self.members(&to) {
                for other in self.others(&member, device) {
                    let mut mine = sealed.iter();
                    let key = mine.find(|(it, _)| {
                        it.device == other.1 && self.user(&it.to_string()) == Some(member.clone())
                    });
                    let parts = key.map(|(_, it)| it.clone()).into_iter();
                    let parts = parts.chain(common.clone()).chain(proof.clone());
                    let by = Jid::pn_device(device.0.clone(), device.1);
                    let told = begun(&to).attr("participant", by).children(parts);
                    out.push((other, told.build()));
                }
            }
        } else {
            let from = Jid::pn_device(device.0.clone(), device.1).to_string();
            for (jid, part) in &sealed {
                let Some(number) = self.user(&jid.to_string()) else {
                    continue;
                };
                let other = (number, jid.device);
                // Behind a phone itself is nobody.
                if other.1 == 0 || other == *device {
                    continue;
                }
                let mut told = begun(&from);
                if other.0 == device.0 {
                    told = told.attr("recipient", to.clone());
                }
                let parts = [part.clone()].into_iter().chain(proof.clone());
                out.push((other, told.children(parts).build()));
            }
        }
        for (other, told) in out {
            self.bring(&other, &id, told);
        }
    }

    /// The devices of somebody, but not this one and not the phone itself.
    fn others(&self, number: &str, but: &Device) -> Vec<Device> {
        let account = self.accounts.get(number);
        let devices = account.map(|it| it.devices.keys().copied().collect::<Vec<_>>());
        let all = devices.unwrap_or_default().into_iter();
        all.filter(|it| *it != 0)
            .map(|it| (number.to_owned(), it))
            .filter(|it| it != but)
            .collect()
    }
}

/// What is sealed in a message is sealed badly.
fn spoil(node: &mut Node) {
    let Some(NodeContent::Nodes(parts)) = &mut node.content else {
        return;
    };
    for part in parts.iter_mut().filter(|it| it.tag == "enc") {
        if let Some(NodeContent::Bytes(bytes)) = &mut part.content
            && let Some(last) = bytes.last_mut()
        {
            *last ^= 1;
        }
    }
}

/// What is sealed for whom.
fn sealed(node: &Node, to: &str) -> Vec<(Jid, Node)> {
    if let Some(all) = node.get_optional_child("participants") {
        let one = |it: &Node| {
            let jid: Jid = attr(it, "jid")?.parse().ok()?;
            Some((jid, it.get_optional_child("enc")?.clone()))
        };
        return all.get_children_by_tag("to").filter_map(one).collect();
    }
    let jid: Option<Jid> = to.parse().ok();
    let part = node.get_optional_child("enc").cloned();
    jid.zip(part).into_iter().collect()
}
