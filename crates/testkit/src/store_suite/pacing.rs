//! The pace of an inbox: what leaves it when, and what is kept of that.

use std::{sync::Arc, time::Duration};

use app::{
    deliveries::{DeliveryState, Receiver},
    inboxes,
    pacing::{self, HELD_MAX, Hold, Leased, Paced, Paces},
    ports::{Claim, Clock as _, Lease},
    sessions,
};
use domain::{
    DeliveryId, Event, Inbox, InboxState, Pace, SessionState, Timestamp,
    pace::{Brake, Quiet, Spent, zone},
};

use super::{
    Bench, Shop,
    deliveries::{add, add_in, end},
    samples,
};

fn paces(pace: &Pace) -> Paces {
    Paces([("sandbox".to_owned(), pace.clone())].into())
}

fn minutely(per_minute: u32) -> Pace {
    Pace {
        per_minute,
        ..Pace::free()
    }
}

/// What a server leases of what is due.
fn leased(bench: &Bench, paces: &Paces, inbox: &Arc<Inbox>, owner: i64) -> Leased {
    let now = bench.clock.now();
    let claim = Claim {
        to: Receiver::Inbox(inbox.id),
        all: 8,
        again: 4,
        kept: 1,
    };
    let lease = Lease {
        owner,
        now,
        until: now + Duration::from_secs(90),
    };
    let (paces, inbox) = (paces.clone(), inbox.clone());
    bench.tx(move |tx| paces.lease(tx, &inbox, &claim, &lease))
}

/// They were made.
fn made(bench: &Bench, leased: &Leased) {
    for it in &leased.deliveries {
        end(bench, it.id, DeliveryState::Done);
    }
}

fn ids(leased: &Leased) -> Vec<DeliveryId> {
    leased.deliveries.iter().map(|it| it.id).collect()
}

fn is_due(bench: &Bench, inbox: &Inbox) -> bool {
    let (to, now) = (Receiver::Inbox(inbox.id), bench.clock.now());
    let due = bench.view(|view| view.is_due(to, now));
    let all = bench.view(|view| view.receivers_due(now));
    assert_eq!(all.contains(&to), due);
    due
}

/// Moves the session of a shop's inbox.
fn session(bench: &Bench, shop: &Shop, state: SessionState) {
    let inbox = bench.connected(&shop.inbox).inbox;
    bench.tx(move |tx| sessions::change(tx, &inbox, |it| it.state = state));
}

pub fn every_field_of_a_pace_is_kept(mut bench: Bench) {
    let shop = bench.shop("acme");
    let own = Pace {
        per_minute: 7,
        jitter_percent: 30,
        per_day: 900,
        warm_up: vec![10, 20, 40],
        quiet: Some(Quiet {
            from: "21:30".parse().unwrap(),
            until: "06:15".parse().unwrap(),
        }),
        zone: zone("Europe/Kyiv").unwrap(),
    };
    let full = Paced {
        inbox_id: shop.inbox.id,
        own: Some(own),
        spent: Spent {
            number: "447700900100".to_owned(),
            first_day: Some(20_000),
            day: 20_003,
            today: 12,
            last_at: Some(samples::at(5)),
            spread: 200,
        },
        free_at: samples::at(6),
        held_since: Some(samples::at(7)),
        stale_before: Some(samples::at(8)),
    };
    let bare = Paced {
        own: Some(Pace::free()),
        spent: Spent::default(),
        held_since: None,
        stale_before: None,
        ..full
    };
    let none = Paced {
        own: None,
        ..bare.clone()
    };
    for kept in [full, bare, none] {
        let put = kept.clone();
        bench.tx(move |tx| tx.put_pace(&put));
        bench.reopen();
        let id = shop.inbox.id;
        assert_eq!(bench.view(|view| view.find_pace(id)), Some(kept));
    }
}

