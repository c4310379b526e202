//! What an owner may do with an endpoint and what it is owed.

use std::time::Duration;

use domain::{AccountId, DeliveryId, EndpointId, Event, InboxId, Kind, Refusal, Timestamp};
use jiff::SignedDuration;

use super::{Endpoint, EndpointSecret, EndpointState, HookDialect};
use crate::{
    Error, Result,
    deliveries::{Delivery, Notice, Parcel, Receiver},
    ports::{Tx, View},
};

/// How long an old secret goes on signing beside the new one.
pub const ROTATION_GRACE: SignedDuration = SignedDuration::from_hours(24);
/// Posts under way to one endpoint unless it says otherwise.
pub const IN_FLIGHT: i64 = 20;
/// Endpoints of one account.
pub const ENDPOINTS: usize = 100;
/// Characters of an address.
pub const URL_CHARS: usize = 2048;

/// What it takes to make an endpoint.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// Whose it is.
    pub account_id: AccountId,
    /// The dialect it is told in.
    pub dialect: String,
    /// What people call it.
    pub name: String,
    /// Where to post.
    pub url: String,
    /// The events it wants.
    pub events: Vec<String>,
    /// Only what happens in this inbox.
    pub inbox_id: Option<InboxId>,
    /// One event after another.
    pub ordered: bool,
    /// At most this many posts a second; no limit if 0.
    pub per_second: i64,
    /// At most this many posts under way.
    pub in_flight: i64,
    /// What signs, if its dialect signs.
    pub secret: Option<String>,
}

impl NewEndpoint {
    /// One that wants everything of an account, without order and with the usual limits.
    pub fn new(account_id: AccountId, dialect: &str, url: &str) -> Self {
        Self {
            account_id,
            dialect: dialect.to_owned(),
            name: String::new(),
            url: url.to_owned(),
            events: Vec::new(),
            inbox_id: None,
            ordered: false,
            per_second: 0,
            in_flight: IN_FLIGHT,
            secret: None,
        }
    }
}

/// Makes an endpoint. It is told of what happens from now on.
pub fn create(tx: &mut dyn Tx, new: &NewEndpoint) -> Result<Endpoint> {
    check_url(&new.url)?;
    let mine = tx
        .endpoints()?
        .into_iter()
        .filter(|it| it.account_id == new.account_id);
    if mine.count() >= ENDPOINTS {
        return Err(Error::refused(
            Kind::Invalid,
            format!("an account has at most {ENDPOINTS} endpoints"),
        ));
    }
    let now = tx.now();
    let mut endpoint = Endpoint {
        id: EndpointId(0),
        account_id: new.account_id,
        dialect: new.dialect.clone(),
        name: new.name.clone(),
        url: new.url.clone(),
        events: new.events.clone(),
        inbox_id: new.inbox_id,
        state: EndpointState::Active,
        ordered: new.ordered,
        per_second: new.per_second,
        in_flight: new.in_flight,
        since: tx.journal_head()?,
        failing_since: None,
        failures: 0,
        secrets: secrets(new, now),
        created_at: now,
    };
    endpoint.id = tx.insert_endpoint(&endpoint)?;
    told(tx, &endpoint)?;
    Ok(endpoint)
}

/// What a new endpoint signs with.
fn secrets(new: &NewEndpoint, now: Timestamp) -> Vec<EndpointSecret> {
    let secret = |text: &String| EndpointSecret {
        text: text.clone(),
        created_at: now,
        expires_at: None,
    };
    new.secret.iter().map(secret).collect()
}

fn check_url(url: &str) -> Result<()> {
    let fits = url.starts_with("https://") || url.starts_with("http://");
    if !fits || url.chars().count() > URL_CHARS {
        let text =
            format!("an endpoint needs an http or https address of at most {URL_CHARS} characters");
        return Err(Error::Refused(
            Refusal::new(Kind::Invalid, text).of_field("url"),
        ));
    }
    Ok(())
}

