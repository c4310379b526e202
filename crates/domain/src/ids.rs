//! Identifiers: one integer type per noun, so that two of them cannot be confused.
//!
//! People read the small sequential ones (accounts, agents, inboxes, labels). The others are 53-bit numbers made by the
//! program and ordered by time, exact in JavaScript.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// An account: one business.
    AccountId,
    /// An agent: a person who answers.
    AgentId,
    /// An inbox: one connected address of an account.
    InboxId,
    /// A socket application: a key and a secret that socket clients connect with.
    AppId,
    /// A contact: a person who writes to the business.
    ContactId,
    /// An address: a contact as seen by one inbox.
    AddressId,
    /// A conversation. People see its per-account number instead.
    ConversationId,
    /// A label.
    LabelId,
    /// A group of labels.
    LabelCategoryId,
    /// A document.
    DocumentId,
    /// An upload: a file that no message has yet.
    UploadId,
    /// A team: agents who answer together.
    TeamId,
    /// A message.
    MessageId,
    /// A notification.
    NotificationId,
    /// An endpoint: where an account's events are posted to.
    EndpointId,
    /// A delivery: one thing owed to one receiver outside.
    DeliveryId,
}

impl AccountId {
    /// The account of people who work for nobody yet: it has no number of an account, and nothing in it.
    pub const NOBODYS: Self = Self(0);
    /// The account of what was erased: only numbers are left in it, so that they are not given again.
    pub const ERASED: Self = Self(-1);
}

impl LabelId {
    /// A label that nothing carries: no label has this number, and counts keep nothing under it.
    pub const NOBODYS: Self = Self(-1);
}
