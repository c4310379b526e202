//! What a phone weighs: so many sessions of the engine in one process, each with its memory on disk, against a WhatsApp
//! server in the same process. The bench program runs it.
//!
//! `cargo run --release -p whatsapp-web --example phones -- 100`

#[path = "../tests/it/fake/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "it belongs to the tests, which use all of it"
)]
mod fake;

use std::{sync::Arc, time::Duration};

use app::{
    Actor, Core, Scope, accounts,
    contacts::Told,
    conversations,
    deliveries::{Carriers, Figures, Sender, Settings},
    directory::Directory,
    hooks::HookDesk,
    messages::{self, Draft},
    ports::{Carrier, Phones as _, Store, SystemClock},
    presence::Presence,
    seal::Sealer,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use carriers::{
    guard::{Guard, Policy},
    hooks::Poster,
    media::ObjectMedia,
};
use domain::{AccountId, Direction, Event, Inbox, SessionState};
use edge::{hooks::dialects, maytapi::new_phone};
use fake::FakeWhatsApp;
use store::{Options, SqliteStore};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};
use whatsapp_web::{NAME, Reach, WhatsAppWeb};

/// Messages that each phone writes to the next.
const ROUNDS: usize = 20;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long what was just done is given to settle.
const SETTLE: Duration = Duration::from_secs(8);

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let asked = std::env::args().nth(1);
    let count: usize = asked.as_deref().unwrap_or("100").parse()?;
    let place = tempfile::tempdir()?;
    let core = open(place.path())?;
    let whatsapp = FakeWhatsApp::new();
    let reach = Reach::through(whatsapp.sockets(), whatsapp.files());
    let settings = whatsapp_web::Settings {
        version: Some((2, 3000, 1)),
        ..whatsapp_web::Settings::default()
    };
    let engine = WhatsAppWeb::new(core.clone(), settings, reach, [9; 32]);
    let (stop, stopping) = watch::channel(false);
    let carrier: Arc<dyn Carrier> = Arc::new(engine.clone());
    let desk = HookDesk {
        poster: Arc::new(Poster::new(
            Guard::new(Policy::default())?,
            core.clock.clone(),
        )),
        news: Arc::new(Notify::new()),
        figures: Arc::new(Figures::default()),
    };
    let carriers = Carriers::from([(NAME, carrier)]);
    let sender = Sender::new(
        core.clone(),
        dialects(),
        carriers,
        desk,
        Settings::default(),
    );
    tokio::spawn(sender.run(stopping.clone()));
    let running = tokio::spawn(engine.clone().run(stopping));

    let (account, phones) = phones(&core, count).await?;
    sleep(SETTLE).await;
    let before = resident_kib()?;
    let began = Instant::now();
    for (phone, number) in &phones {
        whatsapp.add(number, "A shop");
        let (credentials, _) = whatsapp.linked(number);
        let session = STANDARD_NO_PAD.encode(serde_json::to_vec(&credentials)?);
        let backup = [("WASession", session), ("WAKeys", String::new())];
        let backup = backup.map(|(name, value)| (name.to_owned(), value)).into();
        engine.restore(phone, &backup).await?;
    }
    wait("every phone to be open", || is_open(&core, count)).await?;
    let opened = began.elapsed();
    sleep(SETTLE).await;
    let each = |kib: u64| kib.saturating_sub(before) / count as u64;
    let idle = each(resident_kib()?);

    let began = Instant::now();
    for round in 0..ROUNDS {
        for (place, (phone, _)) in phones.iter().enumerate() {
            let (_, to) = &phones[(place + 1) % count];
            write(&core, account, phone, to, format!("round {round}")).await?;
        }
    }
    let (mut read_to, mut arrived) = (0, 0);
    wait("every message to arrive", || {
        arrived += arrivals(&core, &mut read_to)?;
        Ok(arrived >= count * ROUNDS)
    })
    .await?;
    let wrote = began.elapsed();
    sleep(SETTLE).await;
    let after = each(resident_kib()?);
    println!("sessions {count}");
    println!("opened_ms {}", opened.as_millis());
    println!("idle_kib_each {idle}");
    println!("after_kib_each {after}");
    println!("messages {}", count * ROUNDS);
    println!("messages_ms {}", wrote.as_millis());
    stop.send_replace(true);
    running.await?;
    Ok(())
}

