//! Accounts, agents, teams, inboxes, labels and socket applications, in memory: small, read by everything, rarely changed.
//!
//! Read again from the store whenever the journal says that one of them changed, before the change is answered,
//! so that whoever made a change finds it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{
    Account, AccountId, Agent, AgentId, AppId, Availability, Conversation, EndpointId, Entry,
    Event, Habits, Inbox, InboxId, Label, LabelId, Role, Team, TeamId, Timestamp, Wishes,
};

use crate::{
    Result, Sight,
    hooks::Endpoint,
    limits::PICTURES,
    pictures::{self, Owner},
    ports::{Closed, SocketApp, Store},
    presence::{Person, Presence},
};

/// An inbox with its carrier's settings.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The inbox, shared with every event that happens in it.
    pub inbox: Arc<Inbox>,
    /// Its carrier's settings, opaque JSON text.
    pub settings: Arc<str>,
}

/// One consistent state of the directory.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// By number.
    pub accounts: BTreeMap<AccountId, Arc<Account>>,
    /// By number, programs among them: as they are in each account that they work for, by its number; once if in none.
    pub agents: BTreeMap<AgentId, Vec<Arc<Agent>>>,
    /// As they are in each account that they work for, by the account's number and theirs.
    pub seats: BTreeMap<(AccountId, AgentId), Arc<Agent>>,
    /// By number.
    pub inboxes: BTreeMap<InboxId, Connected>,
    /// Inboxes that are removed and may not be wholly erased: nobody reaches them, and a conversation that is still there
    /// can be told of.
    pub leaving: BTreeMap<InboxId, Arc<Inbox>>,
    /// Who answers in an inbox besides administrators, by number; nobody if it is not here.
    pub members: BTreeMap<InboxId, Vec<AgentId>>,
    /// What inboxes do by themselves; nothing if one is not here.
    pub habits: BTreeMap<InboxId, Habits>,
    /// Which program answers first in an inbox; none if it is not here.
    pub bots: BTreeMap<InboxId, AgentId>,
    /// The pictures of agents and inboxes, by their owners' names.
    pub pictures: BTreeMap<String, String>,
    /// By number.
    pub labels: BTreeMap<LabelId, Arc<Label>>,
    /// By number.
    pub teams: BTreeMap<TeamId, Arc<Team>>,
    /// By number.
    pub endpoints: BTreeMap<EndpointId, Arc<Endpoint>>,
    /// By number.
    pub socket_apps: BTreeMap<AppId, Arc<SocketApp>>,
    /// Raised with every reading, so that what is derived from these tables knows when it is stale.
    pub version: u64,
}

impl Tables {
    /// Forgets what is left of these accounts, which are closed, and of those that are erased.
    fn forget(&mut self, closed: &[Closed]) {
        let Self {
            seats,
            inboxes,
            labels,
            teams,
            endpoints,
            socket_apps,
            ..
        } = self;
        let known = |id| id != AccountId::ERASED && closed.iter().all(|it| it.id != id);
        seats.retain(|_, it| known(it.account_id));
        inboxes.retain(|_, it| known(it.inbox.account_id));
        labels.retain(|_, it| known(it.account_id));
        teams.retain(|_, it| known(it.account_id));
        endpoints.retain(|_, it| known(it.account_id));
        socket_apps.retain(|_, it| known(it.account_id));
    }

    /// The people of an account.
    pub fn agents_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<Agent>> {
        let all = (account, AgentId(i64::MIN))..=(account, AgentId(i64::MAX));
        let all = self.seats.range(all).map(|(_, agent)| agent);
        all.filter(|agent| !agent.is_bot())
    }

    /// Somebody who works for an account: a person.
    pub fn colleague(&self, account: AccountId, id: AgentId) -> Option<&Arc<Agent>> {
        self.seat(account, id).filter(|it| !it.is_bot())
    }

    /// Somebody who works for an account, a person or a program.
    pub fn seat(&self, account: AccountId, id: AgentId) -> Option<&Arc<Agent>> {
        self.seats.get(&(account, id))
    }

    /// Somebody as an account knows them: whoever works for it no more is a name, and nothing of what they are elsewhere.
    pub fn known(&self, account: AccountId, id: AgentId) -> Option<Arc<Agent>> {
        if let Some(seat) = self.seat(account, id) {
            return Some(seat.clone());
        }
        let agent = self.agent(id)?;
        Some(Arc::new(Agent {
            id,
            account_id: AccountId::NOBODYS,
            name: agent.name.clone(),
            display_name: agent.display_name.clone(),
            email: String::new(),
            role: Role::Agent,
            availability: Availability::Offline,
            auto_offline: true,
            wishes: Wishes::default(),
            working_since: None,
            token_generation: 0,
            created_at: agent.created_at,
        }))
    }

