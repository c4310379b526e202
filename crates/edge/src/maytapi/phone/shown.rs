//! What a session shows: its status, its QR code, its screen.

use app::ports::Qr;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{AttachmentKind, Inbox, InboxState, Kind, Message, Session, SessionState};
use wire::maytapi::{
    Form,
    answers::{MoreStatus, State as Word, Status, StatusAnswer},
};

use super::{chats::name_of, session_of};
use crate::{
    Edge,
    http::json,
    maytapi::{
        bot::Phone,
        drawing::{Chat, Screen, code},
        errors::{Answer, Refused},
    },
};

/// Chats on a screen.
const CHATS: i64 = 6;

/// `GET status`.
pub(in crate::maytapi) async fn status(State(edge): State<Edge>, phone: Phone) -> Answer {
    let session = session_of(&edge, &phone.inbox)?;
    let is = |state| session.state == state;
    let more = MoreStatus {
        state: Word {
            state: word(session.state),
            can_send: is(SessionState::LoggedIn) && phone.inbox.state == InboxState::Active,
        },
        version: env!("CARGO_PKG_VERSION"),
        number: session.number.as_deref(),
        multidevice: true,
    };
    let status = Status {
        logged_in: matches!(
            session.state,
            SessionState::LoggedIn | SessionState::Offline
        ),
        is_qr: matches!(
            session.state,
            SessionState::Unpaired | SessionState::LoggedOut
        ),
        loading: is(SessionState::Loading),
        conn_retry: is(SessionState::Offline),
        message: sentence(&phone.inbox, &session).into(),
        more: (phone.bot.form() == Form::Current).then_some(more),
    };
    Ok(json(StatusCode::OK, &StatusAnswer::new(status)))
}

/// The state as WhatsApp's own programs call it.
fn word(state: SessionState) -> &'static str {
    match state {
        SessionState::LoggedIn => "CONNECTED",
        SessionState::Loading => "OPENING",
        SessionState::Offline => "TIMEOUT",
        SessionState::Unpaired | SessionState::Idle => "UNPAIRED",
        SessionState::LoggedOut => "UNPAIRED_IDLE",
        SessionState::Banned => "SMB_TOS_BLOCK",
    }
}

fn sentence(inbox: &Inbox, session: &Session) -> String {
    if let Some(note) = &session.note {
        return note.clone();
    }
    if let (SessionState::LoggedIn, InboxState::Paused { reason }) = (session.state, &inbox.state) {
        return format!("connected, but the queue is paused: {reason}");
    }
    said_of(session.state).to_owned()
}

/// A state in a sentence.
pub(super) fn said_of(state: SessionState) -> &'static str {
    match state {
        SessionState::LoggedIn => "connected",
        SessionState::Loading => "the session is being opened",
        SessionState::Offline => "the network cannot be reached",
        SessionState::Unpaired => "scan the QR code with the phone",
        SessionState::Idle => "nobody has scanned the QR code: ask for it again",
        SessionState::LoggedOut => "the phone's owner has logged us out: scan the QR code again",
        SessionState::Banned => "the network has banned this number",
    }
}

async fn shown_code(phone: &Phone) -> Result<Qr, Refused> {
    let qr = phone.carrier.qr(&phone.inbox).await?;
    qr.ok_or_else(|| {
        Refused::new(
            StatusCode::CONFLICT,
            "there is no QR code: the phone is paired",
        )
    })
}

/// `GET qrCode`: a PNG; with `?format=svg` or `?format=text` that.
pub(in crate::maytapi) async fn qr_code(phone: Phone) -> Answer {
    let format = phone.bot.asked("format").unwrap_or("png");
    if !["png", "svg", "text"].contains(&format) {
        return Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "format is png, svg or text",
        ));
    }
    let qr = shown_code(&phone).await?;
    match format {
        "text" => Ok(file("text/plain; charset=utf-8", qr.text.into_bytes())),
        "svg" => Ok(file("image/svg+xml", code::svg(&qr.text)?.into_bytes())),
        _ => Ok(file("image/png", code::png(&qr.text)?)),
    }
}

/// `GET screen`: a PNG of the QR code when the phone is not paired, else of its number, state and last chats.
pub(in crate::maytapi) async fn screen(State(edge): State<Edge>, phone: Phone) -> Answer {
    let mut session = session_of(&edge, &phone.inbox)?;
    let shows = matches!(
        session.state,
        SessionState::Unpaired | SessionState::LoggedOut
    );
    let mut qr = None;
    if shows {
        match phone.carrier.qr(&phone.inbox).await {
            Ok(shown) => qr = shown.map(|it| it.text),
            // It is drawn without, and says why.
            Err(error) if error.kind() == Kind::Unavailable => {}
            Err(error) => return Err(error.into()),
        }
        session = session_of(&edge, &phone.inbox)?;
    }
    let rows = phone.latest(&edge, CHATS)?;
    let chats = rows.into_iter().map(|row| Chat {
        name: name_of(&row.address.source_id, &row.contact.name).into_owned(),
        text: row.last_message.as_ref().map(in_short).unwrap_or_default(),
        unread: row.conversation.unread_count,
    });
    let screen = Screen {
        title: session
            .number
            .as_ref()
            .map_or_else(|| phone.inbox.name.clone(), |number| format!("+{number}")),
        state: sentence(&phone.inbox, &session),
        open: session.state == SessionState::LoggedIn,
        qr,
        chats: chats.collect(),
    };
    Ok(file("image/png", screen.png()?))
}

/// A message on one line: its words, or what it is.
fn in_short(message: &Message) -> String {
    if let Some(text) = message.content.as_ref().filter(|it| !it.is_empty()) {
        return text.clone();
    }
    let Some(first) = message.attachments.first() else {
        return String::new();
    };
    let name = || first.file.as_ref().map(|it| it.name.clone());
    match first.kind {
        AttachmentKind::Image => "Photo".to_owned(),
        AttachmentKind::Video => "Video".to_owned(),
        AttachmentKind::Audio => "Audio".to_owned(),
        AttachmentKind::Voice => "Voice message".to_owned(),
        AttachmentKind::Sticker => "Sticker".to_owned(),
        AttachmentKind::File => name().unwrap_or_else(|| "Document".to_owned()),
        AttachmentKind::Location => "Location".to_owned(),
        AttachmentKind::Contact => "Contact".to_owned(),
    }
}

fn file(content_type: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        // It is another one in a moment.
        (header::CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::OK, headers, bytes).into_response()
}
