//! The account's contacts: listed, found, added, changed, merged and removed; their addresses and conversations.

use std::collections::BTreeMap;

use app::{
    Error, Scope,
    contacts::{self, Change},
    ports::{ContactOrder, ContactPage, Tx, View, With},
    presence::Person,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{Address, Contact, ContactId, Inbox, InboxId};
use serde::Serialize;
use serde_json::{Value, json as value};
use wire::onechat::{
    Params,
    condition::Model,
    errors::Refusal,
    json::{joined, keyed, without},
    rest::Payload,
};

use super::{
    caller::Caller,
    client::told,
    conversations::{labeled_with, labels_titled, show_row},
    errors::Answer,
    filters,
    given::Given,
    path::Path,
    pictures::{Brought, forget, set_of_contact},
    random_uuid,
    settings::{API, WIDGET},
    to_wire::{rest, seconds},
};
use crate::{Edge, http::json};

/// Contacts on a page.
const PAGE: i64 = 15;
/// Conversations shown with a contact.
const CONVERSATIONS: i64 = 20;

/// Contacts with their addresses and when they were last active: a statement for all of each.
fn shown(edge: &Edge, view: &dyn View, contacts: &[Contact]) -> app::Result<Vec<Value>> {
    let ids: Vec<ContactId> = contacts.iter().map(|it| it.id).collect();
    let mut addresses: BTreeMap<ContactId, Vec<Address>> = BTreeMap::new();
    for address in view.list_addresses_of(&ids)? {
        addresses
            .entry(address.contact_id)
            .or_default()
            .push(address);
    }
    let active: BTreeMap<_, _> = view.last_active(&ids)?.into_iter().collect();
    let one = |it: &Contact| {
        let mut body = rest::contact(&edge.core, it.account_id, it);
        body.last_activity_at = active.get(&it.id).copied().map(seconds);
        let mine = addresses.remove(&it.id).unwrap_or_default();
        body.contact_inboxes = Some(rest::contact_inboxes(&edge.core, &mine));
        serde_json::to_value(body).unwrap_or_default()
    };
    Ok(contacts.iter().map(one).collect())
}

fn shown_now(edge: &Edge, contact: &Contact) -> Answer<Value> {
    let one = std::slice::from_ref(contact);
    let mut all = edge.core.store.view(|view| shown(edge, view, one))?;
    Ok(all.pop().unwrap_or_default())
}

fn page_number(params: &Params) -> Answer<i64> {
    Ok(params.number("page")?.unwrap_or(1).clamp(1, 1_000_000))
}

/// `GET …/contacts?page=&sort=`: those who can be reached or told apart.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let number = page_number(&params)?;
    let sort = params.text("sort")?.unwrap_or_default();
    let labels = labels_titled(&edge, &scope, &params.texts("labels")?);
    let conditions = match labels.is_empty() {
        true => Vec::new(),
        false => vec![vec![labeled_with(&labels)]],
    };
    let page = ContactPage {
        known: true,
        conditions: &conditions,
        limit: PAGE,
        offset: (number - 1) * PAGE,
        ..sorted(&sort)
    };
    let (payload, count) = find_page(&edge, &scope, &page, &params)?;
    let meta = value!({ "count": count, "current_page": number });
    Ok(listed(&meta, &payload))
}

/// A page in the wanted order; without a wish, the newest first.
fn sorted(sort: &str) -> ContactPage<'static> {
    let order = match sort.trim_start_matches('-') {
        "name" => ContactOrder::Name,
        "email" => ContactOrder::Email,
        "phone_number" => ContactOrder::Phone,
        "last_activity_at" => ContactOrder::ActiveAt,
        "created_at" => ContactOrder::Added,
        "company_name" | "company" => ContactOrder::Additional("company_name"),
        "city" => ContactOrder::Additional("city"),
        "country" => ContactOrder::Additional("country"),
        _ => {
            return ContactPage {
                descending: true,
                ..ContactPage::default()
            };
        }
    };
    ContactPage {
        order,
        descending: sort.starts_with('-'),
        ..ContactPage::default()
    }
}

