//! Every limit of this room, with its unit.

/// Write jobs waiting for the writer. One more is answered "busy".
pub const WRITE_QUEUE_JOBS: usize = 8_192;
/// Write jobs committed in one transaction.
pub const GROUP_JOBS: usize = 256;
/// Entries kept in memory for the journal's readers; who is further behind reads the store.
pub const FEED_ENTRIES: usize = 16_384;
/// Entries handed to a reader at once.
pub const BATCH_ENTRIES: usize = 512;
/// Characters of a message's text.
pub const CONTENT_CHARS: usize = 150_000;
/// Attachments of one message.
pub const ATTACHMENTS: usize = 15;
/// Bytes of one attached file.
pub const FILE_BYTES: u64 = 100 * 1024 * 1024;
/// Characters of a client's own key for a message.
pub const CLIENT_KEY_CHARS: usize = 255;
/// Messages looked at for one page of what was searched for.
pub const SEARCHED_MESSAGES: i64 = 5_000;
/// Messages with the wanted words whose conversations are listed: the newest.
pub const SOUGHT_MESSAGES: i64 = 2_000;
/// Labels of one account.
pub const LABELS: usize = 1_000;
/// Labels of one conversation.
pub const LABELS_PER_CONVERSATION: usize = 100;
/// Characters of a label's title, color or category's name.
pub const LABEL_CHARS: usize = 255;
/// Characters of what a label is for.
pub const LABEL_DESCRIPTION_CHARS: usize = 1_000;
/// Notifications of one agent; the oldest gives way to a new one.
pub const NOTIFICATIONS: i64 = 300;
/// Agents who take part in one conversation.
pub const PARTICIPANTS: usize = 100;
/// Agents of one account.
pub const AGENTS: usize = 2_000;
/// Programs of an account that answer before people do.
pub const BOTS: usize = 100;
/// Teams of one account.
pub const TEAMS: usize = 500;
/// Characters of what a team is for.
pub const TEAM_DESCRIPTION_CHARS: usize = 1_000;
/// Characters of a name, an e-mail address, an identifier.
pub const NAME_CHARS: usize = 255;
/// Bytes of an object of free attributes.
pub const ATTRIBUTES_BYTES: usize = 64 * 1024;
/// Documents of one kind, of one owner.
pub const DOCUMENTS: i64 = 2_000;
/// Bytes of a document.
pub const DOCUMENT_BYTES: usize = 64 * 1024;
/// Conversations that move when two contacts become one.
pub const MOVED_CONVERSATIONS: i64 = 1_000;
/// Messages looked at, from the newest, when a contact has read a conversation.
pub const READ_MESSAGES: i64 = 200;
/// How long a handed-out media address works, in seconds: a connector fetches at once or from a queue.
pub const MEDIA_URL_SECONDS: i64 = 24 * 3600;
/// How long a file can be fetched from a letter, in seconds: people read their mail days later.
pub const MAILED_FILE_SECONDS: i64 = 30 * 24 * 3600;
/// Accounts of one server.
pub const ACCOUNTS: i64 = 100_000;
/// Bytes of what a letter says.
pub const LETTER_BYTES: usize = 512 * 1024;
/// Messages in a transcript: the newest.
pub const TRANSCRIPT_MESSAGES: i64 = 500;
/// Transcripts of one conversation in an hour.
pub const TRANSCRIPTS_OF_ONE: i64 = 5;
/// Letters in an hour by which one agent is helped to a new password.
pub const PASSWORD_LETTERS: i64 = 5;
/// Letters of one account under way at once.
pub const IN_FLIGHT_LETTERS: usize = 2;
/// Deliveries under way at once, to all receivers together.
pub const IN_FLIGHT: usize = 1_000;
/// Attempts a second at all failing receivers together.
pub const FAILING_PER_SECOND: u32 = 20;
/// Deliveries under way at once to one inbox's network.
pub const IN_FLIGHT_PER_INBOX: usize = 8;
/// Deliveries under way at once to a receiver whose last one failed: so that many dead ones hold up few places.
pub const IN_FLIGHT_FAILING: usize = 1;
/// Reports kept for messages we do not know yet, per inbox.
pub const EARLY_REPORTS_PER_INBOX: i64 = 10_000;
/// Conversations that lose a removed label in one transaction.
pub const UNLABELED_AT_ONCE: i64 = 100;
/// Cases of what took time that a list counts and shows.
pub const TIMINGS: i64 = 100_000;
/// Cases of what took time that are shown of one conversation.
pub const TIMINGS_OF_CONVERSATION: i64 = 1_000;
/// Bytes of a picture of somebody or of an inbox.
pub const PICTURE_BYTES: usize = 5 * 1024 * 1024;
/// Agents and inboxes whose pictures are known.
pub const PICTURES: i64 = 100_000;
/// Bytes of a file that is uploaded before its message.
pub const UPLOAD_BYTES: i64 = 40 * 1024 * 1024;
/// Uploads of an account that wait for their messages.
pub const UPLOADS: i64 = 1_000;
