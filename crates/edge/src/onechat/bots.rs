//! Bots: programs that answer before people do, and the inboxes that they answer in (onechat.md, 4.3 and 5.1).
//!
//! What a bot is told goes through an endpoint of each of its inboxes, signed with the bot's secret.

use app::{
    Scope, agents, bots,
    directory::Directory,
    documents,
    hooks::{
        HookDialect as _,
        endpoints::{self, NewEndpoint, URL_CHARS},
    },
    limits::DOCUMENTS,
    pictures::Owner,
    ports::{Tx, View},
    tokens::random_text,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{Agent, AgentId, Document, DocumentKind, InboxId, Role};
use serde::{Deserialize, Serialize};
use wire::onechat::{Json, Params, errors::Refusal, rest};

use super::{
    caller::Caller,
    errors::Answer,
    given::Given,
    hooks::{BOT_EVENTS, OneChatHooks},
    inboxes,
    path::Path,
    pictures::{Brought, forget_of, take},
    to_wire::agent_picture,
};
use crate::{Edge, http::json};

const KIND: DocumentKind = DocumentKind::Bot;
/// Characters of a description.
const DESCRIPTION_CHARS: usize = 2_000;

/// What is kept of a bot besides its name.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    /// Whose this is.
    bot_id: i64,
    description: Option<String>,
    outgoing_url: Option<String>,
    /// An opaque JSON object.
    bot_config: String,
    /// Signs what is posted. Kept in clear, because we sign with it.
    secret: String,
}

impl Kept {
    fn of(document: &Document) -> app::Result<Self> {
        serde_json::from_str(&document.body).map_err(|error| {
            app::StoreError::Corrupt(format!("a bot is unreadable: {error}")).into()
        })
    }

    fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Every bot's of an account.
    fn all(view: &(impl View + ?Sized), scope: &Scope) -> app::Result<Vec<(Document, Self)>> {
        let all = view.list_documents(scope.account_id, KIND, None, DOCUMENTS)?;
        let read = |it: Document| Self::of(&it).map(|kept| (it, kept));
        all.into_iter().map(read).collect()
    }

    fn find(
        view: &(impl View + ?Sized),
        scope: &Scope,
        id: AgentId,
    ) -> app::Result<(Document, Self)> {
        let mut all = Self::all(view, scope)?.into_iter();
        all.find(|(_, kept)| kept.bot_id == id.0)
            .ok_or_else(|| app::Error::not_found("bot"))
    }
}

/// What a request says of a bot; what is absent stays.
#[derive(Clone)]
struct Wanted {
    name: Option<String>,
    description: Option<Option<String>>,
    outgoing_url: Option<Option<String>>,
    bot_config: Option<String>,
}

impl Wanted {
    fn read(edge: &Edge, params: &Params) -> Answer<Self> {
        let params = params.unwrapped("agent_bot");
        if !matches!(
            params.text("bot_type")?.as_deref(),
            None | Some("" | "0" | "webhook")
        ) {
            return Err(Refusal::unprocessable("bot_type: only webhook").into());
        }
        let text = |key: &'static str, limit: usize| -> Answer<Option<Option<String>>> {
            if !params.has(key) {
                return Ok(None);
            }
            let told = params.text(key)?.filter(|it| !it.trim().is_empty());
            if told.as_ref().is_some_and(|it| it.chars().count() > limit) {
                return Err(Refusal::invalid("is too long", &[key]).into());
            }
            Ok(Some(told))
        };
        let outgoing_url = text("outgoing_url", URL_CHARS)?;
        if let Some(Some(url)) = &outgoing_url {
            edge.hooks.check(url).map_err(|why| {
                let text = format!("Outgoing url is invalid: {why}");
                Refusal::invalid(&text, &["outgoing_url"])
            })?;
        }
        Ok(Self {
            name: params.text("name")?,
            description: text("description", DESCRIPTION_CHARS)?,
            outgoing_url,
            bot_config: params.object("bot_config")?,
        })
    }

    fn onto(&self, mut kept: Kept) -> Kept {
        kept.description = self.description.clone().unwrap_or(kept.description);
        kept.outgoing_url = self.outgoing_url.clone().unwrap_or(kept.outgoing_url);
        kept.bot_config = self.bot_config.clone().unwrap_or(kept.bot_config);
        kept
    }
}

/// A bot; with its token and secret for who may see them.
fn shown(edge: &Edge, bot: &Agent, kept: Kept, administers: bool) -> rest::AgentBot {
    rest::AgentBot {
        id: bot.id.0,
        name: bot.name.clone(),
        description: kept.description,
        thumbnail: agent_picture(&edge.core, bot.id),
        outgoing_url: kept.outgoing_url,
        bot_type: "webhook",
        bot_config: Json::parse_or_empty(&kept.bot_config),
        account_id: bot.account_id.0,
        access_token: administers.then(|| agents::access_token(&edge.core.sealer, bot)),
        secret: administers.then_some(kept.secret),
        system_bot: false,
    }
}

