//! Stored tokens.

use std::time::Duration;

use app::{
    Result, StoreError,
    ports::{Clock as _, Token, TokenKind},
    tokens::{self, ACCESS_LIFE, Pair, REFRESH_LIFE, SIGN_IN_LIFE},
};
use domain::{AgentId, Kind};

use super::{Bench, samples::at};

const AGENT: AgentId = AgentId(4);

fn pair(bench: &Bench) -> Pair {
    bench.tx(|tx| tokens::make_pair(tx, AGENT, "a bot"))
}

fn find(bench: &Bench, kind: TokenKind, text: &str) -> Result<Token> {
    bench
        .store
        .view(|view| tokens::find(view, kind, text, bench.clock.now()))
}

fn living(bench: &Bench, kind: TokenKind, text: &str) -> bool {
    match find(bench, kind, text) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.kind(), Kind::Unauthenticated);
            false
        }
    }
}

pub fn a_token_is_found_by_its_text_and_kind_only(bench: Bench) {
    let made = pair(&bench);
    let found = find(&bench, TokenKind::Access, &made.access.text).unwrap();
    assert_eq!((found.agent_id, found.client.as_str()), (AGENT, "a bot"));
    assert_eq!(found.expires_at, made.access.expires_at);
    assert_eq!(found.hash, tokens::hash(&made.access.text));
    assert!(living(&bench, TokenKind::Refresh, &made.refresh.text));
    assert!(!living(&bench, TokenKind::Refresh, &made.access.text));
    assert!(!living(&bench, TokenKind::Access, &made.refresh.text));
    assert!(!living(&bench, TokenKind::SignIn, &made.access.text));
    assert!(!living(&bench, TokenKind::Access, "something else"));
    assert!(!living(&bench, TokenKind::Access, ""));
    // The text itself is nowhere.
    let hash = tokens::hash(&made.access.text);
    let stored = bench.view(|view| view.find_token(&hash)).unwrap();
    assert_eq!(stored, found);
}

pub fn a_token_ends_on_time(bench: Bench) {
    let made = pair(&bench);
    let start = bench.clock.now();
    let instant = Duration::from_micros(1);
    bench.clock.set(start + ACCESS_LIFE - instant);
    assert!(living(&bench, TokenKind::Access, &made.access.text));
    bench.clock.advance(instant);
    assert!(!living(&bench, TokenKind::Access, &made.access.text));
    assert!(living(&bench, TokenKind::Refresh, &made.refresh.text));
    bench.clock.set(start + REFRESH_LIFE);
    assert!(!living(&bench, TokenKind::Refresh, &made.refresh.text));
    let late = made.refresh.text;
    let refused = bench.try_tx(move |tx| tokens::refresh(tx, &late));
    assert_eq!(refused.err().unwrap().kind(), Kind::Unauthenticated);
}

pub fn a_refreshed_pair_replaces_the_old_one(bench: Bench) {
    let old = pair(&bench);
    let text = old.refresh.text.clone();
    let (agent, new) = bench.tx(move |tx| tokens::refresh(tx, &text));
    assert_eq!(agent, AGENT);
    assert!(!living(&bench, TokenKind::Access, &old.access.text));
    assert!(!living(&bench, TokenKind::Refresh, &old.refresh.text));
    assert!(living(&bench, TokenKind::Access, &new.access.text));
    assert!(living(&bench, TokenKind::Refresh, &new.refresh.text));
    let found = find(&bench, TokenKind::Access, &new.access.text).unwrap();
    assert_eq!(found.client, "a bot");
}

pub fn two_concurrent_refreshes_of_one_token_give_one_pair(bench: Bench) {
    for _ in 0..10 {
        let old = pair(&bench);
        // In one group, where the second sees what the first wrote, …
        let gate = bench.hold();
        let traders = [(); 4].map(|()| {
            let text = old.refresh.text.clone();
            bench.start(move |tx| tokens::refresh(tx, &text))
        });
        drop(gate);
        let won: Vec<_> = traders
            .into_iter()
            .filter_map(|it| it.wait().ok())
            .collect();
        assert_eq!(won.len(), 1);
        // … and from threads, as it comes.
        let text = &won[0].1.refresh.text;
        let won: usize = std::thread::scope(|scope| {
            let traders: Vec<_> = (0..4)
                .map(|_| {
                    let text = text.clone();
                    scope.spawn(|| bench.try_tx(move |tx| tokens::refresh(tx, &text)).is_ok())
                })
                .collect();
            let won = traders
                .into_iter()
                .map(|it| usize::from(it.join().unwrap()));
            won.sum()
        });
        assert_eq!(won, 1);
    }
}

