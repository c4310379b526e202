//! One connection's way to the [`Register`].

use std::{sync::Arc, time::Instant};

use wire::pusher::{
    Desk, Member, Said, Seat,
    desk::{Full, Joined, Watched},
};

use super::{quota::Place, register::Register};
use crate::socket::Hub;

/// What a session holds of its node.
pub(super) struct NodeDesk {
    register: Arc<Register>,
    hub: Arc<Hub>,
    /// What the connection takes of its application's quota.
    _place: Option<Place>,
}

impl NodeDesk {
    pub(super) fn new(register: Arc<Register>, hub: Arc<Hub>, place: Option<Place>) -> Self {
        Self {
            register,
            hub,
            _place: place,
        }
    }
}

impl Desk for NodeDesk {
    fn join(&mut self, seat: &Seat<'_>) -> Result<Joined, Full> {
        self.register.join(&self.hub, seat, Instant::now())
    }

    fn leave(&mut self, seat: &Seat<'_>) {
        self.register.leave(&self.hub, seat, Instant::now());
    }

    fn says(&mut self, said: &Said<'_>) {
        self.register.herald().client_event(said);
    }

    fn members(&self, topic: &str) -> Vec<Arc<Member>> {
        self.register.members(topic)
    }

    fn sign_in(&mut self, app_id: &str, user_id: &str) {
        self.register.sign_in(&self.hub, app_id, user_id);
    }

    fn sign_out(&mut self, app_id: &str, user_id: &str) {
        self.register.sign_out(&self.hub, app_id, user_id);
    }

    fn watch(&self, app_id: &str, user_id: &str) -> Watched {
        self.register.watch(app_id, user_id)
    }
}
