//! Keys under which files are kept: random, so that one cannot be guessed from another, and spread over directories.

use app::Error;
use object_store::path::Path;

use super::unavailable;
use crate::limits::KEY_BYTES;

/// A new key: `ab/cd/…`, lower-case hexadecimal.
pub(super) fn new() -> Result<String, Error> {
    let mut random = [0; KEY_BYTES];
    getrandom::fill(&mut random).map_err(unavailable)?;
    let mut key = String::with_capacity(2 * KEY_BYTES + 2);
    for (index, byte) in random.iter().enumerate() {
        if matches!(index, 1 | 2) {
            key.push('/');
        }
        key.push_str(&format!("{byte:02x}"));
    }
    Ok(key)
}

/// Where a key's file is; none when it is not one of our keys, whatever the store would make of it.
pub(super) fn path(key: &str) -> Option<Path> {
    let is_hex = |it: &str| {
        it.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let mut segments = key.split('/');
    for bytes in [1, 1, KEY_BYTES - 2] {
        segments
            .next()
            .filter(|it| it.len() == 2 * bytes && is_hex(it))?;
    }
    match segments.next() {
        Some(_) => None,
        None => Path::parse(key).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_two_directories_and_is_never_the_same() {
        let (one, other) = (new().unwrap(), new().unwrap());
        assert_eq!(path(&one).unwrap().as_ref(), one);
        assert_ne!(one, other);
        assert_eq!(one.len(), 42);
        assert_eq!(one.split('/').map(str::len).collect::<Vec<_>>(), [2, 2, 36]);
    }
}
