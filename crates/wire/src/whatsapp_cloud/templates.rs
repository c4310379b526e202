//! The list of a business's templates (Business Management API, "WhatsApp Message Templates").

use serde::Deserialize;

/// What to ask for of each.
pub const FIELDS: &str = "id,name,language,status,category,components";
/// How many to a page.
pub const PER_PAGE: usize = 100;

/// One page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Page {
    /// The templates.
    pub data: Vec<Template>,
    /// Where the next one is.
    pub paging: Option<Paging>,
}

/// One template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Template {
    /// Meta's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// A code such as `en_US`.
    pub language: String,
    /// `APPROVED`, `PENDING`, `REJECTED` and so on.
    pub status: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    /// Its parts.
    pub components: Vec<Component>,
}

/// A part of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Component {
    /// `HEADER`, `BODY`, `FOOTER` or `BUTTONS`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its text, if it has one.
    pub text: Option<String>,
}

/// Where a page is in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Paging {
    /// The page's ends.
    pub cursors: Cursors,
    /// The address of the next page; absent on the last.
    pub next: Option<String>,
}

/// A page's ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Cursors {
    /// What to ask the next page with.
    pub after: Option<String>,
}

impl Template {
    /// The text of its body.
    pub fn text(&self) -> &str {
        let body = self.components.iter().find(|it| it.kind == "BODY");
        body.and_then(|it| it.text.as_deref()).unwrap_or_default()
    }
}

impl Page {
    /// What to ask the next page with, if there is one.
    pub fn next(&self) -> Option<&str> {
        let paging = self.paging.as_ref()?;
        paging.next.as_ref()?;
        paging.cursors.after.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read() {
        let text = r#"{"data":[{"id":"7","name":"order","language":"en","status":"APPROVED","category":"UTILITY",
            "components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Hi {{1}}"}]}],
            "paging":{"cursors":{"before":"a","after":"b"},"next":"https://graph.example/next"}}"#;
        let page: Page = serde_json::from_str(text).unwrap();
        assert_eq!(page.next(), Some("b"));
        assert_eq!(page.data[0].text(), "Hi {{1}}");
        let last: Page =
            serde_json::from_str(r#"{"data":[],"paging":{"cursors":{"after":"b"}}}"#).unwrap();
        assert_eq!(last.next(), None);
    }
}
