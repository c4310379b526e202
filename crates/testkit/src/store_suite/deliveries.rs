//! Deliveries: who may make which, when, in which order, and what is kept of it.

use std::time::Duration;

use app::{
    deliveries::{Attempt, Delivery, DeliveryState, Notice, Parcel, Receiver},
    letters::LetterKind,
    ports::{Claim, Clock as _, Lease, Owed},
};
use domain::{AccountId, DeliveryId, EndpointId, InboxId, MessageId};

use super::{Bench, samples};

/// How long a lease is.
const LEASE: Duration = Duration::from_secs(60);
/// Two receivers.
const MINE: Receiver = Receiver::Endpoint(EndpointId(1));
const OTHER: Receiver = Receiver::Inbox(InboxId(1));

/// Adds a delivery that is due now, in a lane.
pub(super) fn add_in(bench: &Bench, to: Receiver, lane: i64) -> DeliveryId {
    bench.tx(move |tx| {
        let owed = match to {
            Receiver::Endpoint(_) => samples::event_owed(),
            Receiver::Inbox(_) => samples::part_owed(),
            Receiver::Mail(_) => samples::letter_owed(),
        };
        let delivery = Delivery {
            id: DeliveryId(tx.new_id()),
            to,
            lane,
            next_at: tx.now(),
            happened_at: tx.now(),
            ..owed
        };
        tx.insert_delivery(&delivery)?;
        Ok(delivery.id)
    })
}

/// Adds a delivery that is due now, and waits for no other.
pub(super) fn add(bench: &Bench, to: Receiver) -> DeliveryId {
    add_in(bench, to, 0)
}

/// What is leased of what is due to a receiver.
fn claimed_by(bench: &Bench, owner: i64, claim: Claim) -> Vec<Delivery> {
    let now = bench.clock.now();
    let lease = Lease {
        owner,
        now,
        until: now + LEASE,
    };
    bench.tx(move |tx| tx.claim_deliveries(&claim, &lease))
}

fn some(to: Receiver) -> Claim {
    Claim {
        to,
        all: 10,
        again: 5,
        kept: 1,
    }
}

fn claim(bench: &Bench, to: Receiver) -> Vec<DeliveryId> {
    let claimed = claimed_by(bench, 1, some(to));
    claimed.into_iter().map(|it| it.id).collect()
}

pub(super) fn found(bench: &Bench, id: DeliveryId) -> Delivery {
    bench.view(|view| view.find_delivery(id)).unwrap()
}

/// Changes a delivery as whoever has attempted it does.
fn settle(bench: &Bench, id: DeliveryId, change: impl FnOnce(&mut Delivery)) {
    let mut settled = found(bench, id);
    settled.attempts += 1;
    settled.tries += 1;
    change(&mut settled);
    bench.tx(move |tx| tx.settle_delivery(&settled));
}

/// It failed once more, and is due again after a while.
fn fail(bench: &Bench, id: DeliveryId, wait: Duration) {
    let next_at = bench.clock.now() + wait;
    settle(bench, id, |it| it.next_at = next_at);
}

/// It was settled for good.
pub(super) fn end(bench: &Bench, id: DeliveryId, state: DeliveryState) {
    let now = bench.clock.now();
    settle(bench, id, |it| {
        it.state = state;
        it.settled_at = Some(now);
    });
}

pub(super) fn attempt(id: DeliveryId, answer: &str) -> Attempt {
    Attempt {
        delivery_id: id,
        answer: answer.to_owned(),
        ..samples::attempt()
    }
}

fn due(bench: &Bench) -> Vec<Receiver> {
    let now = bench.clock.now();
    let due = bench.view(|view| view.receivers_due(now));
    for to in [MINE, OTHER] {
        assert_eq!(bench.view(|view| view.is_due(to, now)), due.contains(&to));
    }
    due
}

