//! The port to networks that hand files out by id.

use domain::StoredFile;

use super::BoxFuture;
use crate::Error;

/// Fetches what a network keeps, and keeps it here.
pub trait NetworkFiles: Send + Sync {
    /// Fetches the file with this id. `settings` is the inbox's own, `name` is what to call the file. Refuses with
    /// `Upstream` what the network does not hand out now.
    fn fetch<'a>(
        &'a self,
        settings: &'a str,
        id: &'a str,
        name: Option<&'a str>,
    ) -> BoxFuture<'a, Result<StoredFile, Error>>;
}
