//! Groups, as WhatsApp keeps them.

use std::collections::BTreeMap;

use app::{
    Error, Result,
    ports::{Group, GroupChange},
};
use domain::{Inbox, Kind, StoredFile};
use futures_util::TryStreamExt as _;
use whatsapp_rust::{
    Client, GroupCreateOptions, GroupMetadata, GroupParticipant, GroupParticipantOptions, Jid,
    ParticipantChangeResponse,
};
use wire::maytapi::chat::Chat;

use crate::{WhatsAppWeb, jid, open::unavailable};

/// For how long messages stay where they disappear, in seconds: seven days, WhatsApp's own choice.
const DISAPPEARS_S: u32 = 7 * 24 * 60 * 60;

impl WhatsAppWeb {
    pub(crate) async fn groups_of(&self, inbox: &Inbox) -> Result<Vec<Group>> {
        let client = self.client(inbox)?;
        let found = client.groups().get_participating().await;
        let found: BTreeMap<String, GroupMetadata> = found
            .map_err(|it| refused(&it))?
            .into_iter()
            .map(|(id, group)| (id.to_string(), group))
            .collect();
        let mut groups = Vec::with_capacity(found.len());
        // Asking WhatsApp of each by itself is what it slows such programs down for.
        for group in found.into_values() {
            groups.push(shown(&client, group).await);
        }
        Ok(groups)
    }

    pub(crate) async fn group_of(&self, inbox: &Inbox, id: &str) -> Result<Option<Group>> {
        let client = self.client(inbox)?;
        let Ok(Chat::Group(id)) = Chat::parse(id) else {
            return Ok(None);
        };
        match client.groups().get_metadata(&Jid::group(id)).await {
            Ok(found) => Ok(Some(in_full(&client, found).await)),
            // Whether there is none or we are not in it, WhatsApp does not say.
            Err(_) => Ok(None),
        }
    }

    /// Where somebody's picture is, as far as WhatsApp shows it to us.
    pub(crate) async fn picture_of(&self, inbox: &Inbox, number: &str) -> Result<Option<String>> {
        let client = self.client(inbox)?;
        Ok(picture(&client, &Jid::pn(number)).await)
    }

    pub(crate) async fn group_made(
        &self,
        inbox: &Inbox,
        name: &str,
        numbers: &[String],
    ) -> Result<Group> {
        let client = self.client(inbox)?;
        let people = numbers.iter().map(Jid::pn);
        let options = GroupCreateOptions::builder()
            .subject(name)
            .participants(people.map(GroupParticipantOptions::new).collect())
            .build();
        let made = client.groups().create_group(options).await;
        Ok(in_full(&client, made.map_err(|it| refused(&it))?.metadata).await)
    }

    pub(crate) async fn group_changed(
        &self,
        inbox: &Inbox,
        group: &str,
        change: GroupChange,
    ) -> Result<Group> {
        let client = self.client(inbox)?;
        let group = match Chat::parse(group) {
            Ok(Chat::Group(id)) => Jid::group(id),
            _ => return Err(Error::not_found("group")),
        };
        let groups = client.groups();
        let leaves = matches!(change, GroupChange::Leave);
        // Asked first: afterwards we are told nothing of it any more.
        let before = groups.get_metadata(&group).await;
        let before = before.map_err(|_| Error::not_found("group"))?;
        match change {
            GroupChange::Add(number) => {
                let answer = groups.add_participants(&group, &[Jid::pn(number)]).await;
                taken(answer.map_err(|it| refused(&it))?)?;
            }
            GroupChange::Remove(number) => {
                let who = member(&before, &number)?;
                let answer = groups.remove_participants(&group, &[who]).await;
                taken(answer.map_err(|it| refused(&it))?)?;
            }
            GroupChange::Promote(number) => {
                let who = member(&before, &number)?;
                let answer = groups.promote_participants(&group, &[who]).await;
                answer.map(drop).map_err(|it| refused(&it))?;
            }
            GroupChange::Demote(number) => {
                let who = member(&before, &number)?;
                let answer = groups.demote_participants(&group, &[who]).await;
                answer.map(drop).map_err(|it| refused(&it))?;
            }
            GroupChange::Configure {
                admins_edit,
                admins_send,
                disappear,
            } => {
                if let Some(locked) = admins_edit {
                    let answer = groups.set_locked(&group, locked).await;
                    answer.map_err(|it| refused(&it))?;
                }
                if let Some(announce) = admins_send {
                    let answer = groups.set_announce(&group, announce).await;
                    answer.map_err(|it| refused(&it))?;
                }
                if let Some(disappear) = disappear {
                    let seconds = if disappear { DISAPPEARS_S } else { 0 };
                    let answer = groups.set_ephemeral(&group, seconds).await;
                    answer.map_err(|it| refused(&it))?;
                }
            }
            GroupChange::Picture(file) => {
                let bytes = self.bytes_of(&file).await?;
                let answer = groups.set_profile_picture(&group, bytes).await;
                answer.map(drop).map_err(|it| refused(&it))?;
            }
            GroupChange::Leave => {
                groups.leave(&group).await.map_err(|it| refused(&it))?;
            }
        }
        let after = if leaves {
            before
        } else {
            let after = groups.get_metadata(&group).await;
            after.map_err(|it| refused(&it))?
        };
        Ok(shown(&client, after).await)
    }

