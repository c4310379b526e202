//! One file on its way into the store.
//!
//! Small files are written at once, larger ones part by part; either way nothing stands under the key before the end.

use std::sync::Arc;

use app::Error;
use domain::Kind;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;

use super::{key, unavailable};
use crate::limits::{MEDIA_PART_BYTES, SNIFF_BYTES};

/// A file that is being written. Dropping it removes what a local store has so far.
pub(super) struct Keeping {
    store: Arc<dyn ObjectStore>,
    key: String,
    writer: BufWriter,
    head: Vec<u8>,
    bytes: i64,
}

/// A file that is written.
pub(super) struct Kept {
    /// Its key.
    pub(super) key: String,
    /// Its beginning, at most [`SNIFF_BYTES`].
    pub(super) head: Vec<u8>,
    /// Its length in bytes.
    pub(super) bytes: i64,
}

impl Keeping {
    pub(super) fn new(store: Arc<dyn ObjectStore>) -> Result<Self, Error> {
        let key = key::new()?;
        let path = Path::parse(&key).map_err(unavailable)?;
        // One part under way and one being gathered; more would only buy memory.
        let writer =
            BufWriter::with_capacity(store.clone(), path, MEDIA_PART_BYTES).with_max_concurrency(1);
        Ok(Self {
            store,
            key,
            writer,
            head: Vec::new(),
            bytes: 0,
        })
    }

    /// Adds a piece.
    pub(super) async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        let missing = SNIFF_BYTES.saturating_sub(self.head.len());
        self.head.extend(piece.iter().take(missing));
        self.bytes = self
            .bytes
            .saturating_add(i64::try_from(piece.len()).unwrap_or(i64::MAX));
        // Copied, not handed over: pieces of one byte each would weigh many times what they hold.
        self.writer.write_all(piece).await.map_err(unavailable)
    }

    /// Makes the file appear under its key. Refuses an empty one.
    pub(super) async fn finish(mut self) -> Result<Kept, Error> {
        if self.bytes == 0 {
            return Err(Error::refused(Kind::Invalid, "the file is empty"));
        }
        if let Err(error) = self.writer.shutdown().await {
            // The end may have failed after the file appeared.
            remove(&*self.store, &self.key).await;
            return Err(unavailable(error));
        }
        Ok(Kept {
            key: self.key,
            head: self.head,
            bytes: self.bytes,
        })
    }

    /// Removes what was written. Only for a file whose `finish` was never called.
    pub(super) async fn abandon(mut self) {
        if let Err(error) = self.writer.abort().await {
            tracing::warn!(%error, file.key = self.key, "an unfinished file could not be removed");
        }
    }
}

/// Removes a file, or what there is of it. At worst it stays, and the log says so.
pub(super) async fn remove(store: &dyn ObjectStore, key: &str) {
    let Some(path) = key::path(key) else { return };
    match store.delete(&path).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => tracing::warn!(%error, file.key = key, "a file could not be removed"),
    }
}
