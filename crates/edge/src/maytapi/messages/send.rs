//! `POST sendMessage`: queued, and answered with the id that the message keeps.

use std::sync::Arc;

use app::{
    Error, Scope,
    contacts::Told,
    conversations,
    messages::{self, Draft},
    ports::{MessagePage, Tx},
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::{Inbox, Kind, Message};
use wire::maytapi::{
    answers::{Sent, Success},
    chat::Chat,
    id,
    send::Send,
};

use super::{
    about, draft,
    filter::{LOOKED_AT, is_spam},
    find,
};
use crate::{
    Edge,
    http::{json, named, read_body},
    maytapi::{bot::Phone, errors::Answer},
};

/// Bytes of a body: an image in base64 that is larger than it may be is told so.
const BODY_BYTES: usize = 8 * 1024 * 1024;

/// Sends, or changes what was sent.
pub(in crate::maytapi) async fn send(
    State(edge): State<Edge>,
    phone: Phone,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let wanted = Send::parse(&read_body(body, BODY_BYTES).await?)?;
    if let Some(done) = about::change(&edge, &phone, &wanted.content).await? {
        return Ok(json(StatusCode::OK, &Success::with(done)));
    }
    let quoted = match &wanted.reply_to {
        Some(id) => Some(
            edge.core
                .store
                .view(|view| Ok(find::load(view, &phone.inbox, id)))??,
        ),
        None => None,
    };
    let told = told(&edge, &phone, &wanted.to).await?;
    let prepared = draft::prepare(&edge, &phone, wanted.content).await?;
    let draft = Draft {
        reply_to: quoted.map(|it| it.id),
        client_key: named(&headers, "idempotency-key").map(str::to_owned),
        ..prepared.draft
    };
    let said = Said {
        scope: phone.bot.scope(),
        inbox: phone.inbox.clone(),
        told,
        draft,
        filtered: !wanted.skip_filter,
    };
    let directory = edge.core.directory.clone();
    let sent = edge
        .core
        .store
        .transact(move |tx| said.commit(tx, &directory))
        .await;
    if matches!(sent, Err(_) | Ok((_, false))) {
        for key in &prepared.kept {
            edge.core.media.forget(key).await;
        }
    }
    let (message, _) = sent?;
    let answer = Sent {
        chat_id: wanted.to.to_string(),
        msg_id: id::of(message.id.0, 0),
    };
    Ok(json(StatusCode::OK, &Success::with(answer)))
}

/// Whom a message goes to, as whoever is met for the first time is recorded.
async fn told(edge: &Edge, phone: &Phone, to: &Chat) -> Answer<Told> {
    let (source_id, inbox) = (to.to_string(), phone.inbox.id);
    let store = &edge.core.store;
    let known = store.view(|view| view.find_address(inbox, &source_id))?;
    let number = match to {
        Chat::Person(number) => Some(format!("+{number}")),
        Chat::Group(_) => None,
    };
    let name = match to {
        _ if known.is_some() => None,
        // Until they say more of themselves.
        Chat::Person(number) => Some(number.clone()),
        Chat::Group(_) => {
            // A phone that is not open cannot ask, and the name comes with the first message then.
            let group = phone.carrier.group(&phone.inbox, &source_id).await;
            group.ok().flatten().map(|it| it.name)
        }
    };
    Ok(Told {
        source_id,
        name,
        phone: number,
    })
}

/// What one transaction says.
struct Said {
    scope: Scope,
    inbox: Arc<Inbox>,
    told: Told,
    draft: Draft,
    filtered: bool,
}

impl Said {
    /// The message, and whether it is new.
    fn commit(
        &self,
        tx: &mut dyn Tx,
        directory: &app::directory::Directory,
    ) -> app::Result<(Message, bool)> {
        let conversation =
            conversations::begin(tx, directory, &self.scope, &self.inbox, &self.told)?;
        if self.filtered && self.draft.client_key.is_none() {
            let page = MessagePage {
                limit: LOOKED_AT,
                ..MessagePage::default()
            };
            let history = tx.list_messages(conversation.id, page)?;
            if is_spam(&history, &self.draft) {
                let text = "this message was sent three times to this chat already: change it, \
                            or send it with skip_filter";
                return Err(Error::refused(Kind::TooMuch, text));
            }
        }
        let number = conversation.number;
        let sent = messages::send(tx, directory, &self.scope, number, &self.draft)?;
        Ok((sent.spoken.message, sent.fresh))
    }
}
