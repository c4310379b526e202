//! The port to files: fetched once from outside, kept, and given out as streams.

use std::pin::Pin;

use bytes::Bytes;
use domain::StoredFile;
use futures_util::Stream;

use super::BoxFuture;
use crate::Error;

/// A file's bytes as they come.
pub type FileStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// Keeps files.
pub trait Media: Send + Sync {
    /// Fetches `url` with one guarded GET and keeps what it answers. `name` is what to call the file,
    /// whatever the answer says.
    ///
    /// Refuses an address that is not allowed or not a URL (`Invalid`), an answer that is not a file
    /// (`Invalid`), one larger than [`FILE_BYTES`](crate::limits::FILE_BYTES) (`TooLarge`), and a server that
    /// is slow, unreachable or failing (`Upstream`: the same URL may work later). Keeps nothing then.
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        name: Option<&'a str>,
    ) -> BoxFuture<'a, Result<StoredFile, Error>>;
    /// Keeps these bytes.
    fn put<'a>(
        &'a self,
        name: &'a str,
        content_type: Option<&'a str>,
        bytes: Bytes,
    ) -> BoxFuture<'a, Result<StoredFile, Error>>;
    /// Opens a kept file.
    fn open<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<FileStream, Error>>;
    /// Forgets a file, for one whose message was not committed after all. Never fails: at worst a file stays.
    fn forget<'a>(&'a self, key: &'a str) -> BoxFuture<'a, ()>;
}
