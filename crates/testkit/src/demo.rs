//! The real binary as a child process, running its demo on data of its own.

use std::{
    fs::File,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    http::{Answer, Client, Form},
    wait::until,
};

/// How to start a demo.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The connector's address; its own connector without.
    pub ctlive_url: Option<String>,
    /// What its environment says besides.
    pub env: Vec<(&'static str, String)>,
    /// The server's key, if it is to have that of another.
    pub key: Option<PathBuf>,
}

/// A running demo. Dropping it kills it and deletes its data.
pub struct Demo {
    binary: PathBuf,
    directory: TempDir,
    listen: String,
    options: Options,
    child: Child,
    /// What `demo.json` says.
    pub card: Value,
    /// For requests to it.
    pub client: Client,
}

impl Demo {
    /// Starts the demo of this binary, with its own connector or the one at `ctlive_url`, and waits until it is
    /// ready.
    pub async fn start(binary: impl Into<PathBuf>, ctlive_url: Option<&str>) -> Self {
        let ctlive_url = ctlive_url.map(str::to_owned);
        let options = Options {
            ctlive_url,
            ..Options::default()
        };
        Self::start_with(binary, options).await
    }

    /// Runs `switchboard setup` on its data while it is stopped, with this input; returns what that printed.
    pub fn setup(&self, arguments: &[&str], input: &str) -> String {
        self.setup_with(
            &format!("[store]\ndata = {:?}\n", self.data()),
            arguments,
            input,
        )
    }

    /// The same with other settings than its own.
    pub fn setup_with(&self, settings: &str, arguments: &[&str], input: &str) -> String {
        let config = self.data().with_file_name("setup.toml");
        std::fs::write(&config, settings).unwrap();
        let mut setup = Command::new(&self.binary);
        setup
            .args(["setup", "--config"])
            .arg(&config)
            .args(arguments);
        setup.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut setup = setup.spawn().unwrap();
        let mut stdin = setup.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        let done = setup.wait_with_output().unwrap();
        assert!(done.status.success(), "{arguments:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// Starts the demo of this binary so, and waits until it is ready. It keeps its options over a restart.
    pub async fn start_with(binary: impl Into<PathBuf>, options: Options) -> Self {
        let binary = binary.into();
        let directory = tempfile::tempdir().unwrap();
        let listen = free_address();
        if let Some(key) = &options.key {
            let data = directory.path().join("data");
            std::fs::create_dir(&data).unwrap();
            std::fs::copy(key, data.join("server.key")).unwrap();
        }
        let child = spawn(&binary, directory.path(), &listen, &options);
        let client = Client::default();
        let mut demo = Self {
            binary,
            directory,
            listen,
            options,
            child,
            card: Value::Null,
            client,
        };
        demo.wait_ready().await;
        demo
    }

    async fn wait_ready(&mut self) {
        let (client, ready) = (self.client.clone(), self.url("/readyz"));
        let card = self.data().join("demo.json");
        let child = self.child.id();
        let log = self.log();
        self.card = until("the demo to be ready", async || {
            // Written last, and anew at every start.
            let text = std::fs::read_to_string(&card).ok()?;
            let answer = client.try_send("GET", &ready, &[], "").await.ok()?;
            (answer.status == 200).then(|| serde_json::from_str(&text).unwrap())
        })
        .await;
        assert!(
            self.card.is_object(),
            "process {child}: see {}",
            log.display()
        );
    }

    /// Kills the process as a power cut would: without a word.
    pub fn kill(&mut self) {
        // It may have ended by itself, which a later request would show.
        self.child.kill().ok();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same data and address.
    pub async fn restart(&mut self) {
        std::fs::remove_file(self.data().join("demo.json")).ok();
        self.child = spawn(
            &self.binary,
            self.directory.path(),
            &self.listen,
            &self.options,
        );
        self.wait_ready().await;
    }

    /// Asks it to stop, and waits until it has. Returns whether it ended well.
    pub fn terminate(&mut self) -> bool {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        self.child.wait().unwrap().success()
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it keeps its data.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// What it wrote to its log.
    pub fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listen)
    }

    /// An address on it for sockets.
    pub fn socket_url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.listen)
    }

