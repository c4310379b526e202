//! Chats as our conversations name them, and as WhatsApp's own protocol does.
//!
//! Outside, a person is always their number. WhatsApp hides numbers behind other names (`@lid`) where it can; whom we
//! know only by such a name is called by it, and can be answered.

use std::sync::Arc;

use whatsapp_rust::{Client, Jid, types::message::AddressingMode, wacore_binary::JidExt as _};
use wire::maytapi::chat::Chat;

/// A chat by our name for it; nothing if it is none of WhatsApp's.
pub(crate) fn of_chat(name: &str) -> Option<Jid> {
    let name = name.trim();
    if let Some(hidden) = name.strip_suffix("@lid") {
        let fits = !hidden.is_empty() && hidden.bytes().all(|it| it.is_ascii_digit());
        return fits.then(|| Jid::lid(hidden));
    }
    match Chat::parse(name).ok()? {
        Chat::Person(number) => Some(Jid::pn(number)),
        Chat::Group(id) => Some(Jid::group(id)),
    }
}

/// Our name for a chat; nothing for what is no conversation, such as somebody's status.
pub(crate) fn chat(jid: &Jid) -> Option<String> {
    if jid.is_status_broadcast() || jid.is_newsletter() {
        None
    } else if jid.is_group() {
        Some(format!("{}@g.us", jid.user_base()))
    } else if jid.is_pn() {
        Some(format!("{}@c.us", jid.user_base()))
    } else if jid.is_lid() {
        Some(format!("{}@lid", jid.user_base()))
    } else {
        None
    }
}

/// The digits by which somebody is called: their number if we know it.
pub(crate) async fn person(client: &Client, jid: &Jid, other: Option<&Jid>) -> Jid {
    if jid.is_pn() {
        return jid.to_non_ad();
    }
    if let Some(other) = other.filter(|it| it.is_pn()) {
        return other.to_non_ad();
    }
    match client.get_lid_pn_entry(jid).await {
        Ok(Some(entry)) => Jid::pn(entry.phone_number.to_string()),
        _ => jid.to_non_ad(),
    }
}

/// A member of a group as the group names them. Whom it does not name is called by their number.
pub(crate) async fn member(client: Option<&Arc<Client>>, group: &Jid, number: &str) -> Jid {
    let Some(client) = client else {
        return Jid::pn(number);
    };
    let Ok(group) = client.groups().query_info(group).await else {
        return Jid::pn(number);
    };
    let mut named = group.participants.iter();
    if let Some(it) = named.find(|it| it.user_base() == number) {
        return it.to_non_ad();
    }
    let known = client.get_lid_pn_entry(&Jid::pn(number)).await;
    match known {
        Ok(Some(it)) if group.addressing_mode == AddressingMode::Lid => {
            Jid::lid(it.lid.to_string())
        }
        _ => Jid::pn(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chats_are_named_as_everywhere_and_come_back() {
        for name in [
            "447700900123@c.us",
            "447700900123-1574072436@g.us",
            "120363000000000001@g.us",
            "100000012345678@lid",
        ] {
            let jid = of_chat(name).unwrap();
            assert_eq!(chat(&jid).as_deref(), Some(name));
        }
        assert_eq!(of_chat("447700900123").unwrap(), Jid::pn("447700900123"));
        let device: Jid = "447700900123:7@s.whatsapp.net".parse().unwrap();
        assert_eq!(chat(&device).as_deref(), Some("447700900123@c.us"));
        for none in ["", "@lid", "x@lid", "status@broadcast", "not a number"] {
            assert!(of_chat(none).is_none(), "{none}");
        }
        assert_eq!(chat(&Jid::status_broadcast()), None);
    }
}