pub fn two_servers_together_send_a_minutes_messages_and_not_one_more(mut bench: Bench) {
    let shop = bench.shop("acme");
    let owed: Vec<DeliveryId> = (1..=30)
        .map(|lane| add_in(&bench, Receiver::Inbox(shop.inbox.id), lane))
        .collect();
    let paces = paces(&minutely(20));
    let (begin, mut gone) = (bench.clock.now(), Vec::new());
    let end = begin + Duration::from_secs(60);
    while bench.clock.now() < end {
        let now = bench.clock.now();
        // Both look at the same moment; one of them is told to come back.
        let both = [1, 2].map(|owner| leased(&bench, &paces, &shop.inbox, owner));
        gone.extend(both.iter().flat_map(ids));
        assert_eq!(both.iter().map(|it| it.deliveries.len()).sum::<usize>(), 1);
        let again_at = both[1].again_at.unwrap();
        assert_eq!(both[0].again_at, Some(again_at));
        assert!(!is_due(&bench, &shop.inbox));
        assert_eq!(
            bench.view(|view| view.next_delivery_at(now)),
            Some(again_at)
        );
        // What has left is remembered by those who come after.
        bench.reopen();
        bench.clock.set(again_at - Duration::from_micros(1));
        assert_eq!(ids(&leased(&bench, &paces, &shop.inbox, 1)), []);
        bench.clock.set(again_at);
        assert!(is_due(&bench, &shop.inbox));
    }
    assert_eq!(gone, owed[..20], "in order, and no more");
    assert_eq!(ids(&leased(&bench, &paces, &shop.inbox, 1)), owed[20..21]);
}

pub fn a_day_has_its_messages_and_another_number_begins_anew(bench: Bench) {
    let shop = bench.shop("acme");
    let to = Receiver::Inbox(shop.inbox.id);
    let pace = Pace {
        warm_up: vec![2, 3],
        per_day: 4,
        ..Pace::free()
    };
    let paces = paces(&pace);
    let owed: Vec<DeliveryId> = (0..20).map(|_| add(&bench, to)).collect();
    let hold = |bench: &Bench, inbox: &Inbox| {
        let now = bench.clock.now();
        bench.view(|view| paces.hold(view, inbox, now))
    };
    let mut gone = Vec::new();
    for most in [2, 3, 4, 4] {
        let before = gone.len();
        for _ in 0..3 {
            let leased = leased(&bench, &paces, &shop.inbox, 1);
            made(&bench, &leased);
            gone.extend(ids(&leased));
        }
        assert_eq!(gone.len() - before, most);
        assert!(!is_due(&bench, &shop.inbox));
        let Some(Hold::Pace(next)) = hold(&bench, &shop.inbox) else {
            panic!("the day is used up")
        };
        assert_eq!(next.because, Some(Brake::Day));
        bench.clock.set(next.at);
        assert_eq!(hold(&bench, &shop.inbox), None);
    }
    assert_eq!(gone, owed[..13]);
    // Another number in the same inbox is a new one.
    let id = shop.inbox.id;
    let inbox = bench.tx(move |tx| inboxes::readdress(tx, id, "447700900777"));
    assert_eq!(ids(&leased(&bench, &paces, &inbox, 1)), owed[13..15]);
    assert_eq!(ids(&leased(&bench, &paces, &inbox, 1)), []);
}

pub fn an_owners_pace_goes_before_the_usual_one_at_once(bench: Bench) {
    let shop = bench.shop("acme");
    let to = Receiver::Inbox(shop.inbox.id);
    let (first, second) = (add(&bench, to), add(&bench, to));
    let slow = paces(&minutely(1));
    assert_eq!(ids(&leased(&bench, &slow, &shop.inbox, 1)), [first]);
    assert_eq!(ids(&leased(&bench, &slow, &shop.inbox, 1)), []);
    let inbox = shop.inbox.clone();
    bench.tx(move |tx| pacing::set(tx, &inbox, Some(Pace::free())));
    assert!(is_due(&bench, &shop.inbox));
    assert_eq!(ids(&leased(&bench, &slow, &shop.inbox, 1)), [second]);
    let inbox = shop.inbox.clone();
    bench.tx(move |tx| pacing::set(tx, &inbox, None));
    add(&bench, to);
    assert_eq!(ids(&leased(&bench, &slow, &shop.inbox, 1)), []);
    let (inbox, wrong) = (shop.inbox, minutely(1_000_000));
    bench
        .try_tx(move |tx| pacing::set(tx, &inbox, Some(wrong.clone())))
        .unwrap_err();
}

