//! The mail server through which letters leave. Without one the server writes to nobody.

use std::{fmt, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use app::{deliveries::Schedule, letters::PostOffice};
use carriers::mail::{Security, Settings, Smtp};
use serde::Deserialize;

/// The mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mail {
    /// Its name or address; no mail without.
    pub(crate) server: Option<String>,
    /// Its port; that of the kind of encryption without.
    pub(crate) port: Option<u16>,
    /// How the connection is encrypted.
    pub(crate) tls: Encryption,
    /// The certificates by which it is verified; those that the system trusts without.
    pub(crate) ca: Option<PathBuf>,
    /// With what to sign in.
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    /// From whom mail is.
    pub(crate) from: Option<String>,
    /// The waits between attempts, in milliseconds; the last one repeats for a day.
    pub(crate) waits_ms: Vec<u64>,
    /// Transcripts that one account sends in an hour.
    pub(crate) transcripts_per_hour: u32,
    /// How many seconds somebody has to see a notification before they are written to.
    pub(crate) notify_after_s: u64,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Encryption {
    /// From its first byte.
    Required,
    /// After STARTTLS, and not used without.
    StartTls,
    /// Not at all, on this machine.
    None,
}

/// A text that is not shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Default for Mail {
    fn default() -> Self {
        let waits = Schedule::for_letters().waits;
        let ms = |wait: Duration| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        Self {
            server: None,
            port: None,
            tls: Encryption::StartTls,
            ca: None,
            user: None,
            password: None,
            from: None,
            waits_ms: waits.into_iter().map(ms).collect(),
            transcripts_per_hour: 100,
            notify_after_s: 120,
        }
    }
}

impl Mail {
    /// When to try a letter again.
    pub(crate) fn schedule(&self) -> Schedule {
        let waits = self.waits_ms.iter().copied().map(Duration::from_millis);
        Schedule {
            waits: waits.collect(),
            ..Schedule::for_letters()
        }
    }

    /// What writes letters, if the server is to; `public_url` says what this machine is called.
    pub(crate) fn post(&self, public_url: &str) -> Result<Option<PostOffice>> {
        let Some(settings) = self.settings(public_url)? else {
            return Ok(None);
        };
        let mailer = Smtp::new(&settings).context("the mail server")?;
        Ok(Some(PostOffice {
            mailer: Arc::new(mailer),
            transcripts_per_hour: self.transcripts_per_hour.into(),
            notify_after: Duration::from_secs(self.notify_after_s),
        }))
    }

    /// Refuses what cannot be meant.
    pub(super) fn check(&self) -> Result<()> {
        self.settings("").map(drop)
    }

    fn settings(&self, public_url: &str) -> Result<Option<Settings>> {
        let Some(server) = &self.server else {
            if self.from.is_some() || self.user.is_some() || self.password.is_some() {
                bail!("mail.server is missing");
            }
            return Ok(None);
        };
        if self.tls == Encryption::None && !is_here(server) {
            bail!("mail.tls = \"none\" is for a server on this machine");
        }
        let sign_in = match (&self.user, &self.password) {
            (Some(user), Some(password)) => Some((user.clone(), password.0.clone())),
            (None, None) => None,
            _ => bail!("mail.user and mail.password belong together"),
        };
        let from = self.from.clone().context("mail.from is missing")?;
        let host = public_url.rsplit("://").next().unwrap_or_default();
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let settings = Settings {
            server: server.clone(),
            port: self.port,
            tls: match self.tls {
                Encryption::Required => Security::Required,
                Encryption::StartTls => Security::StartTls,
                Encryption::None => Security::None,
            },
            ca: self.ca.clone(),
            sign_in,
            from,
            host: if host.is_empty() { "localhost" } else { host }.to_owned(),
        };
        settings.sender().context("mail.from")?;
        Ok(Some(settings))
    }
}

fn is_here(server: &str) -> bool {
    server == "localhost" || server.parse().is_ok_and(|it: IpAddr| it.is_loopback())
}
