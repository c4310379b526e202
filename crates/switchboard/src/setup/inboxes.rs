//! Inboxes: a connector's, a Cloud API number, a Telegram bot, and a Maytapi product with its phones.

use anyhow::{Context as _, Result};
use app::{Core, inboxes, ports::StoredInbox, tokens::random_text};
use carriers::{
    ctlive::CtliveSettings,
    sandbox,
    telegram::TelegramSettings,
    whatsapp_cloud::{BASE_URL, CloudSettings},
};
use clap::Args;
use domain::{Inbox, InboxId, InboxState};
use edge::{ctlive, maytapi, telegram, whatsapp_cloud};
use wire::maytapi::{Form, chat};

use super::{account_of, told_in_secret};
use crate::say;

/// What every inbox has.
#[derive(Args)]
struct Named {
    /// The account's number.
    #[arg(long)]
    account: i64,
    /// What people call it.
    #[arg(long)]
    name: String,
    /// What programs call the network, unique within the licence; the network's usual name without one.
    #[arg(long)]
    messenger: Option<String>,
    /// The licence under which programs follow it; the account's number without one.
    #[arg(long)]
    license: Option<i64>,
}

/// A connector's inbox.
#[derive(Args)]
pub(crate) struct Connector {
    #[command(flatten)]
    of: Named,
    /// Our address on the connector's network: the `to` of what it posts.
    #[arg(long)]
    address: String,
    /// Where the connector takes what agents write.
    #[arg(long)]
    url: Option<String>,
    /// Names us to the connector; made up without one.
    #[arg(long)]
    scenario_key: Option<String>,
}

/// A number at the Cloud API.
#[derive(Args)]
pub(crate) struct CloudNumber {
    #[command(flatten)]
    of: Named,
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
    /// Where the API is, with its version.
    #[arg(long, default_value = BASE_URL)]
    base_url: String,
}

/// A Telegram bot.
#[derive(Args)]
pub(crate) struct TelegramBot {
    #[command(flatten)]
    of: Named,
    /// Its user name on Telegram.
    #[arg(long)]
    bot: String,
    /// Has Telegram tell us at `/telegram/{inbox}`, showing this; without, we ask.
    #[arg(long)]
    webhook_secret: Option<String>,
    /// Where the Bot API is.
    #[arg(long, default_value = carriers::telegram::BASE_URL)]
    base_url: String,
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

/// A phone in the sandbox.
#[derive(Args)]
pub(crate) struct Phone {
    /// The account's number.
    #[arg(long)]
    account: i64,
    /// Its telephone number, digits only; the one it is paired with, without.
    #[arg(long)]
    number: Option<String>,
}

/// Adds an inbox of a carrier, in which every agent of the account answers: an administrator may say otherwise later.
/// `usual` is what programs call the network if nobody says otherwise.
async fn open(
    core: &Core,
    of: Named,
    carrier: &str,
    usual: &str,
    address: String,
    settings: String,
) -> Result<()> {
    let account_id = account_of(core, of.account)?;
    let inbox = Inbox {
        id: InboxId(0),
        account_id,
        name: of.name,
        carrier: carrier.to_owned(),
        license_id: of.license.unwrap_or(account_id.0),
        messenger: of.messenger.unwrap_or_else(|| usual.to_owned()),
        address,
        state: InboxState::Active,
        created_at: core.clock.now(),
    };
    let stored = StoredInbox { inbox, settings };
    let inbox = core
        .store
        .transact(move |tx| {
            let inbox = inboxes::create(tx, &stored)?;
            inboxes::open_to_everybody(tx, &inbox)?;
            Ok(inbox)
        })
        .await?;
    say(&format!("inbox {}", inbox.id));
    Ok(())
}

pub(super) async fn add_connector(core: &Core, new: Connector) -> Result<()> {
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
    let kept = settings.to_json();
    open(core, new.of, ctlive::CARRIER, "ctlive", new.address, kept).await?;
    say(&format!("username {}", settings.username));
    say(&format!("password {}", settings.password));
    say(&format!("scenario key {}", settings.scenario_key));
    Ok(())
}

pub(super) async fn add_cloud_number(core: &Core, new: CloudNumber) -> Result<()> {
    let secrets = told_in_secret()?;
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
    let number = chat::number(&new.number).context("this is no telephone number")?;
    let (carrier, usual) = (whatsapp_cloud::CARRIER, whatsapp_cloud::MESSENGER);
    open(core, new.of, carrier, usual, number, settings.to_json()).await?;
    say(&format!("verify token {}", settings.verify_token));
    Ok(())
}

pub(super) async fn add_bot(core: &Core, new: TelegramBot) -> Result<()> {
    let settings = TelegramSettings {
        base_url: new.base_url.trim_end_matches('/').to_owned(),
        token: told_in_secret()?.trim().to_owned(),
        webhook_secret: new.webhook_secret,
    };
    let (carrier, usual) = (telegram::CARRIER, telegram::MESSENGER);
    open(core, new.of, carrier, usual, new.bot, settings.to_json()).await
}

pub(super) async fn set_product(core: &Core, product: Product) -> Result<()> {
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

pub(super) async fn add_phone(core: &Core, new: Phone) -> Result<()> {
    let account = account_of(core, new.account)?;
    let number = match new.number {
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