fn shown_page(
    edge: &Edge,
    view: &dyn View,
    found: &[Contact],
    with_addresses: bool,
) -> app::Result<Vec<Value>> {
    if with_addresses {
        return shown(edge, view, found);
    }
    let ids: Vec<ContactId> = found.iter().map(|it| it.id).collect();
    let active: BTreeMap<_, _> = view.last_active(&ids)?.into_iter().collect();
    let one = |it: &Contact| {
        let mut body = rest::contact(&edge.core, it.account_id, it);
        body.last_activity_at = active.get(&it.id).copied().map(seconds);
        serde_json::to_value(body).unwrap_or_default()
    };
    Ok(found.iter().map(one).collect())
}

fn find_page(
    edge: &Edge,
    scope: &Scope,
    page: &ContactPage<'_>,
    params: &Params,
) -> Answer<(Vec<Value>, i64)> {
    let with_addresses = params.flag("include_contact_inboxes")?.unwrap_or(true);
    let found = edge.core.store.view(|view| {
        let (found, count) = contacts::list(view, scope.account_id, page)?;
        Ok((shown_page(edge, view, &found, with_addresses)?, count))
    })?;
    Ok(found)
}

/// `GET …/contacts/search?q=`: by a part of the name, the e-mail address, the telephone or the identifier.
pub(super) async fn search(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let wanted = params.text("q")?.unwrap_or_default().trim().to_lowercase();
    if wanted.is_empty() {
        return Err(Refusal::unprocessable("Specify search string with parameter q").into());
    }
    let number = page_number(&params)?;
    let page = ContactPage {
        containing: Some(&wanted),
        // One more shows whether there are more.
        limit: PAGE + 1,
        offset: (number - 1) * PAGE,
        ..sorted(&params.text("sort")?.unwrap_or_default())
    };
    let with_addresses = params.flag("include_contact_inboxes")?.unwrap_or(true);
    let size = usize::try_from(PAGE).unwrap_or(0);
    let (payload, more) = edge.core.store.view(|view| {
        let mut found = view.list_contacts(scope.account_id, &page)?;
        let more = found.len() > size;
        found.truncate(size);
        Ok((shown_page(&edge, view, &found, with_addresses)?, more))
    })?;
    let meta = value!({ "count": payload.len(), "current_page": number, "has_more": more });
    Ok(listed(&meta, &payload))
}

/// `GET …/contacts/active`: those who are here now.
pub(super) async fn active(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let number = page_number(&params)?;
    let core = &edge.core;
    let mut here: Vec<ContactId> = core
        .presence
        .here(scope.account_id, core.clock.now())
        .into_iter()
        .filter_map(|it| match it {
            Person::Contact(id) => Some(id),
            Person::Agent(_) => None,
        })
        .collect();
    here.sort_unstable();
    let page = usize::try_from(PAGE).unwrap_or(0);
    let skip = page.saturating_mul(usize::try_from(number - 1).unwrap_or(0));
    let payload = core.store.view(|view| {
        let shown_here: Vec<ContactId> = here.iter().skip(skip).take(page).copied().collect();
        let found = view.find_contacts(scope.account_id, &shown_here)?;
        shown(&edge, view, &found)
    })?;
    let meta = value!({ "count": here.len(), "current_page": number });
    Ok(listed(&meta, &payload))
}

/// `POST …/contacts/filter?page= {payload: [{attribute_key, filter_operator, values, query_operator}]}`.
pub(super) async fn filter(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let number = page_number(&params)?;
    let conditions = filters::conditions(&edge, &scope, Model::Contacts, &params)?;
    let page = ContactPage {
        conditions: &conditions,
        limit: PAGE,
        offset: (number - 1) * PAGE,
        ..sorted(&params.text("sort")?.unwrap_or_default())
    };
    let (payload, count) = find_page(&edge, &scope, &page, &params)?;
    let meta = value!({ "count": count, "current_page": number });
    Ok(listed(&meta, &payload))
}

