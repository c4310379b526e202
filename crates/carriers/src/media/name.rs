//! What a file is called: what the caller says, else its server, else its address, else `file`.
//!
//! A name is for people and for saving under; it is never a path, and no store sees it.

use percent_encoding::percent_decode_str;
use url::Url;

use super::kind;
use crate::limits::NAME_BYTES;

/// Extensions longer than this are part of the name, in bytes with the dot.
const EXTENSION_BYTES: usize = 12;

/// A name before the file's type is known.
pub(super) struct Choice {
    text: Option<String>,
    /// Whether somebody meant it as a name; then it is left as it is.
    meant: bool,
}

impl Choice {
    /// Chooses; each candidate is cleaned, and passed over when nothing is left of it.
    pub(super) fn new(asked: Option<&str>, disposition: Option<&str>, url: &str) -> Self {
        let meant = asked
            .and_then(clean)
            .or_else(|| clean(&of_disposition(disposition?)?));
        if meant.is_some() {
            return Self {
                text: meant,
                meant: true,
            };
        }
        Self {
            text: of_address(url).and_then(|name| clean(&name)),
            meant: false,
        }
    }

    /// The name so far.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The name, with the type's extension if it had to be made up and has none.
    pub(super) fn finish(self, content_type: &str) -> String {
        let name = self.text.unwrap_or_else(|| "file".to_owned());
        if self.meant || split(&name).1.len() > 1 {
            return name;
        }
        match kind::extension(content_type) {
            Some(extension) => shorten(&format!("{}.{extension}", name.trim_end_matches('.'))),
            None => name,
        }
    }
}

/// The last segment of a URL's path.
fn of_address(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let segment = url.path_segments()?.next_back()?.to_owned();
    Some(
        percent_decode_str(&segment)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

/// The file's name in a `Content-Disposition`; the encoded form before the plain one.
fn of_disposition(header: &str) -> Option<String> {
    let mut plain = None;
    for parameter in parameters(header) {
        let Some((key, value)) = parameter.split_once('=') else {
            continue;
        };
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let encoded = value.trim_matches('"').splitn(3, '\'').nth(2);
                if let Some(encoded) = encoded.filter(|it| !it.is_empty()) {
                    return Some(percent_decode_str(encoded).decode_utf8_lossy().into_owned());
                }
            }
            "filename" if plain.is_none() => plain = Some(unquote(value)),
            _ => {}
        }
    }
    plain
}

/// The parts between semicolons that are not inside quotes.
fn parameters(header: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let between = move |c: char| {
        let ends = c == ';' && !quoted;
        (quoted, escaped) = match c {
            '"' if !escaped => (!quoted, false),
            '\\' => (quoted, quoted && !escaped),
            _ => (quoted, false),
        };
        ends
    };
    header.split(between).collect()
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        return value.to_owned();
    };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(c) = characters.next() {
        // Only these two are escaped on purpose; in any other place the sender meant a Windows path.
        let escapes = c == '\\' && matches!(characters.peek(), Some('"' | '\\'));
        plain.extend(if escapes { characters.next() } else { Some(c) });
    }
    plain
}

/// Makes a name safe to show and to save under; none when nothing is left.
fn clean(name: &str) -> Option<String> {
    let safe: String = name
        .chars()
        .filter(|c| !c.is_control() && !turns_text(*c))
        .map(|c| if matches!(c, '/' | '\\') { '_' } else { c })
        .collect();
    let safe = safe.trim();
    let says_something = safe.chars().any(|c| !matches!(c, '.' | '_' | ' '));
    says_something.then(|| shorten(safe))
}

/// Characters that make `exe.gpj` look like `jpg.exe`, and such that cannot be seen.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Cuts the stem, never the extension.
fn shorten(name: &str) -> String {
    if name.len() <= NAME_BYTES {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let mut end = NAME_BYTES.saturating_sub(extension.len()).min(stem.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let (stem, _) = stem.split_at(end);
    format!("{stem}{extension}")
}

/// Stem and extension; the extension has its dot and may be empty.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= EXTENSION_BYTES => name.split_at(at),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(asked: Option<&str>, disposition: Option<&str>, url: &str) -> String {
        Choice::new(asked, disposition, url).finish("image/png")
    }

    #[test]
    fn the_first_that_says_something_names_the_file() {
        let (said, url) = (
            Some("attachment; filename=b.txt"),
            "http://h/x/c.gif?d=e.f#g",
        );
        assert_eq!(named(Some("a"), said, url), "a");
        assert_eq!(named(Some(" ../"), said, url), "b.txt");
        assert_eq!(named(None, Some("inline"), url), "c.gif");
        assert_eq!(named(None, None, "http://h/x/c256"), "c256.png");
        assert_eq!(named(None, None, "http://h/x/c."), "c.png");
        assert_eq!(named(None, None, "http://h/%C3%A7%2Fd"), "ç_d.png");
        assert_eq!(named(None, None, "http://h/"), "file.png");
        assert_eq!(named(None, None, "nonsense"), "file.png");
        assert_eq!(Choice::new(None, None, "").finish("x/y"), "file");
    }

    #[test]
    fn a_disposition_is_read_as_servers_write_it() {
        for (header, expected) in [
            ("attachment; filename=a.txt", Some("a.txt")),
            (
                "attachment;FileName = \"a b;c.txt\" ; size=1",
                Some("a b;c.txt"),
            ),
            (r#"x; filename="say \"hi\".txt""#, Some(r#"say "hi".txt"#)),
            (r#"x; filename="C:\dir\a.txt""#, Some(r"C:\dir\a.txt")),
            ("x; filename=a; filename*=UTF-8''%C3%A7.txt", Some("ç.txt")),
            ("x; filename*=UTF-8'en'b%20c; filename=a", Some("b c")),
            ("x; filename*=broken; filename=a", Some("a")),
            ("x; filename=\"open", Some("open")),
            ("x; filename=\"", Some("")),
            ("attachment", None),
            ("", None),
        ] {
            assert_eq!(of_disposition(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn a_name_is_never_a_path_and_never_too_long() {
        assert_eq!(
            clean("../../etc/passwd").as_deref(),
            Some(".._.._etc_passwd")
        );
        assert_eq!(clean("C:\\a\r\n\0b").as_deref(), Some("C:_ab"));
        assert_eq!(clean("cod\u{202e}gpj.exe").as_deref(), Some("codgpj.exe"));
        for nothing in ["", " ", "..", "/", "\\..", "\u{200b}"] {
            assert_eq!(clean(nothing), None, "{nothing:?}");
        }
        let long = clean(&format!("{}.pdf", "ç".repeat(300))).unwrap();
        assert!(
            long.len() <= NAME_BYTES && long.ends_with("ç.pdf"),
            "{long}"
        );
        let made_up = format!("http://h/{}", "a".repeat(255));
        let long = named(None, None, &made_up);
        assert_eq!(long.len(), NAME_BYTES);
        assert!(long.ends_with("a.png"));
    }
}
