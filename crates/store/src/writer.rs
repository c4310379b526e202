//! The one writer of a node: takes what is queued, commits it as a group, and only then answers.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use app::{
    Error, Result, StoreError,
    limits::GROUP_JOBS,
    ports::{Clock, Job},
};
use domain::{Entry, Timestamp};
use tokio::sync::mpsc;

use crate::{
    engine::Engine,
    sql::{WriterState, Writing},
};

/// An engine's connection that writes, one transaction after another.
pub(crate) trait Transactions: Engine {
    /// Opens a transaction, ending one that could not be ended before. Where others write too, waits for its turn
    /// and brings `state` up to date.
    fn begin(&mut self, state: &mut WriterState) -> Result<()>;
    /// Commits. Returns false, and has kept nothing, if a statement had failed that nobody waited for.
    fn commit(&self) -> Result<bool>;
    /// Ends the transaction that is open, if one is, and keeps nothing of it.
    fn roll_back(&self) -> Result<()>;
    /// Whether a transaction is open. After some errors (a full disk, a lost connection) none is.
    fn in_transaction(&self) -> bool;
    /// Whether the transaction can only be rolled back, because a statement in it failed.
    fn is_spoiled(&self) -> bool;
    /// Guards what was done so far against the next job. Until the transaction ends, every answer is waited for.
    fn guard(&self) -> Result<()>;
    /// Ends the guard, and keeps what the job did or not.
    fn unguard(&self, keep: bool) -> Result<()>;
}

pub(crate) struct Writer<C> {
    connection: C,
    clock: Arc<dyn Clock>,
    state: WriterState,
    last_now: Timestamp,
}

/// A job with what its last run came to.
struct Queued {
    job: Box<dyn Job>,
    outcome: Result<()>,
}

impl From<Box<dyn Job>> for Queued {
    fn from(job: Box<dyn Job>) -> Self {
        Self {
            job,
            outcome: Ok(()),
        }
    }
}

impl<C: Transactions> Writer<C> {
    pub(crate) fn new(connection: C, state: WriterState, clock: Arc<dyn Clock>) -> Self {
        Self {
            connection,
            clock,
            state,
            last_now: Timestamp::UNIX_EPOCH,
        }
    }

    /// The newest entry's number.
    pub(crate) fn head(&self) -> i64 {
        self.state.seq
    }

    /// Works until the queue is closed and empty. `tell` is given what each group committed, before anybody is
    /// answered.
    pub(crate) fn run(
        mut self,
        mut jobs: mpsc::Receiver<Box<dyn Job>>,
        tell: &mut dyn FnMut(Vec<Arc<Entry>>),
    ) {
        let mut group = Vec::with_capacity(GROUP_JOBS);
        while let Some(first) = jobs.blocking_recv() {
            group.push(Queued::from(first));
            // No lingering: whoever is not here yet is in the next group.
            while group.len() < GROUP_JOBS {
                let Ok(job) = jobs.try_recv() else { break };
                group.push(Queued::from(job));
            }
            match self.commit(&mut group) {
                Ok(entries) => tell(entries),
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

    /// Commits a group. If a job fails after changing something, all run again, each guarded against the next, so
    /// that only what failed is left out.
    fn commit(&mut self, group: &mut [Queued]) -> Result<Vec<Arc<Entry>>> {
        if let Some(entries) = self.attempt(group, false)? {
            return Ok(entries);
        }
        tracing::debug!("a job spoiled its group, which runs again");
        for queued in &mut *group {
            queued.outcome = Ok(());
        }
        self.attempt(group, true)?.ok_or_else(lost)
    }

    /// Runs a group in a transaction and commits it. Returns what was appended; `None`, and has kept nothing, if a
    /// job spoiled it.
    fn attempt(&mut self, group: &mut [Queued], guarded: bool) -> Result<Option<Vec<Arc<Entry>>>> {
        let (seq, reserved) = (self.state.seq, self.state.reserved);
        self.connection.begin(&mut self.state)?;
        let ended = self.pass(group, guarded).and_then(|entries| {
            let committed = entries.is_some() && self.connection.commit()?;
            Ok(entries.filter(|_| committed))
        });
        if !matches!(ended, Ok(Some(_))) {
            (self.state.seq, self.state.reserved) = (seq, reserved);
            if let Err(error) = self.connection.roll_back() {
                tracing::error!(%error, "a transaction could not be rolled back");
            }
        }
        ended
    }

    /// Runs every job. Returns what was appended; `None` if a job spoiled the transaction.
    fn pass(&mut self, group: &mut [Queued], guarded: bool) -> Result<Option<Vec<Arc<Entry>>>> {
        self.last_now = self.last_now.max(self.clock.now());
        let mut tx = Writing::new(&self.connection, &mut self.state, self.last_now);
        for queued in group {
            let before = tx.mark();
            if guarded {
                self.connection.guard()?;
            }
            let ran = catch_unwind(AssertUnwindSafe(|| queued.job.run(&mut tx)));
            queued.outcome = ran.unwrap_or_else(|_| Err(panicked()));
            if !self.connection.in_transaction() {
                // What ran before is gone, and what would run next would be committed alone.
                return Err(queued.outcome.clone().err().unwrap_or_else(lost));
            }
            let spoiled = self.connection.is_spoiled();
            if !guarded {
                if spoiled || (queued.outcome.is_err() && tx.has_changed(before)) {
                    return Ok(None);
                }
                continue;
            }
            if spoiled && queued.outcome.is_ok() {
                queued.outcome = Err(lost());
            }
            self.connection.unguard(queued.outcome.is_ok())?;
            if queued.outcome.is_err() {
                tx.forget(before);
            }
        }
        tx.finish()?;
        Ok(Some(tx.entries))
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
    use crate::{sql::Reading, sqlite::Connection};

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
    fn commit(writer: &mut Writer<Connection>, letters: &[usize]) -> Result<usize> {
        let (answer, _) = channel();
        let jobs = letters.iter().map(|&letters| {
            let job: Box<dyn Job> = Box::new(Adding {
                name: "x".repeat(letters),
                answer: answer.clone(),
            });
            Queued::from(job)
        });
        let mut group: Vec<Queued> = jobs.collect();
        writer.commit(&mut group).map(|entries| entries.len())
    }

    fn set_pages_max(writer: &Writer<Connection>, sql: &'static str) {
        writer.connection.rows(sql, &[], &mut |_| Ok(())).unwrap();
    }

    #[test]
    fn a_full_disk_fails_the_whole_group_and_the_next_one_finds_all_in_order() {
        let directory = tempfile::TempDir::new().unwrap();
        let connection = Connection::open_writer(&directory.path().join("full.db")).unwrap();
        connection.migrate().unwrap();
        let state = WriterState::load(&connection).unwrap();
        let mut writer = Writer::new(connection, state, Arc::new(SystemClock));
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
