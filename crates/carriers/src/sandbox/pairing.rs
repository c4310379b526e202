//! Pairing: the QR code that is shown and changes, the code to type in, and what scanning does.

use std::sync::Arc;

use app::{
    Error, Result,
    directory::Connected,
    inboxes,
    ports::{Qr, Tx, View},
    sessions,
    tokens::random_text,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Inbox, InboxId, InboxState, Kind, Session, SessionState, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Sandbox, ban::Ban, device::Device, pace};

/// Under which it is kept what phones show.
const SHOWN: &str = "sandbox codes";
/// Phones whose codes one scan is compared with.
const COMPARED: i64 = 10_000;

/// What a phone shows to be paired with: a row, so that every server that shares the store shows the same.
#[derive(Serialize, Deserialize)]
struct Shown {
    secret: String,
    since_micros: i64,
    typed: Option<Typed>,
}

/// A code to type in.
#[derive(Clone, Serialize, Deserialize)]
struct Typed {
    code: String,
    number: String,
    until_micros: i64,
}

impl Shown {
    fn new(now: Timestamp) -> Result<Self> {
        Ok(Self {
            secret: random_text()?,
            since_micros: now.as_microsecond(),
            typed: None,
        })
    }

    fn find<V: View + ?Sized>(view: &V, inbox: InboxId) -> Result<Option<Self>> {
        let kept = view.find_kept(SHOWN, &inbox.to_string())?;
        Ok(kept.and_then(|it| serde_json::from_str(&it).ok()))
    }

    fn keep(&self, tx: &mut dyn Tx, inbox: InboxId) -> Result<()> {
        let text = serde_json::to_string(self).unwrap_or_default();
        tx.keep(SHOWN, &inbox.to_string(), Some(&text))
    }

    fn since(&self) -> Timestamp {
        Timestamp::from_microsecond(self.since_micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// How many codes were shown before the one of now.
    fn turn(&self, now: Timestamp) -> u64 {
        let shown = now.duration_since(self.since()).unsigned_abs();
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
            expires_at: self.since().saturating_add(life).unwrap_or(now),
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
        let (id, now) = (inbox.id, self.core().clock.now());
        let store = &self.core().store;
        let shown = match store.view(|view| Shown::find(view, id))? {
            Some(shown) => shown,
            None => {
                let show = move |tx: &mut dyn Tx| match Shown::find(&*tx, id)? {
                    Some(shown) => Ok(shown),
                    None => {
                        let shown = Shown::new(now)?;
                        shown.keep(tx, id)?;
                        Ok(shown)
                    }
                };
                store.transact(show).await?
            }
        };
        Ok(Some(shown.qr(id, now)))
    }

    /// Forgets the codes that were shown.
    pub(super) async fn hide(&self, inbox: &Inbox) -> Result<()> {
        let name = inbox.id.to_string();
        let store = &self.core().store;
        if store.view(|view| view.find_kept(SHOWN, &name))?.is_none() {
            return Ok(());
        }
        let hide = store.transact(move |tx| tx.keep(SHOWN, &name, None));
        hide.await
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
        let typed = Typed {
            code: code.clone(),
            number: number.to_owned(),
            until_micros: until.as_microsecond(),
        };
        let id = inbox.id;
        let keep = self.core().store.transact(move |tx| {
            if let Some(mut shown) = Shown::find(&*tx, id)? {
                shown.typed = Some(typed.clone());
                shown.keep(tx, id)?;
            }
            Ok(())
        });
        keep.await?;
        Ok(code)
    }

    /// A phone with this number scans a code, or somebody types one into it.
    pub(super) async fn scanned(&self, text: &str, number: Option<&str>) -> Result<Arc<Inbox>> {
        let now = self.core().clock.now();
        let text = text.trim();
        let all = self
            .core()
            .store
            .view(|view| view.list_kept(SHOWN, COMPARED))?;
        let found = all.iter().find_map(|(name, kept)| {
            let id = InboxId(name.parse().ok()?);
            let shown: Shown = serde_json::from_str(kept).ok()?;
            let fits = |it: &&Typed| it.code == text && now.as_microsecond() < it.until_micros;
            match shown.typed.as_ref().filter(fits) {
                Some(typed) => Some((id, Some(typed.number.clone()))),
                None => shown.shows(id, text, now).then_some((id, None)),
            }
        });
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
        self.hide(&inbox).await?;
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
