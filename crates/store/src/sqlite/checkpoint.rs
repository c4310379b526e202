//! Checkpoints on a thread of their own, passively: neither the writer nor a reader ever waits for one.

use std::{
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use app::Result;

use super::connection::Connection;

/// Look this often.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Let the write-ahead log grow to this many pages, 16 MiB, before copying it: the larger, the fewer pages are
/// copied twice.
const LOG_FRAMES: i64 = 4096;
/// From this many pages on, 128 MiB, the writer copies the log too, each time it has committed. A writer that never
/// rests always adds something while the checkpointer copies, so that the log would never be copied whole, never
/// start over, and fill the disk. Whoever writes waits for such a copy, so it is to be rare: with 64 MiB there were so
/// many that one message in a hundred took 20 ms, and half of that with 128 (`bench ingest`).
pub(super) const LOG_FRAMES_MAX: i64 = 32_768;
/// To which a longer log's file is cut when it starts over, in bytes: what the writer lets it grow to, so that a server
/// under load does not give its file back and take it again.
pub(super) const LOG_BYTES_MAX: i64 = LOG_FRAMES_MAX * 4096;

pub(super) fn run(path: &Path, stopped: &Receiver<()>) {
    let connection = match Connection::open_writer(path) {
        Ok(connection) => connection,
        Err(error) => {
            tracing::error!(%error, "no checkpoints: the write-ahead log will grow");
            return;
        }
    };
    while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
        if let Err(error) = tend(&connection, LOG_FRAMES) {
            tracing::warn!(%error, "a checkpoint failed");
        }
    }
    if let Err(error) = connection.checkpoint() {
        tracing::warn!(%error, "the last checkpoint failed");
    }
}

/// Copies a log that is long enough, and again until all of it is copied: only then does the writer start it over.
///
/// The length is the log's own. That of its file says nothing, because the file keeps its length when the log
/// starts over.
fn tend(connection: &Connection, long: i64) -> Result<()> {
    let log = connection.log()?;
    if log.frames >= long && log.copied < log.frames {
        connection.checkpoint()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::Engine as _, readers::Reader as _};

    #[test]
    fn the_log_starts_over_each_time_it_is_copied_and_its_file_stays_as_it_is() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("log.db");
        let writer = Connection::open_writer(&path).unwrap();
        let checkpointer = Connection::open_writer(&path).unwrap();
        writer.run("CREATE TABLE t (x TEXT)", &[]).unwrap();
        let text = "x".repeat(4000);
        let mut longest = 0;
        for _ in 0..200 {
            for _ in 0..10 {
                let sql = "INSERT INTO t (x) VALUES (?1)";
                writer.run(sql, &[(&text).into()]).unwrap();
            }
            tend(&checkpointer, 100).unwrap();
            longest = longest.max(writer.log().unwrap().frames);
        }
        assert!((100..200).contains(&longest), "{longest}");
        let file = std::fs::metadata(directory.path().join("log.db-wal")).unwrap();
        assert!(file.len() < 200 * 4120);
    }

    #[test]
    fn a_writer_that_never_rests_copies_the_log_itself_before_it_is_too_long() {
        let directory = tempfile::TempDir::new().unwrap();
        let writer = Connection::open_writer(&directory.path().join("log.db")).unwrap();
        writer.run("CREATE TABLE t (x BLOB)", &[]).unwrap();
        // Some 250 pages each, and nobody else to copy them.
        for _ in 0..150 {
            let sql = "INSERT INTO t (x) VALUES (zeroblob(1000000))";
            writer.run(sql, &[]).unwrap();
            let frames = writer.log().unwrap().frames;
            assert!(frames < LOG_FRAMES_MAX + 500, "{frames}");
        }
    }

    #[test]
    fn a_reader_in_the_way_delays_the_copy_and_loses_nothing() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("log.db");
        let writer = Connection::open_writer(&path).unwrap();
        let checkpointer = Connection::open_writer(&path).unwrap();
        writer.run("CREATE TABLE t (x BIGINT)", &[]).unwrap();
        let reader = Connection::open_reader(&path).unwrap();
        let read = reader.read(&mut |reader| {
            reader.rows("SELECT count(*) FROM t", &[], &mut |_| Ok(()))?;
            for _ in 0..50 {
                writer.run("INSERT INTO t (x) VALUES (1)", &[])?;
            }
            tend(&checkpointer, 10)?;
            let log = writer.log()?;
            assert!(log.copied < log.frames);
            Ok(())
        });
        read.unwrap();
        tend(&checkpointer, 10).unwrap();
        let log = writer.log().unwrap();
        assert_eq!(log.copied, log.frames);
    }
}
