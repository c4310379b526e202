//! The topics that OneChat's clients follow.

use domain::{AccountId, AddressId};

/// What every agent of an account is told.
pub(super) fn agents_topic(account: AccountId) -> String {
    format!("onechat/agents/{account}")
}

/// What the contacts of an account are told of its agents.
pub(super) fn visitors_topic(account: AccountId) -> String {
    format!("onechat/visitors/{account}")
}

/// What the person behind an address is told.
pub(super) fn address_topic(address: AddressId) -> String {
    format!("onechat/address/{address}")
}
