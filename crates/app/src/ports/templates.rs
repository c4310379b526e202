//! The port to networks where a business begins a conversation with a text that was approved before.

use super::BoxFuture;
use crate::Error;

/// An approved text, with places that are filled when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The network's own id.
    pub id: String,
    /// Its name, which several languages share.
    pub name: String,
    /// The code of its language.
    pub language: String,
    /// What it is for, in the network's word.
    pub category: String,
    /// Whether the network has approved it, in its word.
    pub status: String,
    /// Whether it may be sent.
    pub approved: bool,
    /// The text, with its places as `{{1}}`, `{{2}}` and so on.
    pub text: String,
}

impl Template {
    /// How many places the text has.
    pub fn places(&self) -> usize {
        let is_there = |place: &usize| self.text.contains(&format!("{{{{{place}}}}}"));
        (1..).take_while(is_there).count()
    }

    /// The text with its places filled, in order.
    pub fn filled(&self, values: &[String]) -> String {
        // Found one after another, so that nothing in a value is taken for a place.
        let mut out = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            let place = after.split_once("}}");
            let value = place.and_then(|(number, tail)| {
                let at: usize = number.parse().ok()?;
                Some((values.get(at.checked_sub(1)?)?, tail))
            });
            rest = match value {
                Some((value, tail)) => {
                    out.push_str(value);
                    tail
                }
                None => {
                    out.push_str("{{");
                    after
                }
            };
        }
        out.push_str(rest);
        out
    }
}

/// Lists what may be sent.
pub trait Templates: Send + Sync {
    /// The templates of an inbox's business. `settings` is the inbox's own. Refuses with `Invalid` if the inbox does not
    /// say which business it is, and with `Upstream` what the network does not tell now.
    fn list<'a>(&'a self, settings: &'a str) -> BoxFuture<'a, Result<Vec<Template>, Error>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_filled() {
        let template = |text: &str| Template {
            id: String::new(),
            name: String::new(),
            language: String::new(),
            category: String::new(),
            status: String::new(),
            approved: true,
            text: text.to_owned(),
        };
        let two = template("Hi {{1}}, order {{2}} for {{1}} {{x}} {{");
        assert_eq!((two.places(), template("Hi").places()), (2, 0));
        let filled = two.filled(&["{{2}}".to_owned(), "7".to_owned()]);
        assert_eq!(filled, "Hi {{2}}, order 7 for {{2}} {{x}} {{");
    }
}
