//! What people write down: canned responses, definitions of free attributes, saved filters, notes about contacts.
//!
//! Each kind has its keys and its rules; keeping them is the same for all.

use app::{Scope, contacts, documents, limits::DOCUMENTS, ports::View};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{ContactId, Document, DocumentId, DocumentKind};
use serde_json::{Map, Value};
use wire::onechat::{Params, errors::Refusal};

use super::{
    caller::Caller,
    errors::Answer,
    given::Given,
    path::Path,
    to_wire::{iso, rest},
};
use crate::{Edge, http::json};

/// One kind of document as OneChat knows it.
struct Shelf {
    kind: DocumentKind,
    /// The name under which JSON bodies may wrap it.
    wrapper: &'static str,
    /// The keys it has; those that must not be blank come first.
    keys: &'static [&'static str],
    needed: usize,
    /// Those of them that hold lists and objects; the others hold texts.
    structures: &'static [&'static str],
    /// The keys that hold one of a few words, the first of which is meant where none is given.
    words: &'static [(&'static str, &'static [&'static str])],
    /// Other names under which clients send a key.
    also: &'static [(&'static str, &'static str)],
    /// The key that no two of them share.
    unique: Option<&'static str>,
    /// What a deletion answers.
    deleted: StatusCode,
}

const CANNED: Shelf = Shelf {
    kind: DocumentKind::CannedResponse,
    wrapper: "canned_response",
    keys: &["short_code", "content"],
    needed: 2,
    structures: &[],
    words: &[],
    also: &[],
    unique: Some("short_code"),
    deleted: StatusCode::OK,
};
const DEFINITIONS: Shelf = Shelf {
    kind: DocumentKind::AttributeDefinition,
    wrapper: "custom_attribute_definition",
    keys: &[
        "attribute_display_name",
        "attribute_key",
        "attribute_display_type",
        "attribute_description",
        "attribute_model",
        "attribute_values",
        "default_value",
        "regex_pattern",
        "regex_cue",
    ],
    needed: 2,
    structures: &["attribute_values"],
    words: &[
        (
            "attribute_display_type",
            &[
                "text", "number", "currency", "percent", "link", "date", "list", "checkbox",
            ],
        ),
        (
            "attribute_model",
            &["conversation_attribute", "contact_attribute"],
        ),
    ],
    also: &[],
    unique: Some("attribute_key"),
    deleted: StatusCode::NO_CONTENT,
};
const FILTERS: Shelf = Shelf {
    kind: DocumentKind::SavedFilter,
    wrapper: "custom_filter",
    keys: &["name", "filter_type", "query"],
    needed: 1,
    structures: &["query"],
    words: &[("filter_type", &["conversation", "contact", "report"])],
    also: &[("filter_type", "type")],
    unique: None,
    deleted: StatusCode::NO_CONTENT,
};
const NOTES: Shelf = Shelf {
    kind: DocumentKind::Note,
    wrapper: "note",
    keys: &["content"],
    needed: 1,
    structures: &[],
    words: &[],
    also: &[],
    unique: None,
    deleted: StatusCode::OK,
};

impl Shelf {
    /// The keys that were sent over those that are kept.
    fn read(&self, params: &Params, kept: &Value) -> Answer<Map<String, Value>> {
        let params = params.unwrapped(self.wrapper);
        let mut all = Map::new();
        for key in self.keys {
            let other = self.also.iter().find(|it| it.0 == *key);
            let sent = params.value(key);
            let sent = sent.or_else(|| params.value(other?.1));
            let now = match sent {
                Some(sent) => sent.clone(),
                None if params.has(key) => Value::Null,
                None => kept.get(key).cloned().unwrap_or_default(),
            };
            let now = if self.structures.contains(key) {
                now
            } else {
                text(now)
            };
            all.insert((*key).to_owned(), now);
        }
        for (key, words) in self.words {
            let kept = all.get(*key).cloned().unwrap_or_default();
            all.insert((*key).to_owned(), word(key, words, &kept)?.into());
        }
        for key in self.keys.iter().take(self.needed) {
            let blank = match all.get(*key) {
                Some(Value::String(text)) => text.trim().is_empty(),
                Some(Value::Number(_)) => false,
                _ => true,
            };
            if blank {
                let name = key.replace('_', " ");
                let mut letters = name.chars();
                let first = letters.next().map(|it| it.to_ascii_uppercase());
                let name: String = first.into_iter().chain(letters).collect();
                return Err(Refusal::invalid(&format!("{name} can't be blank"), &[key]).into());
            }
        }
        Ok(all)
    }

