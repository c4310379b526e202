//! What is counted along the way equals a recount, wherever a walk through everything that can happen has led.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use app::{
    Scope,
    contacts::{self, Change},
    conversations::{self, NewStatus, Relabel},
    messages::{self, Draft},
    ports::{ContactPage, ConversationFilter, ConversationRow, Counts, MessagePage},
};
use domain::{
    AgentId, Conversation, ConversationStatus, Direction, Inbox, LabelId, Priority, TeamId,
};

use super::{Bench, Shop, listing::Dice, text};

const STEPS: usize = 240;
/// A recount after so many steps.
const LOOKED_AT_EVERY: usize = 12;
const STATUSES: [ConversationStatus; 4] = [
    ConversationStatus::Open,
    ConversationStatus::Resolved,
    ConversationStatus::Pending,
    ConversationStatus::Snoozed,
];
const TITLES: [&str; 3] = ["red", "green", "blue"];

/// Whoever walks.
struct Walk<'a> {
    bench: &'a Bench,
    shop: &'a Shop,
    inboxes: [Arc<Inbox>; 2],
    agents: Vec<AgentId>,
    dice: Dice,
    step: usize,
}

pub fn counts_and_unread_counts_equal_a_recount_after_a_walk(bench: Bench) {
    let shop = bench.shop("acme");
    let other = bench.inbox(shop.account.id, "another address");
    let agents = vec![shop.agent.id, bench.agent(shop.account.id, "bob").id];
    // Somebody else's conversations are in nobody's counts but theirs.
    let stranger = bench.shop("strangers");
    bench.hear(&stranger.inbox, "eve", "s1");
    let mut walk = Walk {
        bench: &bench,
        shop: &shop,
        inboxes: [shop.inbox.clone(), other],
        agents,
        dice: Dice::new(11),
        step: 0,
    };
    let (mut unread, mut labeled) = (0, 0);
    for step in 1..=STEPS {
        walk.step = step;
        bench.clock.advance(Duration::from_secs(5));
        walk.take_a_step();
        if step % LOOKED_AT_EVERY == 0 {
            let rows = walk.rows();
            unread += walk.recount_unread(&rows);
            labeled += walk.recount(&rows);
            walk.recount_unread_sorts(&rows);
            walk.recount_contacts();
        }
    }
    assert!(unread > 10 && labeled > 10, "{unread} {labeled}");
}

