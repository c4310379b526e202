//! What the library tells of a connection: how its session stands, and how far our messages have come.

use std::sync::Arc;

use app::{
    Result, inboxes, messages,
    ports::{EarlyReport, Qr},
    sessions,
};
use domain::{Inbox, InboxId, InboxState, MessageStatus, SessionState, Timestamp};
use whatsapp_rust::{
    Client,
    types::presence::ReceiptType,
    wacore::types::events::{ConnectFailureReason, Event, LogoutMessage, Receipt},
};
use wire::maytapi::id;

use crate::{NAME, UNREACHABLE, WhatsAppWeb};

impl WhatsAppWeb {
    /// Looks at one event of a phone. Those of an opening that is over are not heard.
    pub(crate) async fn heard(&self, id: InboxId, turn: u64, event: &Event, client: &Arc<Client>) {
        if !self.line(id).is_turn(turn) {
            return;
        }
        let Ok(inbox) = self.phone(id) else { return };
        if let Err(error) = self.look_at(&inbox, turn, event, client).await {
            tracing::error!(%error, inbox.id = id.0, "what WhatsApp told was lost");
        }
    }

    async fn look_at(
        &self,
        inbox: &Arc<Inbox>,
        turn: u64,
        event: &Event,
        client: &Arc<Client>,
    ) -> Result<()> {
        match event {
            Event::PairingQrCode(it) => {
                // It can be reached, and that is said before the code is shown.
                self.set(inbox, |it| {
                    it.note.take_if(|it| it == UNREACHABLE);
                })
                .await?;
                let now = self.core().clock.now();
                self.line(inbox.id).shown.send_replace(Some(Qr {
                    text: it.code.clone(),
                    expires_at: now.saturating_add(it.timeout).unwrap_or(Timestamp::MAX),
                }));
                Ok(())
            }
            Event::PairingQrCodesExhausted(_) => {
                let (engine, inbox) = (self.clone(), inbox.clone());
                tokio::spawn(async move { engine.let_idle(&inbox).await });
                Ok(())
            }
            Event::PairSuccess(it) => self.let_in(inbox, turn, it.id.user_base()).await,
            Event::Connected(_) => self.connected(inbox, client).await,
            Event::Disconnected(it) => self.unreachable(inbox, it.reason.to_string()).await,
            Event::ConnectFailure(it) if it.reason == ConnectFailureReason::TempBanned => {
                let said = it.message.clone();
                let said = said.unwrap_or_else(|| "WhatsApp does not say why".to_owned());
                self.banned(inbox, turn, said, None).await
            }
            Event::ConnectFailure(it) => {
                let said = it.message.clone();
                let said = said.unwrap_or_else(|| format!("WhatsApp refuses us: {:?}", it.reason));
                match it.reason.should_reconnect() {
                    true => self.unreachable(inbox, said).await,
                    false => self.refused(inbox, turn, said).await,
                }
            }
            Event::ClientOutdated(_) => {
                let said = "WhatsApp asks for a newer version of this server";
                self.refused(inbox, turn, said.to_owned()).await
            }
            Event::StreamReplaced(_) => {
                self.close_later(inbox.id, turn);
                let said = "the session was opened somewhere else: restart it to have it here";
                self.unreachable(inbox, said.to_owned()).await
            }
            Event::LoggedOut(it) if it.reason == ConnectFailureReason::AccountLocked => {
                let said = match &it.logout_message {
                    Some(it) => format!("WhatsApp has locked the account: {}", words(it)),
                    None => "WhatsApp has locked the account".to_owned(),
                };
                self.banned(inbox, turn, said, None).await
            }
            Event::LoggedOut(_) => self.unlinked(inbox, turn).await,
            Event::TemporaryBan(it) => {
                let lasts = it.expire.num_seconds();
                let end = self.core().clock.now().as_second().saturating_add(lasts);
                let end = Timestamp::from_second(end).ok();
                self.banned(inbox, turn, it.code.to_string(), end).await
            }
            Event::Receipt(it) => self.receipt(inbox, it).await,
            Event::ServerAck(it) if it.class.as_deref() == Some("message") => {
                let Some(code) = &it.error else { return Ok(()) };
                self.not_taken(inbox, &it.id, code).await
            }
            Event::ChatPresence(it) => self.they_type(inbox, client, it).await,
            Event::UndecryptableMessage(it) => self.not_opened(inbox, client, it).await,
            Event::GroupUpdate(it) => self.group_told(inbox, client, it).await,
            _ => Ok(()),
        }
    }

