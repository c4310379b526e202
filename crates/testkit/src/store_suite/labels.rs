//! Labels: the account's words, and which conversations carry them.

use std::time::Duration;

use app::{
    conversations::{Relabel, label},
    labels::{self, NewCategory, NewLabel},
    limits::UNLABELED_AT_ONCE,
    ports::{ConversationFilter, RecentPage},
};
use domain::{Event, Kind, Label, LabelId};

use super::{Bench, Shop, samples};

fn titled(title: &str) -> NewLabel {
    NewLabel {
        title: Some(title.to_owned()),
        ..NewLabel::default()
    }
}

fn make(bench: &Bench, shop: &Shop, new: NewLabel) -> Label {
    let scope = shop.scope.clone();
    let made = bench.tx(move |tx| labels::create(tx, &scope, &new));
    Label::clone(&made)
}

fn relabel(bench: &Bench, shop: &Shop, number: i64, change: Relabel) -> Vec<String> {
    let (directory, scope) = (bench.directory.clone(), shop.scope.clone());
    let thread = bench.tx(move |tx| label(tx, &directory, &scope, number, &change));
    thread.labels.iter().map(|it| it.title.clone()).collect()
}

fn replace(titles: &[&str]) -> Relabel {
    Relabel::Replace(titles.iter().map(|it| (*it).to_owned()).collect())
}

fn known(bench: &Bench, shop: &Shop) -> Vec<Label> {
    let account = shop.account.id;
    bench.store.view(|view| view.labels_of(account)).unwrap()
}

pub fn every_field_of_a_label_is_kept(mut bench: Bench) {
    let shop = bench.shop("acme");
    let new = NewLabel {
        title: Some(format!(" {} ", samples::AWKWARD)),
        description: Some(Some(samples::AWKWARD.to_owned())),
        color: Some("#123df55".to_owned()),
        sort: Some(-7),
        category: Some(Some(NewCategory {
            name: "Größe".to_owned(),
            sort: Some(3),
        })),
        on_sidebar: Some(true),
    };
    let full = make(&bench, &shop, new);
    let bare = make(&bench, &shop, titled("bare"));
    assert_eq!((full.title.as_str(), full.sort), (samples::AWKWARD, -7));
    assert_eq!(full.color, "#123df55");
    assert_eq!((bare.category.as_ref(), bare.on_sidebar), (None, false));
    let kept = vec![full.clone(), bare.clone()];
    assert_eq!(known(&bench, &shop), kept);
    assert_eq!(bench.store.view(|view| view.labels()).unwrap(), kept);
    let tables = bench.directory.tables();
    let shown: Vec<_> = tables.labels_of(shop.account.id).into_iter().collect();
    assert_eq!(
        shown.iter().map(|it| it.id).collect::<Vec<_>>(),
        [full.id, bare.id]
    );
    bench.reopen();
    assert_eq!(known(&bench, &shop), kept);

    // A change leaves what it does not name.
    let scope = shop.scope.clone();
    let change = NewLabel {
        description: Some(None),
        category: Some(Some(NewCategory {
            name: "GRÖSSE".to_owned(),
            sort: None,
        })),
        ..NewLabel::default()
    };
    let changed = bench.tx(move |tx| labels::change(tx, &scope, full.id, &change));
    assert_eq!(
        (changed.description.as_ref(), changed.on_sidebar),
        (None, true)
    );
    // "ß" has another capital, so this is another group.
    let category = changed.category.clone().unwrap();
    assert_eq!(
        (category.name.as_str(), category.sort),
        ("GRÖSSE", labels::SORT)
    );
    assert_eq!(known(&bench, &shop)[0], *changed);
}

pub fn a_title_is_one_labels_in_an_account_whatever_its_case(bench: Bench) {
    let (one, two) = (bench.shop("one"), bench.shop("two"));
    let first = make(&bench, &one, titled("Vip"));
    make(&bench, &two, titled("vip"));
    let second = make(&bench, &one, titled("late"));
    let refused = |work: NewLabel, id: Option<LabelId>| {
        let scope = one.scope.clone();
        let refused = bench.try_tx(move |tx| match id {
            None => labels::create(tx, &scope, &work),
            Some(id) => labels::change(tx, &scope, id, &work),
        });
        let error = refused.unwrap_err();
        (error.kind(), error.field().map(str::to_owned))
    };
    let title = (Kind::Invalid, Some("title".to_owned()));
    assert_eq!(refused(titled(" VIP "), None), title);
    assert_eq!(refused(titled("VIP"), Some(second.id)), title);
    assert_eq!(refused(titled(""), None), title);
    assert_eq!(refused(NewLabel::default(), None), title);
    assert_eq!(refused(titled(&"x".repeat(256)), None), title);
    // Its own title in another case is a change like any other.
    let scope = one.scope.clone();
    let renamed = bench.tx(move |tx| labels::change(tx, &scope, first.id, &titled("VIP")));
    assert_eq!(renamed.title, "VIP");
    assert_eq!(known(&bench, &one).len(), 2);
}

