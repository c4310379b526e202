//! A letter as mail: a text, and the same in HTML (RFC 2046, 5.1.4).

use std::fmt::Write as _;

use app::letters::{Mail, Piece, Said};
use domain::Timestamp;
use lettre::{
    Address, Message,
    error::Error as Unsayable,
    message::{
        Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};

/// Says that no person wrote it, so that nobody's absence answers (RFC 3834, 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Why a letter cannot be mail.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritable {
    /// Whom it is for is at no address.
    #[error("whom it is for has no address that can be written to: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// It cannot be put together.
    #[error("it cannot be written: {0}")]
    Other(#[from] Unsayable),
}

/// The mail, always the same for the same letter.
pub(super) fn message(mail: &Mail, from: &Mailbox) -> Result<Message, Unwritable> {
    let address: Address = mail.address.parse()?;
    let to = Mailbox::new(mail.name.clone(), address);
    let id = mail.id.0;
    let domain = from.email.domain();
    let parts = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(format!("letter-{id:x}-of-switchboard"))
        .singlepart(part(ContentType::TEXT_PLAIN, text(mail)))
        .singlepart(part(ContentType::TEXT_HTML, html(mail)));
    Ok(Message::builder()
        .message_id(Some(format!("<{id}.letter@{domain}>")))
        .date(mail.at.into())
        .from(from.clone())
        .to(to)
        .subject(mail.subject.clone())
        .header(AutoSubmitted)
        .multipart(parts)?)
}

fn part(kind: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(kind).body(body)
}

/// A time as people read it.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A name or a file's name, on one line.
fn line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

// Writing to a string cannot fail, here and below.

fn text(mail: &Mail) -> String {
    let mut all = String::new();
    for piece in &mail.body {
        match piece {
            Piece::Text(text) => writeln!(all, "{text}\n").ok(),
            Piece::Said(said) => said_as_text(&mut all, said),
            Piece::Link { text, url } => writeln!(all, "{text}:\n{url}\n").ok(),
            // Made into a link before it comes here.
            Piece::PasswordLink { .. } => None,
        };
    }
    all
}

fn said_as_text(all: &mut String, said: &Said) -> Option<()> {
    writeln!(all, "{} ({}):", line(&said.who), time(said.at)).ok()?;
    if !said.text.is_empty() {
        writeln!(all, "{}", said.text).ok()?;
    }
    for (name, url) in &said.files {
        match url {
            Some(url) => writeln!(all, "[{}] {url}", line(name)).ok()?,
            None => writeln!(all, "[{}]", line(name)).ok()?,
        }
    }
    writeln!(all).ok()
}

const HEAD: &str = "<!doctype html>\n<html><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"></head>\n\
<body style=\"font-family:sans-serif;font-size:15px;line-height:1.45;max-width:40em;margin:1em auto;padding:0 1em\">\n";

fn html(mail: &Mail) -> String {
    let mut all = HEAD.to_owned();
    for piece in &mail.body {
        match piece {
            Piece::Text(text) => writeln!(all, "<p>{}</p>", broken(text)).ok(),
            Piece::Said(said) => said_as_html(&mut all, said),
            Piece::Link { text, url } => {
                let (url, text) = (escaped(url), escaped(text));
                writeln!(all, "<p><a href=\"{url}\">{text}</a></p>").ok()
            }
            Piece::PasswordLink { .. } => None,
        };
    }
    all.push_str("</body></html>\n");
    all
}

fn said_as_html(all: &mut String, said: &Said) -> Option<()> {
    let (who, at) = (escaped(&line(&said.who)), time(said.at));
    writeln!(
        all,
        "<div style=\"margin:1em 0\"><b>{who}</b> <small>{at}</small>"
    )
    .ok()?;
    if !said.text.is_empty() {
        writeln!(all, "<div>{}</div>", broken(&said.text)).ok()?;
    }
    for (name, url) in &said.files {
        let name = escaped(&line(name));
        match url {
            Some(url) => {
                writeln!(all, "<div><a href=\"{}\">{name}</a></div>", escaped(url)).ok()?
            }
            None => writeln!(all, "<div>{name}</div>").ok()?,
        }
    }
    writeln!(all, "</div>").ok()
}

/// A text in HTML, its lines apart.
fn broken(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    lines.join("<br>\n")
}

/// A text in HTML, where nothing in it means anything.
fn escaped(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => all.push_str("&amp;"),
            '<' => all.push_str("&lt;"),
            '>' => all.push_str("&gt;"),
            '"' => all.push_str("&quot;"),
            '\'' => all.push_str("&#39;"),
            it if it.is_control() && it != '\t' => all.push(' '),
            it => all.push(it),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use domain::DeliveryId;
    use mail_parser::MessageParser;

    use super::*;

    fn mail() -> Mail {
        Mail {
            id: DeliveryId(373_156_928_438_272),
            at: "2026-11-20T09:00:00Z".parse().unwrap(),
            name: Some("Jörg \"J\" Öz, Dr.".to_owned()),
            address: "joerg@example.com".to_owned(),
            subject: "[#7] Grüße\r\nBcc: eve@example.com".to_owned(),
            body: vec![
                Piece::Text("First.".to_owned()),
                Piece::Said(Said {
                    who: "Ann <b>\r\nX: y".to_owned(),
                    at: "2026-11-20T08:59:30Z".parse().unwrap(),
                    text: "1 < 2 & \"so\"\n.\n.\nGrüße 🙂".to_owned(),
                    files: vec![
                        (
                            "a.pdf".to_owned(),
                            Some("https://x.example/m/1/a.pdf".to_owned()),
                        ),
                        ("a place".to_owned(), None),
                    ],
                }),
                Piece::Link {
                    text: "Go".to_owned(),
                    url: "https://x.example/?a=1&b=2".to_owned(),
                },
            ],
        }
    }

    #[test]
    fn a_letter_is_the_mail_that_it_should_be() {
        let from = "Acme <chat@acme.example>".parse().unwrap();
        let bytes = message(&mail(), &from).unwrap().formatted();
        assert_eq!(message(&mail(), &from).unwrap().formatted(), bytes);
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(
            read.message_id(),
            Some("373156928438272.letter@acme.example")
        );
        assert_eq!(read.date().unwrap().to_rfc3339(), "2026-11-20T09:00:00Z");
        let to = read.to().unwrap().first().unwrap();
        assert_eq!(to.name(), Some("Jörg \"J\" Öz, Dr."));
        assert_eq!(to.address(), Some("joerg@example.com"));
        assert!(read.bcc().is_none(), "{}", String::from_utf8_lossy(&bytes));
        assert!(read.subject().unwrap().starts_with("[#7] Grüße"));
        assert!(read.header("Auto-Submitted").is_some());
        let text = read.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(
            text,
            "First.\n\nAnn <b>  X: y (2026-11-20 08:59 UTC):\n1 < 2 & \"so\"\n.\n.\nGrüße 🙂\n\
             [a.pdf] https://x.example/m/1/a.pdf\n[a place]\n\nGo:\nhttps://x.example/?a=1&b=2\n\n"
        );
        let html = read.body_html(0).unwrap().replace("\r\n", "\n");
        for piece in [
            "<p>First.</p>",
            "<b>Ann &lt;b&gt;  X: y</b> <small>2026-11-20 08:59 UTC</small>",
            "<div>1 &lt; 2 &amp; &quot;so&quot;<br>\n.<br>\n.<br>\nGrüße 🙂</div>",
            "<a href=\"https://x.example/m/1/a.pdf\">a.pdf</a>",
            "<div>a place</div>",
            "<a href=\"https://x.example/?a=1&amp;b=2\">Go</a>",
        ] {
            assert!(html.contains(piece), "{piece} in {html}");
        }
        // What the HTTP-like head is made of ends where it should: no line of it is ours by accident.
        assert!(!String::from_utf8_lossy(&bytes).contains("\r\nBcc:"));
    }

    #[test]
    fn an_address_that_cannot_be_written_to_is_refused() {
        let from = "chat@acme.example".parse().unwrap();
        for bad in ["a b@example.com", "a@example.com\r\nBcc: b@example.com", ""] {
            let mail = Mail {
                address: bad.to_owned(),
                ..mail()
            };
            assert!(message(&mail, &from).is_err(), "{bad:?}");
        }
    }
}
