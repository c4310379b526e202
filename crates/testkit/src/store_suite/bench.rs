//! What a behaviour stands on: an open store with a clock that stands still, and short words for what it does.

use std::sync::{
    Arc,
    mpsc::{self, Sender, channel},
};

use app::{
    Error, Result, Scope,
    contacts::Told,
    deliveries::{
        Delivery, DeliveryState, Made, Outcome, Parcel, Receiver, Settings, settle::settle,
    },
    directory::{Connected, Directory},
    journal::{Feed, Reader},
    messages::{self, Draft, Inbound, Received, Reported, Sent},
    ports::{
        Accepted, Clock as _, ConversationRow, EarlyReport, Job, SendError, Store, StoredInbox, Tx,
        View,
    },
};
use domain::{
    Account, AccountId, Agent, Entry, Inbox, InboxId, InboxState, Message, MessageId,
    MessageStatus, Role,
};

use super::{Opened, Place};
use crate::clock::TestClock;

/// An open store, its directory and its clock.
pub struct Bench {
    pub clock: Arc<TestClock>,
    pub store: Arc<dyn Store>,
    pub feed: Arc<Feed>,
    pub directory: Arc<Directory>,
    close: Option<Box<dyn FnOnce() + Send + Sync>>,
    place: Box<dyn Place>,
}

/// An account with an agent and an inbox.
pub struct Shop {
    pub account: Account,
    pub agent: Agent,
    pub inbox: Arc<Inbox>,
    /// The agent at work.
    pub scope: Scope,
}

/// The answer to a job that has been started.
pub struct Pending<T>(mpsc::Receiver<Result<T>>);

/// Holds the writer until it is dropped, so that what is started meanwhile is one group.
pub struct Gate {
    _open: Sender<()>,
}

/// A message from somebody.
pub fn inbound(source_id: &str, external_id: &str, content: &str) -> Inbound {
    Inbound {
        from: Told {
            source_id: source_id.to_owned(),
            ..Told::default()
        },
        external_id: external_id.to_owned(),
        content: Some(content.to_owned()),
        ..Inbound::default()
    }
}

/// A text to send.
pub fn text(content: &str) -> Draft {
    Draft {
        content: Some(content.to_owned()),
        ..Draft::default()
    }
}

// === impl Bench ===

impl Bench {
    /// A bench on a fresh store.
    pub fn new(place: Box<dyn Place>) -> Self {
        let clock = Arc::new(TestClock::default());
        let Opened { store, feed, close } = place.open(clock.clone());
        let directory = follow(&store, &feed);
        Self {
            clock,
            store,
            feed,
            directory,
            close: Some(close),
            place,
        }
    }

    /// Closes the store and opens it again.
    pub fn reopen(&mut self) {
        self.close();
        let Opened { store, feed, close } = self.place.open(self.clock.clone());
        self.directory = follow(&store, &feed);
        (self.store, self.feed, self.close) = (store, feed, Some(close));
    }

    /// Closes the store.
    pub fn close(&mut self) {
        if let Some(close) = self.close.take() {
            close();
        }
    }

    /// Runs a transaction that must succeed.
    pub fn tx<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> T {
        self.try_tx(work).unwrap()
    }

