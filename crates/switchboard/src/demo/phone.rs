//! The demo's phone, in the sandbox: made at the first start, and paired by itself whenever it is not.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use app::Core;
use carriers::sandbox::{self, Pace, Sandbox};
use domain::{AccountId, Inbox};
use edge::maytapi::new_phone;

/// Its number.
const NUMBER: &str = "447700900200";

/// Makes it if it is missing, and pairs it if it is not paired.
pub(super) async fn ensure(core: &Core, account: AccountId) -> Result<Arc<Inbox>> {
    let find = || {
        let tables = core.directory.tables();
        let mut all = tables.inboxes_by_carrier(sandbox::NAME);
        all.next().map(|it| it.inbox.clone())
    };
    if find().is_none() {
        core.store
            .transact(move |tx| new_phone(tx, account, sandbox::NAME, Some(NUMBER)))
            .await?;
    }
    let phone = find().context("the demo's phone is gone")?;
    let session = core.store.view(|view| app::sessions::load(view, &phone))?;
    if session.may_pair() {
        let network = Sandbox::new(core.clone(), Pace::default());
        network.pair_at_once(&phone, NUMBER).await?;
    }
    Ok(phone)
}