/// A bot as it is kept now.
pub(super) fn find(
    edge: &Edge,
    scope: &Scope,
    id: AgentId,
    administers: bool,
) -> Answer<rest::AgentBot> {
    let (bot, kept) = edge.core.store.view(|view| {
        let bot = bots::load(view, scope, id)?;
        Ok((bot, Kept::find(view, scope, id)?.1))
    })?;
    Ok(shown(edge, &bot, kept, administers))
}

fn answer(edge: &Edge, caller: &Caller, scope: &Scope, id: AgentId) -> Answer {
    let administers = caller.agent.role == Role::Administrator;
    Ok(json(StatusCode::OK, &find(edge, scope, id, administers)?))
}

/// `GET …/agent_bots`: a bare array.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let all = edge.core.store.view(|view| Kept::all(view, &scope))?;
    let tables = edge.core.directory.tables();
    let administers = caller.agent.role == Role::Administrator;
    let bot = |kept: Kept| {
        let bot = tables.seat(scope.account_id, AgentId(kept.bot_id))?;
        Some(shown(&edge, bot, kept, administers))
    };
    let all: Vec<_> = all.into_iter().filter_map(|it| bot(it.1)).collect();
    Ok(json(StatusCode::OK, &all))
}

/// `GET …/agent_bots/{id}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, bot)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    answer(&edge, &caller, &scope, AgentId(bot))
}

/// `POST …/agent_bots {name, description, outgoing_url, bot_type, bot_config}`: bare.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let given = Given::read(&edge, request).await?;
    let picture = Brought::read(&given, &given.params.unwrapped("agent_bot"))?;
    let id = make(&edge, &scope, &given.params, |_, _| Ok(())).await?;
    picture.give(&edge, &scope, Owner::Agent(id)).await?;
    answer(&edge, &caller, &scope, id)
}

/// Adds a bot, and does something more with its number in the same transaction.
pub(super) async fn make(
    edge: &Edge,
    scope: &Scope,
    params: &Params,
    more: impl Fn(&mut dyn Tx, AgentId) -> app::Result<()> + Send + 'static,
) -> Answer<AgentId> {
    let wanted = Wanted::read(edge, params)?;
    let (by, secret) = (scope.clone(), random_text()?);
    let make = move |tx: &mut dyn Tx| {
        let bot = bots::create(tx, &by, wanted.name.as_deref().unwrap_or_default())?;
        let kept = wanted.onto(Kept {
            bot_id: bot.id.0,
            description: None,
            outgoing_url: None,
            bot_config: "{}".to_owned(),
            secret: secret.clone(),
        });
        documents::add(tx, &by, KIND, None, &kept.to_text())?;
        more(tx, bot.id)?;
        Ok(bot.id)
    };
    Ok(edge.core.store.transact(make).await?)
}

/// `PATCH …/agent_bots/{id}`: bare.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, bot)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let given = Given::read(&edge, request).await?;
    let picture = Brought::read(&given, &given.params.unwrapped("agent_bot"))?;
    let id = AgentId(bot);
    change(&edge, &scope, id, &given.params).await?;
    picture.give(&edge, &scope, Owner::Agent(id)).await?;
    answer(&edge, &caller, &scope, id)
}

/// Changes what is sent of a bot.
pub(super) async fn change(edge: &Edge, scope: &Scope, id: AgentId, params: &Params) -> Answer<()> {
    let (wanted, by) = (Wanted::read(edge, params)?, scope.clone());
    let change = move |tx: &mut dyn Tx| {
        bots::change(tx, &by, id, wanted.name.as_deref(), false)?;
        rewrite(tx, &by, id, |kept| wanted.onto(kept))
    };
    Ok(edge.core.store.transact(change).await?)
}

/// `DELETE …/agent_bots/{id}`: an empty 200. Its inboxes are people's alone from then on.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, bot)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let (directory, id) = (edge.core.directory.clone(), AgentId(bot));
    let remove = move |tx: &mut dyn Tx| throw_away(tx, &directory, &scope, id);
    edge.core.store.transact(remove).await?;
    forget_of(&edge, Owner::Agent(id)).await?;
    Ok(StatusCode::OK.into_response())
}

/// Removes a bot, and what is kept of it.
pub(super) fn throw_away(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: AgentId,
) -> app::Result<()> {
    bots::load(&*tx, scope, id)?;
    for inbox in bots::inboxes_of(&*tx, id)? {
        put_callback(tx, scope, inbox, None)?;
    }
    bots::remove(tx, directory, scope, id)?;
    let (document, _) = Kept::find(&*tx, scope, id)?;
    documents::remove(tx, scope, &document)
}

