//! Messages: paging through them and writing one.

use app::{
    Error, Scope, conversations,
    limits::{ATTACHMENTS, FILE_BYTES},
    messages::{self, Draft, NewAttachment},
    ports::{MessagePage, View},
};
use axum::{
    extract::{
        FromRequest as _, Multipart, RawQuery, Request, State,
        multipart::{Field, MultipartError},
    },
    http::{StatusCode, header},
};
use bytes::Bytes;
use domain::MessageId;
use wire::onechat::{
    Iso, Json,
    errors::Refusal,
    request::{CreateMessage, MessageWindow},
    rest::{MessagePage as PageBody, MessagePageMeta},
    words::MessageType,
};

use super::{
    UPLOAD_BYTES,
    caller::Caller,
    conversations::body,
    errors::Answer,
    path::Path,
    to_wire::{Audience, push, rest, titles},
};
use crate::{
    Edge,
    http::{BadBody, header, json, named, pairs, read_body},
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
        additional_attributes: Json::default(),
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
/// same message; `echo_id` is only repeated, as its clients expect.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let key = named(request.headers(), "idempotency-key").map(str::to_owned);
    // Whoever may not write here should not upload either.
    edge.core
        .store
        .view(|view| conversations::load(view, &scope, number))?;
    let (wanted, files) = read(&edge, request).await?;
    let kept: Vec<String> = files
        .iter()
        .filter_map(|it| it.file.as_ref())
        .map(|it| it.key.clone())
        .collect();
    let sent = send(&edge, &scope, number, wanted, files, key).await;
    let unused = match &sent {
        Ok(sent) => !sent.fresh,
        Err(_) => true,
    };
    if unused {
        forget(&edge, &kept).await;
    }
    let sent = sent?;
    let message = rest::message(&edge.core, &sent.thread, &sent.spoken);
    Ok(json(StatusCode::OK, &message))
}

async fn send(
    edge: &Edge,
    scope: &Scope,
    number: i64,
    wanted: CreateMessage,
    attachments: Vec<NewAttachment>,
    key: Option<String>,
) -> Answer<messages::Sent> {
    if matches!(
        wanted.message_type,
        Some(MessageType::Incoming | MessageType::Activity)
    ) {
        return Err(
            Refusal::unprocessable("Incoming messages are only allowed in Api inboxes").into(),
        );
    }
    let attributes = wanted.content_attributes.as_str();
    let reply_to = serde_json::from_str::<serde_json::Value>(attributes)
        .ok()
        .and_then(|all| all.get("in_reply_to")?.as_i64());
    let draft = Draft {
        content: wanted.content,
        private: wanted.private.unwrap_or(false),
        attachments,
        reply_to: reply_to.map(MessageId),
        client_key: key,
        echo: wanted.echo_id,
        extra: (attributes != "{}").then(|| attributes.to_owned()),
    };
    let (directory, scope) = (edge.core.directory.clone(), scope.clone());
    let sent = edge
        .core
        .store
        .transact(move |tx| messages::send(tx, &directory, &scope, number, &draft))
        .await?;
    Ok(sent)
}

/// The message and its files, which are kept by now.
async fn read(edge: &Edge, request: Request) -> Answer<(CreateMessage, Vec<NewAttachment>)> {
    let content_type = header(request.headers(), &header::CONTENT_TYPE).unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        return read_form(edge, request).await;
    }
    let is_form = content_type.starts_with("application/x-www-form-urlencoded");
    let bytes = read_body(request.into_body(), UPLOAD_BYTES)
        .await
        .map_err(|bad| match bad {
            BadBody::TooLarge(limit) => too_large(limit),
            BadBody::Broken => Refusal {
                status: 400,
                ..Refusal::unprocessable("the body broke off")
            },
        })?;
    if is_form {
        let pairs = pairs(&bytes);
        return Ok((from_pairs(&pairs)?, Vec::new()));
    }
    Ok((body(&bytes)?, Vec::new()))
}

fn from_pairs(pairs: &[(String, String)]) -> Answer<CreateMessage> {
    let pairs = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    let read = CreateMessage::from_pairs(pairs);
    Ok(read.map_err(|bad| Refusal::unprocessable(&bad.to_string()))?)
}

async fn read_form(edge: &Edge, request: Request) -> Answer<(CreateMessage, Vec<NewAttachment>)> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|bad| unreadable(bad.status(), &bad.body_text()))?;
    let (mut texts, mut files) = (Vec::new(), Vec::new());
    let read = read_fields(edge, &mut form, &mut texts, &mut files).await;
    match read.and_then(|()| from_pairs(&texts)) {
        Ok(wanted) => Ok((wanted, files)),
        Err(refused) => {
            forget(edge, &keys(&files)).await;
            Err(refused)
        }
    }
}

async fn read_fields(
    edge: &Edge,
    form: &mut Multipart,
    texts: &mut Vec<(String, String)>,
    files: &mut Vec<NewAttachment>,
) -> Answer<()> {
    while let Some(field) = form.next_field().await.map_err(broken_form)? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_none() {
            texts.push((name, field.text().await.map_err(broken_form)?));
        } else if matches!(name.as_str(), "attachments[]" | "attachments") {
            if files.len() == ATTACHMENTS {
                let text = format!("a message has at most {ATTACHMENTS} attachments");
                return Err(Refusal::unprocessable(&text).into());
            }
            files.push(keep(edge, field).await?);
        }
    }
    Ok(())
}

fn broken_form(bad: MultipartError) -> Refusal {
    unreadable(bad.status(), &bad.body_text())
}

fn unreadable(status: StatusCode, text: &str) -> Refusal {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(UPLOAD_BYTES);
    }
    Refusal {
        status: 400,
        ..Refusal::unprocessable(&format!("the form is unreadable: {text}"))
    }
}

/// Where the files of a draft are kept.
fn keys(files: &[NewAttachment]) -> Vec<String> {
    files
        .iter()
        .filter_map(|it| it.file.as_ref())
        .map(|it| it.key.clone())
        .collect()
}

/// Lets go of files that no message has.
async fn forget(edge: &Edge, keys: &[String]) {
    for key in keys {
        edge.core.media.forget(key).await;
    }
}

async fn keep(edge: &Edge, field: Field<'_>) -> Answer<NewAttachment> {
    let name = field.file_name().unwrap_or("file").to_owned();
    let content_type = field.content_type().map(str::to_owned);
    let bytes: Bytes = field.bytes().await.map_err(broken_form)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_BYTES {
        return Err(too_large(usize::try_from(FILE_BYTES).unwrap_or(usize::MAX)).into());
    }
    if bytes.is_empty() {
        return Err(Error::refused(domain::Kind::Invalid, "an attachment is empty").into());
    }
    let kept = edge
        .core
        .media
        .put(&name, content_type.as_deref(), bytes)
        .await?;
    Ok(NewAttachment::of_file(kept))
}

fn too_large(limit: usize) -> Refusal {
    Refusal {
        status: 413,
        ..Refusal::unprocessable(&format!("more than {limit} bytes"))
    }
}
