//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Measures a server's speed and memory, each figure beside a floor measured in the same run.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The server's binary; by default the `switchboard` beside this program. `bare` measures the floor only.
    #[arg(long, global = true)]
    pub(crate) server: Option<PathBuf>,
    /// Runs of each measurement, of which the median is told.
    #[arg(long, global = true, default_value_t = 3)]
    pub(crate) runs: u32,
    /// Seconds that ingest and fan-out are measured for in each run.
    #[arg(long, global = true, default_value_t = 10)]
    seconds: u64,
    /// Seconds of load before that.
    #[arg(long, global = true, default_value_t = 2)]
    warm_up: u64,
    /// What to call the measured state in the report.
    #[arg(long, global = true, default_value = "unknown")]
    pub(crate) commit: String,
    #[command(flatten)]
    pub(crate) load: Load,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How much load.
#[derive(Debug, Args)]
pub(crate) struct Load {
    /// ingest: messages in the store before measuring; several are measured one after the other.
    #[arg(long, global = true, value_delimiter = ',', default_value = "1000000")]
    pub(crate) rows: Vec<u64>,
    /// ingest: concurrent posters.
    #[arg(long, global = true, value_delimiter = ',', default_value = "16,256")]
    pub(crate) posters: Vec<usize>,
    /// ingest: end a run after so many messages if that is sooner.
    #[arg(long, global = true)]
    pub(crate) messages: Option<u64>,
    /// ingest, lists: keep the filled store here and use it again.
    #[arg(long, global = true)]
    pub(crate) data: Option<PathBuf>,
    /// lists: conversations among which the messages of the first of the rows are.
    #[arg(long, global = true, default_value_t = 100_000)]
    pub(crate) conversations: u64,
    /// webhooks: messages that one receiver is told of.
    #[arg(long, global = true, default_value_t = 30_000)]
    pub(crate) events: u64,
    /// fanout: subscribers of the channel.
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        default_value = "1000,5000,10000"
    )]
    pub(crate) subscribers: Vec<usize>,
    /// fanout: events under way to the slowest subscriber at most. With 1 none can share a write.
    #[arg(long, global = true, value_delimiter = ',', default_value = "1,16")]
    pub(crate) window: Vec<u64>,
    /// idle: connections to hold.
    #[arg(long, global = true, default_value_t = 10_000)]
    pub(crate) connections: usize,
    /// phones: phones of the simulated network to hold.
    #[arg(long, global = true, default_value_t = 200)]
    pub(crate) phones: usize,
    /// linked: phones of the WhatsApp Web engine to hold.
    #[arg(long, global = true, default_value_t = 100)]
    pub(crate) linked: usize,
    /// connect: connections to open.
    #[arg(long, global = true, value_delimiter = ',', default_value = "5000")]
    pub(crate) storm: Vec<usize>,
    /// connect: handshakes at a time; all at once is measured as well.
    #[arg(long, global = true, default_value_t = 256)]
    pub(crate) at_once: usize,
    /// idle and connect: different channels; by default each connection has its own.
    #[arg(long, global = true)]
    pub(crate) channels: Option<usize>,
    /// idle and phones: seconds to wait before memory is looked at.
    #[arg(long, global = true, default_value_t = 5)]
    rest: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// Everything, in the order below.
    All,
    /// From the start of the process to its first ready answer, and its memory then.
    Start,
    /// Memory of idle subscribed connections.
    Idle,
    /// Memory of phones of the simulated network.
    Phones,
    /// A storm of connections.
    Connect,
    /// One event to many subscribers.
    Fanout,
    /// Inbound messages made durable.
    Ingest,
    /// Lists, filters, counts, pages and searches on a filled store; not among all.
    Lists,
    /// What happens told to receivers, of which some are dead.
    Webhooks,
    /// Memory of phones of the WhatsApp Web engine; not among everything.
    Linked,
    /// The floor as a server; started by the others.
    #[command(hide = true)]
    Bare {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        listen: SocketAddr,
    },
}

impl Options {
    pub(crate) fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    pub(crate) fn warm_up(&self) -> Duration {
        Duration::from_secs(self.warm_up)
    }

    pub(crate) fn rest(&self) -> Duration {
        Duration::from_secs(self.load.rest)
    }
}
