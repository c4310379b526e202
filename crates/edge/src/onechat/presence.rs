//! Who is here, told to whoever should know.
//!
//! A client that gives a sign of life gets a whole snapshot back, as the document has it. Besides, everybody in
//! an account is told when somebody comes or leaves.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use app::{presence::Person, stopped};
use bytes::Bytes;
use domain::{AccountId, Availability};
use tokio::sync::{Notify, watch};
use wire::onechat::{
    Event, Name,
    presence::{Presence, Roll},
    words,
};

use super::topics::{agents_topic, visitors_topic};
use crate::{Edge, chatapp};

/// How often to look for people who have left.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// How long news are gathered after the last: many who come together, as after a restart, are one piece of news.
const GATHER: Duration = Duration::from_millis(250);

/// The accounts in which somebody has come since everybody was told.
#[derive(Default)]
pub(crate) struct PresenceDesk {
    accounts: Mutex<BTreeSet<AccountId>>,
    news: Notify,
}

impl PresenceDesk {
    /// Somebody came, or says something else of themselves.
    pub(crate) fn changed(&self, account: AccountId) {
        self.accounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(account);
        self.news.notify_one();
    }

    fn take(&self) -> BTreeSet<AccountId> {
        std::mem::take(&mut *self.accounts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Tells who comes and who leaves, until `stop` says so.
pub async fn run(edge: Edge, mut stop: watch::Receiver<bool>) {
    loop {
        let mut accounts = tokio::select! {
            () = edge.presence.news.notified() => edge.presence.take(),
            () = tokio::time::sleep(SWEEP_EVERY) => edge.presence.take(),
            () = stopped(&mut stop) => return,
        };
        accounts.extend(edge.core.presence.sweep(edge.core.clock.now()));
        for (room, id) in edge.gatherings.sweep(Instant::now()) {
            edge.hub
                .publish(&room, wire::cable::frames::left(&id))
                .await;
        }
        for account in accounts {
            chatapp::tell_statuses(&edge, account).await;
            for (topic, for_agents) in [
                (agents_topic(account), true),
                (visitors_topic(account), false),
            ] {
                if edge.hub.is_followed(&topic)
                    && let Some(payload) = snapshot(&edge, account, for_agents)
                {
                    edge.hub.publish(&topic, payload).await;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(GATHER) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// Who is here in an account, as an event. Contacts are not told of other contacts.
pub(super) fn snapshot(edge: &Edge, account: AccountId, for_agent: bool) -> Option<Bytes> {
    let (mut users, mut contacts) = (Roll::new(), Roll::new());
    for person in edge.core.presence.here(account, edge.core.clock.now()) {
        match person {
            Person::Agent(id) => {
                if let Some(agent) = edge.core.directory.seat(account, id) {
                    users.insert(id.0, availability(agent.availability));
                }
            }
            Person::Contact(id) => {
                contacts.insert(id.0, words::Availability::Online);
            }
        }
    }
    let tables = edge.core.directory.tables();
    for agent in tables.agents_of(account).filter(|it| !it.auto_offline) {
        users.insert(agent.id.0, availability(agent.availability));
    }
    let contacts = for_agent.then_some(&contacts);
    let data = Presence {
        account_id: account.0,
        users: &users,
        contacts,
    };
    Event::new(Name::PresenceUpdate, account.0, &data)
        .to_bytes()
        .ok()
}

/// What an agent says of themselves, in OneChat's words.
pub(super) fn availability(it: Availability) -> words::Availability {
    match it {
        Availability::Online => words::Availability::Online,
        Availability::Busy => words::Availability::Busy,
        Availability::Offline => words::Availability::Offline,
    }
}
