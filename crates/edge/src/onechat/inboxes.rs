//! The account's inboxes.

use app::{
    Error,
    directory::Connected,
    hooks::{
        Endpoint, HookDialect as _,
        endpoints::{self, NewEndpoint},
    },
    inboxes,
    limits::NAME_CHARS,
    pictures::Owner,
    ports::Tx,
    tokens,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::{Habits, Inbox, InboxId, Role};
use wire::onechat::{Params, errors::Refusal, rest::Payload};

use super::{
    caller::Caller,
    errors::Answer,
    given::Given,
    hooks::OneChatHooks,
    hours,
    path::Path,
    pictures::Brought,
    settings::{API, InboxSettings, WIDGET, new_inbox},
    to_wire::rest,
};
use crate::{Edge, http::json};

/// Characters of a text in an inbox's settings.
const TEXT_CHARS: usize = 2_000;
/// What a widget can be told to offer.
const KNOWN_FEATURES: [&str; 5] = [
    "attachments",
    "emoji_picker",
    "end_conversation",
    "use_inbox_avatar_for_bot",
    "allow_mobile_webview",
];
/// How fast agents may say that they answer.
const REPLY_TIMES: [&str; 3] = ["in_a_few_minutes", "in_a_few_hours", "in_a_day"];

/// `GET …/cache_keys`.
pub(super) async fn cache_keys(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    Ok(json(StatusCode::OK, &edge.cache.keys(scope.account_id)))
}

/// `POST …/inboxes {name, channel: {type}}`: an API inbox or a website widget.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let given = Given::read(&edge, request).await?;
    let params = given.params.unwrapped("inbox");
    let picture = Brought::read(&given, &params)?;
    let by = scope.clone();
    let channel = params.within("channel");
    let carrier = match channel.text("type")?.as_deref() {
        Some("api") => API,
        Some("web_widget") => WIDGET,
        Some(_) => {
            let text = "only inboxes of type api and web_widget are made here";
            return Err(Refusal::unprocessable(text).into());
        }
        None => return Err(Refusal::missing_param("channel").into()),
    };
    let name = params.text("name")?.unwrap_or_default().trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS {
        return Err(Refusal::invalid("Name can't be blank", &["name"]).into());
    }
    let mut settings = InboxSettings::fresh()?;
    set(&mut settings, &params, &channel)?;
    let habits = habits(Habits::default(), &params)?;
    check_callback(&edge, &settings)?;
    if carrier == WIDGET && settings.website_url.is_none() {
        return Err(Refusal::invalid("Website url can't be blank", &["website_url"]).into());
    }
    let public = tokens::random_text()?;
    let tables = edge.core.directory.tables();
    let make = move |tx: &mut dyn Tx| {
        let named = (carrier, name.as_str());
        let new = new_inbox(
            &tables,
            scope.account_id,
            named,
            &public,
            &settings,
            tx.now(),
        );
        let made = inboxes::create(tx, &new)?;
        put_callback(tx, &made, &settings)?;
        inboxes::set_habits(tx, made.id, &habits)?;
        Ok(made)
    };
    let inbox = edge.core.store.transact(make).await?;
    picture.give(&edge, &by, Owner::Inbox(inbox.id)).await?;
    shown(&edge, &caller, account, inbox.id.0)
}

/// `PATCH …/inboxes/{id}`: what is sent changes.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let connected = find(&edge, &caller, account, inbox)?;
    let given = Given::read(&edge, request).await?;
    let params = given.params.unwrapped("inbox");
    let picture = Brought::read(&given, &params)?;
    let name = params
        .text("name")?
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty());
    if name
        .as_ref()
        .is_some_and(|it| it.chars().count() > NAME_CHARS)
    {
        return Err(Refusal::invalid("Name is too long", &["name"]).into());
    }
    let settings = match InboxSettings::of(&connected) {
        Some(mut settings) => {
            set(&mut settings, &params, &params.within("channel"))?;
            check_callback(&edge, &settings)?;
            Some(settings)
        }
        None => None,
    };
    let habits = habits(edge.core.directory.habits(connected.inbox.id), &params)?;
    let change = move |tx: &mut dyn Tx| {
        inboxes::set_habits(tx, connected.inbox.id, &habits)?;
        edit(tx, &connected, name.as_deref(), settings.as_ref())
    };
    edge.core.store.transact(change).await?;
    let owner = Owner::Inbox(InboxId(inbox));
    picture.give(&edge, &scope, owner).await?;
    shown(&edge, &caller, account, inbox)
}

