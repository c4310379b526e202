//! Groups: made, changed, and told of.

use whatsapp_rust::{
    Jid, NodeBuilder,
    wacore_binary::{Node, NodeContent},
};

use super::{Device, FakeWhatsApp, State, asks::Ask, node::attr, now};

/// A group.
#[derive(Clone, Default)]
pub(super) struct Group {
    name: String,
    /// In the order in which they came; the first has made it.
    members: Vec<String>,
    admins: Vec<String>,
    locked: bool,
    announcement: bool,
    ephemeral: Option<String>,
}

impl FakeWhatsApp {
    /// A group is there; the first of its members is its admin.
    pub(crate) fn add_group(&self, id: &str, name: &str, members: &[&str]) {
        let members: Vec<String> = members.iter().map(|it| (*it).to_owned()).collect();
        let group = Group {
            name: name.to_owned(),
            admins: members.first().cloned().into_iter().collect(),
            members,
            ..Group::default()
        };
        self.state().groups.insert(id.to_owned(), group);
    }
}

impl State {
    /// Who is in a group, by its whole name.
    pub(super) fn members(&self, jid: &str) -> Vec<String> {
        let id = jid.strip_suffix("@g.us").unwrap_or_default();
        let group = self.groups.get(id);
        group.map(|it| it.members.clone()).unwrap_or_default()
    }

    pub(super) fn group_asked(&mut self, device: &Device, ask: &Ask<'_>, what: &str) {
        self.asked_of_groups.push(what.to_owned());
        let to = attr(ask.node, "to").unwrap_or_default();
        let id = to.strip_suffix("@g.us").unwrap_or_default().to_owned();
        match what {
            "participating" => {
                let mine = self.groups.iter();
                let mine = mine.filter(|(_, it)| it.members.contains(&device.0));
                let mine: Vec<Node> = mine.map(|(id, it)| shown(id, it)).collect();
                ask.answer([NodeBuilder::new("groups").children(mine).build()]);
            }
            "create" => self.create(device, ask),
            "leave" => self.leave(device, ask),
            _ => {
                let Some(group) = self.groups.get(&id) else {
                    return ask.refuse("404");
                };
                match what {
                    "query" if group.members.contains(&device.0) => {
                        ask.answer([shown(&id, group)]);
                    }
                    "invite" if group.admins.contains(&device.0) => {
                        let code =
                            NodeBuilder::new("invite").attr("code", "AbCdEfGhIjKlMnOpQrStUv");
                        ask.answer([code.build()]);
                    }
                    _ if group.admins.contains(&device.0) => self.change(device, ask, &id, what),
                    _ => ask.refuse("403"),
                }
            }
        }
    }

    fn create(&mut self, device: &Device, ask: &Ask<'_>) {
        let Some(wanted) = ask.node.get_optional_child("create") else {
            return ask.refuse("400");
        };
        let mut members = vec![device.0.clone()];
        members.extend(self.named(wanted));
        let group = Group {
            name: attr(wanted, "subject").unwrap_or_default(),
            admins: vec![device.0.clone()],
            members,
            ..Group::default()
        };
        let id = format!("12036300000000{:04}", self.number());
        ask.answer([shown(&id, &group)]);
        self.groups.insert(id, group);
    }

    fn leave(&mut self, device: &Device, ask: &Ask<'_>) {
        let all = ask.node.get_optional_child("leave");
        let all = all.map(|it| it.get_children_by_tag("group").collect::<Vec<_>>());
        for it in all.unwrap_or_default() {
            let id = attr(it, "id").unwrap_or_default();
            let id = id.strip_suffix("@g.us").unwrap_or(&id);
            if let Some(group) = self.groups.get_mut(id) {
                group.members.retain(|it| *it != device.0);
                group.admins.retain(|it| *it != device.0);
                let audience = group.members.clone();
                let gone = NodeBuilder::new("participant").attr("jid", Jid::pn(device.0.clone()));
                let gone = NodeBuilder::new("remove").children([gone.build()]);
                self.tell_of_group(device, id, &audience, gone.build());
            }
        }
        ask.answer([NodeBuilder::new("leave").build()]);
    }

