//! Hears what becomes of channels, and queues what some endpoint wants.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use app::directory::{Directory, Tables};
use tokio::sync::mpsc;
use wire::{
    hooks::pusher::{Event, Kind, data_text},
    pusher::{App, Said, Seat},
};

use super::dialect::key_of;

/// Events that may wait to be gathered. One more is not told.
const HEARD: usize = 64 * 1024;
/// Of these, places that are kept for who comes and goes: the rest is told to nobody before.
const KEPT: usize = HEARD / 2;

/// One event of one application.
pub(super) struct Heard {
    /// The application's key.
    pub(super) key: Box<str>,
    pub(super) event: Event<'static>,
}

/// Where the register and the sessions tell what happens.
pub(crate) struct Herald {
    directory: Arc<Directory>,
    wanted: RwLock<Wanted>,
    queue: mpsc::Sender<Heard>,
    heard: Mutex<Option<mpsc::Receiver<Heard>>>,
    dropped: AtomicU64,
}

/// Which kinds of events some endpoint of each application wants.
#[derive(Default)]
struct Wanted {
    version: u64,
    by_key: HashMap<String, Vec<Kind>>,
}

impl Herald {
    pub(crate) fn new(directory: Arc<Directory>) -> Self {
        let (queue, heard) = mpsc::channel(HEARD);
        Self {
            directory,
            wanted: RwLock::default(),
            queue,
            heard: Mutex::new(Some(heard)),
            dropped: AtomicU64::new(0),
        }
    }

    /// What is heard from now on; only once.
    pub(super) fn listen(&self) -> Option<mpsc::Receiver<Heard>> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.take()
    }

    /// How many events were told to nobody since the last call, because too many waited.
    pub(super) fn take_dropped(&self) -> u64 {
        self.dropped.swap(0, Ordering::Relaxed)
    }

    pub(crate) fn occupied(&self, seat: &Seat<'_>) {
        self.of_seat(seat, Kind::ChannelOccupied, |channel| {
            Event::ChannelOccupied { channel }
        });
    }

    pub(crate) fn vacated(&self, seat: &Seat<'_>) {
        self.of_seat(seat, Kind::ChannelVacated, |channel| {
            Event::ChannelVacated { channel }
        });
    }

    pub(crate) fn member_added(&self, seat: &Seat<'_>) {
        let user_id = seat.member.map(|it| it.id().to_owned()).unwrap_or_default();
        self.of_seat(seat, Kind::MemberAdded, |channel| Event::MemberAdded {
            channel,
            user_id: user_id.into(),
        });
    }

    pub(crate) fn member_removed(&self, seat: &Seat<'_>) {
        let user_id = seat.member.map(|it| it.id().to_owned()).unwrap_or_default();
        self.of_seat(seat, Kind::MemberRemoved, |channel| Event::MemberRemoved {
            channel,
            user_id: user_id.into(),
        });
    }

    pub(crate) fn cache_miss(&self, seat: &Seat<'_>) {
        self.of_seat(seat, Kind::CacheMiss, |channel| Event::CacheMiss {
            channel,
        });
    }

    pub(crate) fn counted(&self, app: &App, channel: &str, connections: u32) {
        self.hear(app, Kind::SubscriptionCount, || Event::SubscriptionCount {
            channel: channel.to_owned().into(),
            subscription_count: connections.into(),
        });
    }

    pub(crate) fn client_event(&self, said: &Said<'_>) {
        self.hear(said.app, Kind::ClientEvent, || Event::ClientEvent {
            channel: said.channel.to_owned().into(),
            event: said.event.to_owned().into(),
            data: said.data.map(|it| data_text(it).into_owned().into()),
            socket_id: said.socket_id.to_string().into(),
            user_id: said.user_id.map(|it| it.to_owned().into()),
        });
    }

    /// A user's own channel is the server's business alone.
    fn of_seat(
        &self,
        seat: &Seat<'_>,
        kind: Kind,
        event: impl FnOnce(std::borrow::Cow<'static, str>) -> Event<'static>,
    ) {
        if !seat.channel.is_reserved() {
            let channel = seat.channel.as_str();
            self.hear(seat.app, kind, || event(channel.to_owned().into()));
        }
    }

    fn hear(&self, app: &App, kind: Kind, event: impl FnOnce() -> Event<'static>) {
        if !self.is_wanted(&app.key, kind) {
            return;
        }
        let comes_or_goes = !matches!(
            kind,
            Kind::ClientEvent | Kind::CacheMiss | Kind::SubscriptionCount
        );
        let heard = || Heard {
            key: app.key.as_str().into(),
            event: event(),
        };
        let has_room = comes_or_goes || self.queue.capacity() > KEPT;
        if !has_room || self.queue.try_send(heard()).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn is_wanted(&self, key: &str, kind: Kind) -> bool {
        let tables = self.directory.tables();
        let is_in = |wanted: &Wanted| {
            let kinds = wanted.by_key.get(key);
            kinds.is_some_and(|kinds| kinds.contains(&kind))
        };
        {
            let wanted = self.wanted.read().unwrap_or_else(PoisonError::into_inner);
            if wanted.version == tables.version {
                return is_in(&wanted);
            }
        }
        let mut wanted = self.wanted.write().unwrap_or_else(PoisonError::into_inner);
        *wanted = Wanted::of(&tables);
        is_in(&wanted)
    }
}

impl Wanted {
    /// Who comes and who goes is heard whichever of the two is wanted: one may undo the other.
    fn of(tables: &Tables) -> Self {
        let mut by_key: HashMap<String, Vec<Kind>> = HashMap::new();
        for endpoint in tables
            .endpoints
            .values()
            .filter(|it| it.dialect == "pusher")
        {
            let Some(key) = key_of(endpoint) else {
                continue;
            };
            let kinds = by_key.entry(key.to_owned()).or_default();
            let all = Kind::ALL.iter().copied();
            let wants = |kind: Kind| endpoint.wants(kind.as_str());
            kinds.extend(all.filter(|kind| wants(*kind) || counterpart(*kind).is_some_and(wants)));
        }
        Self {
            version: tables.version,
            by_key,
        }
    }
}

/// What undoes what.
fn counterpart(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::ChannelOccupied => Some(Kind::ChannelVacated),
        Kind::ChannelVacated => Some(Kind::ChannelOccupied),
        Kind::MemberAdded => Some(Kind::MemberRemoved),
        Kind::MemberRemoved => Some(Kind::MemberAdded),
        Kind::ClientEvent | Kind::CacheMiss | Kind::SubscriptionCount => None,
    }
}
