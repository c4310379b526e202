//! What a product has of its own: how many phones, in which form it is told, whether of acknowledgements, and which
//! of its tokens is the living one.

use app::{
    Core, Error, Result, inboxes,
    ports::{StoredInbox, Tx, View},
    seal::{Purpose, Sealer},
    tokens::random_text,
};
use domain::{AccountId, Inbox, InboxId, InboxState, Kind};
use serde::{Deserialize, Serialize};
use wire::maytapi::Form;

use super::{MESSENGER, is_phone};

/// Under which these are kept.
const KEEPER: &str = "maytapi";

/// A product's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The tokens of the generations before work no longer.
    pub generation: i64,
    /// How many phones it may have.
    pub phone_limit: i64,
    /// Whether it is told of acknowledgements.
    pub ack_delivery: bool,
    /// In which form it is told.
    pub form: Form,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            generation: 0,
            phone_limit: 10,
            ack_delivery: false,
            form: Form::default(),
        }
    }
}

/// What a bot needs to know.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Names the product.
    pub product_id: String,
    /// Lets the bot in: its `x-maytapi-key`.
    pub token: String,
}

impl Settings {
    fn place(account: AccountId) -> String {
        format!("account:{account}")
    }

    /// An account's settings.
    pub fn load<V: View + ?Sized>(view: &V, account: AccountId) -> Result<Self> {
        let kept = view.find_kept(KEEPER, &Self::place(account))?;
        Ok(kept
            .and_then(|it| serde_json::from_str(&it).ok())
            .unwrap_or_default())
    }

    /// Keeps them.
    pub fn keep(&self, tx: &mut dyn Tx, account: AccountId) -> Result<()> {
        let text = serde_json::to_string(self).unwrap_or_default();
        tx.keep(KEEPER, &Self::place(account), Some(&text))
    }
}

/// Forgets an account's settings.
pub(crate) fn forget(tx: &mut dyn Tx, account: AccountId) -> Result<()> {
    tx.keep(KEEPER, &Settings::place(account), None)
}

/// The name of an account's product.
pub(super) fn product_id(sealer: &Sealer, account: AccountId) -> String {
    let name = sealer.name(Purpose::AccountName, account.0);
    let hex = format!("{name:032x}");
    let mut id = String::with_capacity(36);
    for (index, digit) in hex.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(digit);
    }
    id
}

/// Whether a text is the name of a product, of this server or another.
pub(super) fn looks_like_product(text: &str) -> bool {
    number(text).is_some()
}

/// What stands in a product's name.
fn number(product_id: &str) -> Option<u128> {
    let hex: String = product_id.chars().filter(|it| *it != '-').collect();
    let fits = product_id.len() == 36 && hex.len() == 32;
    u128::from_str_radix(&hex, 16).ok().filter(|_| fits)
}

/// The account whose product has this name.
pub(super) fn account_of(sealer: &Sealer, product_id: &str) -> Option<AccountId> {
    let name = number(product_id)?;
    sealer.open_name(Purpose::AccountName, name).map(AccountId)
}

/// What a bot of this account shows now.
pub fn credentials(core: &Core, account: AccountId) -> Result<Credentials> {
    let settings = core.store.view(|view| Settings::load(view, account))?;
    Ok(Credentials {
        product_id: product_id(&core.sealer, account),
        token: core
            .sealer
            .seal(Purpose::AccountAccess, account.0, settings.generation),
    })
}

/// Adds a phone to an account, under a licence of its own: a licence has each messenger once.
pub fn new_phone(
    tx: &mut dyn Tx,
    account: AccountId,
    carrier: &str,
    number: Option<&str>,
) -> Result<Inbox> {
    let settings = Settings::load(&*tx, account)?;
    let all = tx.inboxes()?;
    let mine = all
        .iter()
        .filter(|it| it.inbox.account_id == account && is_phone(&it.inbox))
        .count();
    if i64::try_from(mine).unwrap_or(i64::MAX) >= settings.phone_limit {
        let text = format!("the product has all of its {} phones", settings.phone_limit);
        return Err(Error::refused(Kind::Conflict, text));
    }
    let taken =
        |it: &StoredInbox| it.inbox.carrier == carrier && Some(&*it.inbox.address) == number;
    if all.iter().any(taken) {
        let text = "a phone with this number was added already: listPhones has yours";
        return Err(Error::refused(Kind::Conflict, text));
    }
    let license_id = 1 + all.iter().map(|it| it.inbox.license_id).max().unwrap_or(0);
    let address = match number {
        Some(number) => number.to_owned(),
        None => format!("unpaired-{}", random_text()?.get(..8).unwrap_or_default()),
    };
    let inbox = Inbox {
        id: InboxId(0),
        account_id: account,
        name: number.map_or_else(|| format!("Phone {}", mine + 1), |it| format!("+{it}")),
        carrier: carrier.to_owned(),
        license_id,
        messenger: MESSENGER.to_owned(),
        address,
        state: InboxState::Active,
        created_at: tx.now(),
    };
    let inbox = inboxes::create(
        tx,
        &StoredInbox {
            inbox,
            settings: String::new(),
        },
    )?;
    inboxes::open_to_everybody(tx, &inbox)?;
    let shared = std::sync::Arc::new(inbox.clone());
    app::sessions::change(tx, &shared, |_| {})?;
    Ok(inbox)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_named_as_one_and_no_other_name_opens_it() {
        let sealer = Sealer::new(&[3; 32]);
        let id = product_id(&sealer, AccountId(7));
        assert_eq!(account_of(&sealer, &id), Some(AccountId(7)));
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        let other = product_id(&Sealer::new(&[4; 32]), AccountId(7));
        for wrong in [other.as_str(), "7", "", &id.replace('-', ""), "v1"] {
            assert_eq!(account_of(&sealer, wrong), None, "{wrong}");
        }
    }
}
