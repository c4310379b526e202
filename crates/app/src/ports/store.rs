//! The port to the store: reads ([`View`]), writes ([`Tx`]) and the queue in front of the one writer ([`Store`]).
//!
//! All methods are synchronous: a use case has no await point, so it cannot interleave with another or be
//! cancelled half-way.

use domain::{
    Account, AccountId, Address, AddressId, Agent, AgentId, AppId, Contact, ContactId,
    Conversation, ConversationId, ConversationStatus, DeliveryId, Direction, Document, DocumentId,
    DocumentKind, EndpointId, Entry, Event, Habits, InboxId, Label, LabelCategory, LabelCategoryId,
    LabelId, Message, MessageId, Notification, NotificationId, Session, Team, TeamId, Timestamp,
    UploadId,
};

use super::{
    rows::{
        Claim, Closed, ContactKey, ConversationRow, Counts, EarlyReport, HistoryPage, Lease,
        MessagePage, NotificationPage, Owed, Quiet, RecentPage, Removed, RemovedInbox, SessionKey,
        Silence, SocketApp, StoredInbox, Token, Unread, With,
    },
    wanted::{ContactPage, ConversationFilter, MessageSearch},
};
use crate::{
    Error, Result,
    deliveries::{Attempt, Delivery, DeliveryState, Notice, Receiver},
    hooks::Endpoint,
    letters::LetterKind,
    nodes::Node,
    pacing::Paced,
    reports::{Bucket, Cell, Group, Line, Measure, Scoped, Span, Tally, Timing, TimingPage},
    uploads::Upload,
};

/// Reads. Absence is `None`, not an error.
pub trait View {
    /// Every account that is not closed.
    fn accounts(&self) -> Result<Vec<Account>>;
    /// Accounts that are closed and not wholly erased.
    fn closed_accounts(&self) -> Result<Vec<Closed>>;
    /// Some of the messages of an account, those of its first conversations.
    fn list_messages_of_account(&self, account: AccountId, limit: i64) -> Result<Vec<Message>>;
    /// Conversations that are removed and not wholly erased, the oldest first.
    fn removed_conversations(&self, limit: i64) -> Result<Vec<Removed>>;
    /// Every agent, by their numbers and those of the accounts that they work for: once for each, and once if for none.
    fn agents(&self) -> Result<Vec<Agent>>;
    /// An agent of an account.
    fn find_agent(&self, account: AccountId, id: AgentId) -> Result<Option<Agent>>;
    /// A person, once for each account that they work for, by its number; once if for none, and never if removed.
    fn seats_of(&self, id: AgentId) -> Result<Vec<Agent>>;
    /// Who answers in which inbox, by their numbers.
    fn inbox_members(&self) -> Result<Vec<(InboxId, AgentId)>>;
    /// What inboxes do by themselves, by their numbers, where it was ever said.
    fn inbox_habits(&self) -> Result<Vec<(InboxId, Habits)>>;
    /// Which program answers first in which inbox, by the inboxes' numbers.
    fn inbox_bots(&self) -> Result<Vec<(InboxId, AgentId)>>;
    /// Inboxes that are removed and not wholly erased.
    fn removed_inboxes(&self) -> Result<Vec<RemovedInbox>>;
    /// Every inbox that is not removed.
    fn inboxes(&self) -> Result<Vec<StoredInbox>>;
    /// Every label.
    fn labels(&self) -> Result<Vec<Label>>;
    /// The labels of an account.
    fn labels_of(&self, account: AccountId) -> Result<Vec<Label>>;
    /// The groups of an account's labels.
    fn label_categories_of(&self, account: AccountId) -> Result<Vec<LabelCategory>>;
    /// Every team.
    fn teams(&self) -> Result<Vec<Team>>;
    /// Every socket application.
    fn socket_apps(&self) -> Result<Vec<SocketApp>>;
    /// An agent's password hash, by e-mail address in lower case.
    fn find_password(&self, email: &str) -> Result<Option<(AgentId, String)>>;
    /// A stored token.
    fn find_token(&self, hash: &[u8; 32]) -> Result<Option<Token>>;

