//! What happens in groups that a phone is in: who comes and goes, and what they change.

use std::sync::Arc;

use app::{
    Result,
    messages::{self, Inbound},
};
use domain::{Inbox, Timestamp};
use whatsapp_rust::{
    Client, Jid,
    wacore::{
        stanza::groups::{GroupNotificationAction as Action, GroupParticipantInfo},
        types::events::GroupUpdate,
    },
};
use wire::maytapi::extra::{Author, Extra, Info};

use crate::{WhatsAppWeb, jid};

/// One thing that happened.
struct Happened {
    /// `group/` and what.
    subtype: &'static str,
    /// To whom, in digits.
    whom: String,
    /// In words.
    said: String,
}

impl WhatsAppWeb {
    /// Somebody has changed a group that a phone is in.
    pub(crate) async fn group_told(
        &self,
        inbox: &Arc<Inbox>,
        client: &Arc<Client>,
        update: &GroupUpdate,
    ) -> Result<()> {
        let Some(source_id) = jid::chat(&update.group_jid) else {
            return Ok(());
        };
        let by = match &update.participant {
            Some(by) => jid::person(client, by, update.participant_pn.as_ref()).await,
            None => return Ok(()),
        };
        // What we do ourselves is no news.
        if is_own(client, &by) {
            return Ok(());
        }
        let by = by.user_base().to_owned();
        let all = match people(&update.action) {
            Some(people) => {
                let mut all = Vec::with_capacity(people.len());
                for it in people {
                    let whom = jid::person(client, &it.jid, it.phone_number.as_ref()).await;
                    all.extend(done_to(&update.action, &by, whom.user_base()));
                }
                all
            }
            None => changed(&update.action, &by).into_iter().collect(),
        };
        if all.is_empty() {
            return Ok(());
        }
        let mut from = self
            .group_met(inbox, client, &update.group_jid, source_id)
            .await?;
        if let Action::Subject { subject, .. } = &update.action {
            from.name = Some(subject.clone()).filter(|it| !it.is_empty());
        }
        let id = update.notification_id.clone().unwrap_or_default();
        let author = Author {
            username: None,
            number: by.clone(),
            name: update.notify.clone().unwrap_or(by),
        };
        let told = all.into_iter().enumerate().map(|(place, it)| {
            let extra = Extra {
                author: Some(author.clone()),
                info: Some(Info {
                    subtype: it.subtype.to_owned(),
                    participant: it.whom,
                }),
                ..Extra::default()
            };
            Inbound {
                from: from.clone(),
                external_id: format!("{id}-{}-{place}", update.action_index),
                content: Some(it.said),
                extra: extra.write(),
                sent_at: Timestamp::from_second(update.timestamp.timestamp()).ok(),
                ..Inbound::default()
            }
        });
        let told: Vec<Inbound> = told.collect();
        let (inbox, directory) = (inbox.clone(), self.core().directory.clone());
        self.core()
            .store
            .transact(move |tx| {
                for inbound in &told {
                    messages::receive(tx, &directory, &inbox, inbound)?;
                }
                Ok(())
            })
            .await
    }
}

fn is_own(client: &Client, who: &Jid) -> bool {
    let own = [client.pn(), client.lid()].into_iter().flatten();
    own.into_iter().any(|it| it.user_base() == who.user_base())
}

/// To whom something was done.
fn people(action: &Action) -> Option<&[GroupParticipantInfo]> {
    match action {
        Action::Add { participants, .. }
        | Action::Remove { participants, .. }
        | Action::Promote { participants }
        | Action::Demote { participants } => Some(participants),
        _ => None,
    }
}

fn done_to(action: &Action, by: &str, whom: &str) -> Option<Happened> {
    let alone = by == whom;
    let (subtype, said) = match action {
        Action::Add { reason, .. } if alone || reason.as_deref() == Some("invite") => {
            ("group/invite", format!("{whom} joined by the invitation"))
        }
        Action::Add { .. } => ("group/add", format!("{by} added {whom}")),
        Action::Remove { .. } if alone => ("group/leave", format!("{whom} left")),
        Action::Remove { .. } => ("group/remove", format!("{by} removed {whom}")),
        Action::Promote { .. } => ("group/promote", format!("{by} made {whom} an admin")),
        Action::Demote { .. } => ("group/demote", format!("{whom} is no admin any more")),
        _ => return None,
    };
    Some(Happened {
        subtype,
        whom: whom.to_owned(),
        said,
    })
}

/// What somebody did to the group itself.
fn changed(action: &Action, by: &str) -> Option<Happened> {
    let (subtype, said) = match action {
        Action::Subject { subject, .. } => (
            "group/subject",
            format!("{by} changed the group's name to \"{subject}\""),
        ),
        Action::Description {
            description: Some(text),
            ..
        } => (
            "group/description",
            format!("{by} changed what the group is about: {text}"),
        ),
        Action::Description { .. } => (
            "group/description",
            format!("{by} took away what the group is about"),
        ),
        Action::Locked { .. } => (
            "group/locked",
            format!("{by} lets only admins change the group"),
        ),
        Action::Unlocked => (
            "group/unlocked",
            format!("{by} lets everybody change the group"),
        ),
        Action::Announce => ("group/announcement", format!("{by} lets only admins write")),
        Action::NotAnnounce => (
            "group/not_announcement",
            format!("{by} lets everybody write"),
        ),
        Action::Ephemeral { expiration: 0, .. } => (
            "group/ephemeral",
            format!("{by} lets messages stay for good"),
        ),
        Action::Ephemeral { expiration, .. } => (
            "group/ephemeral",
            format!("{by} lets messages disappear after {}", days(*expiration)),
        ),
        Action::Invite { .. } => ("group/invite", format!("{by} joined by the invitation")),
        _ => return None,
    };
    Some(Happened {
        subtype,
        whom: by.to_owned(),
        said,
    })
}

fn days(seconds: u32) -> String {
    match seconds / 86_400 {
        0 => format!("{} hours", seconds / 3600),
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    }
}
