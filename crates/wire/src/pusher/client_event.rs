//! Whether a client's event may go to the others (Websocket protocol, "Client events").
//!
//! The texts of the refusals are close to hosted Pusher's, since people search for them.

use super::channel::Name;
use super::followed::Followed;
use super::member::Member;
use super::settings::{EVENT_NAME_CHARS_MAX, Settings};
use super::{App, Code};

/// Why an event is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("To send client events, you must enable them for this application")]
    SwitchedOff,
    #[error("Client event rejected - only supported on private and presence channels")]
    Kind,
    #[error(
        "Client event rejected - the event name is longer than {EVENT_NAME_CHARS_MAX} characters"
    )]
    NameTooLong,
    #[error("Client event rejected - the data is larger than {0} bytes")]
    DataTooLarge(usize),
    #[error(
        "Client event rejected - no current subscription to this channel, or subscription in progress"
    )]
    NotSubscribed,
    #[error("{}", Code::ClientEventRate.text())]
    TooMany,
}

impl Refused {
    /// The code of the `pusher:error`; only the rate has one.
    pub(super) fn code(self) -> Option<Code> {
        match self {
            Self::TooMany => Some(Code::ClientEventRate),
            Self::SwitchedOff
            | Self::Kind
            | Self::NameTooLong
            | Self::DataTooLarge(_)
            | Self::NotSubscribed => None,
        }
    }
}

/// Checks everything but the rate, which is counted last so that refused events do not use it up. Tells who the
/// sender is, if the channel's members are known.
pub(super) fn check<'a>(
    app: &App,
    settings: &Settings,
    followed: &'a Followed,
    name: &str,
    channel: &str,
    data: &str,
) -> Result<Option<&'a Member>, Refused> {
    if !app.client_events {
        return Err(Refused::SwitchedOff);
    }
    if !Name::parse(channel).is_ok_and(|channel| channel.kind().takes_client_events()) {
        return Err(Refused::Kind);
    }
    if name.chars().count() > EVENT_NAME_CHARS_MAX {
        return Err(Refused::NameTooLong);
    }
    if data.len() > settings.event_data_bytes_max {
        return Err(Refused::DataTooLarge(settings.event_data_bytes_max));
    }
    let entry = followed.find(channel).ok_or(Refused::NotSubscribed)?;
    Ok(entry.member.as_deref())
}
