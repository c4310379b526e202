//! The mail server: hands letters over by SMTP (RFC 5321), which takes them further.
//!
//! The server is the operator's own choice, as the database is, so it may be at any address; its name is looked up and
//! its certificate verified by that name. A mail is the same over all attempts, `Message-ID` included, so that one
//! that is sent again after a lost answer can be told from another.

mod render;

use std::{fmt, path::PathBuf, time::Duration};

use app::{
    letters::Mail,
    ports::{BoxFuture, Mailer, SendError},
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
        response::{Category, Code, Severity},
    },
};
use tokio::{sync::Semaphore, time::timeout};

use crate::limits::{MAIL_COMMAND, MAIL_CONNECTIONS, MAIL_SEND};

/// How a mail server is reached.
#[derive(Clone)]
pub struct Settings {
    /// Its name or address.
    pub server: String,
    /// Its port; the usual one of the kind of encryption without.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    pub tls: Security,
    /// A file of certificates in PEM by which the server is verified; those that the system trusts without.
    pub ca: Option<PathBuf>,
    /// With what to sign in: a user and a password.
    pub sign_in: Option<(String, String)>,
    /// From whom mail is: an address, or a name and an address in angle brackets.
    pub from: String,
    /// What this machine calls itself to the server.
    pub host: String,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From its first byte.
    Required,
    /// After `STARTTLS`, and not used without.
    StartTls,
    /// Not at all.
    None,
}

/// Why a mail server cannot be reached as the settings say.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// The sender is no address.
    #[error("{0:?} is no address to send from")]
    From(String),
    /// Its certificates cannot be used.
    #[error("its certificates: {0}")]
    Certificates(String),
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    places: Semaphore,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("server", &self.server)
            .field("tls", &self.tls)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// From whom mail is.
    pub fn sender(&self) -> Result<Mailbox, BadSettings> {
        let from = self.from.parse::<Mailbox>();
        from.map_err(|_| BadSettings::From(self.from.clone()))
    }
}

impl Smtp {
    /// The server that these settings describe. Connects to nobody yet.
    pub fn new(settings: &Settings) -> Result<Self, BadSettings> {
        let from = settings.sender()?;
        let (encryption, port) = match settings.tls {
            Security::Required => (Tls::Wrapper(parameters(settings)?), 465),
            Security::StartTls => (Tls::Required(parameters(settings)?), 587),
            Security::None => (Tls::None, 25),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.server)
            .port(settings.port.unwrap_or(port))
            .tls(encryption)
            .hello_name(ClientId::Domain(settings.host.clone()))
            .timeout(Some(MAIL_COMMAND));
        if let Some((user, password)) = settings.sign_in.clone() {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            transport: builder.build(),
            from,
            places: Semaphore::new(MAIL_CONNECTIONS),
        })
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), SendError> {
        let message = render::message(mail, &self.from).map_err(|reason| SendError::ForGood {
            reason: reason.to_string(),
        })?;
        let exchange = async {
            // Never closed.
            let _place = self.places.acquire().await;
            self.transport.send(message).await
        };
        match timeout(MAIL_SEND, exchange).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(refused(&error)),
            Err(_) => Err(for_now("the mail server gave no answer in time".to_owned())),
        }
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(self.hand_over(mail))
    }
}

fn parameters(settings: &Settings) -> Result<TlsParameters, BadSettings> {
    let bad = |error: &dyn fmt::Display| BadSettings::Certificates(error.to_string());
    let mut builder = TlsParameters::builder(settings.server.clone());
    if let Some(path) = &settings.ca {
        let pem =
            std::fs::read(path).map_err(|error| bad(&format!("{}: {error}", path.display())))?;
        let authority = Certificate::from_pem(&pem).map_err(|error| bad(&error))?;
        builder = builder
            .certificate_store(lettre::transport::smtp::client::CertificateStore::None)
            .add_root_certificate(authority);
    }
    builder.build_rustls().map_err(|error| bad(&error))
}

/// What a server's refusal means. What is wrong with our sign-in is no mail's fault, and is put right by the operator.
fn refused(error: &Error) -> SendError {
    let reason = told(error);
    match error.status() {
        Some(code) if is_for_good(code) => SendError::ForGood { reason },
        // What we could not even say, such as an address that the server's version of the protocol has no letters for.
        None if error.is_client() => SendError::ForGood { reason },
        Some(_) | None => for_now(reason),
    }
}

/// A permanent negative answer (RFC 5321, 4.2.1), but for those about the connection and the sign-in: 502 and its like
/// say that the server is none, 530, 534, 535 and 538 that it does not know us.
fn is_for_good(code: Code) -> bool {
    let number = u16::from(code);
    code.severity == Severity::PermanentNegativeCompletion
        && code.category != Category::Connections
        && !matches!(number, 500..=504 | 530 | 534 | 535 | 538)
}

fn for_now(reason: String) -> SendError {
    SendError::ForNow {
        reason,
        retry_after: None::<Duration>,
    }
}

/// An error with its causes, in one line.
fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        let more = it.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = it.source();
    }
    text.replace(char::is_control, " ")
}