    /// The whole of a kept file.
    pub(crate) async fn bytes_of(&self, file: &StoredFile) -> Result<Vec<u8>> {
        let mut stream = self.core().media.open(&file.key).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = stream.try_next().await.map_err(|it| unavailable(&it))? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

/// A member as the group names them.
fn member(group: &GroupMetadata, number: &str) -> Result<Jid> {
    let mut all = group.participants.iter();
    let found = all.find(|it| {
        let known = it.phone_number.as_ref().unwrap_or(&it.jid);
        known.user_base() == number
    });
    let absent = || {
        let text = format!("{number} is not in this group");
        Error::refused(Kind::Conflict, text)
    };
    Ok(found.ok_or_else(absent)?.jid.clone())
}

/// Whether everybody was taken in, or thrown out.
fn taken(answers: Vec<ParticipantChangeResponse>) -> Result<()> {
    match answers.into_iter().find(|it| !it.is_ok()) {
        None => Ok(()),
        Some(it) => Err(Error::refused(
            Kind::Conflict,
            format!(
                "WhatsApp refuses {}: {}",
                it.jid.user_base(),
                it.error.unwrap_or_default()
            ),
        )),
    }
}

async fn shown(client: &Client, group: GroupMetadata) -> Group {
    let (mut members, mut admins) = (Vec::new(), Vec::new());
    for it in &group.participants {
        let who = called(client, it).await;
        if it.is_admin() {
            admins.push(who.clone());
        }
        members.push(who);
    }
    Group {
        id: format!("{}@g.us", group.id.user_base()),
        name: group.subject,
        members,
        admins,
        picture: None,
        admins_edit: group.is_locked,
        admins_send: group.is_announcement,
        disappear: group.ephemeral.is_some(),
        invite: String::new(),
    }
}

/// A group with what WhatsApp tells of it by itself.
async fn in_full(client: &Client, group: GroupMetadata) -> Group {
    let id = group.id.clone();
    // Only admins may ask for it.
    let invite = client.groups().get_invite_link(&id, false).await;
    Group {
        picture: picture(client, &id).await,
        invite: invite.unwrap_or_default(),
        ..shown(client, group).await
    }
}

async fn picture(client: &Client, whose: &Jid) -> Option<String> {
    let asked = client.contacts().get_profile_picture(whose, false).await;
    match asked {
        Ok(found) => found.map(|it| it.url).filter(|it| !it.is_empty()),
        Err(error) => {
            tracing::debug!(%error, "a picture is not shown to us");
            None
        }
    }
}

async fn called(client: &Client, it: &GroupParticipant) -> String {
    let who = jid::person(client, &it.jid, it.phone_number.as_ref()).await;
    who.user_base().to_owned()
}

pub(crate) fn refused(error: &dyn std::error::Error) -> Error {
    Error::refused(Kind::Upstream, format!("WhatsApp refuses it: {error}"))
}
