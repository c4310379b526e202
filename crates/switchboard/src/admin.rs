//! Setting up a stopped server: accounts, agents, connector inboxes. Every change goes through the same use cases
//! and the same journal as any other; the lock on the data says if the server still runs.

use std::{io::Read as _, path::Path};

use anyhow::{Context as _, Result, bail};
use app::{
    Core, accounts,
    agents::{self, NewAgent, hash_password},
    inboxes,
    ports::{StoredInbox, Tx},
    socket_apps,
    tokens::random_text,
};
use carriers::{
    ctlive::CtliveSettings,
    guard::Policy,
    sandbox,
    telegram::TelegramSettings,
    whatsapp_cloud::{BASE_URL, CloudSettings},
};
use clap::{Args, Subcommand};
use domain::{AccountId, Inbox, InboxId, InboxState, Role};
use edge::{chatapp, ctlive, maytapi, onechat::platform, telegram, whatsapp_cloud};
use wire::maytapi::{Form, chat};

use crate::{config::Store, running::open_core, say};

/// What an operator sets up.
#[derive(Subcommand)]
pub(crate) enum Setup {
    /// Adds an account, and at the first one the socket application that ChatApp's clients name.
    Account {
        /// The business's name.
        name: String,
    },
    /// Adds an agent. The password is read from standard input.
    Agent {
        /// The account's number.
        #[arg(long)]
        account: i64,
        /// Full name.
        #[arg(long)]
        name: String,
        /// E-mail address, which is the sign-in name.
        #[arg(long)]
        email: String,
        /// Whether they may configure the account.
        #[arg(long)]
        administrator: bool,
    },
    /// Adds an inbox that a connector serves.
    Inbox(NewInbox),
    /// Says how a Maytapi bot of an account shows itself; with options, changes what its product has.
    Product(Product),
    /// Adds a phone in the sandbox to an account's product.
    Phone {
        /// The account's number.
        #[arg(long)]
        account: i64,
        /// Its telephone number, digits only; the one it is paired with, without.
        #[arg(long)]
        number: Option<String>,
    },
    /// Adds a number at Meta's WhatsApp Cloud API. Its webhook is `/whatsapp/webhook`. The access token and the app
    /// secret are read from standard input, one a line.
    Whatsapp(CloudNumber),
    /// Adds a Telegram bot. Its token is read from standard input.
    Telegram(Bot),
    /// Lets a program make accounts and users through the platform interface. Prints its token, once.
    Platform {
        /// What people call the program.
        #[arg(long)]
        name: String,
    },
    /// Lists what there is.
    List,
}

/// A Maytapi product.
#[derive(Args)]
pub(crate) struct Product {
    /// The account's number.
    #[arg(long)]
    account: i64,
    /// How many phones it may have.
    #[arg(long)]
    phone_limit: Option<i64>,
    /// In which form its webhook is told: documented or current.
    #[arg(long, value_parser = ["documented", "current"])]
    form: Option<String>,
    /// Makes a new token; the ones before work no longer.
    #[arg(long)]
    new_token: bool,
}

/// A number at the Cloud API.
#[derive(Args)]
pub(crate) struct CloudNumber {
    /// The account's number.
    #[arg(long)]
    account: i64,
    /// What people call it.
    #[arg(long)]
    name: String,
    /// The telephone number, digits only.
    #[arg(long)]
    number: String,
    /// Meta's id of the number.
    #[arg(long)]
    phone_number_id: String,
    /// Meta's id of the business account, whose templates may then be listed.
    #[arg(long, default_value = "")]
    business_account_id: String,
    /// The word that Meta shows when it asks whether the webhook is ours; made up without one.
    #[arg(long)]
    verify_token: Option<String>,
    /// What programs call the network, unique within the licence.
    #[arg(long, default_value = whatsapp_cloud::MESSENGER)]
    messenger: String,
    /// The licence under which programs follow it; the account's number without one.
    #[arg(long)]
    license: Option<i64>,
    /// Where the API is, with its version.
    #[arg(long, default_value = BASE_URL)]
    base_url: String,
}

/// A Telegram bot.
#[derive(Args)]
pub(crate) struct Bot {
    /// The account's number.
    #[arg(long)]
    account: i64,
    /// What people call it.
    #[arg(long)]
    name: String,
    /// Its user name on Telegram.
    #[arg(long)]
    bot: String,
    /// Has Telegram tell us at `/telegram/{inbox}`, showing this; without, we ask.
    #[arg(long)]
    webhook_secret: Option<String>,
    /// What programs call the network, unique within the licence.
    #[arg(long, default_value = telegram::MESSENGER)]
    messenger: String,
    /// The licence under which programs follow it; the account's number without one.
    #[arg(long)]
    license: Option<i64>,
    /// Where the Bot API is.
    #[arg(long, default_value = carriers::telegram::BASE_URL)]
    base_url: String,
}

