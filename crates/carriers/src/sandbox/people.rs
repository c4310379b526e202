//! The people of the simulated network: everybody has every number, and behaves as its last digits say, unless they
//! were given a script.
//!
//! | the number ends with | the person |
//! |---|---|
//! | 0000 | is not on the network: what is sent to them fails |
//! | 1111 | has switched the phone off: one tick |
//! | 2222 | does not look: two ticks |
//! | 5555 | reads, and answers what was said |
//! | anything else | reads |

use app::{
    Result,
    ports::{Rule, Script, View},
};
use serde::{Deserialize, Serialize};

use super::NAME;

/// What somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) manners: Manners,
    pub(super) rules: Vec<Rule>,
}

/// How far a message to somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Manners {
    Absent,
    Off,
    Unread,
    Reads,
}

/// A script as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    name: Option<String>,
    rules: Vec<(String, String)>,
}

impl Person {
    /// Whoever has this number.
    pub(super) fn of<V: View + ?Sized>(view: &V, number: &str) -> Result<Self> {
        let kept = view.find_kept(NAME, &place(number))?;
        let kept: Option<Kept> = kept.and_then(|it| serde_json::from_str(&it).ok());
        let mut person = Self::by_number(number);
        if let Some(kept) = kept {
            person.name = kept.name;
            person.manners = Manners::Reads;
            let rule = |(when, say)| Rule { when, say };
            person.rules = kept.rules.into_iter().map(rule).collect();
        }
        Ok(person)
    }

    fn by_number(number: &str) -> Self {
        let ends = |digits: &str| number.ends_with(digits);
        let manners = match () {
            () if ends("0000") => Manners::Absent,
            () if ends("1111") => Manners::Off,
            () if ends("2222") => Manners::Unread,
            () => Manners::Reads,
        };
        let echo = Rule {
            when: String::new(),
            say: "You said: {text}".to_owned(),
        };
        Self {
            name: None,
            manners,
            rules: ends("5555").then_some(echo).into_iter().collect(),
        }
    }

    /// What they answer, if anything.
    pub(super) fn answer(&self, text: &str) -> Option<String> {
        if self.manners != Manners::Reads {
            return None;
        }
        let lower = text.to_lowercase();
        let rule = self
            .rules
            .iter()
            .find(|it| lower.contains(&it.when.to_lowercase()))?;
        Some(rule.say.replace("{text}", text))
    }
}

pub(super) fn place(number: &str) -> String {
    format!("person:{number}")
}

/// A script in the form that is kept.
pub(super) fn written(script: &Script) -> String {
    let rule = |it: &Rule| (it.when.clone(), it.say.clone());
    let kept = Kept {
        name: script.name.clone(),
        rules: script.rules.iter().map(rule).collect(),
    };
    serde_json::to_string(&kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_how_its_owner_behaves() {
        for (number, manners, answer) in [
            ("447700900000", Manners::Absent, None),
            ("447700901111", Manners::Off, None),
            ("447700902222", Manners::Unread, None),
            ("447700905555", Manners::Reads, Some("You said: Hi")),
            ("447700900123", Manners::Reads, None),
        ] {
            let person = Person::by_number(number);
            assert_eq!(person.manners, manners, "{number}");
            assert_eq!(person.answer("Hi").as_deref(), answer, "{number}");
        }
    }
}