pub fn a_conversation_keeps_its_order_however_slow_it_is(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let said: Vec<_> = ["one", "two", "three"]
        .map(|it| bench.send(&shop, 1, super::text(it)).spoken.message.id)
        .into();
    let paces = paces(&minutely(60));
    let mut gone = Vec::new();
    for number in 0..3 {
        let leased = leased(&bench, &paces, &shop.inbox, 1);
        let [delivery] = leased.deliveries.as_slice() else {
            panic!("{leased:?}")
        };
        gone.push(super::part_of(delivery).0);
        bench.accept(delivery, &format!("x{number}"));
        bench.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(gone, said);
}

pub fn nothing_leaves_a_phone_that_is_closed_and_what_waited_too_long_is_known(bench: Bench) {
    let shop = bench.shop("acme");
    let to = Receiver::Inbox(shop.inbox.id);
    let (paces, second) = (Paces::default(), Duration::from_secs(1));
    session(&bench, &shop, SessionState::LoggedIn);
    session(&bench, &shop, SessionState::LoggedOut);
    let old = add(&bench, to);
    assert!(!is_due(&bench, &shop.inbox));
    let (now, inbox) = (bench.clock.now(), &shop.inbox);
    let hold = bench.view(|view| paces.hold(view, inbox, now));
    assert_eq!(hold, Some(Hold::Closed(SessionState::LoggedOut)));
    bench.clock.advance(HELD_MAX);
    session(&bench, &shop, SessionState::LoggedIn);
    let fresh = leased(&bench, &paces, &shop.inbox, 1);
    made(&bench, &fresh);
    assert_eq!(
        (ids(&fresh), fresh.stale),
        (vec![old], vec![]),
        "just in time"
    );

    session(&bench, &shop, SessionState::Offline);
    let old = add(&bench, to);
    bench.clock.advance(second);
    let young = add(&bench, to);
    bench.clock.advance(HELD_MAX);
    session(&bench, &shop, SessionState::LoggedIn);
    let late = leased(&bench, &paces, &shop.inbox, 1);
    assert_eq!(ids(&late), [old, young]);
    assert_eq!(late.stale, [old]);
}

pub fn a_ban_stops_the_queue_until_its_owner_resumes_it(bench: Bench) {
    let shop = bench.shop("acme");
    session(&bench, &shop, SessionState::LoggedIn);
    let head = bench.feed.head();
    let connected = bench.connected(&shop.inbox);
    bench.tx(move |tx| sessions::ban(tx, &connected, "spam"));
    let paused = InboxState::Paused {
        reason: "banned: spam".to_owned(),
    };
    assert_eq!(bench.connected(&shop.inbox).inbox.state, paused);
    // The network lets it in again, and nothing goes.
    session(&bench, &shop, SessionState::LoggedIn);
    assert_eq!(bench.connected(&shop.inbox).inbox.state, paused);
    let connected = bench.connected(&shop.inbox);
    bench.tx(move |tx| inboxes::resume(tx, &connected));
    let told: Vec<_> = bench
        .journal_after(head)
        .into_iter()
        .filter_map(|it| match it.event {
            Event::SessionChanged { inbox, session, .. } => {
                Some((session.state, inbox.state == InboxState::Active))
            }
            _ => None,
        })
        .collect();
    let open = SessionState::LoggedIn;
    assert_eq!(
        told,
        [(SessionState::Banned, false), (open, false), (open, true)]
    );
    let id = shop.inbox.id;
    let paced = bench.view(|view| view.find_pace(id)).unwrap();
    assert_eq!(paced.held_since, None::<Timestamp>);
}