/// An endpoint of an account.
pub fn load(tx: &dyn Tx, account: AccountId, id: EndpointId) -> Result<Endpoint> {
    let found = tx
        .endpoints()?
        .into_iter()
        .find(|it| it.id == id && it.account_id == account);
    found.ok_or_else(|| Error::not_found("endpoint"))
}

/// The endpoint that an inbox has for itself in a dialect.
pub fn of_inbox<V: View + ?Sized>(
    view: &V,
    dialect: &str,
    inbox: InboxId,
) -> Result<Option<Endpoint>> {
    let mut all = view.endpoints()?.into_iter();
    Ok(all.find(|it| it.dialect == dialect && it.inbox_id == Some(inbox)))
}

/// The endpoint at an address in a dialect whose endpoints want nothing by themselves; made if there is none.
pub fn at(tx: &mut dyn Tx, account: AccountId, dialect: &str, url: &str) -> Result<Endpoint> {
    let found = tx
        .endpoints()?
        .into_iter()
        .find(|it| it.account_id == account && it.dialect == dialect && it.url == url);
    match found {
        Some(endpoint) => Ok(endpoint),
        None => create(tx, &NewEndpoint::new(account, dialect, url)),
    }
}

/// Gives an inbox its endpoint in a dialect, of which it has one: made, or changed and resumed.
pub fn put_of_inbox(tx: &mut dyn Tx, inbox: InboxId, new: &NewEndpoint) -> Result<Endpoint> {
    let new = NewEndpoint {
        inbox_id: Some(inbox),
        ..new.clone()
    };
    let Some(before) = of_inbox(&*tx, &new.dialect, inbox)? else {
        return create(tx, &new);
    };
    let now = tx.now();
    change(tx, new.account_id, before.id, |it| {
        it.url.clone_from(&new.url);
        it.events.clone_from(&new.events);
        it.secrets = secrets(&new, now);
    })?;
    resume(tx, new.account_id, before.id)
}

/// Changes an endpoint as `change` says.
pub fn change(
    tx: &mut dyn Tx,
    account: AccountId,
    id: EndpointId,
    change: impl FnOnce(&mut Endpoint),
) -> Result<Endpoint> {
    let mut endpoint = load(tx, account, id)?;
    change(&mut endpoint);
    check_url(&endpoint.url)?;
    tx.update_endpoint(&endpoint)?;
    told(tx, &endpoint)?;
    Ok(endpoint)
}

/// Stops posting until it is resumed. What it is owed waits.
pub fn pause(tx: &mut dyn Tx, account: AccountId, id: EndpointId) -> Result<Endpoint> {
    change(tx, account, id, |it| it.state = EndpointState::Paused)
}

/// Posts again, at once: what waits is due now. Also enables an endpoint that was disabled.
pub fn resume(tx: &mut dyn Tx, account: AccountId, id: EndpointId) -> Result<Endpoint> {
    let endpoint = change(tx, account, id, |it| {
        it.state = EndpointState::Active;
        it.failing_since = None;
        it.failures = 0;
    })?;
    tx.hasten_deliveries(Receiver::Endpoint(id))?;
    Ok(endpoint)
}

/// A new secret signs from now on; the old ones sign beside it until the grace has passed.
pub fn rotate(
    tx: &mut dyn Tx,
    account: AccountId,
    id: EndpointId,
    secret: &str,
) -> Result<Endpoint> {
    let now = tx.now();
    let end = now.saturating_add(ROTATION_GRACE).unwrap_or(Timestamp::MAX);
    change(tx, account, id, |it| {
        it.secrets
            .retain(|old| old.expires_at.is_none_or(|at| now < at));
        for old in &mut it.secrets {
            old.expires_at.get_or_insert(end);
        }
        let text = secret.to_owned();
        it.secrets.insert(
            0,
            EndpointSecret {
                text,
                created_at: now,
                expires_at: None,
            },
        );
    })
}

