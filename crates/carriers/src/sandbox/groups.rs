//! Groups: kept by the network, changed by those in them.

use std::sync::Arc;

use app::{
    Core, Error, Result, pictures,
    ports::{Group, GroupChange, Tx, View},
    sessions,
    tokens::random_text,
};
use domain::{Inbox, Kind, SessionState, StoredFile};
use serde::{Deserialize, Serialize};
use wire::maytapi::extra::{Extra, Info};

use super::{
    GROUPS, Sandbox,
    arrive::{File, Incoming, arrive},
};

/// Under which groups are kept.
const KEEPER: &str = "sandbox groups";

/// A group as the network keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) members: Vec<String>,
    pub(super) admins: Vec<String>,
    pub(super) picture: Option<File>,
    pub(super) admins_edit: bool,
    pub(super) admins_send: bool,
    pub(super) disappear: bool,
    pub(super) invite: String,
}

impl Record {
    pub(super) fn find<V: View + ?Sized>(view: &V, id: &str) -> Result<Option<Self>> {
        let kept = view.find_kept(KEEPER, id)?;
        Ok(kept.and_then(|it| serde_json::from_str(&it).ok()))
    }

    fn keep(&self, tx: &mut dyn Tx) -> Result<()> {
        let text = serde_json::to_string(self).unwrap_or_default();
        tx.keep(KEEPER, &self.id, Some(&text))
    }

    pub(super) fn has(&self, number: &str) -> bool {
        self.members.iter().any(|it| it == number)
    }

    pub(super) fn is_admin(&self, number: &str) -> bool {
        self.admins.iter().any(|it| it == number)
    }

    /// Its id and what it is called.
    pub(super) fn named(&self) -> (String, String) {
        (self.id.clone(), self.name.clone())
    }

    fn shown(self, core: &Core) -> Group {
        let picture = self.picture.map(StoredFile::from);
        let picture = picture.and_then(|it| pictures::of_file(&it));
        Group {
            id: self.id,
            name: self.name,
            members: self.members,
            admins: self.admins,
            picture: picture.map(|it| pictures::url(core, &it)),
            admins_edit: self.admins_edit,
            admins_send: self.admins_send,
            disappear: self.disappear,
            invite: self.invite,
        }
    }

    /// Makes a change, and says what the others are told of it: what happened, and to whom.
    fn change(
        &mut self,
        own: &str,
        change: &GroupChange,
    ) -> Result<Option<(&'static str, String)>> {
        let refused = |text: String| Err(Error::refused(Kind::Conflict, text));
        let open = matches!(change, GroupChange::Leave | GroupChange::Picture(_));
        let may =
            self.is_admin(own) || open && (!self.admins_edit || *change == GroupChange::Leave);
        if !may {
            return Err(Error::refused(
                Kind::Forbidden,
                "the phone is no admin of this group",
            ));
        }
        let member = |number: &String| {
            if self.has(number) {
                Ok(())
            } else {
                Err(Error::refused(
                    Kind::Conflict,
                    format!("{number} is not in this group"),
                ))
            }
        };
        Ok(match change {
            GroupChange::Add(number) => {
                if self.has(number) {
                    return refused(format!("{number} is in this group already"));
                }
                self.members.push(number.clone());
                Some(("group/add", number.clone()))
            }
            GroupChange::Remove(number) => {
                member(number)?;
                self.without(number);
                Some(("group/remove", number.clone()))
            }
            GroupChange::Promote(number) => {
                member(number)?;
                if !self.is_admin(number) {
                    self.admins.push(number.clone());
                }
                Some(("group/promote", number.clone()))
            }
            GroupChange::Demote(number) => {
                member(number)?;
                self.admins.retain(|it| it != number);
                Some(("group/demote", number.clone()))
            }
            GroupChange::Configure {
                admins_edit,
                admins_send,
                disappear,
            } => {
                self.admins_edit = admins_edit.unwrap_or(self.admins_edit);
                self.admins_send = admins_send.unwrap_or(self.admins_send);
                self.disappear = disappear.unwrap_or(self.disappear);
                None
            }
            GroupChange::Picture(file) => {
                self.picture = Some(file.clone().into());
                None
            }
            GroupChange::Leave => {
                self.without(own);
                Some(("group/leave", own.to_owned()))
            }
        })
    }

    fn without(&mut self, number: &str) {
        self.members.retain(|it| it != number);
        self.admins.retain(|it| it != number);
        // Somebody has to be one.
        if let (true, Some(first)) = (self.admins.is_empty(), self.members.first()) {
            self.admins.push(first.clone());
        }
    }
}

impl Sandbox {
    /// The number of a phone that is open, for everything that is asked of the network.
    pub(super) fn own(&self, inbox: &Inbox) -> Result<String> {
        let session = self.session(inbox)?;
        open_number(&session)
    }

