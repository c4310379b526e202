//! From runs to a table: medians, beside the floor's, with their ratio.
//!
//! A figure is never judged here: the table shows the aim beside it and the reader judges.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use crate::number::{float, index};
use crate::process::{Spent, machine};

/// One measured quantity. The order is that of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Figure {
    ReadyMs,
    ReadyAgainMs,
    IdleMb,
    IdleAgainMb,
    Rows,
    Rate,
    P50Ms,
    P99Ms,
    P999Ms,
    CpuMicros,
    IdleKbEach,
    KbEach,
    HoldingMb,
    IdleCpu,
    Growth,
    DeadRatio,
    Refused,
    Others,
}

impl Figure {
    fn name(self) -> &'static str {
        match self {
            Self::ReadyMs => "start to ready, first time, ms",
            Self::ReadyAgainMs => "start to ready, again, ms",
            Self::IdleMb => "resident when idle, first time, MB",
            Self::IdleAgainMb => "resident when idle, again, MB",
            Self::Rows => "messages in the store before",
            Self::Rate => "operations/s",
            Self::P50Ms => "p50, ms",
            Self::P99Ms => "p99, ms",
            Self::P999Ms => "p99.9, ms",
            Self::CpuMicros => "server CPU each, µs",
            Self::IdleKbEach => "resident each when idle, KB",
            Self::KbEach => "resident each, KB",
            Self::HoldingMb => "resident with all connections, MB",
            Self::IdleCpu => "CPU when idle, % of a core",
            Self::Growth => "server CPU each, last ÷ first",
            Self::DeadRatio => "p99 of the healthy, half dead ÷ none dead",
            Self::Refused => "refused",
            Self::Others => "cores others used",
        }
    }
}

/// The figures of one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample(BTreeMap<Figure, f64>);

impl Sample {
    pub(crate) fn with(mut self, figure: Figure, value: f64) -> Self {
        self.0.insert(figure, value);
        self
    }

    pub(crate) fn get(&self, figure: Figure) -> Option<f64> {
        self.0.get(&figure).copied()
    }

    /// Rate and CPU time of `operations`.
    pub(crate) fn with_spent(self, operations: u64, spent: &Spent) -> Self {
        self.with(
            Figure::Rate,
            float(operations) / spent.elapsed.as_secs_f64().max(1e-9),
        )
        .with(
            Figure::CpuMicros,
            crate::number::micros_each(spent.cpu, operations),
        )
        .with(Figure::Others, spent.others)
    }

    /// Percentiles of latencies given in microseconds, in any order.
    pub(crate) fn with_latencies(self, mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        let at = |per_mille| f64::from(percentile(&micros, per_mille)) / 1e3;
        let (p50, p99, p999) = (at(500), at(990), at(999));
        self.with(Figure::P50Ms, p50)
            .with(Figure::P99Ms, p99)
            .with(Figure::P999Ms, p999)
    }
}

/// The nearest-rank percentile of sorted values; zero of none.
fn percentile(sorted: &[u32], per_mille: u64) -> u32 {
    let length = crate::number::count(sorted.len());
    let rank = (length * per_mille).div_ceil(1000);
    sorted
        .get(index(rank.saturating_sub(1)))
        .copied()
        .unwrap_or(0)
}

impl Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (figure, value) in &self.0 {
            write!(f, "  {} {}", figure.name(), Short(*value))?;
        }
        Ok(())
    }
}

/// All runs of one measurement on the server and on its floor.
#[derive(Debug)]
pub(crate) struct Measurement {
    pub(crate) name: String,
    aims: &'static [(Figure, &'static str)],
    server: Vec<Sample>,
    floor: Vec<Sample>,
}

