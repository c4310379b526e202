//! What the use cases need from the world, as nouns. Other rooms implement these.

mod carrier;
mod clock;
mod intake;
mod mailer;
mod media;
mod network_files;
mod phones;
mod rows;
mod store;
mod templates;
mod wanted;
mod world;

pub use carrier::{Accepted, Carrier, Outgoing, Placed, SendError, Signs};
pub use clock::{Clock, SystemClock, whole_micros};
pub use intake::Intake;
pub use mailer::Mailer;
pub use media::{FileStream, Media};
pub use network_files::NetworkFiles;
pub use phones::{Backup, Group, GroupChange, Person, Phones, Product, Qr};
pub use rows::{
    Claim, Closed, ContactKey, ConversationRow, Counts, EarlyReport, HistoryPage, KeyPair, Lease,
    MessagePage, NotificationPage, Owed, Quiet, RecentPage, Removed, RemovedInbox, SessionKey,
    Silence, SocketApp, SocketLimits, StoredInbox, Token, TokenKind, Unread, With,
};
pub use store::{Job, Store, Tx, View};
pub use templates::{Template, Templates};
pub use wanted::{
    Condition, Conditions, ContactOrder, ContactPage, ConversationFilter, ConversationOrder, Field,
    Given, MessageSearch, Test,
};
pub use world::{Act, Rule, Saying, Script, World};

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
