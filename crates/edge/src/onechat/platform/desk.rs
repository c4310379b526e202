//! Which program calls, and what it made.

use app::{
    Result,
    ports::{Tx, View},
    tokens::{hash, random_text},
};
use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{AccountId, AgentId};
use wire::onechat::errors::Refusal;

use super::super::errors::{Answer, Refused};
use crate::{Edge, credentials};

/// Under whose name programs are kept, by the hashes of their tokens.
const PROGRAMS: &str = "onechat/platform";
/// And what they made.
const MADE: &str = "onechat/platform/made";
/// As many of these as are ever looked through, when an account goes.
const MADE_MAX: i64 = 1_000_000;

/// Things of all programs that are looked through for a list.
const THINGS_LISTED: i64 = 100_000;

/// A program that calls.
#[derive(Clone)]
pub(super) struct Program {
    /// What it is kept under.
    id: String,
}

/// Something that a program made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    /// An account.
    Account(i64),
    /// A user.
    User(i64),
    /// A bot.
    Bot(i64),
}

impl Thing {
    fn name(self, program: &Program) -> String {
        match self {
            Self::Account(id) => format!("{}/account/{id}", program.id),
            Self::User(id) => format!("{}/user/{id}", program.id),
            Self::Bot(id) => format!("{}/bot/{id}", program.id),
        }
    }
}

/// Lets a program of this name in. Returns its token, which is kept as a hash and seen only now.
pub fn create(tx: &mut dyn Tx, name: &str) -> Result<String> {
    let token = random_text()?;
    tx.keep(PROGRAMS, &hex(&token), Some(name))?;
    Ok(token)
}

/// A token's hash as text. It is looked up by that, so the time it takes says nothing about any token.
fn hex(token: &str) -> String {
    hash(token)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether a program made this user.
pub(in crate::onechat) fn made_user(view: &dyn View, user: AgentId) -> Result<bool> {
    let end = format!("/user/{user}");
    let all = view.list_kept(MADE, MADE_MAX)?;
    Ok(all.iter().any(|(name, _)| name.ends_with(&end)))
}

/// Forgets who made an account and these users: they are gone.
pub(in crate::onechat) fn forget(
    tx: &mut dyn Tx,
    account: AccountId,
    users: &[AgentId],
) -> Result<()> {
    let mut ends = vec![format!("/account/{account}")];
    ends.extend(users.iter().map(|it| format!("/user/{it}")));
    for (name, _) in tx.list_kept(MADE, MADE_MAX)? {
        if ends.iter().any(|it| name.ends_with(it)) {
            tx.keep(MADE, &name, None)?;
        }
    }
    Ok(())
}

impl Program {
    /// What the program made is its to see and change.
    pub(super) fn made(&self, tx: &mut dyn Tx, thing: Thing) -> Result<()> {
        tx.keep(MADE, &thing.name(self), Some("made"))
    }

    /// It is gone.
    pub(super) fn forget(&self, tx: &mut dyn Tx, thing: Thing) -> Result<()> {
        tx.keep(MADE, &thing.name(self), None)
    }

    /// The bots that the program made.
    pub(super) fn bots(&self, edge: &Edge) -> Result<Vec<i64>> {
        let prefix = format!("{}/bot/", self.id);
        let all = edge
            .core
            .store
            .view(|view| view.list_kept(MADE, THINGS_LISTED))?;
        let mine = all
            .iter()
            .filter_map(|(name, _)| name.strip_prefix(&prefix)?.parse().ok());
        Ok(mine.collect())
    }

    /// Refuses what the program did not make.
    pub(super) fn must_own(&self, edge: &Edge, thing: Thing) -> Answer<()> {
        let name = thing.name(self);
        let find = |view: &dyn View| view.find_kept(MADE, &name);
        match edge.core.store.view(find)? {
            Some(_) => Ok(()),
            None => Err(Refusal::not_permissible().into()),
        }
    }
}

impl FromRequestParts<Edge> for Program {
    type Rejection = Refused;

    async fn from_request_parts(
        parts: &mut Parts,
        edge: &Edge,
    ) -> std::result::Result<Self, Refused> {
        let token = credentials::shown_token(&parts.headers);
        let id = hex(token.ok_or_else(Refusal::invalid_platform_token)?.trim());
        let find = |view: &dyn View| view.find_kept(PROGRAMS, &id);
        match edge.core.store.view(find)? {
            Some(_) => Ok(Self { id }),
            None => Err(Refusal::invalid_platform_token().into()),
        }
    }
}
