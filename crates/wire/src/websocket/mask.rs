//! Taking the client's mask off (RFC 6455, section 5.3).
//!
//! Masking and unmasking are the same operation, so the tests use this on the client's side too.

/// Applies `key` to `payload` in place, eight bytes at a time.
pub(super) fn apply(payload: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    // Native order on both sides: the bytes meet in the order in which they lie in memory.
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    // Whole words leave the key at its first byte again, because eight is a multiple of four.
    for (byte, mask) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_plain_definition(
            payload in prop::collection::vec(any::<u8>(), 0..100),
            key in any::<[u8; 4]>(),
        ) {
            let plain: Vec<u8> =
                payload.iter().enumerate().map(|(i, byte)| byte ^ key[i % 4]).collect();
            let mut fast = payload;
            super::apply(&mut fast, key);
            prop_assert_eq!(fast, plain);
        }
    }
}
