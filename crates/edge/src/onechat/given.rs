//! What a request brings: its parameters in whatever form, and its files, which are kept by then.

use app::{
    Error,
    limits::{ATTACHMENTS, FILE_BYTES},
    messages::NewAttachment,
};
use axum::{
    extract::{
        FromRequest as _, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{StatusCode, header},
};
use bytes::Bytes;
use wire::onechat::{Params, errors::Refusal};

use super::{UPLOAD_BYTES, errors::Answer};
use crate::{
    Edge,
    http::{BadBody, header, pairs, read_body},
};

/// The parameters of a request and the files that came with it.
///
/// Files that no message gets must be let go of with [`Given::forget`].
#[derive(Default)]
pub(super) struct Given {
    pub(super) params: Params,
    pub(super) files: Vec<NewAttachment>,
    /// A file under `avatar`, which is nobody's yet.
    pub(super) picture: Option<Bytes>,
}

impl Given {
    /// Reads the query, then the body over it.
    pub(super) async fn read(edge: &Edge, request: Request) -> Answer<Self> {
        let mut given = Self::default();
        given.add_pairs(&pairs(request.uri().query().unwrap_or_default().as_bytes()));
        let content_type = header(request.headers(), &header::CONTENT_TYPE).unwrap_or_default();
        if content_type.starts_with("multipart/form-data") {
            return match given.read_form(edge, request).await {
                Ok(()) => Ok(given),
                Err(refused) => {
                    given.forget(edge).await;
                    Err(refused)
                }
            };
        }
        let is_form = content_type.starts_with("application/x-www-form-urlencoded");
        let bytes =
            read_body(request.into_body(), UPLOAD_BYTES)
                .await
                .map_err(|bad| match bad {
                    BadBody::TooLarge(limit) => too_large(limit),
                    BadBody::Broken => bad_request("the body broke off"),
                })?;
        // Some programs send JSON and call it a form, which no form begins like.
        if is_form && !bytes.trim_ascii_start().starts_with(b"{") {
            given.add_pairs(&pairs(&bytes));
        } else if let Err(bad) = given.params.add_json(&bytes) {
            return Err(bad_request(&bad.to_string()).into());
        }
        Ok(given)
    }

    fn add_pairs(&mut self, pairs: &[(String, String)]) {
        let pairs = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        self.params.add_pairs(pairs);
    }

    async fn read_form(&mut self, edge: &Edge, request: Request) -> Answer<()> {
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|bad| unreadable(bad.status(), &bad.body_text()))?;
        let mut texts = Vec::new();
        while let Some(field) = form.next_field().await.map_err(broken_form)? {
            let name = field.name().unwrap_or_default().to_owned();
            if field.file_name().is_none() {
                texts.push((name, field.text().await.map_err(broken_form)?));
            } else if name.contains("attachment") {
                if self.files.len() == ATTACHMENTS {
                    let text = format!("a message has at most {ATTACHMENTS} attachments");
                    return Err(Refusal::unprocessable(&text).into());
                }
                self.files.push(keep(edge, field).await?);
            } else if name == "avatar" || name.ends_with("[avatar]") {
                self.picture = Some(field.bytes().await.map_err(broken_form)?);
            }
        }
        self.add_pairs(&texts);
        Ok(())
    }

    /// Lets go of the files.
    pub(super) async fn forget(&self, edge: &Edge) {
        for file in self.files.iter().filter_map(|it| it.file.as_ref()) {
            edge.core.media.forget(&file.key).await;
        }
    }
}

fn bad_request(text: &str) -> Refusal {
    Refusal {
        status: 400,
        ..Refusal::unprocessable(text)
    }
}

fn broken_form(bad: MultipartError) -> Refusal {
    unreadable(bad.status(), &bad.body_text())
}

fn unreadable(status: StatusCode, text: &str) -> Refusal {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(UPLOAD_BYTES);
    }
    bad_request(&format!("the form is unreadable: {text}"))
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