pub fn a_delivery_comes_back_as_it_was(mut bench: Bench) {
    let owed = [samples::event_owed(), samples::part_owed()];
    let all = owed.clone();
    bench.tx(move |tx| all.iter().try_for_each(|it| tx.insert_delivery(it)));
    bench.reopen();
    for it in owed {
        assert_eq!(found(&bench, it.id), it);
        assert_eq!(claimed_by(&bench, 1, some(it.to)), [it]);
    }
    assert_eq!(bench.view(|view| view.find_delivery(DeliveryId(1))), None);
}

pub fn a_leased_delivery_is_nobody_elses_until_the_lease_ends(bench: Bench) {
    let id = add(&bench, MINE);
    let second = || claimed_by(&bench, 2, some(MINE));
    assert_eq!(due(&bench), [MINE]);
    assert_eq!(claim(&bench, MINE), [id]);
    assert_eq!(due(&bench), []);
    assert_eq!(second(), []);
    bench.clock.advance(LEASE - Duration::from_micros(1));
    assert_eq!(second(), []);
    bench.clock.advance(Duration::from_micros(1));
    assert_eq!(due(&bench), [MINE]);
    assert_eq!(second()[0].id, id);
    assert_eq!(claim(&bench, MINE), []);
}

pub fn a_retrys_lease_holds_as_well(bench: Bench) {
    let id = add(&bench, MINE);
    fail(&bench, id, Duration::ZERO);
    assert_eq!(claim(&bench, MINE), [id]);
    assert_eq!(claim(&bench, MINE), []);
    assert_eq!(due(&bench), []);
    bench.clock.advance(LEASE);
    assert_eq!(due(&bench), [MINE]);
    assert_eq!(claim(&bench, MINE), [id]);
}

pub fn a_sender_that_died_gets_its_own_leases_back_and_nobody_elses(mut bench: Bench) {
    let (first, second) = (add(&bench, MINE), add(&bench, MINE));
    let one = Claim {
        all: 1,
        ..some(MINE)
    };
    assert_eq!(claimed_by(&bench, 1, one)[0].id, first);
    assert_eq!(claimed_by(&bench, 2, one)[0].id, second);
    bench.reopen();
    bench.tx(|tx| tx.release_deliveries(1));
    assert_eq!(claim(&bench, MINE), [first]);
}

