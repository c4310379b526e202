//! A chat's history, both ways.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{FRANK, Program, items};

const MESSAGES: usize = 120;

async fn pages(program: &Program, direction: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), None::<String>);
    loop {
        let query = next.map_or_else(String::new, |it| format!("&nextPage={it}"));
        let path = format!("/messages?direction={direction}&limit={limit}{query}");
        let page = program.get(&program.chat(FRANK, &path)).await;
        all.extend(items(&page).iter().cloned());
        match page["nextPage"].as_str() {
            Some(it) => next = Some(it.to_owned()),
            None => return all,
        }
    }
}

fn texts(messages: &[Value]) -> Vec<&str> {
    let texts = messages.iter().map(|it| it["message"]["text"].as_str());
    texts.map(Option::unwrap).collect()
}

/// A moment as connectors write it, so many seconds from now.
fn iso(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let at = i64::try_from(now.as_secs()).unwrap() + seconds;
    let (days, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    // Days from 0000-03-01, in eras of 400 years, years and months of a year that begins in March.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = year + era * 400 + i64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000+0000")
}

#[tokio::test]
async fn pages_both_ways_have_neither_gaps_nor_doubles() {
    let program = Program::start().await;
    let ids: Vec<String> = (0..MESSAGES).map(|n| format!("in-{n}")).collect();
    let posted: Vec<Value> = ids
        .iter()
        .map(|id| program.demo.inbound(FRANK, id, id))
        .collect();
    program.demo.post(json!(posted)).await.ok();
    // A note between agents is nobody else's.
    let note = json!({ "content": "secret", "private": true });
    let path = "/conversations/1/messages";
    program.demo.agent("POST", path, Some(note)).await.ok();

    let mut expected: Vec<&str> = ids.iter().map(String::as_str).collect();
    for direction in ["next", "prev"] {
        for limit in [1, 50, 100] {
            let all = pages(&program, direction, limit).await;
            assert_eq!(texts(&all), expected, "{direction} {limit}");
        }
        expected.reverse();
    }
    // The newest of all, as many programs ask for it.
    let path = program.chat(FRANK, "/messages?limit=1&direction=prev");
    let newest = program.get(&path).await;
    assert_eq!(items(&newest)[0]["message"]["text"], "in-119");
    // What comes while somebody reads backward does not move the pages.
    let path = program.chat(FRANK, "/messages?limit=100");
    let first = program.get(&path).await;
    program.hear(FRANK, &["in-late"]).await;
    let next = first["nextPage"].as_str().unwrap();
    let rest = program.get(&format!("{path}&nextPage={next}")).await;
    assert_eq!(texts(items(&rest))[0], "in-19");
    assert_eq!((items(&rest).len(), &rest["nextPage"]), (20, &Value::Null));
}

#[tokio::test]
async fn a_time_is_where_a_history_starts() {
    let program = Program::start().await;
    for (id, second) in [("in-1", -30), ("in-2", -20), ("in-3", -10)] {
        let mut item = program.demo.inbound(FRANK, id, id);
        item["receivedAt"] = json!(iso(second));
        program.demo.post(json!([item])).await.ok();
    }
    let all = program.get(&program.chat(FRANK, "/messages")).await;
    let time = items(&all)[1]["time"].as_i64().unwrap();
    for (query, expected) in [
        (
            format!("direction=next&lastTime={time}"),
            vec!["in-2", "in-3"],
        ),
        (
            format!("direction=next&lastTime={}", time + 1),
            vec!["in-3"],
        ),
        (format!("direction=prev&lastTime={time}"), vec!["in-1"]),
        (format!("lastTime={}", time + 1), vec!["in-2", "in-1"]),
        (
            "direction=next&lastTime=0".to_owned(),
            vec!["in-1", "in-2", "in-3"],
        ),
        ("direction=prev&lastTime=0".to_owned(), vec![]),
        ("direction=next&lastTime=99999999999999".to_owned(), vec![]),
    ] {
        let path = program.chat(FRANK, &format!("/messages?{query}"));
        let found = program.get(&path).await;
        assert_eq!(texts(items(&found)), expected, "{query}");
    }
}
