//! Messages to contacts.

use app::{Error, messages::Draft};
use domain::{Direction, Event, Kind, MessageStatus, Sender};

use super::{Bench, part_of, samples, text};

pub fn a_sent_message_waits_for_its_network(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let before = bench.feed.head();
    let sent = bench.send(&shop, 1, text("good day"));
    let message = bench.message(sent.spoken.message.id);
    assert!(sent.fresh);
    assert_eq!(sent.spoken.message, message);
    assert_eq!(
        (message.direction, message.status),
        (Direction::Out, MessageStatus::Queued)
    );
    assert_eq!(message.sender, Sender::Agent(shop.agent.id));
    assert_eq!(sent.spoken.author.as_deref(), Some(&shop.agent));
    let row = bench.conversation(shop.account.id, 1);
    assert_eq!(row.conversation, sent.thread.conversation);
    assert_eq!(row.last_message.as_ref(), Some(&message));
    assert_eq!(row.conversation.waiting_since, None);
    let head = bench.heads(&shop.inbox).pop().unwrap();
    assert_eq!(part_of(&head), (message.id, 0, 1));
    assert_eq!((head.attempts, head.next_at), (0, message.created_at));
    let journal = bench.journal_after(before);
    assert_eq!(journal.len(), 1);
    // Whom it answers had waited since their own words.
    let waited = sent.thread.conversation.heard_at;
    assert!(waited.is_some());
    assert_eq!(
        journal[0].event,
        Event::MessageCreated {
            thread: Box::new(sent.thread),
            spoken: Box::new(sent.spoken),
            waited,
        }
    );
}

pub fn a_private_note_goes_nowhere(bench: Bench) {
    let shop = bench.shop("acme");
    let heard = bench.hear(&shop.inbox, "ann", "m1");
    let before = bench.conversation(shop.account.id, 1);
    let note = Draft {
        private: true,
        ..text("a nice person")
    };
    let sent = bench.send(&shop, 1, note);
    assert_eq!(bench.heads(&shop.inbox), []);
    assert_eq!(bench.conversation(shop.account.id, 1), before);
    assert_eq!(before.last_message, Some(heard));
    let note = bench.message(sent.spoken.message.id);
    assert!(note.private);
    assert_eq!(note.status, MessageStatus::Sent);
}

fn keyed(key: &str) -> Draft {
    Draft {
        client_key: Some(key.to_owned()),
        ..text("good day")
    }
}

pub fn the_same_client_key_twice_is_one_message(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let first = bench.send(&shop, 1, keyed("echo-1"));
    let before = (bench.journal(), bench.conversation(shop.account.id, 1));
    let again = bench.send(&shop, 1, keyed("echo-1"));
    assert!(first.fresh && !again.fresh);
    assert_eq!(again.spoken, first.spoken);
    assert_eq!(again.thread, first.thread);
    assert_eq!(
        (bench.journal(), bench.conversation(shop.account.id, 1)),
        before
    );
    assert_eq!(bench.heads(&shop.inbox).len(), 1);
    assert!(bench.send(&shop, 1, keyed("Echo-1")).fresh);
}

pub fn the_same_client_key_from_sixteen_threads_is_one_message(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let sent: Vec<_> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| bench.send(&shop, 1, keyed("echo-1"))))
            .collect();
        tasks.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(sent.iter().filter(|it| it.fresh).count(), 1);
    assert!(sent.iter().all(|it| it.spoken == sent[0].spoken));
}

pub fn the_same_client_key_in_another_conversation_is_another_message(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    bench.hear(&shop.inbox, "bob", "m2");
    let first = bench.send(&shop, 1, keyed("echo-1"));
    let second = bench.send(&shop, 2, keyed("echo-1"));
    assert!(first.fresh && second.fresh);
    for sent in [first, second] {
        let conversation = sent.thread.conversation.id;
        let found = bench.view(|view| view.find_message_by_client_key(conversation, "echo-1"));
        assert_eq!(found, Some(sent.spoken.message));
    }
}

pub fn an_answer_quotes_by_both_numbers(bench: Bench) {
    let shop = bench.shop("acme");
    let quoted = bench.hear(&shop.inbox, "ann", "m1");
    let elsewhere = bench.hear(&shop.inbox, "bob", "m2");
    let mut answer = text("indeed");
    answer.reply_to = Some(quoted.id);
    let sent = bench.send(&shop, 1, answer.clone()).spoken.message;
    assert_eq!(
        (sent.reply_to, sent.reply_to_external.as_deref()),
        (Some(quoted.id), Some("m1"))
    );
    answer.reply_to = Some(elsewhere.id);
    let sent = bench.send(&shop, 1, answer).spoken.message;
    assert_eq!((sent.reply_to, sent.reply_to_external), (None, None));
}

pub fn every_part_of_a_message_is_a_delivery_in_order(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let files = samples::new_attachments();
    let mut draft = text("three files");
    draft.attachments = files[4..7].to_vec();
    let sent = bench.send(&shop, 1, draft);
    assert_eq!(bench.message(sent.spoken.message.id), sent.spoken.message);
    for part in 0..4 {
        let head = bench.heads(&shop.inbox).pop().unwrap();
        assert_eq!(part_of(&head), (sent.spoken.message.id, part, 4));
        bench.accept(&head, "ours");
    }
    assert_eq!(bench.heads(&shop.inbox), []);

    let (directory, scope) = (bench.directory.clone(), shop.scope);
    let nothing =
        bench.try_tx(move |tx| app::messages::send(tx, &directory, &scope, 1, &Draft::default()));
    assert!(matches!(nothing, Err(Error::Refused(it)) if it.kind == Kind::Invalid));
}
