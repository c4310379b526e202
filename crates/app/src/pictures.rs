//! Pictures of people and inboxes: small images that stay at one address until they are replaced.
//!
//! A contact's is part of its record. Those of agents, programs and inboxes are kept beside them by name, and are in
//! the [directory](crate::directory), because everything that is told of them needs them at once.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use domain::{AccountId, AgentId, Contact, ContactId, Event, InboxId, Kind, Refusal, StoredFile};
use futures_util::StreamExt as _;

use crate::{
    Core, Error, Result, Scope, contacts, inboxes,
    limits::PICTURE_BYTES,
    ports::Tx,
    seal::{Purpose, Sealer},
};

/// Under whose name the pictures of agents and inboxes are kept.
pub const KEEPER: &str = "pictures";

/// How the kinds of images begin, and what they are called.
const KINDS: [(&[u8], &str, &str); 4] = [
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF8", "gif", "image/gif"),
    (b"RIFF", "webp", "image/webp"),
];

/// Who or what has a picture beside its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A person or a program.
    Agent(AgentId),
    /// An inbox.
    Inbox(InboxId),
}

impl Owner {
    /// What its picture is kept under.
    pub fn name(self) -> String {
        match self {
            Self::Agent(id) => format!("agent/{id}"),
            Self::Inbox(id) => format!("inbox/{id}"),
        }
    }
}

/// The kind of an image by its beginning; `None` if it is none that browsers show without running it.
fn kind(head: &[u8]) -> Option<&'static str> {
    let found = KINDS.iter().find(|(begins, ..)| head.starts_with(begins));
    found
        .filter(|it| it.1 != "webp" || head.get(8..12) == Some(b"WEBP"))
        .map(|it| it.1)
}

/// Refuses what is no picture.
pub fn check(bytes: &[u8]) -> Result<()> {
    let refused = |text: &'static str| {
        Err(Error::Refused(
            Refusal::new(Kind::Invalid, text).of_field("avatar"),
        ))
    };
    if bytes.len() > PICTURE_BYTES {
        return refused("Avatar is too big");
    }
    match kind(bytes) {
        Some(_) => Ok(()),
        None => refused("Avatar filetype not supported"),
    }
}

/// Keeps an image. Returns what its owner remembers of it.
pub async fn keep(core: &Core, bytes: Bytes) -> Result<String> {
    check(&bytes)?;
    let extension = kind(&bytes).unwrap_or_default();
    let name = format!("avatar.{extension}");
    let file = core.media.put(&name, None, bytes).await?;
    Ok(format!("{}.{extension}", file.key))
}

/// What to remember of a file that is kept already; `None` if it is no image that browsers show.
pub fn of_file(file: &StoredFile) -> Option<String> {
    let kind = KINDS.iter().find(|it| it.2 == file.content_type)?;
    Some(format!("{}.{}", file.key, kind.1))
}

/// Fetches an image from an address that somebody told.
pub async fn fetch(core: &Core, url: &str) -> Result<String> {
    let file = core.media.fetch(url, Some("avatar")).await?;
    let head = match core.media.open(&file.key).await?.next().await {
        Some(Ok(head)) => head,
        Some(Err(_)) | None => Bytes::new(),
    };
    let fits = usize::try_from(file.bytes).is_ok_and(|it| it <= PICTURE_BYTES);
    match kind(&head).filter(|_| fits) {
        Some(extension) => Ok(format!("{}.{extension}", file.key)),
        None => {
            core.media.forget(&file.key).await;
            Err(Error::refused(Kind::Invalid, "this is no picture"))
        }
    }
}

/// Lets go of one that nobody has any more.
pub async fn forget(core: &Core, picture: &str) {
    if let Some((key, _)) = picture.rsplit_once('.') {
        core.media.forget(key).await;
    }
}

/// The address of a picture, as long as somebody has it.
pub fn url(core: &Core, picture: &str) -> String {
    let name = URL_SAFE_NO_PAD.encode(picture);
    let proof = core.sealer.proof(Purpose::Picture, picture);
    let extension = picture.rsplit_once('.').map_or("png", |it| it.1);
    format!("{}/avatars/{name}/{proof}.{extension}", core.public_url)
}

