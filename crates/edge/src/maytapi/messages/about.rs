//! What is done to a message that is there: an emoji beside it, another text, taking it back.

use app::messages;
use axum::http::StatusCode;
use domain::{Direction, Message};
use wire::maytapi::{answers::Sent, extra, id, send::Content};

use super::find;
use crate::{
    Edge,
    maytapi::{
        bot::Phone,
        errors::{Answer, Refused},
        to_wire::message_id,
    },
};

/// A message and its chat.
struct Place {
    message: Message,
    chat: String,
    /// Its conversation's number.
    number: i64,
}

fn place(edge: &Edge, phone: &Phone, id: &str) -> Answer<Place> {
    edge.core.store.view(|view| {
        let message = match find::load(view, &phone.inbox, id) {
            Ok(message) => message,
            Err(refused) => return Ok(Err(refused)),
        };
        let row = view.find_conversation_by_id(message.conversation_id)?;
        let row = row.ok_or_else(|| app::Error::not_found("chat"))?;
        Ok(Ok(Place {
            message,
            chat: row.address.source_id,
            number: row.conversation.number,
        }))
    })?
}

/// Only what we said can be changed.
fn mine(place: Place) -> Answer<Place> {
    if place.message.direction == Direction::Out {
        return Ok(place);
    }
    Err(Refused::new(
        StatusCode::CONFLICT,
        "only a message of our own can be changed or deleted",
    ))
}

/// Does it. `None` if the content is not about another message.
pub(super) async fn change(edge: &Edge, phone: &Phone, content: &Content) -> Answer<Option<Sent>> {
    let place = match content {
        Content::Reaction { emoji, to } => {
            let place = place(edge, phone, to)?;
            react(edge, phone, &place, emoji).await?;
            place
        }
        Content::Edit { text, id } => {
            let place = mine(place(edge, phone, id)?)?;
            let (id, text) = (place.message.id, text.clone());
            let edited = edge.reach.edit(phone.bot.scope(), place.number, id, text);
            edited.await?;
            place
        }
        Content::Delete(id) => {
            let place = mine(place(edge, phone, id)?)?;
            let deleted = edge
                .reach
                .delete(phone.bot.scope(), place.number, place.message.id);
            deleted.await?;
            place
        }
        _ => return Ok(None),
    };
    // What was done has an id of its own, as any message has.
    let number = edge.core.store.transact(|tx| Ok(tx.new_id())).await?;
    Ok(Some(Sent {
        chat_id: place.chat,
        msg_id: id::of(number, 0),
    }))
}

async fn react(edge: &Edge, phone: &Phone, place: &Place, emoji: &str) -> Answer<()> {
    let target = message_id(&place.message);
    phone
        .carrier
        .react(&phone.inbox, &place.chat, &target, emoji)
        .await?;
    let (scope, directory) = (phone.bot.scope(), edge.core.directory.clone());
    let (number, id, emoji) = (place.number, place.message.id, emoji.to_owned());
    edge.core
        .store
        .transact(move |tx| {
            let beside =
                |message: &Message| Ok(extra::with_reaction(message.extra.as_deref(), &emoji));
            messages::annotate(tx, &directory, &scope, number, id, beside)
        })
        .await?;
    Ok(())
}
