//! What was said in a conversation, as a letter.

use domain::{AccountId, Agent, AttachmentKind, Contact, Kind, Message, Sender, Timestamp};
use jiff::SignedDuration;

use super::{Addressee, Letter, LetterKind, Piece, Said, check_address, one_line, owe};
use crate::{
    Core, Error, Result, Scope, conversations,
    limits::{LETTER_BYTES, MAILED_FILE_SECONDS, TRANSCRIPT_MESSAGES, TRANSCRIPTS_OF_ONE},
    media::file_url,
    ports::{ConversationRow, HistoryPage, Tx},
};

/// A transcript that is ready to be owed.
#[derive(Debug, Clone)]
pub struct Transcript {
    number: i64,
    letter: Letter,
}

impl Transcript {
    /// What was said in a conversation, for somebody at this address: the newest messages, without notes between
    /// agents and without what is told of the conversation itself. Refuses what is no address.
    ///
    /// Only reads, so that the writer does not wait for it.
    pub fn of(core: &Core, row: &ConversationRow, email: &str) -> Result<Self> {
        let email = check_address(email)?;
        let number = row.conversation.number;
        let page = HistoryPage {
            limit: TRANSCRIPT_MESSAGES + 1,
            ..HistoryPage::default()
        };
        let newest = core
            .store
            .view(|view| view.list_history(row.conversation.id, &page))?;
        let inbox = core.directory.inbox(row.conversation.inbox_id);
        let inbox = inbox.ok_or_else(|| Error::not_found("inbox"))?.inbox;
        let most = usize::try_from(TRANSCRIPT_MESSAGES).unwrap_or(usize::MAX);
        let mut complete = newest.len() <= most;
        // Something is left for what stands around them.
        let mut places = LETTER_BYTES - 4096;
        let mut said = Vec::new();
        for message in newest.iter().take(most) {
            let it = say(core, &row.contact, &inbox.name, message);
            match places.checked_sub(it.bytes()) {
                Some(left) => places = left,
                None => {
                    complete = false;
                    break;
                }
            }
            said.push(Piece::Said(it));
        }
        let intro = format!("This is what was said in conversation #{number}.");
        let mut body = vec![Piece::Text(intro)];
        if !complete {
            body.push(Piece::Text("Older messages are left out.".to_owned()));
        }
        body.extend(said.into_iter().rev());
        let letter = Letter {
            kind: LetterKind::Transcript,
            to: Addressee::Address(email),
            subject: one_line(&format!("[#{number}] Conversation Transcript")),
            body,
            unless_seen: None,
        };
        Ok(Self { number, letter })
    }
}

/// Owes a transcript to whom it is for, if the asker may see the conversation. Refuses more than `per_hour` of an
/// account, and more than [`TRANSCRIPTS_OF_ONE`] of one conversation, within an hour.
pub fn request(
    tx: &mut dyn Tx,
    scope: &Scope,
    transcript: Transcript,
    per_hour: i64,
) -> Result<()> {
    let row = conversations::load(&*tx, scope, transcript.number)?;
    let (account, lane) = (scope.account_id, row.conversation.id.0);
    let sent = |tx: &dyn Tx, lane| sent_within_an_hour(tx, account, lane);
    if sent(&*tx, None)? >= per_hour || sent(&*tx, Some(lane))? >= TRANSCRIPTS_OF_ONE {
        let text = "so many transcripts were sent within an hour that no more are";
        return Err(Error::refused(Kind::TooMuch, text));
    }
    let now = tx.now();
    owe(tx, account, lane, transcript.letter, now)?;
    Ok(())
}

fn sent_within_an_hour(tx: &dyn Tx, account: AccountId, lane: Option<i64>) -> Result<i64> {
    let hour = SignedDuration::from_hours(1);
    let since = tx.now().saturating_sub(hour).unwrap_or(Timestamp::MIN);
    tx.count_letters(account, LetterKind::Transcript, lane, since)
}

/// A message as a letter tells it.
fn say(core: &Core, contact: &Contact, inbox: &str, message: &Message) -> Said {
    let who = match message.sender {
        Sender::Contact(_) => contact.name.clone(),
        Sender::Agent(id) => {
            let agent = core.directory.known(message.account_id, id);
            agent.map_or_else(|| inbox.to_owned(), |it| shown(&it))
        }
        Sender::System => inbox.to_owned(),
    };
    let expires = message_end(core);
    let files = message.attachments.iter().enumerate();
    let files = files.map(|(index, it)| {
        let url = it.file.as_ref().map(|file| {
            let base = &core.public_url;
            file_url(base, &core.sealer, message.id, index, &file.name, expires)
        });
        let name = it.file.as_ref().map(|file| file.name.clone());
        let name = name.or_else(|| it.title.clone());
        (name.unwrap_or_else(|| called(it.kind).to_owned()), url)
    });
    Said {
        who,
        at: message.sent_at,
        text: message.content.clone().unwrap_or_default(),
        files: files.collect(),
    }
}

fn shown(agent: &Agent) -> String {
    agent.shown_name().to_owned()
}

/// Until when a file can be fetched from a letter of now.
fn message_end(core: &Core) -> Timestamp {
    let life = SignedDuration::from_secs(MAILED_FILE_SECONDS);
    let end = core.clock.now().saturating_add(life);
    end.unwrap_or(Timestamp::MAX)
}

/// What something without a name is called.
fn called(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Image => "a picture",
        AttachmentKind::Video => "a film",
        AttachmentKind::Audio | AttachmentKind::Voice => "a recording",
        AttachmentKind::Sticker => "a sticker",
        AttachmentKind::File => "a file",
        AttachmentKind::Location => "a place",
        AttachmentKind::Contact => "a contact card",
    }
}
