//! Endpoints and hooks: who may send what, when, and what is kept of it.

use std::time::Duration;

use app::{
    hooks::{
        Attempt, Endpoint, EndpointState, Hook, HookState,
        endpoints::{self, NewEndpoint},
    },
    ports::{Claim, Clock as _},
};
use domain::{AccountId, EndpointId, HookId, Kind};

use super::{Bench, samples};

/// How long a lease is.
const LEASE: Duration = Duration::from_secs(60);

/// An endpoint of the account with this number.
fn endpoint(bench: &Bench, account: i64) -> Endpoint {
    let new = NewEndpoint {
        account_id: AccountId(account),
        dialect: "standard".to_owned(),
        name: "CRM".to_owned(),
        url: "https://crm.example/in".to_owned(),
        events: Vec::new(),
        inbox_id: None,
        ordered: false,
        secret: Some("whsec_1".to_owned()),
    };
    bench.tx(move |tx| endpoints::create(tx, &new))
}

/// Adds a hook that is due now.
fn add(bench: &Bench, endpoint: &Endpoint) -> HookId {
    let endpoint_id = endpoint.id;
    bench.tx(move |tx| {
        let hook = Hook {
            id: HookId(tx.new_id()),
            endpoint_id,
            next_at: tx.now(),
            happened_at: tx.now(),
            ..samples::hook()
        };
        tx.insert_hook(&hook)?;
        Ok(hook.id)
    })
}

fn claim(bench: &Bench, endpoint: &Endpoint) -> Claim {
    let now = bench.clock.now();
    Claim {
        endpoint_id: endpoint.id,
        owner: 1,
        now,
        until: now + LEASE,
        first: 10,
        again: 5,
        in_order: false,
    }
}

fn claimed(bench: &Bench, claim: Claim) -> Vec<Hook> {
    bench.tx(move |tx| tx.claim_hooks(&claim))
}

fn claimed_ids(bench: &Bench, claim: Claim) -> Vec<HookId> {
    claimed(bench, claim).into_iter().map(|it| it.id).collect()
}

fn found(bench: &Bench, id: HookId) -> Hook {
    bench.view(|view| view.find_hook(id)).unwrap()
}

/// Changes a hook as whoever has sent it does.
fn settle(bench: &Bench, id: HookId, change: impl FnOnce(&mut Hook)) -> Hook {
    let mut hook = found(bench, id);
    change(&mut hook);
    let settled = hook.clone();
    bench.tx(move |tx| tx.settle_hook(&settled));
    hook
}

/// It failed once more, and is due again after a while.
fn fail(bench: &Bench, id: HookId, wait: Duration) {
    let next_at = bench.clock.now() + wait;
    settle(bench, id, |hook| {
        hook.attempts += 1;
        hook.next_at = next_at;
    });
}

/// It was settled for good.
fn end(bench: &Bench, id: HookId, state: HookState) {
    let now = bench.clock.now();
    settle(bench, id, |hook| {
        hook.attempts += 1;
        hook.state = state;
        hook.settled_at = Some(now);
    });
}

fn attempt(id: HookId, answer: &str) -> Attempt {
    Attempt {
        hook_id: id,
        answer: answer.to_owned(),
        ..samples::attempt()
    }
}

pub fn every_field_of_an_endpoint_is_kept(mut bench: Bench) {
    let mut full = endpoint(&bench, 1);
    assert_eq!(
        bench.view(|view| view.find_endpoint(full.id)),
        Some(full.clone())
    );
    full = Endpoint {
        id: full.id,
        since: full.since,
        created_at: full.created_at,
        ..samples::endpoint()
    };
    let changed = full.clone();
    bench.tx(move |tx| tx.update_endpoint(&changed));
    bench.reopen();
    assert_eq!(
        bench.view(|view| view.find_endpoint(full.id)),
        Some(full.clone())
    );
    assert_eq!(bench.view(|view| view.endpoints()), [full.clone()]);
    assert_eq!(
        bench.directory.tables().endpoints[&full.id].secrets,
        full.secrets
    );
    let paused = Endpoint {
        state: EndpointState::Paused,
        secrets: Vec::new(),
        ..full
    };
    let changed = paused.clone();
    bench.tx(move |tx| tx.update_endpoint(&changed));
    assert_eq!(
        bench.view(|view| view.find_endpoint(paused.id)),
        Some(paused)
    );
    assert_eq!(bench.view(|view| view.find_endpoint(EndpointId(99))), None);
}

