//! Where the database is, and how a connection to it is made.

use std::{future::poll_fn, path::Path, str::FromStr as _, sync::Arc, time::Duration};

use app::{Result, StoreError};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc::UnboundedSender,
};
use tokio_postgres::{
    AsyncMessage, Client, Config, Connection, NoTls, Notification, config::SslMode,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{PostgresOptions, session::told};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// A server that acknowledges nothing for so long is taken for gone.
const SILENCE: Duration = Duration::from_secs(15);
/// What every connection is told first. A node that freezes inside a transaction must not hold up the others for
/// ever, nor a vanished one keep its locks. What is read is small, by index, and mostly in memory.
const SETTINGS: &str = "SET synchronous_commit = on; SET client_min_messages = warning; SET jit = off; \
     SET max_parallel_workers_per_gather = 0; SET random_page_cost = 1.1; \
     SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '20s'; \
     SET statement_timeout = '30s'; SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; \
     SET tcp_keepalives_count = 3";

/// Where the database is.
pub(super) struct Address {
    config: Config,
    /// The verifier of the server's certificate, if the connection is to be encrypted.
    tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// The address that an operator names.
    pub(super) fn of(options: &PostgresOptions) -> Result<Self> {
        // Encrypted is verified: there is no other kind here.
        let url = options
            .url
            .replace("sslmode=verify-full", "sslmode=require");
        let mut config = Config::from_str(&url).map_err(|error| {
            // The text may hold a password, so it is not repeated.
            StoreError::Unavailable(format!("store.url cannot be used: {}", told(&error)))
        })?;
        config
            .application_name("switchboard")
            .connect_timeout(CONNECT)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE);
        let tls = match config.get_ssl_mode() {
            SslMode::Require => Some(verifying(options.ca.as_deref())?),
            _ => None,
        };
        Ok(Self { config, tls })
    }
}

/// Verifies a server's certificate by these authorities, or by those of the system.
fn verifying(ca: Option<&Path>) -> Result<MakeRustlsConnect> {
    let unusable = |why: &dyn std::fmt::Display| -> app::Error {
        StoreError::Unavailable(format!("store.ca cannot be used: {why}")).into()
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    let config = match ca {
        Some(path) => {
            let mut roots = RootCertStore::empty();
            let all = CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))?;
            for certificate in all {
                let certificate = certificate.map_err(|error| unusable(&error))?;
                roots.add(certificate).map_err(|error| unusable(&error))?;
            }
            builder.with_root_certificates(roots)
        }
        None => builder
            .with_platform_verifier()
            .map_err(|error| unusable(&error))?,
    };
    Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
}

/// Connects. The connection is driven by the runtime that this is called in; the entries' numbers that other nodes
/// notify are handed to `heard`.
pub(super) async fn connect(
    address: &Address,
    heard: Option<UnboundedSender<i64>>,
) -> Result<Client> {
    let client = match &address.tls {
        Some(tls) => {
            let connected = address.config.connect(tls.clone()).await;
            let (client, connection) = connected.map_err(|error| unreachable(&error))?;
            tokio::spawn(drive(connection, heard));
            client
        }
        None => {
            let mut config = address.config.clone();
            let connected = config.ssl_mode(SslMode::Disable).connect(NoTls).await;
            let (client, connection) = connected.map_err(|error| unreachable(&error))?;
            tokio::spawn(drive(connection, heard));
            client
        }
    };
    let set = client.batch_execute(SETTINGS).await;
    set.map_err(|error| told(&error))?;
    Ok(client)
}

fn unreachable(error: &tokio_postgres::Error) -> app::Error {
    StoreError::Unavailable(format!("the database cannot be reached: {}", told(error))).into()
}

async fn drive<S, T>(mut connection: Connection<S, T>, heard: Option<UnboundedSender<i64>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notification(it)) => hear(&it, heard.as_ref()),
            Ok(AsyncMessage::Notice(notice)) => tracing::debug!(%notice, "the database says"),
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(%error, "a connection to the database has ended");
                return;
            }
        }
    }
}

fn hear(notification: &Notification, heard: Option<&UnboundedSender<i64>>) {
    if let (Some(heard), Ok(seq)) = (heard, notification.payload().parse()) {
        // Nobody listens any more when the store closes.
        heard.send(seq).ok();
    }
}
