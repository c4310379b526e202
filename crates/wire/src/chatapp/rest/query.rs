//! What lists are asked. A value that cannot be is refused rather than passed over, and so is a filter that is not
//! kept: without it the answer would be another than what was asked for.

use super::cursor::{ChatPlace, Direction, MessagePlace};

/// The most that a page can be asked to hold.
pub const LIMIT_MAX: i64 = 100;
/// What it holds when nobody says.
pub const LIMIT_DEFAULT: i64 = 20;

/// The longest words that can be searched for.
pub const WORDS_CHARS_MAX: usize = 255;
/// The most tags that a list of chats can be filtered by at once.
pub const TAGS_MAX: usize = 20;

/// A parameter that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {why}")]
pub struct BadQuery {
    name: String,
    why: &'static str,
}

fn bad<T>(name: &str, why: &'static str) -> Result<T, BadQuery> {
    Err(BadQuery {
        name: name.to_owned(),
        why,
    })
}

/// What a list of chats is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListChats {
    /// Of which company; the caller's own without, or with the word `personal`.
    pub company_id: Option<i64>,
    /// Only of these licenses.
    pub license_ids: Option<Vec<i64>>,
    /// Only of these messengers.
    pub messenger_types: Option<Vec<String>>,
    /// Only with any of these tags, of which there are at most [`TAGS_MAX`].
    pub tag_ids: Option<Vec<i64>>,
    /// At most this many.
    pub limit: i64,
    /// Only what was last active before this second. Chats of one second can fall between two pages that are
    /// asked for by time alone; with `nextPage` none does.
    pub last_time: Option<i64>,
    /// From this place, which counts more than a time.
    pub next_page: Option<ChatPlace>,
}

impl ListChats {
    /// Reads the decoded pairs of a query.
    ///
    /// # Errors
    ///
    /// [`BadQuery`], naming the first parameter at fault.
    pub fn from_pairs(pairs: &[(String, String)]) -> Result<Self, BadQuery> {
        let mut asked = Self {
            limit: LIMIT_DEFAULT,
            ..Self::default()
        };
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match stem(name) {
                "companyId" if value == "personal" => asked.company_id = None,
                "companyId" => asked.company_id = Some(number(name, value)?),
                "limit" => asked.limit = limit(value)?,
                "lastTime" => asked.last_time = Some(number(name, value)?),
                "nextPage" => match ChatPlace::parse(value) {
                    Some(place) => asked.next_page = Some(place),
                    None => return bad(name, "is not one of this list's"),
                },
                "filter[licenseIds]" => {
                    numbers(name, value, asked.license_ids.get_or_insert_default())?;
                }
                "filter[tagIds]" => {
                    let ids = asked.tag_ids.get_or_insert_default();
                    numbers(name, value, ids)?;
                    if ids.len() > TAGS_MAX {
                        return bad(name, "has more than 20 tags");
                    }
                }
                "filter[messengerTypes]" => {
                    let types = asked.messenger_types.get_or_insert_default();
                    types.extend(value.split(',').map(|it| it.trim().to_owned()));
                }
                other if other.starts_with("filter[") => return bad(name, "is not supported"),
                _ => {}
            }
        }
        Ok(asked)
    }
}

/// What a history is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListMessages {
    /// At most this many.
    pub limit: i64,
    /// Which way.
    pub direction: Direction,
    /// `next`: only what was written in this second or later; `prev`: only what was written before it.
    pub last_time: Option<i64>,
    /// From this place; it knows its way, and counts more than a time.
    pub next_page: Option<MessagePlace>,
    /// Whether what is told about the chat itself is wanted too.
    pub system_messages: bool,
}

impl ListMessages {
    /// Reads the decoded pairs of a query.
    ///
    /// # Errors
    ///
    /// [`BadQuery`], naming the first parameter at fault.
    pub fn from_pairs(pairs: &[(String, String)]) -> Result<Self, BadQuery> {
        let mut asked = Self {
            limit: LIMIT_DEFAULT,
            ..Self::default()
        };
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "limit" => asked.limit = limit(value)?,
                "lastTime" => asked.last_time = Some(number(name, value)?),
                "direction" => match Direction::parse(value) {
                    Some(direction) => asked.direction = direction,
                    None => return bad(name, "is prev or next"),
                },
                "nextPage" => match MessagePlace::parse(value) {
                    Some(place) => asked.next_page = Some(place),
                    None => return bad(name, "is not one of this list's"),
                },
                "includeSystemMessages" => match value.as_str() {
                    "1" | "true" => asked.system_messages = true,
                    "0" | "false" => asked.system_messages = false,
                    _ => return bad(name, "is 0 or 1"),
                },
                _ => {}
            }
        }
        Ok(asked)
    }
}

/// What a history is searched for: `GET …/messages/search`, whose parameter nobody documents. `query` is the obvious
/// one, and `text` is what messages call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchMessages {
    /// From 1 to [`WORDS_CHARS_MAX`] characters, not blank.
    pub words: String,
    /// Which page of it, as of a history.
    pub page: ListMessages,
}

