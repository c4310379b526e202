//! `POST /imchannel/message`: messages, delivery reports and seen reports, several in one post.
//!
//! A post is taken whole or not at all, in one transaction, and 200 means that it is durable. A file is fetched
//! before that, so that a message whose file cannot be had is refused while its sender still listens.

use std::{collections::BTreeSet, sync::Arc};

use app::{
    Error, Result,
    directory::Directory,
    messages::{self, Inbound, NewAttachment, Received, Reported},
    ports::{EarlyReport, Tx, View},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{Direction, Inbox, Kind, Refusal as DomainRefusal};
use wire::ctlive::{
    accepted::{Accepted, AcceptedItem, Taken},
    errors::{ErrorBody, Refusal},
    limits::BODY_BYTES,
    post::{self, Item},
};

use super::{
    errors::{answer, tell},
    from_wire::{self, ToFetch},
};
use crate::{
    Edge,
    http::{BadBody, json, read_body},
};

/// One item, ready for its use case.
enum Ready {
    Message {
        inbox: Arc<Inbox>,
        inbound: Box<Inbound>,
        fetch: Option<ToFetch>,
    },
    /// For whichever of these inboxes sent the message.
    Report {
        inboxes: Vec<Arc<Inbox>>,
        external_id: String,
        report: EarlyReport,
    },
    /// Nothing to do, and no reason to refuse it.
    Ignored,
}

pub(super) async fn receive(State(edge): State<Edge>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let inboxes = edge.ctlive.inboxes(&parts.headers);
    if inboxes.is_empty() {
        // Whoever is not known need not send a megabyte to learn it.
        return unauthorized();
    }
    let body = match read_body(body, BODY_BYTES).await {
        Ok(body) => body,
        Err(BadBody::TooLarge(limit)) => {
            let text = format!("a post has at most {limit} bytes");
            return answer(Refusal::TooLarge, &Refusal::TooLarge.body(text));
        }
        Err(BadBody::Broken) => {
            return answer(
                Refusal::BadRequest,
                &Refusal::BadRequest.body("the body broke off"),
            );
        }
    };
    if body.is_empty() {
        // A sender that only checks whether anybody is here.
        return StatusCode::OK.into_response();
    }
    let post = match post::parse(&body) {
        Ok(post) => post,
        Err(bad) => return answer(Refusal::BadRequest, &ErrorBody::from(&bad)),
    };
    let names: Vec<String> = post
        .items
        .iter()
        .map(|it| it.message_id().to_owned())
        .collect();
    match take(&edge, &parts.headers, post.items).await {
        Ok(taken) => {
            let all = names.iter().zip(taken);
            let messages = all
                .map(|(name, status)| AcceptedItem {
                    message_id: name,
                    status,
                })
                .collect();
            json(StatusCode::OK, &Accepted { messages })
        }
        Err(error) => tell(&error),
    }
}

fn unauthorized() -> Response {
    let text = "these credentials belong to no inbox of this server";
    answer(Refusal::Unauthorized, &Refusal::Unauthorized.body(text))
}

/// Takes every item or none.
async fn take(edge: &Edge, headers: &HeaderMap, items: Vec<Item>) -> Result<Vec<Taken>> {
    let mut ready = make_ready(edge, headers, items)?;
    let wanted = wanted(&ready);
    if wanted.is_empty() {
        return commit(edge, ready).await;
    }
    // Held until the commit: whoever brings the same message meanwhile finds it then, and fetches nothing.
    let _turn = edge.ctlive.fetches.take(wanted).await;
    let kept = fetch_all(edge, &mut ready).await?;
    let taken = commit(edge, ready).await;
    let unused = |at: usize| match &taken {
        Ok(taken) => taken.get(at) == Some(&Taken::Duplicate),
        Err(_) => true,
    };
    forget(edge, kept.iter().filter(|(at, _)| unused(*at))).await;
    taken
}

fn make_ready(edge: &Edge, headers: &HeaderMap, items: Vec<Item>) -> Result<Vec<Ready>> {
    let inboxes = edge.ctlive.inboxes(headers);
    let shared: Vec<Arc<Inbox>> = inboxes.iter().map(|it| it.inbox.clone()).collect();
    let report = |external_id: String, report: Option<EarlyReport>| match report {
        Some(report) => Ready::Report {
            inboxes: shared.clone(),
            external_id,
            report,
        },
        None => Ready::Ignored,
    };
    let ready = items.into_iter().enumerate().map(|(at, item)| match item {
        Item::Inbound(it) => {
            let inbox = shared.iter().find(|inbox| inbox.address == it.to);
            let inbox = inbox
                .cloned()
                .ok_or_else(|| unknown_receiver(edge, at, &it.to))?;
            let (inbound, fetch) = from_wire::message(*it);
            Ok(Ready::Message {
                inbox,
                inbound: Box::new(inbound),
                fetch,
            })
        }
        Item::Delivery(it) => Ok(report(it.message_id.clone(), from_wire::delivery(&it))),
        Item::Seen(it) => Ok(report(it.message_id.clone(), Some(from_wire::seen(&it)))),
    });
    ready.collect()
}

/// Another connector's inbox and none at all are told apart only from the inside.
fn unknown_receiver(edge: &Edge, at: usize, to: &str) -> Error {
    let exists = edge.ctlive.by_address(to).is_some();
    tracing::info!(
        exists,
        "a connector posted for an inbox that is not its own"
    );
    let text = format!("no inbox of these credentials has the address {to:?}");
    DomainRefusal::new(Kind::NotFound, text)
        .of_field(format!("results[{at}].to"))
        .into()
}

/// What was fetched, for which item.
type Kept = Vec<(usize, String)>;

/// The messages of a post whose files must be fetched.
fn wanted(ready: &[Ready]) -> BTreeSet<String> {
    let all = ready.iter().filter_map(|item| match item {
        Ready::Message {
            inbox,
            inbound,
            fetch: Some(_),
        } => Some(format!("{}/{}", inbox.id, inbound.external_id)),
        Ready::Message { .. } | Ready::Report { .. } | Ready::Ignored => None,
    });
    all.collect()
}

/// Fetches the files of messages that are new. Nothing is kept if one of them cannot be had.
async fn fetch_all(edge: &Edge, ready: &mut [Ready]) -> Result<Kept> {
    let mut kept = Kept::new();
    let mut seen = BTreeSet::new();
    for (at, item) in ready.iter_mut().enumerate() {
        let Ready::Message {
            inbox,
            inbound,
            fetch,
        } = item
        else {
            continue;
        };
        let Some(wanted) = fetch.take() else { continue };
        if !seen.insert((inbox.id, inbound.external_id.clone())) {
            continue;
        }
        match fetch_one(edge, inbox, inbound, wanted).await {
            Ok(Some(attachment)) => {
                kept.extend(attachment.file.iter().map(|file| (at, file.key.clone())));
                inbound.attachments.push(attachment);
            }
            Ok(None) => {}
            Err(error) => {
                forget(edge, kept.iter()).await;
                return Err(blame(error, at));
            }
        }
    }
    Ok(kept)
}

async fn forget(edge: &Edge, kept: impl Iterator<Item = &(usize, String)>) {
    for (_, key) in kept {
        edge.core.media.forget(key).await;
    }
}

fn blame(error: Error, at: usize) -> Error {
    match error {
        Error::Refused(refusal) => refusal
            .of_field(format!("results[{at}].message.url"))
            .into(),
        Error::Store(_) => error,
    }
}

/// `None` if the message has been received already: then its file is kept already.
async fn fetch_one(
    edge: &Edge,
    inbox: &Inbox,
    inbound: &Inbound,
    wanted: ToFetch,
) -> Result<Option<NewAttachment>> {
    let known = edge.core.store.view(|view: &dyn View| {
        view.find_message_by_external(inbox.id, Direction::In, &inbound.external_id)
    })?;
    if known.is_some() {
        return Ok(None);
    }
    let file = edge
        .core
        .media
        .fetch(&wanted.url, wanted.name.as_deref())
        .await?;
    let kind = wanted.kind;
    let kept = NewAttachment {
        kind,
        file: Some(file),
        title: None,
        coordinates: None,
        detail: None,
    };
    Ok(Some(kept))
}

async fn commit(edge: &Edge, ready: Vec<Ready>) -> Result<Vec<Taken>> {
    let directory = edge.core.directory.clone();
    edge.core
        .store
        .transact(move |tx| {
            let mut taken = Vec::with_capacity(ready.len());
            for item in &ready {
                taken.push(match item {
                    Ready::Message { inbox, inbound, .. } => {
                        match messages::receive(tx, &directory, inbox, inbound)? {
                            Received::Fresh(_) => Taken::Accepted,
                            Received::Duplicate => Taken::Duplicate,
                        }
                    }
                    Ready::Report {
                        inboxes,
                        external_id,
                        report,
                    } => take_report(tx, &directory, inboxes, external_id, report)?,
                    Ready::Ignored => Taken::Ignored,
                });
            }
            Ok(taken)
        })
        .await
}

/// The inbox that sent the message takes the report; while none has, each of them may be about to.
fn take_report(
    tx: &mut dyn Tx,
    directory: &Directory,
    inboxes: &[Arc<Inbox>],
    external_id: &str,
    report: &EarlyReport,
) -> Result<Taken> {
    for inbox in inboxes {
        if tx
            .find_message_by_external(inbox.id, Direction::Out, external_id)?
            .is_some()
        {
            let reported = messages::report(tx, directory, inbox, external_id, report)?;
            return Ok(match reported {
                Reported::Moved | Reported::Early => Taken::Accepted,
                Reported::Nothing => Taken::Duplicate,
            });
        }
    }
    for inbox in inboxes {
        messages::report(tx, directory, inbox, external_id, report)?;
    }
    Ok(Taken::Accepted)
}
