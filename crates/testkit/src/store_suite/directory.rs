//! Accounts, agents, inboxes and socket applications.

use app::{
    agents, inboxes,
    ports::{KeyPair, SocketApp, SocketLimits, StoredInbox, Tx},
    socket_apps,
};
use domain::{AccountId, Agent, AppId, Availability, Inbox, InboxState, Kind, Role};

use super::{Bench, samples};

pub fn every_field_of_the_directory_is_kept(mut bench: Bench) {
    let agents = [
        (Role::Agent, Availability::Online),
        (Role::Administrator, Availability::Busy),
        (Role::Agent, Availability::Offline),
    ]
    .map(|(role, availability)| Agent {
        role,
        availability,
        working_since: (role == Role::Administrator).then(|| samples::at(28)),
        display_name: (role == Role::Agent).then(|| samples::AWKWARD.to_owned()),
        auto_offline: availability == Availability::Busy,
        email: format!("{availability:?}@example.com"),
        ..samples::agent()
    });
    let paused = samples::paused_inbox();
    let active = Inbox {
        state: InboxState::Active,
        messenger: "telegram".to_owned(),
        address: "@acme_bot".to_owned(),
        ..samples::paused_inbox()
    };
    let inboxes = [paused, active].map(|inbox| StoredInbox {
        inbox,
        settings: r#"{"token":"\"s\""}"#.to_owned(),
    });
    let apps = [true, false].map(|client_events| SocketApp {
        name: format!("name {client_events}"),
        client_events,
        subscription_counts: !client_events,
        authorized_only: client_events,
        disabled: !client_events,
        ..samples::socket_app(AccountId(7), &format!("key {client_events}"))
    });
    let (mut a, mut i, mut s) = (agents, inboxes, apps);
    let expected = bench.tx(move |tx| {
        for it in &mut a {
            it.id = tx.insert_agent(it, "a hash")?;
        }
        for it in &mut i {
            it.inbox.id = tx.insert_inbox(it)?;
        }
        for it in &mut s {
            it.id = tx.insert_socket_app(it)?;
        }
        let accounts = [
            tx.insert_account(samples::AWKWARD)?,
            tx.insert_account("b")?,
        ];
        Ok((accounts, a.clone(), i.clone(), s.clone()))
    });
    bench.reopen();
    let found = bench.view(|view| {
        Ok((
            view.accounts()?,
            view.agents()?,
            view.inboxes()?,
            view.socket_apps()?,
        ))
    });
    assert_eq!(found.0, expected.0);
    assert_eq!(found.1, expected.1);
    assert_eq!(found.2, expected.2);
    assert_eq!(found.3, expected.3);
    let numbers: Vec<i64> = found.1.iter().map(|it| it.id.0).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let password = bench.view(|view| view.find_password("Busy@example.com"));
    assert_eq!(password, Some((found.1[1].id, "a hash".to_owned())));
    assert_eq!(
        bench.view(|view| view.find_password("nobody@example.com")),
        None
    );
}

pub fn an_address_or_messenger_that_is_taken_is_refused(bench: Bench) {
    let shop = bench.shop("acme");
    let mut same_address = bench.new_inbox(shop.account.id, &shop.inbox.address);
    same_address.inbox.messenger = "another".to_owned();
    let mut same_messenger = bench.new_inbox(shop.account.id, "another");
    same_messenger
        .inbox
        .messenger
        .clone_from(&shop.inbox.messenger);
    for taken in [same_address, same_messenger] {
        let stored = taken.clone();
        let refused = bench.try_tx(move |tx| inboxes::create(tx, &stored));
        assert_eq!(refused.unwrap_err().kind(), Kind::Conflict);
        // The store itself refuses too, should nobody have asked.
        let refused = bench.try_tx(move |tx| tx.insert_inbox(&taken));
        assert_eq!(refused.unwrap_err().kind(), Kind::Conflict);
    }
    assert_eq!(bench.view(|view| view.inboxes()).len(), 1);
}

pub fn an_email_that_is_taken_is_refused_whatever_its_case(bench: Bench) {
    let shop = bench.shop("acme");
    let new = agents::NewAgent {
        account_id: shop.account.id,
        name: "Ada again".to_owned(),
        email: format!("  {} ", shop.agent.email.to_uppercase()),
        password_hash: "another hash".to_owned(),
        role: Role::Administrator,
    };
    let refused = bench.try_tx(move |tx| agents::create(tx, &new));
    assert_eq!(refused.unwrap_err().kind(), Kind::Conflict);
    let agent = shop.agent.clone();
    let refused = bench.try_tx(move |tx| tx.insert_agent(&agent, "another hash"));
    assert_eq!(refused.unwrap_err().kind(), Kind::Conflict);
    assert_eq!(bench.view(|view| view.agents()), [shop.agent]);
}