    /// What is looked for under a key: the word, where its place is given.
    fn meant(&self, key: &str, wanted: String) -> String {
        let words = self.words.iter().find(|(it, _)| *it == key);
        let place = wanted.parse::<usize>().ok();
        match (words, place) {
            (Some((_, words)), Some(place)) => {
                words.get(place).map_or(wanted, |it| (*it).to_owned())
            }
            _ => wanted,
        }
    }

    /// Refuses what another one has already.
    fn check(&self, there: &[Document], own: Option<DocumentId>, new: &Value) -> Answer<()> {
        let Some(key) = self.unique else {
            return Ok(());
        };
        let model = |it: &Value| it.get("attribute_model").cloned().unwrap_or_default();
        let taken = there.iter().filter(|it| Some(it.id) != own).any(|it| {
            let body = parsed(it);
            body.get(key) == new.get(key) && model(&body) == model(new)
        });
        if taken {
            return Err(Refusal::invalid("has already been taken", &[key]).into());
        }
        Ok(())
    }
}

/// What was sent for a text: numbers and flags are written out, and what has parts is none.
fn text(sent: Value) -> Value {
    match sent {
        Value::Number(number) => number.to_string().into(),
        Value::Bool(flag) => flag.to_string().into(),
        Value::Array(_) | Value::Object(_) => Value::Null,
        Value::Null | Value::String(_) => sent,
    }
}

