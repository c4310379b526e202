//! `POST …/chats/{chat or number}/messages/file`: the file in a form, or as JSON with an address to fetch it from.

use app::{
    Error,
    limits::FILE_BYTES,
    messages::{Draft, NewAttachment},
};
use axum::{
    extract::{
        FromRequest as _, Multipart, Request, State,
        multipart::{Field, MultipartError},
    },
    http::{StatusCode, header},
};
use bytes::Bytes;
use domain::{Kind, StoredFile};
use wire::chatapp::{errors::Refusal, rest::send::SendFile};

use super::{
    find::{Place, Wanted},
    send,
};
use crate::{
    Edge,
    chatapp::{
        body,
        errors::{Answer, Refused},
        path::Path,
        scope::Caller,
    },
    http::header,
};

pub(super) async fn send(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
    request: Request,
) -> Answer {
    let wanted = Wanted::of(&edge, &caller, &place)?;
    // Whoever may not write here should not upload either.
    if wanted.name.told(&wanted.inbox).is_none() {
        let scope = caller.scope();
        edge.core.store.view(|view| wanted.load(view, &scope))?;
    }
    let (asked, kept) = read(&edge, request).await?;
    let key = kept.key.clone();
    let draft = Draft {
        content: asked.caption,
        attachments: vec![NewAttachment::of_file(kept)],
        client_key: send::key(asked.tracking),
        ..Draft::default()
    };
    let sent = send::send(&edge, &caller, wanted, asked.sender, draft).await;
    if !sent.as_ref().is_ok_and(|it| it.fresh) {
        edge.core.media.forget(&key).await;
    }
    Ok(send::told(&sent?))
}

/// What was asked, and the file, which is kept by now.
async fn read(edge: &Edge, request: Request) -> Answer<(SendFile, StoredFile)> {
    let content_type = header(request.headers(), &header::CONTENT_TYPE).unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        let (asked, file) = read_form(request).await?;
        let name = asked.file_name.clone().unwrap_or(file.name);
        let kept = edge
            .core
            .media
            .put(&name, file.content_type.as_deref(), file.bytes)
            .await?;
        return Ok((asked, kept));
    }
    let asked: SendFile = body::read(request.into_body()).await?;
    let Some(url) = &asked.file else {
        return Err(Refused::new(Refusal::Validation, "file is required"));
    };
    let kept = edge.core.media.fetch(url, asked.file_name.as_deref());
    let kept = kept.await?;
    Ok((asked, kept))
}

/// A file as a form has it.
struct Upload {
    name: String,
    content_type: Option<String>,
    bytes: Bytes,
}

async fn read_form(request: Request) -> Answer<(SendFile, Upload)> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|bad| unreadable(bad.status(), &bad.body_text()))?;
    let (mut asked, mut file) = (SendFile::default(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_none() {
            let value = field.text().await.map_err(broken)?;
            if !asked.take(&name, value) {
                let text = format!("{name} is not one that can be");
                return Err(Refused::new(Refusal::Validation, text));
            }
        } else if name == "file" {
            if file.is_some() {
                let text = "a message has one file";
                return Err(Refused::new(Refusal::Validation, text));
            }
            file = Some(upload(field).await?);
        }
    }
    let file = file.ok_or_else(|| Refused::new(Refusal::Validation, "file is required"))?;
    Ok((asked, file))
}

async fn upload(field: Field<'_>) -> Answer<Upload> {
    let name = field.file_name().unwrap_or("file").to_owned();
    let content_type = field.content_type().map(str::to_owned);
    let bytes = field.bytes().await.map_err(broken)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_BYTES {
        return Err(Error::refused(Kind::TooLarge, "the file is too large").into());
    }
    if bytes.is_empty() {
        return Err(Error::refused(Kind::Invalid, "the file is empty").into());
    }
    Ok(Upload {
        name,
        content_type,
        bytes,
    })
}

fn broken(bad: MultipartError) -> Refused {
    unreadable(bad.status(), &bad.body_text())
}

fn unreadable(status: StatusCode, text: &str) -> Refused {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Refused::new(Refusal::TooLarge, "the form is too large");
    }
    Refused::new(
        Refusal::BadRequest,
        format!("the form is unreadable: {text}"),
    )
}
