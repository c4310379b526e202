//! Messages: paging through them and writing one.

use app::{
    Scope, conversations,
    messages::{self, Draft, Replies, Words},
    ports::{EarlyReport, MessagePage, Tx, View},
};
use axum::{
    extract::{RawQuery, Request, State},
    http::StatusCode,
};
use domain::{MessageId, MessageStatus, UploadId};
use wire::onechat::{
    Iso,
    errors::Refusal,
    request::{CreateMessage, MessageWindow},
    rest::{MessagePage as PageBody, MessagePageMeta},
    words::MessageType,
};

use super::{
    caller::Caller,
    errors::Answer,
    given::Given,
    path::Path,
    settings::{API, api_replies},
    to_wire::{Audience, attributes, mentioned, push, rest, titles},
    uploads,
};
use crate::{
    Edge,
    http::{json, named, pairs},
};

/// `GET …/messages`: the newest 20; with `before` the 20 older; with `after` up to 100 newer; with both up to
/// 1,000 between. Always ascending.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let scope = caller.within(account)?;
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    let window = MessageWindow::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())))
        .map_err(|bad| Refusal::unprocessable(&bad.to_string()))?;
    let page = match (window.before, window.after) {
        (before, None) => MessagePage {
            before: before.map(MessageId),
            after: None,
            limit: 20,
        },
        (None, Some(after)) => MessagePage {
            before: None,
            after: Some(MessageId(after)),
            limit: 100,
        },
        // Between the two, the first one included.
        (Some(before), Some(after)) => MessagePage {
            before: Some(MessageId(before)),
            after: Some(MessageId(after.saturating_sub(1))),
            limit: 1000,
        },
    };
    let (row, found) = edge.core.store.view(|view: &dyn View| {
        let row = conversations::load(view, &scope, number)?;
        let found = view.list_messages(row.conversation.id, page)?;
        Ok((row, found))
    })?;
    let directory = &edge.core.directory;
    let thread = conversations::thread(directory, row)?;
    let payload = found
        .into_iter()
        .map(|it| rest::message(&edge.core, &thread, &conversations::spoken(directory, it)))
        .collect();
    let seen = thread
        .conversation
        .agent_last_seen_at
        .map(|at| Iso::from_micros(at.as_microsecond()));
    let meta = MessagePageMeta {
        labels: titles(&thread.labels),
        additional_attributes: attributes(&thread.conversation.details.additional_attributes),
        contact: push::contact(&edge.core, &thread.contact, None, Audience::Agents),
        assignee: thread
            .assignee
            .as_ref()
            .map(|it| push::user(&edge.core, it)),
        agent_last_seen_at: seen,
        assignee_last_seen_at: seen,
    };
    Ok(json(StatusCode::OK, &PageBody { meta, payload }))
}

/// `POST …/messages`, as JSON or with files as a form. With an `Idempotency-Key` header the same key is the
/// same message; `echo_id` is only repeated, as its clients expect. In an API inbox a program may also bring what the
/// contact said, and what was said on its network already: the same `source_id` is then the same message.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let key = named(request.headers(), "idempotency-key").map(str::to_owned);
    // Whoever may not write here should not upload either.
    let row = edge
        .core
        .store
        .view(|view| conversations::load(view, &scope, number))?;
    let given = Given::read(&edge, request).await?;
    let api = api_replies(&edge, row.conversation.inbox_id);
    let sent = match CreateMessage::from_params(&given.params) {
        Ok(wanted) => write(&edge, &scope, number, (wanted, &given), key, api).await,
        Err(bad) => Err(Refusal::unprocessable(&bad.to_string()).into()),
    };
    if !matches!(&sent, Ok(sent) if sent.fresh) {
        given.forget(&edge).await;
    }
    let sent = sent?;
    let message = rest::message(&edge.core, &sent.thread, &sent.spoken);
    Ok(json(StatusCode::OK, &message))
}

