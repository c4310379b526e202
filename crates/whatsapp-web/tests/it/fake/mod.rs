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
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_channel::Sender;
use bytes::Bytes;
use whatsapp_rust::{
    NodeBuilder, async_channel, wacore::libsignal::protocol::KeyPair, wacore_binary::Node,
    waproto::whatsapp::client_payload::DevicePairingRegistrationData,
};

pub(crate) use self::phone::Somebody;
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
    /// What was asked about groups, one after another.
    asked_of_groups: Vec<String>,
    /// Who has a picture: people and groups by name.
    pictures: HashSet<String>,
    files: HashMap<String, Bytes>,
    /// Who is shut out, and what they are told when they come.
    shut_out: HashMap<String, Node>,
    /// Whose messages are taken and then refused, with which code.
    restricted: HashMap<String, &'static str>,
    /// How many messages to a device will be spoiled.
    spoiled: HashMap<Device, usize>,
    /// Who subscribed to whose presence, in order.
    attended: Vec<(String, String)>,
    /// How many connections each device has, and the most that it had at once.
    connections: HashMap<Device, usize>,
    most: HashMap<Device, usize>,
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
        let seconds = seconds.to_string();
        self.shut_out(
            number,
            &[("reason", "402"), ("code", "104"), ("expire", &seconds)],
        );
    }

    /// A number is shut out: its connections end, and it is told this when it comes back.
    pub(crate) fn shut_out(&self, number: &str, told: &[(&'static str, &str)]) {
        let mut failure = NodeBuilder::new("failure");
        for (name, value) in told {
            failure = failure.attr(name, (*value).to_owned());
        }
        let mut state = self.state();
        state.shut_out.insert(number.to_owned(), failure.build());
        for ((owner, _), line) in &state.online {
            if owner == number {
                drop(line.try_send(Said::Close));
            }
        }
    }

    /// A connection is told of an error, and ends.
    pub(crate) fn end(&self, device: &Device, code: &'static str, conflict: Option<&'static str>) {
        let mut state = self.state();
        if let Some(line) = state.online.remove(device) {
            let error = NodeBuilder::new("stream:error").attr("code", code);
            let conflict = conflict.map(|it| NodeBuilder::new("conflict").attr("type", it).build());
            say(&line, error.children(conflict).build());
            drop(line.try_send(Said::Close));
        }
    }

    /// What a number writes from now on is refused with this code.
    pub(crate) fn restrict(&self, number: &str, code: &'static str) {
        self.state().restricted.insert(number.to_owned(), code);
    }

    /// Whom a number has asked to be told of, in order.
    pub(crate) fn attended_by(&self, number: &str) -> Vec<String> {
        let state = self.state();
        let all = state.attended.iter().filter(|(by, _)| by == number);
        all.map(|(_, whom)| whom.clone()).collect()
    }

    /// The most connections that a device has ever had at once.
    pub(crate) fn connections_at_most(&self, device: &Device) -> usize {
        let state = self.state();
        state.most.get(device).copied().unwrap_or_default()
    }

    /// And let in again.
    pub(crate) fn forgive(&self, number: &str) {
        let mut state = self.state();
        state.shut_out.remove(number);
        state.restricted.remove(number);
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

    /// How often this was asked about groups.
    pub(crate) fn times_asked_of_groups(&self, what: &str) -> usize {
        let state = self.state();
        let all = state.asked_of_groups.iter();
        all.filter(|it| *it == what).count()
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
