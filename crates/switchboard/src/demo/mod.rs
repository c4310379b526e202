//! `switchboard demo`: a server with a demo account in a directory of its own, and what to paste to talk to it.
//!
//! Idempotent: a second start keeps the data, and every secret is the same as before, because each is derived
//! from the server's key. Loopback may be called here, which a real server refuses.

mod account;
mod card;
mod connector;
mod phone;

use std::{net::SocketAddr, path::Path};

use anyhow::Result;
use ipnet::IpNet;

use crate::{
    config::{Config, Listen, Outside},
    running::Prepared,
};

/// Runs the demo until it is told to stop.
pub(crate) async fn run(data: &Path, listen: SocketAddr, ctlive_url: Option<&str>) -> Result<()> {
    let environment = Config::from_environment()?;
    let config = Config {
        listen: Listen {
            http: vec![listen],
            public_url: None,
            proxies: environment.listen.proxies.clone(),
        },
        store: environment.store.clone().with_data(data),
        outside: Outside {
            allow: loopback()?,
            https_only: false,
        },
        ..environment
    };
    let prepared = Prepared::open(&config)?;
    let (core, key) = (prepared.core.clone(), prepared.key);
    let base_url = format!("http://{}", prepared.address);
    let own = match ctlive_url {
        Some(_) => None,
        None => Some(connector::start(&core, &key, &base_url).await?),
    };
    let connector_url = ctlive_url.or(own.as_deref()).unwrap_or_default();
    let account = account::ensure(&core, &key, connector_url).await?;
    let card = card::card(&core, &account, &base_url);
    card::write(data, &card)?;
    // Whoever finds the server ready finds everything else.
    let running = prepared.run().await?;
    card::print(&card, data, own.is_some());
    running.until_stopped().await;
    Ok(())
}

/// The networks of this machine alone.
fn loopback() -> Result<Vec<IpNet>> {
    Ok(vec!["127.0.0.0/8".parse()?, "::1/128".parse()?])
}
