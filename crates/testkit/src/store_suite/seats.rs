//! Somebody who works for several accounts.

use std::sync::Arc;

use app::{
    Actor, Scope, accounts,
    agents::{self, AgentChange, NewAgent},
    ports::View,
    tokens,
};
use domain::{AccountId, Agent, AgentId, Availability, Kind, Role};

use super::{Bench, Shop};

/// Gives the first shop's agent a place in the second, where they administer nothing.
fn join(bench: &Bench, one: &Shop, two: &Shop) -> Agent {
    let new = NewAgent {
        account_id: two.account.id,
        name: "Somebody else".to_owned(),
        email: one.agent.email.to_uppercase(),
        password_hash: "another hash".to_owned(),
        role: Role::Agent,
    };
    let invited = bench.tx(move |tx| agents::invite(tx, &new));
    assert!(!invited.is_new);
    invited.agent
}

fn seats(bench: &Bench, id: AgentId) -> Vec<Agent> {
    let found = bench.view(|view| view.seats_of(id));
    let tables = bench.directory.tables();
    let shown: Vec<Agent> = tables.seats_of(id).map(|it| Agent::clone(it)).collect();
    assert_eq!(found, shown);
    found
}

fn change(bench: &Bench, scope: &Scope, id: AgentId, it: AgentChange) -> app::Result<Arc<Agent>> {
    let (directory, scope) = (bench.directory.clone(), scope.clone());
    bench.try_tx(move |tx| agents::change(tx, &directory, &scope, id, &it))
}

pub fn somebody_is_something_else_in_each_account(bench: Bench) {
    let (one, two) = (bench.shop("one"), bench.shop("two"));
    let id = one.agent.id;
    let there = join(&bench, &one, &two);
    let expected = Agent {
        account_id: two.account.id,
        role: Role::Agent,
        ..one.agent.clone()
    };
    assert_eq!(there, expected, "the same person in another place");
    assert_eq!(seats(&bench, id), [one.agent.clone(), there.clone()]);
    let find = |account: AccountId| bench.view(move |view| view.find_agent(account, id));
    assert_eq!(find(one.account.id).as_ref(), Some(&one.agent));
    assert_eq!(find(two.account.id).as_ref(), Some(&there));
    assert_eq!(find(AccountId(99)), None);
    assert_eq!(bench.view(|view| view.agents()).len(), 3);

    // What they say of themselves in one is not said in the other; what they are called is.
    let in_two = Scope {
        account_id: two.account.id,
        actor: Actor::Agent(id),
    };
    let (directory, scope) = (bench.directory.clone(), in_two.clone());
    let busy = Availability::Busy;
    bench.tx(move |tx| agents::set_availability(tx, &directory, &scope, id, busy));
    let (directory, scope) = (bench.directory.clone(), in_two.clone());
    bench.tx(move |tx| agents::set_workday(tx, &directory, &scope, id, true));
    let named = AgentChange {
        name: Some("Ada Lovelace".to_owned()),
        auto_offline: Some(false),
        ..AgentChange::default()
    };
    change(&bench, &in_two, id, named).unwrap();
    let [here, there] = seats(&bench, id).try_into().unwrap();
    let expected = Agent {
        name: "Ada Lovelace".to_owned(),
        ..one.agent
    };
    assert_eq!(here, expected);
    assert_eq!(
        (there.availability, there.auto_offline, there.role),
        (Availability::Busy, false, Role::Agent)
    );
    assert!(there.working_since.is_some());

    // They leave one, and are in the other what they were.
    let (directory, scope) = (bench.directory.clone(), two.scope.clone());
    bench.tx(move |tx| agents::remove(tx, &directory, &scope, id));
    assert_eq!(seats(&bench, id), [here]);
    let known = bench.directory.known(two.account.id, id).unwrap();
    assert_eq!(
        (known.name.as_str(), known.email.as_str(), known.account_id),
        ("Ada Lovelace", "", AccountId::NOBODYS)
    );
}

pub fn only_they_themselves_change_who_they_are_everywhere(bench: Bench) {
    let (one, two) = (bench.shop("one"), bench.shop("two"));
    let id = one.agent.id;
    join(&bench, &one, &two);
    let changes = [
        AgentChange {
            name: Some("Another".to_owned()),
            ..AgentChange::default()
        },
        AgentChange {
            display_name: Some(None),
            ..AgentChange::default()
        },
        AgentChange {
            email: Some("another@one.example".to_owned()),
            ..AgentChange::default()
        },
        AgentChange {
            password_hash: Some("another hash".to_owned()),
            ..AgentChange::default()
        },
        AgentChange {
            void: true,
            ..AgentChange::default()
        },
    ];
    let before = bench.journal();
    for it in &changes {
        let refused = change(&bench, &two.scope, id, it.clone());
        assert_eq!(refused.unwrap_err().kind(), Kind::Forbidden, "{it:?}");
    }
    // Who administers one of the accounts does nothing in the other.
    let as_colleague = Scope {
        account_id: two.account.id,
        actor: Actor::Agent(id),
    };
    let demoted = AgentChange {
        role: Some(Role::Agent),
        ..AgentChange::default()
    };
    let refused = change(&bench, &as_colleague, two.agent.id, demoted.clone());
    assert_eq!(refused.unwrap_err().kind(), Kind::Forbidden);
    let refused = change(&bench, &one.scope, two.agent.id, demoted);
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(bench.journal(), before);
    // What they are in an account is that account's to say.
    let promoted = AgentChange {
        role: Some(Role::Administrator),
        ..AgentChange::default()
    };
    change(&bench, &two.scope, id, promoted).unwrap();
    for it in changes {
        change(&bench, &as_colleague, id, it).unwrap();
    }
}

pub fn a_closed_account_takes_its_seats_and_nobody_who_has_another(bench: Bench) {
    let (one, two) = (bench.shop("one"), bench.shop("two"));
    let id = one.agent.id;
    let there = join(&bench, &one, &two);
    let inboxes = [one.inbox.id, two.inbox.id];
    for inbox in inboxes {
        bench.tx(move |tx| tx.set_inbox_members(inbox, &[id]));
    }
    let token = bench.tx(move |tx| tokens::sign_in(tx, id, "a device"));
    let hash = tokens::hash(&token.text);
    let closed = one.account.id;
    bench.tx(move |tx| accounts::remove(tx, closed));
    let tables = bench.directory.tables();
    let shown: Vec<&Agent> = tables.seats_of(id).map(|it| &**it).collect();
    assert_eq!(shown, [&there], "at once");
    assert_eq!(tables.agent(id).map(|it| &**it), Some(&there));
    for _ in 0..2 {
        bench.tx(move |tx| tx.erase_seat(closed, id));
        assert_eq!(seats(&bench, id), std::slice::from_ref(&there));
        let members = bench.view(|view| view.inbox_members());
        assert_eq!(members, [(two.inbox.id, id)]);
        let find = |view: &dyn View| view.find_token(&hash);
        assert!(bench.view(find).is_some(), "they are signed in as before");
    }
    // The last place, and then the person.
    let last = two.account.id;
    bench.tx(move |tx| tx.erase_seat(last, id));
    let nobodys = bench.view(|view| view.seats_of(id));
    let accounts: Vec<AccountId> = nobodys.iter().map(|it| it.account_id).collect();
    assert_eq!(accounts, [AccountId::NOBODYS]);
    bench.tx(move |tx| tx.erase_agent(id));
    assert_eq!(bench.view(|view| view.seats_of(id)), []);
    let email = one.agent.email;
    assert!(bench.view(|view| view.find_password(&email)).is_none());
}