pub fn a_change_is_in_the_directory_before_it_is_answered(bench: Bench) {
    for n in 1..=20 {
        let account = bench.account(&format!("account {n}"));
        let agent = bench.agent(account.id, "ada");
        let inbox = bench.inbox(account.id, &format!("address {n}"));
        let tables = bench.directory.tables();
        assert_eq!(
            tables.accounts.get(&account.id).map(|it| &**it),
            Some(&account)
        );
        assert_eq!(tables.agent(agent.id).map(|it| &**it), Some(&agent));
        assert_eq!(
            tables.inboxes.get(&inbox.id).map(|it| &*it.inbox),
            Some(&*inbox)
        );
        let key = format!("key-{n}");
        let app =
            bench.tx(move |tx| socket_apps::create(tx, &samples::socket_app(account.id, &key)));
        let tables = bench.directory.tables();
        assert_eq!(tables.socket_apps.get(&app.id).map(|it| &**it), Some(&app));
        let found = |bench: &Bench| bench.directory.tables().socket_apps.get(&app.id).cloned();
        let changed = bench.tx(move |tx| {
            socket_apps::change(tx, app.id, |it| it.limits = SocketLimits::default())
        });
        assert_eq!(found(&bench).as_deref(), Some(&changed));
        let oldest = app.key.clone();
        let retired = bench.tx(move |tx| socket_apps::retire_key(tx, app.id, &oldest));
        assert_eq!(found(&bench).as_deref(), Some(&retired));
        assert_eq!(
            (&retired.key, retired.more_keys.len()),
            (&app.more_keys[0].key, 1)
        );
        if n % 2 == 0 {
            bench.tx(move |tx| socket_apps::remove(tx, app.id));
            assert!(!bench.directory.tables().socket_apps.contains_key(&app.id));
            let gone = bench.try_tx(move |tx| socket_apps::remove(tx, app.id));
            assert_eq!(gone.unwrap_err().kind(), Kind::NotFound);
        }
    }
}

pub fn a_paused_inbox_keeps_its_reason_and_its_settings(mut bench: Bench) {
    let shop = bench.shop("acme");
    let settings = bench.connected(&shop.inbox).settings;
    let connected = bench.connected(&shop.inbox);
    bench.tx(move |tx| inboxes::pause(tx, &connected, samples::AWKWARD));
    bench.reopen();
    let connected = bench.connected(&shop.inbox);
    let reason = samples::AWKWARD.to_owned();
    assert_eq!(connected.inbox.state, InboxState::Paused { reason });
    assert_eq!(connected.settings, settings);
    let paused = connected.clone();
    bench.tx(move |tx| inboxes::resume(tx, &paused));
    assert_eq!(bench.connected(&shop.inbox).inbox.state, InboxState::Active);
    bench.tx(move |tx| inboxes::configure(tx, &connected, "{}"));
    let connected = bench.connected(&shop.inbox);
    assert_eq!(
        (&*connected.settings, &connected.inbox.state),
        ("{}", &InboxState::Active)
    );
}

pub fn an_application_has_a_few_keys_and_never_none(mut bench: Bench) {
    let shop = bench.shop("acme");
    let account = shop.account.id;
    let new = SocketApp {
        more_keys: Vec::new(),
        ..samples::socket_app(account, "first")
    };
    let app = bench.tx(move |tx| socket_apps::create(tx, &new));
    let pair = |key: &str| KeyPair {
        key: key.to_owned(),
        secret: "another secret of many letters".to_owned(),
    };
    let refused = |job: fn(&mut dyn Tx, AppId) -> app::Result<SocketApp>| {
        bench.try_tx(move |tx| job(tx, app.id)).unwrap_err().kind()
    };
    let the_last = refused(|tx, id| socket_apps::retire_key(tx, id, "first"));
    assert_eq!(the_last, Kind::Invalid);
    let unknown = refused(|tx, id| socket_apps::retire_key(tx, id, "second"));
    assert_eq!(unknown, Kind::NotFound);
    for key in ["second", "third", "fourth", "fifth"] {
        let taken = pair(&key.to_uppercase());
        let pair = pair(key);
        bench.tx(move |tx| socket_apps::add_key(tx, app.id, pair.clone()));
        let error = bench.try_tx(move |tx| socket_apps::add_key(tx, app.id, taken.clone()));
        let expected = if key == "fifth" {
            Kind::Invalid
        } else {
            Kind::Conflict
        };
        assert_eq!(error.unwrap_err().kind(), expected);
    }
    bench.tx(move |tx| socket_apps::retire_key(tx, app.id, "third"));
    bench.tx(move |tx| socket_apps::retire_key(tx, app.id, "first"));
    bench.reopen();
    let left = bench.view(|view| view.socket_apps());
    let more: Vec<&str> = left[0].more_keys.iter().map(|it| &*it.key).collect();
    assert_eq!((&*left[0].key, more), ("second", vec!["fourth", "fifth"]));
}