pub fn an_endpoint_is_told_of_nothing_that_happened_before_it_was_made(bench: Bench) {
    bench.shop("acme");
    let head = bench.view(|view| view.journal_head());
    let made = endpoint(&bench, 1);
    assert_eq!(made.since, head);
    assert_eq!(bench.journal_after(head).len(), 1);
}

pub fn a_rotated_secret_signs_beside_the_new_one_until_its_grace_has_passed(bench: Bench) {
    let id = endpoint(&bench, 1).id;
    let rotate =
        |secret: &'static str| bench.tx(move |tx| endpoints::rotate(tx, AccountId(1), id, secret));
    let texts = |it: &Endpoint| {
        it.secrets
            .iter()
            .map(|it| it.text.clone())
            .collect::<Vec<_>>()
    };
    let end = bench.clock.now() + endpoints::ROTATION_GRACE;
    let once = rotate("whsec_2");
    assert_eq!(texts(&once), ["whsec_2", "whsec_1"]);
    assert_eq!(once.secrets[0].expires_at, None);
    assert_eq!(once.secrets[1].expires_at, Some(end));
    bench.clock.advance(Duration::from_secs(3600));
    let twice = rotate("whsec_3");
    assert_eq!(texts(&twice), ["whsec_3", "whsec_2", "whsec_1"]);
    assert_eq!(twice.secrets[2].expires_at, Some(end));
    bench.clock.set(end);
    assert_eq!(texts(&rotate("whsec_4")), ["whsec_4", "whsec_3", "whsec_2"]);
}

pub fn another_accounts_endpoint_is_not_there(bench: Bench) {
    let mine = endpoint(&bench, 1);
    let hook = add(&bench, &mine);
    let (stranger, id) = (AccountId(2), mine.id);
    let refused = [
        bench
            .try_tx(move |tx| endpoints::pause(tx, stranger, id))
            .map(drop),
        bench.try_tx(move |tx| endpoints::remove(tx, stranger, id)),
        bench.try_tx(move |tx| endpoints::replay(tx, stranger, id, hook)),
        bench
            .try_tx(move |tx| endpoints::rotate(tx, stranger, id, "x"))
            .map(drop),
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    }
    let other = endpoint(&bench, 1).id;
    let refused = bench.try_tx(move |tx| endpoints::replay(tx, AccountId(1), other, hook));
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(bench.view(|view| view.find_endpoint(id)), Some(mine));
}

pub fn a_hook_comes_back_as_it_was(mut bench: Bench) {
    let mine = endpoint(&bench, 1);
    let id = add(&bench, &mine);
    let at = bench.clock.now();
    let expected = Hook {
        id,
        endpoint_id: mine.id,
        next_at: at,
        happened_at: at,
        ..samples::hook()
    };
    bench.reopen();
    assert_eq!(found(&bench, id), expected);
    assert_eq!(claimed(&bench, claim(&bench, &mine)), [expected]);
}

pub fn a_leased_hook_is_nobody_elses_until_the_lease_ends(bench: Bench) {
    let mine = endpoint(&bench, 1);
    let id = add(&bench, &mine);
    let due = || bench.view(|view| view.endpoints_with_due_hooks(bench.clock.now()));
    assert_eq!(due(), [mine.id]);
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), [id]);
    assert_eq!(due(), []);
    let second = || Claim {
        owner: 2,
        ..claim(&bench, &mine)
    };
    assert_eq!(claimed_ids(&bench, second()), []);
    bench.clock.advance(LEASE - Duration::from_micros(1));
    assert_eq!(claimed_ids(&bench, second()), []);
    bench.clock.advance(Duration::from_micros(1));
    assert_eq!(due(), [mine.id]);
    assert_eq!(claimed_ids(&bench, second()), [id]);
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), []);
}

