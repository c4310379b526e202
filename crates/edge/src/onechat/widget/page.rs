//! The page in the widget's frame, the scripts, and what the page asks about the widget itself.
//!
//! The page is rendered here with what was said so far, so that a visitor reads before any script runs.

use app::{
    contacts::Change,
    conversations,
    ports::{HistoryPage, View},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{Address, Contact};
use serde_json::{Value, json as value};
use wire::onechat::Params;

use super::visitor::{Visitor, Widget, seen_by, token_of};
use super::{conversations::shown, newcomers::address_of};
use crate::{
    Edge,
    http::{json, named, pairs},
    onechat::{
        client,
        errors::Answer,
        given::Given,
        passing,
        to_wire::{address_token, rest},
    },
};

const PAGE: &str = include_str!("page.html");
/// One script of several files, which share their names and nothing else.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("frame/words.js"),
    include_str!("frame/rich.js"),
    include_str!("frame/parts.js"),
    include_str!("frame/widget.js"),
    include_str!("frame/cable.js"),
    "})();\n"
);
const SDK: &str = include_str!("sdk.js");

/// Messages that the page is rendered with.
const RENDERED: i64 = 20;

/// `GET /packs/js/sdk.js`: what a website includes.
pub(super) async fn sdk() -> Response {
    script_of(SDK)
}

/// `GET /packs/js/widget.js`: what runs in the frame.
pub(super) async fn script() -> Response {
    script_of(SCRIPT)
}

fn script_of(text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Pages that isolate themselves take only what says that it may be taken.
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    (headers, text).into_response()
}

/// `GET /widget?website_token=&cw_conversation=`: the page, for a visitor who is known or a new one.
pub(super) async fn page(State(edge): State<Edge>, request: Request) -> Answer {
    let mut params = Params::default();
    let query = pairs(request.uri().query().unwrap_or_default().as_bytes());
    params.add_pairs(query.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    let widget = Widget::open(&edge, &params)?;
    let cookie = cookie_name(&widget);
    // Who is in a frame is known by what the page around it keeps; whoever opens the page itself by a cookie.
    let told = params.text("cw_conversation")?;
    let framed = told.is_some() || named(request.headers(), "sec-fetch-dest") == Some("iframe");
    let kept = cookie_of(request.headers(), &cookie).filter(|_| !framed);
    let shown = told.filter(|it| !it.is_empty()).or(kept);
    let known = match &shown {
        Some(token) => widget.visitor(&edge, token)?,
        None => None,
    };
    let (address, contact) = match known {
        Some(known) => known,
        None => {
            widget
                .meet(&edge, address_of(&edge, &request), Change::default())
                .await?
        }
    };
    let token = token_of(&edge, &address);
    let locale = params.text("locale")?.unwrap_or_default();
    let html = render(&edge, &widget, (&address, &contact), (&token, &locale))?;
    let mut response = (
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        html,
    )
        .into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy(&edge, &widget)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let kept = format!("{cookie}={token}; Path=/widget; Max-Age=15552000; HttpOnly; SameSite=Lax");
    if let Some(kept) = HeaderValue::from_str(&kept).ok().filter(|_| !framed) {
        headers.insert(header::SET_COOKIE, kept);
    }
    Ok(response)
}

fn cookie_name(widget: &Widget) -> String {
    format!("cw_{}", widget.inbox.id)
}

fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    named(headers, "cookie")?
        .split(';')
        .filter_map(|it| it.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Nothing runs but our script, and nobody frames the page but the domains that may.
fn policy(edge: &Edge, widget: &Widget) -> String {
    let allowed: Vec<&str> = widget
        .settings
        .allowed_domains
        .split([',', '\n', ' '])
        .map(str::trim)
        .filter(|it| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-.*:/".contains(c);
            !it.is_empty() && it.chars().all(plain)
        })
        .collect();
    let frames = if allowed.is_empty() {
        "*".to_owned()
    } else {
        allowed.join(" ")
    };
    let socket = edge.core.public_url.replacen("http", "ws", 1);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: https: http:; \
         media-src 'self' https: http:; connect-src 'self' {socket} ws: wss:; form-action 'none'; \
         base-uri 'none'; frame-ancestors {frames}"
    )
}

