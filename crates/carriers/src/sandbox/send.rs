//! What a phone sends: handed to the network at once, ticked off and answered after a while.

use std::sync::Arc;

use app::{
    messages::{self, NewAttachment},
    ports::{Accepted, BoxFuture, Carrier, EarlyReport, Outgoing, Placed, SendError},
};
use domain::{Attachment, Inbox, MessageStatus, SessionState};
use wire::maytapi::{chat::Chat, extra::Extra, id};

use super::{
    Sandbox,
    arrive::Incoming,
    groups::Record,
    people::{Manners, Person},
};

/// Whom a message goes to.
struct Receivers {
    /// Simulated people, by number.
    people: Vec<(String, Person)>,
    /// Phones of this server.
    phones: Vec<Arc<Inbox>>,
    /// The group, if it goes to one.
    group: Option<Record>,
}

impl Carrier for Sandbox {
    fn send<'a>(
        &'a self,
        inbox: &'a Inbox,
        _: &'a str,
        outgoing: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Accepted, SendError>> {
        Box::pin(async move { self.take(inbox, outgoing).await })
    }

    // Simulated people see what was changed and think their part; a phone of this server keeps what it got.
    fn edit<'a>(
        &'a self,
        inbox: &'a Inbox,
        _: &'a str,
        _: Placed<'a>,
        _: &'a str,
    ) -> BoxFuture<'a, app::Result<()>> {
        Box::pin(async move { self.own(inbox).map(drop) })
    }

    fn retract<'a>(
        &'a self,
        inbox: &'a Inbox,
        _: &'a str,
        _: Placed<'a>,
    ) -> BoxFuture<'a, app::Result<bool>> {
        Box::pin(async move { self.own(inbox).map(|_| true) })
    }
}

impl Sandbox {
    async fn take(&self, inbox: &Inbox, outgoing: &Outgoing) -> Result<Accepted, SendError> {
        let own = self.number(inbox)?;
        let receivers = self.receivers(&own, &outgoing.to)?;
        let number = u8::try_from(outgoing.part).unwrap_or(u8::MAX);
        let message_id = outgoing.message.id.0;
        let external_id = id::of(message_id, number);
        let kept = Extra::read(outgoing.message.extra.as_deref());
        let incoming = Incoming {
            id: external_id.clone(),
            from: own,
            group: receivers.group.as_ref().map(Record::named),
            text: outgoing.text.clone(),
            reply_to: outgoing.message.reply_to_external.clone(),
            things: outgoing
                .attachment
                .clone()
                .map(attached)
                .into_iter()
                .collect(),
            at_micros: self.core().clock.now().as_microsecond(),
            extra: Extra {
                reaction_to: kept.reaction_to,
                forwarded: kept.forwarded,
                product: kept.product,
                ..Extra::default()
            },
            ..Incoming::default()
        };
        for phone in &receivers.phones {
            // A phone that is not paired is like a person whose phone is lost.
            if let Err(error) = self.bring(phone, incoming.clone()).await {
                tracing::debug!(%error, inbox.id = phone.id.0, "a sandbox phone did not get a message");
            }
        }
        if outgoing.part + 1 == outgoing.parts {
            let text = outgoing.message.content.clone().unwrap_or_default();
            self.react_later(inbox.id, id::of(message_id, 0), receivers, text);
        }
        Ok(Accepted {
            external_id: Some(external_id),
        })
    }

    /// The number of a phone that is open.
    fn number(&self, inbox: &Inbox) -> Result<String, SendError> {
        let session = self.session(inbox).map_err(SendError::for_now)?;
        match (session.state, session.number) {
            (SessionState::LoggedIn, Some(number)) => Ok(number),
            (SessionState::Banned, _) => Err(SendError::Closed {
                reason: format!("banned: {}", session.note.unwrap_or_default()),
            }),
            _ => Err(SendError::for_now("the phone is not logged in")),
        }
    }

