//! A WhatsApp server in process: it pairs, logs in, hands out keys, carries messages, receipts and files, and keeps
//! groups. It holds no ratchet and can read nothing: real clients talk through it.
//!
//! It brings a message again until it is acknowledged, as the real one does. Its certificate is nobody's, so that only
//! a client built for tests accepts it. It knows no history, no settings, no channels and no calls.

mod asks;
mod cdn;
mod connection;
mod directory;
mod groups;
mod node;
mod pairing;
mod phone;
mod traffic;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_channel::Sender;
use bytes::Bytes;
use whatsapp_rust::{
    NodeBuilder, async_channel, wacore::libsignal::protocol::KeyPair, wacore_binary::Node,
    waproto::whatsapp::client_payload::DevicePairingRegistrationData,
};

use self::{directory::Account, groups::Group, pairing::Typed};

/// The server's own name.
const SERVER: &str = "s.whatsapp.net";

/// A linked device: its owner's number, and which of the number's devices it is. The phone itself is device 0.
pub(crate) type Device = (String, u16);

/// One connection, from the server's side.
type Line = Sender<Said>;

/// What the server says on a connection.
enum Said {
    Node(Box<Node>),
    Close,
}

/// The server. Clones are the same one.
#[derive(Clone)]
pub(crate) struct FakeWhatsApp {
    state: Arc<Mutex<State>>,
    key: Arc<KeyPair>,
    /// Where it runs, whoever connects.
    here: tokio::runtime::Handle,
}

#[derive(Default)]
struct State {
    accounts: HashMap<String, Account>,
    /// Numbers by the names that hide them.
    hidden: HashMap<String, String>,
    /// Codes that are shown, and by whom.
    shown: HashMap<String, (Line, DevicePairingRegistrationData)>,
    /// Codes to type in.
    typed: HashMap<String, Typed>,
    /// Devices that were let in and have not signed yet, by the question they were asked.
    signing: HashMap<String, Device>,
    online: HashMap<Device, Line>,
    /// What was not acknowledged yet, in order.
    pending: HashMap<Device, Vec<(String, Node)>>,
    groups: BTreeMap<String, Group>,
    files: HashMap<String, Bytes>,
    /// Who is shut out, for how many seconds.
    banned: HashMap<String, u32>,
    /// Every message that was sent: by whom, and its id.
    sent: Vec<(String, String)>,
    next: u64,
}

impl State {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl FakeWhatsApp {
    /// A server that nobody knows, on this runtime.
    pub(crate) fn new() -> Self {
        Self {
            state: Arc::default(),
            key: Arc::new(KeyPair::generate(&mut rand::rng())),
            here: tokio::runtime::Handle::current(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The owner takes a linked device away.
    pub(crate) fn unlink(&self, device: &Device) {
        let mut state = self.state();
        if let Some(account) = state.accounts.get_mut(&device.0) {
            account.devices.remove(&device.1);
        }
        if let Some(line) = state.online.remove(device) {
            let removed = NodeBuilder::new("conflict").attr("type", "device_removed");
            let error = NodeBuilder::new("stream:error").attr("code", "401");
            say(&line, error.children([removed.build()]).build());
            drop(line.try_send(Said::Close));
        }
    }

    /// A number is shut out for so many seconds: its connections end, and it is told so when it comes back.
    pub(crate) fn ban(&self, number: &str, seconds: u32) {
        let mut state = self.state();
        state.banned.insert(number.to_owned(), seconds);
        for ((owner, _), line) in &state.online {
            if owner == number {
                drop(line.try_send(Said::Close));
            }
        }
    }

    /// And let in again.
    pub(crate) fn forgive(&self, number: &str) {
        self.state().banned.remove(number);
    }

    /// A connection is cut without a word.
    pub(crate) fn cut(&self, device: &Device) {
        if let Some(line) = self.state().online.get(device) {
            drop(line.try_send(Said::Close));
        }
    }

    /// Whether a device is connected.
    pub(crate) fn is_online(&self, device: &Device) -> bool {
        self.state().online.contains_key(device)
    }

    /// How much a device has not acknowledged.
    pub(crate) fn pending(&self, device: &Device) -> usize {
        self.state().pending.get(device).map_or(0, Vec::len)
    }

    /// The devices of a number, the phone itself left out.
    pub(crate) fn devices(&self, number: &str) -> Vec<u16> {
        let state = self.state();
        let account = state.accounts.get(number);
        let mut ids: Vec<u16> = account
            .map(|it| it.devices.keys().copied().filter(|it| *it != 0).collect())
            .unwrap_or_default();
        ids.sort_unstable();
        ids
    }

    /// How often a number has sent a message with this id.
    pub(crate) fn times_sent(&self, number: &str, id: &str) -> usize {
        let state = self.state();
        let all = state.sent.iter();
        all.filter(|(by, it)| by == number && it == id).count()
    }
}

/// Says something, unless nobody listens any more.
fn say(line: &Line, node: Node) {
    drop(line.try_send(Said::Node(Box::new(node))));
}

/// Seconds since 1970.
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |it| it.as_secs())
}
