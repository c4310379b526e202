//! What is asked of a phone: done here, or by the server of the database that has the phone.
//!
//! For another server a wish is written down; that one takes it, does it, and writes down the answer. Both are rows for
//! some seconds, sealed as everything of a session is: a backup may be among them.

use std::time::Duration;

use app::{Error, Result, ports::Backup};
use domain::{Inbox, InboxId, Kind, StoredFile};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{WhatsAppWeb, mirror, open::unavailable, seal::Seal};

/// Under which wishes are kept,
const WISHES: &str = "whatsapp_web wishes";
/// and their answers.
const ANSWERS: &str = "whatsapp_web answers";
/// How long the other server may take.
const ANSWERED: Duration = Duration::from_secs(30);
/// How often is looked whether it has.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// After so long nobody waits for an answer any more, whatever the clocks say.
const FORGOTTEN: Duration = Duration::from_secs(300);
/// Rows that are looked at together.
const TOGETHER: i64 = 1_000;

/// Something that is asked of a phone.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Wish {
    Qr,
    Code(String),
    Restart,
    LogOut,
    Reset,
    Backup,
    Restore(Backup),
    React {
        chat: String,
        id: String,
        emoji: String,
    },
    Person(String),
    Picture(String),
    Groups,
    Group(String),
    CreateGroup {
        name: String,
        numbers: Vec<String>,
    },
    ChangeGroup {
        group: String,
        change: mirror::Change,
    },
    SetPicture(#[serde(with = "mirror::File")] StoredFile),
    Edit {
        chat: String,
        id: String,
        text: String,
    },
    Retract {
        chat: String,
        ids: Vec<String>,
    },
}

impl Wish {
    /// Whether it can be done to a phone that is not open. Whoever does it then takes hold of the phone.
    fn opens(&self) -> bool {
        matches!(
            self,
            Self::Qr
                | Self::Code(_)
                | Self::Restart
                | Self::LogOut
                | Self::Reset
                | Self::Backup
                | Self::Restore(_)
        )
    }
}

/// What became of a wish.
type Answer = std::result::Result<Value, mirror::Refusal>;

impl WhatsAppWeb {
    /// Does what is wished, here or on the server that has the phone.
    pub(crate) async fn wished<T: DeserializeOwned>(&self, inbox: &Inbox, wish: Wish) -> Result<T> {
        let here = self.is_held(inbox.id) || (wish.opens() && self.take_hold(inbox.id).await?);
        let answer = if here {
            self.grant(&self.phone(inbox.id)?, wish).await?
        } else {
            self.ask(inbox.id, &wish).await?
        };
        serde_json::from_value(answer).map_err(|it| unavailable(&it))
    }

    /// Has the other server do it.
    async fn ask(&self, id: InboxId, wish: &Wish) -> Result<Value> {
        let (store, key) = (&self.core().store, self.0.key);
        let wish = serde_json::to_vec(wish).map_err(|it| unavailable(&it))?;
        let name = store
            .transact(move |tx| {
                // Its time stands in its name: whoever finds it late knows so without opening it.
                let name = format!("{id} {} {}", tx.now().as_microsecond(), tx.new_id());
                let sealed = Seal::new(&key, id)?.seal(&place(WISHES, &name), &wish)?;
                tx.keep(WISHES, &name, Some(&sealed))?;
                Ok(name)
            })
            .await?;
        let began = Instant::now();
        let mut answer = None;
        while answer.is_none() && began.elapsed() < ANSWERED {
            sleep(LOOK_EVERY).await;
            answer = store.view(|view| view.find_kept(ANSWERS, &name))?;
        }
        let row = name.clone();
        store
            .transact(move |tx| {
                tx.keep(WISHES, &row, None)?;
                tx.keep(ANSWERS, &row, None)
            })
            .await?;
        let silent = || {
            Error::refused(
                Kind::Unavailable,
                "another server of this database has the phone, and does not answer: ask again in a moment",
            )
        };
        let sealed = answer.ok_or_else(silent)?;
        let opened = Seal::new(&key, id)?.open(&place(ANSWERS, &name), &sealed)?;
        let answer: Answer = serde_json::from_slice(&opened).map_err(|it| unavailable(&it))?;
        answer.map_err(Error::from)
    }

    /// Does what other servers wish of the phones that this one has.
    pub(crate) async fn grant_wishes(&self) -> Result<()> {
        if !self.is_shared() {
            return Ok(());
        }
        let store = &self.core().store;
        let (wishes, answers) = store.view(|view| {
            let wishes = view.list_kept(WISHES, TOGETHER)?;
            Ok((wishes, view.list_kept(ANSWERS, TOGETHER)?))
        })?;
        for (name, _) in answers {
            if self.is_forgotten(&name) {
                let forget = store.transact(move |tx| tx.keep(ANSWERS, &name, None));
                forget.await?;
            }
        }
        for (name, _) in wishes {
            let Some(id) = phone_of(&name) else { continue };
            let late = self.is_forgotten(&name);
            if !late && !self.is_held(id) {
                continue;
            }
            let row = name.clone();
            let taken = store.transact(move |tx| {
                let taken = tx.find_kept(WISHES, &row)?;
                tx.keep(WISHES, &row, None)?;
                Ok(taken)
            });
            if let Some(sealed) = taken.await?.filter(|_| !late) {
                let engine = self.clone();
                tokio::spawn(async move {
                    if let Err(error) = engine.answer(id, name, &sealed).await {
                        tracing::warn!(%error, inbox.id = id.0, "another server gets no answer");
                    }
                });
            }
        }
        Ok(())
    }

    async fn answer(&self, id: InboxId, name: String, sealed: &str) -> Result<()> {
        let seal = Seal::new(&self.0.key, id)?;
        let opened = seal.open(&place(WISHES, &name), sealed)?;
        let wish: Wish = serde_json::from_slice(&opened).map_err(|it| unavailable(&it))?;
        let granted = match self.phone(id) {
            Ok(phone) => self.grant(&phone, wish).await,
            Err(error) => Err(error),
        };
        let answer: Answer = granted.map_err(|it| mirror::Refusal::of(&it));
        let answer = serde_json::to_vec(&answer).map_err(|it| unavailable(&it))?;
        let sealed = seal.seal(&place(ANSWERS, &name), &answer)?;
        let store = &self.core().store;
        let keep = store.transact(move |tx| tx.keep(ANSWERS, &name, Some(&sealed)));
        keep.await
    }

    fn is_forgotten(&self, name: &str) -> bool {
        let written = name.split(' ').nth(1).and_then(|it| it.parse::<i64>().ok());
        let written = written.unwrap_or(i64::MIN);
        let now = self.core().clock.now().as_microsecond();
        now.saturating_sub(written).unsigned_abs() / 1_000_000 > FORGOTTEN.as_secs()
    }
}

/// What a row is sealed for.
fn place(keeper: &str, name: &str) -> String {
    format!("{keeper} {name}")
}

fn phone_of(name: &str) -> Option<InboxId> {
    let id = name.split(' ').next()?.parse().ok()?;
    Some(InboxId(id))
}