/// What the two parts of an address mean: the file's key, and what kind of image it is.
pub fn opened(sealer: &Sealer, name: &str, proof: &str) -> Option<(String, &'static str)> {
    let picture = String::from_utf8(URL_SAFE_NO_PAD.decode(name).ok()?).ok()?;
    let (proof, _) = proof.rsplit_once('.')?;
    if !sealer.is_proved(Purpose::Picture, &picture, proof) {
        return None;
    }
    let (key, extension) = picture.rsplit_once('.')?;
    let kind = KINDS.iter().find(|it| it.1 == extension)?;
    Some((key.to_owned(), kind.2))
}

/// Gives a contact a picture, or takes theirs away. Returns them, and the picture that nobody has any more.
pub fn set_of_contact(
    tx: &mut dyn Tx,
    scope: &Scope,
    id: ContactId,
    picture: Option<&str>,
) -> Result<(Contact, Option<String>)> {
    let mut contact = contacts::load(tx, scope, id)?;
    if contact.picture.as_deref() == picture {
        return Ok((contact, None));
    }
    let was = Some(Box::new(contact.clone()));
    let gone = std::mem::replace(&mut contact.picture, picture.map(str::to_owned));
    contact.updated_at = tx.now();
    tx.update_contact(&contact)?;
    let event = Event::ContactUpdated {
        contact: contact.clone(),
        was,
        address: None,
        by: scope.agent_id(),
    };
    tx.append(scope.account_id, event)?;
    Ok((contact, gone))
}

/// The same for an agent or a program of the scope's account, or one of its inboxes.
pub fn set(
    tx: &mut dyn Tx,
    scope: &Scope,
    owner: Owner,
    picture: Option<&str>,
) -> Result<Option<String>> {
    let name = owner.name();
    let event = match owner {
        Owner::Agent(id) => {
            let found = tx.find_agent(scope.account_id, id)?;
            let agent = Arc::new(found.ok_or_else(|| Error::not_found("agent"))?);
            let was = Some(agent.clone());
            Event::AgentChanged { agent, was }
        }
        Owner::Inbox(id) => {
            let inbox = Arc::new(inboxes::load(&*tx, id)?.inbox);
            if inbox.account_id != scope.account_id {
                return Err(Error::not_found("inbox"));
            }
            let was = Some(inbox.clone());
            Event::InboxChanged { inbox, was }
        }
    };
    let gone = tx.find_kept(KEEPER, &name)?;
    tx.keep(KEEPER, &name, picture)?;
    tx.append(scope.account_id, event)?;
    Ok(gone)
}

/// Lets go of the picture of an agent or an inbox that goes.
pub(crate) fn discard(tx: &mut dyn Tx, account: AccountId, owner: Owner) -> Result<()> {
    let name = owner.name();
    let Some(picture) = tx.find_kept(KEEPER, &name)? else {
        return Ok(());
    };
    tx.keep(KEEPER, &name, None)?;
    tx.discard_file(account, &picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_by_its_beginning() {
        for (head, expected) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], Some("png")),
            (b"\xff\xd8\xff\xe0", Some("jpg")),
            (b"GIF89a", Some("gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("webp")),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"<svg onload='x'>", None),
            (b"", None),
        ] {
            assert_eq!(kind(head), expected);
        }
        assert!(check(&vec![0; PICTURE_BYTES + 1]).is_err());
    }

    #[test]
    fn an_address_that_nobody_proved_opens_nothing() {
        let sealer = Sealer::new(&[1; 32]);
        let name = URL_SAFE_NO_PAD.encode("ab/cd/ef.png");
        let proof = sealer.proof(Purpose::Picture, "ab/cd/ef.png");
        let opened = |name: &str, proof: &str| opened(&sealer, name, proof);
        assert_eq!(
            opened(&name, &format!("{proof}.png")),
            Some(("ab/cd/ef".to_owned(), "image/png"))
        );
        let other = URL_SAFE_NO_PAD.encode("ab/cd/ff.png");
        assert_eq!(opened(&other, &format!("{proof}.png")), None);
        assert_eq!(opened(&name, "x.png"), None);
        assert_eq!(opened("%", &proof), None);
    }
}