fn render(
    edge: &Edge,
    widget: &Widget,
    (address, contact): (&Address, &Contact),
    (token, locale): (&str, &str),
) -> Answer<String> {
    let settings = &widget.settings;
    let (conversation, messages) = said(edge, address)?;
    let about = value!({
        "webChannel": channel(edge, widget),
        "pubsubToken": address_token(&edge.core, address),
        "authToken": token,
        "sourceId": address.source_id,
        "contact": { "id": contact.id.0, "has_email": contact.email.is_some() },
        "conversation": conversation,
        "messages": messages,
        "locale": locale,
        "sendsTranscripts": edge.core.post.is_some(),
    });
    let title = settings
        .welcome_title
        .as_deref()
        .unwrap_or(&widget.inbox.name);
    let tagline = settings.welcome_tagline.as_deref().unwrap_or_default();
    let page = PAGE
        .replace("{{title}}", &escaped(title))
        .replace("{{tagline}}", &escaped(tagline))
        .replace("{{name}}", &escaped(&widget.inbox.name))
        .replace("{{color}}", &escaped(&settings.widget_color))
        .replace("{{ink}}", ink_on(&settings.widget_color))
        .replace("{{about}}", &inside_script(&about));
    Ok(page)
}

/// White or nearly black, whichever is read more easily on a colour `#rrggbb`.
fn ink_on(color: &str) -> &'static str {
    let part = |at: usize| {
        let hex = color.get(at..at + 2).unwrap_or("00");
        f64::from(u8::from_str_radix(hex, 16).unwrap_or(0)) / 255.0
    };
    let light =
        0.2126 * part(1).powf(2.2) + 0.7152 * part(3).powf(2.2) + 0.0722 * part(5).powf(2.2);
    if light > 0.42 { "#1c2024" } else { "#fff" }
}

/// The visitor's conversation, if there is one, and its newest messages as the page shows them.
fn said(
    edge: &Edge,
    address: &Address,
) -> Answer<(Option<Value>, Vec<wire::onechat::client::Message>)> {
    let with = app::ports::With::Address(address.id);
    let page = HistoryPage {
        limit: RENDERED,
        ..HistoryPage::default()
    };
    let found = edge.core.store.view(|view: &dyn View| {
        let Some(row) = view.list_conversations_with(with, 1)?.into_iter().next() else {
            return Ok(None);
        };
        let said = view.list_history(row.conversation.id, &page)?;
        Ok(Some((row, said)))
    })?;
    let Some((row, mut said)) = found else {
        return Ok((None, Vec::new()));
    };
    said.reverse();
    let directory = &edge.core.directory;
    let shown = shown(&row.conversation);
    let thread = conversations::thread(directory, row)?;
    let said = said
        .into_iter()
        .map(|it| client::message(&edge.core, &thread, &conversations::spoken(directory, it)))
        .collect();
    Ok((Some(shown), said))
}

fn channel(edge: &Edge, widget: &Widget) -> Value {
    let settings = &widget.settings;
    value!({
        "websiteToken": widget.inbox.address,
        "websiteName": widget.inbox.name,
        "widgetColor": settings.widget_color,
        "welcomeTitle": settings.welcome_title,
        "welcomeTagline": settings.welcome_tagline,
        "replyTime": settings.reply_time,
        "preChatFormEnabled": settings.asks_first(),
        "enabledFeatures": settings.feature_flags,
        "workingHoursEnabled": settings.working_hours_enabled,
        "isOpen": settings.is_open(edge.core.clock.now()),
        "outOfOfficeMessage": settings.out_of_office_message,
        "locale": "en",
        "baseUrl": &*edge.core.public_url,
    })
}