    /// Somebody's device has a message of ours, or somebody has looked at it.
    async fn receipt(&self, inbox: &Arc<Inbox>, it: &Receipt) -> Result<()> {
        let status = match it.r#type {
            // A device that is not looked at answers with its own word: two ticks all the same.
            ReceiptType::Delivered | ReceiptType::Inactive => MessageStatus::Delivered,
            ReceiptType::Read | ReceiptType::Played => MessageStatus::Read,
            _ => return Ok(()),
        };
        let report = EarlyReport {
            status,
            error: None,
        };
        self.ticked(inbox, &it.message_ids, report).await
    }

    /// WhatsApp did not take a message of ours.
    async fn not_taken(&self, inbox: &Arc<Inbox>, id: &str, code: &str) -> Result<()> {
        if let Some(why) = restricted(code) {
            self.hold_back(inbox, why).await?;
        }
        let report = EarlyReport {
            status: MessageStatus::Failed,
            error: Some(format!("WhatsApp refused it: {code}")),
        };
        self.ticked(inbox, &[id], report).await
    }

    async fn let_in(&self, inbox: &Arc<Inbox>, turn: u64, number: &str) -> Result<()> {
        self.line(inbox.id).shown.send_replace(None);
        let Err(error) = self.paired(inbox, number.to_owned()).await else {
            return Ok(());
        };
        // Somebody scanned it with a number that another inbox has: it is let go again.
        let (engine, inbox, said) = (self.clone(), inbox.clone(), error.public());
        tokio::spawn(async move {
            if engine.line(inbox.id).is_turn(turn) {
                drop(engine.ended(&inbox, false).await);
                let note = move |it: &mut domain::Session| it.note = Some(said.clone());
                drop(engine.set(&inbox, note).await);
            }
        });
        Ok(())
    }

    async fn connected(&self, inbox: &Arc<Inbox>, client: &Arc<Client>) -> Result<()> {
        let Some(own) = client.pn() else {
            return Ok(());
        };
        let number = own.user_base().to_owned();
        self.line(inbox.id).accepted();
        self.set(inbox, move |it| {
            it.state = SessionState::LoggedIn;
            it.number = Some(number.clone());
            it.note = None;
        })
        .await?;
        self.catch_up(inbox, client).await;
        Ok(())
    }

    /// It opens again by itself; what is known of it stays.
    async fn unreachable(&self, inbox: &Arc<Inbox>, why: String) -> Result<()> {
        self.set(inbox, move |it| {
            // While it is being opened, connections come and go.
            if it.state == SessionState::LoggedIn {
                it.state = SessionState::Offline;
            }
            if matches!(it.state, SessionState::Offline | SessionState::Loading) {
                it.note = Some(why.clone());
            }
        })
        .await?;
        Ok(())
    }

    /// WhatsApp does not let us in, for a reason that asking again at once does not change. It is asked again later,
    /// and later each time; what is known of the session stays.
    async fn refused(&self, inbox: &Arc<Inbox>, turn: u64, why: String) -> Result<()> {
        tracing::warn!(inbox.id = inbox.id.0, why, "WhatsApp refuses a phone");
        self.line(inbox.id).refused(self.core().clock.now());
        self.close_later(inbox.id, turn);
        self.set(inbox, move |it| {
            if matches!(it.state, SessionState::LoggedIn | SessionState::Loading) {
                it.state = SessionState::Offline;
            }
            it.note = Some(why.clone());
        })
        .await?;
        Ok(())
    }

    /// WhatsApp lets a number write no longer, or not to everybody: what waits is not tried against that. It is for its
    /// owner to say that it may go.
    async fn hold_back(&self, inbox: &Arc<Inbox>, why: &'static str) -> Result<()> {
        let (id, directory) = (inbox.id, self.core().directory.clone());
        self.core()
            .store
            .transact(move |tx| match directory.inbox(id) {
                Some(connected) if connected.inbox.state == InboxState::Active => {
                    tracing::warn!(inbox.id = id.0, why, "the inbox is paused");
                    inboxes::pause(tx, &connected, why)
                }
                _ => Ok(()),
            })
            .await
    }

    /// The phone's owner has taken it away.
    async fn unlinked(&self, inbox: &Arc<Inbox>, turn: u64) -> Result<()> {
        let (engine, phone) = (self.clone(), inbox.clone());
        tokio::spawn(async move {
            if !engine.line(phone.id).is_turn(turn) {
                return;
            }
            // First the connection, which would write what is to be forgotten.
            engine.close(phone.id).await;
            let forgotten = engine.forget(&phone, |it| {
                it.state = SessionState::LoggedOut;
                it.number = None;
                it.note = Some("the phone's owner has logged us out".to_owned());
            });
            if let Err(error) = forgotten.await {
                tracing::error!(%error, inbox.id = phone.id.0, "a session that is over was not ended");
            }
        });
        Ok(())
    }

    /// The network shuts the number out, until this time if it says so.
    async fn banned(
        &self,
        inbox: &Arc<Inbox>,
        turn: u64,
        reason: String,
        end: Option<Timestamp>,
    ) -> Result<()> {
        self.close_later(inbox.id, turn);
        let (phone, directory) = (inbox.clone(), self.core().directory.clone());
        self.core()
            .store
            .transact(move |tx| {
                let reason = match end {
                    Some(end) => format!("{reason} (until {end:.0})"),
                    None => reason.clone(),
                };
                let end = end.map(|it| it.as_second().to_string());
                tx.keep(NAME, &banned_until(&phone), end.as_deref())?;
                match directory.inbox(phone.id) {
                    Some(connected) => sessions::ban(tx, &connected, &reason).map(drop),
                    None => Ok(()),
                }
            })
            .await
    }

    /// Lets a phone in again whose time is over. What waits goes when its owner says so: whatever made the network ban
    /// it may be in there.
    pub(crate) async fn let_back(&self, inbox: &Arc<Inbox>) -> Result<()> {
        let name = banned_until(inbox);
        let kept = self.core().store.view(|view| view.find_kept(NAME, &name))?;
        let end = kept.and_then(|it| it.parse::<i64>().ok());
        if end.is_some_and(|end| end < self.core().clock.now().as_second()) {
            self.restarted(inbox).await?;
        }
        Ok(())
    }

    /// Messages of ours have come further.
    async fn ticked(
        &self,
        inbox: &Arc<Inbox>,
        ids: &[impl AsRef<str>],
        report: EarlyReport,
    ) -> Result<()> {
        // A message of several parts is known by its first. Ids that are not ours are the phone's own.
        let ours = ids.iter().map(AsRef::as_ref);
        let ours = ours.filter(|it| !matches!(id::number(it), Some((_, 1..))));
        let ours: Vec<String> = ours.map(str::to_owned).collect();
        if ours.is_empty() {
            return Ok(());
        }
        let (inbox, directory) = (inbox.clone(), self.core().directory.clone());
        self.core()
            .store
            .transact(move |tx| {
                for it in &ours {
                    messages::report(tx, &directory, &inbox, it, &report)?;
                }
                Ok(())
            })
            .await
    }
}

/// What an answer to a message means for all that follows, if anything.
fn restricted(code: &str) -> Option<&'static str> {
    match code {
        "463" => Some(
            "WhatsApp restricts the number: it may not write to people for now who have not written to it (463)",
        ),
        "475" => Some("WhatsApp restricts the account (475)"),
        "429" => Some("WhatsApp is sent too much (429)"),
        _ => None,
    }
}

/// What WhatsApp says of a lock.
fn words(it: &LogoutMessage) -> String {
    let parts = [&it.header, &it.subtext].into_iter().flatten();
    parts.cloned().collect::<Vec<_>>().join(". ")
}

/// Under which the end of a ban is kept, in seconds since 1970.
fn banned_until(inbox: &Inbox) -> String {
    format!("banned:{}", inbox.id)
}
