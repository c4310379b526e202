//! A mail server that remembers what it was sent and answers as it is told to, command by command.
//!
//! It speaks as much of SMTP (RFC 5321) as a client needs: EHLO, AUTH PLAIN and LOGIN, STARTTLS, MAIL, RCPT, DATA, RSET, NOOP,
//! QUIT.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

use crate::{certificate::for_localhost, wait::until};

/// A mail, as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// From whom, as the envelope says.
    pub from: String,
    /// To whom, as the envelope says.
    pub to: Vec<String>,
    /// Head and body.
    pub bytes: Vec<u8>,
    /// Who had signed in.
    pub user: Option<String>,
    /// Whether it came encrypted.
    pub encrypted: bool,
}

/// When in a dialogue something is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// After the connection.
    Connect,
    /// After `AUTH`.
    Auth,
    /// After `MAIL`.
    Mail,
    /// After `RCPT`.
    Recipient,
    /// After the last line of a mail. It is taken if the answer is a 2xx.
    End,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// This line.
    Line(&'static str),
    /// The mail is taken, and the answer never comes.
    TakeAndHang,
}

/// How connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    None,
    /// After `STARTTLS`.
    StartTls,
    /// From the first byte.
    Implicit,
}

#[derive(Default)]
struct Shared {
    taken: Vec<Taken>,
    next: HashMap<Stage, VecDeque<Reply>>,
    connections: usize,
}

/// A running mail server. Takes everything unless it is told otherwise.
#[derive(Clone)]
pub struct MailServer {
    shared: Arc<Mutex<Shared>>,
    address: SocketAddr,
    /// The certificate by which it is verified, in PEM, if it encrypts.
    authority: Option<String>,
}

/// A dialogue with one client.
struct Dialogue {
    shared: Arc<Mutex<Shared>>,
    user: Option<String>,
    encrypted: bool,
    /// Whether the client may still begin to encrypt.
    offers: bool,
}

/// How a dialogue ended.
enum End {
    /// It ended.
    Quit,
    /// It goes on encrypted.
    Encrypt,
}

impl MailServer {
    /// Starts one on a free port.
    pub async fn start(security: Security) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let (acceptor, authority) = match security {
            Security::None => (None, None),
            Security::StartTls | Security::Implicit => {
                let (acceptor, authority) = identity();
                (Some(acceptor), Some(authority))
            }
        };
        let serving = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.lock().unwrap().connections += 1;
                let (shared, acceptor) = (serving.clone(), acceptor.clone());
                // Whoever breaks off has said enough.
                tokio::spawn(async move { serve(stream, shared, acceptor, security).await.ok() });
            }
        });
        Self {
            shared,
            address,
            authority,
        }
    }

    /// Its port on this machine.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Writes the certificate by which it is verified.
    pub fn write_authority(&self, path: &Path) {
        std::fs::write(path, self.authority.as_ref().unwrap()).unwrap();
    }

    /// Answers so the next time. Several queue up.
    pub fn answer_next(&self, stage: Stage, reply: Reply) {
        let mut shared = self.shared.lock().unwrap();
        shared.next.entry(stage).or_default().push_back(reply);
    }

    /// Every mail taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.shared.lock().unwrap().taken.clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.shared.lock().unwrap().connections
    }

    /// Waits until so many have been taken, and gives all of them.
    pub async fn wait_for(&self, count: usize) -> Vec<Taken> {
        until(&format!("{count} mails"), async || {
            let taken = self.taken();
            (taken.len() >= count).then_some(taken)
        })
        .await
    }
}

/// A certificate for `localhost`, and the authority that signs it.
fn identity() -> (TlsAcceptor, String) {
    let certified = for_localhost();
    let chain = CertificateDer::from_pem_slice(certified.certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(certified.key.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), certified.authority)
}

async fn serve(
    mut stream: tokio::net::TcpStream,
    shared: Arc<Mutex<Shared>>,
    acceptor: Option<TlsAcceptor>,
    security: Security,
) -> std::io::Result<()> {
    let mut dialogue = Dialogue {
        shared,
        user: None,
        encrypted: false,
        offers: security == Security::StartTls,
    };
    if security != Security::Implicit {
        match dialogue.hold(&mut stream, true).await? {
            End::Quit => return Ok(()),
            End::Encrypt => {}
        }
    }
    let Some(acceptor) = acceptor else {
        return Ok(());
    };
    let mut stream = acceptor.accept(stream).await?;
    (dialogue.encrypted, dialogue.offers) = (true, false);
    let greets = security == Security::Implicit;
    dialogue.hold(&mut stream, greets).await.map(drop)
}