/// `POST …/inboxes/{id}/reset_secret`: what signs the posts of an API inbox is another from now on.
pub(super) async fn reset_secret(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    caller.administers(account)?;
    let connected = find(&edge, &caller, account, inbox)?;
    let Some(mut settings) = InboxSettings::of(&connected) else {
        return Err(Refusal::unprocessable("the inbox has no secret").into());
    };
    settings.secret = tokens::random_text()?;
    edge.core
        .store
        .transact(move |tx| edit(tx, &connected, None, Some(&settings)))
        .await?;
    shown(&edge, &caller, account, inbox)
}

fn edit(
    tx: &mut dyn Tx,
    connected: &Connected,
    name: Option<&str>,
    settings: Option<&InboxSettings>,
) -> app::Result<()> {
    let text = settings.map(InboxSettings::to_json);
    inboxes::edit(tx, connected, name, text.as_deref())?;
    settings.map_or(Ok(()), |it| put_callback(tx, &connected.inbox, it))
}

/// Refuses an address that may not be called.
fn check_callback(edge: &Edge, settings: &InboxSettings) -> Answer<()> {
    let Some(url) = &settings.webhook_url else {
        return Ok(());
    };
    edge.hooks.check(url).map_err(|why| {
        Refusal::invalid(&format!("Webhook url is invalid: {why}"), &["webhook_url"]).into()
    })
}

/// An API inbox's callback is an endpoint like any other, with the inbox's address and secret.
fn put_callback(tx: &mut dyn Tx, inbox: &Inbox, settings: &InboxSettings) -> app::Result<()> {
    let dialect = OneChatHooks::Inbox.name();
    let before = endpoints::of_inbox(&*tx, dialect, inbox.id)?;
    let url = settings.webhook_url.as_deref();
    match (url.filter(|_| inbox.carrier == API), before) {
        (Some(url), before) => {
            let secret = Some(settings.secret.clone());
            let same = |it: &Endpoint| {
                it.url == url && it.secrets.first().map(|it| &it.text) == secret.as_ref()
            };
            if before.as_ref().is_some_and(same) {
                return Ok(());
            }
            let new = NewEndpoint {
                name: inbox.name.clone(),
                secret,
                ..NewEndpoint::new(inbox.account_id, dialect, url)
            };
            endpoints::put_of_inbox(tx, inbox.id, &new).map(drop)
        }
        (None, Some(before)) => endpoints::remove(tx, inbox.account_id, before.id),
        (None, None) => Ok(()),
    }
}

/// What was sent of what the inbox does by itself, over what it does.
fn habits(mut kept: Habits, params: &Params) -> Answer<Habits> {
    kept.assigns = params
        .flag("enable_auto_assignment")?
        .unwrap_or(kept.assigns);
    if params.has("auto_assignment_config") {
        let config = params.within("auto_assignment_config");
        let most = config.number("max_assignment_limit")?;
        if most.is_some_and(|it| it < 1) {
            let text = "Max assignment limit must be greater than 0";
            return Err(Refusal::invalid(text, &["auto_assignment_config"]).into());
        }
        kept.assigns_max = most;
    }
    Ok(kept)
}

