//! A simulated WhatsApp network inside the server: what the demo runs on, what tests run on, and what a customer
//! develops against.
//!
//! An inbox whose carrier is `sandbox` is a phone. It pairs by a QR code that somebody scans, or by a code typed into
//! the phone; then what it sends reaches simulated people, who tick it off and, if they have a script, answer. Phones
//! of the same server reach one another. Sessions and groups are durable; the people's manners are decided by the end
//! of their number, see [`people`].
//!
//! What a real network would hold in memory is held in memory here: ticks that are on their way when the server dies
//! do not come.

mod arrive;
mod ban;
mod catalog;
mod device;
mod groups;
mod pace;
mod pairing;
pub mod people;
mod phones;
mod send;
mod session;
mod world;

use std::sync::Arc;

use app::{Core, Result, stopped};
use domain::{Inbox, InboxId, Session, SessionState};
use tokio::sync::watch;

pub use arrive::keeper_of;
pub use device::kept_name;
pub use pace::Pace;

/// The carrier's name in an inbox.
pub const NAME: &str = "sandbox";

/// Groups that one phone can be asked for.
const GROUPS: i64 = 10_000;

/// The network. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Network>);

struct Network {
    core: Core,
    pace: Pace,
}

impl Sandbox {
    /// A network at this pace.
    pub fn new(core: Core, pace: Pace) -> Self {
        Self(Arc::new(Network { core, pace }))
    }

    fn core(&self) -> &Core {
        &self.0.core
    }

    fn pace(&self) -> &Pace {
        &self.0.pace
    }

    /// Every phone of this server.
    fn phones(&self) -> Vec<Arc<Inbox>> {
        let tables = self.core().directory.tables();
        let mine = tables.inboxes_by_carrier(NAME);
        mine.map(|it| it.inbox.clone()).collect()
    }

    /// A phone as it is now.
    fn phone(&self, id: InboxId) -> Result<Arc<Inbox>> {
        let found = self.core().directory.inbox(id);
        let found = found.filter(|it| it.inbox.carrier == NAME);
        Ok(found.ok_or_else(|| app::Error::not_found("phone"))?.inbox)
    }

    fn session(&self, inbox: &Inbox) -> Result<Session> {
        self.core()
            .store
            .view(|view| app::sessions::load(view, inbox))
    }

    /// Runs until `stop` says so: opens what was on its way, lets codes that nobody scans go idle, and
    /// bans end.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        for inbox in self.phones() {
            if matches!(self.session(&inbox), Ok(it) if it.state == SessionState::Loading) {
                self.open_later(&inbox);
            }
        }
        loop {
            for looked in [self.let_idle().await, self.let_in().await] {
                if let Err(error) = looked {
                    tracing::error!(%error, "the sandbox cannot look after its phones");
                }
            }
            tokio::select! {
                () = stopped(&mut stop) => return,
                () = tokio::time::sleep(pace::LOOK_EVERY) => {}
            }
        }
    }
}
