//! Ingest: messages posted by a carrier, each answered when it is durable.
//!
//! The store is filled first, through the server's own `fill` if it has one, else by posting. How far a store
//! is filled is noted beside it, so that a large one can be kept and used again.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::error::{During as _, Result};
use crate::message::Contacts;
use crate::number::{count, float};
use crate::posters::{Posted, Posters, Stop, Writers};
use crate::process::settle;
use crate::report::{Figure, Sample};
use crate::server::{Program, Target};

/// Posters that fill a store when the server cannot do it itself.
const FILLERS: usize = 256;
/// Conversations that a store is filled with.
const CONVERSATIONS: u64 = 50_000;
/// How long a server may take to calm down before a measurement.
const SETTLE_MAX: Duration = Duration::from_secs(20);

/// A store's directory and what the bench has put into it.
#[derive(Debug)]
pub(crate) struct Stock<'a> {
    pub(crate) data: &'a Path,
    pub(crate) rows: u64,
    pub(crate) contacts: Contacts,
}

impl<'a> Stock<'a> {
    /// What an earlier run left, or an empty store.
    pub(crate) fn open(data: &'a Path) -> Self {
        let note = fs::read(data.join("bench.json")).unwrap_or_default();
        let note: Value = serde_json::from_slice(&note).unwrap_or_default();
        let number = |name: &str| note.get(name).and_then(Value::as_u64).unwrap_or(0);
        Self {
            data,
            rows: number("rows"),
            contacts: Contacts {
                known: number("contacts"),
            },
        }
    }

    /// Fills the store to at least `rows` messages, of which the newest are of the contacts that will write.
    pub(crate) fn fill(&mut self, program: &Program, rows: u64) -> Result<()> {
        let recent = self.contacts.missing();
        let missing = rows.saturating_sub(self.rows).saturating_sub(recent);
        if missing > 0 {
            eprintln!("filling the store with {missing} messages");
            // The demo must exist before its store can be filled.
            drop(program.start(self.data)?);
            if program.fill(self.data, missing, CONVERSATIONS)? {
                self.rows += missing;
            } else {
                self.post(&program.start(self.data)?.target, missing, Writers::Mixed)?;
            }
            self.note()?;
        }
        if recent > 0 {
            self.post(&program.start(self.data)?.target, recent, Writers::New)?;
        }
        // What filling left in the page cache is not the measurement's to write.
        rustix::fs::sync();
        Ok(())
    }

    /// Measures with so many posters.
    pub(crate) fn measure(
        &mut self,
        target: &Target,
        posters: usize,
        warm_up: Duration,
        stop: Stop,
    ) -> Result<Sample> {
        settle(target.pid, SETTLE_MAX)?;
        let before = float(self.rows);
        let mut posters = Posters::connect(target, posters, &mut self.contacts)?;
        let Posted { latencies, spent } = posters.measure(warm_up, stop)?;
        self.rows += posters.answered;
        self.note()?;
        let messages = count(latencies.len());
        Ok(Sample::default()
            .with(Figure::Rows, before)
            .with_spent(messages, &spent)
            .with_latencies(latencies))
    }

    fn post(&mut self, target: &Target, messages: u64, writers: Writers) -> Result<()> {
        let mut posters = Posters::connect(target, FILLERS, &mut self.contacts)?;
        posters.post(messages, writers)?;
        self.rows += posters.answered;
        self.note()
    }

    fn note(&self) -> Result<()> {
        let note = json!({"rows": self.rows, "contacts": self.contacts.known});
        fs::write(self.data.join("bench.json"), note.to_string()).during("bench.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_posted_counted_and_noted() {
        let data = tempfile::tempdir().unwrap();
        let target = crate::floor::bare::in_thread(data.path());
        let mut stock = Stock::open(data.path());
        stock.post(&target, 1000, Writers::New).unwrap();
        assert_eq!((stock.rows, stock.contacts.known), (1000, 1000));
        let stop = Stop {
            after: Duration::from_secs(10),
            messages: 500,
        };
        let sample = stock
            .measure(&target, 16, Duration::from_millis(10), stop)
            .unwrap();
        assert!(sample.get(Figure::P99Ms).unwrap() > 0.0);
        let again = Stock::open(data.path());
        assert!(again.rows >= 1500);
        assert_eq!(again.rows, stock.rows);
        assert_eq!(again.contacts.known, stock.contacts.known);
        let posted = fs::read_to_string(data.path().join("bare.log")).unwrap();
        assert_eq!(count(posted.matches("messageId").count()), again.rows);
    }
}