impl Walk<'_> {
    fn rows(&self) -> Vec<ConversationRow> {
        let (all, account) = (ConversationFilter::default(), self.shop.account.id);
        self.bench
            .view(|view| view.list_conversations(account, &all, 1000, 0))
    }

    fn scope(&self) -> Scope {
        self.shop.scope.clone()
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        let sides = u64::try_from(all.len()).unwrap();
        all[usize::try_from(self.dice.roll(sides)).unwrap()].clone()
    }

    fn take_a_step(&mut self) {
        let rows = self.rows();
        if rows.is_empty() || self.dice.roll(3) == 0 {
            return self.hear();
        }
        let row = self.pick(&rows);
        match self.dice.roll(13) {
            0 | 1 => self.say(&row),
            2 | 3 => self.sort(&row),
            4 | 5 => self.assign(&row),
            6 | 7 => self.label(&row),
            8 => self.describe(&row),
            9 => self.see(&row),
            10 => self.revise(&row),
            11 => self.introduce(&row),
            _ => self.part(&row, &rows),
        }
    }

    /// Somebody writes, who may be new.
    fn hear(&mut self) {
        let people = ["ann", "ben", "cat", "dan", "eva", "flo", "gus", "hal"];
        let (from, inbox) = (self.pick(&people), self.pick(&self.inboxes.clone()));
        self.bench.hear(&inbox, from, &format!("m{}", self.step));
    }

    /// An answer or a note.
    fn say(&mut self, row: &ConversationRow) {
        let draft = Draft {
            private: self.dice.roll(3) == 0,
            ..text("certainly")
        };
        self.bench.send(self.shop, row.conversation.number, draft);
    }

    fn sort(&mut self, row: &ConversationRow) {
        let (status, number) = (self.pick(&STATUSES), row.conversation.number);
        let (directory, scope) = (self.bench.directory.clone(), self.scope());
        let new = NewStatus::To(status, None);
        self.bench
            .tx(move |tx| conversations::set_status(tx, &directory, &scope, number, new));
    }

    fn assign(&mut self, row: &ConversationRow) {
        let mut wanted: Vec<Option<AgentId>> = self.agents.iter().copied().map(Some).collect();
        wanted.push(None);
        let (agent, number) = (self.pick(&wanted), row.conversation.number);
        let (directory, scope) = (self.bench.directory.clone(), self.scope());
        self.bench
            .tx(move |tx| conversations::assign(tx, &directory, &scope, number, agent));
    }

    fn label(&mut self, row: &ConversationRow) {
        let few = TITLES.iter().filter(|_| self.dice.roll(2) == 0);
        let change = Relabel::Replace(few.map(|it| (*it).to_owned()).collect());
        let (directory, scope) = (self.bench.directory.clone(), self.scope());
        let number = row.conversation.number;
        self.bench
            .tx(move |tx| conversations::label(tx, &directory, &scope, number, &change));
    }

    fn describe(&mut self, row: &ConversationRow) {
        let priority = self.pick(&[None, Some(Priority::Low), Some(Priority::Urgent)]);
        let team = self.pick(&[None, Some(TeamId(4)), Some(TeamId(5))]);
        let (directory, scope) = (self.bench.directory.clone(), self.scope());
        let number = row.conversation.number;
        self.bench.tx(move |tx| {
            conversations::describe(tx, &directory, &scope, number, |details| {
                (details.priority, details.team_id) = (priority, team);
                Ok(())
            })
        });
    }

    /// An agent looks, or wants to look again.
    fn see(&mut self, row: &ConversationRow) {
        let (again, number) = (self.dice.roll(3) == 0, row.conversation.number);
        let (directory, scope) = (self.bench.directory.clone(), self.scope());
        let by = self.shop.agent.id;
        self.bench.tx(move |tx| match again {
            true => conversations::unsee(tx, &directory, &scope, number),
            false => Ok(conversations::seen(tx, &directory, &scope, number, by)?.0),
        });
    }

    /// The newest message is deleted by an agent, or the contact changes or deletes it.
    fn revise(&mut self, row: &ConversationRow) {
        let Some(message) = row.last_message.clone() else {
            return;
        };
        let (directory, scope) = (self.bench.directory.clone(), self.scope());
        let inbox = self.inboxes.iter().find(|it| it.id == message.inbox_id);
        let (inbox, number) = (inbox.unwrap().clone(), row.conversation.number);
        let (how, external) = (self.dice.roll(3), message.external_id.unwrap_or_default());
        self.bench.tx(move |tx| match how {
            0 => messages::delete(tx, &directory, &scope, number, message.id).map(drop),
            1 => messages::hear_edit(tx, &directory, &inbox, &external, "rather not"),
            _ => messages::hear_delete(tx, &directory, &inbox, &external).map(drop),
        });
    }

    /// More or less is known of a contact.
    fn introduce(&mut self, row: &ConversationRow) {
        let email = self.pick(&[String::new(), format!("{}@example.com", self.step)]);
        let (scope, id) = (self.scope(), row.contact.id);
        let change = Change {
            email: Some(email),
            ..Change::default()
        };
        self.bench
            .tx(move |tx| contacts::change(tx, &scope, id, &change));
    }

    /// A contact turns out to be another, or goes.
    fn part(&mut self, row: &ConversationRow, rows: &[ConversationRow]) {
        let (other, gone) = (self.pick(rows).contact.id, self.dice.roll(4) == 0);
        let (directory, scope) = (self.bench.directory.clone(), self.scope());
        let id = row.contact.id;
        self.bench.tx(move |tx| match gone {
            true => contacts::delete(tx, &directory, &scope, id),
            false => {
                contacts::merge(tx, &directory, &scope, id, other, contacts::replace).map(drop)
            }
        });
    }

    /// Every kind of count, by every agent. Returns how many conversations have a label.
    fn recount(&self, rows: &[ConversationRow]) -> usize {
        let labels = self
            .bench
            .view(|view| view.labels_of(self.shop.account.id))
            .into_iter()
            .map(|it| it.id);
        for filter in filters(labels, &self.inboxes) {
            for me in &self.agents {
                let expected = counted(rows, &filter, *me);
                let account = self.shop.account.id;
                let counts = self
                    .bench
                    .view(|view| view.count_conversations(account, &filter, *me));
                assert_eq!(counts, expected, "step {}: {filter:?}", self.step);
            }
        }
        let labeled = rows.iter().filter(|it| !it.conversation.labels.is_empty());
        labeled.count()
    }

    /// What contacts said that no agent has seen. Returns how much that is.
    fn recount_unread(&self, rows: &[ConversationRow]) -> i64 {
        let mut all = 0;
        for row in rows {
            let it = &row.conversation;
            let page = MessagePage {
                limit: 1000,
                ..MessagePage::default()
            };
            let said = self.bench.view(|view| view.list_messages(it.id, page));
            let unread = said
                .iter()
                .filter(|said| said.direction == Direction::In)
                .filter(|said| it.agent_last_seen_at.is_none_or(|at| said.created_at > at));
            let unread = i64::try_from(unread.count()).unwrap();
            assert_eq!(it.unread_count, unread, "step {}: {it:?}", self.step);
            all += unread;
        }
        all
    }

    /// How many open conversations have something unseen, by inbox, label and team.
    fn recount_unread_sorts(&self, rows: &[ConversationRow]) {
        let mut expected: BTreeMap<_, i64> = BTreeMap::new();
        for it in rows.iter().map(|row| &row.conversation) {
            if it.status != ConversationStatus::Open || it.unread_count == 0 {
                continue;
            }
            let labels = it.labels.iter().copied().map(Some);
            for label in labels.chain([None]) {
                let sort = (label, it.inbox_id, it.details.team_id);
                *expected.entry(sort).or_default() += 1;
            }
        }
        let account = self.shop.account.id;
        let counts = self.bench.view(|view| view.count_unread(account));
        let counts = counts.into_iter();
        let counts = counts.map(|it| ((it.label_id, it.inbox_id, it.team_id), it.count));
        assert_eq!(
            counts.collect::<BTreeMap<_, _>>(),
            expected,
            "step {}",
            self.step
        );
    }

    fn recount_contacts(&self) {
        let account = self.shop.account.id;
        for known in [false, true] {
            let page = ContactPage {
                limit: 1000,
                known,
                ..ContactPage::default()
            };
            let (listed, count) = self.bench.view(|view| {
                let listed = view.list_contacts(account, &page)?;
                Ok((listed.len(), view.count_contacts(account, &page)?))
            });
            assert_eq!(Ok(listed), usize::try_from(count), "step {}", self.step);
        }
    }
}

