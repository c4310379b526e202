//! Who of a company is online, told on its channel when they come and go. What an employee says of themselves is told
//! from the journal; that somebody is here at all is memory, and so is this.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use app::presence::Person;
use domain::{AccountId, Agent, AgentId, Availability};
use tokio::sync::MutexGuard;
use wire::{
    chatapp::{
        Event as Name, channels::Channel, employees::EmployeeStatus, envelope::to_company, id::Ref,
    },
    pusher::{frames, resume, topic},
};

use super::{SOCKET_KEY, to_wire::availability_word};
use crate::Edge;

/// What was last told of each employee; of those who are not in it, that they are offline.
#[derive(Default)]
pub(crate) struct Statuses {
    told: Mutex<BTreeMap<(AccountId, AgentId), Availability>>,
    turn: tokio::sync::Mutex<()>,
}

impl Statuses {
    /// While this is held, nobody is told who has come: for somebody who comes and says something at once, and is
    /// not to be told of twice.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Remembers what the journal tells, so that it is not told again. Returns whether it is new.
    pub(crate) fn learn(&self, agent: (AccountId, AgentId), status: Availability) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let before = told.insert(agent, status);
        before.unwrap_or(Availability::Offline) != status
    }
}

/// What an employee is: what they say of themselves while they are here, and offline otherwise.
pub(super) fn status_of(edge: &Edge, agent: &Agent) -> Availability {
    let core = &edge.core;
    let person = Person::Agent(agent.id);
    if core
        .presence
        .is_here(agent.account_id, person, core.clock.now())
    {
        agent.availability
    } else {
        Availability::Offline
    }
}

/// Tells the company's channel of everybody in an account who has come or gone.
pub(crate) async fn tell_statuses(edge: &Edge, account: AccountId) {
    let _turn = edge.statuses.turn().await;
    let tables = edge.core.directory.tables();
    for agent in tables.agents_of(account) {
        let status = status_of(edge, agent);
        if edge.statuses.learn((account, agent.id), status) {
            tell(edge, account, agent.id, status).await;
        }
    }
}

async fn tell(edge: &Edge, account: AccountId, agent: AgentId, status: Availability) {
    let Some(app) = edge.pusher.find(SOCKET_KEY) else {
        return;
    };
    let company_id = account.0;
    let channel = Channel::Company { company_id }.to_string();
    let item = EmployeeStatus {
        kind: availability_word(status).into(),
        employee: Ref { id: agent.0 },
    };
    let data = to_company(company_id, &[item]).to_json();
    let frame = frames::event(Name::EmployeeStatus.name(), &channel, &data);
    // It has no place in the journal, and so no position.
    for topic in [topic(&app.id, &channel), resume::topic(&app.id, &channel)] {
        if edge.hub.is_followed(&topic) {
            edge.hub.publish(&topic, frame.clone()).await;
        }
    }
}
