//! The socket applications of a stopped server: what an account uses as its own Pusher.

use anyhow::{Result, bail};
use app::{hooks::endpoints, ports::SocketApp, socket_apps, tokens::random_text};
use carriers::guard::Policy;
use clap::{Args, Subcommand};
use domain::AppId;
use edge::{chatapp, pusher::is_endpoint_of};

use crate::{admin::account_of, config::Store, running::open_core, say};

/// What an operator does with socket applications.
#[derive(Subcommand)]
pub(crate) enum Apps {
    /// Adds one, and prints what its programs need: its id, key and secret.
    Create(New),
    /// Lists them, without their secrets.
    List,
    /// Removes one, with its webhooks' endpoints. Its clients cannot connect any more.
    Remove {
        /// Its id.
        id: i64,
    },
}

/// A new socket application.
#[derive(Args)]
pub(crate) struct New {
    /// The account's number.
    #[arg(long)]
    account: i64,
    /// What people call it.
    #[arg(long)]
    name: String,
    /// The key that clients name, if they have one already; made up without.
    #[arg(long)]
    key: Option<String>,
    /// Clients may send events to one another.
    #[arg(long)]
    client_events: bool,
    /// The followers of a channel are told how many they are.
    #[arg(long)]
    subscription_counts: bool,
    /// A connection that neither signs in nor follows a signed channel in time is closed with 4009.
    #[arg(long)]
    authorized_only: bool,
}

/// Does it on the data of a stopped server.
pub(crate) async fn run(store: &Store, apps: Apps) -> Result<()> {
    let (core, ..) = open_core(store, None, Policy::default(), "http://localhost")?;
    let done = match apps {
        Apps::Create(new) => create(&core, new).await,
        Apps::List => {
            list(&core);
            Ok(())
        }
        Apps::Remove { id } => remove(&core, AppId(id)).await,
    };
    tokio::task::spawn_blocking(move || core.store.close()).await?;
    done
}

async fn create(core: &app::Core, new: New) -> Result<()> {
    let wanted = SocketApp {
        id: AppId(0),
        account_id: account_of(core, new.account)?,
        name: new.name,
        key: match new.key {
            Some(key) => key,
            None => random_text()?,
        },
        secret: random_text()?,
        client_events: new.client_events,
        subscription_counts: new.subscription_counts,
        authorized_only: new.authorized_only,
    };
    let made = core
        .store
        .transact(move |tx| socket_apps::create(tx, &wanted))
        .await?;
    say(&format!("id {}", made.id));
    say(&format!("key {}", made.key));
    say(&format!("secret {}", made.secret));
    Ok(())
}

fn list(core: &app::Core) {
    for app in core.directory.tables().socket_apps.values() {
        let switches = [
            (app.client_events, "client events"),
            (app.subscription_counts, "subscription counts"),
            (app.authorized_only, "authorized only"),
        ];
        let on: Vec<&str> = switches
            .iter()
            .filter(|(is_on, _)| *is_on)
            .map(|(_, name)| *name)
            .collect();
        say(&format!(
            "{}  account {}  key {}  {}  {}",
            app.id,
            app.account_id,
            app.key,
            app.name,
            on.join(", ")
        ));
    }
}

/// Removes an application with its endpoints: with its key gone, nothing would be told to them or believed by them.
async fn remove(core: &app::Core, id: AppId) -> Result<()> {
    let tables = core.directory.tables();
    let Some(app) = tables.socket_apps.get(&id) else {
        bail!("there is no application {id}");
    };
    if app.key == chatapp::SOCKET_KEY {
        bail!("ChatApp's channels live in application {id}: it cannot be removed");
    }
    let endpoints = tables.endpoints.values();
    let own: Vec<_> = endpoints
        .filter(|it| is_endpoint_of(it, app))
        .map(|it| (it.account_id, it.id))
        .collect();
    core.store
        .transact(move |tx| {
            for (account, endpoint) in &own {
                endpoints::remove(tx, *account, *endpoint)?;
            }
            socket_apps::remove(tx, id)
        })
        .await?;
    Ok(())
}
