//! A person's card, as the doors and networks keep it beside a message: each with a detail of its own.

use domain::Attachment;
use serde_json::Value;

/// What every network can show of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) name: String,
    /// In digits, with a plus if it was written so.
    pub(crate) number: Option<String>,
}

impl Card {
    pub(crate) fn of(attachment: &Attachment) -> Self {
        let detail = attachment.detail.as_deref().unwrap_or_default();
        let detail: Value = serde_json::from_str(detail).unwrap_or_default();
        let text = |it: &Value| it.as_str().map(str::to_owned);
        let number = text(&detail["phone_number"])
            .or_else(|| text(&detail["phones"][0]["wa_id"]))
            .or_else(|| text(&detail["phones"][0]["phone"]))
            .or_else(|| detail["vcard"].as_str().and_then(number_of_vcard));
        let name = text(&detail["displayName"])
            .or_else(|| text(&detail["name"]["formatted_name"]))
            .or_else(|| attachment.title.clone());
        Self {
            name: name
                .filter(|it| !it.is_empty())
                .unwrap_or_else(|| "contact".to_owned()),
            number,
        }
    }
}

/// The first number in a vCard.
fn number_of_vcard(vcard: &str) -> Option<String> {
    let line = vcard.lines().find(|it| {
        let name = it.split([':', ';']).next().unwrap_or_default();
        name.rsplit('.').next() == Some("TEL")
    })?;
    let (_, number) = line.split_once(':')?;
    let number = number.strip_prefix("tel:").unwrap_or(number);
    let digits = number
        .chars()
        .filter(|it| it.is_ascii_digit() || *it == '+');
    Some(digits.collect::<String>()).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use domain::AttachmentKind;

    use super::*;

    #[test]
    fn a_number_is_found_in_whatever_was_kept() {
        let read = |detail: &str| {
            let card = Card::of(&Attachment {
                id: 1,
                kind: AttachmentKind::Contact,
                file: None,
                title: Some("Ann".to_owned()),
                coordinates: None,
                detail: Some(detail.to_owned()),
            });
            (card.name, card.number.unwrap_or_default())
        };
        for (detail, name, number) in [
            (r#"{"phone_number":"447700900123"}"#, "Ann", "447700900123"),
            (
                r#"{"name":{"formatted_name":"Ann Lee"},"phones":[{"phone":"+44 7700","wa_id":"447700900123"}]}"#,
                "Ann Lee",
                "447700900123",
            ),
            (
                r#"{"displayName":"A","vcard":"BEGIN:VCARD\nitem1.TEL;waid=447700900123:+44 7700 900123\nEND:VCARD"}"#,
                "A",
                "+447700900123",
            ),
            ("{}", "Ann", ""),
        ] {
            assert_eq!(
                read(detail),
                (name.to_owned(), number.to_owned()),
                "{detail}"
            );
        }
    }
}