/// Filters by everything that is counted along the way.
fn filters(
    labels: impl Iterator<Item = LabelId>,
    inboxes: &[Arc<Inbox>],
) -> Vec<ConversationFilter> {
    let labels: Vec<Option<LabelId>> = labels.map(Some).chain([None]).collect();
    let inboxes: Vec<_> = inboxes.iter().map(|it| Some(it.id)).chain([None]).collect();
    let mut filters = Vec::new();
    for label_id in labels {
        for status in STATUSES.into_iter().map(Some).chain([None]) {
            for inbox_id in &inboxes {
                for unattended in [false, true] {
                    filters.push(ConversationFilter {
                        label_id,
                        status,
                        inbox_id: *inbox_id,
                        unattended,
                        team_id: unattended.then_some(TeamId(4)),
                        ..ConversationFilter::default()
                    });
                }
            }
        }
    }
    filters
}

fn counted(rows: &[ConversationRow], filter: &ConversationFilter, me: AgentId) -> Counts {
    let fits = |it: &&Conversation| {
        filter.status.is_none_or(|status| it.status == status)
            && filter.inbox_id.is_none_or(|inbox| it.inbox_id == inbox)
            && filter
                .label_id
                .is_none_or(|label| it.labels.contains(&label))
            && filter
                .team_id
                .is_none_or(|team| it.details.team_id == Some(team))
            && (!filter.unattended || it.first_reply_at.is_none() || it.waiting_since.is_some())
    };
    let found: Vec<&Conversation> = rows
        .iter()
        .map(|it| &it.conversation)
        .filter(fits)
        .collect();
    let count = |keep: &dyn Fn(&Conversation) -> bool| {
        let kept = found.iter().filter(|it| keep(it));
        i64::try_from(kept.count()).unwrap()
    };
    Counts {
        mine: count(&|it| it.assignee_id == Some(me)),
        unassigned: count(&|it| it.assignee_id.is_none()),
        assigned: count(&|it| it.assignee_id.is_some()),
        all: count(&|_| true),
    }
}
