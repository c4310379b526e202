//! What a customer is shown of us: that their messages were read, and that somebody answers. Meta takes both as one call,
//! about a message of theirs.

use app::ports::{BoxFuture, SendError, Signs};
use domain::{Inbox, Message};
use wire::whatsapp_cloud::{
    answer::{self, Answer},
    send::read,
};

use super::{CALL, CloudSettings, WhatsAppCloud, headers};

impl Signs for WhatsAppCloud {
    fn typing<'a>(
        &'a self,
        _: &'a Inbox,
        settings: &'a str,
        _: &'a str,
        answered: Option<&'a Message>,
        on: bool,
    ) -> BoxFuture<'a, Result<(), SendError>> {
        // It ends by itself, and is shown to nobody who has not written.
        Box::pin(self.show(settings, answered.filter(|_| on), true))
    }

    fn read<'a>(
        &'a self,
        _: &'a Inbox,
        settings: &'a str,
        _: &'a str,
        messages: &'a [Message],
    ) -> BoxFuture<'a, Result<(), SendError>> {
        // What is before it is read with it.
        Box::pin(self.show(settings, messages.last(), false))
    }
}

impl WhatsAppCloud {
    async fn show(
        &self,
        settings: &str,
        newest: Option<&Message>,
        typing: bool,
    ) -> Result<(), SendError> {
        let settings = CloudSettings::parse(settings)
            .ok_or_else(|| SendError::for_now("the inbox's settings cannot be read"))?;
        let Some(id) = newest.and_then(|it| it.external_id.as_deref()) else {
            return Ok(());
        };
        let body = read(id, typing).to_string();
        let url = settings.messages();
        let answer = self
            .guard
            .post(&url, headers(&settings.token), body.into(), CALL)
            .await
            .map_err(SendError::for_now)?;
        if answer.is_success() {
            return Ok(());
        }
        let told = answer.body.as_ref().map(|it| Answer::parse(it));
        let why = told
            .unwrap_or_default()
            .error()
            .map(answer::Error::sentence);
        let why = why.unwrap_or_else(|| format!("it answered {}", answer.status));
        Err(SendError::for_now(format!("the Cloud API: {why}")))
    }
}
