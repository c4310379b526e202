//! Which measurements are made, how often, and against what.
//!
//! Server and floor take turns, so that a noisy minute of the machine meets both.

use std::path::{Path, PathBuf};

use crate::error::{During as _, Error, Result};
use crate::ingest::Stock;
use crate::number::float;
use crate::options::{Command, Options};
use crate::posters::Stop;
use crate::process::{raise_open_files, rss_bytes, settle};
use crate::report::{Figure, Measurement, Sample, print};
use crate::server::{Program, Server};
use crate::{connect, fanout, floor, linked, lists, phones, webhooks};

const SETTLE_MAX: std::time::Duration = std::time::Duration::from_secs(5);

/// Makes the measurements that were asked for and prints the report, also of those before one that failed.
pub(crate) fn run(options: &Options) -> Result<()> {
    raise_open_files();
    let mut suite = Suite {
        options,
        program: program(options)?,
        bare: Program::bare()?,
        measurements: Vec::new(),
    };
    let done = suite.run();
    if !suite.measurements.is_empty() {
        print(&suite.measurements, &options.commit, options.runs);
    }
    done
}

fn program(options: &Options) -> Result<Program> {
    match &options.server {
        Some(path) if path == Path::new("bare") => Program::bare(),
        Some(path) => Ok(Program::switchboard(path.clone())),
        None => {
            let own = std::env::current_exe().during("finding the server's binary")?;
            let beside = own.with_file_name("switchboard");
            if !beside.exists() {
                let text = format!("no server at {}: say --server PATH", beside.display());
                return Err(Error::new(text));
            }
            Ok(Program::switchboard(beside))
        }
    }
}

struct Suite<'a> {
    options: &'a Options,
    program: Program,
    bare: Program,
    measurements: Vec<Measurement>,
}