    /// Who an address is, and the conversation with it.
    fn find_address(
        &self,
        inbox: InboxId,
        source_id: &str,
    ) -> Result<Option<(Address, Contact, Option<Conversation>)>>;
    /// An address by its number.
    fn find_address_by_id(&self, id: AddressId) -> Result<Option<(Address, Contact)>>;
    /// A contact.
    fn find_contact(&self, account: AccountId, id: ContactId) -> Result<Option<Contact>>;
    /// The oldest contact of an account with this key.
    fn find_contact_by(&self, account: AccountId, key: ContactKey<'_>) -> Result<Option<Contact>>;
    /// A page of an account's contacts.
    fn list_contacts(&self, account: AccountId, page: &ContactPage<'_>) -> Result<Vec<Contact>>;
    /// How many contacts the whole list has.
    fn count_contacts(&self, account: AccountId, page: &ContactPage<'_>) -> Result<i64>;
    /// These contacts of an account, in the order of their numbers; who is not there is left out.
    fn find_contacts(&self, account: AccountId, ids: &[ContactId]) -> Result<Vec<Contact>>;
    /// When something last happened in the newest conversations with each of several contacts, at most 100 of each. Who
    /// has none is left out.
    fn last_active(&self, contacts: &[ContactId]) -> Result<Vec<(ContactId, Timestamp)>>;
    /// What a contact is labeled with, in the order of the labels' numbers.
    fn labels_of_contact(&self, contact: ContactId) -> Result<Vec<LabelId>>;
    /// A document.
    fn find_document(&self, account: AccountId, id: DocumentId) -> Result<Option<Document>>;
    /// Documents of a kind and an owner, or of nobody, oldest first.
    fn list_documents(
        &self,
        account: AccountId,
        kind: DocumentKind,
        owner: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Document>>;
    /// The addresses of a contact, oldest first, at most 100.
    fn list_addresses(&self, contact: ContactId) -> Result<Vec<Address>>;
    /// The same of each of several contacts, one contact's after the other's.
    fn list_addresses_of(&self, contacts: &[ContactId]) -> Result<Vec<Address>>;
    /// The newest conversations with somebody, newest first.
    fn list_conversations_with(&self, with: With, limit: i64) -> Result<Vec<ConversationRow>>;
    /// A conversation by its number in the account, with its newest message.
    fn find_conversation(&self, account: AccountId, number: i64)
    -> Result<Option<ConversationRow>>;
    /// A conversation by its id, with its newest message.
    fn find_conversation_by_id(&self, id: ConversationId) -> Result<Option<ConversationRow>>;
    /// Conversations that were put off until a time that has come, by account and number.
    fn list_snoozed(&self, now: Timestamp, limit: i64) -> Result<Vec<(AccountId, i64)>>;
    /// Open conversations of an account in which nothing has happened.
    fn list_quiet(&self, account: AccountId, of: &Silence) -> Result<Vec<Quiet>>;
    /// A page of conversations, in the filter's order.
    fn list_conversations(
        &self,
        account: AccountId,
        filter: &ConversationFilter,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<ConversationRow>>;
    /// A page of conversations, the latest active first, from a place in the list.
    fn list_recent(&self, account: AccountId, page: &RecentPage) -> Result<Vec<ConversationRow>>;
    /// The counts for a filter, whatever it says of assignees.
    fn count_conversations(
        &self,
        account: AccountId,
        filter: &ConversationFilter,
        me: AgentId,
    ) -> Result<Counts>;

    /// How many open conversations of an account have something unseen, of each sort that there are any of.
    fn count_unread(&self, account: AccountId) -> Result<Vec<Unread>>;

    /// A message.
    fn find_message(&self, id: MessageId) -> Result<Option<Message>>;
    /// The newest messages of an account that have these words, each in its conversation, in the place of its newest
    /// message.
    fn find_messages(
        &self,
        account: AccountId,
        search: &MessageSearch<'_>,
    ) -> Result<Vec<ConversationRow>>;
    /// A message by its network id.
    fn find_message_by_external(
        &self,
        inbox: InboxId,
        direction: Direction,
        external_id: &str,
    ) -> Result<Option<Message>>;
    /// A message by its client's key.
    fn find_message_by_client_key(
        &self,
        conversation: ConversationId,
        key: &str,
    ) -> Result<Option<Message>>;
    /// A page of a conversation's messages.
    fn list_messages(
        &self,
        conversation: ConversationId,
        page: MessagePage,
    ) -> Result<Vec<Message>>;
    /// A page of a conversation's history, in the order of the way.
    ///
    /// With a time, a message that came more than a day from when it was written may be left out: it is found by
    /// its place only.
    fn list_history(
        &self,
        conversation: ConversationId,
        page: &HistoryPage,
    ) -> Result<Vec<Message>>;

    /// A file that was uploaded, or announced, and that no message has.
    fn find_upload(&self, id: UploadId) -> Result<Option<Upload>>;
    /// How many of these an account has.
    fn count_uploads(&self, account: AccountId) -> Result<i64>;
    /// Whether there are files to be forgotten: uploads from before a time, or what somebody has let go of.
    fn has_loose_files(&self, before: Timestamp) -> Result<bool>;

    /// A notification.
    fn find_notification(&self, id: NotificationId) -> Result<Option<Notification>>;
    /// An agent's notification of a conversation.
    fn find_notification_of(
        &self,
        agent: AgentId,
        conversation: ConversationId,
    ) -> Result<Option<Notification>>;
    /// Everybody's notifications of a conversation.
    fn list_notifications_of(&self, conversation: ConversationId) -> Result<Vec<Notification>>;
    /// A page of an agent's notifications of an account.
    fn list_notifications(
        &self,
        account: AccountId,
        agent: AgentId,
        page: &NotificationPage,
    ) -> Result<Vec<Notification>>;
    /// The same, each with its conversation, in which what was said takes the place of the newest message.
    fn list_notified(
        &self,
        account: AccountId,
        agent: AgentId,
        page: &NotificationPage,
    ) -> Result<Vec<(Notification, ConversationRow)>>;
    /// How many notifications the whole list has.
    fn count_notifications(
        &self,
        account: AccountId,
        agent: AgentId,
        page: &NotificationPage,
    ) -> Result<i64>;
    /// Notifications that were put off until a time that has come.
    fn list_snoozed_notifications(&self, now: Timestamp, limit: i64) -> Result<Vec<Notification>>;

    /// What was tallied of a measure, by quarters of an hour in which there was any, in order.
    fn list_tallies(
        &self,
        account: AccountId,
        measure: Measure,
        of: &Scoped,
    ) -> Result<Vec<Bucket>>;
    /// The same for the conversations that began, by what they are now.
    fn list_begun(&self, account: AccountId, of: &Scoped) -> Result<Vec<Bucket>>;
    /// What was tallied of a measure, a line for each of whom or what there was any.
    fn sum_tallies(
        &self,
        account: AccountId,
        measure: Measure,
        by: Group,
        span: Span,
    ) -> Result<Vec<Line>>;
    /// The same for the conversations that began, by what they are now.
    fn sum_begun(&self, account: AccountId, by: Group, span: Span) -> Result<Vec<Line>>;
    /// How many of the conversations that began have which status now.
    fn count_by_status(
        &self,
        account: AccountId,
        span: Span,
    ) -> Result<Vec<Cell<ConversationStatus>>>;
    /// How many of the conversations that began carry which label now.
    fn count_by_label(&self, account: AccountId, span: Span) -> Result<Vec<Cell<LabelId>>>;
    /// How many conversations were first answered within which of
    /// [these hours](crate::reports::FIRST_RESPONSE_HOURS), by place; the longest come last.
    fn count_first_responses(&self, account: AccountId, span: Span) -> Result<Vec<Cell<usize>>>;

    /// A page of what took time.
    fn list_timings(&self, account: AccountId, page: &TimingPage) -> Result<Vec<Timing>>;
    /// How many the whole list has, up to [`TIMINGS`](crate::limits::TIMINGS).
    fn count_timings(&self, account: AccountId, page: &TimingPage) -> Result<i64>;
    /// What took time in a conversation, by its number: the oldest first, up to
    /// [`TIMINGS_OF_CONVERSATION`](crate::limits::TIMINGS_OF_CONVERSATION).
    fn list_timings_of(&self, account: AccountId, number: i64) -> Result<Vec<Timing>>;

    /// Every session.
    fn sessions(&self) -> Result<Vec<Session>>;
    /// The session of an inbox.
    fn find_session(&self, inbox: InboxId) -> Result<Option<Session>>;
    /// How fast an inbox sends, and what has left it.
    fn find_pace(&self, inbox: InboxId) -> Result<Option<Paced>>;
    /// What a session's engine remembers under a name.
    fn find_session_key(&self, inbox: InboxId, kind: &str, key: &str) -> Result<Option<String>>;
    /// The names and values of one sort that it remembers, by name, from this name on.
    fn list_session_keys(
        &self,
        inbox: InboxId,
        kind: &str,
        from: &str,
        limit: i64,
    ) -> Result<Vec<(String, String)>>;
    /// What a carrier or a door keeps under a name.
    fn find_kept(&self, keeper: &str, name: &str) -> Result<Option<String>>;
    /// Everything that it keeps, each with its name, by name.
    fn list_kept(&self, keeper: &str, limit: i64) -> Result<Vec<(String, String)>>;

    /// Every endpoint.
    fn endpoints(&self) -> Result<Vec<Endpoint>>;
    /// An endpoint.
    fn find_endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>>;
    /// A delivery.
    fn find_delivery(&self, id: DeliveryId) -> Result<Option<Delivery>>;
    /// A receiver's deliveries in this state, newest first, older than `before`.
    fn list_deliveries(
        &self,
        to: Receiver,
        state: Option<DeliveryState>,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<Delivery>>;
    /// What an inbox's network is owed, the parts of a conversation together and in order.
    fn list_open_deliveries(&self, inbox: InboxId, limit: i64) -> Result<Vec<Delivery>>;
    /// How much a receiver is owed.
    fn count_open_deliveries(&self, to: Receiver) -> Result<i64>;
    /// How many letters of a kind an account has been owed since then, in one lane or in all.
    fn count_letters(
        &self,
        account: AccountId,
        kind: LetterKind,
        lane: Option<i64>,
        since: Timestamp,
    ) -> Result<i64>;
    /// The newest event of this name that a receiver is owed, that becomes due between these times, and that
    /// nothing has been tried for.
    fn find_gathering(
        &self,
        to: Receiver,
        event: &str,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Option<(DeliveryId, Notice)>>;
    /// The attempts at a delivery, in order.
    fn list_attempts(&self, delivery: DeliveryId) -> Result<Vec<Attempt>>;
    /// Receivers to whom something is due that nobody has leased, but for phones that are not open and inboxes whose
    /// pace lets nothing leave yet.
    fn receivers_due(&self, now: Timestamp) -> Result<Vec<Receiver>>;
    /// Whether that is so of one receiver.
    fn is_due(&self, to: Receiver, now: Timestamp) -> Result<bool>;
    /// When the next delivery becomes due after now, or an inbox's pace lets something leave.
    fn next_delivery_at(&self, now: Timestamp) -> Result<Option<Timestamp>>;
    /// How much is owed now.
    fn count_owed(&self, now: Timestamp) -> Result<Owed>;
    /// How far a reader of the journal has come; `None` if it never began.
    fn find_cursor(&self, reader: &str) -> Result<Option<i64>>;

    /// Whether messages wait to be found by their words: see [`Tx::index_messages`].
    fn has_unindexed_messages(&self) -> Result<bool>;

    /// The nodes that share the store.
    fn nodes(&self) -> Result<Vec<Node>>;

    /// The first entry that is not older than a time, or the end of the journal.
    fn journal_at(&self, time: Timestamp) -> Result<i64>;
    /// The journal's newest number; 0 if empty.
    fn journal_head(&self) -> Result<i64>;
    /// Entries after `seq`, in order. Of a conversation that is removed they say no more than that.
    fn read_journal(&self, after: i64, limit: i64) -> Result<Vec<Entry>>;
}

/// Writes, inside one transaction. Also reads, and reads see what was written.
pub trait Tx: View {
    /// The time of this transaction.
    fn now(&self) -> Timestamp;
    /// A new 53-bit number, greater than every one before.
    fn new_id(&mut self) -> i64;
    /// Adds one to the reports of now.
    fn tally(&mut self, account: AccountId, tally: &Tally) -> Result<()>;
    /// Appends to the journal, and adds to the reports [what the event says](crate::reports::observed).
    fn append(&mut self, account: AccountId, event: Event) -> Result<()>;

    /// Adds an account; its id is given.
    fn insert_account(&mut self, name: &str) -> Result<Account>;
    /// Changes an account's name.
    fn update_account(&mut self, account: &Account) -> Result<()>;
    /// Closes an account: it is listed no more, its name is forgotten, and nothing is appended for it. Its number is never
    /// given again.
    fn remove_account(&mut self, id: AccountId) -> Result<()>;
    /// Erases some rows of a closed account, about so many, but for messages, agents and entries. Returns how many; 0 if
    /// there are none left.
    fn erase(&mut self, account: AccountId, limit: i64) -> Result<usize>;
    /// Erases messages.
    fn erase_messages(&mut self, ids: &[MessageId]) -> Result<()>;
    /// Erases what an agent of a closed account has and is in it.
    fn erase_seat(&mut self, account: AccountId, id: AgentId) -> Result<()>;
    /// Erases who somebody is who works for nobody.
    fn erase_agent(&mut self, id: AgentId) -> Result<()>;
    /// Erases the entries of a closed account that come after one and not after the other.
    fn erase_entries(&mut self, account: AccountId, after: i64, until: i64) -> Result<()>;
    /// A closed account is wholly erased.
    fn end_erasing(&mut self, account: AccountId) -> Result<()>;
    /// Removes a conversation: it is in no list and under no number, nobody is notified of it, and its network is owed
    /// nothing more. What was said in it, what it took and what the journal tells of it is noted as to be erased.
    fn remove_conversation(&mut self, conversation: &Conversation) -> Result<()>;
    /// Puts [`Event::ConversationRemoved`] in the place of every entry that comes after one and not after the other, and
    /// says something of one of these conversations.
    fn replace_entries(&mut self, of: &[ConversationId], after: i64, until: i64) -> Result<()>;
    /// A removed conversation is wholly erased, with what it took.
    fn end_removing(&mut self, removed: &Removed) -> Result<()>;
    /// Takes the account's next conversation number.
    fn next_conversation_number(&mut self, account: AccountId) -> Result<i64>;
    /// Adds an agent; its id is given and the one in `agent` ignored.
    fn insert_agent(&mut self, agent: &Agent, password_hash: &str) -> Result<AgentId>;
    /// Changes an agent, all but their password: the person, and what they are in their account. Whoever did not work for
    /// it does from then on.
    fn update_agent(&mut self, agent: &Agent) -> Result<()>;
    /// An agent works for an account no more.
    fn delete_seat(&mut self, account: AccountId, id: AgentId) -> Result<()>;
    /// Gives an agent another password.
    fn set_password(&mut self, id: AgentId, password_hash: &str) -> Result<()>;
    /// Removes an agent: nobody is shown them any more, their address is free, and their number never given again.
    fn remove_agent(&mut self, id: AgentId) -> Result<()>;
    /// Adds an inbox; its id is given and the one in `inbox` ignored.
    fn insert_inbox(&mut self, inbox: &StoredInbox) -> Result<InboxId>;
    /// Changes an inbox.
    fn update_inbox(&mut self, inbox: &StoredInbox) -> Result<()>;
    /// Removes an inbox: it is listed no more, its address is free, and its carrier's settings are forgotten with its
    /// session. Its number is never given again.
    fn remove_inbox(&mut self, id: InboxId) -> Result<()>;
    /// Erases some rows of a removed inbox, about so many, but for conversations. Returns how many; 0 if there are none left.
    fn erase_inbox(&mut self, id: InboxId, limit: i64) -> Result<usize>;
    /// A removed inbox is wholly erased.
    fn end_removing_inbox(&mut self, id: InboxId) -> Result<()>;
    /// Says who answers in an inbox: these and no others.
    fn set_inbox_members(&mut self, inbox: InboxId, members: &[AgentId]) -> Result<()>;
    /// Says what an inbox does by itself.
    fn set_inbox_habits(&mut self, inbox: InboxId, habits: &Habits) -> Result<()>;
    /// Says which program answers first in an inbox, if one.
    fn set_inbox_bot(&mut self, inbox: InboxId, bot: Option<AgentId>) -> Result<()>;
    /// Adds a label; its id is given and the one in `label` ignored. It is never given again.
    fn insert_label(&mut self, label: &Label) -> Result<LabelId>;
    /// Changes a label.
    fn update_label(&mut self, label: &Label) -> Result<()>;
    /// Removes a label. Conversations may still name it, and nobody is shown it any more.
    fn remove_label(&mut self, id: LabelId) -> Result<()>;
    /// Adds a group of labels; its id is given.
    fn insert_label_category(
        &mut self,
        account: AccountId,
        name: &str,
        sort: i64,
    ) -> Result<LabelCategoryId>;
    /// Changes a group of labels.
    fn update_label_category(&mut self, category: &LabelCategory) -> Result<()>;
    /// Adds a team with who is in it; its id is given and the one in `team` ignored. It is never given again.
    fn insert_team(&mut self, team: &Team) -> Result<TeamId>;
    /// Changes a team and who is in it.
    fn update_team(&mut self, team: &Team) -> Result<()>;
    /// Removes a team. Conversations may still name it, and nobody is shown it any more.
    fn remove_team(&mut self, id: TeamId) -> Result<()>;
    /// Adds a socket application; its id is given and the one in `app` ignored.
    fn insert_socket_app(&mut self, app: &SocketApp) -> Result<AppId>;
    /// Changes a socket application, its keys too.
    fn update_socket_app(&mut self, app: &SocketApp) -> Result<()>;
    /// Removes a socket application.
    fn delete_socket_app(&mut self, id: AppId) -> Result<()>;
    /// Adds a token.
    fn insert_token(&mut self, token: &Token) -> Result<()>;
    /// Ends every token of a pair. Returns false if there was none: somebody else was first.
    fn delete_tokens(&mut self, pair: i64) -> Result<bool>;
    /// Ends every token of an agent.
    fn delete_tokens_of(&mut self, agent: AgentId) -> Result<()>;
    /// Ends every token that has expired.
    fn delete_expired_tokens(&mut self) -> Result<()>;

    /// Counts one more pair of tokens that a program of this agent makes on this day. Returns how many it has made
    /// then, this one included. Days are counted up; those before are forgotten.
    fn count_token_make(&mut self, agent: AgentId, client: &str, day: i64) -> Result<i64>;

    /// Adds a contact.
    fn insert_contact(&mut self, contact: &Contact) -> Result<()>;
    /// Changes a contact.
    fn update_contact(&mut self, contact: &Contact) -> Result<()>;
    /// Labels a contact with these and no others.
    fn label_contact(&mut self, contact: ContactId, labels: &[LabelId]) -> Result<()>;
    /// Adds a document.
    fn insert_document(&mut self, document: &Document) -> Result<()>;
    /// Changes what a document says.
    fn update_document(&mut self, document: &Document) -> Result<()>;
    /// Removes a document.
    fn delete_document(&mut self, id: DocumentId) -> Result<()>;
    /// Gives everything of one contact to another, and removes the first.
    fn move_contact(&mut self, from: ContactId, to: ContactId) -> Result<()>;
    /// Removes a contact with its addresses. Its conversations are removed before.
    fn delete_contact(&mut self, id: ContactId) -> Result<()>;
    /// Adds an address.
    fn insert_address(&mut self, address: &Address) -> Result<()>;
    /// Changes an address.
    fn update_address(&mut self, address: &Address) -> Result<()>;
    /// Adds a conversation.
    fn insert_conversation(&mut self, conversation: &Conversation) -> Result<()>;
    /// Changes a conversation, all but its labels, its details and whose it is.
    fn update_conversation(&mut self, conversation: &Conversation) -> Result<()>;
    /// Labels a conversation with what it says, and changes the rest of it as well.
    fn label_conversation(&mut self, conversation: &Conversation) -> Result<()>;
    /// Changes a conversation's details and its contact, and nothing else.
    fn describe_conversation(&mut self, conversation: &Conversation) -> Result<()>;
    /// Adds a message. Returns false, and adds nothing, if an incoming message with this inbox and network id is
    /// there already.
    fn insert_message(&mut self, message: &Message) -> Result<bool>;
    /// Changes a message.
    fn update_message(&mut self, message: &Message) -> Result<()>;

    /// Adds an upload, or changes its file.
    fn put_upload(&mut self, upload: &Upload) -> Result<()>;
    /// Removes an upload, or what is said of a file that is forgotten.
    fn delete_upload(&mut self, id: UploadId) -> Result<()>;
    /// Lets go of a file: it is forgotten after the commit. A picture is named as its owner remembers it.
    fn discard_file(&mut self, account: AccountId, key: &str) -> Result<()>;
    /// Lets go of uploads from before a time, at most so many. Returns some of the files that are to be forgotten, by the
    /// names under which they are kept.
    fn let_go_of_files(&mut self, before: Timestamp, limit: i64)
    -> Result<Vec<(UploadId, String)>>;

    /// Adds a notification, or changes whether it is read or put off.
    fn put_notification(&mut self, notification: &Notification) -> Result<()>;
    /// Removes a notification.
    fn delete_notification(&mut self, id: NotificationId) -> Result<()>;
    /// Every notification of an agent in an account is read.
    fn read_notifications(&mut self, account: AccountId, agent: AgentId) -> Result<()>;
    /// Removes every notification of an agent in an account.
    fn delete_notifications_of(&mut self, account: AccountId, agent: AgentId) -> Result<()>;
    /// Says who takes part in a conversation, as it does.
    fn put_participants(&mut self, conversation: &Conversation) -> Result<()>;
    /// An agent was named in a conversation.
    fn name_in(&mut self, agent: AgentId, conversation: ConversationId) -> Result<()>;
    /// Adds or changes the session of an inbox.
    fn put_session(&mut self, session: &Session) -> Result<()>;
    /// Keeps how fast an inbox sends, and what has left it.
    fn put_pace(&mut self, paced: &Paced) -> Result<()>;
    /// Remembers something for a session's engine, in the place of what was there.
    fn put_session_key(&mut self, key: &SessionKey) -> Result<()>;
    /// Forgets one thing.
    fn delete_session_key(&mut self, inbox: InboxId, kind: &str, key: &str) -> Result<()>;
    /// Forgets what is marked with less than this. Returns how much that was.
    fn expire_session_keys(&mut self, inbox: InboxId, kind: &str, before: i64) -> Result<usize>;
    /// Forgets everything of a session's engine.
    fn delete_session_keys(&mut self, inbox: InboxId) -> Result<()>;
    /// Keeps opaque text for a carrier or a door, or forgets it. Nobody is told: what somebody should be told of
    /// is not for here.
    fn keep(&mut self, keeper: &str, name: &str, value: Option<&str>) -> Result<()>;

    /// Forgets everything that a keeper has kept.
    fn forget_kept(&mut self, keeper: &str) -> Result<()>;

    /// Adds an endpoint with its secrets; its id is given and the one in `endpoint` ignored.
    fn insert_endpoint(&mut self, endpoint: &Endpoint) -> Result<EndpointId>;
    /// Changes an endpoint and its secrets.
    fn update_endpoint(&mut self, endpoint: &Endpoint) -> Result<()>;
    /// Removes an endpoint with its deliveries and their attempts.
    fn delete_endpoint(&mut self, id: EndpointId) -> Result<()>;

    /// Adds a delivery; behind another if one of its lane is open.
    fn insert_delivery(&mut self, delivery: &Delivery) -> Result<()>;
    /// Changes what an endpoint will be told. Only for what nothing has been tried for.
    fn change_notice(&mut self, id: DeliveryId, told: &Notice) -> Result<()>;
    /// Leases what is due.
    fn claim_deliveries(&mut self, claim: &Claim, lease: &Lease) -> Result<Vec<Delivery>>;
    /// Ends the leases of a sender that has died, which is itself before it was started again.
    fn release_deliveries(&mut self, owner: i64) -> Result<()>;
    /// Changes a delivery's state, attempts and times, and ends its lease. If it is settled, the next of its lane
    /// comes up.
    fn settle_delivery(&mut self, delivery: &Delivery) -> Result<()>;
    /// Gives up on every open part of a message.
    fn end_deliveries_of(&mut self, message: MessageId) -> Result<()>;
    /// Makes everything that is owed to a receiver due now.
    fn hasten_deliveries(&mut self, to: Receiver) -> Result<()>;
    /// Owes a delivery again, due now, with all its attempts before it and a schedule that begins anew. Whoever has
    /// leased it loses it.
    fn replay_delivery(&mut self, delivery: &Delivery) -> Result<()>;
    /// The same for everything that was owed to a receiver and given up on since. Returns how many.
    fn replay_dead_deliveries(&mut self, to: Receiver, since: Timestamp) -> Result<usize>;
    /// Removes deliveries with their attempts: those that were made before `done`, and what was given up on or has
    /// waited for an endpoint since before `others`. Returns how many; not more than a few times `limit`.
    fn sweep_deliveries(&mut self, done: Timestamp, others: Timestamp, limit: i64)
    -> Result<usize>;
    /// Adds an attempt; it gets the delivery's next number and the one in `attempt` is ignored.
    fn insert_attempt(&mut self, attempt: &Attempt) -> Result<()>;
    /// Adds a node, or changes what it shows of itself.
    fn put_node(&mut self, node: &Node) -> Result<()>;
    /// Forgets a node.
    fn delete_node(&mut self, id: i64) -> Result<()>;
    /// Writes how far a reader of the journal has come.
    fn set_cursor(&mut self, reader: &str, seq: i64) -> Result<()>;

    /// Lets messages that wait for it be found by their words, at most so many: the oldest first, and before them
    /// those whose text was changed. Returns whether others wait. Where the store does that by itself, none ever does.
    fn index_messages(&mut self, limit: i64) -> Result<bool>;

    /// Keeps a report for a network id we do not know yet. The oldest give way to it.
    fn insert_early_report(
        &mut self,
        inbox: InboxId,
        external_id: &str,
        report: &EarlyReport,
    ) -> Result<()>;
    /// Takes the reports kept for a network id.
    fn take_early_reports(&mut self, inbox: InboxId, external_id: &str)
    -> Result<Vec<EarlyReport>>;
}

/// One piece of work for the writer.
pub trait Job: Send {
    /// Does the work. It may run more than once (when a neighbour in its group fails), each time on a
    /// transaction that has forgotten the time before; the last run counts.
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()>;
    /// The work is durable, or did not happen.
    fn done(self: Box<Self>, outcome: Result<()>);
}

/// The store: one writer with group commit, readers apart.
pub trait Store: Send + Sync {
    /// Queues a job. Refuses with `Busy` when [`WRITE_QUEUE_JOBS`](crate::limits::WRITE_QUEUE_JOBS) wait.
    fn submit(&self, job: Box<dyn Job>) -> Result<()>;
    /// Reads one consistent state. Runs here and now: for reads by key and bounded pages.
    fn look(&self, f: &mut dyn FnMut(&dyn View) -> Result<()>) -> Result<()>;
    /// Finishes what is queued and closes. Later calls are refused as unavailable. Blocks.
    fn close(&self);
}

struct Once<T, F> {
    work: F,
    result: Option<T>,
    answer: tokio::sync::oneshot::Sender<Result<T>>,
}

impl<T: Send, F: FnMut(&mut dyn Tx) -> Result<T> + Send> Job for Once<T, F> {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        self.result = Some((self.work)(tx)?);
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        let Self { result, answer, .. } = *self;
        let never_ran = || crate::StoreError::Corrupt("a job was committed that never ran".into());
        let outcome = outcome.and_then(|()| result.ok_or_else(|| never_ran().into()));
        // Whoever asked may have gone; what was committed stays committed.
        drop(answer.send(outcome));
    }
}

impl dyn Store {
    /// Runs `work` in a transaction and answers after the commit. `work` may run more than once.
    pub async fn transact<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, committed) = tokio::sync::oneshot::channel();
        self.submit(Box::new(Once {
            work,
            result: None,
            answer,
        }))?;
        committed.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// The same for a thread that may block, such as one without a runtime.
    pub fn transact_blocking<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, committed) = tokio::sync::oneshot::channel();
        self.submit(Box::new(Once {
            work,
            result: None,
            answer,
        }))?;
        committed.blocking_recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Reads one consistent state, here and now.
    pub fn view<T>(&self, f: impl FnOnce(&dyn View) -> Result<T>) -> Result<T> {
        let (mut f, mut found) = (Some(f), None);
        self.look(&mut |view| {
            if let Some(f) = f.take() {
                found = Some(f(view)?);
            }
            Ok(())
        })?;
        found.ok_or_else(|| crate::StoreError::Corrupt("a view did not look".into()).into())
    }
}

fn stopped() -> Error {
    crate::StoreError::Unavailable("the writer has stopped".into()).into()
}
