//! Measures speed and memory of a server, each figure beside a floor measured in the same run.
//!
//! Runs the server as a process of its own, once per run in an empty directory, and its floor right after it
//! in the same manner; medians of the runs are printed as a table. See `docs/benchmarks.md`.

mod connect;
mod error;
mod fanout;
mod floor;
mod herd;
mod http;
mod ingest;
mod linked;
mod lists;
mod message;
mod number;
mod options;
mod phones;
mod poll;
mod posters;
mod process;
mod receivers;
mod report;
mod server;
mod socket;
mod suite;
mod webhooks;

use std::process::ExitCode;

use clap::Parser as _;

use options::{Command, Options};

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match &options.command {
        Command::Bare { data, listen } => floor::bare::run(data, *listen),
        _ => suite::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