impl Suite<'_> {
    fn run(&mut self) -> Result<()> {
        let all = self.options.command == Command::All;
        let wanted = |command| all || self.options.command == command;
        let (start, idle, connect) = (
            wanted(Command::Start),
            wanted(Command::Idle),
            wanted(Command::Connect),
        );
        let (fanout, ingest) = (wanted(Command::Fanout), wanted(Command::Ingest));
        let (webhooks, phones) = (wanted(Command::Webhooks), wanted(Command::Phones));
        if start {
            self.start()?;
        }
        if idle {
            self.idle()?;
        }
        if phones {
            self.phones()?;
        }
        if self.options.command == Command::Linked {
            self.linked()?;
        }
        if connect {
            self.connect()?;
        }
        if fanout {
            self.fanout()?;
        }
        if ingest {
            self.ingest()?;
        }
        if webhooks {
            self.webhooks()?;
        }
        if self.options.command == Command::Lists {
            self.lists()?;
        }
        Ok(())
    }

    /// One run: every kind is many requests, and the store takes its time to be filled.
    fn lists(&mut self) -> Result<()> {
        let load = &self.options.load;
        let kept;
        let data = match &load.data {
            Some(data) => {
                std::fs::create_dir_all(data).during("making a directory")?;
                data.as_path()
            }
            None => {
                kept = empty_directory()?;
                kept.path()
            }
        };
        let rows = load.rows.first().copied().unwrap_or(0);
        if !data.join("lists.json").exists() {
            drop(self.program.start(data)?);
            eprintln!("filling the store with {rows} messages");
            self.program.fill(data, rows, load.conversations)?;
            std::fs::write(data.join("lists.json"), rows.to_string()).during("lists.json")?;
        }
        let server = self.program.start(data)?;
        settle(server.target.pid, SETTLE_MAX)?;
        self.measurements.extend(lists::measure(&server.target)?);
        Ok(())
    }

    fn start(&mut self) -> Result<()> {
        let aims = &[
            (Figure::ReadyMs, "< 200"),
            (Figure::ReadyAgainMs, "< 200"),
            (Figure::IdleMb, "< 30"),
            (Figure::IdleAgainMb, "< 30"),
        ];
        self.compare(Measurement::new("start", aims), |program| {
            let data = empty_directory()?;
            let (first_ms, first_mb) = ready_and_resident(program, data.path())?;
            let (again_ms, again_mb) = ready_and_resident(program, data.path())?;
            Ok(Sample::default()
                .with(Figure::ReadyMs, first_ms)
                .with(Figure::ReadyAgainMs, again_ms)
                .with(Figure::IdleMb, first_mb)
                .with(Figure::IdleAgainMb, again_mb))
        })
    }

    fn idle(&mut self) -> Result<()> {
        let (connections, rest) = (self.options.load.connections, self.options.rest());
        let load = self.connections(connections, self.options.load.at_once);
        let name = format!("idle, {connections} connections");
        self.compare(
            Measurement::new(name, &[(Figure::KbEach, "≤ 8")]),
            |program| {
                on_empty(program, |server| {
                    connect::measure_idle(&server.target, load, rest)
                })
            },
        )
    }

    /// Nothing of it has a floor: there is no smaller engine to compare with.
    fn linked(&mut self) -> Result<()> {
        let (program, count) = (linked::program()?, self.options.load.linked);
        let name = format!("{count} phones of the WhatsApp Web engine");
        let mut measurement = Measurement::new(name, &[(Figure::KbEach, "≤ 2048")]);
        for _ in 0..self.options.runs {
            measurement.add_server(linked::measure(&program, count)?);
        }
        self.measurements.push(measurement);
        Ok(())
    }

    fn phones(&mut self) -> Result<()> {
        let (phones, rest) = (self.options.load.phones, self.options.rest());
        let name = format!("{phones} phones of the sandbox");
        let mut measurement = Measurement::new(name, &[(Figure::KbEach, "≤ 2048")]);
        for _ in 0..self.options.runs {
            let data = empty_directory()?;
            drop(self.program.start(data.path())?);
            if !self.program.allow_phones(data.path(), phones + 1)? {
                return Ok(());
            }
            let server = self.program.start(data.path())?;
            measurement.add_server(phones::measure(&server.target, phones, rest)?);
        }
        self.measurements.push(measurement);
        Ok(())
    }

    fn connect(&mut self) -> Result<()> {
        let aims = &[(Figure::CpuMicros, "≤ 80"), (Figure::Refused, "0")];
        for connections in &self.options.load.storm {
            for at_once in [self.options.load.at_once, *connections] {
                let load = self.connections(*connections, at_once);
                let name = format!("connect, {connections} connections, {at_once} at a time");
                self.compare(Measurement::new(name, aims), |program| {
                    on_empty(program, |server| {
                        connect::measure_storm(&server.target, load)
                    })
                })?;
            }
        }
        Ok(())
    }

    fn fanout(&mut self) -> Result<()> {
        for subscribers in &self.options.load.subscribers {
            for window in &self.options.load.window {
                self.fanout_to(*subscribers, *window)?;
            }
        }
        Ok(())
    }

    fn fanout_to(&mut self, subscribers: usize, window: u64) -> Result<()> {
        // The aims are for flat out, which one event at a time is not.
        let aims: &[_] = match (subscribers, window) {
            (1000, 2..) => &[(Figure::CpuMicros, "≤ 2.5")],
            (10_000, 2..) => &[(Figure::CpuMicros, "≤ 3.5")],
            _ => &[],
        };
        let load = fanout::Load {
            subscribers,
            window,
            warm_up: self.options.warm_up(),
            time: self.options.time(),
        };
        let name = format!("fan-out, {subscribers} subscribers, window {window}");
        self.compare(Measurement::new(name, aims), |program| {
            on_empty(program, |server| fanout::measure(&server.target, load))
        })
    }

    fn ingest(&mut self) -> Result<()> {
        let passing = empty_directory()?;
        let data: PathBuf = match &self.options.load.data {
            Some(data) => {
                std::fs::create_dir_all(data).during("making the data directory")?;
                data.clone()
            }
            None => passing.path().to_owned(),
        };
        let mut stock = Stock::open(&data);
        let first = self.measurements.len();
        for rows in &self.options.load.rows {
            stock.fill(&self.program, *rows)?;
            self.ingest_at(&mut stock, *rows)?;
        }
        if self.options.load.rows.len() > 1 {
            self.growth(first);
        }
        Ok(())
    }

    /// Compares the CPU time of a message on the fullest store with that on the emptiest.
    fn growth(&mut self, first: usize) {
        for posters in &self.options.load.posters {
            let end = format!(" rows, {posters} posters");
            let cpu: Vec<f64> = self
                .measurements
                .iter()
                .skip(first)
                .filter(|measurement| measurement.name.ends_with(&end))
                .filter_map(|measurement| measurement.server_median(Figure::CpuMicros))
                .collect();
            if let [first, .., last] = cpu.as_slice() {
                let name = format!("ingest as the store grows, {posters} posters");
                let mut growth = Measurement::new(name, &[(Figure::Growth, "≤ 2")]);
                growth.add_server(Sample::default().with(Figure::Growth, last / first));
                self.measurements.push(growth);
            }
        }
    }

    /// Measures on a store as it is now, with each number of posters.
    fn ingest_at(&mut self, stock: &mut Stock<'_>, rows: u64) -> Result<()> {
        let (warm_up, time) = (self.options.warm_up(), self.options.time());
        let stop = Stop {
            after: time,
            messages: self.options.load.messages.unwrap_or(u64::MAX),
        };
        for posters in &self.options.load.posters {
            let aims: &[_] = match posters {
                16 => &[
                    (Figure::Rate, "≥ 3000"),
                    (Figure::P99Ms, "< 25"),
                    (Figure::CpuMicros, "≤ 180"),
                ],
                256 => &[
                    (Figure::Rate, "≥ 5000"),
                    (Figure::P99Ms, "< 120"),
                    (Figure::CpuMicros, "≤ 180"),
                ],
                _ => &[(Figure::CpuMicros, "≤ 180")],
            };
            let mut to_disk =
                Measurement::new(format!("ingest, {rows} rows, {posters} posters"), aims);
            let name = format!("ingest without a store, {posters} posters");
            let mut to_bare = Measurement::new(name, &[]);
            for _ in 0..self.options.runs {
                let server = self.program.start(stock.data)?;
                to_disk.add_server(stock.measure(&server.target, *posters, warm_up, stop)?);
                drop(server);
                // On the same disk as the store.
                let data = directory()
                    .tempdir_in(stock.data)
                    .during("making a directory")?;
                let bare = self.bare.start(data.path())?;
                let mut other = Stock::open(data.path());
                to_bare.add_server(other.measure(&bare.target, *posters, warm_up, stop)?);
                drop(bare);
                let floor = floor::disk::measure(data.path(), *posters, time)?;
                to_bare.add_floor(floor.clone());
                to_disk.add_floor(floor);
            }
            self.measurements.push(to_disk);
            self.measurements.push(to_bare);
        }
        Ok(())
    }

    fn webhooks(&mut self) -> Result<()> {
        let (warm_up, time) = (self.options.warm_up(), self.options.time());
        let events = self.options.load.events;
        let aims = &[(Figure::Rate, "≥ 3000")];
        let mut flow = Measurement::new("webhooks, one receiver, end to end", aims);
        let mut backlog = Measurement::new("webhooks, one receiver, from a backlog", aims);
        let mut dead: Vec<(usize, Measurement)> = [0, 10, 50]
            .map(|percent| {
                let name = format!("webhooks, 20 endpoints, {percent} % dead");
                let count = webhooks::ENDPOINTS * percent / 100;
                (count, Measurement::new(name, &[]))
            })
            .into();
        let aims = &[(Figure::DeadRatio, "≤ 2")];
        let mut ratio = Measurement::new("webhooks, half dead against none dead", aims);
        for _ in 0..self.options.runs {
            let measured = |server: &Server| webhooks::measure_flow(&server.target, events);
            flow.add_server(on_empty(&self.program, measured)?);
            let measured = |server: &Server| webhooks::measure_backlog(&server.target, events);
            backlog.add_server(on_empty(&self.program, measured)?);
            let floor = webhooks::measure_floor(warm_up, time)?;
            flow.add_floor(floor.clone());
            backlog.add_floor(floor);
            let mut p99 = Vec::new();
            for (count, measurement) in &mut dead {
                let sample = on_empty(&self.program, |server| {
                    webhooks::measure_dead(&server.target, *count, warm_up, time)
                })?;
                p99.extend(sample.get(Figure::P99Ms));
                measurement.add_server(sample);
            }
            if let [none, .., half] = p99.as_slice() {
                ratio.add_server(Sample::default().with(Figure::DeadRatio, half / none));
            }
        }
        self.measurements.extend([flow, backlog]);
        self.measurements.extend(dead.into_iter().map(|(_, it)| it));
        self.measurements.push(ratio);
        Ok(())
    }

    /// Measures server and floor in turn and keeps the result.
    fn compare(
        &mut self,
        mut measurement: Measurement,
        measure: impl Fn(&Program) -> Result<Sample>,
    ) -> Result<()> {
        for _ in 0..self.options.runs {
            measurement.add_server(measure(&self.program)?);
            measurement.add_floor(measure(&self.bare)?);
        }
        self.measurements.push(measurement);
        Ok(())
    }

    fn connections(&self, connections: usize, at_once: usize) -> connect::Load {
        connect::Load {
            connections,
            at_once,
            channels: self.options.load.channels.unwrap_or(connections),
        }
    }
}

/// Milliseconds from a start to ready and megabytes when it has calmed down.
fn ready_and_resident(program: &Program, data: &Path) -> Result<(f64, f64)> {
    let server = program.start(data)?;
    settle(server.target.pid, SETTLE_MAX)?;
    let resident = float(rss_bytes(server.target.pid)?) / 1024.0 / 1024.0;
    Ok((server.ready_after.as_secs_f64() * 1e3, resident))
}

/// Measures on a server with an empty store of its own.
///
/// It is started twice: what the first start leaves behind, from hashing passwords above all, is memory that
/// connections would be given without the server growing.
fn on_empty(program: &Program, measure: impl Fn(&Server) -> Result<Sample>) -> Result<Sample> {
    let data = empty_directory()?;
    drop(program.start(data.path())?);
    let server = program.start(data.path())?;
    measure(&server)
}

fn empty_directory() -> Result<tempfile::TempDir> {
    directory().tempdir().during("making a directory")
}

fn directory() -> tempfile::Builder<'static, 'static> {
    let mut directory = tempfile::Builder::new();
    directory.prefix("switchboard-bench-");
    directory
}