/// A page of contacts and what there is to say of it.
fn listed(meta: &Value, payload: &impl Serialize) -> Response {
    let page = value!({ "meta": meta, "payload": payload });
    json(StatusCode::OK, &page)
}

/// `POST …/contacts`: with an address in an inbox if one is named.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let given = Given::read(&edge, request).await?;
    let params = given.params.unwrapped("contact");
    let (picture, by) = (Brought::read(&given, &params)?, scope.clone());
    let change = Change {
        blocked: params.flag("blocked")?,
        ..told(&params)?
    };
    let inbox = match params.number("inbox_id")?.filter(|it| *it != 0) {
        Some(id) => Some(own_inbox(&edge, &scope, id)?),
        None => None,
    };
    let source_id = params.text("source_id")?.filter(|it| !it.is_empty());
    let fresh = random_uuid()?;
    let make = move |tx: &mut dyn Tx| {
        let contact = contacts::add(tx, &scope, &change)?;
        let address = match &inbox {
            Some(inbox) => {
                let name = source_for(inbox, &contact, source_id.as_deref(), &fresh)?;
                Some(contacts::reach(tx, &scope, inbox, contact.id, &name)?)
            }
            None => None,
        };
        Ok((contact, address))
    };
    let (contact, address) = edge.core.store.transact(make).await?;
    let contact = picture.give_contact(&edge, &by, contact).await?;
    let told_inbox = address
        .as_ref()
        .map(|it| rest::slim_inbox(&edge.core, it.inbox_id));
    let contact_inbox = value!({
        "inbox": told_inbox,
        "source_id": address.as_ref().map(|it| &it.source_id),
    });
    let body = shown_now(&edge, &contact)?;
    let payload = value!({ "contact": body, "contact_inbox": contact_inbox });
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// What an inbox calls a contact whom nobody has named there: what its network goes by, or a name of ours.
pub(super) fn source_for(
    inbox: &Inbox,
    contact: &Contact,
    given: Option<&str>,
    fresh: &str,
) -> app::Result<String> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    if matches!(inbox.carrier.as_str(), API | WIDGET) {
        return Ok(fresh.to_owned());
    }
    let phone = contact.phone.as_deref().unwrap_or_default();
    match phone.trim_start_matches('+') {
        "" => Err(Error::refused(
            domain::Kind::Invalid,
            "the contact has no telephone number for this inbox",
        )),
        digits => Ok(digits.to_owned()),
    }
}

pub(super) fn own_inbox(edge: &Edge, scope: &Scope, id: i64) -> Answer<std::sync::Arc<Inbox>> {
    let found = edge.core.directory.inbox(InboxId(id));
    let found = found.filter(|it| it.inbox.account_id == scope.account_id);
    let inbox = found.ok_or_else(|| Error::not_found("inbox"))?.inbox;
    if !scope.sees_inbox(inbox.id) {
        return Err(Refusal::not_authorized().into());
    }
    Ok(inbox)
}

fn find(edge: &Edge, scope: &Scope, contact: i64) -> Answer<Contact> {
    let find = |view: &dyn View| contacts::load(view, scope, ContactId(contact));
    Ok(edge.core.store.view(find)?)
}

