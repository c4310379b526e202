//! Two hundred phones of one server: paired, writing, and how much memory each takes.

use serde_json::json;
use testkit::{demo::Demo, wait::until};

use super::{ANN, Bot};
use crate::BINARY;

const PHONES: usize = 200;
/// What a phone may take, in KiB.
const EACH_KIB: usize = 2 * 1024;

/// The resident memory of the server, in KiB.
fn memory_kib(demo: &Demo) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", demo.pid())).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
    let figure = line.unwrap().trim().trim_end_matches(" kB");
    figure.parse().unwrap()
}

#[tokio::test]
async fn two_hundred_phones_pair_and_write() {
    let mut bot = Bot::start().await;
    bot.demo.kill();
    let config = bot.demo.data().join("setup.toml");
    let data = bot.demo.data().display().to_string();
    std::fs::write(&config, format!("[store]\ndata = {data:?}\n")).unwrap();
    let set = std::process::Command::new(BINARY)
        .args(["setup", "--config"])
        .arg(&config)
        .args(["product", "--account", "1", "--phone-limit", "201"])
        .output()
        .unwrap();
    let said = String::from_utf8(set.stdout).unwrap();
    let expected = format!("product {}\ntoken {}\n", bot.product, bot.token);
    assert_eq!(said, expected, "what a bot shows stays as it was");
    bot.demo.restart().await;
    bot.when_in("active", bot.phone).await;
    let before = memory_kib(&bot.demo);

    let mut phones = Vec::new();
    for number in 0..PHONES {
        let added = bot.call("POST", &bot.product("addPhone"), None).await.ok();
        let phone = added["id"].as_i64().unwrap();
        let path = bot.product(&format!("{phone}/qrCode?format=text"));
        let code = bot.call("GET", &path, None).await.text();
        let scan = json!({ "code": code, "number": format!("4477010{number:05}") });
        bot.call("POST", "/sandbox/scan", Some(scan)).await.ok();
        phones.push(phone);
    }
    let full = bot.call("POST", &bot.product("addPhone"), None).await;
    super::refused(&full, 409);
    for phone in &phones {
        let path = bot.product(&format!("{phone}/sendMessage"));
        let body = json!({ "to_number": ANN, "type": "text", "message": "Hello" });
        bot.call("POST", &path, Some(body)).await.ok();
    }
    until("every phone to have sent", async || {
        let queues = bot.call("GET", &bot.product("queues"), None).await.ok();
        let queues = queues["queues"].as_array().unwrap().clone();
        let done = |it: &serde_json::Value| it["status"] == "active" && it["queue"] == 0;
        (queues.len() == PHONES + 1 && queues.iter().all(done)).then_some(())
    })
    .await;
    let each = memory_kib(&bot.demo).saturating_sub(before) / PHONES;
    println!("{each} KiB a phone");
    assert!(each < EACH_KIB, "{each} KiB a phone");
}
