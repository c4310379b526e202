//! Lists of chats, page by page.

use serde_json::Value;

use super::{Program, items};

async fn pages(program: &Program, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), None::<String>);
    loop {
        let query = next.map_or_else(String::new, |it| format!("&nextPage={it}"));
        let page = program.get(&format!("{path}?limit={limit}{query}")).await;
        assert!(items(&page).len() <= limit);
        all.extend(items(&page).iter().cloned());
        match page["nextPage"].as_str() {
            Some(it) => next = Some(it.to_owned()),
            None => return all,
        }
    }
}

#[tokio::test]
async fn chats_come_newest_first_without_gap_or_double() {
    let program = Program::start().await;
    let names: Vec<String> = (0..25).map(|n| format!("3859100000{n:02}")).collect();
    for (n, name) in names.iter().enumerate() {
        program.hear(name, &[&format!("in-{n}")]).await;
    }
    let mut expected: Vec<&str> = names.iter().map(String::as_str).collect();
    expected.reverse();
    let below = program.messenger("/chats");
    for path in ["/v1/chats", below.as_str()] {
        for limit in [1, 7, 25, 100] {
            let all = pages(&program, path, limit).await;
            let ids: Vec<&str> = all.iter().map(|it| it["id"].as_str().unwrap()).collect();
            assert_eq!(ids, expected, "{path} {limit}");
        }
    }
    // Without a limit there are twenty; by time alone, those of other seconds.
    let page = program.get(&below).await;
    assert_eq!(items(&page).len(), 20);
    let last = items(&page)[19]["lastTime"].as_i64().unwrap();
    let earlier = program
        .get(&format!("{below}?limit=100&lastTime={last}"))
        .await;
    let times = items(&earlier).iter().map(|it| it["lastTime"].as_i64());
    assert!(times.into_iter().all(|it| it.unwrap() < last));

    // A chat that becomes active while somebody pages is not met twice.
    let first = program.get(&format!("{below}?limit=5")).await;
    program.hear(&names[0], &["in-again"]).await;
    let next = first["nextPage"].as_str().unwrap();
    let rest = program
        .get(&format!("{below}?limit=100&nextPage={next}"))
        .await;
    assert_eq!(items(&rest).len(), 19);
    let again = program.get(&format!("{below}?limit=1")).await;
    assert_eq!(items(&again)[0]["id"], names[0].as_str());
}
