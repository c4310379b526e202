//! Choosing a password by a letter: when it was forgotten, and for the first time.
//!
//! The token in the letter is sealed and not stored: of it there is a row with its hash, which ends it, and the number
//! in it, from which it is made again for every attempt at the letter.

use std::sync::Arc;

use domain::{Agent, AgentId, Kind, Timestamp};
use jiff::SignedDuration;

use super::{Addressee, Letter, LetterKind, Piece, one_line, owe};
use crate::{
    Error, Result,
    agents::{self, AgentChange},
    limits::PASSWORD_LETTERS,
    ports::{Token, TokenKind, Tx, View},
    seal::{Purpose, Sealer},
    tokens,
};

/// How long the address in a letter to somebody who forgot their password works.
pub const PASSWORD_LIFE: SignedDuration = SignedDuration::from_hours(6);
/// How long that in an invitation does.
pub const INVITATION_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The token by which an agent chooses a password.
pub(crate) fn password_token(sealer: &Sealer, agent: AgentId, number: i64) -> String {
    sealer.seal(Purpose::Password, agent.0, number)
}

/// Somebody at this address has forgotten their password: if there is such an agent they are written to, at most
/// [`PASSWORD_LETTERS`] times an hour. `page` is where the address in the letter leads, before the token.
///
/// Says nothing of whether there is one: only the mailbox's owner learns it.
pub fn ask(tx: &mut dyn Tx, sealer: &Sealer, email: &str, page: &str) -> Result<()> {
    let email = email.trim().to_lowercase();
    let Some((id, _)) = tx.find_password(&email)? else {
        return Ok(());
    };
    let person = tx.seats_of(id)?.into_iter().next();
    let Some(agent) = person.filter(|it| !it.is_bot()) else {
        return Ok(());
    };
    let hour = SignedDuration::from_hours(1);
    let since = tx.now().saturating_sub(hour).unwrap_or(Timestamp::MIN);
    let lane = Some(agent.id.0);
    let sent = tx.count_letters(agent.account_id, LetterKind::Password, lane, since)?;
    if sent >= PASSWORD_LETTERS {
        return Ok(());
    }
    let words = Words {
        kind: LetterKind::Password,
        subject: "Choose a new password".to_owned(),
        before:
            "Somebody, we hope you, asked for a new password for this address. If it was not you, \
                 nothing has changed and there is nothing to do."
                .to_owned(),
        link: "Choose a password",
        after: "The address works once, within six hours.",
    };
    write(tx, sealer, &agent, PASSWORD_LIFE, words, page)
}

/// Invites an agent to choose their password.
pub fn invite(
    tx: &mut dyn Tx,
    sealer: &Sealer,
    agent: &Agent,
    account: &str,
    by: &str,
    page: &str,
) -> Result<()> {
    let who = one_line(by);
    let account = one_line(account);
    let words = Words {
        kind: LetterKind::Invitation,
        subject: one_line(&format!("You are invited to {account}")),
        before: format!(
            "{who} invites you to answer the customers of {account}. You sign in with this address; \
             choose a password to begin."
        ),
        link: "Choose a password",
        after: "The address works once, within seven days.",
    };
    write(tx, sealer, agent, INVITATION_LIFE, words, page)
}

struct Words {
    kind: LetterKind,
    subject: String,
    before: String,
    link: &'static str,
    after: &'static str,
}

fn write(
    tx: &mut dyn Tx,
    sealer: &Sealer,
    agent: &Agent,
    life: SignedDuration,
    words: Words,
    page: &str,
) -> Result<()> {
    let (number, now) = (tx.new_id(), tx.now());
    tx.delete_expired_tokens()?;
    tx.insert_token(&Token {
        hash: tokens::hash(&password_token(sealer, agent.id, number)),
        kind: TokenKind::Password,
        agent_id: agent.id,
        pair: number,
        client: String::new(),
        expires_at: now.saturating_add(life).unwrap_or(Timestamp::MAX),
    })?;
    let letter = Letter {
        kind: words.kind,
        to: Addressee::Agent(agent.id),
        subject: words.subject,
        body: vec![
            Piece::Text(words.before),
            Piece::PasswordLink {
                text: words.link.to_owned(),
                page: page.to_owned(),
                number,
            },
            Piece::Text(words.after.to_owned()),
        ],
        unless_seen: None,
    };
    owe(tx, agent.account_id, agent.id.0, letter, now)?;
    Ok(())
}

/// Whose password a token lets somebody choose. One that was used, has ended or was never ours is refused.
pub fn holder<V: View + ?Sized>(view: &V, token: &str, now: Timestamp) -> Result<Agent> {
    let found = tokens::find(view, TokenKind::Password, token, now)?;
    let agent = view.seats_of(found.agent_id)?.into_iter().next();
    agent.filter(|it| !it.is_bot()).ok_or_else(void)
}

/// Chooses a password by a token, which ends then, as does everything that the agent showed before. Of two who use
/// one token only one chooses.
pub fn choose(tx: &mut dyn Tx, token: &str, password_hash: &str) -> Result<Arc<Agent>> {
    let now = tx.now();
    let agent = holder(&*tx, token, now)?;
    let change = AgentChange {
        password_hash: Some(password_hash.to_owned()),
        ..AgentChange::default()
    };
    agents::apply(tx, agent, &change)
}

fn void() -> Error {
    let text = "the token is unknown or has ended";
    Error::refused(Kind::Unauthenticated, text)
}
