//! Files that come before their message (onechat.md, 4.3: `upload`, and direct uploads in the manner of Active Storage).
//!
//! A message names them by what they were answered, as one of its `attachments`, and has them from then on.

use std::time::{Duration, Instant};

use app::{
    Scope,
    limits::UPLOAD_BYTES,
    messages::NewAttachment,
    ports::Tx,
    seal::Purpose,
    uploads::{self, Upload},
};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::get,
};
use domain::{AccountId, StoredFile, UploadId};
use wire::onechat::{
    Params,
    errors::Refusal,
    upload::{Announced, Direct, DirectUpload, Headers, Uploaded, checksum},
};

use super::{Counts, caller::Caller, errors::Answer, given::Given, path::Path as AccountPath};
use crate::{
    Edge, files,
    http::{BadBody, json, read_body},
};

/// Files that an account has fetched in an hour (onechat.md, 4.3).
const FETCHES_PER_HOUR: u32 = 60;

/// How much accounts have fetched, with nothing counted yet.
pub(crate) fn fetches() -> Counts<AccountId> {
    Counts::new(FETCHES_PER_HOUR, Duration::from_secs(3600))
}

/// Where files are brought and fetched, by whoever was given the address.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/uploads/{upload}", axum::routing::put(bring))
        .route("/uploads/{upload}/{name}", get(fetch))
}

fn signed(edge: &Edge, it: &Upload) -> String {
    let sealer = &edge.core.sealer;
    sealer.seal(Purpose::Upload, it.id.0, it.account_id.0)
}

/// Which upload of which account a token names.
fn opened(edge: &Edge, token: &str) -> Option<(UploadId, AccountId)> {
    let (id, account) = edge.core.sealer.open(Purpose::Upload, token)?;
    let tables = edge.core.directory.tables();
    let account = AccountId(account);
    tables
        .accounts
        .contains_key(&account)
        .then_some((UploadId(id), account))
}

/// `POST …/upload`: the file `attachment`, or what is at `external_url`. Answers `{file_url, blob_id}`.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    AccountPath(account): AccountPath<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let given = Given::read(&edge, request).await?;
    let file = match brought(&edge, &scope, &given).await {
        Ok(file) => file,
        Err(refused) => {
            given.forget(&edge).await;
            return Err(refused);
        }
    };
    let (by, kept) = (scope.clone(), file.clone());
    let add = move |tx: &mut dyn Tx| uploads::add(tx, &by, &kept, None);
    let upload = match edge.core.store.transact(add).await {
        Ok(upload) => upload,
        Err(refused) => {
            edge.core.media.forget(&file.key).await;
            return Err(refused.into());
        }
    };
    let blob_id = signed(&edge, &upload);
    let name: String = form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
    let file_url = format!("{}/uploads/{blob_id}/{name}", edge.core.public_url);
    Ok(json(StatusCode::OK, &Uploaded { file_url, blob_id }))
}

/// The one file that came, or that is fetched.
async fn brought(edge: &Edge, scope: &Scope, given: &Given) -> Answer<StoredFile> {
    let mut files = given.files.iter().filter_map(|it| it.file.clone());
    match (files.next(), files.next()) {
        (Some(one), None) => return Ok(one),
        (Some(_), Some(_)) => {
            return Err(Refusal::unprocessable("one file is uploaded at a time").into());
        }
        (None, _) => {}
    }
    let Some(url) = given.params.text("external_url")? else {
        return Err(Refusal::unprocessable("no file and no external_url was sent").into());
    };
    if !edge.fetches.one_more(scope.account_id, Instant::now()) {
        return Err(Refusal::too_many_requests().into());
    }
    let fetched = edge.core.media.fetch(&url, None).await;
    fetched.map_err(|why| Refusal::unprocessable(&format!("external_url: {why}")).into())
}

/// `POST …/direct_uploads {blob: {filename, byte_size, checksum, content_type}}`: where to bring the file, and what names it.
pub(super) async fn announce(
    State(edge): State<Edge>,
    caller: Caller,
    AccountPath(account): AccountPath<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    announced(&edge, scope, &params).await
}

/// The same below a conversation, which the caller must see.
pub(super) async fn announce_in(
    State(edge): State<Edge>,
    caller: Caller,
    AccountPath((account, number)): AccountPath<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    edge.core
        .store
        .view(|view| app::conversations::load(view, &scope, number))?;
    let params = Given::read(&edge, request).await?.params;
    announced(&edge, scope, &params).await
}