fn open(place: &std::path::Path) -> Result<Core, Failure> {
    let clock = Arc::new(SystemClock);
    let path = place.join("switchboard.db");
    let (store, feed) = SqliteStore::open(&Options { path }, clock.clone())?;
    let store: Arc<dyn Store> = store;
    let presence = Arc::<Presence>::default();
    let directory = Directory::load(&*store, presence.clone())?;
    feed.observe({
        let (directory, store) = (directory.clone(), store.clone());
        Box::new(move |entries| directory.follow(&*store, entries))
    });
    let media = ObjectMedia::in_directory(Guard::new(Policy::default())?, &place.join("media"))?;
    Ok(Core {
        store,
        feed,
        directory,
        media: Arc::new(media),
        clock,
        sealer: Arc::new(Sealer::new(&[9; 32])),
        presence,
        paces: Arc::default(),
        post: None,
        typing: Arc::default(),
        public_url: "http://localhost".into(),
    })
}

/// An account with so many phones, each with its number.
async fn phones(
    core: &Core,
    count: usize,
) -> Result<(AccountId, Vec<(Arc<Inbox>, String)>), Failure> {
    let account = core
        .store
        .transact(|tx| Ok(accounts::create(tx, "Shops")?.id));
    let account = account.await?;
    let mut phones = Vec::with_capacity(count);
    let settings = edge::maytapi::Settings {
        phone_limit: i64::MAX,
        ..edge::maytapi::Settings::default()
    };
    core.store
        .transact(move |tx| settings.keep(tx, account))
        .await?;
    for place in 0..count {
        let number = format!("4477009{place:05}");
        let made = core
            .store
            .transact(move |tx| new_phone(tx, account, NAME, None));
        phones.push((Arc::new(made.await?), number));
    }
    Ok((account, phones))
}

async fn write(
    core: &Core,
    account: AccountId,
    phone: &Arc<Inbox>,
    to: &str,
    text: String,
) -> Result<(), Failure> {
    let told = Told {
        source_id: format!("{to}@c.us"),
        name: None,
        phone: Some(format!("+{to}")),
    };
    let scope = Scope {
        account_id: account,
        actor: Actor::Program("bench".to_owned()),
    };
    let draft = Draft {
        content: Some(text),
        ..Draft::default()
    };
    let (phone, directory) = (phone.clone(), core.directory.clone());
    core.store
        .transact(move |tx| {
            let chat = conversations::begin(tx, &directory, &scope, &phone, &told)?;
            messages::send(tx, &directory, &scope, chat.number, &draft)?;
            Ok(())
        })
        .await?;
    Ok(())
}

fn is_open(core: &Core, count: usize) -> Result<bool, Failure> {
    let sessions = core.store.view(|view| view.sessions())?;
    let open = sessions
        .iter()
        .filter(|it| it.state == SessionState::LoggedIn);
    Ok(open.count() == count)
}

/// How many messages have come in since this place in the journal, which moves on.
fn arrivals(core: &Core, read_to: &mut i64) -> Result<usize, Failure> {
    let page = core.store.view(|view| view.read_journal(*read_to, 1_000))?;
    *read_to = page.last().map_or(*read_to, |it| it.seq);
    let came = page.iter().filter(|it| match &it.event {
        Event::MessageCreated { spoken, .. } => spoken.message.direction == Direction::In,
        _ => false,
    });
    Ok(came.count())
}

async fn wait(what: &str, mut done: impl FnMut() -> Result<bool, Failure>) -> Result<(), Failure> {
    let began = Instant::now();
    while !done()? {
        if began.elapsed() > PATIENCE {
            return Err(format!("waited in vain for {what}").into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// How much of this process is in memory.
fn resident_kib() -> Result<u64, Failure> {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = rollup.lines().find_map(|it| it.strip_prefix("Rss:"));
    let kib = line.and_then(|it| it.trim().strip_suffix(" kB"));
    Ok(kib.ok_or("no Rss")?.trim().parse()?)
}
