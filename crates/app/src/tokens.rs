//! Stored tokens: random, handed out once, kept only as a hash, and ended in pairs.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{AgentId, Timestamp};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};

use crate::{
    Error, Result,
    ports::{Token, TokenKind, Tx, View},
};

/// How long an access token works.
pub const ACCESS_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How long a refresh token works.
pub const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Pairs that one program of an agent may make in a day, which is UTC's.
pub const MAKES_PER_DAY: i64 = 100;
/// How long somebody may be signed in by a link.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// How long a sign-in lasts.
pub const SIGN_IN_LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// A token as handed out, which is the only time it is seen.
#[derive(Clone)]
pub struct Secret {
    /// The token: 43 URL-safe characters.
    pub text: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An access token and the refresh token that follows it.
#[derive(Clone)]
pub struct Pair {
    /// For calls.
    pub access: Secret,
    /// For the next pair.
    pub refresh: Secret,
}

/// 32 random bytes as text.
pub fn random_text() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| crate::StoreError::Unavailable(format!("no randomness: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a token.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Makes a pair for a program of this agent.
pub fn make_pair(tx: &mut dyn Tx, agent: AgentId, client: &str) -> Result<Pair> {
    let pair = tx.new_id();
    let access = make(tx, agent, client, TokenKind::Access, pair, ACCESS_LIFE)?;
    let refresh = make(tx, agent, client, TokenKind::Refresh, pair, REFRESH_LIFE)?;
    Ok(Pair { access, refresh })
}

/// Makes a pair for a program of this agent that has shown their password. Refuses more than [`MAKES_PER_DAY`] for
/// one program: it should refresh the pair that it has.
pub fn grant(tx: &mut dyn Tx, agent: AgentId, client: &str) -> Result<Pair> {
    let today = tx.now().as_second().div_euclid(24 * 3600);
    if tx.count_token_make(agent, client, today)? > MAKES_PER_DAY {
        let text = format!("more than {MAKES_PER_DAY} pairs of tokens in a day: refresh the last");
        return Err(Error::refused(domain::Kind::TooMuch, text));
    }
    tx.delete_expired_tokens()?;
    make_pair(tx, agent, client)
}

/// Signs an agent in on this device.
pub fn sign_in(tx: &mut dyn Tx, agent: AgentId, client: &str) -> Result<Secret> {
    let pair = tx.new_id();
    tx.delete_expired_tokens()?;
    make(tx, agent, client, TokenKind::SignIn, pair, SIGN_IN_LIFE)
}

/// A token that signs an agent in once.
pub fn make_link(tx: &mut dyn Tx, agent: AgentId) -> Result<Secret> {
    let pair = tx.new_id();
    tx.delete_expired_tokens()?;
    make(tx, agent, "", TokenKind::Link, pair, LINK_LIFE)
}

/// Signs the agent of a link in on this device. Of two who follow a link only one is signed in.
pub fn follow_link(tx: &mut dyn Tx, link: &str, client: &str) -> Result<(AgentId, Secret)> {
    let found = find(tx, TokenKind::Link, link, tx.now())?;
    if !tx.delete_tokens(found.pair)? {
        return Err(unknown());
    }
    Ok((found.agent_id, sign_in(tx, found.agent_id, client)?))
}

/// Trades a refresh token for a new pair; the old pair ends. Of two traders only one gets a pair.
pub fn refresh(tx: &mut dyn Tx, refresh_token: &str) -> Result<(AgentId, Pair)> {
    let old = find(tx, TokenKind::Refresh, refresh_token, tx.now())?;
    if !tx.delete_tokens(old.pair)? {
        return Err(unknown());
    }
    tx.delete_expired_tokens()?;
    Ok((old.agent_id, make_pair(tx, old.agent_id, &old.client)?))
}

/// Ends a token and those made with it.
pub fn end(tx: &mut dyn Tx, kind: TokenKind, token: &str) -> Result<()> {
    let found = find(tx, kind, token, tx.now())?;
    tx.delete_tokens(found.pair)?;
    Ok(())
}

/// The living token behind this text. An unknown and an ended one are refused alike.
///
/// The look-up is by hash, so how long it takes says nothing about any token.
pub fn find<V: View + ?Sized>(
    view: &V,
    kind: TokenKind,
    token: &str,
    now: Timestamp,
) -> Result<Token> {
    view.find_token(&hash(token))?
        .filter(|found| found.kind == kind && now < found.expires_at)
        .ok_or_else(unknown)
}

fn unknown() -> Error {
    Error::refused(
        domain::Kind::Unauthenticated,
        "the token is unknown or has ended",
    )
}

fn make(
    tx: &mut dyn Tx,
    agent_id: AgentId,
    client: &str,
    kind: TokenKind,
    pair: i64,
    life: SignedDuration,
) -> Result<Secret> {
    let text = random_text()?;
    let expires_at = tx.now().saturating_add(life).unwrap_or(Timestamp::MAX);
    tx.insert_token(&Token {
        hash: hash(&text),
        kind,
        agent_id,
        pair,
        client: client.to_owned(),
        expires_at,
    })?;
    Ok(Secret { text, expires_at })
}
