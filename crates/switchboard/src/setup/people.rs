//! Accounts, and the people and programs that may act in them.

use anyhow::Result;
use app::{
    Core, accounts,
    agents::{self, Invited, NewAgent, hash_password},
    inboxes, socket_apps,
    tokens::random_text,
};
use clap::Args;
use domain::Role;
use edge::{chatapp, onechat::platform};

use super::{account_of, told_in_secret};
use crate::say;

/// An agent.
#[derive(Args)]
pub(crate) struct NewPerson {
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
}

pub(super) async fn add_account(core: &Core, name: String) -> Result<()> {
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

pub(super) async fn add_agent(core: &Core, new: NewPerson) -> Result<()> {
    let account_id = account_of(core, new.account)?;
    let password = told_in_secret()?;
    let new = NewAgent {
        account_id,
        name: new.name,
        email: new.email,
        password_hash: hash_password(password.trim_end_matches(['\r', '\n']))?,
        role: match new.administrator {
            true => Role::Administrator,
            false => Role::Agent,
        },
    };
    let Invited { agent, is_new } = core
        .store
        .transact(move |tx| {
            let invited = agents::invite(tx, &new)?;
            inboxes::open_all_to(tx, &invited.agent)?;
            Ok(invited)
        })
        .await?;
    say(&format!("agent {}", agent.id));
    if !is_new {
        say("works for another account too, and keeps their name and password");
    }
    say(&format!(
        "api_access_token {}",
        agents::access_token(&core.sealer, &agent)
    ));
    Ok(())
}

pub(super) async fn add_platform(core: &Core, name: String) -> Result<()> {
    let token = core
        .store
        .transact(move |tx| platform::create_app(tx, &name))
        .await?;
    say(&format!("platform token {token}"));
    Ok(())
}