impl SearchMessages {
    /// Reads the decoded pairs of a query.
    ///
    /// # Errors
    ///
    /// [`BadQuery`], naming the first parameter at fault.
    pub fn from_pairs(pairs: &[(String, String)]) -> Result<Self, BadQuery> {
        let page = ListMessages::from_pairs(pairs)?;
        let mut named = pairs
            .iter()
            .filter(|(name, _)| name == "query" || name == "text");
        let words = named
            .next()
            .map(|(_, value)| value.trim())
            .unwrap_or_default();
        if words.is_empty() || words.chars().count() > WORDS_CHARS_MAX {
            return bad("query", "is required, up to 255 characters");
        }
        let words = words.to_owned();
        Ok(Self { words, page })
    }
}

/// The name without the brackets by which some clients write each item of a list: `filter[a][]`, `filter[a][3]`.
fn stem(name: &str) -> &str {
    match name.rfind("][") {
        Some(at) => name.get(..=at).unwrap_or(name),
        None => name,
    }
}

fn number(name: &str, value: &str) -> Result<i64, BadQuery> {
    match value.parse() {
        Ok(number) if number >= 0 => Ok(number),
        Ok(_) | Err(_) => bad(name, "is not a number"),
    }
}

fn numbers(name: &str, value: &str, into: &mut Vec<i64>) -> Result<(), BadQuery> {
    for id in value.split(',') {
        into.push(number(name, id.trim())?);
    }
    Ok(())
}

fn limit(value: &str) -> Result<i64, BadQuery> {
    match value.parse() {
        Ok(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
        Ok(_) | Err(_) => bad("limit", "is a number from 1 to 100"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn chats_are_asked_in_every_spelling_of_a_list() {
        let asked = ListChats::from_pairs(&[]).unwrap();
        assert_eq!((asked.limit, asked.license_ids), (20, None));
        for spelling in [
            pairs(&[("filter[licenseIds]", "1, 2")]),
            pairs(&[("filter[licenseIds][]", "1"), ("filter[licenseIds][]", "2")]),
            pairs(&[
                ("filter[licenseIds][0]", "1"),
                ("filter[licenseIds][1]", "2"),
            ]),
        ] {
            let asked = ListChats::from_pairs(&spelling).unwrap();
            assert_eq!(asked.license_ids, Some(vec![1, 2]), "{spelling:?}");
        }
        let asked = ListChats::from_pairs(&pairs(&[
            ("companyId", "7"),
            ("limit", "100"),
            ("nextPage", "5.6"),
            ("filter[messengerTypes]", "telegram"),
            ("filter[tagIds]", "3,4"),
            ("filter[status]", ""),
            ("lang", "ru"),
        ]));
        let expected = ListChats {
            company_id: Some(7),
            messenger_types: Some(vec!["telegram".to_owned()]),
            tag_ids: Some(vec![3, 4]),
            limit: 100,
            next_page: Some(ChatPlace { micros: 5, id: 6 }),
            ..ListChats::default()
        };
        assert_eq!(asked, Ok(expected));
    }

    #[test]
    fn a_history_is_asked() {
        let asked = ListMessages::from_pairs(&pairs(&[
            ("direction", "next"),
            ("lastTime", "1767268800"),
            ("includeSystemMessages", "1"),
        ]));
        let expected = ListMessages {
            limit: 20,
            direction: Direction::Next,
            last_time: Some(1_767_268_800),
            next_page: None,
            system_messages: true,
        };
        assert_eq!(asked, Ok(expected));
    }

    #[test]
    fn a_search_has_words_and_a_page() {
        for name in ["query", "text"] {
            let asked =
                SearchMessages::from_pairs(&pairs(&[(name, " two words "), ("limit", "5")]));
            let asked = asked.unwrap();
            assert_eq!((asked.words.as_str(), asked.page.limit), ("two words", 5));
        }
        let long = "x".repeat(256);
        for bad in [vec![], vec![("query", " ")], vec![("query", &*long)]] {
            let refused = SearchMessages::from_pairs(&pairs(&bad)).unwrap_err();
            assert_eq!(
                refused.to_string(),
                "query is required, up to 255 characters"
            );
        }
        let refused = SearchMessages::from_pairs(&pairs(&[("query", "x"), ("limit", "101")]));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "limit is a number from 1 to 100"
        );
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        for (name, value, told) in [
            ("limit", "101", "limit is a number from 1 to 100"),
            ("limit", "0", "limit is a number from 1 to 100"),
            ("limit", "ten", "limit is a number from 1 to 100"),
            ("companyId", "x", "companyId is not a number"),
            ("lastTime", "-1", "lastTime is not a number"),
            ("nextPage", "next.5", "nextPage is not one of this list's"),
            (
                "filter[licenseIds]",
                "1,x",
                "filter[licenseIds] is not a number",
            ),
            ("filter[tagIds]", "x", "filter[tagIds] is not a number"),
            ("filter[age]", "1", "filter[age] is not supported"),
        ] {
            let refused = ListChats::from_pairs(&pairs(&[(name, value)])).unwrap_err();
            assert_eq!(refused.to_string(), told);
        }
        for (name, value, told) in [
            ("limit", "101", "limit is a number from 1 to 100"),
            ("direction", "up", "direction is prev or next"),
            ("nextPage", "5.6", "nextPage is not one of this list's"),
            (
                "includeSystemMessages",
                "2",
                "includeSystemMessages is 0 or 1",
            ),
        ] {
            let refused = ListMessages::from_pairs(&pairs(&[(name, value)])).unwrap_err();
            assert_eq!(refused.to_string(), told);
        }
    }
}