    /// Runs a transaction.
    pub fn try_tx<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.transact_blocking(work)
    }

    /// Starts a transaction and does not wait for it.
    pub fn start<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Pending<T> {
        let (answer, pending) = channel();
        let job = Started {
            work,
            result: None,
            answer,
        };
        self.store.submit(Box::new(job)).unwrap();
        Pending(pending)
    }

    /// Holds the writer.
    pub fn hold(&self) -> Gate {
        let (entered, inside) = channel();
        let (open, opened) = channel::<()>();
        let pending = self.start(move |_| {
            entered.send(()).unwrap();
            // Ends when the gate is dropped.
            opened.recv().ok();
            Ok(())
        });
        inside.recv().unwrap();
        drop(pending);
        Gate { _open: open }
    }

    /// Reads one state.
    pub fn view<T>(&self, f: impl FnOnce(&dyn View) -> Result<T>) -> T {
        self.store.view(f).unwrap()
    }

    /// The whole journal.
    pub fn journal(&self) -> Vec<Entry> {
        self.view(|view| view.read_journal(0, i64::MAX))
    }

    /// What the journal says since then.
    pub fn journal_after(&self, seq: i64) -> Vec<Entry> {
        self.view(|view| view.read_journal(seq, i64::MAX))
    }

    /// A reader of everything after `cursor`.
    pub fn reader(&self, cursor: i64) -> Reader {
        Reader::new(self.feed.clone(), self.store.clone(), cursor)
    }

    /// An account.
    pub fn account(&self, name: &str) -> Account {
        let name = name.to_owned();
        self.tx(move |tx| app::accounts::create(tx, &name))
    }

    /// An agent who sees everything of the account.
    pub fn agent(&self, account: AccountId, name: &str) -> Agent {
        let new = app::agents::NewAgent {
            account_id: account,
            name: name.to_owned(),
            email: format!("{name}@{account}.example"),
            password_hash: "a hash".to_owned(),
            role: Role::Administrator,
        };
        self.tx(move |tx| app::agents::create(tx, &new))
    }

    /// An inbox with this address.
    pub fn inbox(&self, account: AccountId, address: &str) -> Arc<Inbox> {
        let stored = self.new_inbox(account, address);
        Arc::new(self.tx(move |tx| app::inboxes::create(tx, &stored)))
    }

    /// An inbox that is not there yet.
    pub fn new_inbox(&self, account: AccountId, address: &str) -> StoredInbox {
        use app::ports::Clock as _;
        StoredInbox {
            inbox: Inbox {
                id: InboxId(0),
                account_id: account,
                name: format!("Inbox {address}"),
                carrier: "sandbox".to_owned(),
                license_id: 7,
                messenger: format!("messenger {address}"),
                address: address.to_owned(),
                state: InboxState::Active,
                created_at: self.clock.now(),
            },
            settings: r#"{"colour":"red"}"#.to_owned(),
        }
    }

    /// An account with an agent and an inbox.
    pub fn shop(&self, name: &str) -> Shop {
        let account = self.account(name);
        let agent = self.agent(account.id, "ada");
        let inbox = self.inbox(account.id, &format!("address of {name}"));
        let scope = Scope {
            account_id: account.id,
            actor: app::Actor::Agent(agent.id),
        };
        Shop {
            account,
            agent,
            inbox,
            scope,
        }
    }

    /// Takes a message in.
    pub fn receive(&self, inbox: &Arc<Inbox>, inbound: Inbound) -> Received {
        let (inbox, directory) = (inbox.clone(), self.directory.clone());
        self.tx(move |tx| messages::receive(tx, &directory, &inbox, &inbound))
    }

    /// Takes a new message in.
    pub fn hear(&self, inbox: &Arc<Inbox>, from: &str, external_id: &str) -> Message {
        match self.receive(inbox, inbound(from, external_id, "hello")) {
            Received::Fresh(id) => self.message(id),
            Received::Duplicate => panic!("{external_id} had been received before"),
        }
    }

    /// Sends a message.
    pub fn send(&self, shop: &Shop, number: i64, draft: Draft) -> Sent {
        let (scope, directory) = (shop.scope.clone(), self.directory.clone());
        self.tx(move |tx| messages::send(tx, &directory, &scope, number, &draft))
    }

    /// Hears a report.
    pub fn report(&self, inbox: &Arc<Inbox>, external_id: &str, status: MessageStatus) -> Reported {
        let (inbox, directory) = (inbox.clone(), self.directory.clone());
        let external_id = external_id.to_owned();
        let report = EarlyReport {
            status,
            error: (status == MessageStatus::Failed).then(|| "no such number".to_owned()),
        };
        self.tx(move |tx| messages::report(tx, &directory, &inbox, &external_id, &report))
    }

    /// The network takes a delivery under this id.
    pub fn accept(&self, delivery: &Delivery, external_id: &str) {
        let answer = Accepted {
            external_id: Some(external_id.to_owned()),
        };
        self.answer(delivery, Ok(answer));
    }

    /// The network answers.
    pub fn answer(&self, delivery: &Delivery, result: std::result::Result<Accepted, SendError>) {
        let (delivery, directory) = (delivery.clone(), self.directory.clone());
        let outcome = Outcome {
            at: self.clock.now(),
            duration: std::time::Duration::from_millis(12),
            made: Made::of(result),
        };
        let settings = Settings::default();
        self.tx(move |tx| settle(tx, &directory, &settings, &delivery, &outcome));
    }

    /// Sends a text, and the network takes it under this id.
    pub fn sent(&self, shop: &Shop, number: i64, external_id: &str) -> MessageId {
        let id = self.send(shop, number, text("good day")).spoken.message.id;
        let head = self
            .heads(&shop.inbox)
            .into_iter()
            .find(|it| part_of(it).0 == id)
            .unwrap();
        self.accept(&head, external_id);
        id
    }

    /// A message that is there.
    pub fn message(&self, id: MessageId) -> Message {
        self.view(|view| view.find_message(id)).unwrap()
    }

    /// A conversation that is there.
    pub fn conversation(&self, account: AccountId, number: i64) -> ConversationRow {
        self.view(|view| view.find_conversation(account, number))
            .unwrap()
    }

    /// The deliveries at the head of their conversations, the soonest due first.
    pub fn heads(&self, inbox: &Inbox) -> Vec<Delivery> {
        let (to, state) = (Receiver::Inbox(inbox.id), Some(DeliveryState::Pending));
        let mut heads = self.view(|view| view.list_deliveries(to, state, None, 100));
        heads.sort_by_key(|it| (it.next_at, it.id));
        heads
    }

    /// An inbox with its settings, as the directory has it.
    pub fn connected(&self, inbox: &Inbox) -> Connected {
        self.directory.inbox(inbox.id).unwrap()
    }
}

