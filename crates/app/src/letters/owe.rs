//! Owing a letter.

use domain::{AccountId, DeliveryId, Kind, Timestamp};

use super::Letter;
use crate::{
    Error, Result,
    deliveries::{Delivery, Parcel, Receiver},
    limits::LETTER_BYTES,
    ports::Tx,
};

/// Owes a letter of an account, not before `due`. Letters of one lane leave one after another.
///
/// Who may be written to, and how often, is the business of whoever wants the letter.
pub fn owe(
    tx: &mut dyn Tx,
    account: AccountId,
    lane: i64,
    letter: Letter,
    due: Timestamp,
) -> Result<DeliveryId> {
    if letter.bytes() > LETTER_BYTES {
        return Err(Error::refused(Kind::TooLarge, "the letter is too long"));
    }
    let (id, now) = (DeliveryId(tx.new_id()), tx.now());
    let what = Parcel::Letter(Box::new(letter));
    let delivery = Delivery::new(id, Receiver::Mail(account), what, due, now).in_lane(lane);
    tx.insert_delivery(&delivery)?;
    Ok(id)
}
