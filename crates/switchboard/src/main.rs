//! The binary: reads flags and configuration, wires the rooms together, and runs until it is told to stop.

mod apps;
mod client;
mod config;
mod demo;
mod endpoints;
mod fill;
mod key;
mod linked;
mod networks;
mod running;
mod sandbox;
mod setup;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use tracing_subscriber::{filter::Targets, prelude::*};

use config::Config;
use running::Prepared;

/// A messaging server: one binary between every network and every agent.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts a server with a demo account, and prints what to paste to talk to it.
    Demo {
        /// Where it keeps its data.
        #[arg(long, default_value = "demo-data")]
        data: PathBuf,
        /// Where it listens.
        #[arg(long, default_value = "127.0.0.1:3000")]
        listen: SocketAddr,
        /// A connector of yours; without one, a small one of ours answers.
        #[arg(long)]
        ctlive_url: Option<String>,
    },
    /// Starts the server that a configuration describes.
    Serve {
        /// The configuration.
        #[arg(long, default_value = "switchboard.toml")]
        config: PathBuf,
    },
    /// Says whether a configuration is valid, without starting anything.
    Check {
        /// The configuration.
        #[arg(long, default_value = "switchboard.toml")]
        config: PathBuf,
    },
    /// Sets up a server (with the embedded database a stopped one): accounts, agents, inboxes.
    Setup {
        /// The configuration.
        #[arg(long, default_value = "switchboard.toml")]
        config: PathBuf,
        #[command(subcommand)]
        setup: setup::Setup,
    },
    /// Adds, lists and removes the socket applications of a server (with the embedded database a stopped one): what an account uses as its own Pusher.
    App {
        /// The configuration.
        #[arg(long, default_value = "switchboard.toml")]
        config: PathBuf,
        #[command(subcommand)]
        apps: apps::Apps,
    },
    /// Shows an account's webhooks on a running server, and what became of what they were told.
    Endpoints(endpoints::Asked),
    /// Asks a running server's sandbox, the simulated network, for something.
    Sandbox {
        #[command(subcommand)]
        act: sandbox::Act,
    },
    /// Fills the store of a stopped demo with messages, for measurements.
    #[command(hide = true)]
    Fill {
        /// Where the demo keeps its data.
        #[arg(long)]
        data: PathBuf,
        /// How many messages to add.
        #[arg(long)]
        messages: u64,
        /// In how many conversations.
        #[arg(long, default_value_t = 50_000)]
        conversations: u64,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The causes in one line; a trace is for us, not for an operator.
            use std::io::Write as _;
            drop(writeln!(std::io::stderr(), "error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let levels = std::env::var("SWITCHBOARD_LOG").unwrap_or_else(|_| "info".to_owned());
    let levels: Targets = levels
        .parse()
        .context("SWITCHBOARD_LOG is not a list of levels")?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(lines.with_filter(levels))
        .init();
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    match arguments.command {
        Command::Demo {
            data,
            listen,
            ctlive_url,
        } => runtime.block_on(demo::run(&data, listen, ctlive_url.as_deref())),
        Command::Serve { config } => {
            let config = Config::load(&config)?;
            runtime.block_on(async {
                Prepared::open(&config)?.run().await?.until_stopped().await;
                Ok(())
            })
        }
        Command::Check { config } => {
            Config::load(&config)?;
            say(&format!("{} is valid", config.display()));
            Ok(())
        }
        Command::Setup { config, setup } => {
            runtime.block_on(setup::run(&setup::store_of(&config)?, setup))
        }
        Command::App { config, apps } => {
            runtime.block_on(apps::run(&setup::store_of(&config)?, apps))
        }
        Command::Endpoints(asked) => runtime.block_on(endpoints::run(asked)),
        Command::Sandbox { act } => runtime.block_on(sandbox::run(act)),
        Command::Fill {
            data,
            messages,
            conversations,
        } => runtime.block_on(fill::run(&data, messages, conversations)),
    }
}

/// Every socket is an open file, and the usual limit of 1,024 is one for shells: take what the system allows.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, ?limit.current, "the limit on open files could not be raised");
    }
}

/// A line for the person at the terminal.
fn say(line: &str) {
    use std::io::Write as _;
    // Whoever closed our output does not want to read it.
    drop(writeln!(std::io::stdout(), "{line}"));
}