    fn change(&mut self, device: &Device, ask: &Ask<'_>, id: &str, what: &str) {
        let Some(asked) = ask.node.get_optional_child(what) else {
            return ask.refuse("400");
        };
        let people = self.named(asked);
        let Some(group) = self.groups.get_mut(id) else {
            return ask.refuse("404");
        };
        let audience = [group.members.clone(), people.clone()].concat();
        match what {
            "add" => group.members.extend(people.clone()),
            "remove" => group.members.retain(|it| !people.contains(it)),
            "promote" => group.admins.extend(people.clone()),
            "demote" => group.admins.retain(|it| !people.contains(it)),
            "locked" => group.locked = true,
            "unlocked" => group.locked = false,
            "announcement" => group.announcement = true,
            "not_announcement" => group.announcement = false,
            "ephemeral" => group.ephemeral = attr(asked, "expiration"),
            "not_ephemeral" => group.ephemeral = None,
            "subject" => {
                group.name = match &asked.content {
                    Some(NodeContent::Bytes(name)) => String::from_utf8_lossy(name).into_owned(),
                    Some(NodeContent::String(name)) => name.to_string(),
                    _ => String::new(),
                };
            }
            _ => return ask.refuse("501"),
        }
        let name = group.name.clone();
        let named = people.iter().map(|it| {
            let one = NodeBuilder::new("participant");
            one.attr("jid", Jid::pn(it.clone())).build()
        });
        let named: Vec<Node> = named.collect();
        let (answer, told) = match what {
            "add" | "remove" | "promote" | "demote" => {
                let tag = match what {
                    "add" => "add",
                    "remove" => "remove",
                    "promote" => "promote",
                    _ => "demote",
                };
                let told = NodeBuilder::new(tag).children(named).build();
                (Some(told.clone()), told)
            }
            "subject" => {
                let told = NodeBuilder::new("subject").attr("subject", name);
                (None, told.attr("s_t", now().to_string()).build())
            }
            "announcement" => (None, NodeBuilder::new("announcement").build()),
            _ => return ask.answer([]),
        };
        ask.answer(answer);
        self.tell_of_group(device, id, &audience, told);
    }

    /// Tells everybody else what somebody did to a group.
    fn tell_of_group(&mut self, by: &Device, id: &str, audience: &[String], what: Node) {
        let told = NodeBuilder::new("notification")
            .attr("type", "w:gp2")
            .attr("id", format!("group-{}", self.number()))
            .attr("from", Jid::group(id))
            .attr("participant", Jid::pn(by.0.clone()))
            .attr("t", now().to_string())
            .children([what]);
        let told = told.build();
        for number in audience.iter().filter(|it| **it != by.0) {
            self.tell(number, &told);
        }
    }

    /// The numbers that a node names.
    fn named(&self, node: &Node) -> Vec<String> {
        let all = node.get_children_by_tag("participant");
        all.filter_map(|it| self.user(&attr(it, "jid")?)).collect()
    }
}

fn shown(id: &str, group: &Group) -> Node {
    let members = group.members.iter().map(|it| {
        let one = NodeBuilder::new("participant").attr("jid", Jid::pn(it.clone()));
        if group.admins.contains(it) {
            one.attr("type", "admin").build()
        } else {
            one.build()
        }
    });
    let mut parts: Vec<Node> = members.collect();
    if group.locked {
        parts.push(NodeBuilder::new("locked").build());
    }
    if group.announcement {
        parts.push(NodeBuilder::new("announcement").build());
    }
    if let Some(seconds) = &group.ephemeral {
        let ephemeral = NodeBuilder::new("ephemeral").attr("expiration", seconds.clone());
        parts.push(ephemeral.build());
    }
    let creator = group.members.first().cloned().unwrap_or_default();
    NodeBuilder::new("group")
        .attr("id", id.to_owned())
        .attr("subject", group.name.clone())
        .attr("creation", "1700000000")
        .attr("s_t", "1700000000")
        .attr("addressing_mode", "pn")
        .attr("creator", Jid::pn(creator))
        .children(parts)
        .build()
}
