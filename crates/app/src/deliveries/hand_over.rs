//! A program that answers first and cannot be told: what it would answer is people's.

use domain::EndpointId;

use super::{Delivery, Parcel};
use crate::{Result, conversations, directory::Directory, hooks::EndpointState, ports::Tx};

/// Failures in a row after which a program counts as out of reach.
const PATIENCE: i64 = 3;

/// Opens the conversation that a delivery tells of, if the endpoint it is for has failed too often or takes nothing
/// more.
pub(super) fn hand_over(
    tx: &mut dyn Tx,
    directory: &Directory,
    to: EndpointId,
    delivery: &Delivery,
) -> Result<()> {
    let Parcel::Event(told) = &delivery.what else {
        return Ok(());
    };
    let reached = tx
        .find_endpoint(to)?
        .is_none_or(|it| it.failures < PATIENCE && it.state == EndpointState::Active);
    if reached {
        return Ok(());
    }
    let entry = tx.read_journal(told.seq - 1, 1)?.into_iter().next();
    let entry = entry.filter(|it| it.seq == told.seq);
    let thread = entry.as_ref().and_then(|it| it.event.thread());
    match thread {
        Some(thread) => {
            let it = &thread.conversation;
            conversations::hand_over(tx, directory, it.account_id, it.number)
        }
        None => Ok(()),
    }
}
