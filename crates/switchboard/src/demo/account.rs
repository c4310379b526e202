//! The demo's account: made at the first start, found at every other.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use app::{
    Core, accounts,
    agents::{self, NewAgent, hash_password},
    directory::Connected,
    inboxes,
    ports::{SocketApp, StoredInbox},
    socket_apps, tokens,
};
use carriers::ctlive::CtliveSettings;
use domain::{Account, AccountId, Agent, AgentId, Inbox, InboxId, InboxState, Role};
use edge::{
    chatapp, ctlive, maytapi,
    onechat::settings::{API, InboxSettings, WIDGET, new_inbox},
};

use crate::key::derive;

/// The licence under which the demo's inboxes are followed.
const LICENSE: i64 = 1;
/// What programs call the demo's connector inbox.
const MESSENGER: &str = "ctlive";
/// Our own address on the connector's network.
const ADDRESS: &str = "447700900100";
/// What ChatApp's tokens are made for.
pub(super) const APP_ID: &str = "app_1_1";

/// What the demo needs to know of its account.
pub(super) struct DemoAccount {
    pub(super) account: Arc<Account>,
    pub(super) agents: Vec<(Arc<Agent>, String)>,
    pub(super) inbox: Arc<Inbox>,
    /// An API inbox and a website widget, each with its settings.
    pub(super) own: Vec<(Arc<Inbox>, InboxSettings)>,
    pub(super) connector: CtliveSettings,
    pub(super) socket_app: Arc<SocketApp>,
    pub(super) access_token: String,
    pub(super) phone: Arc<Inbox>,
    pub(super) maytapi: maytapi::Credentials,
}

/// The connector's secrets, the same at every start.
pub(super) fn connector_settings(key: &[u8; 32], url: &str) -> Result<CtliveSettings> {
    Ok(CtliveSettings {
        url: Some(url.to_owned()),
        scenario_key: derive(key, "connector scenario")?.to_uppercase(),
        username: "connector".to_owned(),
        password: derive(key, "connector password")?,
        ..CtliveSettings::default()
    })
}

/// Makes what is missing and finds the rest.
pub(super) async fn ensure(
    core: &Core,
    key: &[u8; 32],
    connector_url: &str,
) -> Result<DemoAccount> {
    let people = [
        ("Alice Demo", "alice@demo.example", Role::Administrator),
        ("Bob Demo", "bob@demo.example", Role::Agent),
    ];
    let passwords = [
        derive(key, "password of alice")?,
        derive(key, "password of bob")?,
    ];
    let connector = connector_settings(key, connector_url)?;
    if core.directory.tables().accounts.is_empty() {
        let mut new_agents = Vec::new();
        for ((name, email, role), password) in people.iter().zip(&passwords) {
            new_agents.push((*name, *email, *role, hash_password(password)?));
        }
        make(core, new_agents, &connector, &derive(key, "socket secret")?).await?;
    }

    let tables = core.directory.tables();
    let account = tables
        .accounts
        .values()
        .next()
        .context("no account")?
        .clone();
    let connected = tables
        .inboxes_by_carrier(ctlive::CARRIER)
        .next()
        .context("the demo's connector inbox is gone")?
        .clone();
    let settings = connector.to_json();
    if *connected.settings != *settings {
        let connected = connected.clone();
        core.store
            .transact(move |tx| inboxes::configure(tx, &connected, &settings))
            .await?;
    }
    let own = own_inboxes(core, key, account.id).await?;
    let socket_app = tables
        .socket_apps
        .values()
        .find(|it| it.key == chatapp::SOCKET_KEY)
        .context("the demo's socket application is gone")?
        .clone();
    let agents: Vec<_> = tables
        .agents_of(account.id)
        .cloned()
        .zip(passwords)
        .collect();
    let alice = agents.first().context("the demo has no agent")?.0.id;
    let pair = core
        .store
        .transact(move |tx| tokens::make_pair(tx, alice, APP_ID))
        .await?;
    Ok(DemoAccount {
        agents,
        inbox: connected.inbox,
        own,
        connector,
        socket_app,
        access_token: pair.access.text,
        maytapi: maytapi::credentials(core, account.id)?,
        phone: super::phone::ensure(core, account.id).await?,
        account,
    })
}

async fn make(
    core: &Core,
    new_agents: Vec<(&'static str, &'static str, Role, String)>,
    connector: &CtliveSettings,
    socket_secret: &str,
) -> Result<()> {
    let (settings, socket_secret) = (connector.to_json(), socket_secret.to_owned());
    core.store
        .transact(move |tx| {
            let account = accounts::create(tx, "Demo")?;
            for (name, email, role, password_hash) in &new_agents {
                let new = NewAgent {
                    account_id: account.id,
                    name: (*name).to_owned(),
                    email: (*email).to_owned(),
                    password_hash: password_hash.clone(),
                    role: *role,
                };
                let _: AgentId = agents::create(tx, &new)?.id;
            }
            let chatapp = SocketApp {
                client_events: true,
                ..chatapp::socket_app(account.id, &socket_secret)
            };
            socket_apps::create(tx, &chatapp)?;
            let inbox = Inbox {
                id: InboxId(0),
                account_id: account.id,
                name: "Demo connector".to_owned(),
                carrier: ctlive::CARRIER.to_owned(),
                license_id: LICENSE,
                messenger: MESSENGER.to_owned(),
                address: ADDRESS.to_owned(),
                state: InboxState::Active,
                created_at: tx.now(),
            };
            let stored = StoredInbox {
                inbox,
                settings: settings.clone(),
            };
            let inbox = inboxes::create(tx, &stored)?;
            inboxes::open_to_everybody(tx, &inbox)?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// The inboxes that need no network: made if they are missing, with secrets that are the same at every start.
async fn own_inboxes(
    core: &Core,
    key: &[u8; 32],
    account: AccountId,
) -> Result<Vec<(Arc<Inbox>, InboxSettings)>> {
    let mut all = Vec::new();
    for (carrier, name) in [(API, "Demo API inbox"), (WIDGET, "Demo website")] {
        let public = derive(key, &format!("{carrier} inbox"))?;
        let tables = core.directory.tables();
        let there = |it: &&Connected| it.inbox.address == public;
        if tables.inboxes_by_carrier(carrier).find(there).is_none() {
            let settings = InboxSettings {
                hmac_token: derive(key, &format!("{carrier} identity"))?,
                secret: derive(key, &format!("{carrier} posts"))?,
                website_url: (carrier == WIDGET).then(|| "http://127.0.0.1".to_owned()),
                welcome_title: (carrier == WIDGET).then(|| "Hello there".to_owned()),
                welcome_tagline: (carrier == WIDGET)
                    .then(|| "Ask us anything, we usually answer at once.".to_owned()),
                ..InboxSettings::default()
            };
            let public = public.clone();
            core.store
                .transact(move |tx| {
                    let now = tx.now();
                    let new = new_inbox(&tables, account, (carrier, name), &public, &settings, now);
                    let inbox = inboxes::create(tx, &new)?;
                    inboxes::open_to_everybody(tx, &inbox)
                })
                .await?;
        }
        let tables = core.directory.tables();
        let connected = tables
            .inboxes_by_carrier(carrier)
            .find(there)
            .context("an inbox of the demo's own is gone")?;
        let settings = InboxSettings::of(connected).unwrap_or_default();
        all.push((connected.inbox.clone(), settings));
    }
    Ok(all)
}
