//! What people say: some words often, most of them rarely.

/// Different words that people use.
const VOCABULARY: u64 = 20_000;
/// Words of a message.
const WORDS: u64 = 60;

/// What a message says.
pub(super) fn chatter(number: u64) -> String {
    let words = (0..WORDS).map(|place| {
        let dice = (number * WORDS + place).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let rank = (dice % VOCABULARY) * (dice / VOCABULARY % VOCABULARY) / VOCABULARY;
        word(rank)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A word that can be spoken, the same for the same rank.
fn word(mut rank: u64) -> String {
    let mut word = String::new();
    loop {
        let (consonant, vowel) = (rank % 16, rank / 16 % 5);
        word.extend(
            b"bcdfghklmnprstvz"
                .get(usize::try_from(consonant).unwrap_or(0))
                .map(|it| char::from(*it)),
        );
        word.extend(
            b"aeiou"
                .get(usize::try_from(vowel).unwrap_or(0))
                .map(|it| char::from(*it)),
        );
        rank /= 80;
        if rank == 0 {
            return word;
        }
    }
}
