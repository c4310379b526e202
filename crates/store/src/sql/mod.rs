//! The ports in SQL: one text for every engine, a module per noun.
//!
//! [`Reading`] implements [`View`] over an engine; [`Writing`] adds [`Tx`]. Neither opens or ends a transaction.

mod addresses;
mod attributes;
pub(crate) mod codes;
mod conditions;
mod contact_lists;
mod contacts;
mod conversations;
mod deliveries;
mod directory;
mod documents;
mod draft;
mod endpoints;
mod erase;
mod journal;
mod labels;
mod lines;
mod lists;
mod messages;
mod nodes;
mod notifications;
mod numbers;
mod paces;
#[cfg(test)]
mod plans;
mod removals;
mod reports;
mod session_keys;
mod sessions;
mod socket_apps;
mod tallies;
mod teams;
mod timings;
mod tokens;
mod uploads;
mod words;

use std::sync::Arc;

use app::{
    Result,
    deliveries::{Attempt, Delivery, DeliveryState, Notice, Receiver},
    hooks::Endpoint,
    letters::LetterKind,
    nodes::Node,
    pacing::Paced,
    ports::{
        Claim, Closed, ContactKey, ContactPage, ConversationFilter, ConversationRow, Counts,
        EarlyReport, HistoryPage, Lease, MessagePage, MessageSearch, NotificationPage, Owed, Quiet,
        RecentPage, Removed, RemovedInbox, SessionKey, Silence, SocketApp, StoredInbox, Token, Tx,
        Unread, View, With,
    },
    reports::{
        Bucket, Cell, Group, Line, Measure, Scoped, Span, Tally, Timing, TimingPage, observed,
    },
    uploads::Upload,
};
use domain::{
    Account, AccountId, Address, AddressId, Agent, AgentId, AppId, Contact, ContactId,
    Conversation, ConversationId, ConversationStatus, DeliveryId, Direction, Document, DocumentId,
    DocumentKind, EndpointId, Entry, Event, Habits, InboxId, Label, LabelCategory, LabelCategoryId,
    LabelId, Message, MessageId, Notification, NotificationId, Session, Team, TeamId, Timestamp,
    UploadId,
};

use crate::{
    engine::{Columns, Engine, Value},
    ids::Ids,
};

