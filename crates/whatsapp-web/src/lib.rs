//! The WhatsApp Web engine: phones that are linked devices of real numbers.
//!
//! An inbox whose carrier is `whatsapp_web` is a phone. Pairing, messages, groups and everything else go through the
//! same ports as the sandbox's, so that every dialect works on it unchanged. The protocol is the library
//! `whatsapp-rust`'s; every call of it is in this crate, and this crate is the only one that names it. What a session
//! remembers is kept sealed in our own tables, and what comes in is committed before WhatsApp is told that we have it.
//!
//! The protocol is unofficial. WhatsApp may change it any day, and shuts out numbers that it does not like.

mod arrive;
mod backup;
mod content;
mod control;
mod grant;
mod group_news;
mod groups;
mod hold;
mod jid;
mod keep;
mod line;
mod mirror;
mod news;
mod open;
mod pairing;
mod phones;
mod reach;
mod seal;
mod send;
mod signs;
mod unread;
mod wishes;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::{Core, Error, Result, sessions, stopped};
use domain::{Inbox, InboxId, Session, SessionState};
use tokio::{sync::watch, task::JoinSet};

pub use reach::Reach;

use line::Line;

/// The carrier's name in an inbox.
pub const NAME: &str = "whatsapp_web";

/// How often the phones are looked after, and what waits to be written is.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a session may take to open before it counts as unreachable.
const OPENS: Duration = Duration::from_secs(15);
/// What is said of a session whose network does not answer.
pub(crate) const UNREACHABLE: &str = "WhatsApp cannot be reached";
/// For how long codes are shown that nobody scans.
const IDLES: Duration = Duration::from_secs(180);

/// What may be chosen.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What we are called in the list of linked devices on the phone.
    pub device_name: String,
    /// Whether people are told that what they wrote was read here.
    pub read_receipts: bool,
    /// This server, if others share its store.
    pub node: Option<i64>,
    /// The version of WhatsApp Web that we say we are; without, it is asked for at each connection.
    pub version: Option<(u32, u32, u32)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            device_name: "Switchboard".to_owned(),
            read_receipts: true,
            node: None,
            version: None,
        }
    }
}

impl Settings {
    /// A version as it is written, such as `2.3000.1035000000`; `None` if it is not three numbers.
    pub fn version_of(text: &str) -> Option<(u32, u32, u32)> {
        let parts: Option<Vec<u32>> = text.split('.').map(|it| it.parse().ok()).collect();
        match parts?.as_slice() {
            [first, second, third] => Some((*first, *second, *third)),
            _ => None,
        }
    }
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct WhatsAppWeb(Arc<Engine>);

struct Engine {
    core: Core,
    settings: Settings,
    reach: Reach,
    /// The server's key.
    key: [u8; 32],
    lines: Mutex<HashMap<InboxId, Arc<Line>>>,
}

impl WhatsAppWeb {
    /// An engine that reaches WhatsApp in this way, and seals what it keeps with the server's key.
    pub fn new(core: Core, settings: Settings, reach: Reach, key: [u8; 32]) -> Self {
        Self(Arc::new(Engine {
            core,
            settings,
            reach,
            key,
            lines: Mutex::default(),
        }))
    }

    fn core(&self) -> &Core {
        &self.0.core
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
        Ok(found.ok_or_else(|| Error::not_found("phone"))?.inbox)
    }

    fn session(&self, inbox: &Inbox) -> Result<Session> {
        self.core().store.view(|view| sessions::load(view, inbox))
    }

    /// Changes a session.
    async fn set(
        &self,
        inbox: &Arc<Inbox>,
        change: impl Fn(&mut Session) + Send + 'static,
    ) -> Result<Session> {
        let inbox = inbox.clone();
        self.core()
            .store
            .transact(move |tx| sessions::change(tx, &inbox, &change))
            .await
    }

    fn line(&self, id: InboxId) -> Arc<Line> {
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.entry(id).or_default().clone()
    }

    fn lines(&self) -> Vec<(InboxId, Arc<Line>)> {
        let lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|(id, line)| (*id, line.clone())).collect()
    }

    /// Runs until `stop` says so: opens what was open, writes what waits, lets codes that nobody scans go idle, and
    /// closes everything in order.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        if !self.is_shared() {
            for inbox in self.phones() {
                if let Err(error) = self.reopen(&inbox).await {
                    tracing::error!(%error, inbox.id = inbox.id.0, "a phone could not be opened");
                }
            }
        }
        loop {
            if let Err(error) = self.look_who_holds(&self.phones()).await {
                tracing::error!(%error, "it cannot be seen which server has which phone");
            }
            tokio::select! {
                () = stopped(&mut stop) => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if let Err(error) = self.grant_wishes().await {
                tracing::error!(%error, "what other servers wish cannot be seen");
            }
            for (id, line) in self.lines() {
                if let Err(error) = self.look_after(id, &line).await {
                    tracing::error!(%error, inbox.id = id.0, "the engine cannot look after a phone");
                }
            }
        }
        let mut closing = JoinSet::new();
        for (id, _) in self.lines() {
            let engine = self.clone();
            closing.spawn(async move { engine.close(id).await });
        }
        while closing.join_next().await.is_some() {}
        self.let_all_go().await;
    }

    /// Opens a session that was open when the server went down, however it did.
    async fn reopen(&self, inbox: &Arc<Inbox>) -> Result<()> {
        let state = self.session(inbox)?.state;
        match state {
            SessionState::Loading | SessionState::LoggedIn | SessionState::Offline => {
                self.restarted(inbox).await
            }
            SessionState::Unpaired
            | SessionState::Idle
            | SessionState::LoggedOut
            | SessionState::Banned => Ok(()),
        }
    }

    async fn look_after(&self, id: InboxId, line: &Line) -> Result<()> {
        if !self.is_held(id) {
            return Ok(());
        }
        line.write().await;
        let Ok(inbox) = self.phone(id) else {
            // It was removed.
            self.close(id).await;
            return Ok(());
        };
        self.tell_unread(&inbox).await?;
        let session = self.session(&inbox)?;
        let now = self.core().clock.now();
        let since = |at| now.duration_since(at).unsigned_abs();
        let again = line.is_due(now);
        match session.state {
            SessionState::Loading | SessionState::Offline if again => {
                self.restarted(&inbox).await?;
            }
            SessionState::Loading if since(session.changed_at) >= OPENS => {
                self.set(&inbox, |it| {
                    // It may be open by now.
                    if it.state == SessionState::Loading {
                        it.state = SessionState::Offline;
                        it.note.get_or_insert_with(|| UNREACHABLE.to_owned());
                    }
                })
                .await?;
            }
            SessionState::Unpaired | SessionState::LoggedOut
                if line.asked_at().is_some_and(|at| since(at) >= IDLES) =>
            {
                self.let_idle(&inbox).await?;
            }
            SessionState::Banned => self.let_back(&inbox).await?,
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_three_numbers() {
        let version = Settings::version_of("2.3000.1035000000");
        assert_eq!(version, Some((2, 3000, 1_035_000_000)));
        for text in [
            "",
            "2",
            "2.3000",
            "2.3000.1.1",
            "2.3000.x",
            "2.-1.1",
            "v2.3000.1",
        ] {
            assert_eq!(Settings::version_of(text), None, "{text}");
        }
    }
}