/// Writes what was sent into the settings.
fn set(settings: &mut InboxSettings, params: &Params, channel: &Params) -> Answer<()> {
    let flag = |to: &mut bool, key: &str| -> Answer<()> {
        let told = channel.flag(key)?.or(params.flag(key)?);
        *to = told.unwrap_or(*to);
        Ok(())
    };
    flag(&mut settings.hmac_mandatory, "hmac_mandatory")?;
    flag(
        &mut settings.lock_to_single_conversation,
        "lock_to_single_conversation",
    )?;
    flag(&mut settings.greeting_enabled, "greeting_enabled")?;
    flag(&mut settings.enable_email_collect, "enable_email_collect")?;
    flag(&mut settings.working_hours_enabled, "working_hours_enabled")?;
    let first = channel.flag("pre_chat_form_enabled")?;
    settings.pre_chat_form_enabled = first.or(settings.pre_chat_form_enabled);
    let text = |to: &mut Option<String>, key: &str| -> Answer<()> {
        let told = channel.text(key)?.or(params.text(key)?);
        if let Some(told) = told {
            if told.chars().count() > TEXT_CHARS {
                return Err(Refusal::invalid("is too long", &[key]).into());
            }
            *to = Some(told).filter(|it| !it.trim().is_empty());
        }
        Ok(())
    };
    text(&mut settings.webhook_url, "webhook_url")?;
    text(&mut settings.greeting_message, "greeting_message")?;
    text(&mut settings.website_url, "website_url")?;
    text(&mut settings.welcome_title, "welcome_title")?;
    text(&mut settings.welcome_tagline, "welcome_tagline")?;
    text(&mut settings.out_of_office_message, "out_of_office_message")?;
    let mut domains = Some(settings.allowed_domains.clone());
    text(&mut domains, "allowed_domains")?;
    settings.allowed_domains = domains.unwrap_or_default();
    if let Some(color) = channel.text("widget_color")? {
        let is_color = color.len() == 7
            && color.starts_with('#')
            && color.bytes().skip(1).all(|it| it.is_ascii_hexdigit());
        if !is_color {
            return Err(Refusal::invalid("Widget color is invalid", &["widget_color"]).into());
        }
        settings.widget_color = color;
    }
    if let Some(word) = channel.text("reply_time")? {
        if !REPLY_TIMES.contains(&word.as_str()) {
            return Err(Refusal::unprocessable("reply_time is unknown").into());
        }
        settings.reply_time = word;
    }
    if let Some(zone) = params.text("timezone")?.filter(|it| !it.is_empty()) {
        if !hours::is_zone(&zone) {
            return Err(Refusal::invalid("Timezone is invalid", &["timezone"]).into());
        }
        settings.timezone = zone;
    }
    if let Some(days) = params.value("working_hours") {
        settings.working_hours = hours::read(days, &settings.working_hours)?;
    }
    if channel.has("selected_feature_flags") {
        let mut flags = channel.texts("selected_feature_flags")?;
        flags.retain(|it| KNOWN_FEATURES.contains(&it.as_str()));
        settings.feature_flags = flags;
    }
    let attributes = channel
        .object("additional_attributes")?
        .or(params.object("additional_attributes")?);
    if let Some(attributes) = attributes {
        settings.additional_attributes = serde_json::from_str(&attributes).unwrap_or_default();
    }
    Ok(())
}

fn shown(edge: &Edge, caller: &Caller, account: i64, inbox: i64) -> Answer {
    let found = find(edge, caller, account, inbox)?;
    Ok(json(
        StatusCode::OK,
        &rest::inbox(edge, &found, caller.agent.role),
    ))
}

/// `GET …/inboxes`.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let tables = edge.core.directory.tables();
    let payload: Vec<_> = tables
        .inboxes_of(scope.account_id)
        .filter(|it| scope.sees_inbox(it.inbox.id))
        .map(|it| rest::inbox(&edge, it, caller.agent.role))
        .collect();
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `GET …/inboxes/{id}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    shown(&edge, &caller, account, inbox)
}

/// `POST …/inboxes/{id}/resume`: ours. Lets an inbox send again that paused because its network refused us.
pub(super) async fn resume(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    let connected = find(&edge, &caller, account, inbox)?;
    if caller.agent.role != Role::Administrator {
        return Err(Refusal::not_authorized().into());
    }
    edge.core
        .store
        .transact(move |tx| inboxes::resume(tx, &connected))
        .await?;
    shown(&edge, &caller, account, inbox)
}

pub(super) fn find(edge: &Edge, caller: &Caller, account: i64, inbox: i64) -> Answer<Connected> {
    let scope = caller.within(account)?;
    let found = edge.core.directory.inbox(InboxId(inbox));
    let found = found.filter(|it| it.inbox.account_id == scope.account_id);
    let found = found.ok_or_else(|| Error::not_found("inbox"))?;
    // An administrator sees one that was made after they came, too.
    let sees_all = caller.agent.role == Role::Administrator;
    if !sees_all && !scope.sees_inbox(found.inbox.id) {
        return Err(Refusal::not_authorized().into());
    }
    Ok(found)
}
