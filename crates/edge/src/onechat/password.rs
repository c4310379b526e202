//! Choosing a password by a letter (onechat.md, 4.1): asking for one, the page that its address leads to, and choosing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use app::{
    agents::PASSWORD_CHARS_MIN,
    letters,
    tokens::{self, random_text},
};
use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{AccountId, Agent};
use serde_json::json as value;
use wire::onechat::{Params, errors::Refusal};

use super::{
    agents::hashed,
    errors::Answer,
    given::Given,
    sign_in::signed_in,
    widget::{Newcomers, address_of, escaped},
};
use crate::{
    Edge,
    http::{json, pairs},
};

const PAGE: &str = include_str!("password.html");

/// Where the page is. The original's letters lead to the same address.
pub(super) const PAGE_PATH: &str = "/app/auth/password/edit";
/// What the token is called in its address.
const TOKEN: &str = "reset_password_token";
/// Requests for a new password from one address in an hour.
const ASKED_PER_HOUR: u32 = 20;
/// Whoever asks is answered after this, so that time does not tell who has an account here.
const ANSWERED_AFTER: Duration = Duration::from_millis(300);

/// Counts who asks for new passwords.
pub(crate) fn askers() -> Newcomers {
    Newcomers::new(ASKED_PER_HOUR)
}

/// Where a letter leads, before its token.
pub(super) fn page_url(edge: &Edge) -> String {
    format!("{}{PAGE_PATH}?{TOKEN}=", edge.core.public_url)
}

/// `POST /auth/password {email}`: the same answer whether somebody has this address or not.
pub(super) async fn ask(State(edge): State<Edge>, request: Request) -> Answer {
    let began = tokio::time::Instant::now();
    if edge.core.post.is_none() {
        let text = "Sending e-mail is not configured on this server: ask an administrator for a new password";
        return Err(Refusal::unprocessable(text).into());
    }
    let from = address_of(&edge, &request);
    if !edge.askers.may_come(from, Instant::now()) {
        return Err(Refusal::too_many_requests().into());
    }
    let params = Given::read(&edge, request).await?.params;
    let email = params.text("email")?.filter(|it| !it.trim().is_empty());
    let email = email.ok_or_else(|| Refusal::missing_param("email"))?;
    let (sealer, page) = (edge.core.sealer.clone(), page_url(&edge));
    let ask = edge
        .core
        .store
        .transact(move |tx| letters::ask(tx, &sealer, &email, &page));
    ask.await?;
    edge.hooks.news.notify_one();
    tokio::time::sleep_until(began + ANSWERED_AFTER).await;
    let text = "If somebody here has this address, a letter with instructions is on its way to it.";
    Ok(json(StatusCode::OK, &value!({ "message": text })))
}

/// `PUT /auth/password {reset_password_token, password, password_confirmation}`: signs in as well, as
/// `POST /auth/sign_in` does. Everything that was shown before is void.
pub(super) async fn change(State(edge): State<Edge>, request: Request) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    match choose(&edge, &params).await? {
        Chosen::By(agent) if agent.account_id == AccountId::NOBODYS => {
            let text = "The password is changed.";
            Ok(json(StatusCode::OK, &value!({ "message": text })))
        }
        Chosen::By(agent) => {
            let (id, client) = (agent.id, random_text()?);
            let device = client.clone();
            let sign_in = edge
                .core
                .store
                .transact(move |tx| tokens::sign_in(tx, id, &device));
            signed_in(&edge, id, &client, &sign_in.await?)
        }
        Chosen::NotBy => {
            let body = value!({ "message": "Invalid token", "redirect_url": "/" });
            Ok(json(StatusCode::UNPROCESSABLE_ENTITY, &body))
        }
        Chosen::Bad(field, text) => Err(Refusal::invalid(&text, &[field]).into()),
    }
}

/// `GET` of the page: a form, if the token still works. Only looking at it uses nothing up: programs that check mail
/// look too.
pub(super) async fn page(State(edge): State<Edge>, request: Request) -> Answer {
    let params = read_query(&request);
    let token = params.text(TOKEN)?.unwrap_or_default();
    match holder(&edge, &token)? {
        Some(agent) => Ok(form(StatusCode::OK, &agent, &token, "")),
        None => Ok(ended()),
    }
}