/// Writes a message as the caller, or as the contact where a program may: in an API inbox, with what that says by itself.
pub(super) async fn write(
    edge: &Edge,
    scope: &Scope,
    number: i64,
    (wanted, given): (CreateMessage, &Given),
    key: Option<String>,
    api: Option<Replies>,
) -> Answer<messages::Sent> {
    let is_api = api.is_some();
    let incoming = match wanted.message_type {
        Some(MessageType::Incoming) => true,
        Some(MessageType::Activity) => {
            return Err(Refusal::unprocessable("activity is written by the server alone").into());
        }
        Some(MessageType::Outgoing | MessageType::Template) | None => false,
    };
    if incoming && !is_api {
        let text = "Incoming messages are only allowed in Api inboxes";
        return Err(Refusal::unprocessable(text).into());
    }
    let attributes = wanted.content_attributes.as_str();
    let reply_to = serde_json::from_str::<serde_json::Value>(attributes)
        .ok()
        .and_then(|all| all.get("in_reply_to")?.as_i64())
        .map(MessageId);
    let extra = (attributes != "{}").then(|| attributes.to_owned());
    let named_files = uploads::named(edge, scope, &given.params)?;
    let attachments = uploads::attachments(given, &named_files);
    let taken: Vec<UploadId> = named_files.iter().map(|it| it.id).collect();
    let source_id = wanted.source_id.filter(|it| !it.is_empty() && is_api);
    let (directory, scope) = (edge.core.directory.clone(), scope.clone());
    if incoming {
        let words = Words {
            content: wanted.content,
            attachments,
            external_id: source_id,
            reply_to,
            client_key: key,
            echo: wanted.echo_id,
            extra,
            sent_at: None,
            replies: api.unwrap_or_default(),
        };
        let say = move |tx: &mut dyn Tx| {
            let said = messages::say(tx, &directory, &scope, number, &words)?;
            take(tx, &scope, &said, &taken)?;
            Ok(said)
        };
        return Ok(edge.core.store.transact(say).await?);
    }
    let named = mentioned(
        &directory.tables(),
        scope.account_id,
        wanted.content.as_deref().unwrap_or_default(),
    );
    let draft = Draft {
        content: wanted.content,
        private: wanted.private.unwrap_or(false),
        attachments,
        reply_to,
        client_key: key,
        echo: wanted.echo_id,
        extra,
        content_type: wanted
            .content_type
            .filter(|it| !it.is_empty() && it != "text"),
        named,
        said_as: source_id,
        said_at: None,
    };
    let send = move |tx: &mut dyn Tx| {
        let sent = messages::send(tx, &directory, &scope, number, &draft)?;
        take(tx, &scope, &sent, &taken)?;
        Ok(sent)
    };
    Ok(edge.core.store.transact(send).await?)
}

/// A message that is new has its uploads; what was said already has them already.
fn take(
    tx: &mut dyn Tx,
    scope: &Scope,
    sent: &messages::Sent,
    ids: &[UploadId],
) -> app::Result<()> {
    if sent.fresh {
        return app::uploads::take(tx, scope, ids);
    }
    Ok(())
}

/// `DELETE …/messages/{id}`: its words and files go, and it says so.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number, message)): Path<(i64, i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let deleted = edge.reach.delete(scope, number, MessageId(message));
    let (thread, spoken) = deleted.await?;
    Ok(json(
        StatusCode::OK,
        &rest::message(&edge.core, &thread, &spoken),
    ))
}

/// `PATCH …/messages/{id} {status, external_error}`: a program reports how far a message came. In API inboxes only.
/// Ours: `{content}` gives a message of ours another text, for everybody, if its network lets us.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number, message)): Path<(i64, i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let row = edge
        .core
        .store
        .view(|view| conversations::load(view, &scope, number))?;
    let params = Given::read(&edge, request)
        .await?
        .params
        .unwrapped("message");
    if let Some(content) = params.text("content")? {
        let edited = edge.reach.edit(scope, number, MessageId(message), content);
        let (thread, spoken) = edited.await?;
        let body = rest::message(&edge.core, &thread, &spoken);
        return Ok(json(StatusCode::OK, &body));
    }
    let inbox = edge.core.directory.inbox(row.conversation.inbox_id);
    if inbox.is_none_or(|it| it.inbox.carrier != API) {
        let text = "Message status update is only allowed for API inboxes";
        return Err(Refusal::forbidden(text).into());
    }
    let status = match params.text("status")?.as_deref() {
        Some("sent") => MessageStatus::Sent,
        Some("delivered") => MessageStatus::Delivered,
        Some("read") => MessageStatus::Read,
        Some("failed") => MessageStatus::Failed,
        Some(_) => return Err(Refusal::unprocessable("status: not a status").into()),
        None => return Err(Refusal::missing_param("status").into()),
    };
    let report = EarlyReport {
        status,
        error: params.text("external_error")?,
    };
    let directory = edge.core.directory.clone();
    let tell = move |tx: &mut dyn Tx| {
        messages::report_on(tx, &directory, &scope, number, MessageId(message), &report)
    };
    let (thread, spoken) = edge.core.store.transact(tell).await?;
    Ok(json(
        StatusCode::OK,
        &rest::message(&edge.core, &thread, &spoken),
    ))
}

/// `POST …/messages/{id}/retry`: one that has failed goes again.
pub(super) async fn retry(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number, message)): Path<(i64, i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let directory = edge.core.directory.clone();
    let retry =
        move |tx: &mut dyn Tx| messages::retry(tx, &directory, &scope, number, MessageId(message));
    let (thread, spoken) = edge.core.store.transact(retry).await?;
    Ok(json(
        StatusCode::OK,
        &rest::message(&edge.core, &thread, &spoken),
    ))
}