impl Measurement {
    pub(crate) fn new(name: impl Into<String>, aims: &'static [(Figure, &'static str)]) -> Self {
        Self {
            name: name.into(),
            aims,
            server: Vec::new(),
            floor: Vec::new(),
        }
    }

    pub(crate) fn add_server(&mut self, sample: Sample) {
        eprintln!("{}, server:{sample}", self.name);
        self.server.push(sample);
    }

    pub(crate) fn add_floor(&mut self, sample: Sample) {
        eprintln!("{}, floor: {sample}", self.name);
        self.floor.push(sample);
    }

    /// The median of a figure over the server's runs.
    pub(crate) fn server_median(&self, figure: Figure) -> Option<f64> {
        spread(&self.server, figure).map(|spread| spread.median)
    }

    /// A line for people: the main figures and how far they are from the floor's.
    fn line(&self) -> String {
        let main = [
            Figure::ReadyMs,
            Figure::IdleMb,
            Figure::Rate,
            Figure::P99Ms,
            Figure::CpuMicros,
            Figure::KbEach,
            Figure::Growth,
            Figure::DeadRatio,
        ];
        let mut line = format!("{}:", self.name);
        for figure in main {
            let Some(server) = spread(&self.server, figure) else {
                continue;
            };
            line += &format!(" {} {}", figure.name(), Short(server.median));
            if let Some(floor) = spread(&self.floor, figure) {
                let times = Short(server.median / floor.median);
                line += &format!(" (floor {}, ×{times})", Short(floor.median));
            }
            line.push(';');
        }
        line
    }

    fn rows(&self) -> String {
        let mut rows = String::new();
        let figures = self
            .server
            .first()
            .map(|sample| sample.0.keys())
            .into_iter()
            .flatten();
        for figure in figures {
            let server = spread(&self.server, *figure);
            let floor = spread(&self.floor, *figure);
            let ratio = match (&server, &floor) {
                (Some(server), Some(floor)) if floor.median > 0.0 => {
                    Short(server.median / floor.median).to_string()
                }
                _ => String::new(),
            };
            let aim = self
                .aims
                .iter()
                .find(|(of, _)| of == figure)
                .map_or("", |(_, aim)| aim);
            let tell = |spread: Option<Spread>| spread.map(|s| s.to_string()).unwrap_or_default();
            rows += &format!(
                "| {} | {} | {} | {} | {ratio} | {aim} |\n",
                self.name,
                figure.name(),
                tell(server),
                tell(floor)
            );
        }
        rows
    }
}

/// Prints the whole report: a head, the table, and a sentence each.
pub(crate) fn print(measurements: &[Measurement], commit: &str, runs: u32) {
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC");
    println!(
        "{date} · {} · commit {commit} · median of {runs} (least–most)\n",
        machine()
    );
    println!("| measurement | figure | server | floor | ratio | aim |");
    println!("|---|---|---|---|---|---|");
    for measurement in measurements {
        print!("{}", measurement.rows());
    }
    println!();
    for measurement in measurements {
        println!("{}", measurement.line());
    }
}

#[derive(Debug)]
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

fn spread(samples: &[Sample], figure: Figure) -> Option<Spread> {
    let mut values: Vec<f64> = samples
        .iter()
        .filter_map(|sample| sample.get(figure))
        .collect();
    values.sort_by(f64::total_cmp);
    let (low, high) = (
        values.get(values.len().saturating_sub(1) / 2)?,
        values.get(values.len() / 2)?,
    );
    Some(Spread {
        least: *values.first()?,
        median: f64::midpoint(*low, *high),
        most: *values.last()?,
    })
}

impl Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, median, most) = (Short(self.least), Short(self.median), Short(self.most));
        if self.least == self.most {
            write!(f, "{median}")
        } else {
            write!(f, "{median} ({least}–{most})")
        }
    }
}

/// A number with as many digits as it deserves.
struct Short(f64);

impl Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0;
        if value == 0.0 || value.abs() >= 100.0 {
            write!(f, "{value:.0}")
        } else if value.abs() >= 10.0 {
            write!(f, "{value:.1}")
        } else if value.abs() >= 0.1 {
            write!(f, "{value:.2}")
        } else {
            write!(f, "{value:.4}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let sorted: Vec<u32> = (1..=1000).collect();
        for (per_mille, value) in [(500, 500), (990, 990), (999, 999), (1000, 1000)] {
            assert_eq!(percentile(&sorted, per_mille), value);
        }
        assert_eq!(percentile(&[7], 990), 7);
        assert_eq!(percentile(&[], 990), 0);
    }

    #[test]
    fn the_median_of_an_even_number_of_runs_is_between() {
        let samples: Vec<Sample> = [4.0, 1.0, 2.0, 3.0]
            .map(|value| Sample::default().with(Figure::Rate, value))
            .into();
        let spread = spread(&samples, Figure::Rate).unwrap();
        assert_eq!(spread.to_string(), "2.50 (1.00–4.00)");
    }

    #[test]
    fn a_row_has_both_sides_the_ratio_and_the_aim() {
        let mut measurement = Measurement::new("ingest", &[(Figure::Rate, "≥ 3,000")]);
        measurement.add_server(Sample::default().with(Figure::Rate, 5000.0));
        measurement.add_floor(Sample::default().with(Figure::Rate, 50_000.0));
        assert_eq!(
            measurement.rows(),
            "| ingest | operations/s | 5000 | 50000 | 0.10 | ≥ 3,000 |\n"
        );
    }
}