    /// Somebody, a person or a program, as they are in the first account that they work for.
    pub fn agent(&self, id: AgentId) -> Option<&Arc<Agent>> {
        self.agents.get(&id)?.first()
    }

    /// Somebody in each account that they work for, by the accounts' numbers.
    pub fn seats_of(&self, id: AgentId) -> impl Iterator<Item = &Arc<Agent>> {
        let all = self.agents.get(&id).into_iter().flatten();
        all.filter(|it| it.account_id != AccountId::NOBODYS)
    }

    /// Where the picture of an agent or an inbox is kept.
    pub fn picture_of(&self, owner: Owner) -> Option<&str> {
        self.pictures.get(&owner.name()).map(String::as_str)
    }

    /// The labels of an account, in the order in which they are shown.
    pub fn labels_of(&self, account: AccountId) -> Vec<&Arc<Label>> {
        let mine = self.labels.values().filter(|it| it.account_id == account);
        let mut mine: Vec<_> = mine.collect();
        mine.sort_by_key(|it| (it.sort, it.id));
        mine
    }

    /// The teams of an account.
    pub fn teams_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<Team>> {
        self.teams
            .values()
            .filter(move |team| team.account_id == account)
    }

    /// The inboxes of an account.
    pub fn inboxes_of(&self, account: AccountId) -> impl Iterator<Item = &Connected> {
        self.inboxes
            .values()
            .filter(move |it| it.inbox.account_id == account)
    }

    /// Who answers in an inbox, besides administrators.
    pub fn members_of(&self, inbox: InboxId) -> &[AgentId] {
        self.members.get(&inbox).map_or(&[], Vec::as_slice)
    }

    /// Whether an agent sees what happens in an inbox of their account: as an administrator, or because they answer
    /// there. A program sees where it answers first.
    pub fn watches(&self, agent: &Agent, inbox: InboxId) -> bool {
        match agent.role {
            Role::Administrator => true,
            Role::Agent => self.members_of(inbox).contains(&agent.id),
            Role::Bot => self.bots.get(&inbox) == Some(&agent.id),
        }
    }

    /// Whether a person of an account may see a conversation of it: as they see what happens in its inbox, or because
    /// their team has it. Who may not is told nothing of it.
    pub fn sees(&self, id: AgentId, it: &Conversation) -> bool {
        let Some(agent) = self.colleague(it.account_id, id) else {
            return false;
        };
        let team = it.details.team_id.and_then(|id| self.teams.get(&id));
        self.watches(agent, it.inbox_id) || team.is_some_and(|it| it.members.contains(&id))
    }

    /// What an agent sees of their account, if they do not see everything.
    pub fn sight(&self, agent: &Agent) -> Option<Sight> {
        let mut all = self.inboxes_of(agent.account_id);
        let mut leaving = self.leaving.values();
        // What is left in an inbox that is removed is in nobody's sight.
        let whole = leaving.all(|it| it.account_id != agent.account_id);
        if whole && !agent.is_bot() && all.all(|it| self.watches(agent, it.inbox.id)) {
            return None;
        }
        let inboxes = self.inboxes_of(agent.account_id).map(|it| it.inbox.id);
        let teams = self.teams_of(agent.account_id);
        Some(Sight {
            inboxes: inboxes.filter(|id| self.watches(agent, *id)).collect(),
            teams: teams
                .filter(|it| it.members.contains(&agent.id))
                .map(|it| it.id)
                .collect(),
        })
    }

    /// The inboxes that a carrier reaches.
    pub fn inboxes_by_carrier<'a>(
        &'a self,
        carrier: &'a str,
    ) -> impl Iterator<Item = &'a Connected> {
        self.inboxes
            .values()
            .filter(move |it| it.inbox.carrier == carrier)
    }
}

/// The current [`Tables`].
#[derive(Default)]
pub struct Directory {
    tables: RwLock<Arc<Tables>>,
    /// Whether it could not be read again when something changed.
    stale: AtomicBool,
    /// Who is here.
    presence: Arc<Presence>,
}

impl Directory {
    /// A directory of what the store holds, and of who is here.
    pub fn load(store: &dyn Store, presence: Arc<Presence>) -> Result<Arc<Self>> {
        let directory = Self {
            presence,
            ..Self::default()
        };
        directory.reload(store)?;
        Ok(Arc::new(directory))
    }

