//! The caller's own profile: what others read of them, what they sign in with, and what their client keeps
//! (onechat.md, 4.1).

use app::{
    Core,
    agents::{self, AgentChange, PASSWORD_CHARS_MIN},
    limits::ATTRIBUTES_BYTES,
    pictures::Owner,
    ports::Tx,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use domain::{AccountId, Agent, AgentId};
use serde_json::{Map, Value};
use wire::onechat::{Json, Params, errors::Refusal, rest::Profile};

use super::{
    account,
    agents::{hashed, read_availability},
    caller::Caller,
    errors::Answer,
    given::Given,
    pictures::Brought,
    to_wire::rest,
};
use crate::{Edge, credentials, http::json};

/// Under whose name clients' own settings are kept.
const KEEPER: &str = "onechat/profile";
/// Characters of what is put under messages.
const SIGNATURE_CHARS: usize = 10_000;

/// An agent's profile, with their tokens and all accounts that they work for. The one in use is the one that they chose,
/// or the first.
pub(super) fn of(core: &Core, agent: &Agent) -> app::Result<Profile> {
    let tables = core.directory.tables();
    let kept = Kept::load(core, agent.id)?;
    let seats: Vec<_> = tables.seats_of(agent.id).collect();
    let active = seats
        .iter()
        .find(|it| Some(it.account_id.0) == kept.active_account);
    let agent = active.or_else(|| seats.first()).map_or(agent, |it| &***it);
    let seats = seats.iter().filter_map(|seat| {
        let account = tables.accounts.get(&seat.account_id)?;
        Some((&***seat, &**account))
    });
    let mut profile = rest::profile(core, agent, seats);
    for it in &mut profile.accounts {
        it.active_at = account::active_at(core, AccountId(it.id), agent.id)?;
    }
    profile.ui_settings = Json::parse_or_empty(&kept.ui_settings);
    profile.message_signature = kept.message_signature;
    profile.custom_attributes = kept.custom_attributes.map(|it| Json::parse_or_empty(&it));
    if agent.account_id == AccountId::NOBODYS {
        (profile.account_id, profile.role) = (None, None);
    }
    Ok(profile)
}

/// Forgets what was kept of somebody.
pub(super) fn forget(tx: &mut dyn Tx, id: AgentId) -> app::Result<()> {
    tx.keep(KEEPER, &id.to_string(), None)
}

/// Keeps what an operator's program says of an agent: a JSON object, in place of what it said before.
pub(super) fn describe(tx: &mut dyn Tx, id: AgentId, attributes: Option<&str>) -> app::Result<()> {
    let Some(attributes) = attributes else {
        return Ok(());
    };
    if attributes.len() > ATTRIBUTES_BYTES {
        let text = "custom_attributes are too long";
        return Err(app::Error::refused(domain::Kind::Invalid, text));
    }
    let mut kept = Kept::parse(tx.find_kept(KEEPER, &id.to_string())?.as_deref());
    kept.custom_attributes = Some(attributes.to_owned());
    tx.keep(KEEPER, &id.to_string(), Some(&kept.to_json()))
}

fn shown(core: &Core, agent: &Agent) -> Answer {
    Ok(json(StatusCode::OK, &of(core, agent)?))
}

/// `GET /api/v1/profile`.
pub(super) async fn show(State(edge): State<Edge>, caller: Caller) -> Answer {
    shown(&edge.core, &caller.agent)
}

/// `PUT /api/v1/profile {profile: {…}}`: what is sent changes. A new password needs the one there is, and ends
/// everything that was shown before.
pub(super) async fn update(State(edge): State<Edge>, caller: Caller, request: Request) -> Answer {
    let given = Given::read(&edge, request).await?;
    let params = given.params.unwrapped("profile");
    let picture = Brought::read(&given, &params)?;
    let me = caller.agent.id;
    let scope = caller.within(caller.agent.account_id.0)?;
    let password_hash = new_password(&edge, &caller.agent, &params).await?;
    let mut kept = Kept::load(&edge.core, me)?;
    let keeps = kept.set(&params)?;
    let display_name = params.has("display_name");
    let change = AgentChange {
        name: params.text("name")?,
        display_name: match display_name {
            true => Some(params.text("display_name")?),
            false => None,
        },
        email: params.text("email")?,
        password_hash,
        ..AgentChange::default()
    };
    let (directory, by) = (edge.core.directory.clone(), scope.clone());
    let change = move |tx: &mut dyn Tx| {
        let agent = agents::change(tx, &directory, &scope, me, &change)?;
        if keeps {
            tx.keep(KEEPER, &me.to_string(), Some(&kept.to_json()))?;
        }
        Ok(agent)
    };
    let agent = edge.core.store.transact(change).await?;
    picture.give(&edge, &by, Owner::Agent(me)).await?;
    shown(&edge.core, &agent)
}

/// The hash of the new password, if one is wanted and the old one is shown.
async fn new_password(edge: &Edge, agent: &Agent, params: &Params) -> Answer<Option<String>> {
    let Some(password) = params.text("password")?.filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let current = params.text("current_password")?.unwrap_or_default();
    let known = credentials::find_agent(edge, &agent.email, &current).await;
    if known.is_err() {
        return Err(Refusal::unprocessable("Invalid current password").into());
    }
    let again = params.text("password_confirmation")?;
    if again.is_some_and(|it| it != password) {
        let text = "Password confirmation doesn't match Password";
        return Err(Refusal::invalid(text, &["password_confirmation"]).into());
    }
    if password.chars().count() < PASSWORD_CHARS_MIN {
        let text = format!("Password is too short (minimum is {PASSWORD_CHARS_MIN} characters)");
        return Err(Refusal::invalid(&text, &["password"]).into());
    }
    hashed(Some(password)).await.map(Some)
}

/// `POST /api/v1/profile/availability {profile: {account_id, availability}}`: answers the profile.
pub(super) async fn set_availability(
    State(edge): State<Edge>,
    caller: Caller,
    request: Request,
) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    let params = params.unwrapped("profile");
    let scope = caller.within(account(&caller, &params)?)?;
    let wanted = read_availability(&params)?;
    let wanted = wanted.ok_or_else(|| Refusal::missing_param("availability"))?;
    let agent = edge
        .set_availability(scope, caller.agent.id, wanted)
        .await?;
    shown(&edge.core, &agent)
}

