//! Nothing of one account is visible to another.

use app::{
    conversations::{self, NewStatus},
    messages,
    ports::{ConversationFilter, Counts},
};
use domain::{Kind, MessageStatus};

use super::{Bench, Shop, text};

/// Two accounts; only the first has conversations.
fn two_shops(bench: &Bench) -> (Shop, Shop) {
    let (one, two) = (bench.shop("one"), bench.shop("two"));
    bench.hear(&one.inbox, "ann", "m1");
    bench.hear(&one.inbox, "bob", "m2");
    (one, two)
}

pub fn another_accounts_conversation_is_not_there(bench: Bench) {
    let (one, two) = two_shops(&bench);
    let before = (bench.journal(), bench.conversation(one.account.id, 1));
    assert!(
        bench
            .view(|view| view.find_conversation(two.account.id, 1))
            .is_none()
    );
    let refuse = |number: i64| {
        let (directory, scope) = (bench.directory.clone(), two.scope.clone());
        let sent = bench
            .try_tx(move |tx| messages::send(tx, &directory, &scope, number, &text("not mine")));
        assert_eq!(sent.err().unwrap().kind(), Kind::NotFound);
        let (directory, scope) = (bench.directory.clone(), two.scope.clone());
        let set = bench.try_tx(move |tx| {
            conversations::set_status(tx, &directory, &scope, number, NewStatus::Toggled)
        });
        assert_eq!(set.unwrap_err().kind(), Kind::NotFound);
        let (directory, scope, by) = (bench.directory.clone(), two.scope.clone(), two.agent.id);
        let seen = bench.try_tx(move |tx| conversations::seen(tx, &directory, &scope, number, by));
        assert_eq!(seen.unwrap_err().kind(), Kind::NotFound);
    };
    refuse(1);
    refuse(2);
    refuse(-1);
    assert_eq!(
        (bench.journal(), bench.conversation(one.account.id, 1)),
        before
    );
}

pub fn another_accounts_contact_is_not_there(bench: Bench) {
    let (one, two) = two_shops(&bench);
    let contact = bench.conversation(one.account.id, 1).contact;
    let find = |account| bench.view(|view| view.find_contact(account, contact.id));
    assert_eq!(find(one.account.id), Some(contact.clone()));
    assert_eq!(find(two.account.id), None);
}

pub fn another_accounts_inbox_or_agent_lists_and_counts_nothing(bench: Bench) {
    let (one, two) = two_shops(&bench);
    let (directory, scope, ada) = (bench.directory.clone(), one.scope.clone(), one.agent.id);
    bench.tx(move |tx| conversations::assign(tx, &directory, &scope, 1, Some(ada)));
    let filters = [
        ConversationFilter::default(),
        ConversationFilter {
            inbox_id: Some(one.inbox.id),
            ..ConversationFilter::default()
        },
        ConversationFilter {
            assignee: Some(Some(ada)),
            ..ConversationFilter::default()
        },
        ConversationFilter {
            assignee: Some(Some(ada)),
            inbox_id: Some(one.inbox.id),
            ..ConversationFilter::default()
        },
    ];
    for filter in filters {
        let list = |account| bench.view(|view| view.list_conversations(account, &filter, 100, 0));
        assert!(!list(one.account.id).is_empty());
        assert!(list(two.account.id).is_empty());
        let counts = bench.view(|view| view.count_conversations(two.account.id, &filter, ada));
        assert_eq!(counts, Counts::default());
    }
}

pub fn another_accounts_agent_cannot_be_assigned(bench: Bench) {
    let (one, two) = two_shops(&bench);
    let (directory, scope) = (bench.directory.clone(), one.scope.clone());
    let refused = bench
        .try_tx(move |tx| conversations::assign(tx, &directory, &scope, 1, Some(two.agent.id)));
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(
        bench
            .conversation(one.account.id, 1)
            .conversation
            .assignee_id,
        None
    );
}

pub fn one_accounts_numbers_do_not_move_anothers(bench: Bench) {
    let (one, two) = two_shops(&bench);
    bench.hear(&two.inbox, "ann", "m1");
    let theirs = bench.conversation(one.account.id, 1);
    let ours = bench.conversation(two.account.id, 1);
    assert_ne!(theirs.contact.id, ours.contact.id);
    let sent = bench.sent(&two, 1, "ours");
    bench.report(&one.inbox, "ours", MessageStatus::Read);
    assert_eq!(bench.message(sent).status, MessageStatus::Sent);
    assert_eq!(bench.conversation(one.account.id, 1), theirs);
}