/// Of which message a delivery is a part, which part, and of how many.
pub fn part_of(delivery: &Delivery) -> (MessageId, i64, i64) {
    match &delivery.what {
        Parcel::Part {
            message_id,
            part,
            parts,
        } => (*message_id, *part, *parts),
        Parcel::Event(_) | Parcel::Letter(_) => panic!("it is no part"),
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.close();
    }
}

/// A directory that is read again with every change, before the change is answered.
fn follow(store: &Arc<dyn Store>, feed: &Feed) -> Arc<Directory> {
    let directory = Directory::load(&**store, Arc::default()).unwrap();
    let (weak, followed) = (Arc::downgrade(store), directory.clone());
    feed.observe(Box::new(move |entries| {
        if let Some(store) = weak.upgrade() {
            followed.follow(&*store, entries);
        }
    }));
    directory
}

// === impl Pending ===

impl<T> Pending<T> {
    /// Waits for the answer.
    pub fn wait(self) -> Result<T> {
        self.0.recv().unwrap()
    }

    /// The error that must be the answer.
    pub fn error(self) -> Error {
        self.wait().err().unwrap()
    }
}

struct Started<T, F> {
    work: F,
    result: Option<T>,
    answer: Sender<Result<T>>,
}

impl<T: Send, F: FnMut(&mut dyn Tx) -> Result<T> + Send> Job for Started<T, F> {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        self.result = Some((self.work)(tx)?);
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        let Self { result, answer, .. } = *self;
        // Nobody may be waiting.
        answer.send(outcome.map(|()| result.unwrap())).ok();
    }
}
