//! Server frames as finished bytes (RFC 6455, section 5.2).
//!
//! Server frames carry no mask, so one frame is the same for every connection: it is made once and cloned by
//! reference. Frames are never fragmented. Nothing here checks that a text payload is UTF-8 or JSON.

use bytes::Bytes;

use super::{CONTROL_BYTES_MAX, Opcode};

const FIN: u8 = 0x80;
/// The longest header of a server frame: two bytes and a 64-bit length.
const HEADER_BYTES_MAX: usize = 10;
/// The longest reason of a close frame, in bytes: the code takes two of the payload.
pub const CLOSE_REASON_BYTES_MAX: usize = CONTROL_BYTES_MAX - 2;
/// "No code": never sent on the wire, stands for a close frame without payload (RFC 6455, section 7.4.1).
pub const NO_CLOSE_CODE: u16 = 1005;

/// A text frame around `payload`, which must be UTF-8.
pub fn text_frame(payload: &[u8]) -> Bytes {
    frame(Opcode::Text, &[payload])
}

/// A text frame around `head + payload + tail`, made in one allocation.
pub fn frame_parts(head: &[u8], payload: &[u8], tail: &[u8]) -> Bytes {
    frame(Opcode::Text, &[head, payload, tail])
}

/// A text frame around these parts, made in one allocation.
pub fn frame_of(parts: &[&[u8]]) -> Bytes {
    frame(Opcode::Text, parts)
}

/// A close frame. The reason is cut to [`CLOSE_REASON_BYTES_MAX`] at a character boundary; with
/// [`NO_CLOSE_CODE`] the payload is empty.
pub fn close_frame(code: u16, reason: &str) -> Bytes {
    if code == NO_CLOSE_CODE {
        return frame(Opcode::Close, &[]);
    }
    let reason = prefix(reason, CLOSE_REASON_BYTES_MAX);
    frame(Opcode::Close, &[&code.to_be_bytes(), reason.as_bytes()])
}

/// A ping frame; a payload over [`CONTROL_BYTES_MAX`] is cut.
pub fn ping_frame(payload: &[u8]) -> Bytes {
    frame(Opcode::Ping, &[cut(payload)])
}

/// A pong frame; a payload over [`CONTROL_BYTES_MAX`] is cut, which no valid ping asks for.
pub fn pong_frame(payload: &[u8]) -> Bytes {
    frame(Opcode::Pong, &[cut(payload)])
}

fn cut(payload: &[u8]) -> &[u8] {
    payload.get(..CONTROL_BYTES_MAX).unwrap_or(payload)
}

fn frame(opcode: Opcode, parts: &[&[u8]]) -> Bytes {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(HEADER_BYTES_MAX + length);
    out.push(FIN | opcode as u8);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if usize::from(short) <= CONTROL_BYTES_MAX => out.push(short),
        (_, Ok(medium)) => {
            out.push(126);
            out.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    Bytes::from(out)
}

/// The longest prefix of `text` that fits in `bytes_max`.
fn prefix(text: &str, bytes_max: usize) -> &str {
    let mut end = bytes_max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_takes_one_three_or_nine_bytes() {
        for (length, header) in [
            (0, &[0x81, 0][..]),
            (125, &[0x81, 125]),
            (126, &[0x81, 126, 0, 126]),
            (65_535, &[0x81, 126, 0xFF, 0xFF]),
            (65_536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let frame = text_frame(&vec![b'x'; length]);
            assert!(frame.starts_with(header), "{length}");
            assert_eq!(frame.len(), header.len() + length);
        }
    }

    #[test]
    fn parts_make_the_same_frame_as_their_sum() {
        assert_eq!(
            frame_parts(b"{\"m\":", b"1", b"}"),
            text_frame(b"{\"m\":1}")
        );
    }

    #[test]
    fn control_frames_never_exceed_their_limit() {
        let reason = "é".repeat(100);
        let close = close_frame(4001, &reason);
        assert_eq!(&close[..4], &[0x88, 124, 0x0F, 0xA1]);
        assert_eq!(&close[4..], "é".repeat(61).as_bytes());
        assert_eq!(close_frame(NO_CLOSE_CODE, "ignored"), [0x88, 0].as_slice());
        assert_eq!(ping_frame(&[7; 200]).len(), 2 + CONTROL_BYTES_MAX);
        assert_eq!(pong_frame(b"hi"), [0x8A, 2, b'h', b'i'].as_slice());
    }
}