pub fn a_retrys_lease_holds_as_well(bench: Bench) {
    let mine = endpoint(&bench, 1);
    let id = add(&bench, &mine);
    fail(&bench, id, Duration::ZERO);
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), [id]);
    let ordered = Claim {
        in_order: true,
        ..claim(&bench, &mine)
    };
    assert_eq!(claimed_ids(&bench, ordered), []);
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), []);
    bench.clock.advance(LEASE);
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), [id]);
}

pub fn a_sender_that_died_gets_its_own_leases_back_and_nobody_elses(mut bench: Bench) {
    let mine = endpoint(&bench, 1);
    let (first, second) = (add(&bench, &mine), add(&bench, &mine));
    let one = |owner| Claim {
        owner,
        first: 1,
        again: 0,
        ..claim(&bench, &mine)
    };
    assert_eq!(claimed_ids(&bench, one(1)), [first]);
    assert_eq!(claimed_ids(&bench, one(2)), [second]);
    bench.reopen();
    bench.tx(|tx| tx.release_hooks(1));
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), [first]);
}

pub fn first_attempts_are_claimed_whatever_waits_to_be_tried_again(bench: Bench) {
    let mine = endpoint(&bench, 1);
    let retries: Vec<HookId> = (0..30).map(|_| add(&bench, &mine)).collect();
    for id in &retries {
        fail(&bench, *id, Duration::ZERO);
    }
    bench.clock.advance(Duration::from_secs(1));
    let fresh: Vec<HookId> = (0..3).map(|_| add(&bench, &mine)).collect();
    let got = claimed_ids(
        &bench,
        Claim {
            first: 4,
            again: 2,
            ..claim(&bench, &mine)
        },
    );
    assert_eq!(got[..3], fresh);
    // And what is tried again has a share of its own, however many first attempts there are.
    assert!(got[3..].iter().all(|it| retries.contains(it)) && got.len() > 3);
    let fresh: Vec<HookId> = (0..20).map(|_| add(&bench, &mine)).collect();
    let got = claimed_ids(
        &bench,
        Claim {
            first: 4,
            again: 2,
            ..claim(&bench, &mine)
        },
    );
    assert_eq!(got[..4], fresh[..4]);
    assert_eq!(got.len(), 5);
}

pub fn what_is_tried_again_is_claimed_soonest_due_first_and_not_before(bench: Bench) {
    let mine = endpoint(&bench, 1);
    let ids: Vec<HookId> = (0..3).map(|_| add(&bench, &mine)).collect();
    for (id, seconds) in ids.iter().zip([30, 10, 20]) {
        fail(&bench, *id, Duration::from_secs(seconds));
    }
    let now = bench.clock.now();
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), []);
    let next = || bench.view(|view| view.next_hook_at(bench.clock.now()));
    assert_eq!(next(), Some(now + Duration::from_secs(10)));
    bench.clock.advance(Duration::from_secs(20));
    assert_eq!(next(), Some(now + Duration::from_secs(30)));
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), [ids[1], ids[2]]);
    let id = mine.id;
    bench.tx(move |tx| tx.hasten_hooks(id));
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), [ids[0]]);
    assert_eq!(next(), None);
}

pub fn in_order_only_the_oldest_is_claimed_and_only_when_it_is_due(bench: Bench) {
    let mine = endpoint(&bench, 1);
    let (first, second) = (add(&bench, &mine), add(&bench, &mine));
    let ordered = || Claim {
        in_order: true,
        ..claim(&bench, &mine)
    };
    assert_eq!(claimed_ids(&bench, ordered()), [first]);
    // Not while it is under way,
    assert_eq!(claimed_ids(&bench, ordered()), []);
    // nor while it waits to be tried again.
    fail(&bench, first, Duration::from_secs(5));
    assert_eq!(claimed_ids(&bench, ordered()), []);
    bench.clock.advance(Duration::from_secs(5));
    assert_eq!(claimed_ids(&bench, ordered()), [first]);
    end(&bench, first, HookState::Dead);
    assert_eq!(claimed_ids(&bench, ordered()), [second]);
    end(&bench, second, HookState::Done);
    assert_eq!(claimed_ids(&bench, ordered()), []);
}

