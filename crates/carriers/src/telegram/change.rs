//! What is done to a message that is out, and what a chat is shown of us.

use app::{
    Error,
    ports::{BoxFuture, Placed, SendError, Signs},
};
use domain::{Inbox, Kind, Message};
use wire::telegram::{
    answer::Failure,
    chat,
    send::{delete, edit, typing},
};

use super::{CALL, Telegram, TelegramSettings, moved::Moved, parts};

/// How Telegram says that a text is what it was.
const SAME: &str = "message is not modified";
/// How it says that a message is gone already.
const GONE: &str = "message to delete not found";

impl Telegram {
    pub(super) async fn edited(
        &self,
        inbox: &Inbox,
        settings: &str,
        placed: Placed<'_>,
        text: &str,
    ) -> Result<(), Error> {
        let (settings, chat) = self.place(inbox, settings, placed.to)?;
        let id = placed.message.external_id.as_deref();
        let number = id.and_then(|it| chat::number(it, chat));
        let number = number.ok_or_else(|| invalid("this message cannot be changed"))?;
        let first = app::deliveries::parts(placed.message).into_iter().next();
        let has_file = first.is_some_and(|it| it.attachment.is_some());
        let (method, body) = edit(chat, number, text, has_file);
        let done: Result<serde_json::Value, Failure> =
            self.call(&settings, method, &body, CALL).await;
        match done {
            Err(failure) if !failure.reason.contains(SAME) => Err(refused(&failure)),
            _ => Ok(()),
        }
    }

    pub(super) async fn retracted(
        &self,
        inbox: &Inbox,
        settings: &str,
        placed: Placed<'_>,
    ) -> Result<bool, Error> {
        let (settings, chat) = self.place(inbox, settings, placed.to)?;
        let view = &self.core.store;
        for id in view.view(|view| parts::all(view, placed.message))? {
            let Some(number) = chat::number(&id, chat) else {
                continue;
            };
            let (method, body) = delete(chat, number);
            let done: Result<bool, Failure> = self.call(&settings, method, &body, CALL).await;
            match done {
                Err(failure) if !failure.reason.contains(GONE) => return Err(refused(&failure)),
                _ => {}
            }
        }
        Ok(true)
    }

    fn place(
        &self,
        inbox: &Inbox,
        settings: &str,
        to: &str,
    ) -> Result<(TelegramSettings, i64), Error> {
        let settings = TelegramSettings::parse(settings)
            .ok_or_else(|| invalid("the inbox's settings cannot be read"))?;
        let met = chat::id(to).ok_or_else(|| invalid("this is no Telegram chat"))?;
        let chat = self
            .core
            .store
            .view(|view| Moved::place(view, inbox, met))?;
        Ok((settings, chat))
    }
}

impl Signs for Telegram {
    fn typing<'a>(
        &'a self,
        inbox: &'a Inbox,
        settings: &'a str,
        to: &'a str,
        _: Option<&'a Message>,
        on: bool,
    ) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async move {
            if !on {
                // It ends by itself.
                return Ok(());
            }
            let place = self.place(inbox, settings, to);
            let (settings, chat) = place.map_err(SendError::for_good)?;
            let (method, body) = typing(chat);
            let done: Result<bool, Failure> = self.call(&settings, method, &body, CALL).await;
            let done = done.map_err(|it| SendError::for_now(format!("Telegram: {}", it.reason)));
            done.map(drop)
        })
    }

    // Bots can tell nobody.
    fn read<'a>(
        &'a self,
        _: &'a Inbox,
        _: &'a str,
        _: &'a str,
        _: &'a [Message],
    ) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

fn invalid(text: &'static str) -> Error {
    Error::refused(Kind::Invalid, text)
}

fn refused(failure: &Failure) -> Error {
    let kind = match failure.code {
        0 | 429 | 500.. => Kind::Upstream,
        _ => Kind::Invalid,
    };
    Error::refused(kind, format!("Telegram: {}", failure.reason))
}
