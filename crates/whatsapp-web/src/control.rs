//! What happens to a session by our will.

use std::{sync::Arc, time::Duration};

use app::{Result, sessions};
use domain::{Inbox, Session, SessionState};

use crate::{
    NAME, WhatsAppWeb,
    pairing::{backed_up, keep_backed_up, opening},
};

/// How long WhatsApp may take to hear that we go.
const LETTING_GO: Duration = Duration::from_secs(5);

impl WhatsAppWeb {
    /// Closes it and opens it again. One that was shut out asks whether it may come back.
    pub(crate) async fn restarted(&self, inbox: &Arc<Inbox>) -> Result<()> {
        self.close(inbox.id).await;
        if !self.is_paired(inbox).await? {
            self.set(inbox, |it| it.state = SessionState::Unpaired)
                .await?;
            return Ok(());
        }
        let number = self.session(inbox)?.number;
        let number = number.unwrap_or_else(|| inbox.address.clone());
        let phone = inbox.clone();
        self.core()
            .store
            .transact(move |tx| opening(tx, &phone, &number))
            .await?;
        self.open(inbox).await.map(drop)
    }

    /// Ends it. With `wipe`, what waits to be sent goes too.
    ///
    /// WhatsApp is told to forget us as well, unless somebody has a backup: whoever takes one means to come back.
    pub(crate) async fn ended(&self, inbox: &Arc<Inbox>, wipe: bool) -> Result<()> {
        let name = backed_up(inbox);
        let store = &self.core().store;
        let stays = store.view(|view| view.find_kept(NAME, &name))?.is_some();
        let line = self.line(inbox.id);
        if let Some((client, _)) = line.get().filter(|_| !stays) {
            // What comes of it is no news.
            line.next_turn();
            if client.is_logged_in() {
                drop(tokio::time::timeout(LETTING_GO, client.logout()).await);
            }
        }
        self.close(inbox.id).await;
        if wipe {
            let (phone, directory) = (inbox.clone(), self.core().directory.clone());
            store
                .transact(move |tx| sessions::empty_queue(tx, &directory, &phone))
                .await?;
        }
        self.forget(inbox, |it| {
            it.state = SessionState::Unpaired;
            it.number = None;
            it.note = None;
        })
        .await
    }

    /// Forgets the credentials and everything that was remembered with them. The connection must be closed.
    pub(crate) async fn forget(
        &self,
        inbox: &Arc<Inbox>,
        change: impl Fn(&mut Session) + Send + 'static,
    ) -> Result<()> {
        let phone = inbox.clone();
        self.core()
            .store
            .transact(move |tx| {
                tx.delete_session_keys(phone.id)?;
                keep_backed_up(tx, &phone, false)?;
                sessions::change(tx, &phone, &change)?;
                Ok(())
            })
            .await
    }
}