/// `POST` of its form.
pub(super) async fn submit(State(edge): State<Edge>, request: Request) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    let token = params.text(TOKEN)?.unwrap_or_default();
    match choose(&edge, &params).await? {
        Chosen::By(_) => {
            let text = "Your password is chosen. Sign in with it now.";
            Ok(shown(StatusCode::OK, "Done", text, ""))
        }
        Chosen::NotBy => Ok(ended()),
        Chosen::Bad(_, text) => match holder(&edge, &token)? {
            Some(agent) => Ok(form(
                StatusCode::UNPROCESSABLE_ENTITY,
                &agent,
                &token,
                &text,
            )),
            None => Ok(ended()),
        },
    }
}

/// What came of choosing.
enum Chosen {
    /// It is this agent's password now.
    By(Arc<Agent>),
    /// The token lets nobody choose.
    NotBy,
    /// This field is wrong.
    Bad(&'static str, String),
}

async fn choose(edge: &Edge, params: &Params) -> Answer<Chosen> {
    let token = params.text(TOKEN)?.unwrap_or_default();
    if holder(edge, &token)?.is_none() {
        return Ok(Chosen::NotBy);
    }
    let password = params.text("password")?.unwrap_or_default();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        let text = format!("Password is too short (minimum is {PASSWORD_CHARS_MIN} characters)");
        return Ok(Chosen::Bad("password", text));
    }
    let again = params.text("password_confirmation")?;
    if again.is_some_and(|it| it != password) {
        let text = "Password confirmation doesn't match Password".to_owned();
        return Ok(Chosen::Bad("password_confirmation", text));
    }
    let hash = hashed(Some(password)).await?;
    let choose = edge
        .core
        .store
        .transact(move |tx| letters::choose(tx, &token, &hash));
    match choose.await {
        Ok(agent) => Ok(Chosen::By(agent)),
        // Somebody else was first.
        Err(error) if error.kind() == domain::Kind::Unauthenticated => Ok(Chosen::NotBy),
        Err(error) => Err(error.into()),
    }
}

fn holder(edge: &Edge, token: &str) -> Answer<Option<Agent>> {
    let now = edge.core.clock.now();
    let found = edge
        .core
        .store
        .view(|view| letters::holder(view, token, now));
    match found {
        Ok(agent) => Ok(Some(agent)),
        Err(error) if error.kind() == domain::Kind::Unauthenticated => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn read_query(request: &Request) -> Params {
    let mut params = Params::default();
    let query = pairs(request.uri().query().unwrap_or_default().as_bytes());
    params.add_pairs(query.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    params
}

fn form(status: StatusCode, agent: &Agent, token: &str, wrong: &str) -> Response {
    let wrong = match wrong {
        "" => String::new(),
        wrong => format!("<p role=\"alert\">{}</p>", escaped(wrong)),
    };
    let form = format!(
        "{wrong}<form method=\"post\" action=\"{PAGE_PATH}\">\
         <input type=\"hidden\" name=\"{TOKEN}\" value=\"{}\">\
         <input type=\"email\" value=\"{}\" autocomplete=\"username\" readonly aria-label=\"E-mail\">\
         <label>Password<input type=\"password\" name=\"password\" autocomplete=\"new-password\" \
         minlength=\"{PASSWORD_CHARS_MIN}\" required></label>\
         <label>The same again<input type=\"password\" name=\"password_confirmation\" \
         autocomplete=\"new-password\" minlength=\"{PASSWORD_CHARS_MIN}\" required></label>\
         <button>Choose</button></form>",
        escaped(token),
        escaped(&agent.email),
    );
    let text = format!("At least {PASSWORD_CHARS_MIN} characters.");
    shown(status, "Choose a password", &text, &form)
}

fn ended() -> Response {
    let text = "This address was used already, or has ended. Ask for a new letter.";
    shown(StatusCode::NOT_FOUND, "Too late", text, "")
}

fn shown(status: StatusCode, title: &str, text: &str, form: &str) -> Response {
    let page = PAGE
        .replace("{title}", title)
        .replace("{text}", &escaped(text))
        .replace("{form}", form);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
    ];
    (status, headers, page).into_response()
}