/// What is announced, for whoever may.
pub(super) async fn announced(edge: &Edge, scope: Scope, params: &Params) -> Answer {
    let told = Announced::from_params(params)?;
    let file = StoredFile {
        key: String::new(),
        name: told.filename.clone(),
        content_type: told.content_type.clone(),
        bytes: told.byte_size,
    };
    let sum = told.checksum.clone();
    let add = move |tx: &mut dyn Tx| Ok((uploads::add(tx, &scope, &file, Some(&sum))?, tx.now()));
    let (upload, now) = edge.core.store.transact(add).await?;
    let signed_id = signed(edge, &upload);
    let body = Direct {
        id: upload.id.0,
        key: signed_id.clone(),
        filename: told.filename,
        content_type: told.content_type.clone(),
        metadata: serde_json::Map::new(),
        service_name: "local",
        byte_size: told.byte_size,
        checksum: told.checksum,
        created_at: now.to_string(),
        direct_upload: DirectUpload {
            url: format!("{}/uploads/{signed_id}", edge.core.public_url),
            headers: Headers {
                content_type: told.content_type,
            },
        },
        signed_id,
    };
    Ok(json(StatusCode::OK, &body))
}

/// `PUT /uploads/{upload}`: the bytes that were announced, and no others. An empty 204.
async fn bring(State(edge): State<Edge>, Path(token): Path<String>, request: Request) -> Answer {
    let found = match opened(&edge, &token) {
        Some((id, _)) => edge.core.store.view(|view| view.find_upload(id))?,
        None => None,
    };
    let upload = found.filter(|it| !it.is_here());
    let upload = upload.ok_or_else(Refusal::not_found)?;
    let limit = usize::try_from(UPLOAD_BYTES).unwrap_or(usize::MAX);
    let bytes = read_body(request.into_body(), limit).await;
    let bytes = bytes.map_err(|bad| match bad {
        BadBody::TooLarge(limit) => Refusal {
            status: 413,
            ..Refusal::unprocessable(&format!("more than {limit} bytes"))
        },
        BadBody::Broken => Refusal::unprocessable("the file broke off"),
    })?;
    let whole = i64::try_from(bytes.len()) == Ok(upload.file.bytes);
    if !whole || upload.checksum.as_deref() != Some(&*checksum(&bytes)) {
        return Err(Refusal::unprocessable("these are not the bytes that were announced").into());
    }
    let told = Some(upload.file.content_type.as_str()).filter(|it| !it.is_empty());
    let media = &edge.core.media;
    let file = media.put(&upload.file.name, told, bytes).await?;
    let (id, kept) = (upload.id, file.clone());
    let fill = move |tx: &mut dyn Tx| uploads::fill(tx, id, &kept);
    if let Err(refused) = edge.core.store.transact(fill).await {
        media.forget(&file.key).await;
        return Err(refused.into());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /uploads/{upload}/{name}`: a file that waits for its message.
async fn fetch(State(edge): State<Edge>, Path((token, _)): Path<(String, String)>) -> Response {
    let Some((id, account)) = opened(&edge, &token) else {
        return files::not_found();
    };
    match edge
        .core
        .store
        .view(|view| uploads::load(view, account, id))
    {
        Ok(it) => files::handed_out(&edge, &it.file).await,
        Err(_) => files::not_found(),
    }
}

/// The uploads that a message names as its attachments; what is no text names none.
pub(super) fn named(edge: &Edge, scope: &Scope, params: &Params) -> Answer<Vec<Upload>> {
    let told = params.texts("attachments").unwrap_or_default();
    let told = told.into_iter().filter(|it| !it.is_empty());
    told.map(|token| {
        let unknown = || Refusal::unprocessable("attachments: no such upload");
        let (id, account) = opened(edge, &token).ok_or_else(unknown)?;
        if account != scope.account_id {
            return Err(unknown().into());
        }
        let found = edge
            .core
            .store
            .view(|view| uploads::load(view, account, id));
        Ok(found.map_err(|_| unknown())?)
    })
    .collect()
}

/// What a message attaches: the files that came with it, and those that it names.
pub(super) fn attachments(given: &Given, named: &[Upload]) -> Vec<NewAttachment> {
    let came = given.files.iter().cloned();
    let named = named
        .iter()
        .map(|it| NewAttachment::of_file(it.file.clone()));
    came.chain(named).collect()
}
