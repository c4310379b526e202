//! The port to files, over an object store: fetched once through the guard, kept under an unguessable key.
//!
//! A file never lies in memory whole on its way in or out. What a call leaves unfinished is removed; a file kept for a message
//! that was never committed, because the process died in between, stays. Nothing here decides who may see a file, and
//! nothing keeps two calls from fetching the same address.

mod keep;
mod key;
mod kind;
mod name;

use std::path::Path;
use std::sync::Arc;

use app::limits::FILE_BYTES;
use app::ports::{BoxFuture, FileStream, Media};
use app::{Error, StoreError};
use bytes::Bytes;
use domain::{Kind, StoredFile};
use futures_util::StreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::guard::{Bounds, Guard, GuardError, Incoming};
use crate::limits::MEDIA_FETCH;

/// Keeps files in an object store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ObjectMedia {
    guard: Guard,
    store: Arc<dyn ObjectStore>,
    bounds: Bounds,
}

impl ObjectMedia {
    /// Files in `store`, with the limits of this server.
    #[must_use]
    pub fn new(guard: Guard, store: Arc<dyn ObjectStore>) -> Self {
        let bounds = Bounds {
            whole: MEDIA_FETCH,
            answer_bytes: FILE_BYTES,
        };
        Self {
            guard,
            store,
            bounds,
        }
    }

    /// Files below a directory, which is made if it is not there. A file that was kept survives a loss of power.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the directory cannot be used.
    pub fn in_directory(guard: Guard, directory: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(directory).map_err(unavailable)?;
        let store = LocalFileSystem::new_with_prefix(directory).map_err(unavailable)?;
        Ok(Self::new(guard, Arc::new(store.with_fsync(true))))
    }

    /// The same with other limits: for one fetch, and for one file however it comes.
    #[must_use]
    pub fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    async fn fetch(&self, url: &str, asked: Option<&str>) -> Result<StoredFile, Error> {
        let mut incoming = self
            .guard
            .get_stream(url, self.bounds)
            .await
            .map_err(refusal)?;
        file_status(incoming.status())?;
        let mut keeping = keep::Keeping::new(self.store.clone())?;
        if let Err(error) = receive(&mut incoming, &mut keeping).await {
            keeping.abandon().await;
            return Err(error);
        }
        let kept = keeping.finish().await?;
        let disposition = incoming.content_disposition();
        let name = name::Choice::new(asked, disposition.as_deref(), url);
        let told = incoming.content_type();
        let content_type = kind::content_type(told.as_deref(), &kept.head, name.text());
        Ok(StoredFile {
            key: kept.key,
            name: name.finish(&content_type),
            content_type,
            bytes: kept.bytes,
        })
    }

    async fn put(&self, name: &str, told: Option<&str>, bytes: Bytes) -> Result<StoredFile, Error> {
        let limit = self.bounds.answer_bytes;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
            return Err(too_large(limit));
        }
        let mut keeping = keep::Keeping::new(self.store.clone())?;
        if let Err(error) = keeping.write(&bytes).await {
            keeping.abandon().await;
            return Err(error);
        }
        let kept = keeping.finish().await?;
        let name = name::Choice::new(Some(name), None, "");
        let content_type = kind::content_type(told, &kept.head, name.text());
        Ok(StoredFile {
            key: kept.key,
            name: name.finish(&content_type),
            content_type,
            bytes: kept.bytes,
        })
    }

    async fn open(&self, key: &str) -> Result<FileStream, Error> {
        let path = key::path(key).ok_or_else(|| Error::not_found("file"))?;
        match self.store.get(&path).await {
            Ok(found) => {
                let pieces = found.into_stream();
                Ok(Box::pin(
                    pieces.map(|piece| piece.map_err(std::io::Error::other)),
                ))
            }
            Err(object_store::Error::NotFound { .. }) => Err(Error::not_found("file")),
            Err(error) => Err(unavailable(error)),
        }
    }
}

impl Media for ObjectMedia {
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        name: Option<&'a str>,
    ) -> BoxFuture<'a, Result<StoredFile, Error>> {
        Box::pin(self.fetch(url, name))
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        content_type: Option<&'a str>,
        bytes: Bytes,
    ) -> BoxFuture<'a, Result<StoredFile, Error>> {
        Box::pin(self.put(name, content_type, bytes))
    }

    fn open<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<FileStream, Error>> {
        Box::pin(self.open(key))
    }

    fn forget<'a>(&'a self, key: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(keep::remove(&*self.store, key))
    }
}

async fn receive(incoming: &mut Incoming, keeping: &mut keep::Keeping) -> Result<(), Error> {
    while let Some(piece) = incoming.next().await.map_err(refusal)? {
        keeping.write(&piece).await?;
    }
    Ok(())
}

/// Only success is a file. What the other end may yet get over is told from what it will not.
fn file_status(status: u16) -> Result<(), Error> {
    let (kind, more) = match status {
        200..300 => return Ok(()),
        300..400 => (Kind::Invalid, "; redirects are not followed"),
        408 | 425 | 429 | 500.. => (Kind::Upstream, ""),
        _ => (Kind::Invalid, ""),
    };
    let text = format!("the media address answered {status}{more}");
    Err(Error::refused(kind, text))
}

fn refusal(error: GuardError) -> Error {
    let kind = match &error {
        GuardError::TooLarge { limit } => return too_large(*limit),
        GuardError::Forbidden { .. } | GuardError::BadUrl(_) => Kind::Invalid,
        GuardError::Timeout | GuardError::Connect(_) | GuardError::Broken(_) => Kind::Upstream,
    };
    Error::refused(kind, format!("the file cannot be fetched: {error}"))
}

fn too_large(limit: u64) -> Error {
    let text = format!("the file is larger than {limit} bytes");
    Error::refused(Kind::TooLarge, text)
}

fn unavailable(error: impl std::fmt::Display) -> Error {
    StoreError::Unavailable(format!("files: {error}")).into()
}