impl Dialogue {
    /// Answers until the client leaves or begins to encrypt.
    async fn hold(
        &mut self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        greets: bool,
    ) -> std::io::Result<End> {
        let mut stream = BufReader::new(stream);
        if greets {
            let line = self.line(Stage::Connect, "220 localhost at your service");
            say(&mut stream, line).await?;
        }
        let (mut from, mut to) = (String::new(), Vec::new());
        loop {
            let line = read(&mut stream).await?;
            let word = line.split([' ', ':']).next().unwrap_or_default();
            match word.to_uppercase().as_str() {
                "" | "QUIT" => return Ok(End::Quit),
                "EHLO" => {
                    let offer = if self.offers { "250-STARTTLS\r\n" } else { "" };
                    let all =
                        format!("250-localhost\r\n{offer}250-8BITMIME\r\n250 AUTH PLAIN LOGIN");
                    say(&mut stream, &all).await?;
                }
                "STARTTLS" if self.offers => {
                    say(&mut stream, "220 go ahead").await?;
                    return Ok(End::Encrypt);
                }
                "AUTH" => {
                    let reply = self.line(Stage::Auth, "235 welcome");
                    if reply.starts_with('2') {
                        self.user = user(&line);
                    }
                    say(&mut stream, reply).await?;
                }
                "MAIL" => {
                    from = between(&line);
                    let reply = self.line(Stage::Mail, "250 fine");
                    say(&mut stream, reply).await?;
                }
                "RCPT" => {
                    let reply = self.line(Stage::Recipient, "250 fine");
                    if reply.starts_with('2') {
                        to.push(between(&line));
                    }
                    say(&mut stream, reply).await?;
                }
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    let bytes = read_mail(&mut stream).await?;
                    let mail = Taken {
                        from: std::mem::take(&mut from),
                        to: std::mem::take(&mut to),
                        bytes,
                        user: self.user.clone(),
                        encrypted: self.encrypted,
                    };
                    match self.next(Stage::End) {
                        Some(Reply::TakeAndHang) => {
                            self.shared.lock().unwrap().taken.push(mail);
                            std::future::pending::<()>().await;
                        }
                        Some(Reply::Line(reply)) if !reply.starts_with('2') => {
                            say(&mut stream, reply).await?;
                        }
                        Some(Reply::Line(_)) | None => {
                            self.shared.lock().unwrap().taken.push(mail);
                            say(&mut stream, "250 taken").await?;
                        }
                    }
                }
                "RSET" | "NOOP" => say(&mut stream, "250 fine").await?,
                _ => say(&mut stream, "500 what?").await?,
            }
        }
    }

    fn next(&self, stage: Stage) -> Option<Reply> {
        let mut shared = self.shared.lock().unwrap();
        shared.next.get_mut(&stage).and_then(VecDeque::pop_front)
    }

    fn line(&self, stage: Stage, usual: &'static str) -> &'static str {
        match self.next(stage) {
            Some(Reply::Line(line)) => line,
            Some(Reply::TakeAndHang) | None => usual,
        }
    }
}

async fn read(stream: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> std::io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    Ok(line.trim_end().to_owned())
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Reads up to the line with nothing but a dot, and takes the dots away that were put before others (4.5.2).
async fn read_mail(
    stream: &mut (impl tokio::io::AsyncBufRead + Unpin),
) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(all);
        }
        all.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// What stands in angle brackets.
fn between(line: &str) -> String {
    let inside = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(it, _)| it.to_owned()).unwrap_or_default()
}

/// Who signs in with `AUTH PLAIN`.
fn user(line: &str) -> Option<String> {
    let shown = STANDARD.decode(line.rsplit(' ').next()?).ok()?;
    let shown = String::from_utf8(shown).ok()?;
    shown.split('\0').nth(1).map(str::to_owned)
}
