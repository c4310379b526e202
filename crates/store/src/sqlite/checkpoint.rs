//! Checkpoints on a thread of their own, passively: neither the writer nor a reader ever waits for one.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use super::connection::Connection;

/// Look this often.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Let the write-ahead log grow to this before copying it: the larger, the fewer pages are copied twice.
const WAL_BYTES: u64 = 16 * 1024 * 1024;

pub(super) fn run(path: &Path, stopped: &Receiver<()>) {
    let mut wal = PathBuf::from(path).into_os_string();
    wal.push("-wal");
    let connection = match Connection::open_writer(path) {
        Ok(connection) => connection,
        Err(error) => {
            tracing::error!(%error, "no checkpoints: the write-ahead log will grow");
            return;
        }
    };
    let mut copied_at = 0;
    while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
        let length = std::fs::metadata(&wal).map_or(0, |it| it.len());
        // A passive checkpoint does not shorten the file. The writer starts it over when it can, and until
        // then only what was added since the last time is worth another.
        if length >= WAL_BYTES && length.abs_diff(copied_at) >= WAL_BYTES / 4 {
            match connection.checkpoint() {
                Ok(()) => copied_at = length,
                Err(error) => tracing::warn!(%error, "a checkpoint failed"),
            }
        }
    }
    if let Err(error) = connection.checkpoint() {
        tracing::warn!(%error, "the last checkpoint failed");
    }
}