/// The first row that a statement finds.
fn first<T>(
    engine: &impl Engine,
    sql: &'static str,
    values: &[Value<'_>],
    mut read: impl FnMut(&mut Columns<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut found = None;
    engine.rows(sql, values, &mut |row| {
        if found.is_none() {
            found = Some(read(&mut Columns::of(row))?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Every row that a statement finds.
fn all<T>(
    engine: &impl Engine,
    sql: &'static str,
    values: &[Value<'_>],
    mut read: impl FnMut(&mut Columns<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    engine.rows(sql, values, &mut |row| {
        found.push(read(&mut Columns::of(row))?);
        Ok(())
    })?;
    Ok(found)
}

/// A number that a statement finds; 0 if it finds nothing or null.
fn number(engine: &impl Engine, sql: &'static str, values: &[Value<'_>]) -> Result<i64> {
    Ok(first(engine, sql, values, |row| row.maybe_int())?
        .flatten()
        .unwrap_or(0))
}

/// Reads through an engine.
pub(crate) struct Reading<'e, E>(pub(crate) &'e E);

/// Writes through an engine, inside one transaction.
pub(crate) struct Writing<'e, E> {
    reading: Reading<'e, E>,
    state: &'e mut WriterState,
    now: Timestamp,
    /// What was appended since the transaction began.
    pub(crate) entries: Vec<Arc<Entry>>,
    /// How many statements have changed something since the transaction began.
    changes: usize,
}

/// What the one writer remembers between transactions.
pub(crate) struct WriterState {
    /// Makes numbers.
    pub(crate) ids: Ids,
    /// Those up to here are used, or may be.
    pub(crate) reserved: i64,
    /// How many more to reserve at once. None where others write too: then the numbers of all are one series.
    ahead: i64,
    /// The newest entry's number.
    pub(crate) seq: i64,
    /// Accounts that were closed.
    gone: Vec<AccountId>,
}

/// A place in a transaction.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    seq: i64,
    gone: usize,
    entries: usize,
    changes: usize,
}

impl WriterState {
    /// Where the only writer of a store left off.
    pub(crate) fn load(engine: &impl Engine) -> Result<Self> {
        let (reserved, seq, _) = numbers::left_off(engine)?;
        Ok(Self {
            ids: Ids::after(reserved),
            reserved,
            ahead: Ids::AHEAD,
            seq,
            gone: erase::gone(engine)?,
        })
    }

    /// Where the writers of a store left off, for one of several.
    pub(crate) fn load_shared(engine: &impl Engine) -> Result<Self> {
        let state = Self::load(engine)?;
        Ok(Self { ahead: 0, ..state })
    }

    /// Goes on where another writer left off.
    pub(crate) fn catch_up(&mut self, engine: &impl Engine) -> Result<()> {
        let (reserved, seq, gone) = numbers::left_off(engine)?;
        if usize::try_from(gone).ok() != Some(self.gone.len()) {
            self.gone = erase::gone(engine)?;
        }
        // What a transaction made that was not committed is not made again.
        self.ids = Ids::after(reserved.max(self.ids.last()));
        (self.reserved, self.seq) = (reserved, seq);
        Ok(())
    }
}

impl<'e, E: Engine> Writing<'e, E> {
    pub(crate) fn new(engine: &'e E, state: &'e mut WriterState, now: Timestamp) -> Self {
        Self {
            reading: Reading(engine),
            state,
            now,
            entries: Vec::new(),
            changes: 0,
        }
    }

    /// What the transaction must still write before it is committed.
    pub(crate) fn finish(&mut self) -> Result<()> {
        numbers::reserve(self)
    }

    /// Where the transaction is now.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            seq: self.state.seq,
            gone: self.state.gone.len(),
            entries: self.entries.len(),
            changes: self.changes,
        }
    }

    /// Whether anything was changed since then.
    pub(crate) fn has_changed(&self, since: Mark) -> bool {
        self.changes != since.changes
    }

    /// Forgets what happened since then: the engine has.
    pub(crate) fn forget(&mut self, since: Mark) {
        self.state.seq = since.seq;
        self.state.gone.truncate(since.gone);
        self.entries.truncate(since.entries);
        self.changes = since.changes;
    }

    /// Runs a statement and returns how many rows it changed.
    fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize> {
        let changed = self.reading.0.run(sql, values)?;
        self.changes += 1;
        Ok(changed)
    }

    /// Runs a statement that changes what it names, without asking whether it did.
    fn put(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<()> {
        self.reading.0.put(sql, values)?;
        self.changes += 1;
        Ok(())
    }
}

impl<E: Engine> View for Reading<'_, E> {
    fn accounts(&self) -> Result<Vec<Account>> {
        directory::accounts(self.0)
    }
    fn closed_accounts(&self) -> Result<Vec<Closed>> {
        erase::closed(self.0)
    }
    fn list_messages_of_account(&self, account: AccountId, limit: i64) -> Result<Vec<Message>> {
        erase::messages_of(self.0, account, limit)
    }
    fn removed_conversations(&self, limit: i64) -> Result<Vec<Removed>> {
        removals::list(self.0, limit)
    }
    fn agents(&self) -> Result<Vec<Agent>> {
        directory::agents(self.0)
    }
    fn find_agent(&self, account: AccountId, id: AgentId) -> Result<Option<Agent>> {
        directory::find_agent(self.0, account, id)
    }
    fn seats_of(&self, id: AgentId) -> Result<Vec<Agent>> {
        directory::seats_of(self.0, id)
    }
    fn inbox_members(&self) -> Result<Vec<(InboxId, AgentId)>> {
        directory::inbox_members(self.0)
    }
    fn inbox_habits(&self) -> Result<Vec<(InboxId, Habits)>> {
        directory::inbox_habits(self.0)
    }
    fn inbox_bots(&self) -> Result<Vec<(InboxId, AgentId)>> {
        directory::inbox_bots(self.0)
    }
    fn removed_inboxes(&self) -> Result<Vec<RemovedInbox>> {
        removals::inboxes(self.0)
    }
    fn inboxes(&self) -> Result<Vec<StoredInbox>> {
        directory::inboxes(self.0)
    }
    fn labels(&self) -> Result<Vec<Label>> {
        labels::list(self.0)
    }
    fn labels_of(&self, account: AccountId) -> Result<Vec<Label>> {
        labels::list_of(self.0, account)
    }
    fn label_categories_of(&self, account: AccountId) -> Result<Vec<LabelCategory>> {
        labels::categories_of(self.0, account)
    }
    fn teams(&self) -> Result<Vec<Team>> {
        teams::list(self.0)
    }
    fn socket_apps(&self) -> Result<Vec<SocketApp>> {
        socket_apps::list(self.0)
    }
    fn find_password(&self, email: &str) -> Result<Option<(AgentId, String)>> {
        directory::find_password(self.0, email)
    }
    fn find_token(&self, hash: &[u8; 32]) -> Result<Option<Token>> {
        tokens::find(self.0, hash)
    }
    fn find_address(
        &self,
        inbox: InboxId,
        source_id: &str,
    ) -> Result<Option<(Address, Contact, Option<Conversation>)>> {
        addresses::find(self.0, inbox, source_id)
    }
    fn find_address_by_id(&self, id: AddressId) -> Result<Option<(Address, Contact)>> {
        addresses::find_by_id(self.0, id)
    }
    fn find_contact(&self, account: AccountId, id: ContactId) -> Result<Option<Contact>> {
        contacts::find(self.0, account, id)
    }
    fn find_contact_by(&self, account: AccountId, key: ContactKey<'_>) -> Result<Option<Contact>> {
        contacts::find_by(self.0, account, key)
    }
    fn find_contacts(&self, account: AccountId, ids: &[ContactId]) -> Result<Vec<Contact>> {
        contacts::find_all(self.0, account, ids)
    }
    fn last_active(&self, contacts: &[ContactId]) -> Result<Vec<(ContactId, Timestamp)>> {
        contacts::last_active(self.0, contacts)
    }
    fn labels_of_contact(&self, contact: ContactId) -> Result<Vec<LabelId>> {
        contacts::labels_of(self.0, contact)
    }
    fn list_addresses(&self, contact: ContactId) -> Result<Vec<Address>> {
        contacts::addresses_of(self.0, contact)
    }
    fn list_addresses_of(&self, contacts: &[ContactId]) -> Result<Vec<Address>> {
        contacts::addresses_of_all(self.0, contacts)
    }
    fn list_snoozed(&self, now: Timestamp, limit: i64) -> Result<Vec<(AccountId, i64)>> {
        conversations::snoozed(self.0, now, limit)
    }
    fn list_contacts(&self, account: AccountId, page: &ContactPage<'_>) -> Result<Vec<Contact>> {
        contact_lists::list(self.0, account, page)
    }
    fn count_contacts(&self, account: AccountId, page: &ContactPage<'_>) -> Result<i64> {
        contact_lists::count(self.0, account, page)
    }
    fn find_document(&self, account: AccountId, id: DocumentId) -> Result<Option<Document>> {
        documents::find(self.0, account, id)
    }
    fn list_documents(
        &self,
        account: AccountId,
        kind: DocumentKind,
        owner: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Document>> {
        documents::list(self.0, account, kind, owner, limit)
    }
    fn list_conversations_with(&self, with: With, limit: i64) -> Result<Vec<ConversationRow>> {
        conversations::list_with(self.0, with, limit)
    }
    fn find_conversation(
        &self,
        account: AccountId,
        number: i64,
    ) -> Result<Option<ConversationRow>> {
        conversations::find(self.0, account, number)
    }
    fn find_conversation_by_id(&self, id: ConversationId) -> Result<Option<ConversationRow>> {
        conversations::find_by_id(self.0, id)
    }
    fn list_conversations(
        &self,
        account: AccountId,
        filter: &ConversationFilter,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<ConversationRow>> {
        lists::page(self.0, account, filter, limit, offset)
    }
    fn list_quiet(&self, account: AccountId, of: &Silence) -> Result<Vec<Quiet>> {
        conversations::quiet(self.0, account, of)
    }
    fn list_recent(&self, account: AccountId, page: &RecentPage) -> Result<Vec<ConversationRow>> {
        conversations::recent(self.0, account, page)
    }
    fn count_conversations(
        &self,
        account: AccountId,
        filter: &ConversationFilter,
        me: AgentId,
    ) -> Result<Counts> {
        lists::count(self.0, account, filter, me)
    }
    fn count_unread(&self, account: AccountId) -> Result<Vec<Unread>> {
        lists::count_unread(self.0, account)
    }
    fn find_message(&self, id: MessageId) -> Result<Option<Message>> {
        messages::find(self.0, id)
    }
    fn find_messages(
        &self,
        account: AccountId,
        search: &MessageSearch<'_>,
    ) -> Result<Vec<ConversationRow>> {
        words::find(self.0, account, search)
    }
    fn find_message_by_external(
        &self,
        inbox: InboxId,
        direction: Direction,
        external_id: &str,
    ) -> Result<Option<Message>> {
        messages::find_by_external(self.0, inbox, direction, external_id)
    }
    fn find_message_by_client_key(
        &self,
        conversation: ConversationId,
        key: &str,
    ) -> Result<Option<Message>> {
        messages::find_by_client_key(self.0, conversation, key)
    }
    fn list_messages(
        &self,
        conversation: ConversationId,
        page: MessagePage,
    ) -> Result<Vec<Message>> {
        messages::list(self.0, conversation, page)
    }
    fn list_history(
        &self,
        conversation: ConversationId,
        page: &HistoryPage,
    ) -> Result<Vec<Message>> {
        messages::history(self.0, conversation, page)
    }
    fn find_upload(&self, id: UploadId) -> Result<Option<Upload>> {
        uploads::find(self.0, id)
    }
    fn count_uploads(&self, account: AccountId) -> Result<i64> {
        uploads::count(self.0, account)
    }
    fn has_loose_files(&self, before: Timestamp) -> Result<bool> {
        uploads::is_any_due(self.0, before)
    }
    fn find_notification(&self, id: NotificationId) -> Result<Option<Notification>> {
        notifications::find(self.0, id)
    }
    fn find_notification_of(
        &self,
        agent: AgentId,
        conversation: ConversationId,
    ) -> Result<Option<Notification>> {
        notifications::find_of(self.0, agent, conversation)
    }
    fn list_notifications_of(&self, conversation: ConversationId) -> Result<Vec<Notification>> {
        notifications::list_of(self.0, conversation)
    }
    fn list_notifications(
        &self,
        account: AccountId,
        agent: AgentId,
        page: &NotificationPage,
    ) -> Result<Vec<Notification>> {
        notifications::list(self.0, (account, agent), page)
    }
    fn list_notified(
        &self,
        account: AccountId,
        agent: AgentId,
        page: &NotificationPage,
    ) -> Result<Vec<(Notification, ConversationRow)>> {
        notifications::list_notified(self.0, (account, agent), page)
    }
    fn count_notifications(
        &self,
        account: AccountId,
        agent: AgentId,
        page: &NotificationPage,
    ) -> Result<i64> {
        notifications::count(self.0, (account, agent), page)
    }
    fn list_snoozed_notifications(&self, now: Timestamp, limit: i64) -> Result<Vec<Notification>> {
        notifications::snoozed(self.0, now, limit)
    }
    fn list_tallies(
        &self,
        account: AccountId,
        measure: Measure,
        of: &Scoped,
    ) -> Result<Vec<Bucket>> {
        tallies::list(self.0, account, measure, of)
    }
    fn list_begun(&self, account: AccountId, of: &Scoped) -> Result<Vec<Bucket>> {
        tallies::begun(self.0, account, of)
    }
    fn sum_tallies(
        &self,
        account: AccountId,
        measure: Measure,
        by: Group,
        span: Span,
    ) -> Result<Vec<Line>> {
        lines::of_tallies(self.0, account, measure, by, span)
    }
    fn sum_begun(&self, account: AccountId, by: Group, span: Span) -> Result<Vec<Line>> {
        lines::of_begun(self.0, account, by, span)
    }
    fn count_by_status(
        &self,
        account: AccountId,
        span: Span,
    ) -> Result<Vec<Cell<ConversationStatus>>> {
        lines::by_status(self.0, account, span)
    }
    fn count_by_label(&self, account: AccountId, span: Span) -> Result<Vec<Cell<LabelId>>> {
        lines::by_label(self.0, account, span)
    }
    fn count_first_responses(&self, account: AccountId, span: Span) -> Result<Vec<Cell<usize>>> {
        lines::first_responses(self.0, account, span)
    }
    fn list_timings(&self, account: AccountId, page: &TimingPage) -> Result<Vec<Timing>> {
        timings::list(self.0, account, page)
    }
    fn count_timings(&self, account: AccountId, page: &TimingPage) -> Result<i64> {
        timings::count(self.0, account, page)
    }
    fn list_timings_of(&self, account: AccountId, number: i64) -> Result<Vec<Timing>> {
        timings::of(self.0, account, number)
    }
    fn sessions(&self) -> Result<Vec<Session>> {
        sessions::list(self.0)
    }
    fn find_session(&self, inbox: InboxId) -> Result<Option<Session>> {
        sessions::find(self.0, inbox)
    }
    fn find_pace(&self, inbox: InboxId) -> Result<Option<Paced>> {
        paces::find(self.0, inbox)
    }
    fn find_session_key(&self, inbox: InboxId, kind: &str, key: &str) -> Result<Option<String>> {
        session_keys::find(self.0, inbox, kind, key)
    }
    fn list_session_keys(
        &self,
        inbox: InboxId,
        kind: &str,
        from: &str,
        limit: i64,
    ) -> Result<Vec<(String, String)>> {
        session_keys::list(self.0, inbox, kind, from, limit)
    }
    fn find_kept(&self, keeper: &str, name: &str) -> Result<Option<String>> {
        sessions::find_kept(self.0, keeper, name)
    }
    fn list_kept(&self, keeper: &str, limit: i64) -> Result<Vec<(String, String)>> {
        sessions::list_kept(self.0, keeper, limit)
    }
    fn endpoints(&self) -> Result<Vec<Endpoint>> {
        endpoints::list(self.0)
    }
    fn find_endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>> {
        endpoints::find(self.0, id)
    }
    fn find_delivery(&self, id: DeliveryId) -> Result<Option<Delivery>> {
        deliveries::find(self.0, id)
    }
    fn list_deliveries(
        &self,
        to: Receiver,
        state: Option<DeliveryState>,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        deliveries::list(self.0, to, state, before, limit)
    }
    fn list_open_deliveries(&self, inbox: InboxId, limit: i64) -> Result<Vec<Delivery>> {
        deliveries::list_open(self.0, inbox, limit)
    }
    fn count_open_deliveries(&self, to: Receiver) -> Result<i64> {
        deliveries::count_open(self.0, to)
    }
    fn count_letters(
        &self,
        account: AccountId,
        kind: LetterKind,
        lane: Option<i64>,
        since: Timestamp,
    ) -> Result<i64> {
        deliveries::count_letters(self.0, account, kind, lane, since)
    }
    fn find_gathering(
        &self,
        to: Receiver,
        event: &str,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Option<(DeliveryId, Notice)>> {
        deliveries::find_gathering(self.0, to, event, after, until)
    }
    fn list_attempts(&self, delivery: DeliveryId) -> Result<Vec<Attempt>> {
        deliveries::attempts(self.0, delivery)
    }
    fn receivers_due(&self, now: Timestamp) -> Result<Vec<Receiver>> {
        deliveries::receivers_due(self.0, now)
    }
    fn is_due(&self, to: Receiver, now: Timestamp) -> Result<bool> {
        deliveries::any_due(self.0, to, now)
    }
    fn next_delivery_at(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        deliveries::next_at(self.0, now)
    }
    fn count_owed(&self, now: Timestamp) -> Result<Owed> {
        deliveries::owed(self.0, now)
    }
    fn find_cursor(&self, reader: &str) -> Result<Option<i64>> {
        journal::find_cursor(self.0, reader)
    }
    fn has_unindexed_messages(&self) -> Result<bool> {
        words::is_behind(self.0)
    }
    fn nodes(&self) -> Result<Vec<Node>> {
        nodes::list(self.0)
    }
    fn journal_at(&self, time: Timestamp) -> Result<i64> {
        journal::at(self.0, time)
    }
    fn journal_head(&self) -> Result<i64> {
        journal::head(self.0)
    }
    fn read_journal(&self, after: i64, limit: i64) -> Result<Vec<Entry>> {
        journal::read(self.0, after, limit)
    }
}

/// A transaction reads as a view does, and sees what it wrote.
macro_rules! read_through {
    ($($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*) => {
        impl<E: Engine> View for Writing<'_, E> {
            $(fn $name(&self, $($arg: $type),*) -> Result<$out> {
                self.reading.$name($($arg),*)
            })*
        }
    };
}

read_through! {
    accounts() -> Vec<Account>;
    closed_accounts() -> Vec<Closed>;
    list_messages_of_account(account: AccountId, limit: i64) -> Vec<Message>;
    removed_conversations(limit: i64) -> Vec<Removed>;
    agents() -> Vec<Agent>;
    find_agent(account: AccountId, id: AgentId) -> Option<Agent>;
    seats_of(id: AgentId) -> Vec<Agent>;
    inbox_members() -> Vec<(InboxId, AgentId)>;
    inbox_habits() -> Vec<(InboxId, Habits)>;
    inbox_bots() -> Vec<(InboxId, AgentId)>;
    removed_inboxes() -> Vec<RemovedInbox>;
    inboxes() -> Vec<StoredInbox>;
    labels() -> Vec<Label>;
    labels_of(account: AccountId) -> Vec<Label>;
    label_categories_of(account: AccountId) -> Vec<LabelCategory>;
    teams() -> Vec<Team>;
    socket_apps() -> Vec<SocketApp>;
    find_password(email: &str) -> Option<(AgentId, String)>;
    find_token(hash: &[u8; 32]) -> Option<Token>;
    find_address(inbox: InboxId, source_id: &str) -> Option<(Address, Contact, Option<Conversation>)>;
    find_address_by_id(id: AddressId) -> Option<(Address, Contact)>;
    find_contact(account: AccountId, id: ContactId) -> Option<Contact>;
    find_contact_by(account: AccountId, key: ContactKey<'_>) -> Option<Contact>;
    list_addresses(contact: ContactId) -> Vec<Address>;
    list_addresses_of(contacts: &[ContactId]) -> Vec<Address>;
    find_contacts(account: AccountId, ids: &[ContactId]) -> Vec<Contact>;
    last_active(contacts: &[ContactId]) -> Vec<(ContactId, Timestamp)>;
    labels_of_contact(contact: ContactId) -> Vec<LabelId>;
    list_snoozed(now: Timestamp, limit: i64) -> Vec<(AccountId, i64)>;
    list_contacts(account: AccountId, page: &ContactPage<'_>) -> Vec<Contact>;
    count_contacts(account: AccountId, page: &ContactPage<'_>) -> i64;
    find_document(account: AccountId, id: DocumentId) -> Option<Document>;
    list_documents(account: AccountId, kind: DocumentKind, owner: Option<i64>, limit: i64)
        -> Vec<Document>;
    find_conversation(account: AccountId, number: i64) -> Option<ConversationRow>;
    list_conversations_with(with: With, limit: i64) -> Vec<ConversationRow>;
    find_conversation_by_id(id: ConversationId) -> Option<ConversationRow>;
    list_conversations(account: AccountId, filter: &ConversationFilter, limit: i64, offset: i64)
        -> Vec<ConversationRow>;
    list_quiet(account: AccountId, of: &Silence) -> Vec<Quiet>;
    list_recent(account: AccountId, page: &RecentPage) -> Vec<ConversationRow>;
    count_conversations(account: AccountId, filter: &ConversationFilter, me: AgentId) -> Counts;
    count_unread(account: AccountId) -> Vec<Unread>;
    find_message(id: MessageId) -> Option<Message>;
    find_messages(account: AccountId, search: &MessageSearch<'_>) -> Vec<ConversationRow>;
    find_message_by_external(inbox: InboxId, direction: Direction, external_id: &str)
        -> Option<Message>;
    find_message_by_client_key(conversation: ConversationId, key: &str) -> Option<Message>;
    list_messages(conversation: ConversationId, page: MessagePage) -> Vec<Message>;
    list_history(conversation: ConversationId, page: &HistoryPage) -> Vec<Message>;
    find_upload(id: UploadId) -> Option<Upload>;
    count_uploads(account: AccountId) -> i64;
    has_loose_files(before: Timestamp) -> bool;
    find_notification(id: NotificationId) -> Option<Notification>;
    find_notification_of(agent: AgentId, conversation: ConversationId) -> Option<Notification>;
    list_notifications_of(conversation: ConversationId) -> Vec<Notification>;
    list_notifications(account: AccountId, agent: AgentId, page: &NotificationPage)
        -> Vec<Notification>;
    list_notified(account: AccountId, agent: AgentId, page: &NotificationPage)
        -> Vec<(Notification, ConversationRow)>;
    count_notifications(account: AccountId, agent: AgentId, page: &NotificationPage) -> i64;
    list_snoozed_notifications(now: Timestamp, limit: i64) -> Vec<Notification>;
    list_tallies(account: AccountId, measure: Measure, of: &Scoped) -> Vec<Bucket>;
    list_begun(account: AccountId, of: &Scoped) -> Vec<Bucket>;
    sum_tallies(account: AccountId, measure: Measure, by: Group, span: Span) -> Vec<Line>;
    sum_begun(account: AccountId, by: Group, span: Span) -> Vec<Line>;
    count_by_status(account: AccountId, span: Span) -> Vec<Cell<ConversationStatus>>;
    count_by_label(account: AccountId, span: Span) -> Vec<Cell<LabelId>>;
    count_first_responses(account: AccountId, span: Span) -> Vec<Cell<usize>>;
    list_timings(account: AccountId, page: &TimingPage) -> Vec<Timing>;
    count_timings(account: AccountId, page: &TimingPage) -> i64;
    list_timings_of(account: AccountId, number: i64) -> Vec<Timing>;
    sessions() -> Vec<Session>;
    find_session(inbox: InboxId) -> Option<Session>;
    find_pace(inbox: InboxId) -> Option<Paced>;
    find_session_key(inbox: InboxId, kind: &str, key: &str) -> Option<String>;
    list_session_keys(inbox: InboxId, kind: &str, from: &str, limit: i64)
        -> Vec<(String, String)>;
    find_kept(keeper: &str, name: &str) -> Option<String>;
    list_kept(keeper: &str, limit: i64) -> Vec<(String, String)>;
    endpoints() -> Vec<Endpoint>;
    find_endpoint(id: EndpointId) -> Option<Endpoint>;
    find_delivery(id: DeliveryId) -> Option<Delivery>;
    list_deliveries(to: Receiver, state: Option<DeliveryState>, before: Option<DeliveryId>, limit: i64)
        -> Vec<Delivery>;
    list_open_deliveries(inbox: InboxId, limit: i64) -> Vec<Delivery>;
    count_open_deliveries(to: Receiver) -> i64;
    count_letters(account: AccountId, kind: LetterKind, lane: Option<i64>, since: Timestamp) -> i64;
    find_gathering(to: Receiver, event: &str, after: Timestamp, until: Timestamp)
        -> Option<(DeliveryId, Notice)>;
    list_attempts(delivery: DeliveryId) -> Vec<Attempt>;
    receivers_due(now: Timestamp) -> Vec<Receiver>;
    is_due(to: Receiver, now: Timestamp) -> bool;
    next_delivery_at(now: Timestamp) -> Option<Timestamp>;
    count_owed(now: Timestamp) -> Owed;
    find_cursor(reader: &str) -> Option<i64>;
    has_unindexed_messages() -> bool;
    nodes() -> Vec<Node>;
    journal_at(time: Timestamp) -> i64;
    journal_head() -> i64;
    read_journal(after: i64, limit: i64) -> Vec<Entry>;
}

impl<E: Engine> Tx for Writing<'_, E> {
    fn now(&self) -> Timestamp {
        self.now
    }
    fn new_id(&mut self) -> i64 {
        self.state.ids.next(self.now)
    }
    fn tally(&mut self, account: AccountId, tally: &Tally) -> Result<()> {
        tallies::add(self, account, tally)
    }
    fn append(&mut self, account: AccountId, event: Event) -> Result<()> {
        for tally in observed(&event) {
            tallies::add(self, account, &tally)?;
        }
        journal::append(self, account, event)
    }
    fn insert_account(&mut self, name: &str) -> Result<Account> {
        directory::insert_account(self, name)
    }
    fn update_account(&mut self, account: &Account) -> Result<()> {
        directory::update_account(self, account)
    }
    fn remove_account(&mut self, id: AccountId) -> Result<()> {
        erase::close(self, id)
    }
    fn erase(&mut self, account: AccountId, limit: i64) -> Result<usize> {
        erase::rows(self, account, limit)
    }
    fn erase_messages(&mut self, ids: &[MessageId]) -> Result<()> {
        erase::messages(self, ids)
    }
    fn erase_seat(&mut self, account: AccountId, id: AgentId) -> Result<()> {
        erase::seat(self, account, id)
    }
    fn erase_agent(&mut self, id: AgentId) -> Result<()> {
        erase::agent(self, id)
    }
    fn erase_entries(&mut self, account: AccountId, after: i64, until: i64) -> Result<()> {
        erase::entries(self, account, after, until)
    }
    fn end_erasing(&mut self, account: AccountId) -> Result<()> {
        erase::end(self, account)
    }
    fn remove_conversation(&mut self, conversation: &Conversation) -> Result<()> {
        removals::remove(self, conversation)
    }
    fn replace_entries(&mut self, of: &[ConversationId], after: i64, until: i64) -> Result<()> {
        journal::replace(self, of, after, until)
    }
    fn end_removing(&mut self, removed: &Removed) -> Result<()> {
        removals::end(self, removed)
    }
    fn next_conversation_number(&mut self, account: AccountId) -> Result<i64> {
        directory::next_conversation_number(self, account)
    }
    fn insert_agent(&mut self, agent: &Agent, password_hash: &str) -> Result<AgentId> {
        directory::insert_agent(self, agent, password_hash)
    }
    fn update_agent(&mut self, agent: &Agent) -> Result<()> {
        directory::update_agent(self, agent)
    }
    fn set_password(&mut self, id: AgentId, password_hash: &str) -> Result<()> {
        directory::set_password(self, id, password_hash)
    }
    fn delete_seat(&mut self, account: AccountId, id: AgentId) -> Result<()> {
        directory::delete_seat(self, account, id)
    }
    fn remove_agent(&mut self, id: AgentId) -> Result<()> {
        directory::remove_agent(self, id)
    }
    fn remove_inbox(&mut self, id: InboxId) -> Result<()> {
        removals::remove_inbox(self, id)
    }
    fn erase_inbox(&mut self, id: InboxId, limit: i64) -> Result<usize> {
        erase::inbox(self, id, limit)
    }
    fn end_removing_inbox(&mut self, id: InboxId) -> Result<()> {
        removals::end_inbox(self, id)
    }
    fn set_inbox_members(&mut self, inbox: InboxId, members: &[AgentId]) -> Result<()> {
        directory::set_inbox_members(self, inbox, members)
    }
    fn set_inbox_habits(&mut self, inbox: InboxId, habits: &Habits) -> Result<()> {
        directory::set_inbox_habits(self, inbox, habits)
    }
    fn set_inbox_bot(&mut self, inbox: InboxId, bot: Option<AgentId>) -> Result<()> {
        directory::set_inbox_bot(self, inbox, bot)
    }
    fn insert_inbox(&mut self, inbox: &StoredInbox) -> Result<InboxId> {
        directory::insert_inbox(self, inbox)
    }
    fn update_inbox(&mut self, inbox: &StoredInbox) -> Result<()> {
        directory::update_inbox(self, inbox)
    }
    fn insert_label(&mut self, label: &Label) -> Result<LabelId> {
        labels::insert(self, label)
    }
    fn update_label(&mut self, label: &Label) -> Result<()> {
        labels::update(self, label)
    }
    fn remove_label(&mut self, id: LabelId) -> Result<()> {
        labels::remove(self, id)
    }
    fn insert_label_category(
        &mut self,
        account: AccountId,
        name: &str,
        sort: i64,
    ) -> Result<LabelCategoryId> {
        labels::insert_category(self, account, name, sort)
    }
    fn update_label_category(&mut self, category: &LabelCategory) -> Result<()> {
        labels::update_category(self, category)
    }
    fn insert_team(&mut self, team: &Team) -> Result<TeamId> {
        teams::insert(self, team)
    }
    fn update_team(&mut self, team: &Team) -> Result<()> {
        teams::update(self, team)
    }
    fn remove_team(&mut self, id: TeamId) -> Result<()> {
        teams::remove(self, id)
    }
    fn insert_socket_app(&mut self, app: &SocketApp) -> Result<AppId> {
        socket_apps::insert(self, app)
    }
    fn update_socket_app(&mut self, app: &SocketApp) -> Result<()> {
        socket_apps::update(self, app)
    }
    fn delete_socket_app(&mut self, id: AppId) -> Result<()> {
        socket_apps::delete(self, id)
    }
    fn insert_token(&mut self, token: &Token) -> Result<()> {
        tokens::insert(self, token)
    }
    fn delete_tokens(&mut self, pair: i64) -> Result<bool> {
        tokens::delete(self, pair)
    }
    fn delete_tokens_of(&mut self, agent: AgentId) -> Result<()> {
        tokens::delete_of(self, agent)
    }
    fn delete_expired_tokens(&mut self) -> Result<()> {
        tokens::delete_expired(self)
    }
    fn count_token_make(&mut self, agent: AgentId, client: &str, day: i64) -> Result<i64> {
        tokens::count_make(self, agent, client, day)
    }
    fn insert_contact(&mut self, contact: &Contact) -> Result<()> {
        contacts::insert(self, contact)
    }
    fn update_contact(&mut self, contact: &Contact) -> Result<()> {
        contacts::update(self, contact)
    }
    fn label_contact(&mut self, contact: ContactId, labels: &[LabelId]) -> Result<()> {
        contacts::label(self, contact, labels)
    }
    fn insert_document(&mut self, document: &Document) -> Result<()> {
        documents::insert(self, document)
    }
    fn update_document(&mut self, document: &Document) -> Result<()> {
        documents::update(self, document)
    }
    fn delete_document(&mut self, id: DocumentId) -> Result<()> {
        documents::delete(self, id)
    }
    fn move_contact(&mut self, from: ContactId, to: ContactId) -> Result<()> {
        contacts::relocate(self, from, to)
    }
    fn delete_contact(&mut self, id: ContactId) -> Result<()> {
        contacts::delete(self, id)
    }
    fn insert_address(&mut self, address: &Address) -> Result<()> {
        contacts::insert_address(self, address)
    }
    fn update_address(&mut self, address: &Address) -> Result<()> {
        contacts::update_address(self, address)
    }
    fn insert_conversation(&mut self, conversation: &Conversation) -> Result<()> {
        conversations::insert(self, conversation)
    }
    fn update_conversation(&mut self, conversation: &Conversation) -> Result<()> {
        conversations::update(self, conversation)
    }
    fn label_conversation(&mut self, conversation: &Conversation) -> Result<()> {
        labels::put_on(self, conversation)
    }
    fn describe_conversation(&mut self, conversation: &Conversation) -> Result<()> {
        conversations::describe(self, conversation)
    }
    fn insert_message(&mut self, message: &Message) -> Result<bool> {
        messages::insert(self, message)
    }
    fn update_message(&mut self, message: &Message) -> Result<()> {
        messages::update(self, message)
    }
    fn put_upload(&mut self, upload: &Upload) -> Result<()> {
        uploads::put(self, upload)
    }
    fn delete_upload(&mut self, id: UploadId) -> Result<()> {
        uploads::delete(self, id)
    }
    fn discard_file(&mut self, account: AccountId, key: &str) -> Result<()> {
        uploads::discard(self, account, key)
    }
    fn let_go_of_files(
        &mut self,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<(UploadId, String)>> {
        uploads::let_go(self, before, limit)
    }
    fn put_notification(&mut self, notification: &Notification) -> Result<()> {
        notifications::put(self, notification)
    }
    fn delete_notification(&mut self, id: NotificationId) -> Result<()> {
        notifications::delete(self, id)
    }
    fn read_notifications(&mut self, account: AccountId, agent: AgentId) -> Result<()> {
        notifications::read_all(self, account, agent)
    }
    fn delete_notifications_of(&mut self, account: AccountId, agent: AgentId) -> Result<()> {
        notifications::delete_all(self, account, agent)
    }
    fn put_participants(&mut self, conversation: &Conversation) -> Result<()> {
        notifications::put_participants(self, conversation)
    }
    fn name_in(&mut self, agent: AgentId, conversation: ConversationId) -> Result<()> {
        notifications::name(self, agent, conversation)
    }
    fn put_session(&mut self, session: &Session) -> Result<()> {
        sessions::put(self, session)
    }
    fn put_pace(&mut self, paced: &Paced) -> Result<()> {
        paces::put(self, paced)
    }
    fn put_session_key(&mut self, key: &SessionKey) -> Result<()> {
        session_keys::put(self, key)
    }
    fn delete_session_key(&mut self, inbox: InboxId, kind: &str, key: &str) -> Result<()> {
        session_keys::delete(self, inbox, kind, key)
    }
    fn expire_session_keys(&mut self, inbox: InboxId, kind: &str, before: i64) -> Result<usize> {
        session_keys::expire(self, inbox, kind, before)
    }
    fn delete_session_keys(&mut self, inbox: InboxId) -> Result<()> {
        session_keys::delete_all(self, inbox)
    }
    fn keep(&mut self, keeper: &str, name: &str, value: Option<&str>) -> Result<()> {
        sessions::keep(self, keeper, name, value)
    }
    fn forget_kept(&mut self, keeper: &str) -> Result<()> {
        sessions::forget_kept(self, keeper)
    }
    fn insert_endpoint(&mut self, endpoint: &Endpoint) -> Result<EndpointId> {
        endpoints::insert(self, endpoint)
    }
    fn update_endpoint(&mut self, endpoint: &Endpoint) -> Result<()> {
        endpoints::update(self, endpoint)
    }
    fn delete_endpoint(&mut self, id: EndpointId) -> Result<()> {
        endpoints::delete(self, id)
    }
    fn insert_delivery(&mut self, delivery: &Delivery) -> Result<()> {
        deliveries::insert(self, delivery)
    }
    fn change_notice(&mut self, id: DeliveryId, told: &Notice) -> Result<()> {
        deliveries::change_notice(self, id, told)
    }
    fn claim_deliveries(&mut self, claim: &Claim, lease: &Lease) -> Result<Vec<Delivery>> {
        deliveries::claim(self, claim, lease)
    }
    fn release_deliveries(&mut self, owner: i64) -> Result<()> {
        deliveries::release(self, owner)
    }
    fn settle_delivery(&mut self, delivery: &Delivery) -> Result<()> {
        deliveries::settle(self, delivery)
    }
    fn end_deliveries_of(&mut self, message: MessageId) -> Result<()> {
        deliveries::end_of(self, message)
    }
    fn hasten_deliveries(&mut self, to: Receiver) -> Result<()> {
        deliveries::hasten(self, to)
    }
    fn replay_delivery(&mut self, delivery: &Delivery) -> Result<()> {
        deliveries::replay(self, delivery)
    }
    fn replay_dead_deliveries(&mut self, to: Receiver, since: Timestamp) -> Result<usize> {
        deliveries::replay_dead(self, to, since)
    }
    fn sweep_deliveries(
        &mut self,
        done: Timestamp,
        others: Timestamp,
        limit: i64,
    ) -> Result<usize> {
        deliveries::sweep(self, done, others, limit)
    }
    fn insert_attempt(&mut self, attempt: &Attempt) -> Result<()> {
        deliveries::insert_attempt(self, attempt)
    }
    fn put_node(&mut self, node: &Node) -> Result<()> {
        nodes::put(self, node)
    }
    fn delete_node(&mut self, id: i64) -> Result<()> {
        nodes::delete(self, id)
    }
    fn set_cursor(&mut self, reader: &str, seq: i64) -> Result<()> {
        journal::set_cursor(self, reader, seq)
    }
    fn index_messages(&mut self, limit: i64) -> Result<bool> {
        words::index(self, limit)
    }
    fn insert_early_report(
        &mut self,
        inbox: InboxId,
        external_id: &str,
        report: &EarlyReport,
    ) -> Result<()> {
        reports::insert(self, inbox, external_id, report)
    }
    fn take_early_reports(
        &mut self,
        inbox: InboxId,
        external_id: &str,
    ) -> Result<Vec<EarlyReport>> {
        reports::take(self, inbox, external_id)
    }
}
