//! The server is killed again and again while everybody talks to it. Whatever it acknowledged is there, once, and
//! whoever comes back and asks for what they missed has missed nothing.
//!
//! The kills come at random moments, from a seed that is printed; `CRASH_SEED` repeats one.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use testkit::{
    connector::{Connector, Reports, Sent},
    demo::Demo,
    http::Client,
    wait::until,
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::BINARY;

const ROUNDS: usize = 20;
/// Customers who write, each in a conversation of their own.
const CUSTOMERS: usize = 6;
const AGENTS: usize = 2;
/// The server runs for so long, in milliseconds, before it is killed.
const LIVES_MS: std::ops::Range<u64> = 50..400;
/// Sends that may be under way when the server dies.
const IN_FLIGHT: usize = 8;

/// Xorshift: enough to choose moments.
struct Random(u64);

impl Random {
    fn seeded() -> Self {
        let given = std::env::var("CRASH_SEED")
            .ok()
            .and_then(|it| it.parse().ok());
        let seed = given.unwrap_or_else(|| {
            u64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() & 0xffff_ffff)
                .unwrap()
        });
        println!("CRASH_SEED={seed}");
        Self(seed | 1 << 40)
    }

    fn below(&mut self, range: &std::ops::Range<u64>) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        range.start + self.0 % (range.end - range.start)
    }
}

/// What a program knows of the server, whoever runs it at the moment.
#[derive(Clone)]
struct Outside {
    client: Client,
    post_url: String,
    basic: String,
    /// A customer's message, to be filled in.
    inbound: Value,
    account_url: String,
    token: String,
    cable_url: String,
    subscribe: String,
    stop: Arc<AtomicBool>,
}

