//! Inbound messages as the ingest posts them: who writes, what, and the finished request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::http::write_post;
use crate::number::{Random, count, index};
use crate::server::Demo;

/// Bytes of a message's text, least and most.
const TEXT_BYTES: (u64, u64) = (300, 800);
/// Room for the body around the text.
const BODY_BYTES: usize = 1200;
/// One message in so many opens a new contact.
const NEW_CONTACT_EVERY: u64 = 20;
/// The others come from the newest so many contacts.
const RECENT_CONTACTS: u64 = 20_000;
const WORDS: &str = "good morning where is my order it should have come on monday and the courier has \
    not called please look at number four seven one and tell me what happened thank you very much ";

/// The contacts that have written, in the order in which they first did: numbers from 1 to `known`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contacts {
    pub(crate) known: u64,
}

impl Contacts {
    /// A first message of a new contact.
    pub(crate) fn meet(&mut self) -> u64 {
        self.known += 1;
        self.known
    }

    /// Who writes next.
    pub(crate) fn pick(&mut self, random: &mut Random) -> u64 {
        if self.known == 0 || random.below(NEW_CONTACT_EVERY) == 0 {
            self.meet()
        } else {
            self.known - random.below(self.known.min(RECENT_CONTACTS))
        }
    }

    /// How many must be met before [`Self::pick`] has all the recent contacts to choose from.
    pub(crate) fn missing(&self) -> u64 {
        RECENT_CONTACTS.saturating_sub(self.known)
    }
}

/// Makes requests that differ in contact, text, time and id.
#[derive(Debug)]
pub(crate) struct Messages {
    pub(crate) random: Random,
    head: String,
    to: String,
    blob: String,
    body: Vec<u8>,
}

impl Messages {
    pub(crate) fn new(demo: &Demo) -> Self {
        let login = STANDARD.encode(format!("{}:{}", demo.username, demo.password));
        Self {
            random: Random::from_clock(),
            head: format!("Authorization: Basic {login}\r\n"),
            to: demo.to.clone(),
            blob: WORDS.repeat(12),
            body: Vec::with_capacity(BODY_BYTES),
        }
    }

    /// Appends a request with one message of a contact to `out`.
    pub(crate) fn write_request(&mut self, out: &mut Vec<u8>, contact: u64) {
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        self.write_body(&mut body, contact);
        write_post(out, "/imchannel/message", &self.head, &body);
        self.body = body;
    }

    /// Appends the body alone.
    pub(crate) fn write_body(&mut self, out: &mut Vec<u8>, contact: u64) {
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3f+0000");
        let (a, b) = (self.random.next(), self.random.next());
        let id = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            a >> 32,
            a >> 16 & 0xFFFF,
            a & 0xFFFF,
            b >> 48,
            b & 0xFFFF_FFFF_FFFF
        );
        let head = format!(
            r#"{{"results":[{{"from":"3859{contact:08}","to":"{}","integrationType":"WHATSAPP","receivedAt":"{at}","messageId":"{id}","pairedMessageId":null,"message":{{"type":"TEXT","text":""#,
            self.to
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(self.text().as_bytes());
        out.extend_from_slice(br#""},"contact":{"name":"Frank"}}]}"#);
    }

    fn text(&mut self) -> &str {
        let (least, most) = TEXT_BYTES;
        let length = least + self.random.below(most - least + 1);
        let start = index(self.random.below(count(self.blob.len()) - length + 1));
        // The words are ASCII: every cut is between characters.
        self.blob
            .get(start..start + index(length))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn bodies_are_what_the_document_shows() {
        let mut messages = Messages::new(&Demo::bare());
        for contact in [1, 12_345_678] {
            let mut body = Vec::new();
            messages.write_body(&mut body, contact);
            let body: Value = serde_json::from_slice(&body).unwrap();
            let message = &body["results"][0];
            assert_eq!(message["from"], format!("3859{contact:08}"));
            assert_eq!(message["messageId"].as_str().unwrap().len(), 36);
            let text = message["message"]["text"].as_str().unwrap();
            assert!((300..=800).contains(&text.len()));
            let at = message["receivedAt"].as_str().unwrap();
            assert!(at.parse::<Timestamp>().is_ok(), "{at}");
        }
    }

    #[test]
    fn one_message_in_twenty_is_of_a_new_contact_and_the_others_are_recent() {
        let mut contacts = Contacts { known: 100_000 };
        let mut random = Random::from_clock();
        for _ in 0..20_000 {
            let before = contacts.known;
            let picked = contacts.pick(&mut random);
            assert!(picked == before + 1 || picked > before - RECENT_CONTACTS);
        }
        assert!(
            (100_700..101_300).contains(&contacts.known),
            "{}",
            contacts.known
        );
    }
}