/// A connector inbox.
#[derive(Args)]
pub(crate) struct NewInbox {
    /// The account's number.
    #[arg(long)]
    account: i64,
    /// What people call it.
    #[arg(long)]
    name: String,
    /// Our address on the connector's network: the `to` of what it posts.
    #[arg(long)]
    address: String,
    /// What programs call the network, unique within the licence.
    #[arg(long, default_value = "ctlive")]
    messenger: String,
    /// The licence under which programs follow it; the account's number without one.
    #[arg(long)]
    license: Option<i64>,
    /// Where the connector takes what agents write.
    #[arg(long)]
    url: Option<String>,
    /// Names us to the connector; made up without one.
    #[arg(long)]
    scenario_key: Option<String>,
}

/// Does it on the data of a stopped server.
pub(crate) async fn run(store: &Store, setup: Setup) -> Result<()> {
    let (core, ..) = open_core(store, None, Policy::default(), "http://localhost")?;
    let done = match setup {
        Setup::Account { name } => add_account(&core, name).await,
        Setup::Agent {
            account,
            name,
            email,
            administrator,
        } => add_agent(&core, account, name, email, administrator).await,
        Setup::Inbox(new) => add_inbox(&core, new).await,
        Setup::Product(product) => set_product(&core, product).await,
        Setup::Phone { account, number } => add_phone(&core, account, number).await,
        Setup::Whatsapp(new) => add_cloud_number(&core, new).await,
        Setup::Telegram(new) => add_bot(&core, new).await,
        Setup::Platform { name } => add_platform(&core, name).await,
        Setup::List => {
            list(&core);
            Ok(())
        }
    };
    tokio::task::spawn_blocking(move || core.store.close()).await?;
    done
}

async fn add_account(core: &Core, name: String) -> Result<()> {
    let first = core.directory.tables().socket_apps.is_empty();
    let secret = random_text()?;
    let account = core
        .store
        .transact(move |tx| {
            let account = accounts::create(tx, &name)?;
            if first {
                socket_apps::create(tx, &chatapp::socket_app(account.id, &secret))?;
            }
            Ok(account)
        })
        .await?;
    say(&format!("account {}", account.id));
    Ok(())
}

async fn add_agent(
    core: &Core,
    account: i64,
    name: String,
    email: String,
    administrator: bool,
) -> Result<()> {
    let account_id = account_of(core, account)?;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let new = NewAgent {
        account_id,
        name,
        email,
        password_hash: hash_password(password.trim_end_matches(['\r', '\n']))?,
        role: if administrator {
            Role::Administrator
        } else {
            Role::Agent
        },
    };
    let agent = core
        .store
        .transact(move |tx| {
            let agent = agents::create(tx, &new)?;
            inboxes::open_all_to(tx, &agent)?;
            Ok(agent)
        })
        .await?;
    say(&format!("agent {}", agent.id));
    say(&format!(
        "api_access_token {}",
        agents::access_token(&core.sealer, &agent)
    ));
    Ok(())
}

async fn add_platform(core: &Core, name: String) -> Result<()> {
    let token = core
        .store
        .transact(move |tx| platform::create_app(tx, &name))
        .await?;
    say(&format!("platform token {token}"));
    Ok(())
}

async fn add_inbox(core: &Core, new: NewInbox) -> Result<()> {
    let account_id = account_of(core, new.account)?;
    let settings = CtliveSettings {
        url: new.url,
        scenario_key: match new.scenario_key {
            Some(key) => key,
            None => random_text()?,
        },
        username: format!("inbox-{}", new.address),
        password: random_text()?,
        ..CtliveSettings::default()
    };
    let stored = StoredInbox {
        settings: settings.to_json(),
        inbox: Inbox {
            id: InboxId(0),
            account_id,
            name: new.name,
            carrier: ctlive::CARRIER.to_owned(),
            license_id: new.license.unwrap_or(account_id.0),
            messenger: new.messenger,
            address: new.address,
            state: InboxState::Active,
            created_at: core.clock.now(),
        },
    };
    let inbox = core
        .store
        .transact(move |tx| open_inbox(tx, &stored))
        .await?;
    say(&format!("inbox {}", inbox.id));
    say(&format!("username {}", settings.username));
    say(&format!("password {}", settings.password));
    say(&format!("scenario key {}", settings.scenario_key));
    Ok(())
}