impl Outside {
    fn of(demo: &Demo) -> Self {
        let (account, agent) = (demo.text("/account_id"), demo.text("/agents/0/id"));
        let identifier = json!({
            "channel": "RoomChannel", "pubsub_token": demo.text("/agents/0/pubsub_token"),
            "account_id": account, "user_id": agent,
        });
        Self {
            client: Client::default(),
            post_url: demo.url("/imchannel/message"),
            basic: demo.basic(),
            inbound: demo.inbound("", "", ""),
            account_url: demo.url(&format!("/api/v1/accounts/{account}")),
            token: demo.text("/agents/0/access_token"),
            cable_url: demo.socket_url("/cable"),
            subscribe: json!({ "command": "subscribe", "identifier": identifier.to_string() })
                .to_string(),
            stop: Arc::default(),
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Posts one customer's message until it is acknowledged.
    async fn write(&self, customer: usize, text: &str) {
        let mut item = self.inbound.clone();
        item["from"] = json!(number_of(customer));
        item["messageId"] = json!(text);
        item["message"]["text"] = json!(text);
        let body = json!({ "results": [item] }).to_string();
        let headers = [("authorization", self.basic.as_str())];
        let answer = self
            .client
            .insist("POST", &self.post_url, &headers, body)
            .await
            .json();
        let status = answer["messages"][0]["status"].as_str().unwrap();
        assert!(matches!(status, "accepted" | "duplicate"), "{answer}");
    }

    /// Posts an agent's answer until it is acknowledged.
    async fn answer(&self, conversation: usize, text: &str) {
        let url = format!("{}/conversations/{conversation}/messages", self.account_url);
        let headers = [
            ("api_access_token", self.token.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", text),
        ];
        let body = json!({ "content": text }).to_string();
        let answer = self
            .client
            .insist("POST", &url, &headers, body)
            .await
            .json();
        assert_eq!(answer["content"], text);
    }

    /// A page of a conversation's messages; `None` if the server is gone.
    async fn page(&self, conversation: usize, after: i64) -> Option<Vec<Value>> {
        let url = format!(
            "{}/conversations/{conversation}/messages?after={after}",
            self.account_url
        );
        let headers = [("api_access_token", self.token.as_str())];
        let answer = self.client.try_send("GET", &url, &headers, "").await.ok()?;
        Some(answer.ok()["payload"].as_array().unwrap().clone())
    }
}

fn number_of(customer: usize) -> String {
    format!("3859199988{customer:02}")
}

/// A customer writes one message after the other. Returns how many.
async fn customer(outside: Outside, number: usize) -> usize {
    for count in 1.. {
        if outside.stopped() {
            return count;
        }
        outside.write(number, &format!("c{number}-{count}")).await;
    }
    unreachable!()
}

/// An agent answers one conversation after the other. Returns what was said in each.
async fn agent(outside: Outside, number: usize) -> Vec<(usize, String)> {
    let mut said = Vec::new();
    while !outside.stopped() {
        let conversation = 1 + (said.len() + number) % CUSTOMERS;
        let text = format!("a{number}-{}", said.len());
        outside.answer(conversation, &text).await;
        said.push((conversation, text));
    }
    said
}

/// What a listener knows.
#[derive(Default)]
struct Heard {
    /// Messages by number: in which conversation, and what they say.
    messages: BTreeMap<i64, (usize, String)>,
    /// Messages of which an event told, by number.
    told: BTreeSet<i64>,
}

impl Heard {
    fn learn(&mut self, conversation: usize, message: &Value) -> i64 {
        let id = message["id"].as_i64().unwrap();
        let content = message["content"].as_str().unwrap().to_owned();
        let known = self
            .messages
            .entry(id)
            .or_insert_with(|| (conversation, content.clone()));
        assert_eq!(
            *known,
            (conversation, content),
            "message {id} is not what it was"
        );
        id
    }

    /// The newest message of each conversation.
    fn newest(&self) -> HashMap<usize, i64> {
        self.messages
            .iter()
            .map(|(id, (conversation, _))| (*conversation, *id))
            .collect()
    }
}

/// Follows an agent's cable until it breaks, then comes back, asks once for what it missed, and follows on.
async fn listener(outside: Outside, heard: Arc<Mutex<Heard>>, connections: Arc<AtomicUsize>) {
    while !outside.stopped() {
        let newest = heard.lock().unwrap().newest();
        if follow(&outside, &newest, &heard, &connections)
            .await
            .is_none()
        {
            // The server is down or going down.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// One connection's life. `None` when it ended.
async fn follow(
    outside: &Outside,
    newest: &HashMap<usize, i64>,
    heard: &Mutex<Heard>,
    connections: &AtomicUsize,
) -> Option<()> {
    let (mut socket, _) = connect_async(&outside.cable_url).await.ok()?;
    socket
        .send(Message::text(outside.subscribe.as_str()))
        .await
        .ok()?;
    loop {
        let frame: Value = serde_json::from_str(socket.next().await?.ok()?.to_text().ok()?).ok()?;
        match frame["type"].as_str() {
            Some("confirm_subscription") => break,
            other => assert_ne!(other, Some("reject_subscription")),
        }
    }
    connections.fetch_add(1, Ordering::SeqCst);
    // Events of what is committed from here on wait in the socket meanwhile.
    for conversation in 1..=CUSTOMERS {
        let mut after = newest.get(&conversation).copied().unwrap_or(0);
        loop {
            let page = outside.page(conversation, after).await?;
            let mut heard = heard.lock().unwrap();
            let Some(last) = page.iter().map(|it| heard.learn(conversation, it)).last() else {
                break;
            };
            after = last;
        }
    }
    loop {
        let message = socket.next().await?.ok()?;
        let Ok(text) = message.to_text() else {
            continue;
        };
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        let (event, data) = (&frame["message"]["event"], &frame["message"]["data"]);
        if event == "message.created" || event == "message.updated" {
            let conversation = usize::try_from(data["conversation_id"].as_i64().unwrap()).unwrap();
            let mut heard = heard.lock().unwrap();
            let id = heard.learn(conversation, data);
            heard.told.insert(id);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_is_there_once_after_twenty_kills() {
    let mut random = Random::seeded();
    let connector = Connector::start().await;
    let mut demo = Demo::start(BINARY, Some(&connector.url())).await;
    let outside = Outside::of(&demo);
    connector.report_to(
        Reports::After,
        outside.post_url.clone(),
        outside.basic.clone(),
    );
    for customer in 0..CUSTOMERS {
        outside.write(customer, &format!("c{customer}-0")).await;
    }

    let customers: Vec<_> = (0..CUSTOMERS)
        .map(|it| tokio::spawn(customer(outside.clone(), it)))
        .collect();
    let agents: Vec<_> = (0..AGENTS)
        .map(|it| tokio::spawn(agent(outside.clone(), it)))
        .collect();
    let (heard, connections) = (
        Arc::<Mutex<Heard>>::default(),
        Arc::<AtomicUsize>::default(),
    );
    let listening = tokio::spawn(listener(
        outside.clone(),
        heard.clone(),
        connections.clone(),
    ));
    for _ in 0..ROUNDS {
        // Not to wait for anything: the moment is the experiment.
        tokio::time::sleep(Duration::from_millis(random.below(&LIVES_MS))).await;
        demo.kill();
        demo.restart().await;
    }
    outside.stop.store(true, Ordering::SeqCst);
    let mut written = Vec::new();
    for customer in customers {
        written.push(customer.await.unwrap());
    }
    let mut answered = Vec::new();
    for agent in agents {
        answered.extend(agent.await.unwrap());
    }

    let shown = everything_delivered(&demo).await;
    customers_messages_are_there_once_in_order(&demo, &shown, &written).await;
    customers_messages_are_found_once(&demo, &written).await;
    let resent = answers_arrived(&shown, &answered, &connector.sent());
    let all: BTreeMap<i64, (usize, String)> = shown
        .iter()
        .flat_map(|(conversation, messages)| messages.iter().map(|it| (*conversation, it)))
        .map(|(conversation, it)| {
            (
                it["id"].as_i64().unwrap(),
                (conversation, it["content"].as_str().unwrap().to_owned()),
            )
        })
        .collect();
    until("the listener to have heard of everything", async || {
        (heard.lock().unwrap().messages.len() >= all.len()).then_some(())
    })
    .await;
    let told = {
        let heard = heard.lock().unwrap();
        assert_eq!(heard.messages, all);
        heard.told.len()
    };
    assert!(
        connections.load(Ordering::SeqCst) > ROUNDS / 2 && told > 0,
        "it hardly listened"
    );
    listening.abort();

    assert!(
        demo.terminate(),
        "{}",
        std::fs::read_to_string(demo.log()).unwrap()
    );
    database_is_whole(&demo, all.len(), resent);
    println!(
        "{} written, {} answered, {resent} sent again, {told} told of by events",
        written.iter().sum::<usize>(),
        answered.len()
    );
}

/// Every conversation's messages, once every answer is delivered.
async fn everything_delivered(demo: &Demo) -> BTreeMap<usize, Vec<Value>> {
    let mut shown = BTreeMap::new();
    for conversation in 1..=CUSTOMERS {
        let number = i64::try_from(conversation).unwrap();
        let messages = until("every answer to be delivered", async || {
            let all = demo.messages(number).await;
            let waits = all
                .iter()
                .any(|it| it["message_type"] == 1 && it["status"] != "delivered");
            (!waits).then_some(all)
        })
        .await;
        shown.insert(conversation, messages);
    }
    shown
}

async fn customers_messages_are_there_once_in_order(
    demo: &Demo,
    shown: &BTreeMap<usize, Vec<Value>>,
    written: &[usize],
) {
    for (customer, count) in written.iter().enumerate() {
        let incoming = shown[&(customer + 1)]
            .iter()
            .filter(|it| it["message_type"] == 0);
        let texts: Vec<&str> = incoming.map(|it| it["content"].as_str().unwrap()).collect();
        let expected: Vec<String> = (0..*count).map(|it| format!("c{customer}-{it}")).collect();
        assert_eq!(texts, expected, "customer {customer}");
        let path = format!("/conversations/{}", customer + 1);
        let conversation = demo.agent("GET", &path, None).await.ok();
        assert_eq!(conversation["unread_count"], *count, "customer {customer}");
    }
    let all = demo.agent("GET", "/conversations/meta", None).await.ok();
    assert_eq!(all["meta"]["all_count"], CUSTOMERS);
}

/// Whatever the server was about when it was killed, each message is in the index of words, and once.
async fn customers_messages_are_found_once(demo: &Demo, written: &[usize]) {
    for (customer, count) in written.iter().enumerate() {
        let said = (0..*count).rev();
        let expected: Vec<String> = said.map(|it| format!("c{customer}-{it}")).collect();
        until("every message to be found", async || {
            let mut found = Vec::new();
            for page in 1.. {
                let path = format!("/search/messages?q=c{customer}&page={page}");
                let answer = demo.agent("GET", &path, None).await.ok();
                let messages = answer["payload"]["messages"].as_array().unwrap();
                if messages.is_empty() {
                    break;
                }
                let texts = messages.iter().map(|it| it["content"].as_str().unwrap());
                found.extend(texts.map(str::to_owned));
            }
            assert!(found.len() <= expected.len(), "{found:?}");
            (found == expected).then_some(())
        })
        .await;
    }
}

/// Every answer is there once, and arrived at least once, in order. Returns how many arrived more than once.
fn answers_arrived(
    shown: &BTreeMap<usize, Vec<Value>>,
    answered: &[(usize, String)],
    sent: &[Sent],
) -> usize {
    let mut arrived: BTreeMap<&str, Vec<&Sent>> = BTreeMap::new();
    for it in sent {
        arrived.entry(it.text()).or_default().push(it);
    }
    for (conversation, messages) in shown {
        let answers: Vec<&Value> = messages
            .iter()
            .filter(|it| it["message_type"] == 1)
            .collect();
        let mut texts: Vec<&str> = answers
            .iter()
            .map(|it| it["content"].as_str().unwrap())
            .collect();
        let number = number_of(conversation - 1);
        let mut first_arrivals: Vec<&str> = sent
            .iter()
            .filter(|it| it.to() == number)
            .map(Sent::text)
            .collect();
        let mut seen = BTreeSet::new();
        first_arrivals.retain(|it| seen.insert(*it));
        assert_eq!(first_arrivals, texts, "conversation {conversation}");
        for answer in answers {
            let of_it = &arrived[answer["content"].as_str().unwrap()];
            assert!(
                of_it.iter().all(|it| it.body == of_it[0].body),
                "sent again, but not the same"
            );
            assert!(
                of_it
                    .iter()
                    .any(|it| answer["source_id"] == it.message_id.as_str())
            );
            assert!(of_it.len() <= 1 + ROUNDS);
        }
        let mut expected: Vec<&str> = answered
            .iter()
            .filter(|(it, _)| it == conversation)
            .map(|(_, text)| text.as_str())
            .collect();
        expected.sort_unstable();
        texts.sort_unstable();
        assert_eq!(texts, expected, "conversation {conversation}");
    }
    let resent = sent.len() - answered.len();
    assert!(resent <= ROUNDS * IN_FLIGHT, "{resent} were sent again");
    resent
}

fn database_is_whole(demo: &Demo, messages: usize, resent: usize) {
    let path = demo.data().join("switchboard.db");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(path, flags).unwrap();
    let whole: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(whole, "ok");
    let count = |sql: &str| -> usize {
        usize::try_from(
            database
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .unwrap(),
        )
        .unwrap()
    };
    let entries = count("SELECT count(*) FROM journal");
    let ends: (usize, usize) = (
        count("SELECT min(seq) FROM journal"),
        count("SELECT max(seq) FROM journal"),
    );
    assert_eq!(ends, (1, entries), "the journal has a hole");
    assert_eq!(count("SELECT count(*) FROM messages"), messages);
    assert_eq!(
        count("SELECT count(*) FROM journal WHERE kind = 'message.created'"),
        messages
    );
    assert_eq!(
        count("SELECT count(*) FROM deliveries WHERE settled_at IS NULL"),
        0
    );
    // Only reports on ids that we never learnt wait for their message.
    assert!(count("SELECT count(DISTINCT external_id) FROM early_reports") <= resent);
}
