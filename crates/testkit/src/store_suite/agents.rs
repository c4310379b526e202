//! Agents: what they say of themselves, and their working days.

use std::sync::Arc;

use app::{
    Actor, Scope,
    agents::{self, AgentChange, NewAgent},
    ports::Clock as _,
};
use domain::{Agent, AgentId, Availability, Event, Kind, Role};

use super::{Bench, Shop};

fn say(bench: &Bench, scope: &Scope, id: AgentId, it: Availability) -> app::Result<Arc<Agent>> {
    let (directory, scope) = (bench.directory.clone(), scope.clone());
    bench.try_tx(move |tx| agents::set_availability(tx, &directory, &scope, id, it))
}

fn work(bench: &Bench, scope: &Scope, id: AgentId, works: bool) -> app::Result<Arc<Agent>> {
    let (directory, scope) = (bench.directory.clone(), scope.clone());
    bench.try_tx(move |tx| agents::set_workday(tx, &directory, &scope, id, works))
}

fn kept(bench: &Bench, shop: &Shop) -> Agent {
    let find = |view: &dyn app::ports::View| view.find_agent(shop.account.id, shop.agent.id);
    let found = bench.view(find).unwrap();
    let shown = bench.directory.agent(shop.agent.id).unwrap();
    assert_eq!(*shown, found);
    found
}

pub fn what_an_agent_says_of_themselves_is_kept_and_told_once(bench: Bench) {
    let shop = bench.shop("acme");
    let id = shop.agent.id;
    let before = bench.feed.head();
    for it in [Availability::Online, Availability::Busy, Availability::Busy] {
        let said = say(&bench, &shop.scope, id, it).unwrap();
        assert_eq!(said.availability, it);
    }
    assert_eq!(kept(&bench, &shop).availability, Availability::Busy);
    let started = work(&bench, &shop.scope, id, true).unwrap();
    assert_eq!(started.working_since, Some(bench.clock.now()));
    assert_eq!(work(&bench, &shop.scope, id, true).unwrap(), started);
    assert_eq!(kept(&bench, &shop), *started);
    let ended = work(&bench, &shop.scope, id, false).unwrap();
    assert_eq!(work(&bench, &shop.scope, id, false).unwrap(), ended);
    assert_eq!(kept(&bench, &shop).working_since, None);
    let told = bench.journal_after(before).into_iter().map(|it| it.event);
    let was = Availability::Online;
    let busy = Arc::new(Agent {
        availability: Availability::Busy,
        ..shop.agent
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            Event::AvailabilityChanged { agent: busy, was },
            Event::WorkdayStarted { agent: started },
            Event::WorkdayEnded { agent: ended },
        ]
    );
}

pub fn agents_speak_for_themselves_and_administrators_for_their_own(bench: Bench) {
    let (one, two) = (bench.shop("one"), bench.shop("two"));
    let new = NewAgent {
        account_id: one.account.id,
        name: "boss".to_owned(),
        email: "boss@one.example".to_owned(),
        password_hash: "a hash".to_owned(),
        role: Role::Administrator,
    };
    let boss = bench.tx(move |tx| agents::create(tx, &new));
    let (directory, id) = (bench.directory.clone(), one.agent.id);
    let system = Scope {
        actor: Actor::System,
        ..one.scope
    };
    let plain = AgentChange {
        role: Some(Role::Agent),
        ..AgentChange::default()
    };
    bench.tx(move |tx| agents::change(tx, &directory, &system, id, &plain));
    let as_boss = Scope {
        actor: Actor::App(boss.id, "a bot".to_owned()),
        ..one.scope
    };
    let nobody = Scope {
        actor: Actor::Program("a bot".to_owned()),
        ..one.scope
    };
    let kind = |it: app::Result<Arc<Agent>>| it.unwrap_err().kind();
    let busy = Availability::Busy;
    let before = bench.journal();
    for scope in [&one.scope, &nobody] {
        assert_eq!(kind(say(&bench, scope, boss.id, busy)), Kind::Forbidden);
        assert_eq!(kind(work(&bench, scope, boss.id, true)), Kind::Forbidden);
    }
    for id in [two.agent.id, AgentId(99)] {
        assert_eq!(kind(say(&bench, &as_boss, id, busy)), Kind::NotFound);
        assert_eq!(kind(work(&bench, &as_boss, id, true)), Kind::NotFound);
    }
    assert_eq!(bench.journal(), before);
    say(&bench, &one.scope, one.agent.id, busy).unwrap();
    work(&bench, &as_boss, one.agent.id, true).unwrap();
}