/// One of a few words, or its place among them.
fn word(key: &str, words: &[&'static str], given: &Value) -> Answer<&'static str> {
    let place = match given {
        Value::Null => Some(0),
        Value::Number(number) => number.as_u64(),
        Value::String(text) => match words.iter().position(|it| it == text) {
            Some(place) => u64::try_from(place).ok(),
            None => text.parse().ok(),
        },
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let found = place.and_then(|it| words.get(usize::try_from(it).ok()?));
    let unknown = || Refusal::invalid(&format!("'{given}' is not a valid {key}"), &[key]);
    Ok(found.copied().ok_or_else(unknown)?)
}

fn parsed(document: &Document) -> Value {
    serde_json::from_str(&document.body).unwrap_or_default()
}

/// A document as its row: what it says, and what is known about it.
fn shown(edge: &Edge, it: &Document) -> Value {
    let mut body = parsed(it);
    let Some(all) = body.as_object_mut() else {
        return body;
    };
    all.insert("id".to_owned(), it.id.0.into());
    all.insert("account_id".to_owned(), it.account_id.0.into());
    all.insert(
        "created_at".to_owned(),
        iso(it.created_at).to_string().into(),
    );
    all.insert(
        "updated_at".to_owned(),
        iso(it.updated_at).to_string().into(),
    );
    if it.kind == DocumentKind::SavedFilter {
        let kind = all.get("filter_type").cloned().unwrap_or_default();
        all.insert("type".to_owned(), kind);
    }
    let writer = all.remove("user_id").and_then(|it| it.as_i64());
    if it.kind == DocumentKind::Note {
        let directory = &edge.core.directory;
        let agent = writer.and_then(|id| directory.known(it.account_id, domain::AgentId(id)));
        let told = agent.map(|it| rest::agent(&edge.core, &it));
        all.insert(
            "user".to_owned(),
            serde_json::to_value(told).unwrap_or_default(),
        );
        all.insert("contact_id".to_owned(), it.owner.into());
    }
    body
}

fn list_all(
    edge: &Edge,
    scope: &Scope,
    shelf: &Shelf,
    owner: Option<i64>,
) -> Answer<Vec<Document>> {
    let list =
        |view: &dyn View| view.list_documents(scope.account_id, shelf.kind, owner, DOCUMENTS);
    Ok(edge.core.store.view(list)?)
}

fn find(
    edge: &Edge,
    scope: &Scope,
    shelf: &Shelf,
    owner: Option<i64>,
    id: i64,
) -> Answer<Document> {
    let find = |view: &dyn View| documents::load(view, scope, shelf.kind, owner, DocumentId(id));
    Ok(edge.core.store.view(find)?)
}

async fn add(
    edge: &Edge,
    caller: &Caller,
    scope: Scope,
    (shelf, owner): (&Shelf, Option<i64>),
    request: Request,
) -> Answer {
    let params = Given::read(edge, request).await?.params;
    let mut body = shelf.read(&params, &Value::Null)?;
    if shelf.kind == DocumentKind::Note {
        body.insert("user_id".to_owned(), caller.agent.id.0.into());
    }
    let body = Value::Object(body);
    shelf.check(&list_all(edge, &scope, shelf, owner)?, None, &body)?;
    let (kind, text) = (shelf.kind, body.to_string());
    let document = edge
        .core
        .store
        .transact(move |tx| documents::add(tx, &scope, kind, owner, &text))
        .await?;
    Ok(json(StatusCode::OK, &shown(edge, &document)))
}

async fn change(
    edge: &Edge,
    scope: Scope,
    (shelf, owner): (&Shelf, Option<i64>),
    id: i64,
    request: Request,
) -> Answer {
    let document = find(edge, &scope, shelf, owner, id)?;
    let params = Given::read(edge, request).await?.params;
    let kept = parsed(&document);
    let mut body = shelf.read(&params, &kept)?;
    if let Some(writer) = kept.get("user_id") {
        body.insert("user_id".to_owned(), writer.clone());
    }
    let body = Value::Object(body);
    shelf.check(
        &list_all(edge, &scope, shelf, owner)?,
        Some(document.id),
        &body,
    )?;
    let text = body.to_string();
    let document = edge
        .core
        .store
        .transact(move |tx| documents::change(tx, &scope, &document, &text))
        .await?;
    Ok(json(StatusCode::OK, &shown(edge, &document)))
}

async fn remove(
    edge: &Edge,
    scope: Scope,
    (shelf, owner): (&Shelf, Option<i64>),
    id: i64,
) -> Answer<Response> {
    let document = find(edge, &scope, shelf, owner, id)?;
    edge.core
        .store
        .transact(move |tx| documents::remove(tx, &scope, &document))
        .await?;
    Ok(shelf.deleted.into_response())
}

/// The routes of a kind whose documents are everybody's, or the caller's own.
macro_rules! routes_of {
    ($list:ident, $show:ident, $create:ident, $update:ident, $delete:ident, $shelf:expr, $owner:expr, $key:literal, $query:literal) => {
        /// A bare array, in the order of writing.
        pub(super) async fn $list(
            State(edge): State<Edge>,
            caller: Caller,
            Path(account): Path<i64>,
            request: Request,
        ) -> Answer {
            let scope = caller.within(account)?;
            let params = Given::read(&edge, request).await?.params;
            let wanted = params.text($query)?.unwrap_or_default().to_lowercase();
            let wanted = $shelf.meant($key, wanted);
            let owner: fn(&Caller) -> Option<i64> = $owner;
            let all = list_all(&edge, &scope, &$shelf, owner(&caller))?;
            let all: Vec<Value> = all
                .iter()
                .map(|it| shown(&edge, it))
                .filter(|it| wanted.is_empty() || fits(it, $key, &wanted))
                .collect();
            Ok(json(StatusCode::OK, &all))
        }

        /// Bare.
        pub(super) async fn $show(
            State(edge): State<Edge>,
            caller: Caller,
            Path((account, id)): Path<(i64, i64)>,
        ) -> Answer {
            let scope = caller.within(account)?;
            let owner: fn(&Caller) -> Option<i64> = $owner;
            let found = find(&edge, &scope, &$shelf, owner(&caller), id)?;
            Ok(json(StatusCode::OK, &shown(&edge, &found)))
        }

        /// Bare.
        pub(super) async fn $create(
            State(edge): State<Edge>,
            caller: Caller,
            Path(account): Path<i64>,
            request: Request,
        ) -> Answer {
            let scope = caller.within(account)?;
            let owner: fn(&Caller) -> Option<i64> = $owner;
            let owner = owner(&caller);
            add(&edge, &caller, scope, (&$shelf, owner), request).await
        }

        /// Bare: what is sent changes.
        pub(super) async fn $update(
            State(edge): State<Edge>,
            caller: Caller,
            Path((account, id)): Path<(i64, i64)>,
            request: Request,
        ) -> Answer {
            let scope = caller.within(account)?;
            let owner: fn(&Caller) -> Option<i64> = $owner;
            change(&edge, scope, (&$shelf, owner(&caller)), id, request).await
        }

        /// Without a body.
        pub(super) async fn $delete(
            State(edge): State<Edge>,
            caller: Caller,
            Path((account, id)): Path<(i64, i64)>,
        ) -> Answer {
            let scope = caller.within(account)?;
            let owner: fn(&Caller) -> Option<i64> = $owner;
            remove(&edge, scope, (&$shelf, owner(&caller)), id).await
        }
    };
}

routes_of!(
    canned,
    canned_one,
    add_canned,
    change_canned,
    remove_canned,
    CANNED,
    |_| None,
    "",
    "search"
);
routes_of!(
    definitions,
    definition,
    add_definition,
    change_definition,
    remove_definition,
    DEFINITIONS,
    |_| None,
    "attribute_model",
    "attribute_model"
);
routes_of!(
    filters,
    filter,
    add_filter,
    change_filter,
    remove_filter,
    FILTERS,
    |caller| Some(caller.agent.id.0),
    "filter_type",
    "filter_type"
);

/// Whether one fits what a list is asked for: a value under a key, or a part of any text.
fn fits(it: &Value, key: &str, wanted: &str) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    };
    if key.is_empty() {
        let texts = ["short_code", "content"].map(|key| it.get(key).map(text));
        return texts.into_iter().flatten().any(|it| it.contains(wanted));
    }
    it.get(key).is_some_and(|value| text(value) == wanted)
}

/// The contact that notes are about, which must be the account's.
fn noted(edge: &Edge, caller: &Caller, account: i64, contact: i64) -> Answer<(Scope, Option<i64>)> {
    let scope = caller.within(account)?;
    let load = |view: &dyn View| contacts::load(view, &scope, ContactId(contact));
    let contact = edge.core.store.view(load)?;
    Ok((scope, Some(contact.id.0)))
}

/// `GET …/contacts/{id}/notes`: a bare array, the newest first.
pub(super) async fn notes(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
) -> Answer {
    let (scope, owner) = noted(&edge, &caller, account, contact)?;
    let all = list_all(&edge, &scope, &NOTES, owner)?;
    let all: Vec<Value> = all.iter().rev().map(|it| shown(&edge, it)).collect();
    Ok(json(StatusCode::OK, &all))
}

/// `POST …/contacts/{id}/notes {content}`: bare.
pub(super) async fn add_note(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let (scope, owner) = noted(&edge, &caller, account, contact)?;
    add(&edge, &caller, scope, (&NOTES, owner), request).await
}

/// `GET …/contacts/{id}/notes/{note}`: bare.
pub(super) async fn note(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact, id)): Path<(i64, i64, i64)>,
) -> Answer {
    let (scope, owner) = noted(&edge, &caller, account, contact)?;
    let found = find(&edge, &scope, &NOTES, owner, id)?;
    Ok(json(StatusCode::OK, &shown(&edge, &found)))
}

/// `PATCH …/contacts/{id}/notes/{note}`: bare.
pub(super) async fn change_note(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact, id)): Path<(i64, i64, i64)>,
    request: Request,
) -> Answer {
    let (scope, owner) = noted(&edge, &caller, account, contact)?;
    change(&edge, scope, (&NOTES, owner), id, request).await
}

/// `DELETE …/contacts/{id}/notes/{note}`.
pub(super) async fn remove_note(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact, id)): Path<(i64, i64, i64)>,
) -> Answer {
    let (scope, owner) = noted(&edge, &caller, account, contact)?;
    remove(&edge, scope, (&NOTES, owner), id).await
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    #[test]
    fn a_list_is_searched_by_a_part_and_chosen_by_a_whole() {
        let it = value!({ "short_code": "Hello", "content": "Good day", "attribute_model": 1 });
        assert!(fits(&it, "", "hell") && fits(&it, "", "day") && !fits(&it, "", "night"));
        assert!(fits(&it, "attribute_model", "1") && !fits(&it, "attribute_model", "0"));
    }
}
