//! Connections: what opening one costs, and what holding one costs.
//!
//! Each connection subscribes to a private channel; how many of them share one is the caller's choice, since a
//! channel of one's own is the dearest case.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::herd::{Herd, Opened};
use crate::number::{count, float};
use crate::process::{Meter, rss_bytes, settle};
use crate::report::{Figure, Sample};
use crate::server::Target;

/// Handshakes at a time when holding is measured, not opening.
const OPENING: usize = 256;
const SETTLE_MAX: Duration = Duration::from_secs(10);

/// How to connect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// Handshakes under way at a time.
    pub(crate) at_once: usize,
    /// Different channels over all connections.
    pub(crate) channels: usize,
}

/// Opens all connections and closes them again; an operation is one opened connection.
pub(crate) fn measure_storm(target: &Target, load: Load) -> Result<Sample> {
    let mut herd = Herd::new()?;
    let meter = Meter::start(target.pid)?;
    let opened = open(&mut herd, target, load, load.at_once)?;
    let spent = meter.stop()?;
    for (why, times) in &opened.refused {
        eprintln!("refused {times} times: {why}");
    }
    let refused = float(opened.refused_total());
    Ok(Sample::default()
        .with_spent(count(opened.latencies.len()), &spent)
        .with_latencies(opened.latencies)
        .with(Figure::Refused, refused))
}

/// Holds all connections for a while and sees what the server has grown by.
pub(crate) fn measure_idle(target: &Target, load: Load, rest: Duration) -> Result<Sample> {
    settle(target.pid, SETTLE_MAX)?;
    let before = rss_bytes(target.pid)?;
    let mut herd = Herd::new()?;
    open(&mut herd, target, load, OPENING)?.all()?;
    let lost = herd.rest(rest)?;
    if lost > 0 {
        return Err(Error::new(format!(
            "the server dropped {lost} idle connections"
        )));
    }
    let meter = Meter::start(target.pid)?;
    herd.rest(rest)?;
    let spent = meter.stop()?;
    let grown = rss_bytes(target.pid)?.saturating_sub(before);
    Ok(Sample::default()
        .with(
            Figure::KbEach,
            float(grown) / 1024.0 / float(count(load.connections)),
        )
        .with(
            Figure::HoldingMb,
            float(rss_bytes(target.pid)?) / 1024.0 / 1024.0,
        )
        .with(
            Figure::IdleCpu,
            spent.cpu.as_secs_f64() / spent.elapsed.as_secs_f64() * 100.0,
        ))
}

fn open(herd: &mut Herd, target: &Target, load: Load, at_once: usize) -> Result<Opened> {
    herd.open(target, load.connections, at_once.max(1), |number| {
        format!("private-idle-{}", number % load.channels.max(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_opened_and_nobody_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let target = crate::floor::bare::in_thread(data.path());
        for at_once in [8, 300] {
            let load = Load {
                connections: 300,
                at_once,
                channels: 10,
            };
            let sample = measure_storm(&target, load).unwrap();
            assert_eq!(sample.get(Figure::Refused), Some(0.0));
        }
    }

    #[test]
    fn idle_connections_stay() {
        let data = tempfile::tempdir().unwrap();
        let target = crate::floor::bare::in_thread(data.path());
        let load = Load {
            connections: 20,
            at_once: 1,
            channels: 20,
        };
        let sample = measure_idle(&target, load, Duration::from_millis(20)).unwrap();
        assert!(sample.get(Figure::KbEach).is_some());
    }
}
