//! The events that a webhook can be told.

use crate::onechat::words::words;

words! {
    /// What a webhook subscribes to, and the `event` of what it is sent.
    Name {
        /// A conversation began.
        ConversationCreated = "conversation_created",
        /// It was opened, resolved, put aside or handed to a bot.
        ConversationStatusChanged = "conversation_status_changed",
        /// Anything else about it changed.
        ConversationUpdated = "conversation_updated",
        /// A contact appeared.
        ContactCreated = "contact_created",
        /// A contact changed.
        ContactUpdated = "contact_updated",
        /// A message was written.
        MessageCreated = "message_created",
        /// A message changed.
        MessageUpdated = "message_updated",
        /// A visitor opened the website widget.
        WebwidgetTriggered = "webwidget_triggered",
        /// An inbox was made. Sent only where the server is told to.
        InboxCreated = "inbox_created",
        /// An inbox changed. Sent only where the server is told to.
        InboxUpdated = "inbox_updated",
        /// Somebody types.
        ConversationTypingOn = "conversation_typing_on",
        /// Somebody no longer types.
        ConversationTypingOff = "conversation_typing_off",
    }
}

/// A list of subscriptions is empty or names something that is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("subscriptions must be events that a webhook can be told")]
pub struct BadSubscriptions;

impl Name {
    /// What a webhook subscribes to when it does not say.
    pub const DEFAULTS: [Self; 8] = [
        Self::ConversationCreated,
        Self::ConversationStatusChanged,
        Self::ConversationUpdated,
        Self::ContactCreated,
        Self::ContactUpdated,
        Self::MessageCreated,
        Self::MessageUpdated,
        Self::WebwidgetTriggered,
    ];

    /// Reads a list of subscriptions; each is kept once, in its first place.
    pub fn parse_list(words: &[impl AsRef<str>]) -> Result<Vec<Self>, BadSubscriptions> {
        let mut names = Vec::new();
        for word in words {
            let name = Self::find(word.as_ref()).ok_or(BadSubscriptions)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            return Err(BadSubscriptions);
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_events_of_which_eight_by_default() {
        assert_eq!(Name::ALL.len(), 12);
        let not_by_default: Vec<_> = Name::ALL
            .iter()
            .filter(|name| !Name::DEFAULTS.contains(name))
            .map(|name| name.as_str())
            .collect();
        assert_eq!(
            not_by_default,
            [
                "inbox_created",
                "inbox_updated",
                "conversation_typing_on",
                "conversation_typing_off"
            ]
        );
    }

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        assert_eq!(
            Name::parse_list(&["message_created", "inbox_updated", "message_created"]),
            Ok(vec![Name::MessageCreated, Name::InboxUpdated])
        );
        for bad in [
            &[][..],
            &["message_created", "message.updated"],
            &["conversation_resolved"],
            &[""],
        ] {
            assert_eq!(Name::parse_list(bad), Err(BadSubscriptions), "{bad:?}");
        }
    }
}