/// `POST /api/v1/profile/auto_offline {profile: {account_id, auto_offline}}`: answers the profile.
pub(super) async fn set_auto_offline(
    State(edge): State<Edge>,
    caller: Caller,
    request: Request,
) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    let params = params.unwrapped("profile");
    let scope = caller.within(account(&caller, &params)?)?;
    let auto_offline = params.flag("auto_offline")?;
    if auto_offline.is_none() {
        return Err(Refusal::missing_param("auto_offline").into());
    }
    let change = AgentChange {
        auto_offline,
        ..AgentChange::default()
    };
    let (directory, me) = (edge.core.directory.clone(), caller.agent.id);
    let change = move |tx: &mut dyn Tx| agents::change(tx, &directory, &scope, me, &change);
    let agent = edge.core.store.transact(change).await?;
    edge.presence.changed(agent.account_id);
    shown(&edge.core, &agent)
}

/// `PUT /api/v1/profile/set_active_account {profile: {account_id}}`: an empty 200. The profile names that one from then
/// on.
pub(super) async fn set_active_account(
    State(edge): State<Edge>,
    caller: Caller,
    request: Request,
) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    let scope = caller.within(account(&caller, &params.unwrapped("profile"))?)?;
    let me = caller.agent.id.to_string();
    let choose = move |tx: &mut dyn Tx| {
        let mut kept = Kept::parse(tx.find_kept(KEEPER, &me)?.as_deref());
        kept.active_account = Some(scope.account_id.0);
        tx.keep(KEEPER, &me, Some(&kept.to_json()))
    };
    edge.core.store.transact(choose).await?;
    Ok(StatusCode::OK.into_response())
}

/// `POST /api/v1/profile/reset_access_token`: answers the profile with new tokens; the old ones are void, and who
/// follows events with them is thrown out.
pub(super) async fn reset_access_token(State(edge): State<Edge>, caller: Caller) -> Answer {
    let scope = caller.within(caller.agent.account_id.0)?;
    let me = caller.agent.id;
    let void = AgentChange {
        void: true,
        ..AgentChange::default()
    };
    let directory = edge.core.directory.clone();
    let change = move |tx: &mut dyn Tx| agents::change(tx, &directory, &scope, me, &void);
    let agent = edge.core.store.transact(change).await?;
    shown(&edge.core, &agent)
}

/// The account that a request names; the first one without.
fn account(caller: &Caller, params: &Params) -> Answer<i64> {
    let told = params.number("account_id")?;
    Ok(told.unwrap_or(caller.agent.account_id.0))
}

/// What an agent's client keeps here.
struct Kept {
    /// Its own settings, a JSON object.
    ui_settings: String,
    /// What is put under outgoing messages.
    message_signature: Option<String>,
    /// What an operator's program says of them, a JSON object.
    custom_attributes: Option<String>,
    /// The account that they chose to work for.
    active_account: Option<i64>,
}

impl Kept {
    fn load(core: &Core, agent: AgentId) -> app::Result<Self> {
        let name = agent.to_string();
        let kept = core.store.view(|view| view.find_kept(KEEPER, &name))?;
        Ok(Self::parse(kept.as_deref()))
    }

    fn parse(kept: Option<&str>) -> Self {
        let all: Map<String, Value> =
            serde_json::from_str(kept.unwrap_or("{}")).unwrap_or_default();
        let object = |key: &str| {
            all.get(key)
                .filter(|it| it.is_object())
                .map(Value::to_string)
        };
        let signature = all.get("message_signature").and_then(Value::as_str);
        Self {
            ui_settings: object("ui_settings").unwrap_or_else(|| "{}".to_owned()),
            message_signature: signature.map(str::to_owned),
            custom_attributes: object("custom_attributes"),
            active_account: all.get("active_account").and_then(Value::as_i64),
        }
    }

    /// Takes what a request sends. Returns whether there was anything.
    fn set(&mut self, params: &Params) -> Answer<bool> {
        let settings = params.object("ui_settings")?;
        if let Some(settings) = &settings {
            if settings.len() > ATTRIBUTES_BYTES {
                return Err(Refusal::unprocessable("ui_settings are too long").into());
            }
            self.ui_settings.clone_from(settings);
        }
        let signature = params.has("message_signature");
        if signature {
            let text = params.text("message_signature")?.unwrap_or_default();
            if text.chars().count() > SIGNATURE_CHARS {
                let text = "Message signature is too long";
                return Err(Refusal::invalid(text, &["message_signature"]).into());
            }
            self.message_signature = Some(text).filter(|it| !it.is_empty());
        }
        Ok(settings.is_some() || signature)
    }

    fn to_json(&self) -> String {
        let object = |text: &str| -> Value { serde_json::from_str(text).unwrap_or_default() };
        let all = serde_json::json!({
            "ui_settings": object(&self.ui_settings),
            "message_signature": self.message_signature,
            "custom_attributes": self.custom_attributes.as_deref().map(object),
            "active_account": self.active_account,
        });
        all.to_string()
    }
}
