//! Hands out the files of messages, to whoever has an address that still works.

use app::{media::open_file_token, messages, pictures::opened, ports::View};
use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use domain::StoredFile;

use crate::Edge;

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/media/{token}/{name}", get(file))
        .route("/avatars/{name}/{proof}", get(picture))
}

/// A picture of somebody or of an inbox, for whoever was told its address. It never changes.
async fn picture(
    State(edge): State<Edge>,
    Path((name, proof)): Path<(String, String)>,
) -> Response {
    let Some((key, content_type)) = opened(&edge.core.sealer, &name, &proof) else {
        return not_found();
    };
    let Ok(stream) = edge.core.media.open(&key).await else {
        return not_found();
    };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, Body::from_stream(stream)).into_response()
}

/// The file behind an address. An unknown, a forged and an expired address are the same 404.
async fn file(State(edge): State<Edge>, Path((token, _)): Path<(String, String)>) -> Response {
    let now = edge.core.clock.now();
    let Some((message, index)) = open_file_token(&edge.core.sealer, &token, now) else {
        return not_found();
    };
    let find = |view: &dyn View| match view.find_message(message)? {
        Some(it) => messages::unless_removed(view, it),
        None => Ok(None),
    };
    let found = match edge.core.store.view(find) {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "a file's message cannot be read");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let tables = edge.core.directory.tables();
    let found = found.filter(|it| tables.accounts.contains_key(&it.account_id));
    let attachment = found.and_then(|mut it| it.attachments.drain(..).nth(index));
    let Some(file) = attachment.and_then(|it| it.file) else {
        return not_found();
    };
    handed_out(&edge, &file).await
}

/// A file as it is handed out: shown or saved, never run.
pub(crate) async fn handed_out(edge: &Edge, file: &StoredFile) -> Response {
    match edge.core.media.open(&file.key).await {
        Ok(stream) => {
            let mut response = Body::from_stream(stream).into_response();
            let headers = response.headers_mut();
            let content_type = HeaderValue::from_str(&file.content_type)
                .unwrap_or(HeaderValue::from_static("application/octet-stream"));
            headers.insert(header::CONTENT_TYPE, content_type);
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes));
            // A stranger's file is shown or saved, never run as a page of ours.
            headers.insert(
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static("default-src 'none'; sandbox"),
            );
            headers.insert(
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            );
            headers.insert(
                header::CACHE_CONTROL,
                HeaderValue::from_static("private, max-age=3600"),
            );
            if let Some(disposition) = disposition(&file.name) {
                headers.insert(header::CONTENT_DISPOSITION, disposition);
            }
            response
        }
        Err(error) => {
            tracing::error!(%error, file.key, "a file is gone");
            not_found()
        }
    }
}

fn disposition(name: &str) -> Option<HeaderValue> {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let exact: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let exact = exact.replace('+', "%20");
    HeaderValue::from_str(&format!(
        "inline; filename=\"{plain}\"; filename*=UTF-8''{exact}"
    ))
    .ok()
}

pub(crate) fn not_found() -> Response {
    (
        StatusCode::NOT_FOUND,
        "no such file, or its address has expired\n",
    )
        .into_response()
}
