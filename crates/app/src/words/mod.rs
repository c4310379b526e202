//! The words of a text, as messages are searched by.

mod indexer;

pub use indexer::{Indexer, catch_up};

/// Words of one search.
pub const WORDS_MAX: usize = 10;
/// Characters of one word.
const CHARS: usize = 64;

/// The words of what somebody looks for, in lower case and without signs. What is found has, for each of them, a word
/// that begins with it.
pub fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(is_sign)
        .filter(|it| it.chars().any(char::is_alphanumeric))
        .take(WORDS_MAX)
        .map(|it| it.chars().take(CHARS).collect())
        .collect()
}

/// Whether words end here. Marks on letters of other scripts do not end them; what engines make of such a word is
/// their own affair, and the same for what is sought and what is found.
fn is_sign(it: char) -> bool {
    match it {
        '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => true,
        it if it.is_ascii() => !it.is_ascii_alphanumeric(),
        it => it.is_whitespace() || it.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_no_words() {
        assert_eq!(
            words("  The \"Kettle\" (2.5 l)*"),
            ["the", "kettle", "2", "5", "l"]
        );
        assert_eq!(words("':* & | !"), Vec::<String>::new());
        assert_eq!(words(&"a ".repeat(50)).len(), WORDS_MAX);
    }
}
