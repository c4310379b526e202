//! Who calls, for which product, and which of its phones is meant.

use std::sync::Arc;

use app::{
    Actor, Scope,
    ports::{ConversationRow, Phones, RecentPage},
    seal::Purpose,
};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, header, request::Parts},
};
use domain::{AccountId, Inbox, InboxId};
use wire::maytapi::Form;

use super::{
    errors::Refused,
    is_phone,
    settings::{Settings, account_of, product_id},
};
use crate::{
    Edge,
    http::{header as text, named, pairs},
};

/// The program behind every call.
const PROGRAM: &str = "maytapi";

/// A bot with its product.
pub(super) struct Bot {
    pub(super) account_id: AccountId,
    pub(super) product_id: String,
    pub(super) settings: Settings,
    query: Vec<(String, String)>,
    phone: Option<String>,
}

/// One of its product's phones.
pub(super) struct Phone {
    pub(super) bot: Bot,
    pub(super) inbox: Arc<Inbox>,
    pub(super) carrier: Arc<dyn Phones>,
}

impl Bot {
    pub(super) fn scope(&self) -> Scope {
        Scope {
            account_id: self.account_id,
            actor: Actor::Program(PROGRAM.to_owned()),
        }
    }

    pub(super) fn form(&self) -> Form {
        self.settings.form
    }

    /// A value of the query.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        asked(&self.query, name)
    }

    /// The phones of the product.
    pub(super) fn phones(&self, edge: &Edge) -> Vec<Arc<Inbox>> {
        let tables = edge.core.directory.tables();
        let mine = tables.inboxes_of(self.account_id);
        mine.map(|it| it.inbox.clone())
            .filter(|it| is_phone(it))
            .collect()
    }

    fn phone(&self, edge: &Edge) -> Result<Arc<Inbox>, Refused> {
        let mut mine = self.phones(edge);
        let asked = self.phone.as_deref();
        let asked = asked.or_else(|| self.asked("phone_id").or_else(|| self.asked("phone")));
        let unknown = || Refused::new(StatusCode::NOT_FOUND, "the product has no such phone");
        match asked {
            Some(id) => {
                let id = id.parse().map(InboxId).map_err(|_| unknown())?;
                mine.into_iter().find(|it| it.id == id).ok_or_else(unknown)
            }
            None if mine.len() > 1 => Err(Refused::new(
                StatusCode::BAD_REQUEST,
                "the product has several phones: say which by ?phone_id=",
            )),
            None => mine.pop().ok_or_else(unknown),
        }
    }
}

impl Phone {
    /// The phone's chats, the latest first.
    pub(super) fn latest(&self, edge: &Edge, limit: i64) -> app::Result<Vec<ConversationRow>> {
        let page = RecentPage {
            inbox_id: Some(self.inbox.id),
            limit,
            ..RecentPage::default()
        };
        let account = self.bot.account_id;
        edge.core
            .store
            .view(|view| view.list_recent(account, &page))
    }
}

fn asked<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut all = query.iter();
    all.find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// The account whose token a request shows, and its settings.
fn shown(edge: &Edge, parts: &Parts) -> Result<(AccountId, Settings), Refused> {
    let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
    let bearer =
        text(&parts.headers, &header::AUTHORIZATION).and_then(|it| it.strip_prefix("Bearer "));
    let shown = named(&parts.headers, "x-maytapi-key")
        .or_else(|| named(&parts.headers, "x-rapidapi-key"))
        .or(bearer)
        .or_else(|| asked(&query, "token"))
        .ok_or_else(|| {
            Refused::new(
                StatusCode::UNAUTHORIZED,
                "the token is missing: show it in the header x-maytapi-key",
            )
        })?;
    let wrong = || Refused::new(StatusCode::UNAUTHORIZED, "the token is wrong");
    let opened = edge.core.sealer.open(Purpose::AccountAccess, shown.trim());
    let (account, generation) = opened.ok_or_else(wrong)?;
    let account = AccountId(account);
    if !edge.core.directory.tables().accounts.contains_key(&account) {
        return Err(wrong());
    }
    let settings = edge.core.store.view(|view| Settings::load(view, account))?;
    if generation == settings.generation {
        Ok((account, settings))
    } else {
        Err(wrong())
    }
}

/// The account whose token a request shows.
pub(crate) fn account_of_token(edge: &Edge, parts: &Parts) -> Result<AccountId, Refused> {
    shown(edge, parts).map(|(account, _)| account)
}

impl FromRequestParts<Edge> for Bot {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Refused> {
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let (mut pid, mut phone) = (None, None);
        if let Ok(path) = RawPathParams::from_request_parts(parts, edge).await {
            for (name, value) in &path {
                match name {
                    "pid" => pid = Some(value.to_owned()),
                    "phone" => phone = Some(value.to_owned()),
                    _ => {}
                }
            }
        }
        let sealer = &edge.core.sealer;
        let named_product = match &pid {
            Some(pid) => Some(
                account_of(sealer, pid)
                    .filter(|it| edge.core.directory.tables().accounts.contains_key(it))
                    .ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, "no such product"))?,
            ),
            None => None,
        };
        let (account_id, settings) = shown(edge, parts)?;
        let wrong = || Refused::new(StatusCode::UNAUTHORIZED, "the token is wrong");
        let fits = named_product.is_none_or(|it| it == account_id);
        if !fits {
            return Err(wrong());
        }
        Ok(Self {
            account_id,
            product_id: product_id(sealer, account_id),
            settings,
            query,
            phone,
        })
    }
}

impl FromRequestParts<Edge> for Phone {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Refused> {
        let bot = Bot::from_request_parts(parts, edge).await?;
        let inbox = bot.phone(edge)?;
        let carrier = edge.phones.get(inbox.carrier.as_str()).cloned();
        let carrier = carrier.ok_or_else(|| {
            Refused::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "this server is built without the engine of this phone",
            )
        })?;
        Ok(Self {
            bot,
            inbox,
            carrier,
        })
    }
}
