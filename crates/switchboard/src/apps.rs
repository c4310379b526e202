//! The socket applications of a stopped server: what an account uses as its own Pusher.

use anyhow::{Context as _, Result, bail};
use app::{
    hooks::{EndpointSecret, endpoints},
    ports::{KeyPair, SocketApp, SocketLimits},
    socket_apps,
    tokens::random_text,
};
use carriers::guard::Policy;
use clap::{Args, Subcommand};
use domain::{AccountId, AppId, EndpointId};
use edge::{
    chatapp,
    pusher::{is_endpoint_of, secret_of},
};

use crate::{config::Store, running::open_core, say, setup::account_of};

/// What an operator does with socket applications.
#[derive(Subcommand)]
pub(crate) enum Apps {
    /// Adds one, and prints what its programs need: its id, key and secret.
    Create(New),
    /// Lists them, without their secrets.
    List,
    /// Changes what one may.
    Change(Change),
    /// Gives one another key beside those it has, and prints it with its secret.
    Rotate {
        /// Its id.
        id: i64,
        /// The key, if there is one already; made up without.
        #[arg(long)]
        key: Option<String>,
    },
    /// Takes a key from one. Nobody can use it any more; webhooks are signed by the oldest that is left.
    Retire {
        /// Its id.
        id: i64,
        /// Which key.
        key: String,
    },
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
    #[command(flatten)]
    limits: Limits,
}

/// What one application may use at most. Without a figure of its own the settings' holds.
#[derive(Args)]
struct Limits {
    /// Connections at a time on a server; one more is told 4004.
    #[arg(long)]
    connections_max: Option<u32>,
    /// Bytes of an event's data.
    #[arg(long)]
    event_data_bytes_max: Option<u32>,
    /// Events that one client may send in a second.
    #[arg(long)]
    client_events_per_second_max: Option<u16>,
    /// Members of one presence channel.
    #[arg(long)]
    presence_members_max: Option<u32>,
}

/// What is to be different; the rest stays.
#[derive(Args)]
pub(crate) struct Change {
    /// Its id.
    id: i64,
    /// Whether nobody may use it for now: 4003 on its sockets, 403 to its requests.
    #[arg(long)]
    disabled: Option<bool>,
    /// Whether clients may send events to one another.
    #[arg(long)]
    client_events: Option<bool>,
    /// Whether the followers of a channel are told how many they are.
    #[arg(long)]
    subscription_counts: Option<bool>,
    /// Whether a connection must sign in or follow a signed channel in time.
    #[arg(long)]
    authorized_only: Option<bool>,
    #[command(flatten)]
    limits: Limits,
    /// Forgets the limits that it had of its own.
    #[arg(long)]
    usual_limits: bool,
}

impl Limits {
    fn put(&self, to: &mut SocketLimits) {
        let put = |to: &mut Option<i64>, it: Option<i64>| *to = it.or(*to);
        put(
            &mut to.connections_max,
            self.connections_max.map(Into::into),
        );
        let bytes = self.event_data_bytes_max.map(Into::into);
        put(&mut to.event_data_bytes_max, bytes);
        let events = self.client_events_per_second_max.map(Into::into);
        put(&mut to.client_events_per_second_max, events);
        let members = self.presence_members_max.map(Into::into);
        put(&mut to.presence_members_max, members);
    }
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
        Apps::Change(change) => self::change(&core, change).await,
        Apps::Rotate { id, key } => rotate(&core, AppId(id), key).await,
        Apps::Retire { id, key } => retire(&core, AppId(id), key).await,
        Apps::Remove { id } => remove(&core, AppId(id)).await,
    };
    tokio::task::spawn_blocking(move || core.store.close()).await?;
    done
}

async fn create(core: &app::Core, new: New) -> Result<()> {
    let mut limits = SocketLimits::default();
    new.limits.put(&mut limits);
    let wanted = SocketApp {
        id: AppId(0),
        account_id: account_of(core, new.account)?,
        name: new.name,
        key: match new.key {
            Some(key) => key,
            None => random_text()?,
        },
        secret: random_text()?,
        more_keys: Vec::new(),
        disabled: false,
        limits,
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
            (app.disabled, "disabled"),
            (app.limits != SocketLimits::default(), "limits of its own"),
        ];
        let on: Vec<&str> = switches
            .iter()
            .filter(|(is_on, _)| *is_on)
            .map(|(_, name)| *name)
            .collect();
        let more = app.more_keys.iter().map(|it| it.key.as_str());
        let keys: Vec<&str> = std::iter::once(app.key.as_str()).chain(more).collect();
        say(&format!(
            "{}  account {}  key {}  {}  {}",
            app.id,
            app.account_id,
            keys.join(", "),
            app.name,
            on.join(", ")
        ));
    }
}

async fn change(core: &app::Core, change: Change) -> Result<()> {
    let put = |to: &mut bool, it: Option<bool>| *to = it.unwrap_or(*to);
    core.store
        .transact(move |tx| {
            socket_apps::change(tx, AppId(change.id), |it| {
                put(&mut it.disabled, change.disabled);
                put(&mut it.client_events, change.client_events);
                put(&mut it.subscription_counts, change.subscription_counts);
                put(&mut it.authorized_only, change.authorized_only);
                if change.usual_limits {
                    it.limits = SocketLimits::default();
                }
                change.limits.put(&mut it.limits);
            })
        })
        .await?;
    Ok(())
}

async fn rotate(core: &app::Core, id: AppId, key: Option<String>) -> Result<()> {
    let new = KeyPair {
        key: match key {
            Some(key) => key,
            None => random_text()?,
        },
        secret: random_text()?,
    };
    let told = new.clone();
    core.store
        .transact(move |tx| socket_apps::add_key(tx, id, new.clone()))
        .await?;
    say(&format!("key {}", told.key));
    say(&format!("secret {}", told.secret));
    Ok(())
}

/// Takes a key from an application. Its endpoints, whose posts the oldest key signs, go on with the next.
async fn retire(core: &app::Core, id: AppId, key: String) -> Result<()> {
    if key == chatapp::SOCKET_KEY {
        bail!("ChatApp's channels are reached by this key: it cannot be retired");
    }
    let own = endpoints_of(core, id)?;
    core.store
        .transact(move |tx| {
            let app = socket_apps::retire_key(tx, id, &key)?;
            let secret = secret_of(&app);
            let now = tx.now();
            for (account, endpoint) in &own {
                endpoints::change(tx, *account, *endpoint, |it| {
                    it.secrets = vec![EndpointSecret {
                        text: secret.clone(),
                        created_at: now,
                        expires_at: None,
                    }];
                })?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// The endpoints that are told what becomes of an application's channels.
fn endpoints_of(core: &app::Core, id: AppId) -> Result<Vec<(AccountId, EndpointId)>> {
    let tables = core.directory.tables();
    let app = tables.socket_apps.get(&id);
    let app = app.with_context(|| format!("there is no application {id}"))?;
    let all = tables.endpoints.values();
    let own = all.filter(|it| is_endpoint_of(it, app));
    Ok(own.map(|it| (it.account_id, it.id)).collect())
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
    let own = endpoints_of(core, id)?;
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