pub fn labeling_is_told_by_what_was_put_on_and_taken_off(bench: Bench) {
    let shop = bench.shop("acme");
    let message = bench.hear(&shop.inbox, "ann", "m1");
    let vip = make(&bench, &shop, titled("vip"));
    let late = make(&bench, &shop, titled("late"));
    let before = bench.feed.head();
    assert_eq!(relabel(&bench, &shop, 1, replace(&["VIP", "vip"])), ["vip"]);
    assert_eq!(
        relabel(&bench, &shop, 1, Relabel::Add(vec![late.id, vip.id])),
        ["vip", "late"]
    );
    assert_eq!(
        relabel(&bench, &shop, 1, replace(&["late", "new"])),
        ["late", "new"]
    );
    assert_eq!(
        relabel(&bench, &shop, 1, Relabel::Remove(vec![vip.id])),
        ["late", "new"]
    );
    assert_eq!(
        relabel(&bench, &shop, 1, Relabel::Remove(vec![late.id])),
        ["new"]
    );
    let words = |all: &[std::sync::Arc<Label>]| {
        let titles = all.iter().map(|it| it.title.clone());
        titles.collect::<Vec<_>>().join(" ")
    };
    let mut told = Vec::new();
    for entry in bench.journal_after(before) {
        match entry.event {
            Event::LabelChanged { label } => told.push(format!("made {}", label.title)),
            Event::ConversationLabeled {
                thread,
                last_message,
                added,
                removed,
                by,
            } => {
                assert_eq!(last_message.unwrap().message, message);
                assert_eq!(by, Some(shop.agent.id));
                let ids: Vec<_> = thread.labels.iter().map(|it| it.id).collect();
                assert_eq!(thread.conversation.labels, ids);
                told.push(format!(
                    "+{} -{} = {}",
                    words(&added),
                    words(&removed),
                    words(&thread.labels)
                ));
            }
            Event::MessageCreated { spoken, .. } => told.push(spoken.message.content.unwrap()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        told,
        [
            "+vip - = vip",
            "ada added vip",
            "+late - = vip late",
            "ada added late",
            "made new",
            "+new -vip = late new",
            "ada added new",
            "ada removed vip",
            "+ -late = new",
            "ada removed late",
        ]
    );
    // Whatever happens next carries them.
    bench.hear(&shop.inbox, "ann", "m2");
    let last = bench.journal().pop().unwrap();
    let Event::MessageCreated { thread, .. } = last.event else {
        panic!("{last:?}");
    };
    assert_eq!(words(&thread.labels), "new");
}

pub fn a_removed_label_is_on_no_conversation_and_its_number_does_not_come_again(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    relabel(&bench, &shop, 1, replace(&["old", "kept"]));
    let last = known(&bench, &shop).pop().unwrap();
    assert_eq!(last.title, "kept");
    let old = known(&bench, &shop).remove(0);
    assert!(remove(&bench, &shop, old.id).unwrap());
    assert!(remove(&bench, &shop, last.id).unwrap());
    assert_eq!(known(&bench, &shop), []);
    let again = make(&bench, &shop, titled("old"));
    assert!(again.id > last.id);
    assert_eq!(
        relabel(&bench, &shop, 1, Relabel::Add(vec![])),
        Vec::<String>::new()
    );
    assert_eq!(
        relabel(&bench, &shop, 1, Relabel::Add(vec![again.id])),
        ["old"]
    );
    let gone = remove(&bench, &shop, last.id);
    assert_eq!(gone.unwrap_err().kind(), Kind::NotFound);
}

/// One step of removing a label.
fn remove(bench: &Bench, shop: &Shop, id: LabelId) -> app::Result<bool> {
    let (directory, scope) = (bench.directory.clone(), shop.scope.clone());
    bench.try_tx(move |tx| labels::remove_step(tx, &directory, &scope, id))
}

pub fn a_removed_label_is_taken_off_each_conversation_first(bench: Bench) {
    let shop = bench.shop("acme");
    let label = make(&bench, &shop, titled("vip"));
    let mut numbers = 1..=i64::from(u8::try_from(UNLABELED_AT_ONCE).unwrap()) + 1;
    let count = numbers.clone().count();
    for number in numbers.clone() {
        bench.hear(
            &shop.inbox,
            &format!("person-{number}"),
            &format!("m{number}"),
        );
        relabel(&bench, &shop, number, Relabel::Add(vec![label.id]));
    }
    let before = bench.journal().len();
    assert!(
        !remove(&bench, &shop, label.id).unwrap(),
        "there is one more"
    );
    assert_eq!(known(&bench, &shop).len(), 1);
    assert!(remove(&bench, &shop, label.id).unwrap());
    let told = bench.journal().split_off(before);
    let (last, told) = told.split_last().unwrap();
    assert!(matches!(&last.event, Event::LabelRemoved { label: gone } if gone.id == label.id));
    // What is written into each conversation about it is told besides.
    let told = told.iter();
    let told: Vec<_> = told
        .filter(|it| !matches!(it.event, Event::MessageCreated { .. }))
        .collect();
    assert_eq!(told.len(), count);
    let mut found: Vec<i64> = Vec::new();
    for entry in told {
        let Event::ConversationLabeled {
            thread, removed, ..
        } = &entry.event
        else {
            panic!("{entry:?}");
        };
        assert!(matches!(&removed[..], [one] if one.id == label.id) && thread.labels.is_empty());
        found.push(thread.conversation.number);
    }
    found.sort_unstable();
    assert!(numbers.all(|it| found.contains(&it)));
}

pub fn another_accounts_labels_are_not_there(bench: Bench) {
    let (one, two) = (bench.shop("one"), bench.shop("two"));
    bench.hear(&one.inbox, "ann", "m1");
    let theirs = make(&bench, &two, titled("theirs"));
    let before = bench.journal();
    for change in [
        Relabel::Add(vec![theirs.id]),
        Relabel::Remove(vec![theirs.id]),
    ] {
        let (directory, scope) = (bench.directory.clone(), one.scope.clone());
        let refused = bench.try_tx(move |tx| label(tx, &directory, &scope, 1, &change));
        assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    }
    let scope = one.scope.clone();
    let refused = bench.try_tx(move |tx| labels::change(tx, &scope, theirs.id, &titled("x")));
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(bench.journal(), before);
    let page = RecentPage {
        label_id: Some(theirs.id),
        limit: 10,
        ..RecentPage::default()
    };
    let found = bench
        .store
        .view(|view| view.list_recent(one.account.id, &page));
    assert_eq!(found.unwrap(), []);
}

pub fn conversations_of_a_label_are_listed_latest_first_and_counted(bench: Bench) {
    let shop = bench.shop("acme");
    for n in 1..=6 {
        bench.clock.advance(Duration::from_secs(1));
        bench.hear(&shop.inbox, &format!("from {n}"), &format!("m{n}"));
        if n % 2 == 0 {
            relabel(&bench, &shop, n, replace(&["even"]));
        }
    }
    // The oldest becomes the latest.
    bench.clock.advance(Duration::from_secs(1));
    bench.hear(&shop.inbox, "from 2", "m7");
    let even = known(&bench, &shop).remove(0);
    let account = shop.account.id;
    let numbers = |filter: ConversationFilter| {
        let found = bench.store.view(|view| {
            let rows = view.list_conversations(account, &filter, 10, 0)?;
            let counts = view.count_conversations(account, &filter, shop.agent.id)?;
            Ok((rows, counts))
        });
        let (rows, counts) = found.unwrap();
        let numbers: Vec<i64> = rows.iter().map(|it| it.conversation.number).collect();
        (numbers, counts.all)
    };
    let filter = ConversationFilter {
        label_id: Some(even.id),
        ..ConversationFilter::default()
    };
    assert_eq!(numbers(filter.clone()), (vec![2, 6, 4], 3));
    let (directory, scope) = (bench.directory.clone(), shop.scope.clone());
    let me = shop.agent.id;
    bench.tx(move |tx| app::conversations::assign(tx, &directory, &scope, 6, Some(me)));
    // What is done with one makes it active, among those of its label as well.
    assert_eq!(numbers(filter.clone()).0, [6, 2, 4]);
    let mine = ConversationFilter {
        assignee: Some(Some(me)),
        ..filter.clone()
    };
    assert_eq!(numbers(mine).0, [6]);
    let nobodys = ConversationFilter {
        assignee: Some(None),
        ..filter.clone()
    };
    assert_eq!(numbers(nobodys).0, [2, 4]);
    let resolved = ConversationFilter {
        status: Some(domain::ConversationStatus::Resolved),
        ..filter
    };
    assert_eq!(numbers(resolved), (vec![], 0));
    // From a place in the list.
    let mut page = RecentPage {
        label_id: Some(even.id),
        inbox_id: Some(shop.inbox.id),
        limit: 2,
        ..RecentPage::default()
    };
    let rows = bench
        .store
        .view(|view| view.list_recent(account, &page))
        .unwrap();
    let last = &rows[1].conversation;
    assert_eq!((rows[0].conversation.number, last.number), (6, 2));
    page.before = Some((last.last_activity_at, last.id));
    let rows = bench
        .store
        .view(|view| view.list_recent(account, &page))
        .unwrap();
    assert_eq!(
        rows.iter()
            .map(|it| it.conversation.number)
            .collect::<Vec<_>>(),
        [4]
    );
}
