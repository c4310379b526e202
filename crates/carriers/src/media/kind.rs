//! What a file is: what its server says, else what its first bytes say, else what its name says.
//!
//! The result is a claim, not a fact: whoever hands a file out must not let a browser act on it.

use file_format::FileFormat;

use crate::limits::CONTENT_TYPE_BYTES;

const UNKNOWN: &str = "application/octet-stream";

/// Types by which a server says that it does not know.
const GENERIC: [&str; 8] = [
    UNKNOWN,
    "binary/octet-stream",
    "application/binary",
    "application/x-binary",
    "application/unknown",
    "application/download",
    "application/x-download",
    "application/force-download",
];

/// Where the sniffer's word is not the one that networks use.
const ALIASES: [(&str, &str); 8] = [
    ("application/x-id3v2", "audio/mpeg"),
    ("application/mp4", "video/mp4"),
    ("video/x-m4v", "video/mp4"),
    ("audio/x-m4a", "audio/mp4"),
    ("audio/opus", "audio/ogg"),
    ("audio/vnd.wave", "audio/wav"),
    ("video/matroska", "video/x-matroska"),
    ("text/xml", "application/xml"),
];

/// Sniffed types that are only wrappers: a name tells more than they do.
const WRAPPERS: [&str; 5] = [
    UNKNOWN,
    "application/zip",
    "application/x-cfb",
    "application/xml",
    "text/plain",
];

/// Extensions for a name that has none.
const EXTENSIONS: [(&str, &str); 27] = [
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/pdf", "pdf"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "pptx",
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    ("application/zip", "zip"),
    ("audio/aac", "aac"),
    ("audio/amr", "amr"),
    ("audio/mp4", "m4a"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/wav", "wav"),
    ("image/gif", "gif"),
    ("image/heic", "heic"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/webp", "webp"),
    ("text/csv", "csv"),
    ("text/plain", "txt"),
    ("text/vcard", "vcf"),
    ("video/3gpp", "3gp"),
    ("video/mp4", "mp4"),
    ("video/webm", "webm"),
];

/// The type, in lower case and without parameters.
pub(super) fn content_type(told: Option<&str>, head: &[u8], name: Option<&str>) -> String {
    if let Some(told) = told.and_then(essence)
        && !GENERIC.contains(&told.as_str())
    {
        return told;
    }
    let format = FileFormat::from_bytes(head);
    let sniffed = format.media_type();
    let alias = ALIASES.iter().find(|(from, _)| *from == sniffed);
    let sniffed = alias.map_or(sniffed, |(_, to)| to);
    if !WRAPPERS.contains(&sniffed) {
        return sniffed.to_owned();
    }
    let named = name.and_then(|name| mime_guess::from_path(name).first_raw());
    named.unwrap_or(sniffed).to_owned()
}

/// The usual extension of a type, if it has one.
pub(super) fn extension(content_type: &str) -> Option<&'static str> {
    let found = EXTENSIONS.iter().find(|(kind, _)| *kind == content_type);
    found.map(|(_, extension)| *extension)
}

/// `type/subtype` out of a header; none when it is not one.
fn essence(header: &str) -> Option<String> {
    let essence = header.split(';').next()?.trim().to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/')?;
    let is_word = |text: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !text.is_empty() && text.bytes().all(legal)
    };
    (is_word(kind) && is_word(subtype) && essence.len() <= CONTENT_TYPE_BYTES).then_some(essence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_wins_unless_it_says_nothing() {
        let png = b"\x89PNG\r\n\x1a\n";
        for (told, expected) in [
            (Some("image/JPEG; q=1"), "image/jpeg"),
            (Some("application/octet-stream"), "image/png"),
            (Some("Binary/Octet-Stream;x"), "image/png"),
            (Some("nonsense"), "image/png"),
            (Some("a/b c"), "image/png"),
            (Some("*/*"), "image/png"),
            (Some(""), "image/png"),
            (None, "image/png"),
        ] {
            assert_eq!(content_type(told, png, None), expected, "{told:?}");
        }
    }

    #[test]
    fn first_bytes_tell_in_the_words_of_networks() {
        for (head, expected) in [
            (&b"ID3\x03\x00\x00\x00\x00\x00\x21"[..], "audio/mpeg"),
            (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "video/mp4"),
            (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00", "video/mp4"),
            (b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00", "audio/mp4"),
            (b"\x00\x00\x00\x18ftyp3gp5\x00\x00\x02\x00", "video/3gpp"),
            (b"#!AMR\n\x3c\x00", "audio/amr"),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
            (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
            (b"\x00\x01\x02\x03", UNKNOWN),
        ] {
            assert_eq!(content_type(None, head, None), expected, "{head:?}");
        }
        let mut opus = b"OggS\x00\x02".to_vec();
        opus.resize(28, 0);
        opus.extend_from_slice(b"OpusHead");
        assert_eq!(content_type(None, &opus, None), "audio/ogg");
    }

    #[test]
    fn a_name_tells_more_than_a_wrapper() {
        let zip = b"PK\x03\x04\x14\x00\x00\x00";
        let office = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        assert_eq!(content_type(None, zip, None), "application/zip");
        assert_eq!(content_type(None, zip, Some("a.docx")), office);
        assert_eq!(content_type(None, b"a,b\n1,2\n", Some("a.csv")), "text/csv");
        assert_eq!(
            content_type(None, b"%PDF-1.7", Some("a.png")),
            "application/pdf"
        );
        assert_eq!(extension(office), Some("docx"));
        assert_eq!(extension("x/y"), None);
    }
}
