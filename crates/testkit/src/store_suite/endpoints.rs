//! Endpoints, and what their owners do.

use std::time::Duration;

use app::{
    deliveries::{Delivery, Receiver},
    hooks::{
        Endpoint, EndpointState,
        endpoints::{self, NewEndpoint},
    },
    ports::Clock as _,
};
use domain::{AccountId, EndpointId, Kind};

use super::{
    Bench,
    deliveries::{add, attempt, found},
    samples,
};

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
        per_second: 0,
        in_flight: endpoints::IN_FLIGHT,
        secret: Some("whsec_1".to_owned()),
    };
    bench.tx(move |tx| endpoints::create(tx, &new))
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
    let delivery = add(&bench, Receiver::Endpoint(mine.id));
    let (stranger, id) = (AccountId(2), mine.id);
    let refused = [
        bench
            .try_tx(move |tx| endpoints::pause(tx, stranger, id))
            .map(drop),
        bench.try_tx(move |tx| endpoints::remove(tx, stranger, id)),
        bench.try_tx(move |tx| endpoints::replay(tx, stranger, id, delivery)),
        bench
            .try_tx(move |tx| endpoints::rotate(tx, stranger, id, "x"))
            .map(drop),
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    }
    let other = endpoint(&bench, 1).id;
    let refused = bench.try_tx(move |tx| endpoints::replay(tx, AccountId(1), other, delivery));
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(bench.view(|view| view.find_endpoint(id)), Some(mine));
}

pub fn deleting_an_endpoint_leaves_nothing_of_it_and_everything_of_others(bench: Bench) {
    let (mine, other) = (endpoint(&bench, 1), endpoint(&bench, 1));
    let (gone, kept) = (
        add(&bench, Receiver::Endpoint(mine.id)),
        add(&bench, Receiver::Endpoint(other.id)),
    );
    for id in [gone, kept] {
        bench.tx(move |tx| tx.insert_attempt(&attempt(id, "no")));
    }
    let id = mine.id;
    bench.tx(move |tx| endpoints::remove(tx, AccountId(1), id));
    assert_eq!(bench.view(|view| view.find_endpoint(id)), None);
    assert_eq!(bench.view(|view| view.find_delivery(gone)), None);
    assert_eq!(bench.view(|view| view.list_attempts(gone)), []);
    assert_eq!(
        bench.view(|view| view.list_deliveries(Receiver::Endpoint(id), None, None, 9)),
        []
    );
    assert!(!bench.directory.tables().endpoints.contains_key(&id));
    assert_eq!(bench.view(|view| view.endpoints()), [other]);
    assert_eq!(found(&bench, kept).id, kept);
    assert_eq!(bench.view(|view| view.list_attempts(kept)).len(), 1);
    // Settling what is gone is too late, and no mistake.
    let late = Delivery {
        id: gone,
        ..found(&bench, kept)
    };
    bench.tx(move |tx| tx.settle_delivery(&late));
    assert_eq!(bench.view(|view| view.find_delivery(gone)), None);
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
