//! The floor of the ingest: the same bytes appended and synced in groups, and nothing else.
//!
//! A group is as large as there are posters, which is the best that a server with group commit can hope for.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::{During as _, Result};
use crate::herd::micros;
use crate::message::Messages;
use crate::number::micros_each;
use crate::process::thread_cpu;
use crate::report::{Figure, Sample};
use crate::server::Demo;

/// Bodies made beforehand, so that making them is not measured.
const BODIES: u64 = 1024;

/// Appends groups of message bodies to a new file in `data` for a while.
pub(crate) fn measure(data: &Path, group: usize, time: Duration) -> Result<Sample> {
    let mut messages = Messages::new(&Demo::bare());
    let bodies: Vec<Vec<u8>> = (0..BODIES)
        .map(|contact| {
            let mut body = Vec::new();
            messages.write_body(&mut body, contact);
            body
        })
        .collect();
    let mut next = bodies.iter().cycle();
    let mut file = File::create(data.join("floor")).during("creating the floor's file")?;
    let mut bytes = Vec::new();
    let mut latencies = Vec::new();
    let mut records = 0;
    let cpu = thread_cpu();
    let began = Instant::now();
    while began.elapsed() < time {
        bytes.clear();
        let since = Instant::now();
        for body in next.by_ref().take(group) {
            bytes.extend_from_slice(body);
            records += 1;
        }
        file.write_all(&bytes).during("writing the floor's file")?;
        file.sync_data().during("syncing the floor's file")?;
        let latency = micros(since.elapsed());
        latencies.resize(latencies.len() + group, latency);
    }
    let elapsed = began.elapsed();
    let cpu = thread_cpu().saturating_sub(cpu);
    Ok(Sample::default()
        .with(
            Figure::Rate,
            crate::number::float(records) / elapsed.as_secs_f64(),
        )
        .with(Figure::CpuMicros, micros_each(cpu, records))
        .with_latencies(latencies))
}