    /// A text of the card, by its JSON pointer.
    pub fn text(&self, pointer: &str) -> String {
        match self.card.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => panic!("demo.json has no {pointer}"),
        }
    }

    /// What the connector shows with a post.
    pub fn basic(&self) -> String {
        let shown = format!(
            "{}:{}",
            self.text("/ctlive/username"),
            self.text("/ctlive/password")
        );
        format!("Basic {}", STANDARD.encode(shown))
    }

    /// Posts a body as the connector.
    pub async fn post_raw(&self, body: impl Into<bytes::Bytes>) -> Answer {
        let (url, basic) = (self.url("/imchannel/message"), self.basic());
        let headers = [
            ("authorization", basic.as_str()),
            ("content-type", "application/json"),
        ];
        self.client.send("POST", &url, &headers, body).await
    }

    /// Posts items as the connector.
    pub async fn post(&self, results: Value) -> Answer {
        self.post_raw(json!({ "results": results }).to_string())
            .await
    }

    /// A customer's text, as the connector posts it.
    pub fn inbound(&self, from: &str, message_id: &str, text: &str) -> Value {
        json!({
            "from": from,
            "to": self.text("/ctlive/to"),
            "integrationType": "WHATSAPP",
            "receivedAt": "2026-11-20T11:21:27.861+0000",
            "messageId": message_id,
            "pairedMessageId": null,
            "message": { "type": "TEXT", "text": text },
            "contact": { "name": "Frank" },
        })
    }

    /// What the server says that it counted, by the figure's name.
    pub async fn figure(&self, name: &str) -> i64 {
        let answer = self
            .client
            .send("GET", &self.url("/metrics"), &[], "")
            .await
            .text();
        let found = answer
            .lines()
            .find_map(|it| it.strip_prefix(name)?.trim().parse().ok());
        found.unwrap_or_else(|| panic!("no {name} in {answer}"))
    }

    /// Calls the agents' interface as the first agent. `path` continues the account's address.
    pub async fn agent(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let url = self.url(&format!(
            "/api/v1/accounts/{}{path}",
            self.text("/account_id")
        ));
        let token = self.text("/agents/0/access_token");
        let headers = [
            ("api_access_token", token.as_str()),
            ("content-type", "application/json"),
        ];
        let body = body.map(|it| it.to_string()).unwrap_or_default();
        self.client.send(method, &url, &headers, body).await
    }

    /// Posts a form with files as the first agent.
    pub async fn agent_form(&self, path: &str, form: Form) -> Answer {
        let url = self.url(&format!(
            "/api/v1/accounts/{}{path}",
            self.text("/account_id")
        ));
        let token = self.text("/agents/0/access_token");
        let content_type = Form::content_type();
        let headers = [
            ("api_access_token", token.as_str()),
            ("content-type", &content_type),
        ];
        self.client
            .send("POST", &url, &headers, form.finish())
            .await
    }

    /// Every message of a conversation, oldest first, as the agents' interface shows them page by page.
    pub async fn messages(&self, conversation: i64) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(0, |it| it["id"].as_i64().unwrap());
            let path = format!("/conversations/{conversation}/messages?after={after}");
            let page = self.agent("GET", &path, None).await.ok();
            let page = page["payload"].as_array().unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page.iter().cloned());
        }
    }

    /// A message as agents see it, once it is as wanted.
    pub async fn seen(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        until("a message", async || {
            let list = self
                .agent("GET", "/conversations?status=all", None)
                .await
                .ok();
            for it in list["data"]["payload"].as_array().unwrap() {
                let all = self.messages(it["id"].as_i64().unwrap()).await;
                if let Some(found) = all.into_iter().find(|it| wanted(it)) {
                    return Some(found);
                }
            }
            None
        })
        .await
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(binary: &Path, directory: &Path, listen: &str, options: &Options) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(directory.join("log"))
        .unwrap();
    let mut command = Command::new(binary);
    command
        .args(["demo", "--listen", listen, "--data"])
        .arg(directory.join("data"));
    if let Some(url) = &options.ctlive_url {
        command.args(["--ctlive-url", url]);
    }
    // Tests are faster than ChatApp's programs may be.
    command.env("SWITCHBOARD__CHATAPP__REQUESTS_PER_SECOND", "0");
    command.envs(options.env.iter().map(|(name, value)| (name, value)));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// A port that was free a moment ago. The demo needs to keep its port over a restart, so it cannot choose.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