/// Text for HTML and for the values of its attributes.
pub(in crate::onechat) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Ours are the only braces that mean something.
            '{' => out.push_str("&#123;"),
            c => out.push(c),
        }
    }
    out
}

/// JSON that ends no script element, whatever is in it.
fn inside_script(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// `POST …/config`: the same for a page that draws the widget itself.
pub(super) async fn config(State(edge): State<Edge>, request: Request) -> Answer {
    let (headers, from) = (request.headers().clone(), address_of(&edge, &request));
    let params = Given::read(&edge, request).await?.params;
    let widget = Widget::open(&edge, &params)?;
    let shown = named(&headers, "x-auth-token").unwrap_or_default();
    let (address, contact) = match widget.visitor(&edge, shown)? {
        Some(known) => known,
        None => widget.meet(&edge, from, Change::default()).await?,
    };
    let contact = seen_by(&edge, &address, &contact);
    let mut channel = channel(&edge, &widget);
    if let Some(all) = channel.as_object_mut() {
        all.insert("auth_token".to_owned(), token_of(&edge, &address).into());
        all.insert(
            "website_token".to_owned(),
            widget.inbox.address.clone().into(),
        );
    }
    let body = value!({
        "website_channel_config": channel,
        "contact": {
            "id": contact.id.0,
            "name": contact.name,
            "email": contact.email,
            "identifier": contact.identifier,
            "phone_number": contact.phone,
            "pubsub_token": address_token(&edge.core, &address),
        },
        "global_config": { "BRAND_NAME": "", "INSTALLATION_NAME": "Switchboard" },
    });
    Ok(json(StatusCode::OK, &body))
}

/// `GET …/inbox_members`: who answers here, and whether they are there.
pub(super) async fn inbox_members(State(edge): State<Edge>, request: Request) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    let widget = Widget::open(&edge, &params)?;
    let tables = edge.core.directory.tables();
    let members = tables.members_of(widget.inbox.id).iter();
    let payload: Vec<Value> = members
        .filter_map(|id| tables.colleague(widget.inbox.account_id, *id))
        .map(|agent| {
            let agent = rest::agent(&edge.core, agent);
            value!({
                "id": agent.id,
                "name": agent.available_name,
                "avatar_url": agent.thumbnail,
                "availability_status": agent.availability_status,
            })
        })
        .collect();
    Ok(json(StatusCode::OK, &value!({ "payload": payload })))
}

/// `GET …/campaigns`: there are none.
pub(super) async fn campaigns(State(edge): State<Edge>, request: Request) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    Widget::open(&edge, &params)?;
    Ok(json(StatusCode::OK, &value!([])))
}

/// `POST …/events {name, event_info}`: what happens on the page. That the widget was opened is told to webhooks.
pub(super) async fn event(State(edge): State<Edge>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let params = Given::read(&edge, request).await?.params;
    let visitor = Visitor::find(&edge, &headers, &params)?;
    if params.text("name")?.as_deref() == Some("webwidget.triggered") {
        let last = edge.core.store.view(|view| visitor.last(view))?;
        let info = params.object("event_info")?;
        let Visitor {
            widget,
            address,
            contact,
            ..
        } = visitor;
        let opened = passing::Opened {
            inbox: widget.inbox,
            address,
            contact,
            last,
            info: info.unwrap_or_else(|| "{}".to_owned()),
        };
        passing::widget_opened(&edge, opened).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_told_ends_where_it_is_put() {
        assert_eq!(
            escaped(r#"<b a="{{about}}">'&"#),
            "&lt;b a=&quot;&#123;&#123;about}}&quot;&gt;&#39;&amp;"
        );
        let told = value!({ "content": "</script><!-- & {{title}}" });
        let text = inside_script(&told);
        assert!(!text.contains(['<', '>', '&']));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), told);
    }
}