async fn set_product(core: &Core, product: Product) -> Result<()> {
    let account = account_of(core, product.account)?;
    core.store
        .transact(move |tx| {
            let mut settings = maytapi::Settings::load(&*tx, account)?;
            settings.phone_limit = product.phone_limit.unwrap_or(settings.phone_limit);
            settings.generation += i64::from(product.new_token);
            settings.form = match product.form.as_deref() {
                Some("current") => Form::Current,
                Some(_) => Form::Documented,
                None => settings.form,
            };
            maytapi::set(tx, account, &settings)
        })
        .await?;
    let credentials = maytapi::credentials(core, account)?;
    say(&format!("product {}", credentials.product_id));
    say(&format!("token {}", credentials.token));
    Ok(())
}

async fn add_phone(core: &Core, account: i64, number: Option<String>) -> Result<()> {
    let account = account_of(core, account)?;
    let number = match number {
        Some(text) => Some(chat::number(&text).context("this is no telephone number")?),
        None => None,
    };
    let phone = core
        .store
        .transact(move |tx| maytapi::new_phone(tx, account, sandbox::NAME, number.as_deref()))
        .await?;
    say(&format!("phone {}", phone.id));
    Ok(())
}

async fn add_cloud_number(core: &Core, new: CloudNumber) -> Result<()> {
    let account_id = account_of(core, new.account)?;
    let mut secrets = String::new();
    std::io::stdin().read_to_string(&mut secrets)?;
    let mut secrets = secrets.lines().map(str::trim);
    let (token, app_secret) = (secrets.next(), secrets.next());
    let settings = CloudSettings {
        base_url: new.base_url.trim_end_matches('/').to_owned(),
        phone_number_id: new.phone_number_id,
        business_account_id: new.business_account_id,
        token: token.context("the access token is missing")?.to_owned(),
        app_secret: app_secret.context("the app secret is missing")?.to_owned(),
        verify_token: match new.verify_token {
            Some(word) => word,
            None => random_text()?,
        },
    };
    let stored = StoredInbox {
        settings: settings.to_json(),
        inbox: Inbox {
            id: InboxId(0),
            account_id,
            name: new.name,
            carrier: whatsapp_cloud::CARRIER.to_owned(),
            license_id: new.license.unwrap_or(account_id.0),
            messenger: new.messenger,
            address: chat::number(&new.number).context("this is no telephone number")?,
            state: InboxState::Active,
            created_at: core.clock.now(),
        },
    };
    let inbox = core
        .store
        .transact(move |tx| open_inbox(tx, &stored))
        .await?;
    say(&format!("inbox {}", inbox.id));
    say(&format!("verify token {}", settings.verify_token));
    Ok(())
}

async fn add_bot(core: &Core, new: Bot) -> Result<()> {
    let account_id = account_of(core, new.account)?;
    let mut token = String::new();
    std::io::stdin().read_to_string(&mut token)?;
    let settings = TelegramSettings {
        base_url: new.base_url.trim_end_matches('/').to_owned(),
        token: token.trim().to_owned(),
        webhook_secret: new.webhook_secret,
    };
    let stored = StoredInbox {
        settings: settings.to_json(),
        inbox: Inbox {
            id: InboxId(0),
            account_id,
            name: new.name,
            carrier: telegram::CARRIER.to_owned(),
            license_id: new.license.unwrap_or(account_id.0),
            messenger: new.messenger,
            address: new.bot,
            state: InboxState::Active,
            created_at: core.clock.now(),
        },
    };
    let inbox = core
        .store
        .transact(move |tx| open_inbox(tx, &stored))
        .await?;
    say(&format!("inbox {}", inbox.id));
    Ok(())
}

/// An inbox in which every agent of the account answers: an administrator may say otherwise later.
fn open_inbox(tx: &mut dyn Tx, stored: &StoredInbox) -> app::Result<Inbox> {
    let inbox = inboxes::create(tx, stored)?;
    inboxes::open_to_everybody(tx, &inbox)?;
    Ok(inbox)
}

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

/// Where a configuration says that things are kept.
pub(crate) fn store_of(config: &Path) -> Result<Store> {
    let config = crate::config::Config::load(config).context("no configuration")?;
    Ok(config.store)
}
