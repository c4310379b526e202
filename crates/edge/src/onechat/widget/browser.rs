//! The visitor's browser, as a conversation shows where it began (document, `additional_attributes.browser`).

use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::http::named;

/// Characters of a name or a version.
const CHARS: usize = 60;
/// What browsers call themselves, the more special first: many name those that they descend from as well.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg/", "Microsoft Edge"),
    ("EdgA/", "Microsoft Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex"),
    ("SamsungBrowser/", "Samsung Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];
/// What systems call themselves, and what comes before their version.
const PLATFORMS: [(&str, &str, &str); 6] = [
    ("Android", "Android", "Android "),
    ("iPhone", "iOS (iPhone)", "OS "),
    ("iPad", "iOS (iPad)", "OS "),
    ("Windows", "Windows", "Windows NT "),
    ("Mac OS X", "macOS", "Mac OS X "),
    ("Linux", "Linux", "Linux "),
];

/// `{browser: {…}, browser_language}` from what a request says of itself.
pub(super) fn told(headers: &HeaderMap) -> Map<String, Value> {
    let agent = named(headers, "user-agent").unwrap_or_default();
    let known = BROWSERS.iter().find(|(mark, _)| agent.contains(mark));
    let platform = PLATFORMS.iter().find(|(mark, ..)| agent.contains(mark));
    let or_unknown = |it: Option<&str>| it.unwrap_or("Unknown").to_owned();
    let device = ["iPhone", "iPad"].into_iter();
    let mut all = Map::new();
    all.insert(
        "browser".to_owned(),
        json!({
            "device_name": or_unknown(device.into_iter().find(|it| agent.contains(it))),
            "browser_name": or_unknown(known.map(|it| it.1)),
            "platform_name": or_unknown(platform.map(|it| it.1)),
            "browser_version": known.map_or_else(String::new, |it| version(agent, it.0)),
            "platform_version": platform.map_or_else(String::new, |it| version(agent, it.2)),
        }),
    );
    let language = named(headers, "accept-language").unwrap_or_default();
    let first = language.split([',', ';']).next().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !first.is_empty() && first.len() <= CHARS && first.chars().all(fits) {
        all.insert("browser_language".to_owned(), first.into());
    }
    all
}

fn version(agent: &str, mark: &str) -> String {
    let rest = agent.split_once(mark).map_or("", |it| it.1);
    let digits = rest.chars().take(CHARS);
    let digits = digits.take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '_'));
    digits.map(|c| if c == '_' { '.' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn browsers_are_told_apart_from_those_they_descend_from() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/92.0.4515.107 Safari/537.36",
                ["Chrome", "92.0.4515.107", "macOS", "10.15.7", "Unknown"],
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.2849.68",
                [
                    "Microsoft Edge",
                    "130.0.2849.68",
                    "Windows",
                    "10.0",
                    "Unknown",
                ],
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                ["Safari", "17.5", "iOS (iPhone)", "17.5", "iPhone"],
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
                ["Firefox", "131.0", "Linux", "", "Unknown"],
            ),
            ("curl/8.5", ["Unknown", "", "Unknown", "", "Unknown"]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("user-agent", HeaderValue::from_static(agent));
            headers.insert(
                "accept-language",
                HeaderValue::from_static("cs-CZ,cs;q=0.9"),
            );
            let told = told(&headers);
            let it = &told["browser"];
            let found = [
                "browser_name",
                "browser_version",
                "platform_name",
                "platform_version",
                "device_name",
            ]
            .map(|key| it[key].as_str().unwrap());
            assert_eq!(found, expected);
            assert_eq!(told["browser_language"], "cs-CZ");
        }
    }
}