/// `GET …/contacts/{id}`.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let contact = find(&edge, &scope, contact)?;
    let payload = shown_now(&edge, &contact)?;
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `PUT …/contacts/{id}`: attributes are merged, an empty value of a key takes it away.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let given = Given::read(&edge, request).await?;
    let params = given.params.unwrapped("contact");
    let (picture, by) = (Brought::read(&given, &params)?, scope.clone());
    let taken = |key: &str| -> Answer<Option<String>> {
        let told = params.text(key)?;
        // Null and blank both mean nothing.
        Ok(told.or_else(|| params.has(key).then(String::new)))
    };
    let change = Change {
        email: taken("email")?,
        phone: taken("phone_number")?,
        identifier: taken("identifier")?,
        blocked: params.flag("blocked")?,
        ..told(&params)?
    };
    let id = ContactId(contact);
    let contact = edge
        .core
        .store
        .transact(move |tx| contacts::change(tx, &scope, id, &change))
        .await?;
    let contact = picture.give_contact(&edge, &by, contact).await?;
    let payload = shown_now(&edge, &contact)?;
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `DELETE …/contacts/{id}/avatar`.
pub(super) async fn delete_avatar(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let contact = set_of_contact(&edge, &scope, ContactId(contact), None).await?;
    let payload = shown_now(&edge, &contact)?;
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `DELETE …/contacts/{id}`: an administrator, and not while the contact is here.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let contact = find(&edge, &scope, contact)?;
    let person = Person::Contact(contact.id);
    let core = &edge.core;
    if core
        .presence
        .is_here(scope.account_id, person, core.clock.now())
    {
        let text = format!(
            "{} is online. You cannot delete online contacts.",
            contact.name
        );
        let body = value!({ "message": text });
        return Ok(json(StatusCode::UNPROCESSABLE_ENTITY, &body));
    }
    let directory = core.directory.clone();
    core.store
        .transact(move |tx| contacts::delete(tx, &directory, &scope, contact.id))
        .await?;
    forget(core, contact.picture).await;
    Ok(nothing())
}

