//! The server under measurement as a process: started, waited for, looked into, stopped.
//!
//! It is told everything by `demo --data DIR --listen ADDRESS` and tells everything by `DIR/demo.json`. The
//! floor is a program of the same manner (`bench bare`), so every measurement runs against both unchanged.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::error::{During as _, Error, Result};
use crate::http;

const READY_MAX: Duration = Duration::from_secs(60);
/// How often a starting server is asked, which is how exactly its start is measured.
const READY_EVERY: Duration = Duration::from_micros(500);
const STOP_MAX: Duration = Duration::from_secs(10);

/// A binary and the command that makes it serve.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    binary: PathBuf,
    command: &'static str,
}

/// What `demo.json` tells.
#[derive(Debug, Clone)]
pub(crate) struct Demo {
    pub(crate) account_id: String,
    /// An administrator's.
    pub(crate) access_token: String,
    pub(crate) app_id: String,
    pub(crate) app_key: String,
    pub(crate) app_secret: String,
    /// The number that contacts write to, and who may post in its name.
    pub(crate) to: String,
    pub(crate) username: String,
    pub(crate) password: String,
    /// Whose phones are added, and what its bots show; empty where there are none.
    pub(crate) product: String,
    pub(crate) product_token: String,
}

/// Where a running server is and what it told.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    pub(crate) demo: Demo,
}

/// A running server; stopped when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) target: Target,
    /// From the start of the process to the first 200 of `/readyz`.
    pub(crate) ready_after: Duration,
}

// === impl Program ===

impl Program {
    pub(crate) fn switchboard(binary: PathBuf) -> Self {
        Self {
            binary,
            command: "demo",
        }
    }

    /// This very program as the floor.
    pub(crate) fn bare() -> Result<Self> {
        Ok(Self {
            binary: std::env::current_exe().during("finding this program")?,
            command: "bare",
        })
    }

    pub(crate) fn start(&self, data: &Path) -> Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).during("finding a free port")?;
        let address = listener.local_addr().during("finding a free port")?;
        drop(listener);
        let log = File::create(data.join("server.log")).during("server.log")?;
        // What an earlier start told is not what this one will tell.
        if let Err(cause) = fs::remove_file(data.join("demo.json"))
            && cause.kind() != ErrorKind::NotFound
        {
            return Err(cause).during("removing an old demo.json");
        }
        let mut command = self.command(data);
        command.arg("--listen").arg(address.to_string());
        command
            .stdin(Stdio::null())
            .stderr(log.try_clone().during("server.log")?)
            .stdout(log);
        let since = Instant::now();
        let child = command
            .spawn()
            .during(&format!("starting {}", self.binary.display()))?;
        Server::when_ready(child, address, data, since)
    }

    /// Lets the server's own command fill a store that is not in use; false if it has no such command.
    pub(crate) fn fill(&self, data: &Path, messages: u64, conversations: u64) -> Result<bool> {
        let help = Command::new(&self.binary).args(["fill", "--help"]).output();
        if !help.is_ok_and(|output| output.status.success()) {
            return Ok(false);
        }
        let status = Command::new(&self.binary)
            .arg("fill")
            .arg("--data")
            .arg(data)
            .args(["--messages", &messages.to_string()])
            .args(["--conversations", &conversations.to_string()])
            .stdout(Stdio::null())
            .status()
            .during("filling the store")?;
        if !status.success() {
            return Err(Error::new(format!("filling the store: {status}")));
        }
        Ok(true)
    }

    /// Lets the demo's product have so many phones, while its server is stopped; false if it knows of none.
    pub(crate) fn allow_phones(&self, data: &Path, phones: usize) -> Result<bool> {
        if self.command != "demo" {
            return Ok(false);
        }
        let config = data.join("bench.toml");
        fs::write(&config, format!("[store]\ndata = {data:?}\n")).during("bench.toml")?;
        let status = Command::new(&self.binary)
            .args(["setup", "--config"])
            .arg(&config)
            .args(["product", "--account", "1", "--phone-limit"])
            .arg(phones.to_string())
            .stdout(Stdio::null())
            .status()
            .during("setting up the product")?;
        if !status.success() {
            return Err(Error::new(format!("setting up the product: {status}")));
        }
        Ok(true)
    }

    fn command(&self, data: &Path) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg(self.command).arg("--data").arg(data);
        command
    }
}

// === impl Server ===

impl Server {
    fn when_ready(
        mut child: Child,
        address: SocketAddr,
        data: &Path,
        since: Instant,
    ) -> Result<Self> {
        while http::get_status(address, "/readyz") != Some(200) {
            let ended = child.try_wait().during("waiting for the server")?;
            if ended.is_some() || since.elapsed() > READY_MAX {
                stop(&mut child);
                let log = fs::read_to_string(data.join("server.log")).unwrap_or_default();
                return Err(Error::new(format!(
                    "the server is not ready: {}",
                    log.trim()
                )));
            }
            std::thread::sleep(READY_EVERY);
        }
        let ready_after = since.elapsed();
        // The demo is told once its account is made, which may be a little after the server is ready.
        let demo = loop {
            match Demo::read(&data.join("demo.json")) {
                Ok(demo) => break demo,
                Err(_) if since.elapsed() < READY_MAX => std::thread::sleep(READY_EVERY),
                Err(error) => {
                    stop(&mut child);
                    return Err(error);
                }
            }
        };
        let target = Target {
            address,
            pid: child.id(),
            demo,
        };
        Ok(Self {
            child,
            target,
            ready_after,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// Asks a process to stop and makes it when it does not.
fn stop(child: &mut Child) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid
        && kill_process(pid, Signal::TERM).is_ok()
    {
        let end = Instant::now() + STOP_MAX;
        while Instant::now() < end {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        eprintln!("the server did not stop within {STOP_MAX:?} and is killed");
    }
    if let Err(cause) = child.kill().and_then(|()| child.wait()) {
        eprintln!("the server could not be killed: {cause}");
    }
}

// === impl Demo ===

impl Demo {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path).during("demo.json")?;
        let json: Value = serde_json::from_slice(&text).during("demo.json")?;
        let text = |pointer: &str| match json.pointer(pointer) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(Error::new(format!("demo.json: no {pointer}"))),
        };
        Ok(Self {
            account_id: text("/account_id")?,
            access_token: text("/agents/0/access_token")?,
            app_id: text("/pusher/app_id")?,
            app_key: text("/pusher/key")?,
            app_secret: text("/pusher/secret")?,
            to: text("/ctlive/to")?,
            username: text("/ctlive/username")?,
            password: text("/ctlive/password")?,
            product: text("/maytapi/product_id").unwrap_or_default(),
            product_token: text("/maytapi/token").unwrap_or_default(),
        })
    }

    /// The demo of the floor, which checks none of it.
    pub(crate) fn bare() -> Self {
        Self {
            account_id: "1".to_owned(),
            access_token: "bare".to_owned(),
            app_id: "1".to_owned(),
            app_key: "bare-key".to_owned(),
            app_secret: "bare-secret".to_owned(),
            to: "385910000000".to_owned(),
            username: "bare".to_owned(),
            password: "bare".to_owned(),
            product: String::new(),
            product_token: String::new(),
        }
    }

    /// Writes what [`Self::read`] reads.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let json = serde_json::json!({
            "account_id": self.account_id,
            "agents": [{"access_token": self.access_token}],
            "pusher": {"app_id": self.app_id, "key": self.app_key, "secret": self.app_secret},
            "ctlive": {"to": self.to, "username": self.username, "password": self.password},
        });
        fs::write(path, json.to_string()).during("demo.json")
    }
}