    pub(super) fn groups_of(&self, inbox: &Inbox) -> Result<Vec<Group>> {
        let own = self.own(inbox)?;
        let kept = self
            .core()
            .store
            .view(|view| view.list_kept(KEEPER, GROUPS))?;
        let all = kept
            .iter()
            .filter_map(|(_, it)| serde_json::from_str::<Record>(it).ok());
        let mine = all.filter(|it| it.has(&own));
        Ok(mine.map(|it| it.shown(self.core())).collect())
    }

    pub(super) fn group_of(&self, inbox: &Inbox, id: &str) -> Result<Option<Group>> {
        let own = self.own(inbox)?;
        let found = self.core().store.view(|view| Record::find(view, id))?;
        let mine = found.filter(|it| it.has(&own));
        Ok(mine.map(|it| it.shown(self.core())))
    }

    pub(super) async fn group_made(
        &self,
        inbox: &Arc<Inbox>,
        name: &str,
        numbers: &[String],
    ) -> Result<Group> {
        let own = self.own(inbox)?;
        let now = self.core().clock.now();
        let mut members = vec![own.clone()];
        for number in numbers {
            if !members.contains(number) {
                members.push(number.clone());
            }
        }
        // As WhatsApp names them: who made it, and when. Milliseconds, so that two of one second differ.
        let record = Record {
            id: format!("{own}-{}@g.us", now.as_millisecond()),
            name: name.to_owned(),
            members,
            admins: vec![own.clone()],
            picture: None,
            admins_edit: false,
            admins_send: false,
            disappear: false,
            invite: format!(
                "https://chat.whatsapp.example/{}",
                random_text()?.get(..22).unwrap_or_default()
            ),
        };
        let (sandbox, kept) = (self.clone(), record.clone());
        self.core()
            .store
            .transact(move |tx| {
                if Record::find(&*tx, &kept.id)?.is_some() {
                    return Err(Error::refused(
                        Kind::Conflict,
                        "this group exists, try again",
                    ));
                }
                kept.keep(tx)?;
                for number in kept.members.iter().filter(|it| **it != own) {
                    sandbox.tell(tx, &kept, &own, "group/add", number)?;
                }
                Ok(())
            })
            .await?;
        Ok(record.shown(self.core()))
    }

    pub(super) async fn group_changed(
        &self,
        own: String,
        group: &str,
        change: GroupChange,
    ) -> Result<Group> {
        let (sandbox, group) = (self.clone(), group.to_owned());
        let (changed, gone) = self
            .core()
            .store
            .transact(move |tx| {
                let found = Record::find(&*tx, &group)?.filter(|it| it.has(&own));
                let mut record = found.ok_or_else(|| Error::not_found("group"))?;
                let before = record.clone();
                let before_picture = before.picture.clone();
                let told = record.change(&own, &change)?;
                record.keep(tx)?;
                if let Some((what, whom)) = told {
                    // Whoever was thrown out is told so as well.
                    let mut audience = before;
                    if let GroupChange::Add(number) = &change {
                        audience.members.push(number.clone());
                    }
                    sandbox.tell(tx, &audience, &own, what, &whom)?;
                }
                let gone = before_picture.filter(|_| matches!(change, GroupChange::Picture(_)));
                Ok((record, gone))
            })
            .await?;
        if let Some(gone) = gone.map(StoredFile::from) {
            self.core().media.forget(&gone.key).await;
        }
        Ok(changed.shown(self.core()))
    }

    /// Tells the phones of this server that are in a group what somebody did there.
    fn tell(
        &self,
        tx: &mut dyn Tx,
        group: &Record,
        by: &str,
        what: &str,
        whom: &str,
    ) -> Result<()> {
        let directory = self.core().directory.clone();
        for phone in self.phones() {
            let other = group.has(&phone.address) && phone.address != by;
            let paired = matches!(
                sessions::load(&*tx, &phone)?.state,
                SessionState::LoggedIn | SessionState::Loading | SessionState::Offline
            );
            if !other || !paired {
                continue;
            }
            let text = match what {
                "group/add" => format!("{by} added {whom}"),
                "group/remove" => format!("{by} removed {whom}"),
                "group/promote" => format!("{by} made {whom} an admin"),
                "group/demote" => format!("{whom} is no admin any more"),
                _ => format!("{whom} left"),
            };
            let incoming = Incoming {
                id: wire::maytapi::id::of(tx.new_id(), 0),
                from: by.to_owned(),
                group: Some(group.named()),
                text: Some(text),
                extra: Extra {
                    info: Some(Info {
                        subtype: what.to_owned(),
                        participant: whom.to_owned(),
                    }),
                    ..Extra::default()
                },
                at_micros: tx.now().as_microsecond(),
                ..Incoming::default()
            };
            arrive(tx, &directory, &phone, &incoming)?;
        }
        Ok(())
    }
}

/// The number of a session that is open.
fn open_number(session: &domain::Session) -> Result<String> {
    match (session.state, &session.number) {
        (SessionState::LoggedIn, Some(number)) => Ok(number.clone()),
        _ => Err(Error::refused(Kind::Conflict, "the phone is not logged in")),
    }
}
