//! Uploads: files that come before the message that they are for, and files that nobody has any more.
//!
//! An upload is taken by the transaction that writes its message, and belongs to that from then on. What nobody has taken
//! after [`UNUSED`] goes, and so does every file that a transaction lets go of, however the server dies meanwhile.

use std::time::Duration;

use domain::{AccountId, Kind, StoredFile, Timestamp, UploadId};
use jiff::SignedDuration;
use tokio::sync::watch;

use crate::{
    Core, Error, Result, Scope,
    limits::{UPLOAD_BYTES, UPLOADS},
    ports::{Tx, View},
    stop::persist,
};

/// How long an upload waits for its message.
pub const UNUSED: SignedDuration = SignedDuration::from_hours(24);
/// How often to look for files that nobody has.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Files that are forgotten together.
const TOGETHER: i64 = 100;

/// A file that no message has yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its number.
    pub id: UploadId,
    /// Whose it is.
    pub account_id: AccountId,
    /// The file. Its key is empty until its bytes have come.
    pub file: StoredFile,
    /// What its bytes must add up to, in the words of whoever announced it.
    pub checksum: Option<String>,
}

impl Upload {
    /// Whether its bytes have come.
    pub fn is_here(&self) -> bool {
        !self.file.key.is_empty()
    }
}

/// Adds a file of the scope's account that has come, or is announced: then its key is empty. Refuses one that is too large,
/// and more than [`UPLOADS`] that wait.
pub fn add(
    tx: &mut dyn Tx,
    scope: &Scope,
    file: &StoredFile,
    checksum: Option<&str>,
) -> Result<Upload> {
    if !(1..=UPLOAD_BYTES).contains(&file.bytes) {
        let text = format!("a file has 1 to {UPLOAD_BYTES} bytes");
        return Err(Error::refused(Kind::TooLarge, text));
    }
    if tx.count_uploads(scope.account_id)? >= UPLOADS {
        let text = format!("{UPLOADS} files wait for their messages already");
        return Err(Error::refused(Kind::Invalid, text));
    }
    let upload = Upload {
        id: UploadId(tx.new_id()),
        account_id: scope.account_id,
        file: file.clone(),
        checksum: checksum.map(str::to_owned),
    };
    tx.put_upload(&upload)?;
    Ok(upload)
}

/// The bytes of an announced file have come, once.
pub fn fill(tx: &mut dyn Tx, id: UploadId, file: &StoredFile) -> Result<()> {
    let found = tx.find_upload(id)?;
    let mut upload = found.ok_or_else(|| Error::not_found("upload"))?;
    if upload.is_here() {
        return Err(Error::refused(Kind::Conflict, "the file has come already"));
    }
    upload.file = file.clone();
    tx.put_upload(&upload)
}

/// An upload of an account whose bytes have come.
pub fn load<V: View + ?Sized>(view: &V, account: AccountId, id: UploadId) -> Result<Upload> {
    let found = view.find_upload(id)?;
    let found = found.filter(|it| it.account_id == account && it.is_here());
    found.ok_or_else(|| Error::not_found("upload"))
}

/// These are a message's from now on. Refuses one that another message has, or that has gone.
pub fn take(tx: &mut dyn Tx, scope: &Scope, ids: &[UploadId]) -> Result<()> {
    for id in ids {
        load(&*tx, scope.account_id, *id)?;
        tx.delete_upload(*id)?;
    }
    Ok(())
}

/// Forgets files that nobody has, for ever.
pub struct Sweeper {
    core: Core,
}

impl Sweeper {
    /// A sweeper of a node.
    pub fn new(core: Core) -> Self {
        Self { core }
    }

    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let failed = "files that nobody has could not be forgotten; it will be tried again";
        persist(stop, LOOK_EVERY, failed, || self.sweep()).await;
    }

    async fn sweep(&self) -> Result<()> {
        let now = self.core.clock.now();
        let before = now.saturating_sub(UNUSED).unwrap_or(Timestamp::MIN);
        let store = &self.core.store;
        loop {
            let due = store.view(|view| view.has_loose_files(before))?;
            if !due {
                return Ok(());
            }
            // From here on nobody takes them; and whoever is next does what this server does not come to.
            let leaving = store
                .transact(move |tx| tx.let_go_of_files(before, TOGETHER))
                .await?;
            for (_, key) in &leaving {
                // A picture's has what kind of image it is at its end.
                let key = key.split('.').next().unwrap_or_default();
                if !key.is_empty() {
                    self.core.media.forget(key).await;
                }
            }
            let end = move |tx: &mut dyn Tx| {
                for (id, _) in &leaving {
                    tx.delete_upload(*id)?;
                }
                Ok(())
            };
            store.transact(end).await?;
        }
    }
}