/// Removes an endpoint with its deliveries and their attempts.
pub fn remove(tx: &mut dyn Tx, account: AccountId, id: EndpointId) -> Result<()> {
    let endpoint = load(tx, account, id)?;
    tx.delete_endpoint(id)?;
    told(tx, &endpoint)
}

/// Tells an endpoint of an event that is only a test.
pub fn test(
    tx: &mut dyn Tx,
    account: AccountId,
    id: EndpointId,
    (event, body): &(String, String),
) -> Result<DeliveryId> {
    let endpoint = load(tx, account, id)?;
    let told = Notice {
        event: event.clone(),
        body: body.clone(),
        seq: 0,
    };
    let now = tx.now();
    tell(tx, &endpoint, told, now)
}

/// Owes endpoints what the journal does not tell of. One that is gone is owed nothing.
pub fn owe(tx: &mut dyn Tx, owed: &[(EndpointId, Notice)]) -> Result<()> {
    let now = tx.now();
    for (id, told) in owed {
        if let Some(endpoint) = tx.find_endpoint(*id)? {
            tell(tx, &endpoint, told.clone(), now)?;
        }
    }
    Ok(())
}

/// Owes an endpoint an event.
pub(super) fn tell(
    tx: &mut dyn Tx,
    endpoint: &Endpoint,
    told: Notice,
    happened_at: Timestamp,
) -> Result<DeliveryId> {
    let id = DeliveryId(tx.new_id());
    let to = Receiver::Endpoint(endpoint.id);
    let delivery = Delivery::new(id, to, Parcel::Event(told), tx.now(), happened_at);
    // An ordered endpoint is one lane.
    tx.insert_delivery(&delivery.in_lane(i64::from(endpoint.ordered)))?;
    Ok(id)
}

/// Owes an endpoint an event that is gathered: together with the one that waits to be posted, or else as the first
/// of those that will come until `wait` has passed.
pub(super) fn gather(
    tx: &mut dyn Tx,
    endpoint: &Endpoint,
    dialect: &dyn HookDialect,
    told: Notice,
    happened_at: Timestamp,
    wait: Duration,
) -> Result<()> {
    let now = tx.now();
    let to = Receiver::Endpoint(endpoint.id);
    let due = now.saturating_add(wait).unwrap_or(now);
    if let Some((id, before)) = tx.find_gathering(to, &told.event, now, due)?
        && let Some(body) = dialect.join(&before.body, &told.body)
    {
        return tx.change_notice(id, &Notice { body, ..told });
    }
    let id = DeliveryId(tx.new_id());
    let delivery = Delivery {
        next_at: due,
        ..Delivery::new(id, to, Parcel::Event(told), now, happened_at)
    };
    // An ordered endpoint is one lane.
    tx.insert_delivery(&delivery.in_lane(i64::from(endpoint.ordered)))
}

/// Makes one delivery again, under its own id.
pub fn replay(
    tx: &mut dyn Tx,
    account: AccountId,
    id: EndpointId,
    delivery: DeliveryId,
) -> Result<()> {
    load(tx, account, id)?;
    match tx.find_delivery(delivery)? {
        Some(found) if found.to == Receiver::Endpoint(id) => tx.replay_delivery(&found),
        _ => Err(Error::not_found("delivery")),
    }
}

/// Makes every delivery again that was given up on since a time. Returns how many.
pub fn replay_dead(
    tx: &mut dyn Tx,
    account: AccountId,
    id: EndpointId,
    since: Timestamp,
) -> Result<usize> {
    load(tx, account, id)?;
    tx.replay_dead_deliveries(Receiver::Endpoint(id), since)
}

/// Says in the journal that an endpoint changed, so that whoever holds it reads it again.
pub(crate) fn told(tx: &mut dyn Tx, endpoint: &Endpoint) -> Result<()> {
    tx.append(
        endpoint.account_id,
        Event::EndpointChanged {
            endpoint_id: endpoint.id,
        },
    )
}
