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
        let seq = self.state.seq;
        loop {
            self.connection.batch("BEGIN IMMEDIATE")?;
            match self.pass(group) {
                Ok(Pass::Complete(entries)) => match self.connection.batch("COMMIT") {
                    Ok(()) => return Ok(entries),
                    Err(error) => {
                        self.roll_back(seq);
                        return Err(error);
                    }
                },
                Ok(Pass::Spoiled(at)) => {
                    self.roll_back(seq);
                    let left = group.get(at).map(|queued| &queued.outcome);
                    tracing::debug!(?left, "a job spoiled its group; the others run again");
                }
                Err(error) => {
                    self.roll_back(seq);
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
            if queued.outcome.is_err() && tx.changes != before {
                return Ok(Pass::Spoiled(at));
            }
        }
        Ok(Pass::Complete(tx.entries))
    }

    fn roll_back(&mut self, seq: i64) {
        self.state.seq = seq;
        if let Err(error) = self.connection.batch("ROLLBACK") {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}

fn panicked() -> Error {
    tracing::error!("a job panicked");
    StoreError::Corrupt("a job panicked".into()).into()
}
