//! What the operating system says about a process: CPU time and resident memory, from `/proc`.
//!
//! CPU time is that of all threads, the finished ones included, in the kernel's ticks of 10 ms: measure for
//! seconds. Work that the kernel does in threads of its own is in nobody's account; it shows as "others".

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::error::{During as _, Error, Result};
use crate::number::float;

/// Open files that the largest measurement needs, with room to spare.
const OPEN_FILES_MAX: u64 = 65_536;

/// CPU time, user and system, of a process since it began.
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    let stat = read(&format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold spaces; of what follows, utime and stime are the 12th and 13th.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks: u64 = fields
        .split_ascii_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(ticks_to_time(ticks))
}

/// Bytes of a process that are in memory, counted page by page rather than from the kernel's rough counters.
pub(crate) fn rss_bytes(pid: u32) -> Result<u64> {
    let rollup = read(&format!("/proc/{pid}/smaps_rollup"))?;
    rollup
        .lines()
        .find_map(|line| line.strip_prefix("Rss:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .map(|kb| kb * 1024)
        .ok_or_else(|| Error::new("no Rss in smaps_rollup"))
}

/// CPU time of the calling thread.
pub(crate) fn thread_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Lets this process and those it starts open as many files as the measurements need, or as many as may be.
pub(crate) fn raise_open_files() {
    let old = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: Some(OPEN_FILES_MAX),
        maximum: Some(old.maximum.unwrap_or(OPEN_FILES_MAX).max(OPEN_FILES_MAX)),
    };
    // Only root may raise the maximum; others get the maximum that they have.
    if setrlimit(Resource::Nofile, wanted).is_err() {
        let most = Rlimit {
            current: old.maximum,
            maximum: old.maximum,
        };
        if let Err(cause) = setrlimit(Resource::Nofile, most) {
            eprintln!("the limit of open files stays as it is: {cause}");
        }
    }
}

/// CPU time spent between two moments, by a server and by everybody but the server and this process.
#[derive(Debug)]
pub(crate) struct Meter {
    pid: u32,
    since: Instant,
    server: Duration,
    own: Duration,
    busy: Duration,
}

/// What a [`Meter`] saw.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    pub(crate) elapsed: Duration,
    pub(crate) cpu: Duration,
    /// Cores kept busy by neither the server nor the load: a noisy run when it is not small.
    pub(crate) others: f64,
}

impl Meter {
    pub(crate) fn start(pid: u32) -> Result<Self> {
        Ok(Self {
            pid,
            busy: machine_busy()?,
            own: cpu(std::process::id())?,
            server: cpu(pid)?,
            since: Instant::now(),
        })
    }

    pub(crate) fn stop(&self) -> Result<Spent> {
        let elapsed = self.since.elapsed();
        let server = cpu(self.pid)?.saturating_sub(self.server);
        let own = cpu(std::process::id())?.saturating_sub(self.own);
        let busy = machine_busy()?.saturating_sub(self.busy);
        let others = busy.saturating_sub(server).saturating_sub(own);
        Ok(Spent {
            elapsed,
            cpu: server,
            others: others.as_secs_f64() / elapsed.as_secs_f64().max(0.001),
        })
    }
}

/// Waits until a process has as good as nothing to do, but not longer than `most`.
pub(crate) fn settle(pid: u32, most: Duration) -> Result<()> {
    let end = Instant::now() + most;
    while Instant::now() < end {
        let before = cpu(pid)?;
        std::thread::sleep(Duration::from_millis(500));
        if cpu(pid)?.saturating_sub(before) <= Duration::from_millis(10) {
            break;
        }
    }
    Ok(())
}

/// The machine in a line: processor, cores, memory, kernel.
pub(crate) fn machine() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |text: &str, name: &str| {
        text.lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
            .unwrap_or_default()
    };
    let cores = cpuinfo
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let memory = field(
        &fs::read_to_string("/proc/meminfo").unwrap_or_default(),
        "MemTotal",
    );
    let memory_kb: u64 = memory.trim_end_matches(" kB").parse().unwrap_or(0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{}, {cores} cores, {} GiB, Linux {}",
        field(&cpuinfo, "model name"),
        memory_kb.div_ceil(1024 * 1024),
        kernel.trim()
    )
}

/// CPU time that all cores together spent on anything.
fn machine_busy() -> Result<Duration> {
    let stat = read("/proc/stat")?;
    let fields: Vec<u64> = stat
        .lines()
        .next()
        .unwrap_or_default()
        .split_ascii_whitespace()
        .skip(1)
        .filter_map(|field| field.parse().ok())
        .collect();
    // user, nice, system, (idle, iowait,) irq, softirq
    let ticks = [0, 1, 2, 5, 6]
        .iter()
        .filter_map(|at| fields.get(*at))
        .sum();
    Ok(ticks_to_time(ticks))
}

fn ticks_to_time(ticks: u64) -> Duration {
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    Duration::from_secs_f64(float(ticks) / float(per_second))
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).during(path)
}
