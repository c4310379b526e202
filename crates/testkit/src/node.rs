//! A Node or Python program of the `clients` package as a child process: the vendors' own libraries, driven by lines.
//!
//! A program gets its configuration as one argument, says what happens as one JSON object a line, and takes
//! commands the same way. What it says is kept, so that a test can wait for one thing and then look at everything.

use std::{
    fs::File,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, OnceLock},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin},
    sync::watch,
    time::{Instant, timeout_at},
};

use crate::{python, wait::PATIENCE};

/// Where the programs are.
pub(crate) const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../clients");

const NEEDED: &str = "these tests need Node 20 or later and npm";

/// A running program. Dropping it kills it.
pub struct Node {
    /// What it is, for panics.
    name: String,
    stdin: ChildStdin,
    said: watch::Receiver<Vec<Value>>,
    /// How many of the lines were waited for.
    at: usize,
    /// Kills it with this value.
    _child: Child,
}

impl Node {
    /// Starts a program of the package, installing the libraries first if need be.
    pub fn run(script: &str, config: Value) -> Self {
        let mut command = if script.ends_with(".py") {
            tokio::process::Command::new(python::interpreter())
        } else {
            tokio::process::Command::new("node")
        };
        command.arg(package().join(script)).arg(config.to_string());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().expect(NEEDED);
        let (sender, said) = watch::channel(Vec::new());
        let sender = Arc::new(sender);
        let parse = |line: String| {
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("not a line of JSON: {line}"))
        };
        tokio::spawn(listen(child.stdout.take().unwrap(), sender.clone(), parse));
        let complaint = |line: String| json!({ "stderr": line });
        tokio::spawn(listen(child.stderr.take().unwrap(), sender, complaint));
        let client = config["client"].as_str().unwrap_or(script).to_owned();
        Self {
            name: client,
            stdin: child.stdin.take().unwrap(),
            said,
            at: 0,
            _child: child,
        }
    }

    /// The next line that was not waited for yet; `None` if there is none in this time.
    pub async fn next_line(&mut self, patience: Duration) -> Option<Value> {
        let at = self.at;
        let deadline = Instant::now() + patience;
        let more = timeout_at(deadline, self.said.wait_for(|said| said.len() > at)).await;
        // Too late, or nothing will ever come.
        let line = more
            .ok()
            .map(|said| said.ok().and_then(|said| said.get(at).cloned()))?;
        assert!(
            line.is_some(),
            "{} has ended; it said {}",
            self.name,
            self.transcript()
        );
        self.at += 1;
        line
    }

    /// The next line that is wanted, skipping others. Panics after this time, saying what was waited for.
    pub async fn expect_within(
        &mut self,
        patience: Duration,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let deadline = Instant::now() + patience;
        loop {
            match self
                .next_line(deadline.saturating_duration_since(Instant::now()))
                .await
            {
                Some(line) if wanted(&line) => return line,
                Some(_) => {}
                None => panic!("{} never said {what}, but {}", self.name, self.transcript()),
            }
        }
    }

    /// The same, with the usual patience.
    pub async fn expect(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.expect_within(PATIENCE, what, wanted).await
    }

    /// The next line with this key, skipping others: its value.
    pub async fn expect_key(&mut self, key: &str) -> Value {
        self.expect(key, |line| line.get(key).is_some()).await[key].take()
    }

    /// The next event of this name, skipping other lines: its data.
    pub async fn expect_event(&mut self, name: &str) -> Value {
        self.expect(name, |line| line["event"] == name).await["data"].take()
    }

    /// Everything it has said so far.
    pub fn lines(&self) -> Vec<Value> {
        self.said.borrow().clone()
    }

    /// The data of all events of this name so far.
    pub fn events(&self, name: &str) -> Vec<Value> {
        let said = self.said.borrow();
        said.iter()
            .filter(|line| line["event"] == name)
            .map(|line| line["data"].clone())
            .collect()
    }

    /// Gives it a command.
    pub async fn send(&mut self, command: Value) {
        let line = format!("{command}\n");
        self.stdin.write_all(line.as_bytes()).await.unwrap();
        self.stdin.flush().await.unwrap();
    }

    fn transcript(&self) -> String {
        let lines: Vec<String> = self.said.borrow().iter().map(Value::to_string).collect();
        lines.join("\n")
    }
}

/// Keeps the lines of a stream until it ends.
async fn listen(
    stream: impl AsyncRead + Unpin,
    said: Arc<watch::Sender<Vec<Value>>>,
    read: impl Fn(String) -> Value,
) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let line = read(line);
        said.send_modify(|said| said.push(line));
    }
}

/// The package's directory, with its libraries installed: once, whatever number of processes and threads ask.
fn package() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let package = Path::new(PACKAGE).canonicalize().unwrap();
        assert!(node_version().is_some_and(|major| major >= 20), "{NEEDED}");
        // Other test processes wait here until the libraries are there.
        let lock_file = File::open(package.join("package-lock.json")).unwrap();
        lock_file.lock().unwrap();
        if !is_installed(&package, &lock_file) {
            install(&package);
        }
        package
    })
}

fn node_version() -> Option<u32> {
    let shown = Command::new("node").arg("--version").output().ok()?;
    let shown = String::from_utf8(shown.stdout).ok()?;
    shown.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// npm writes this file last, so half an installation is none.
fn is_installed(package: &Path, lock_file: &File) -> bool {
    let locked = lock_file.metadata().and_then(|it| it.modified()).unwrap();
    let installed = package.join("node_modules/.package-lock.json");
    installed
        .metadata()
        .and_then(|it| it.modified())
        .is_ok_and(|it| it >= locked)
}

fn install(package: &Path) {
    let mut npm = Command::new("npm");
    let npm = npm
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(package);
    match npm.output() {
        Ok(done) => {
            let complaint = String::from_utf8_lossy(&done.stderr);
            assert!(
                done.status.success(),
                "npm ci failed in {}: {complaint}",
                package.display()
            );
        }
        Err(error) if error.kind() == ErrorKind::NotFound => panic!("{NEEDED}"),
        Err(error) => panic!("npm cannot be run: {error}"),
    }
}
