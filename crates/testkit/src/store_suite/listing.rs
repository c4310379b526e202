//! Lists and counts against a model: a vector, a filter, a sort.

use app::ports::{ConversationFilter, Counts, MessagePage};
use domain::{
    AccountId, Address, AddressId, AgentId, Contact, ContactId, Conversation, ConversationId,
    ConversationStatus, InboxId, Message, MessageId,
};

use super::{Bench, samples};

const STATUSES: [ConversationStatus; 4] = [
    ConversationStatus::Open,
    ConversationStatus::Resolved,
    ConversationStatus::Pending,
    ConversationStatus::Snoozed,
];

/// Numbers that look arbitrary and are always the same.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn small(&mut self, sides: u64) -> i64 {
        i64::try_from(self.roll(sides)).unwrap()
    }
}

/// Conversations of two accounts: the first has inboxes 1 to 3 and agents 1 to 3, the second inbox 4 and agent 9.
/// Many share the time of their last activity, and most have a message.
fn fill(bench: &Bench) -> Vec<Conversation> {
    let mut dice = Dice(7);
    let conversations: Vec<Conversation> = (1..=240)
        .map(|n| {
            let account = if n % 8 == 0 { 2 } else { 1 };
            let mine = account == 1;
            let inbox = if mine { 1 + dice.small(3) } else { 4 };
            let agent = if mine {
                dice.small(4)
            } else {
                9 * dice.small(2)
            };
            Conversation {
                id: ConversationId(n),
                account_id: AccountId(account),
                number: n,
                inbox_id: InboxId(inbox),
                contact_id: ContactId(1000 + n),
                address_id: AddressId(2000 + n),
                status: STATUSES[usize::try_from(dice.roll(4)).unwrap()],
                assignee_id: (agent > 0).then_some(AgentId(agent)),
                last_message_id: (dice.roll(5) > 0).then_some(MessageId(3000 + n)),
                last_activity_at: samples::at(dice.small(40)),
                ..samples::bare_conversation()
            }
        })
        .collect();
    for (account, address) in [(1, "a"), (1, "b"), (1, "c"), (2, "d")] {
        bench.inbox(AccountId(account), address);
    }
    let stored = conversations.clone();
    bench.tx(move |tx| {
        for it in &stored {
            tx.insert_contact(&contact(it))?;
            tx.insert_address(&address(it))?;
            tx.insert_conversation(it)?;
            if it.last_message_id.is_some() {
                tx.insert_message(&message(it))?;
            }
        }
        Ok(())
    });
    conversations
}

fn contact(of: &Conversation) -> Contact {
    Contact {
        id: of.contact_id,
        account_id: of.account_id,
        ..samples::contact()
    }
}

fn address(of: &Conversation) -> Address {
    Address {
        id: of.address_id,
        contact_id: of.contact_id,
        inbox_id: of.inbox_id,
        source_id: format!("source {}", of.id),
        ..samples::address()
    }
}

fn message(of: &Conversation) -> Message {
    Message {
        id: MessageId(3000 + of.id.0),
        account_id: of.account_id,
        inbox_id: of.inbox_id,
        conversation_id: of.id,
        client_key: None,
        ..samples::message()
    }
}

/// Every filter of the first account, also by an inbox and an agent that it does not have.
fn filters() -> Vec<ConversationFilter> {
    let mut filters = Vec::new();
    let statuses = STATUSES.map(Some).into_iter().chain([None]);
    let assignees = [
        (None, false),
        (None, true),
        (Some(None), false),
        (Some(Some(1)), false),
        (Some(Some(2)), true),
        (Some(Some(9)), false),
    ];
    for status in statuses {
        for inbox in [None, Some(1), Some(2), Some(4)] {
            for (assignee, assigned) in assignees {
                filters.push(ConversationFilter {
                    status,
                    inbox_id: inbox.map(InboxId),
                    assignee: assignee.map(|it| it.map(AgentId)),
                    assigned,
                    ..ConversationFilter::default()
                });
            }
        }
    }
    filters
}