pub fn endpoints_are_claimed_apart_and_only_active_ones_are_due(bench: Bench) {
    let endpoints: Vec<Endpoint> = (0..3).map(|_| endpoint(&bench, 1)).collect();
    let hooks: Vec<HookId> = endpoints.iter().map(|it| add(&bench, it)).collect();
    let paused = endpoints[1].id;
    bench.tx(move |tx| endpoints::pause(tx, AccountId(1), paused));
    let due = bench.view(|view| view.endpoints_with_due_hooks(bench.clock.now()));
    assert_eq!(due, [endpoints[0].id, endpoints[2].id]);
    assert_eq!(
        claimed_ids(&bench, claim(&bench, &endpoints[2])),
        [hooks[2]]
    );
    let due = bench.view(|view| view.endpoints_with_due_hooks(bench.clock.now()));
    assert_eq!(due, [endpoints[0].id]);
}

pub fn every_attempt_is_kept_and_gets_the_next_number(mut bench: Bench) {
    let mine = endpoint(&bench, 1);
    let (id, other) = (add(&bench, &mine), add(&bench, &mine));
    let silent = Attempt {
        status: None,
        error: Some(samples::AWKWARD.to_owned()),
        answer: String::new(),
        ..attempt(id, "")
    };
    // The second is that of somebody who was late: the hook had been taken over, and both attempts were made.
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
    assert_eq!(bench.view(|view| view.list_attempts(HookId(1))), []);
}

pub fn a_settled_hook_is_claimed_no_more_until_it_is_replayed(bench: Bench) {
    let mine = endpoint(&bench, 1);
    let ids: Vec<HookId> = (0..2).map(|_| add(&bench, &mine)).collect();
    end(&bench, ids[0], HookState::Done);
    end(&bench, ids[1], HookState::Dead);
    bench.clock.advance(Duration::from_secs(3600));
    assert_eq!(claimed_ids(&bench, claim(&bench, &mine)), []);
    assert_eq!(bench.view(|view| view.count_pending_hooks()), (0, None));
    for id in ids {
        let before = found(&bench, id);
        bench.tx(move |tx| tx.replay_hook(id));
        let expected = Hook {
            state: HookState::Pending,
            next_at: bench.clock.now(),
            settled_at: None,
            ..before
        };
        assert_eq!(found(&bench, id), expected);
        assert_eq!(claimed(&bench, claim(&bench, &mine)), [expected]);
    }
}

pub fn what_was_given_up_on_since_a_time_is_replayed_and_nothing_else(bench: Bench) {
    let (mine, other) = (endpoint(&bench, 1), endpoint(&bench, 1));
    // Old and dead for long; then one that happened before the time and was given up on after it.
    let (old, slow) = (add(&bench, &mine), add(&bench, &mine));
    end(&bench, old, HookState::Dead);
    bench.clock.advance(Duration::from_secs(10));
    let since = bench.clock.now();
    let (done, pending) = (add(&bench, &mine), add(&bench, &mine));
    let (dead, elsewhere) = (add(&bench, &mine), add(&bench, &other));
    end(&bench, done, HookState::Done);
    fail(&bench, pending, Duration::from_secs(60));
    for id in [slow, dead, elsewhere] {
        end(&bench, id, HookState::Dead);
    }
    let endpoint_id = mine.id;
    let replayed = bench.tx(move |tx| tx.replay_dead_hooks(endpoint_id, since));
    assert_eq!(replayed, 2);
    let states = [old, slow, done, pending, dead, elsewhere].map(|id| found(&bench, id).state);
    let (pending, done, dead) = (HookState::Pending, HookState::Done, HookState::Dead);
    assert_eq!(states, [dead, pending, done, pending, pending, dead]);
    assert_eq!(claimed(&bench, claim(&bench, &mine)).len(), 2);
    assert_eq!(
        bench.tx(move |tx| tx.replay_dead_hooks(endpoint_id, since)),
        0
    );
}

