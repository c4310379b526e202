//! The one writer: takes what is queued, commits it as a group, and only then answers.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use app::{
    Error, Result, StoreError,
    journal::Feed,
    limits::GROUP_JOBS,
    ports::{Clock, Job},
};
use domain::{Entry, Timestamp};
use tokio::sync::mpsc;

use super::connection::Connection;
use crate::sql::{WriterState, Writing};

pub(super) struct Writer {
    connection: Connection,
    clock: Arc<dyn Clock>,
    state: WriterState,
    last_now: Timestamp,
}

/// A job with what its last run came to.
struct Queued {
    job: Box<dyn Job>,
    outcome: Result<()>,
}

/// How a pass over a group ended.
enum Pass {
    /// Every job that counts has run; these entries were appended.
    Complete(Vec<Arc<Entry>>),
    /// The job at this place failed after it had changed something.
    Spoiled(usize),
}

impl Writer {
    pub(super) fn new(connection: Connection, clock: Arc<dyn Clock>) -> Result<Self> {
        let state = WriterState::load(&connection)?;
        Ok(Self {
            connection,
            clock,
            state,
            last_now: Timestamp::UNIX_EPOCH,
        })
    }

    pub(super) fn head(&self) -> i64 {
        self.state.seq
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Box<dyn Job>>, feed: &Feed) {
        let mut group = Vec::with_capacity(GROUP_JOBS);
        while let Some(first) = jobs.blocking_recv() {
            group.push(Queued {
                job: first,
                outcome: Ok(()),
            });
            // No lingering: whoever is not here yet is in the next group.
            while group.len() < GROUP_JOBS {
                let Ok(job) = jobs.try_recv() else { break };
                group.push(Queued {
                    job,
                    outcome: Ok(()),
                });
            }
            match self.commit(&mut group) {
                Ok(entries) => feed.publish(entries),
                Err(error) => {
                    tracing::error!(%error, jobs = group.len(), "a group was not committed");
                    for queued in &mut group {
                        queued.outcome = Err(error.clone());
                    }
                }
            }
            for Queued { job, outcome } in group.drain(..) {
                job.done(outcome);
            }
        }
    }

    /// Commits a group. A job that fails after changing something is left out and the others run again.
    fn commit(&mut self, group: &mut [Queued]) -> Result<Vec<Arc<Entry>>> {
        let (seq, reserved) = (self.state.seq, self.state.reserved);
        loop {
            // Nothing is open, unless an earlier transaction could not be rolled back.
            self.connection.roll_back()?;
            self.connection.batch("BEGIN IMMEDIATE")?;
            match self.pass(group) {
                Ok(Pass::Complete(entries)) => match self.connection.batch("COMMIT") {
                    Ok(()) => return Ok(entries),
                    Err(error) => {
                        self.roll_back(seq, reserved);
                        return Err(error);
                    }
                },
                Ok(Pass::Spoiled(at)) => {
                    self.roll_back(seq, reserved);
                    let left = group.get(at).map(|queued| &queued.outcome);
                    tracing::debug!(?left, "a job spoiled its group; the others run again");
                }
                Err(error) => {
                    self.roll_back(seq, reserved);
                    return Err(error);
                }
            }
        }
    }

    /// Runs every job that has not failed yet.
    fn pass(&mut self, group: &mut [Queued]) -> Result<Pass> {
        self.last_now = self.last_now.max(self.clock.now());
        let mut tx = Writing::new(&self.connection, &mut self.state, self.last_now);
        for (at, queued) in group.iter_mut().enumerate() {
            if queued.outcome.is_err() {
                continue;
            }
            let before = tx.changes;
            let ran = catch_unwind(AssertUnwindSafe(|| queued.job.run(&mut tx)));
            queued.outcome = ran.unwrap_or_else(|_| Err(panicked()));
            if !self.connection.in_transaction() {
                // What ran before is gone, and what would run next would be committed alone.
                return Err(queued.outcome.clone().err().unwrap_or_else(lost));
            }
            if queued.outcome.is_err() && tx.changes != before {
                return Ok(Pass::Spoiled(at));
            }
        }
        tx.finish()?;
        Ok(Pass::Complete(tx.entries))
    }

    fn roll_back(&mut self, seq: i64, reserved: i64) {
        (self.state.seq, self.state.reserved) = (seq, reserved);
        if let Err(error) = self.connection.roll_back() {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}

fn lost() -> Error {
    StoreError::Unavailable("the engine ended the transaction".into()).into()
}

fn panicked() -> Error {
    tracing::error!("a job panicked");
    StoreError::Corrupt("a job panicked".into()).into()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use app::ports::{SystemClock, Tx, View as _};

    use super::*;
    use crate::{engine::Engine as _, sql::Reading};

    struct Adding {
        name: String,
        answer: Sender<Result<()>>,
    }

    impl Job for Adding {
        fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
            app::accounts::create(tx, &self.name).map(drop)
        }

        fn done(self: Box<Self>, outcome: Result<()>) {
            self.answer.send(outcome).unwrap();
        }
    }

    /// Commits accounts with names of so many letters as one group.
    fn commit(writer: &mut Writer, letters: &[usize]) -> Result<usize> {
        let (answer, _) = channel();
        let jobs = letters.iter().map(|&letters| Queued {
            job: Box::new(Adding {
                name: "x".repeat(letters),
                answer: answer.clone(),
            }),
            outcome: Ok(()),
        });
        let mut group: Vec<Queued> = jobs.collect();
        writer.commit(&mut group).map(|entries| entries.len())
    }

    fn set_pages_max(writer: &Writer, sql: &'static str) {
        writer.connection.rows(sql, &[], &mut |_| Ok(())).unwrap();
    }

    #[test]
    fn a_full_disk_fails_the_whole_group_and_the_next_one_finds_all_in_order() {
        let directory = tempfile::TempDir::new().unwrap();
        let connection = Connection::open_writer(&directory.path().join("full.db")).unwrap();
        connection.migrate().unwrap();
        let mut writer = Writer::new(connection, Arc::new(SystemClock)).unwrap();
        assert_eq!(commit(&mut writer, &[1, 1]).unwrap(), 2);

        // The engine ends the transaction at the second job; the third would fit by itself.
        set_pages_max(&writer, "PRAGMA max_page_count = 60");
        let full = commit(&mut writer, &[1, 1_000_000, 1]).unwrap_err();
        let kept = Reading(&writer.connection).accounts().unwrap();
        assert_eq!((kept.len(), writer.head()), (2, 2));
        assert!(matches!(
            full,
            Error::Store(StoreError::Unavailable(text)) if text.contains("full")
        ));

        set_pages_max(&writer, "PRAGMA max_page_count = 1000000");
        assert_eq!(commit(&mut writer, &[1, 1_000_000, 1]).unwrap(), 3);
        let journal = Reading(&writer.connection).read_journal(0, 100).unwrap();
        let numbers: Vec<i64> = journal.iter().map(|it| it.seq).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
    }
}