/// `GET …/contacts/{id}/conversations`: the newest.
pub(super) async fn conversations_of(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let contact = find(&edge, &scope, contact)?;
    let with = With::Contact(contact.id);
    let rows = edge
        .core
        .store
        .view(|view| view.list_conversations_with(with, CONVERSATIONS))?;
    let payload = rows
        .into_iter()
        .filter(|row| scope.sees(&row.conversation))
        .map(|row| show_row(&edge, row))
        .collect::<app::Result<Vec<_>>>()?;
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `GET …/contacts/{id}/labels`: the titles.
pub(super) async fn labels_of(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let contact = find(&edge, &scope, contact)?;
    let ids = edge
        .core
        .store
        .view(|view| view.labels_of_contact(contact.id))?;
    let tables = edge.core.directory.tables();
    let labels = ids.iter().filter_map(|id| tables.labels.get(id));
    let payload: Vec<&str> = labels.map(|it| it.title.as_str()).collect();
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `POST …/contacts/{id}/labels {labels[]}`: all of them anew. A title that no label has becomes one.
pub(super) async fn set_labels(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request)
        .await?
        .params
        .unwrapped("contact");
    let titles: Vec<String> = params
        .texts("labels")?
        .iter()
        .map(|it| it.trim().to_lowercase())
        .filter(|it| !it.is_empty())
        .collect();
    let labels = edge
        .core
        .store
        .transact(move |tx| contacts::label(tx, &scope, ContactId(contact), &titles))
        .await?;
    let payload: Vec<&str> = labels.iter().map(|it| it.title.as_str()).collect();
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `POST …/contacts/{id}/contact_inboxes {inbox_id, source_id}`: bare.
pub(super) async fn add_address(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let contact = find(&edge, &scope, contact)?;
    let inbox_id = params
        .number("inbox_id")?
        .ok_or_else(|| Refusal::missing_param("inbox_id"))?;
    let inbox = own_inbox(&edge, &scope, inbox_id)?;
    let given = params.text("source_id")?.filter(|it| !it.is_empty());
    let name = source_for(&inbox, &contact, given.as_deref(), &random_uuid()?)?;
    let address = edge
        .core
        .store
        .transact(move |tx| contacts::reach(tx, &scope, &inbox, contact.id, &name))
        .await?;
    Ok(json(StatusCode::OK, &address_of(&edge, &address)))
}

fn address_of(edge: &Edge, address: &Address) -> Value {
    let inbox = rest::slim_inbox(&edge.core, address.inbox_id);
    value!({ "source_id": address.source_id, "inbox": inbox })
}

/// `GET …/contacts/{id}/contactable_inboxes`: where an agent could write to them first.
pub(super) async fn contactable(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let contact = find(&edge, &scope, contact)?;
    let known = edge
        .core
        .store
        .view(|view| view.list_addresses(contact.id))?;
    let tables = edge.core.directory.tables();
    let mut payload = Vec::new();
    for connected in tables.inboxes_of(scope.account_id) {
        let inbox = &connected.inbox;
        let there = known.iter().find(|it| it.inbox_id == inbox.id);
        let source_id = match there {
            Some(address) => address.source_id.clone(),
            None if inbox.carrier == WIDGET => continue,
            None => match source_for(inbox, &contact, None, &random_uuid()?) {
                Ok(name) => name,
                Err(_) => continue,
            },
        };
        let told = rest::slim_inbox(&edge.core, inbox.id);
        payload.push(value!({ "inbox": told, "source_id": source_id }));
    }
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `POST …/contacts/{id}/destroy_custom_attributes {custom_attributes: [key]}`.
pub(super) async fn destroy_custom_attributes(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let keys = params.texts("custom_attributes")?;
    let contact = find(&edge, &scope, contact)?;
    let change = Change {
        custom_attributes: Some(keyed(&keys)),
        join: without,
        ..Change::default()
    };
    let contact = edge
        .core
        .store
        .transact(move |tx| contacts::change(tx, &scope, contact.id, &change))
        .await?;
    let payload = shown_now(&edge, &contact)?;
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `POST …/actions/contact_merge {base_contact_id, mergee_contact_id}`: bare contact.
pub(super) async fn merge(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let id = |key: &'static str| -> Answer<ContactId> {
        let id = params.number(key)?;
        Ok(ContactId(id.ok_or_else(|| Refusal::missing_param(key))?))
    };
    let (base, other) = (id("base_contact_id")?, id("mergee_contact_id")?);
    let gone = edge
        .core
        .store
        .view(|view| view.find_contact(scope.account_id, other))?;
    let directory = edge.core.directory.clone();
    let merge = move |tx: &mut dyn Tx| contacts::merge(tx, &directory, &scope, base, other, joined);
    let contact = edge.core.store.transact(merge).await?;
    let picture = gone.and_then(|it| it.picture);
    forget(
        &edge.core,
        picture.filter(|it| contact.picture.as_ref() != Some(it)),
    )
    .await;
    Ok(json(StatusCode::OK, &shown_now(&edge, &contact)?))
}

/// `POST …/contact_inboxes/filter {inbox_id, source_id}`: bare contact; 404 without a body if there is none.
pub(super) async fn by_address(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let inbox = own_inbox(&edge, &scope, params.number("inbox_id")?.unwrap_or(0))?;
    let source_id = params.text("source_id")?.unwrap_or_default();
    let found = edge
        .core
        .store
        .view(|view| view.find_address(inbox.id, &source_id))?;
    match found {
        Some((_, contact, _)) => Ok(json(StatusCode::OK, &shown_now(&edge, &contact)?)),
        None => Ok(StatusCode::NOT_FOUND.into_response()),
    }
}

/// A contact's address in an inbox: the newest there is, by the name that is given, or a new one.
pub(super) fn address_in(
    tx: &mut dyn Tx,
    scope: &Scope,
    inbox: &Inbox,
    contact: ContactId,
    (given, fresh): (Option<&str>, &str),
) -> app::Result<(Address, Contact)> {
    let contact = contacts::load(tx, scope, contact)?;
    let known = tx.list_addresses(contact.id)?;
    let there = known
        .into_iter()
        .rev()
        .find(|it| it.inbox_id == inbox.id && given.is_none_or(|given| given == it.source_id));
    let address = match there {
        Some(address) => address,
        None => {
            let name = source_for(inbox, &contact, given, fresh)?;
            contacts::reach(tx, scope, inbox, contact.id, &name)?
        }
    };
    Ok((address, contact))
}

fn nothing() -> Response {
    StatusCode::OK.into_response()
}