fn fits(it: &Conversation, filter: &ConversationFilter) -> bool {
    it.account_id == AccountId(1)
        && filter.status.is_none_or(|status| it.status == status)
        && filter.inbox_id.is_none_or(|inbox| it.inbox_id == inbox)
}

fn fits_assignee(it: &Conversation, filter: &ConversationFilter) -> bool {
    filter
        .assignee
        .is_none_or(|wanted| it.assignee_id == wanted)
        && (!filter.assigned || it.assignee_id.is_some())
}

pub fn conversations_by_every_filter_in_pages_match_a_model(bench: Bench) {
    let conversations = fill(&bench);
    for filter in filters() {
        let mut expected: Vec<&Conversation> = conversations
            .iter()
            .filter(|it| fits(it, &filter) && fits_assignee(it, &filter))
            .collect();
        expected.sort_by_key(|it| (it.last_activity_at, it.id));
        expected.reverse();
        for limit in [7, 1000] {
            let mut listed = Vec::new();
            loop {
                let offset = i64::try_from(listed.len()).unwrap();
                let page = bench
                    .view(|view| view.list_conversations(AccountId(1), &filter, limit, offset));
                if page.is_empty() {
                    break;
                }
                listed.extend(page);
            }
            assert_eq!(listed.len(), expected.len(), "{filter:?}");
            for (row, it) in listed.iter().zip(&expected) {
                assert_eq!(&&row.conversation, it, "{filter:?}");
                assert_eq!((&row.contact, &row.address), (&contact(it), &address(it)));
                let newest = it.last_message_id.map(|_| message(it));
                assert_eq!(row.last_message, newest);
            }
        }
    }
}

pub fn counts_by_every_filter_match_a_model(bench: Bench) {
    let conversations = fill(&bench);
    for filter in filters() {
        for me in [AgentId(1), AgentId(9)] {
            let count = |keep: &dyn Fn(&Conversation) -> bool| {
                let kept = conversations
                    .iter()
                    .filter(|it| fits(it, &filter) && keep(it));
                i64::try_from(kept.count()).unwrap()
            };
            let expected = Counts {
                mine: count(&|it| it.assignee_id == Some(me)),
                unassigned: count(&|it| it.assignee_id.is_none()),
                assigned: count(&|it| it.assignee_id.is_some()),
                all: count(&|_| true),
            };
            let counted = bench.view(|view| view.count_conversations(AccountId(1), &filter, me));
            assert_eq!(counted, expected, "{filter:?}");
        }
    }
}

pub fn messages_before_and_after_match_a_model(bench: Bench) {
    let ids: Vec<i64> = (1..=30).map(|n| 10 * n).collect();
    let stored = ids.clone();
    bench.tx(move |tx| {
        for &id in &stored {
            for (conversation, id) in [(1, id), (2, id + 1)] {
                tx.insert_message(&Message {
                    id: MessageId(id),
                    conversation_id: ConversationId(conversation),
                    ..samples::bare_message()
                })?;
            }
        }
        Ok(())
    });
    let bounds = [None, Some(5), Some(100), Some(105), Some(300), Some(999)];
    for before in bounds {
        for after in bounds {
            for limit in [1, 7, 100] {
                let mut expected: Vec<i64> = ids
                    .iter()
                    .copied()
                    .filter(|&id| before.is_none_or(|it| id < it))
                    .filter(|&id| after.is_none_or(|it| id > it))
                    .collect();
                let over = expected.len().saturating_sub(limit);
                match after {
                    Some(_) => expected.truncate(limit),
                    None => drop(expected.drain(..over)),
                }
                let page = MessagePage {
                    before: before.map(MessageId),
                    after: after.map(MessageId),
                    limit: i64::try_from(limit).unwrap(),
                };
                let listed = bench.view(|view| view.list_messages(ConversationId(1), page));
                let listed: Vec<i64> = listed.into_iter().map(|it| it.id.0).collect();
                assert_eq!(listed, expected, "{page:?}");
            }
        }
    }
}
