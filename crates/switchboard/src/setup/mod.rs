//! `switchboard setup`: accounts, people and inboxes of a stopped server. Every change goes through the same use cases
//! and the same journal as any other; the lock on the data says if the server still runs.

mod inboxes;
mod people;

use std::{io::Read as _, path::Path};

use anyhow::{Context as _, Result, bail};
use app::Core;
use carriers::guard::Policy;
use clap::Subcommand;
use domain::{AccountId, InboxState};

use crate::{config::Store, running::open_core, say};
use inboxes::{CloudNumber, Connector, Phone, Product, TelegramBot};
use people::NewPerson;

/// What an operator sets up.
#[derive(Subcommand)]
pub(crate) enum Setup {
    /// Adds an account, and at the first one the socket application that ChatApp's clients name.
    Account {
        /// The business's name.
        name: String,
    },
    /// Adds an agent. The password is read from standard input.
    Agent(NewPerson),
    /// Adds an inbox that a connector serves.
    Inbox(Connector),
    /// Says how a Maytapi bot of an account shows itself; with options, changes what its product has.
    Product(Product),
    /// Adds a phone in the sandbox to an account's product.
    Phone(Phone),
    /// Adds a number at Meta's WhatsApp Cloud API. Its webhook is `/whatsapp/webhook`. The access token and the app
    /// secret are read from standard input, one a line.
    Whatsapp(CloudNumber),
    /// Adds a Telegram bot. Its token is read from standard input.
    Telegram(TelegramBot),
    /// Lets a program make accounts and users through the platform interface. Prints its token, once.
    Platform {
        /// What people call the program.
        #[arg(long)]
        name: String,
    },
    /// Lists what there is.
    List,
}

/// Does it on the data of a stopped server.
pub(crate) async fn run(store: &Store, setup: Setup) -> Result<()> {
    let (core, ..) = open_core(store, None, Policy::default(), "http://localhost")?;
    let done = match setup {
        Setup::Account { name } => people::add_account(&core, name).await,
        Setup::Agent(new) => people::add_agent(&core, new).await,
        Setup::Platform { name } => people::add_platform(&core, name).await,
        Setup::Inbox(new) => inboxes::add_connector(&core, new).await,
        Setup::Product(product) => inboxes::set_product(&core, product).await,
        Setup::Phone(new) => inboxes::add_phone(&core, new).await,
        Setup::Whatsapp(new) => inboxes::add_cloud_number(&core, new).await,
        Setup::Telegram(new) => inboxes::add_bot(&core, new).await,
        Setup::List => {
            list(&core);
            Ok(())
        }
    };
    tokio::task::spawn_blocking(move || core.store.close()).await?;
    done
}

/// The account of a number, if there is one.
pub(crate) fn account_of(core: &Core, number: i64) -> Result<AccountId> {
    let id = AccountId(number);
    if !core.directory.tables().accounts.contains_key(&id) {
        bail!("there is no account {number}");
    }
    Ok(id)
}

fn list(core: &Core) {
    let tables = core.directory.tables();
    for account in tables.accounts.values() {
        say(&format!("account {}  {}", account.id, account.name));
        for agent in tables.agents_of(account.id) {
            say(&format!(
                "  agent {}  {}  {}",
                agent.id, agent.email, agent.name
            ));
        }
        for connected in tables.inboxes_of(account.id) {
            let it = &connected.inbox;
            let state = match &it.state {
                InboxState::Active => "active".to_owned(),
                InboxState::Paused { reason } => format!("paused: {reason}"),
            };
            say(&format!(
                "  inbox {}  {}  {}  licence {} {}  {state}",
                it.id, it.carrier, it.address, it.license_id, it.messenger
            ));
        }
    }
}

/// All of standard input, where secrets come in: a command line is seen by everybody.
fn told_in_secret() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// Where a configuration says that things are kept.
pub(crate) fn store_of(config: &Path) -> Result<Store> {
    let config = crate::config::Config::load(config).context("no configuration")?;
    Ok(config.store)
}