/// `DELETE …/agent_bots/{id}/avatar`: bare.
pub(super) async fn delete_avatar(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, bot)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let id = AgentId(bot);
    edge.core.store.view(|view| bots::load(view, &scope, id))?;
    take(&edge, &scope, Owner::Agent(id)).await?;
    answer(&edge, &caller, &scope, id)
}

/// `POST …/agent_bots/{id}/reset_access_token`: bare, with the new one. The one before is void at once.
pub(super) async fn reset_access_token(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, bot)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let (by, id) = (scope.clone(), AgentId(bot));
    let reset = move |tx: &mut dyn Tx| bots::change(tx, &by, id, None, true);
    edge.core.store.transact(reset).await?;
    answer(&edge, &caller, &scope, id)
}

/// `POST …/agent_bots/{id}/reset_secret`: bare, with the new one, which signs from now on.
pub(super) async fn reset_secret(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, bot)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let (by, id, secret) = (scope.clone(), AgentId(bot), random_text()?);
    let reset = move |tx: &mut dyn Tx| {
        bots::load(&*tx, &by, id)?;
        let secret = secret.clone();
        rewrite(tx, &by, id, |kept| Kept { secret, ..kept })
    };
    edge.core.store.transact(reset).await?;
    answer(&edge, &caller, &scope, id)
}

/// `GET …/inboxes/{id}/agent_bot`: under `agent_bot`, or an empty object if nobody answers first.
pub(super) async fn of_inbox(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let inbox = inboxes::find(&edge, &caller, account, inbox)?.inbox.id;
    let bot = edge.core.directory.tables().bots.get(&inbox).copied();
    Ok(match bot {
        Some(id) => {
            let administers = caller.agent.role == Role::Administrator;
            let bot = find(&edge, &scope, id, administers)?;
            json(StatusCode::OK, &serde_json::json!({ "agent_bot": bot }))
        }
        None => json(StatusCode::OK, &serde_json::json!({})),
    })
}

/// `POST …/inboxes/{id}/set_agent_bot {agent_bot}`: an empty 200. `null` takes the bot away.
pub(super) async fn set_of_inbox(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
    request: Request,
) -> Answer<Response> {
    let scope = caller.administers(account)?;
    let inbox = inboxes::find(&edge, &caller, account, inbox)?.inbox.id;
    let params = Given::read(&edge, request).await?.params;
    let bot = params.number("agent_bot")?.map(AgentId);
    let directory = edge.core.directory.clone();
    let set = move |tx: &mut dyn Tx| {
        bots::serve(tx, &directory, &scope, inbox, bot)?;
        let kept = bot.map(|id| Kept::find(&*tx, &scope, id)).transpose()?;
        put_callback(tx, &scope, inbox, kept.as_ref().map(|it| &it.1))
    };
    edge.core.store.transact(set).await?;
    Ok(StatusCode::OK.into_response())
}

/// Changes what is kept of a bot, and where its inboxes tell it.
fn rewrite(
    tx: &mut dyn Tx,
    scope: &Scope,
    id: AgentId,
    change: impl FnOnce(Kept) -> Kept,
) -> app::Result<()> {
    let (document, kept) = Kept::find(&*tx, scope, id)?;
    let kept = change(kept);
    documents::change(tx, scope, &document, &kept.to_text())?;
    for inbox in bots::inboxes_of(&*tx, id)? {
        put_callback(tx, scope, inbox, Some(&kept))?;
    }
    Ok(())
}

/// What an inbox tells its bot goes to an endpoint like any other, with the bot's address and secret.
fn put_callback(
    tx: &mut dyn Tx,
    scope: &Scope,
    inbox: InboxId,
    kept: Option<&Kept>,
) -> app::Result<()> {
    let dialect = OneChatHooks::Bot.name();
    let before = endpoints::of_inbox(&*tx, dialect, inbox)?;
    let told = kept.and_then(|kept| Some((kept.outgoing_url.as_deref()?, kept)));
    match (told, before) {
        (Some((url, kept)), _) => {
            let new = NewEndpoint {
                name: "bot".to_owned(),
                events: BOT_EVENTS.map(str::to_owned).to_vec(),
                secret: Some(kept.secret.clone()),
                ..NewEndpoint::new(scope.account_id, dialect, url)
            };
            endpoints::put_of_inbox(tx, inbox, &new).map(drop)
        }
        (None, Some(before)) => endpoints::remove(tx, scope.account_id, before.id),
        (None, None) => Ok(()),
    }
}
