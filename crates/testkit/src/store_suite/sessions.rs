//! Sessions, what is kept for carriers and doors, and messages that are changed after they were said.

use std::sync::Arc;

use app::{
    deliveries::Receiver,
    messages::{self, is_deleted},
    ports::SessionKey,
    sessions,
};
use domain::{Event, InboxId, MessageStatus, Session, SessionState};

use super::{Bench, samples, text};

pub fn a_session_is_kept_and_told_when_it_changes(mut bench: Bench) {
    let inbox = Arc::new(samples::paused_inbox());
    let (one, two) = (inbox.clone(), inbox.clone());
    let kept = bench.tx(move |tx| {
        sessions::change(tx, &one, |it| {
            it.state = SessionState::LoggedIn;
            it.number = Some("447700900100".to_owned());
            it.note = Some("open".to_owned());
        })
    });
    // A change that changes nothing is not told, and neither is another note alone.
    let noted = bench.tx(move |tx| {
        sessions::change(tx, &two, |_| {})?;
        sessions::change(tx, &two, |it| it.note = None)
    });
    assert_eq!(
        noted,
        Session {
            note: None,
            ..kept.clone()
        }
    );
    bench.reopen();
    let id = inbox.id;
    assert_eq!(
        bench.view(|view| view.find_session(id)),
        Some(noted.clone())
    );
    assert_eq!(bench.view(|view| view.sessions()), [noted]);
    let told: Vec<Event> = bench.journal().into_iter().map(|it| it.event).collect();
    assert_eq!(
        told,
        [Event::SessionChanged {
            inbox,
            session: kept,
            was: SessionState::Unpaired,
        }]
    );
}

pub fn what_is_kept_comes_back_by_name_and_by_keeper(mut bench: Bench) {
    bench.tx(|tx| {
        for (keeper, name, value) in [
            ("a", "2", "two"),
            ("a", "1", "one"),
            ("aa", "3", "another's"),
        ] {
            tx.keep(keeper, name, Some(value))?;
        }
        tx.keep("a", "2", Some("more"))?;
        tx.keep("a", "gone", Some("x"))?;
        tx.keep("a", "gone", None)
    });
    bench.reopen();
    let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let all = vec![owned("1", "one"), owned("2", "more")];
    assert_eq!(bench.view(|view| view.list_kept("a", 10)), all);
    assert_eq!(bench.view(|view| view.list_kept("a", 1)), all[..1]);
    assert_eq!(bench.view(|view| view.find_kept("a", "gone")), None);
    let found = bench.view(|view| view.find_kept("aa", "3"));
    assert_eq!(found.as_deref(), Some("another's"));
}

pub fn what_an_engine_remembers_comes_back_by_sort_and_is_forgotten_by_age(mut bench: Bench) {
    let key = |inbox, kind: &str, key: &str, mark| SessionKey {
        inbox_id: InboxId(inbox),
        kind: kind.to_owned(),
        key: key.to_owned(),
        value: format!("{inbox} {kind} {key} {mark}"),
        mark,
    };
    let kept = [
        key(1, "session", "b@x", 1),
        key(1, "session", "a:2@x", 5),
        key(1, "session", "a@x", 7),
        key(1, "other", "a@x", 1),
        key(2, "session", "a@x", 1),
    ];
    bench.tx(move |tx| {
        for it in &kept {
            tx.put_session_key(it)?;
        }
        tx.put_session_key(&key(1, "session", "b@x", 9))?;
        tx.put_session_key(&key(1, "session", "c@x", 9))?;
        tx.delete_session_key(InboxId(1), "session", "c@x")
    });
    bench.reopen();
    let names = |bench: &Bench, from: &str, limit| {
        let all = bench.view(|view| view.list_session_keys(InboxId(1), "session", from, limit));
        all.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    // In the order of their bytes, whatever language the database sorts by.
    assert_eq!(names(&bench, "", 10), ["a:2@x", "a@x", "b@x"]);
    assert_eq!(names(&bench, "a@", 1), ["a@x"]);
    let one =
        |inbox, kind, key| bench.view(|view| view.find_session_key(InboxId(inbox), kind, key));
    assert_eq!(one(1, "session", "b@x").as_deref(), Some("1 session b@x 9"));
    assert_eq!(one(1, "session", "c@x"), None);
    let gone = bench.tx(|tx| tx.expire_session_keys(InboxId(1), "session", 7));
    assert_eq!((gone, names(&bench, "", 10).len()), (1, 2));
    bench.tx(|tx| tx.delete_session_keys(InboxId(1)));
    let one =
        |inbox, kind, key| bench.view(|view| view.find_session_key(InboxId(inbox), kind, key));
    assert_eq!(one(1, "other", "a@x"), None);
    assert!(one(2, "session", "a@x").is_some());
}

pub fn an_emptied_queue_fails_what_waited(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m-1");
    let sent = bench.send(&shop, 1, text("one")).spoken.message;
    let (inbox, directory) = (shop.inbox.clone(), bench.directory.clone());
    assert_eq!(
        bench.view(|view| view.count_open_deliveries(Receiver::Inbox(inbox.id))),
        1
    );
    let emptied = bench.tx(move |tx| sessions::empty_queue(tx, &directory, &inbox));
    assert_eq!(emptied, 1);
    assert_eq!(
        bench.view(|view| view.list_open_deliveries(shop.inbox.id, 10)),
        []
    );
    assert_eq!(bench.message(sent.id).status, MessageStatus::Failed);
}

pub fn an_edited_message_is_told_and_a_deleted_one_is_empty_and_never_goes(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m-1");
    let sent = bench.send(&shop, 1, text("one")).spoken.message;
    let (directory, before) = (bench.directory.clone(), sent.clone());
    let scope = shop.scope.clone();
    let edited = bench.tx(move |tx| messages::edit(tx, &directory, &scope, &before, "two"));
    assert_eq!(edited.content.as_deref(), Some("two"));
    let (directory, before) = (bench.directory.clone(), sent.clone());
    let scope = shop.scope.clone();
    bench.tx(move |tx| messages::delete(tx, &directory, &scope, 1, before.id));
    let gone = bench.message(sent.id);
    assert_eq!((gone.content.as_deref(), is_deleted(&gone)), (None, true));
    assert_eq!(
        bench.view(|view| view.count_open_deliveries(Receiver::Inbox(gone.inbox_id))),
        0
    );
    let told = bench.journal();
    let changes = told.iter().filter_map(|it| match &it.event {
        Event::MessageUpdated { spoken, was, .. } => {
            Some((was.content.clone(), spoken.message.content.clone()))
        }
        _ => None,
    });
    let (one, two) = (Some("one".to_owned()), Some("two".to_owned()));
    let expected = [(one, two.clone()), (two, None)];
    assert_eq!(changes.collect::<Vec<_>>(), expected);
    let directory = bench.directory.clone();
    let scope = shop.scope;
    let again = bench.try_tx(move |tx| messages::edit(tx, &directory, &scope, &sent, "three"));
    assert!(again.is_err(), "what was deleted is edited");
}
