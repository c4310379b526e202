//! RoomChannel: who an identifier is, what they follow, and their signs of life.

use std::time::Instant;

use app::{presence::Person, seal::Purpose};
use bytes::Bytes;
use domain::{AccountId, AddressId, AgentId};
use serde_json::Value;
use wire::{
    cable::{Desk, Params, Seated},
    onechat::{Room, room},
    session::Millis,
};

use super::{
    presence::snapshot,
    tell::end,
    topics::{
        address_topic, agent_topic, agents_topic, callers_topic, gathering_topic, person_topic,
        visitors_topic, whispers_topic,
    },
};
use crate::Edge;

/// Decides the subscriptions of one connection.
pub(super) struct RoomDesk {
    edge: Edge,
}

/// A live subscription: who it is, in which account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    account: AccountId,
    person: Person,
    /// The session's part in the gathering of the account's agents.
    member: Option<u64>,
}

impl RoomDesk {
    pub(super) fn new(edge: Edge) -> Self {
        Self { edge }
    }

    fn seat(&self, params: &Params) -> Option<(Seat, Vec<String>)> {
        match Room::parse(params.as_map()).ok()? {
            Room::Agent {
                pubsub_token,
                account_id,
                user_id,
            } => self.agent_seat(&pubsub_token, account_id, user_id),
            Room::Contact { pubsub_token } => self.contact_seat(&pubsub_token),
        }
    }

    fn agent_seat(&self, token: &str, account: i64, user: i64) -> Option<(Seat, Vec<String>)> {
        let (id, generation) = self.edge.core.sealer.open(Purpose::AgentFollow, token)?;
        let tables = self.edge.core.directory.tables();
        let agent = tables.colleague(AccountId(account), AgentId(id))?;
        let fits = agent.token_generation == generation && agent.id.0 == user;
        let seat = Seat {
            account: agent.account_id,
            person: Person::Agent(agent.id),
            member: None,
        };
        let account = agent.account_id;
        let topics = || vec![agents_topic(account), agent_topic(account, agent.id)];
        fits.then(|| (seat, topics()))
    }

    fn contact_seat(&self, token: &str) -> Option<(Seat, Vec<String>)> {
        let (id, _) = self.edge.core.sealer.open(Purpose::AddressFollow, token)?;
        let find = |view: &dyn app::ports::View| view.find_address_by_id(AddressId(id));
        let (address, contact) = self.edge.core.store.view(find).ok()??;
        let inbox = self.edge.core.directory.inbox(address.inbox_id)?.inbox;
        let seat = Seat {
            account: contact.account_id,
            person: Person::Contact(contact.id),
            member: None,
        };
        let own = if address.verified {
            person_topic(contact.id)
        } else {
            address_topic(address.id)
        };
        let topics = vec![
            own,
            visitors_topic(contact.account_id),
            callers_topic(inbox.id),
        ];
        Some((seat, topics))
    }

    /// A sign of life, answered with who is here.
    fn touch(&self, seat: Seat) -> Vec<Bytes> {
        let core = &self.edge.core;
        if core
            .presence
            .touch(seat.account, seat.person, core.clock.now())
        {
            self.edge.presence.changed(seat.account);
        }
        let for_agent = matches!(seat.person, Person::Agent(_));
        snapshot(&self.edge, seat.account, for_agent)
            .into_iter()
            .collect()
    }
}

impl Desk for RoomDesk {
    type Seat = Seat;

    fn subscribe(&mut self, params: &Params, _: Millis) -> Option<Seated<Seat>> {
        let (seat, topics) = self.seat(params)?;
        let transmit = self.touch(seat);
        let stream = match (seat.person, topics.first()) {
            (Person::Agent(id), _) => agent_topic(seat.account, id),
            (Person::Contact(_), first) => first.cloned().unwrap_or_default(),
        };
        let (whispers, gathering) = match seat.person {
            Person::Agent(_) => (
                Some(whispers_topic(seat.account)),
                Some(gathering_topic(seat.account)),
            ),
            Person::Contact(_) => (None, None),
        };
        Some(Seated {
            seat,
            topics,
            transmit,
            stream,
            whispers,
            gathering,
        })
    }

    fn holds(&self, params: &Params) -> bool {
        self.seat(params).is_some()
    }

    fn position(&self) -> u64 {
        end(self.edge.core.feed.head())
    }

    fn park(&mut self, sid: &str, identifiers: Vec<String>) {
        self.edge.parked.park(sid, identifiers, Instant::now());
    }

    fn perform(&mut self, seat: &mut Seat, action: &str, _: &Value, _: Millis) -> Vec<Bytes> {
        if action == room::UPDATE_PRESENCE {
            self.touch(*seat)
        } else {
            Vec::new()
        }
    }

    fn join(&mut self, seat: &mut Seat, id: &str, info: &str) -> Option<bool> {
        let room = gathering_topic(seat.account);
        let (member, news) = self.edge.gatherings.join(&room, seat.member, id, info)?;
        seat.member = Some(member);
        Some(news)
    }

    fn leave(&mut self, seat: &mut Seat) -> Option<String> {
        self.edge.gatherings.leave(seat.member.take()?)
    }

    fn gathered(&self, seat: &Seat) -> Vec<(String, String)> {
        self.edge.gatherings.here(&gathering_topic(seat.account))
    }

    /// Leaving is silent: whoever is gone stops giving signs of life. What a client said of somebody holds a little
    /// longer, for it may come back.
    fn unsubscribe(&mut self, seat: Seat) {
        if let Some(member) = seat.member {
            self.edge.gatherings.lose(member, Instant::now());
        }
    }
}
