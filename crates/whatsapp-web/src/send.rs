//! What a phone sends. Ids are ours and known before, so that whatever is sent again after a crash is the same message.

use std::{sync::Arc, time::Duration};

use app::{
    deliveries::parts,
    ports::{Accepted, BoxFuture, Carrier, Outgoing, Placed, SendError, Signs},
};
use domain::{Attachment, AttachmentKind, Inbox, InboxId, SessionState, StoredFile};
use whatsapp_rust::{
    Client, Jid, SendOptions, UploadOptions, send::SendError as Refused,
    wacore::proto_helpers::MessageExt as _, waproto::whatsapp::Message,
};
use wire::maytapi::id;

use crate::{
    WhatsAppWeb,
    content::{self, Quoted},
    jid,
    keep::Memory,
    wishes::Wish,
};

/// How long WhatsApp may take with a message, its file included.
const SEND: Duration = Duration::from_secs(55);

impl Carrier for WhatsAppWeb {
    fn send<'a>(
        &'a self,
        inbox: &'a Inbox,
        _: &'a str,
        outgoing: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Accepted, SendError>> {
        Box::pin(async move {
            let sent = tokio::time::timeout(SEND, self.take(inbox, outgoing)).await;
            sent.unwrap_or_else(|_| Err(SendError::for_now("WhatsApp did not take it in time")))
        })
    }

    fn edit<'a>(
        &'a self,
        inbox: &'a Inbox,
        _: &'a str,
        placed: Placed<'a>,
        text: &'a str,
    ) -> BoxFuture<'a, app::Result<()>> {
        Box::pin(async move {
            let wish = Wish::Edit {
                chat: placed.to.to_owned(),
                // Its text is in its first part.
                id: id_of(placed.message, 0),
                text: text.to_owned(),
            };
            self.wished(inbox, wish).await
        })
    }

    fn retract<'a>(
        &'a self,
        inbox: &'a Inbox,
        _: &'a str,
        placed: Placed<'a>,
    ) -> BoxFuture<'a, app::Result<bool>> {
        Box::pin(async move {
            let parts = 0..parts(placed.message).len();
            let wish = Wish::Retract {
                chat: placed.to.to_owned(),
                ids: parts.map(|part| id_of(placed.message, part)).collect(),
            };
            self.wished::<()>(inbox, wish).await?;
            Ok(true)
        })
    }

    fn holds(&self, inbox: InboxId) -> Option<bool> {
        self.is_shared().then(|| self.is_held(inbox))
    }

    fn signs(&self) -> Option<&dyn Signs> {
        Some(self)
    }
}

impl WhatsAppWeb {
    async fn take(&self, inbox: &Inbox, outgoing: &Outgoing) -> Result<Accepted, SendError> {
        let (client, memory) = self.sender(inbox)?;
        let own = client.pn().ok_or_else(not_open)?;
        let to = jid::of_chat(&outgoing.to).ok_or_else(|| {
            SendError::for_good(format!("{} is no chat of WhatsApp", outgoing.to))
        })?;
        self.look_up(&client, &memory, &to).await?;
        let part = u8::try_from(outgoing.part).unwrap_or(u8::MAX);
        let external_id = id::of(outgoing.message.id.0, part);
        let mut message = self.content(&client, outgoing).await?;
        let quoted = self.quoted(inbox, outgoing)?;
        if let Some(context) = content::context(&outgoing.message, quoted.as_ref(), &own, &to) {
            message.set_context_info(context);
        }
        let options = SendOptions::default().with_message_id(external_id.clone());
        client
            .send_message_with_options(&to, message, options)
            .await
            .map_err(|error| refused(&error))?;
        Ok(Accepted {
            external_id: Some(external_id),
        })
    }

    /// The client of a phone that is open.
    pub(crate) fn sender(&self, inbox: &Inbox) -> Result<(Arc<Client>, Arc<Memory>), SendError> {
        let session = self.session(inbox).map_err(SendError::for_now)?;
        match session.state {
            SessionState::LoggedIn => self.line(inbox.id).get().ok_or_else(not_open),
            SessionState::Banned => Err(SendError::Closed {
                reason: format!("banned: {}", session.note.unwrap_or_default()),
            }),
            _ => Err(not_open()),
        }
    }

    /// Whether there is somebody. Asked once, of whoever is written to for the first time: WhatsApp dislikes those who
    /// ask much.
    async fn look_up(&self, client: &Client, memory: &Memory, to: &Jid) -> Result<(), SendError> {
        if !to.is_pn() || memory.knows(to.user_base()) {
            return Ok(());
        }
        let asked = client.contacts();
        let found = asked.is_on_whatsapp(std::slice::from_ref(to)).await;
        let found = found.map_err(SendError::for_now)?;
        if found.iter().any(|it| it.is_registered) {
            return Ok(());
        }
        Err(SendError::for_good(format!(
            "{} is not on WhatsApp",
            to.user_base()
        )))
    }

    async fn content(&self, client: &Client, outgoing: &Outgoing) -> Result<Message, SendError> {
        let text = outgoing.text.clone();
        let Some(attachment) = &outgoing.attachment else {
            return Ok(content::text(&text.unwrap_or_default()));
        };
        match (attachment.kind, &attachment.file) {
            (AttachmentKind::Location, _) => Ok(content::place(attachment)),
            (AttachmentKind::Contact, _) => Ok(content::card(attachment)),
            (_, Some(file)) => self.file(client, attachment, file, text).await,
            (_, None) => Err(SendError::for_good("its file is gone".to_owned())),
        }
    }

    async fn file(
        &self,
        client: &Client,
        attachment: &Attachment,
        file: &StoredFile,
        caption: Option<String>,
    ) -> Result<Message, SendError> {
        let bytes = app::media::whole(&*self.core().media, &file.key).await;
        let bytes = bytes.map_err(SendError::for_now)?;
        let (stored_as, made) = content::document(attachment.kind, file, caption);
        let stored = client.upload(bytes, stored_as, UploadOptions::new()).await;
        Ok(made(stored.map_err(SendError::for_now)?))
    }

    /// What a message answers, with what we know of that.
    fn quoted(&self, inbox: &Inbox, outgoing: &Outgoing) -> Result<Option<Quoted>, SendError> {
        let Some(id) = outgoing.message.reply_to_external.clone() else {
            return Ok(None);
        };
        let known = outgoing.message.reply_to;
        let message = match known {
            Some(known) => self
                .core()
                .store
                .view(|view| view.find_message(known))
                .map_err(SendError::for_now)?,
            None => None,
        };
        let message = message.filter(|it| it.inbox_id == inbox.id);
        Ok(Some(Quoted { id, message }))
    }
}

/// What WhatsApp calls a part of a message. What was said on the phone itself has the phone's id.
fn id_of(message: &domain::Message, part: usize) -> String {
    let whole = message.external_id.clone().filter(|_| part == 0);
    let part = u8::try_from(part).unwrap_or(u8::MAX);
    whole.unwrap_or_else(|| id::of(message.id.0, part))
}

fn refused(error: &Refused) -> SendError {
    match error {
        Refused::InvalidRequest(_) => SendError::for_good(error.to_string()),
        _ => SendError::for_now(error),
    }
}

fn not_open() -> SendError {
    SendError::for_now("the phone is not logged in")
}