pub fn hooks_are_listed_in_pages_over_their_states(bench: Bench) {
    let (mine, other) = (endpoint(&bench, 1), endpoint(&bench, 1));
    let mut ids = Vec::new();
    for n in 0..30 {
        let id = add(&bench, &mine);
        match n % 4 {
            0 => end(&bench, id, HookState::Done),
            1 => end(&bench, id, HookState::Dead),
            2 => fail(&bench, id, Duration::from_secs(9)),
            _ => {}
        }
        ids.push(id);
        add(&bench, &other);
    }
    ids.reverse();
    let states = [HookState::Pending, HookState::Done, HookState::Dead];
    for state in states.map(Some).into_iter().chain([None]) {
        let of_state = |id: &HookId| state.is_none_or(|it| found(&bench, *id).state == it);
        let expected: Vec<HookId> = ids.iter().copied().filter(of_state).collect();
        let (mut listed, mut before) = (Vec::new(), None);
        loop {
            let page = bench.view(|view| view.list_hooks(mine.id, state, before, 4));
            assert!(page.len() <= 4);
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            listed.extend(page.into_iter().map(|it| it.id));
        }
        assert_eq!(listed, expected, "{state:?}");
    }
}

pub fn pending_hooks_are_counted_with_the_oldest(bench: Bench) {
    assert_eq!(bench.view(|view| view.count_pending_hooks()), (0, None));
    let mine = endpoint(&bench, 1);
    let oldest = bench.clock.now();
    let first = add(&bench, &mine);
    bench.clock.advance(Duration::from_secs(5));
    add(&bench, &mine);
    assert_eq!(
        bench.view(|view| view.count_pending_hooks()),
        (2, Some(oldest))
    );
    end(&bench, first, HookState::Done);
    let later = oldest + Duration::from_secs(5);
    assert_eq!(
        bench.view(|view| view.count_pending_hooks()),
        (1, Some(later))
    );
}

pub fn deleting_an_endpoint_leaves_nothing_of_it_and_everything_of_others(bench: Bench) {
    let (mine, other) = (endpoint(&bench, 1), endpoint(&bench, 1));
    let (gone, kept) = (add(&bench, &mine), add(&bench, &other));
    for id in [gone, kept] {
        bench.tx(move |tx| tx.insert_attempt(&attempt(id, "no")));
    }
    let id = mine.id;
    bench.tx(move |tx| endpoints::remove(tx, AccountId(1), id));
    assert_eq!(bench.view(|view| view.find_endpoint(id)), None);
    assert_eq!(bench.view(|view| view.find_hook(gone)), None);
    assert_eq!(bench.view(|view| view.list_attempts(gone)), []);
    assert_eq!(bench.view(|view| view.list_hooks(id, None, None, 9)), []);
    assert!(!bench.directory.tables().endpoints.contains_key(&id));
    assert_eq!(bench.view(|view| view.endpoints()), [other]);
    assert_eq!(found(&bench, kept).id, kept);
    assert_eq!(bench.view(|view| view.list_attempts(kept)).len(), 1);
    // Settling what is gone is too late, and no mistake.
    let late = Hook {
        id: gone,
        ..found(&bench, kept)
    };
    bench.tx(move |tx| tx.settle_hook(&late));
    assert_eq!(bench.view(|view| view.find_hook(gone)), None);
}

pub fn a_cursor_is_where_it_was_left(mut bench: Bench) {
    let cursor = |bench: &Bench, reader: &str| bench.view(|view| view.find_cursor(reader));
    assert_eq!(cursor(&bench, "hooks"), None);
    for seq in [0, 5, 9_000_000_000] {
        bench.tx(move |tx| tx.set_cursor("hooks", seq));
        assert_eq!(cursor(&bench, "hooks"), Some(seq));
    }
    bench.tx(|tx| tx.set_cursor("other", 1));
    bench.reopen();
    assert_eq!(cursor(&bench, "hooks"), Some(9_000_000_000));
    assert_eq!(cursor(&bench, "other"), Some(1));
}
