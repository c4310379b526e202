//! Pairing: the QR code that is shown and changes, the code to type in, and what scanning does.

use std::sync::Arc;

use app::{
    Error, Result,
    directory::Connected,
    inboxes,
    ports::{Qr, Tx},
    sessions,
    tokens::random_text,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Inbox, InboxId, InboxState, Kind, Session, SessionState, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{Sandbox, ban::Ban, device::Device, pace};

/// What a phone shows to be paired with.
pub(super) struct Shown {
    secret: String,
    since: Timestamp,
    typed: Option<Typed>,
}

/// A code to type in.
struct Typed {
    code: String,
    number: String,
    until: Timestamp,
}

impl Shown {
    fn new(now: Timestamp) -> Result<Self> {
        Ok(Self {
            secret: random_text()?,
            since: now,
            typed: None,
        })
    }

    /// How many codes were shown before the one of now.
    fn turn(&self, now: Timestamp) -> u64 {
        let shown = now.duration_since(self.since).unsigned_abs();
        shown.as_secs() / pace::CODE_LIFE.as_secs()
    }

    fn text(&self, inbox: InboxId, turn: u64) -> String {
        let digest = Sha256::digest(format!("{} {inbox} {turn}", self.secret));
        format!("2@{},{inbox}", URL_SAFE_NO_PAD.encode(digest))
    }

    fn qr(&self, inbox: InboxId, now: Timestamp) -> Qr {
        let turn = self.turn(now);
        let life = pace::CODE_LIFE.as_secs() * (turn + 1);
        let life = std::time::Duration::from_secs(life);
        Qr {
            text: self.text(inbox, turn),
            expires_at: self.since.saturating_add(life).unwrap_or(now),
        }
    }

    /// The code of now, or the one before: somebody may be holding the phone up to it.
    fn shows(&self, inbox: InboxId, text: &str, now: Timestamp) -> bool {
        let turn = self.turn(now);
        let before = turn.checked_sub(1);
        [Some(turn), before]
            .into_iter()
            .flatten()
            .any(|turn| self.text(inbox, turn) == text)
    }
}

impl Sandbox {
    /// The code of now. An idle session shows codes again.
    pub(super) async fn show(&self, inbox: &Arc<Inbox>) -> Result<Option<Qr>> {
        let session = self.session(inbox)?;
        if !session.may_pair() {
            return Ok(None);
        }
        if session.state == SessionState::Idle {
            self.set(inbox, |it| it.state = SessionState::Unpaired)
                .await?;
        }
        let now = self.core().clock.now();
        let mut codes = self.codes();
        let shown = match codes.entry(inbox.id) {
            std::collections::hash_map::Entry::Occupied(it) => it.into_mut(),
            std::collections::hash_map::Entry::Vacant(it) => it.insert(Shown::new(now)?),
        };
        Ok(Some(shown.qr(inbox.id, now)))
    }

    /// Forgets the codes that were shown.
    pub(super) fn hide(&self, inbox: &Inbox) {
        self.codes().remove(&inbox.id);
    }

    /// A code of eight characters for the phone with this number.
    pub(super) async fn code(&self, inbox: &Arc<Inbox>, number: &str) -> Result<String> {
        if self.show(inbox).await?.is_none() {
            return Err(Error::refused(
                Kind::Conflict,
                "the phone is paired already",
            ));
        }
        let code: String = random_text()?
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|it| it.to_ascii_uppercase())
            .take(8)
            .collect();
        let until = self.core().clock.now();
        let until = until
            .saturating_add(pace::TYPED_CODE_LIFE)
            .unwrap_or(Timestamp::MAX);
        if let Some(shown) = self.codes().get_mut(&inbox.id) {
            shown.typed = Some(Typed {
                code: code.clone(),
                number: number.to_owned(),
                until,
            });
        }
        Ok(code)
    }

    /// A phone with this number scans a code, or somebody types one into it.
    pub(super) async fn scanned(&self, text: &str, number: Option<&str>) -> Result<Arc<Inbox>> {
        let now = self.core().clock.now();
        let text = text.trim();
        let found = {
            let codes = self.codes();
            codes.iter().find_map(|(id, shown)| {
                let typed = shown.typed.as_ref();
                match typed.filter(|it| it.code == text && now < it.until) {
                    Some(typed) => Some((*id, Some(typed.number.clone()))),
                    None => shown.shows(*id, text, now).then_some((*id, None)),
                }
            })
        };
        let refused = || {
            Error::refused(
                Kind::NotFound,
                "no phone shows this code: it may have changed since, codes live for 20 seconds",
            )
        };
        let (id, typed) = found.ok_or_else(refused)?;
        let inbox = self.phone(id)?;
        let number = typed
            .or_else(|| number.map(str::to_owned))
            .unwrap_or_else(|| own_number(&inbox));
        self.pair(&inbox, &number).await?;
        Ok(inbox)
    }

    /// A phone with this number pairs without any code, and the session is open when this returns. For whoever
    /// sets the sandbox up.
    pub async fn pair_at_once(&self, inbox: &Arc<Inbox>, number: &str) -> Result<()> {
        let inbox = self.linked(inbox, Device::new(number)?).await?;
        self.open_now(&inbox).await
    }

    async fn pair(&self, inbox: &Arc<Inbox>, number: &str) -> Result<()> {
        let device = Device::new(number)?;
        self.link(inbox, device).await
    }

    /// Opens a session with a device, new or restored.
    pub(super) async fn link(&self, inbox: &Arc<Inbox>, device: Device) -> Result<()> {
        let inbox = self.linked(inbox, device).await?;
        self.open_later(&inbox);
        Ok(())
    }

    async fn linked(&self, inbox: &Arc<Inbox>, device: Device) -> Result<Arc<Inbox>> {
        let id = inbox.id;
        let (old, directory) = (inbox.clone(), self.core().directory.clone());
        let inbox = self
            .core()
            .store
            .transact(move |tx| {
                if !sessions::load(&*tx, &old)?.may_pair() {
                    return Err(Error::refused(
                        Kind::Conflict,
                        "the phone is paired already",
                    ));
                }
                if device.is_unlinked(&*tx)? {
                    let text = "the phone's owner has taken this device away: pair it again";
                    return Err(Error::refused(Kind::Conflict, text));
                }
                if let Some(ban) = Ban::find(&*tx, &device.number, tx.now())? {
                    return Err(ban.refusal());
                }
                let mut inbox = inboxes::readdress(tx, id, &device.number)?;
                // Whoever pairs it anew wants it to send.
                if inbox.state != InboxState::Active
                    && let Some(connected) = directory.inbox(id)
                {
                    inbox = Arc::new(Inbox {
                        state: InboxState::Active,
                        ..Inbox::clone(&inbox)
                    });
                    let inbox = inbox.clone();
                    inboxes::resume(tx, &Connected { inbox, ..connected })?;
                }
                device.keep(tx, &inbox)?;
                open(tx, &inbox, &device.number)?;
                Ok(inbox)
            })
            .await?;
        self.hide(&inbox);
        Ok(inbox)
    }
}

/// The session is on its way to being open.
pub(super) fn open(tx: &mut dyn Tx, inbox: &Arc<Inbox>, number: &str) -> Result<Session> {
    sessions::change(tx, inbox, |it| {
        it.state = SessionState::Loading;
        it.number = Some(number.to_owned());
        it.note = None;
    })
}

/// The number that a phone was added with, or else one that nobody else has.
fn own_number(inbox: &Inbox) -> String {
    match wire::maytapi::chat::number(&inbox.address) {
        Some(number) => number,
        None => format!("4477009{:05}", inbox.id.0),
    }
}
