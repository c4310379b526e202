//! Writing JSON strings straight into a frame.
//!
//! A frame's `data` is often JSON inside a JSON string, so nearly every event is escaped once; runs of plain
//! bytes are copied whole. Nothing here reads JSON.

/// Appends `text` as a JSON string, quotes included (RFC 8259, section 7).
pub(super) fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    push_escaped(out, text);
    out.push(b'"');
}

/// Appends `text` as the inside of a JSON string.
pub(super) fn push_escaped(out: &mut Vec<u8>, text: &str) {
    let mut plain = text.as_bytes();
    while let Some(at) = plain.iter().position(|byte| must_escape(*byte)) {
        let (run, rest) = plain.split_at(at);
        out.extend_from_slice(run);
        let Some((byte, rest)) = rest.split_first() else {
            break;
        };
        push_escape(out, *byte);
        plain = rest;
    }
    out.extend_from_slice(plain);
}

fn must_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn push_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x0C => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            // What is left is below 0x20: the upper digit is 0 or 1.
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 0xF)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    #[test]
    fn is_what_serde_json_writes_for_every_ascii_character() {
        let text: String = (0..128_u8)
            .map(char::from)
            .chain("é☃𝄞\u{2028}".chars())
            .collect();
        let mut out = Vec::new();
        super::push_string(&mut out, &text);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            serde_json::to_string(&text).unwrap()
        );
    }

    proptest! {
        #[test]
        fn reads_back_as_the_same_text(text in any::<String>()) {
            let mut out = Vec::new();
            super::push_string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
