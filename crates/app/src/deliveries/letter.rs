//! One attempt to hand a letter to the mail server.

use domain::{AgentId, DeliveryId, NotificationId, Timestamp};

use super::{outcome::Made, settings::Shared};
use crate::{
    Core, Result,
    letters::{Addressee, Letter, Mail, Piece, one_line, password_token},
    ports::{Accepted, SendError},
    tokens,
};

/// Hands a letter over, unless nobody needs it any more.
pub(super) async fn make(
    shared: &Shared,
    id: DeliveryId,
    at: Timestamp,
    letter: &Letter,
) -> Result<Made> {
    let core = &shared.core;
    let Some(post) = &core.post else {
        return Ok(Made::of(Err(SendError::ForNow {
            reason: "this server has no mail server".to_owned(),
            retry_after: None,
        })));
    };
    let (agent, name, address) = match &letter.to {
        Addressee::Address(address) => (None, None, address.clone()),
        Addressee::Agent(id) => match core.directory.agent(*id) {
            Some(it) => (Some(it.id), Some(one_line(&it.name)), it.email.clone()),
            None => return Ok(Made::refused("whom it is for is gone".to_owned())),
        },
    };
    if let Some((notification, agent)) = letter.unless_seen.zip(agent)
        && !is_news(core, notification, agent)?
    {
        return Ok(Made {
            answer: "not sent: it was seen, or something newer is on its way".to_owned(),
            ..Made::of(Ok(Accepted::default()))
        });
    }
    let Some(body) = finished(core, letter, agent)? else {
        let reason = "its address has ended before it was sent";
        return Ok(Made::refused(reason.to_owned()));
    };
    let mail = Mail {
        id,
        at,
        name,
        address,
        subject: letter.subject.clone(),
        body,
    };
    let sent = post.mailer.send(&mail).await;
    Ok(Made::of(sent.map(|()| Accepted::default())))
}

/// Whether an agent has not seen a notification yet, and may still see what it is of.
fn is_news(core: &Core, id: NotificationId, agent: AgentId) -> Result<bool> {
    let found = core.store.view(|view| {
        let Some(it) = view.find_notification(id)? else {
            return Ok(None);
        };
        let row = view.find_conversation_by_id(it.conversation_id)?;
        Ok(row.map(|row| (it, row.conversation)))
    })?;
    let Some((notification, conversation)) = found else {
        return Ok(false);
    };
    let tables = core.directory.tables();
    let is_new = notification.read_at.is_none()
        && notification.snoozed_until.is_none()
        && notification.agent_id == agent;
    Ok(is_new && tables.sees(agent, &conversation))
}

/// What a letter says, with the addresses that are made only now; `None` if one has ended.
fn finished(core: &Core, letter: &Letter, agent: Option<AgentId>) -> Result<Option<Vec<Piece>>> {
    let now = core.clock.now();
    let mut body = Vec::with_capacity(letter.body.len());
    for piece in &letter.body {
        let Piece::PasswordLink { text, page, number } = piece else {
            body.push(piece.clone());
            continue;
        };
        let Some(agent) = agent else {
            return Ok(None);
        };
        let token = password_token(&core.sealer, agent, *number);
        let hash = tokens::hash(&token);
        let kept = core.store.view(|view| view.find_token(&hash))?;
        if kept.is_none_or(|it| it.expires_at <= now) {
            return Ok(None);
        }
        body.push(Piece::Link {
            text: text.clone(),
            url: format!("{page}{token}"),
        });
    }
    Ok(Some(body))
}
