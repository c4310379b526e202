//! What happens to a session, by our will or the network's.

use std::sync::Arc;

use app::{Error, Result, sessions};
use domain::{Inbox, Kind, Session, SessionState};

use super::{Sandbox, arrive, device::Device, pairing::open};

impl Sandbox {
    /// Changes a session.
    pub(super) async fn set(
        &self,
        inbox: &Arc<Inbox>,
        change: impl Fn(&mut Session) + Send + 'static,
    ) -> Result<Session> {
        let inbox = inbox.clone();
        self.core()
            .store
            .transact(move |tx| sessions::change(tx, &inbox, &change))
            .await
    }

    /// Opens a session after a while, and brings what waited for it.
    pub(super) fn open_later(&self, inbox: &Arc<Inbox>) {
        let (sandbox, inbox) = (self.clone(), inbox.clone());
        tokio::spawn(async move {
            tokio::time::sleep(sandbox.pace().opens).await;
            if let Err(error) = sandbox.open_now(&inbox).await {
                tracing::error!(%error, inbox.id = inbox.id.0, "a sandbox phone could not be opened");
            }
        });
    }

    pub(super) async fn open_now(&self, inbox: &Arc<Inbox>) -> Result<()> {
        let directory = self.core().directory.clone();
        let inbox = inbox.clone();
        self.core()
            .store
            .transact(move |tx| {
                let session = sessions::change(tx, &inbox, |it| {
                    if it.state == SessionState::Loading {
                        it.state = SessionState::LoggedIn;
                    }
                })?;
                if session.state == SessionState::LoggedIn {
                    arrive::catch_up(tx, &directory, &inbox)?;
                }
                Ok(())
            })
            .await
    }

    /// Closes it and opens it again.
    pub(super) async fn restarted(&self, inbox: &Arc<Inbox>) -> Result<()> {
        let phone = inbox.clone();
        let opens = self
            .core()
            .store
            .transact(move |tx| {
                let session = sessions::load(&*tx, &phone)?;
                if session.state == SessionState::Banned {
                    return Err(Error::refused(
                        Kind::Conflict,
                        "the network has banned this number",
                    ));
                }
                match Device::find(&*tx, &phone)? {
                    Some(device) => {
                        open(tx, &phone, &device.number)?;
                        Ok(true)
                    }
                    None => {
                        sessions::change(tx, &phone, |it| it.state = SessionState::Unpaired)?;
                        Ok(false)
                    }
                }
            })
            .await?;
        self.hide(inbox).await?;
        if opens {
            self.open_later(inbox);
        }
        Ok(())
    }

    /// Ends it. With `wipe`, what waits to be sent goes too.
    pub(super) async fn ended(&self, inbox: &Arc<Inbox>, wipe: bool) -> Result<()> {
        let (phone, directory) = (inbox.clone(), self.core().directory.clone());
        self.core()
            .store
            .transact(move |tx| {
                Device::forget(tx, &phone)?;
                if wipe {
                    sessions::empty_queue(tx, &directory, &phone)?;
                    arrive::forget(tx, &phone)?;
                }
                sessions::change(tx, &phone, |it| {
                    it.state = SessionState::Unpaired;
                    it.number = None;
                    it.note = None;
                })?;
                Ok(())
            })
            .await?;
        self.hide(inbox).await?;
        Ok(())
    }

    /// The phone's owner takes it away.
    pub(super) async fn unlinked(&self, inbox: &Arc<Inbox>) -> Result<()> {
        let phone = inbox.clone();
        self.core()
            .store
            .transact(move |tx| {
                let device = Device::find(&*tx, &phone)?.ok_or_else(not_paired)?;
                device.unlink(tx)?;
                Device::forget(tx, &phone)?;
                sessions::change(tx, &phone, |it| {
                    it.state = SessionState::LoggedOut;
                    it.number = None;
                    it.note = Some("the phone's owner has logged us out".to_owned());
                })?;
                Ok(())
            })
            .await?;
        self.hide(inbox).await?;
        Ok(())
    }

    /// The network cannot be reached, or can again.
    pub(super) async fn reachable(&self, inbox: &Arc<Inbox>, reachable: bool) -> Result<()> {
        let phone = inbox.clone();
        self.core()
            .store
            .transact(move |tx| {
                let device = Device::find(&*tx, &phone)?.ok_or_else(not_paired)?;
                if reachable {
                    open(tx, &phone, &device.number)?;
                } else {
                    sessions::change(tx, &phone, |it| {
                        it.state = SessionState::Offline;
                        it.note = Some("the phone has no connection".to_owned());
                    })?;
                }
                Ok(())
            })
            .await?;
        if reachable {
            self.open_later(inbox);
        }
        Ok(())
    }

    /// Codes that nobody scans are shown no longer.
    pub(super) async fn let_idle(&self) -> Result<()> {
        let now = self.core().clock.now();
        for inbox in self.phones() {
            let session = self.session(&inbox)?;
            let shows = matches!(
                session.state,
                SessionState::Unpaired | SessionState::LoggedOut
            );
            let shown = now.duration_since(session.changed_at).unsigned_abs();
            if shows && now > session.changed_at && shown >= self.pace().idles {
                self.set(&inbox, |it| {
                    // Somebody may have scanned it meanwhile.
                    if it.may_pair() {
                        it.state = SessionState::Idle;
                    }
                })
                .await?;
                self.hide(&inbox).await?;
            }
        }
        Ok(())
    }
}

pub(super) fn not_paired() -> Error {
    Error::refused(Kind::Conflict, "the phone is not paired")
}
