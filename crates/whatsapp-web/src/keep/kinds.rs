//! The sorts of things that a session remembers.

/// One sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Who we are: the credentials.
    Device,
    /// The identities of others, by address.
    Identity,
    /// Ratchets, by address.
    Session,
    /// Keys that others begin a conversation with, by number.
    PreKey,
    /// The same, signed.
    SignedPreKey,
    /// Keys of groups, by group and author.
    SenderKey,
    /// Which devices have our key of a group, by group.
    SenderKeyDevices,
    /// Keys of the account's settings.
    SyncKey,
    /// Which of these is the newest.
    SyncKeyLatest,
    /// How far the account's settings are known, by collection.
    Version,
    /// What they are checked by, by collection and place.
    MutationMac,
    /// Numbers by the names that WhatsApp hides them behind.
    Lid,
    /// And those names by number.
    LidOf,
    /// What a retry is told from a new conversation by.
    BaseKey,
    /// The devices of others, by user.
    Devices,
    /// What groups are like.
    Group,
    /// Proofs that others trust us.
    TcToken,
    /// What we sent, for whoever could not read it.
    Sent,
    /// What has come and is not committed yet.
    Pending,
    /// Secrets of messages, for what is said about them later.
    Secret,
    /// Messages that could not be opened.
    Unread,
}

impl Kind {
    /// What a backup has beside the credentials.
    pub(super) const BACKED_UP: [Self; 4] = [
        Self::PreKey,
        Self::SignedPreKey,
        Self::SyncKey,
        Self::SyncKeyLatest,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Identity => "identity",
            Self::Session => "session",
            Self::PreKey => "prekey",
            Self::SignedPreKey => "signed_prekey",
            Self::SenderKey => "sender_key",
            Self::SenderKeyDevices => "sender_key_devices",
            Self::SyncKey => "sync_key",
            Self::SyncKeyLatest => "sync_key_latest",
            Self::Version => "version",
            Self::MutationMac => "mutation_mac",
            Self::Lid => "lid",
            Self::LidOf => "lid_of",
            Self::BaseKey => "base_key",
            Self::Devices => "devices",
            Self::Group => "group",
            Self::TcToken => "tc_token",
            Self::Sent => "sent",
            Self::Pending => "pending",
            Self::Secret => "secret",
            Self::Unread => "unread",
        }
    }
}