    fn receivers(&self, own: &str, to: &str) -> Result<Receivers, SendError> {
        let chat = Chat::parse(to).map_err(|bad| SendError::for_good(bad.to_string()))?;
        let view = &self.core().store;
        let (numbers, group) = match chat {
            Chat::Person(number) => (vec![number], None),
            Chat::Group(_) => {
                let group = view
                    .view(|view| Record::find(view, to))
                    .map_err(SendError::for_now)?;
                let group = group
                    .filter(|it| it.has(own))
                    .ok_or_else(|| SendError::for_good(format!("the phone is in no group {to}")))?;
                if group.admins_send && !group.is_admin(own) {
                    return Err(SendError::for_good(
                        "only admins may write in this group".to_owned(),
                    ));
                }
                let others = group.members.iter().filter(|it| *it != own);
                (others.cloned().collect(), Some(group))
            }
        };
        let (mut people, mut phones) = (Vec::new(), Vec::new());
        let ours = self.phones();
        for number in numbers {
            if let Some(phone) = ours.iter().find(|it| it.address == number) {
                phones.push(phone.clone());
                continue;
            }
            let person = view
                .view(|view| Person::of(view, &number))
                .map_err(SendError::for_now)?;
            if person.manners == Manners::Absent && group.is_none() {
                return Err(SendError::for_good(format!("{number} is not on WhatsApp")));
            }
            people.push((number, person));
        }
        Ok(Receivers {
            people,
            phones,
            group,
        })
    }

    /// The ticks, and what somebody answers.
    fn react_later(
        &self,
        inbox: domain::InboxId,
        external_id: String,
        receivers: Receivers,
        text: String,
    ) {
        let sandbox = self.clone();
        tokio::spawn(async move {
            // A group has read what everybody has read.
            let people = receivers.people.iter().map(|(_, it)| it.manners);
            let far = people.filter(|it| *it != Manners::Absent).min();
            let far = far.unwrap_or(Manners::Reads);
            let pace = sandbox.pace();
            if far >= Manners::Unread {
                tokio::time::sleep(pace.delivers).await;
                sandbox
                    .tick(inbox, &external_id, MessageStatus::Delivered)
                    .await;
            }
            if far >= Manners::Reads {
                tokio::time::sleep(pace.reads).await;
                sandbox.tick(inbox, &external_id, MessageStatus::Read).await;
            }
            let mut people = receivers.people.iter();
            let answer = people.find_map(|(number, it)| Some((number, it, it.answer(&text)?)));
            if let Some((number, person, answer)) = answer {
                tokio::time::sleep(pace.answers).await;
                let group = receivers.group.as_ref().map(Record::named);
                sandbox.answer(inbox, number, person, group, answer).await;
            }
        });
    }

    async fn tick(&self, inbox: domain::InboxId, external_id: &str, status: MessageStatus) {
        let Ok(inbox) = self.phone(inbox) else { return };
        let (directory, external_id) = (self.core().directory.clone(), external_id.to_owned());
        let report = EarlyReport {
            status,
            error: None,
        };
        let reported = self
            .core()
            .store
            .transact(move |tx| messages::report(tx, &directory, &inbox, &external_id, &report))
            .await;
        if let Err(error) = reported {
            tracing::warn!(%error, "a tick of the sandbox was lost");
        }
    }

    async fn answer(
        &self,
        inbox: domain::InboxId,
        number: &str,
        person: &Person,
        group: Option<(String, String)>,
        text: String,
    ) {
        let Ok(inbox) = self.phone(inbox) else { return };
        let Ok(id) = self.new_id().await else { return };
        let incoming = Incoming {
            id,
            from: number.to_owned(),
            name: person.name.clone(),
            group,
            text: Some(text),
            at_micros: self.core().clock.now().as_microsecond(),
            ..Incoming::default()
        };
        if let Err(error) = self.bring(&inbox, incoming).await {
            tracing::warn!(%error, "an answer of the sandbox was lost");
        }
    }
}

fn attached(it: Attachment) -> super::arrive::Thing {
    NewAttachment {
        kind: it.kind,
        file: it.file,
        title: it.title,
        coordinates: it.coordinates,
        detail: it.detail,
    }
    .into()
}
