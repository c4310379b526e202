//! `GET …/chats/{chat}/messages`, and `…/search` below it: what was said, in the shape of the event `message`. Notes
//! between agents are not part of it.

use app::{
    Error, StoreError, conversations, messages,
    ports::{HistoryPage, View},
};
use axum::extract::{RawQuery, State};
use domain::{Message, MessageId, Spoken, Thread, Timestamp};
use wire::chatapp::rest::{
    cursor::{Direction, MessagePlace},
    history::History,
    query::{ListMessages, SearchMessages},
};

use super::find::{Place, Wanted};
use crate::{
    Edge,
    chatapp::{
        errors::{Answer, ok},
        path::Path,
        scope::Caller,
        to_wire,
    },
    http::pairs,
};

pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
    RawQuery(query): RawQuery,
) -> Answer {
    let wanted = Wanted::of(&edge, &caller, &place)?;
    let asked = ListMessages::from_pairs(&pairs(query.unwrap_or_default().as_bytes()))?;
    let direction = asked.next_page.map_or(asked.direction, |it| it.direction);
    let page = page(&asked, direction);
    let scope = caller.scope();
    let directory = &edge.core.directory;
    let (row, found) = edge.core.store.view(|view| {
        let conversation = wanted.load(view, &scope)?;
        let row = conversations::load(view, &scope, conversation.number)?;
        let found = view.list_history(conversation.id, &page)?;
        let found = found
            .into_iter()
            .map(|message| spoken_in(view, &edge, message))
            .collect::<app::Result<Vec<Spoken>>>()?;
        Ok((row, found))
    })?;
    let thread: Thread = conversations::thread(directory, row)?;
    let asked_for = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let told = found.get(..asked_for).unwrap_or(&found);
    let more = found.len() > told.len();
    let next_page = told.last().filter(|_| more).map(|it| {
        let id = it.message.id.0;
        MessagePlace { direction, id }.to_string()
    });
    let items = told
        .iter()
        .map(|it| to_wire::message(&edge.core, &thread, it))
        .collect();
    Ok(ok(History { items, next_page }))
}

/// Messages with these words. A page may be short and be followed by others: only so many messages are looked at for
/// each.
pub(super) async fn search(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
    RawQuery(query): RawQuery,
) -> Answer {
    let wanted = Wanted::of(&edge, &caller, &place)?;
    let asked = SearchMessages::from_pairs(&pairs(query.unwrap_or_default().as_bytes()))?;
    let direction = asked
        .page
        .next_page
        .map_or(asked.page.direction, |it| it.direction);
    let page = HistoryPage {
        limit: asked.page.limit,
        ..page(&asked.page, direction)
    };
    let (scope, here) = (caller.scope(), edge.clone());
    let search = move || {
        here.core.store.view(|view| {
            let conversation = wanted.load(view, &scope)?;
            let row = conversations::load(view, &scope, conversation.number)?;
            let found = messages::search(view, conversation.id, &page, &asked.words)?;
            let next = found.next;
            let spoken = found.messages.into_iter();
            let spoken = spoken.map(|message| spoken_in(view, &here, message));
            Ok((row, spoken.collect::<app::Result<Vec<Spoken>>>()?, next))
        })
    };
    let (row, found, next) = tokio::task::spawn_blocking(search)
        .await
        .map_err(|_| Error::from(StoreError::Unavailable("the search was given up".into())))??;
    let thread: Thread = conversations::thread(&edge.core.directory, row)?;
    let next_page = next.map(|id| {
        MessagePlace {
            direction,
            id: id.0,
        }
        .to_string()
    });
    let items = found
        .iter()
        .map(|it| to_wire::message(&edge.core, &thread, it))
        .collect();
    Ok(ok(History { items, next_page }))
}

/// One message more than asked for tells whether anything follows.
fn page(asked: &ListMessages, direction: Direction) -> HistoryPage {
    let beyond = asked.next_page.map(|it| MessageId(it.id));
    let time = asked.last_time.filter(|_| beyond.is_none());
    HistoryPage {
        forward: direction == Direction::Next,
        beyond,
        // A time that no clock shows is after everything.
        time: time.map(|it| Timestamp::from_second(it).unwrap_or(Timestamp::MAX)),
        activity: asked.system_messages,
        limit: asked.limit + 1,
    }
}

/// A message with its author and what it answers.
fn spoken_in(view: &dyn View, edge: &Edge, message: Message) -> app::Result<Spoken> {
    let quoted = match message.reply_to {
        Some(id) => view.find_message(id)?.map(Box::new),
        None => None,
    };
    Ok(Spoken {
        quoted,
        ..conversations::spoken(&edge.core.directory, message)
    })
}
