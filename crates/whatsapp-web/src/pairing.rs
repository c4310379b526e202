//! Pairing: the codes that WhatsApp gives us to show, and what happens when somebody uses one.

use std::{sync::Arc, time::Duration};

use app::{
    Error, Result, inboxes,
    ports::{Qr, Tx},
    sessions,
};
use domain::{Inbox, Kind, SessionState};
use whatsapp_rust::pair_code::{PairCodeOptions, PairError};

use crate::{NAME, UNREACHABLE, WhatsAppWeb};

/// How long WhatsApp may take to give us a code.
const CODE_COMES: Duration = Duration::from_secs(12);

impl WhatsAppWeb {
    /// The code of now. An idle session shows codes again.
    pub(crate) async fn show(&self, inbox: &Arc<Inbox>) -> Result<Option<Qr>> {
        let session = self.session(inbox)?;
        if !session.may_pair() {
            return Ok(None);
        }
        if session.state == SessionState::Idle {
            self.set(inbox, |it| {
                if it.state == SessionState::Idle {
                    it.state = SessionState::Unpaired;
                }
            })
            .await?;
        }
        let line = self.open(inbox).await?;
        let mut shown = line.shown.subscribe();
        let now = self.core().clock.now();
        let fresh = |it: &Option<Qr>| it.as_ref().is_some_and(|it| it.expires_at > now);
        let came = async { shown.wait_for(fresh).await.ok()?.clone() };
        if let Ok(Some(qr)) = tokio::time::timeout(CODE_COMES, came).await {
            return Ok(Some(qr));
        }
        let open = line.get().is_some_and(|(client, _)| client.is_connected());
        if open {
            return Err(Error::refused(
                Kind::Unavailable,
                "WhatsApp has given no code yet: ask again in a moment",
            ));
        }
        let session = self.set(inbox, |it| {
            if it.may_pair() {
                it.note.get_or_insert_with(|| UNREACHABLE.to_owned());
            }
        });
        let why = session.await?.note;
        let why = why.unwrap_or_else(|| UNREACHABLE.to_owned());
        Err(Error::refused(
            Kind::Unavailable,
            format!("{why}: it shows no code to scan. Ask again in a moment"),
        ))
    }

    /// A code of eight characters for the phone with this number.
    pub(crate) async fn code(&self, inbox: &Arc<Inbox>, number: &str) -> Result<String> {
        // Whoever is shown a QR code can be given this one.
        if self.show(inbox).await?.is_none() {
            return Err(Error::refused(
                Kind::Conflict,
                "the phone is paired already",
            ));
        }
        let (client, _) = self.line(inbox.id).get().ok_or_else(closed)?;
        let asked = PairCodeOptions {
            phone_number: number.to_owned(),
            ..PairCodeOptions::default()
        };
        // Whoever asks again has lost the one before.
        client.cancel_pair_code().await;
        client
            .pair_with_code(asked)
            .await
            .map_err(|error| not_given(&error))
    }

    /// Codes that nobody scans are shown no longer.
    pub(crate) async fn let_idle(&self, inbox: &Arc<Inbox>) -> Result<()> {
        self.close(inbox.id).await;
        self.set(inbox, |it| {
            // Somebody may have scanned it meanwhile.
            if it.may_pair() {
                it.state = SessionState::Idle;
            }
        })
        .await?;
        Ok(())
    }

    /// A phone with this number has let us in.
    pub(crate) async fn paired(&self, inbox: &Arc<Inbox>, number: String) -> Result<()> {
        let (id, old) = (inbox.id, inbox.clone());
        self.core()
            .store
            .transact(move |tx| {
                // A backup of what was before opens nothing any more.
                keep_backed_up(tx, &old, false)?;
                let inbox = inboxes::readdress(tx, id, &number)?;
                opening(tx, &inbox, &number)
            })
            .await
    }
}

/// The session is on its way to being open.
pub(crate) fn opening(tx: &mut dyn Tx, inbox: &Arc<Inbox>, number: &str) -> Result<()> {
    sessions::change(tx, inbox, |it| {
        it.state = SessionState::Loading;
        it.number = Some(number.to_owned());
        it.note = None;
    })?;
    Ok(())
}

/// Notes whether somebody has a backup of a session.
pub(crate) fn keep_backed_up(tx: &mut dyn Tx, inbox: &Inbox, is: bool) -> Result<()> {
    tx.keep(NAME, &backed_up(inbox), is.then_some(""))
}

/// Under which that is noted.
pub(crate) fn backed_up(inbox: &Inbox) -> String {
    format!("backup:{}", inbox.id)
}

pub(crate) fn closed() -> Error {
    Error::refused(Kind::Conflict, "the phone is not logged in")
}

fn not_given(error: &PairError) -> Error {
    // A number that is none and one that asks too often are answered alike.
    Error::refused(
        Kind::Upstream,
        format!("WhatsApp gives no code for this number now: {error}"),
    )
}