    /// Reads everything again.
    pub fn reload(&self, store: &dyn Store) -> Result<()> {
        let mut tables = Tables {
            version: self.tables().version + 1,
            ..Tables::default()
        };
        let mut closed = Vec::new();
        store.look(&mut |view| {
            closed = view.closed_accounts()?;
            tables.accounts = view
                .accounts()?
                .into_iter()
                .map(|it| (it.id, Arc::new(it)))
                .collect();
            for it in view.agents()? {
                let it = Arc::new(it);
                if it.account_id == AccountId::NOBODYS {
                    tables.agents.insert(it.id, vec![it]);
                } else {
                    tables.seats.insert((it.account_id, it.id), it);
                }
            }
            for (inbox, agent) in view.inbox_members()? {
                tables.members.entry(inbox).or_default().push(agent);
            }
            tables.habits = view.inbox_habits()?.into_iter().collect();
            tables.bots = view.inbox_bots()?.into_iter().collect();
            tables.pictures = view
                .list_kept(pictures::KEEPER, PICTURES)?
                .into_iter()
                .collect();
            tables.labels = view
                .labels()?
                .into_iter()
                .map(|it| (it.id, Arc::new(it)))
                .collect();
            tables.teams = view
                .teams()?
                .into_iter()
                .map(|it| (it.id, Arc::new(it)))
                .collect();
            tables.endpoints = view
                .endpoints()?
                .into_iter()
                .map(|it| (it.id, Arc::new(it)))
                .collect();
            tables.socket_apps = view
                .socket_apps()?
                .into_iter()
                .map(|it| (it.id, Arc::new(it)))
                .collect();
            tables.leaving = view
                .removed_inboxes()?
                .into_iter()
                .map(|it| (it.inbox.id, Arc::new(it.inbox)))
                .collect();
            tables.inboxes = view
                .inboxes()?
                .into_iter()
                .map(|it| {
                    let connected = Connected {
                        inbox: Arc::new(it.inbox),
                        settings: it.settings.into(),
                    };
                    (connected.inbox.id, connected)
                })
                .collect();
            Ok(())
        })?;
        tables.forget(&closed);
        for seat in tables.seats.values() {
            let all = tables.agents.entry(seat.id).or_default();
            all.push(seat.clone());
        }
        *self.tables.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tables);
        Ok(())
    }

    /// Reads again if one of these entries says so.
    pub fn follow(&self, store: &dyn Store, entries: &[Arc<Entry>]) {
        let changed = entries.iter().any(|entry| {
            matches!(
                entry.event,
                Event::AccountChanged { .. }
                    | Event::AccountRemoved { .. }
                    | Event::InboxChanged { .. }
                    | Event::InboxRemoved { .. }
                    | Event::AgentChanged { .. }
                    | Event::AgentRemoved { .. }
                    | Event::InboxMembersChanged { .. }
                    | Event::AvailabilityChanged { .. }
                    | Event::WorkdayStarted { .. }
                    | Event::WorkdayEnded { .. }
                    | Event::LabelChanged { .. }
                    | Event::LabelRemoved { .. }
                    | Event::TeamChanged { .. }
                    | Event::TeamRemoved { .. }
                    | Event::SocketAppChanged { .. }
                    | Event::EndpointChanged { .. }
            )
        });
        // What could not be read then is read with the next change of anything.
        let stale = self.stale.swap(false, Ordering::AcqRel);
        if (changed || stale)
            && let Err(error) = self.reload(store)
        {
            self.stale.store(true, Ordering::Release);
            tracing::error!(%error, "the directory could not be read again and is stale");
        }
    }

    /// The current state.
    pub fn tables(&self) -> Arc<Tables> {
        self.tables
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// An agent, as they are in the first account that they work for.
    pub fn agent(&self, id: AgentId) -> Option<Arc<Agent>> {
        self.tables().agent(id).cloned()
    }

    /// Somebody who works for an account, a person or a program.
    pub fn seat(&self, account: AccountId, id: AgentId) -> Option<Arc<Agent>> {
        self.tables().seat(account, id).cloned()
    }

    /// Somebody as an account [knows](Tables::known) them.
    pub fn known(&self, account: AccountId, id: AgentId) -> Option<Arc<Agent>> {
        self.tables().known(account, id)
    }

    /// The agents of an account who take conversations at this time: they are here or never leave, and say that they
    /// answer.
    pub fn available(&self, account: AccountId, now: Timestamp) -> Vec<AgentId> {
        let tables = self.tables();
        let here = |id| {
            let person = Person::Agent(id);
            self.presence.is_here(account, person, now)
        };
        let all = tables.agents_of(account);
        all.filter(|it| it.availability == Availability::Online)
            .filter(|it| !it.auto_offline || here(it.id))
            .map(|it| it.id)
            .collect()
    }

    /// What an inbox does by itself.
    pub fn habits(&self, inbox: InboxId) -> Habits {
        let tables = self.tables();
        tables.habits.get(&inbox).cloned().unwrap_or_default()
    }

    /// Whether a program answers first in an inbox.
    pub fn has_bot(&self, inbox: InboxId) -> bool {
        self.tables().bots.contains_key(&inbox)
    }

    /// An inbox.
    pub fn inbox(&self, id: InboxId) -> Option<Connected> {
        self.tables().inboxes.get(&id).cloned()
    }
}