pub fn first_attempts_go_before_retries_which_have_a_place_of_their_own(bench: Bench) {
    let retries: Vec<DeliveryId> = (0..30).map(|_| add(&bench, MINE)).collect();
    for id in &retries {
        fail(&bench, *id, Duration::ZERO);
    }
    bench.clock.advance(Duration::from_secs(1));
    let four = |again, kept| {
        let claim = Claim {
            to: MINE,
            all: 4,
            again,
            kept,
        };
        let claimed = claimed_by(&bench, 1, claim);
        claimed.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    let fresh: Vec<DeliveryId> = (0..2).map(|_| add(&bench, MINE)).collect();
    let got = four(2, 1);
    assert_eq!(got[..2], fresh);
    assert!(got[2..].iter().all(|it| retries.contains(it)));
    assert_eq!(got.len(), 4);
    let fresh: Vec<DeliveryId> = (0..20).map(|_| add(&bench, MINE)).collect();
    let got = four(2, 1);
    assert_eq!(got[..3], fresh[..3]);
    assert!(retries.contains(&got[3]) && got.len() == 4);
    assert_eq!(four(0, 0), fresh[3..7]);
    assert_eq!(four(2, 0), fresh[7..11]);
}

pub fn what_is_tried_again_is_claimed_soonest_due_first_and_not_before(bench: Bench) {
    let ids: Vec<DeliveryId> = (0..3).map(|_| add(&bench, MINE)).collect();
    for (id, seconds) in ids.iter().zip([30, 10, 20]) {
        fail(&bench, *id, Duration::from_secs(seconds));
    }
    let now = bench.clock.now();
    assert_eq!(claim(&bench, MINE), []);
    let next = || bench.view(|view| view.next_delivery_at(bench.clock.now()));
    assert_eq!(next(), Some(now + Duration::from_secs(10)));
    bench.clock.advance(Duration::from_secs(20));
    assert_eq!(next(), Some(now + Duration::from_secs(30)));
    assert_eq!(claim(&bench, MINE), [ids[1], ids[2]]);
    bench.tx(|tx| tx.hasten_deliveries(OTHER));
    assert_eq!(claim(&bench, MINE), []);
    bench.tx(|tx| tx.hasten_deliveries(MINE));
    assert_eq!(claim(&bench, MINE), [ids[0]]);
    assert_eq!(next(), None);
}

pub fn in_a_lane_only_the_oldest_is_claimed_and_only_when_it_is_due(bench: Bench) {
    let (first, second) = (add_in(&bench, MINE, 1), add_in(&bench, MINE, 1));
    let elsewhere = [
        add_in(&bench, MINE, 2),
        add(&bench, MINE),
        add_in(&bench, OTHER, 1),
    ];
    assert_eq!(found(&bench, second).state, DeliveryState::Behind);
    assert_eq!(
        claim(&bench, MINE),
        [first, elsewhere[0], elsewhere[1]],
        "lanes do not wait for one another"
    );
    assert_eq!(claim(&bench, OTHER), [elsewhere[2]]);
    // Not while it is under way,
    assert_eq!(claim(&bench, MINE), []);
    // nor while it waits to be tried again, whatever is hastened behind it.
    fail(&bench, first, Duration::from_secs(5));
    assert_eq!(claim(&bench, MINE), []);
    bench.clock.advance(Duration::from_secs(5));
    assert_eq!(claim(&bench, MINE), [first]);
    end(&bench, first, DeliveryState::Dead);
    assert_eq!(claim(&bench, MINE), [second]);
    end(&bench, second, DeliveryState::Done);
    assert_eq!(claim(&bench, MINE), []);
    let third = add_in(&bench, MINE, 1);
    assert_eq!(claim(&bench, MINE), [third]);
}

pub fn in_a_lane_what_is_replayed_waits_for_whoever_is_under_way(bench: Bench) {
    let ids: Vec<DeliveryId> = (0..3).map(|_| add_in(&bench, MINE, 1)).collect();
    end(&bench, ids[0], DeliveryState::Dead);
    assert_eq!(claim(&bench, MINE), [ids[1]]);
    let dead = found(&bench, ids[0]);
    bench.tx(move |tx| tx.replay_delivery(&dead));
    assert_eq!(claim(&bench, MINE), []);
    end(&bench, ids[1], DeliveryState::Done);
    // The oldest first, which is the one that was replayed.
    assert_eq!(claim(&bench, MINE), [ids[0]]);
    end(&bench, ids[0], DeliveryState::Dead);
    assert_eq!(claim(&bench, MINE), [ids[2]]);
    end(&bench, ids[2], DeliveryState::Dead);
    let since = bench.clock.now();
    let replayed = bench.tx(move |tx| tx.replay_dead_deliveries(MINE, since));
    assert_eq!(replayed, 2);
    for id in [ids[0], ids[2]] {
        assert_eq!(claim(&bench, MINE), [id]);
        end(&bench, id, DeliveryState::Done);
    }
    assert_eq!(claim(&bench, MINE), []);
}

pub fn ending_a_messages_parts_ends_no_others_and_opens_the_lane(bench: Bench) {
    let part = |bench: &Bench, message: i64| {
        let id = add_in(bench, OTHER, 1);
        bench.tx(move |tx| {
            // The same row under another message.
            let mut it = tx.find_delivery(id)?.unwrap();
            it.state = DeliveryState::Done;
            it.settled_at = Some(tx.now());
            tx.settle_delivery(&it)?;
            let what = Parcel::Part {
                message_id: MessageId(message),
                part: 0,
                parts: 1,
            };
            let fresh = Delivery {
                id: DeliveryId(tx.new_id()),
                what,
                state: DeliveryState::Pending,
                settled_at: None,
                ..it
            };
            tx.insert_delivery(&fresh)?;
            Ok(fresh.id)
        })
    };
    let ids = [91, 92, 92, 93].map(|message| part(&bench, message));
    bench.tx(|tx| tx.end_deliveries_of(MessageId(92)));
    let states = || ids.map(|id| found(&bench, id).state);
    let (pending, behind, dead) = (
        DeliveryState::Pending,
        DeliveryState::Behind,
        DeliveryState::Dead,
    );
    assert_eq!(states(), [pending, dead, dead, behind]);
    bench.tx(|tx| tx.end_deliveries_of(MessageId(91)));
    assert_eq!(states(), [dead, dead, dead, pending]);
}

pub fn letters_are_kept_as_they_are_and_counted_by_kind_and_lane(bench: Bench) {
    let mail = Receiver::Mail(AccountId(7));
    let before = bench.clock.now();
    let ids = [5, 5, 6].map(|lane| add_in(&bench, mail, lane));
    add(&bench, Receiver::Mail(AccountId(8)));
    assert_eq!(found(&bench, ids[0]).what, samples::letter_owed().what);
    assert_eq!(found(&bench, ids[0]).to, mail);
    assert_eq!(due(&bench), [mail, Receiver::Mail(AccountId(8))]);
    let count =
        |kind, lane, since| bench.view(|view| view.count_letters(AccountId(7), kind, lane, since));
    let kind = LetterKind::Transcript;
    assert_eq!(count(kind, None, before), 3);
    assert_eq!(count(kind, Some(5), before), 2);
    assert_eq!(count(LetterKind::Password, None, before), 0);
    // However they ended.
    assert_eq!(claim(&bench, mail), [ids[0], ids[2]]);
    end(&bench, ids[0], DeliveryState::Done);
    end(&bench, ids[2], DeliveryState::Dead);
    assert_eq!(count(kind, None, before), 3);
    let later = before + Duration::from_secs(1);
    assert_eq!(count(kind, None, later), 0);
}

pub fn receivers_are_claimed_apart(bench: Bench) {
    let third = Receiver::Endpoint(EndpointId(3));
    let ids = [MINE, OTHER, third].map(|to| add(&bench, to));
    assert_eq!(due(&bench), [OTHER, MINE, third]);
    assert_eq!(claim(&bench, third), [ids[2]]);
    assert_eq!(due(&bench), [OTHER, MINE]);
    assert_eq!(claim(&bench, OTHER), [ids[1]]);
    assert_eq!(due(&bench), [MINE]);
}

pub fn every_attempt_is_kept_and_gets_the_next_number(mut bench: Bench) {
    let (id, other) = (add(&bench, MINE), add(&bench, MINE));
    let silent = Attempt {
        status: None,
        error: Some(samples::AWKWARD.to_owned()),
        answer: String::new(),
        ..attempt(id, "")
    };
    // The second is that of somebody who was late: the delivery had been taken over, and both attempts were made.
    for it in [
        attempt(id, "one"),
        attempt(id, samples::AWKWARD),
        silent.clone(),
    ] {
        bench.tx(move |tx| tx.insert_attempt(&it));
    }
    bench.tx(move |tx| tx.insert_attempt(&attempt(other, "another's")));
    bench.reopen();
    let expected = [
        Attempt {
            number: 1,
            ..attempt(id, "one")
        },
        Attempt {
            number: 2,
            ..attempt(id, samples::AWKWARD)
        },
        Attempt {
            number: 3,
            ..silent
        },
    ];
    assert_eq!(bench.view(|view| view.list_attempts(id)), expected);
    assert_eq!(bench.view(|view| view.list_attempts(DeliveryId(1))), []);
}

pub fn what_is_settled_is_claimed_no_more_until_it_is_replayed(bench: Bench) {
    let ids = [add(&bench, MINE), add(&bench, MINE)];
    end(&bench, ids[0], DeliveryState::Done);
    end(&bench, ids[1], DeliveryState::Dead);
    bench.clock.advance(Duration::from_secs(3600));
    assert_eq!(claim(&bench, MINE), []);
    for id in ids {
        let before = found(&bench, id);
        let replayed = before.clone();
        bench.tx(move |tx| tx.replay_delivery(&replayed));
        let expected = Delivery {
            state: DeliveryState::Pending,
            tries: 0,
            next_at: bench.clock.now(),
            settled_at: None,
            ..before
        };
        assert_eq!(expected.attempts, 1);
        assert_eq!(found(&bench, id), expected);
        assert_eq!(claimed_by(&bench, 1, some(MINE)), [expected]);
    }
}

pub fn what_was_given_up_on_since_a_time_is_replayed_and_nothing_else(bench: Bench) {
    // Old and dead for long; then one that happened before the time and was given up on after it.
    let (old, slow) = (add(&bench, MINE), add(&bench, MINE));
    end(&bench, old, DeliveryState::Dead);
    bench.clock.advance(Duration::from_secs(10));
    let since = bench.clock.now();
    let (done, pending) = (add(&bench, MINE), add(&bench, MINE));
    let (dead, elsewhere) = (add(&bench, MINE), add(&bench, OTHER));
    end(&bench, done, DeliveryState::Done);
    fail(&bench, pending, Duration::from_secs(60));
    for id in [slow, dead, elsewhere] {
        end(&bench, id, DeliveryState::Dead);
    }
    let replay = || bench.tx(move |tx| tx.replay_dead_deliveries(MINE, since));
    assert_eq!(replay(), 2);
    let states = [old, slow, done, pending, dead, elsewhere].map(|id| found(&bench, id).state);
    let (pending, done, dead) = (
        DeliveryState::Pending,
        DeliveryState::Done,
        DeliveryState::Dead,
    );
    assert_eq!(states, [dead, pending, done, pending, pending, dead]);
    assert_eq!(claim(&bench, MINE).len(), 2);
    assert_eq!(replay(), 0);
}

pub fn deliveries_are_listed_in_pages_over_their_states(bench: Bench) {
    let mut ids = Vec::new();
    for n in 0..40 {
        let id = add_in(&bench, MINE, if n % 5 == 4 { 1 } else { 0 });
        match n % 5 {
            0 => end(&bench, id, DeliveryState::Done),
            1 => end(&bench, id, DeliveryState::Dead),
            2 => fail(&bench, id, Duration::from_secs(9)),
            _ => {}
        }
        ids.push(id);
        add(&bench, OTHER);
    }
    ids.reverse();
    let states = [
        DeliveryState::Pending,
        DeliveryState::Done,
        DeliveryState::Dead,
        DeliveryState::Behind,
    ];
    for state in states.map(Some).into_iter().chain([None]) {
        let of_state = |id: &DeliveryId| state.is_none_or(|it| found(&bench, *id).state == it);
        let expected: Vec<DeliveryId> = ids.iter().copied().filter(of_state).collect();
        let (mut listed, mut before) = (Vec::new(), None);
        loop {
            let page = bench.view(|view| view.list_deliveries(MINE, state, before, 4));
            assert!(page.len() <= 4);
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            listed.extend(page.into_iter().map(|it| it.id));
        }
        assert_eq!(listed, expected, "{state:?}");
    }
}

pub fn what_is_owed_is_counted_with_the_oldest(bench: Bench) {
    let owed = || bench.view(|view| view.count_owed(bench.clock.now()));
    assert_eq!(owed(), Owed::default());
    let oldest = bench.clock.now();
    let first = add_in(&bench, OTHER, 1);
    bench.clock.advance(Duration::from_secs(5));
    add_in(&bench, OTHER, 1);
    let third = add(&bench, MINE);
    let counted = |open, overdue, oldest| Owed {
        open,
        overdue,
        oldest: Some(oldest),
    };
    assert_eq!(owed(), counted(3, 2, oldest));
    claim(&bench, OTHER);
    assert_eq!(owed(), counted(3, 1, oldest));
    fail(&bench, third, Duration::from_secs(60));
    assert_eq!(owed(), counted(3, 0, oldest));
    end(&bench, first, DeliveryState::Done);
    assert_eq!(owed(), counted(2, 1, oldest + Duration::from_secs(5)));
}

pub fn what_is_old_is_swept_and_no_message_is_dropped_unsent(bench: Bench) {
    let (done, dead) = (add(&bench, MINE), add(&bench, OTHER));
    let open = [
        add(&bench, MINE),
        add_in(&bench, MINE, 1),
        add_in(&bench, MINE, 1),
    ];
    let unsent = [add_in(&bench, OTHER, 1), add_in(&bench, OTHER, 1)];
    end(&bench, done, DeliveryState::Done);
    end(&bench, dead, DeliveryState::Dead);
    let made = attempt(done, "ok");
    bench.tx(move |tx| tx.insert_attempt(&made));
    let (at, epoch) = (bench.clock.now(), domain::Timestamp::UNIX_EPOCH);
    let later = at + Duration::from_micros(1);
    let sweep = |done, others| bench.tx(move |tx| tx.sweep_deliveries(done, others, 2));
    assert_eq!(sweep(at, at), 0);
    assert_eq!(sweep(later, epoch), 1);
    assert_eq!(bench.view(|view| view.find_delivery(done)), None);
    assert_eq!(bench.view(|view| view.list_attempts(done)), []);
    // The second of the lane comes up once the first is gone, so nothing is left waiting for nothing.
    let swept: usize = (0..3).map(|_| sweep(later, later)).sum();
    assert_eq!(swept, 4);
    for id in open.into_iter().chain([dead]) {
        assert_eq!(bench.view(|view| view.find_delivery(id)), None);
    }
    let kept = unsent.map(|id| found(&bench, id).state);
    assert_eq!(kept, [DeliveryState::Pending, DeliveryState::Behind]);
}

pub fn what_is_gathered_is_found_until_it_is_due(bench: Bench) {
    let told = |body: &str| Notice {
        event: "ack".to_owned(),
        body: body.to_owned(),
        seq: 7,
    };
    let wait = Duration::from_secs(2);
    let first = told("[1]");
    let id = bench.tx(move |tx| {
        let (id, now) = (DeliveryId(tx.new_id()), tx.now());
        let due = Delivery::new(id, MINE, Parcel::Event(first.clone()), now, now);
        let delivery = Delivery {
            next_at: now + wait,
            ..due
        };
        tx.insert_delivery(&delivery)?;
        Ok(id)
    });
    let gathering = |to, event: &str| {
        let now = bench.clock.now();
        bench.view(|view| view.find_gathering(to, event, now, now + wait))
    };
    assert_eq!(gathering(MINE, "ack"), Some((id, told("[1]"))));
    assert_eq!(gathering(MINE, "message"), None);
    assert_eq!(gathering(Receiver::Endpoint(EndpointId(2)), "ack"), None);
    let both = told("[1,2]");
    bench.tx(move |tx| tx.change_notice(id, &both));
    assert_eq!(gathering(MINE, "ack"), Some((id, told("[1,2]"))));
    bench.clock.advance(wait);
    assert_eq!(gathering(MINE, "ack"), None);
    assert_eq!(claim(&bench, MINE), [id]);
    fail(&bench, id, wait);
    assert_eq!(gathering(MINE, "ack"), None, "it was tried");
    let late = told("[3]");
    bench.tx(move |tx| tx.change_notice(id, &late));
    assert_eq!(found(&bench, id).what, Parcel::Event(told("[1,2]")));
}