pub fn ending_a_token_ends_its_pair_and_no_other(bench: Bench) {
    let (one, two) = (pair(&bench), pair(&bench));
    let text = one.access.text.clone();
    bench.tx(move |tx| tokens::end(tx, TokenKind::Access, &text));
    assert!(!living(&bench, TokenKind::Access, &one.access.text));
    assert!(!living(&bench, TokenKind::Refresh, &one.refresh.text));
    assert!(living(&bench, TokenKind::Access, &two.access.text));
    let text = one.access.text;
    let again = bench.try_tx(move |tx| tokens::end(tx, TokenKind::Access, &text));
    assert_eq!(again.unwrap_err().kind(), Kind::Unauthenticated);
}

pub fn signing_in_sweeps_what_has_expired(bench: Bench) {
    let first = bench.tx(|tx| tokens::sign_in(tx, AGENT, "a browser"));
    let other = pair(&bench);
    assert!(living(&bench, TokenKind::SignIn, &first.text));
    bench.clock.set(bench.clock.now() + ACCESS_LIFE);
    let second = bench.tx(|tx| tokens::sign_in(tx, AGENT, "a telephone"));
    let stored = |text: &str| {
        let hash = tokens::hash(text);
        bench.view(|view| view.find_token(&hash)).is_some()
    };
    assert!(stored(&first.text) && stored(&second.text) && stored(&other.refresh.text));
    assert!(!stored(&other.access.text));
    bench.clock.set(bench.clock.now() + SIGN_IN_LIFE);
    bench.tx(|tx| tokens::sign_in(tx, AGENT, "a tablet"));
    assert!(!stored(&first.text) && !stored(&second.text));
}

pub fn a_token_hash_cannot_be_stored_twice(bench: Bench) {
    let token = |pair| Token {
        hash: [7; 32],
        kind: TokenKind::Access,
        agent_id: AGENT,
        pair,
        client: String::new(),
        expires_at: at(1),
    };
    bench.tx(move |tx| tx.insert_token(&token(1)));
    let refused = bench.try_tx(move |tx| tx.insert_token(&token(2)));
    assert!(matches!(
        refused,
        Err(app::Error::Store(StoreError::Conflict(_)))
    ));
    assert_eq!(bench.view(|view| view.find_token(&[7; 32])), Some(token(1)));
}

pub fn a_program_makes_a_hundred_pairs_a_day(mut bench: Bench) {
    let grant = |bench: &Bench, agent: AgentId, client: &'static str| {
        let made = bench.try_tx(move |tx| tokens::grant(tx, agent, client));
        made.map(drop).map_err(|error| error.kind())
    };
    // Midnight in UTC is in the middle of nobody's hundred.
    let second = bench.clock.now().as_second();
    let to_midnight = 24 * 3600 - second.rem_euclid(24 * 3600);
    bench
        .clock
        .advance(Duration::from_secs(to_midnight.unsigned_abs()));
    for _ in 0..100 {
        assert_eq!(grant(&bench, AGENT, "a bot"), Ok(()));
    }
    bench.reopen();
    for _ in 0..3 {
        assert_eq!(grant(&bench, AGENT, "a bot"), Err(Kind::TooMuch));
    }
    assert_eq!(grant(&bench, AGENT, "another bot"), Ok(()));
    assert_eq!(grant(&bench, AgentId(AGENT.0 + 1), "a bot"), Ok(()));
    bench.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(grant(&bench, AGENT, "a bot"), Err(Kind::TooMuch));
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(grant(&bench, AGENT, "a bot"), Ok(()));
}
