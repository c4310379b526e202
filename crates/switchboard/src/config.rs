//! The configuration: one TOML file, and `SWITCHBOARD__SECTION__KEY` from the environment over it.
//!
//! An unknown key is an error, so that a misspelt one is not silently the default.

mod mail;
mod pacing;
mod pusher;
mod store;
mod whatsapp_web;

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, bail};
use app::deliveries::{Health, Retention, Schedule, Settings};
use carriers::sandbox::Pace;
use ipnet::IpNet;
use serde::Deserialize;
use toml::{Table, Value};

pub(crate) use store::Store;
pub(crate) use whatsapp_web::WhatsAppWeb;

const PREFIX: &str = "SWITCHBOARD__";

/// What an operator decides.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) listen: Listen,
    pub(crate) store: Store,
    pub(crate) outside: Outside,
    pub(crate) hooks: Hooks,
    pub(crate) pusher: pusher::Pusher,
    pub(crate) chatapp: ChatApp,
    pub(crate) deliveries: Deliveries,
    pub(crate) presence: Presence,
    pub(crate) widget: Widget,
    pub(crate) mail: mail::Mail,
    pub(crate) pacing: pacing::Pacing,
    pub(crate) sandbox: Simulated,
    pub(crate) whatsapp_web: WhatsAppWeb,
}

/// Where the server is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Listen {
    /// Every address serves everything. Pusher clients look for port 6001.
    pub(crate) http: Vec<SocketAddr>,
    /// How others reach us, without a trailing slash; the first address if absent.
    pub(crate) public_url: Option<String>,
    /// The networks of proxies in front of us, whose X-Forwarded-For says where a request comes from.
    pub(crate) proxies: Vec<IpNet>,
}

/// ChatApp's interface.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ChatApp {
    /// Requests of one address to /v1 in a second; one more is told 429. No limit if 0.
    pub(crate) requests_per_second: u32,
}

impl Default for ChatApp {
    fn default() -> Self {
        Self {
            requests_per_second: edge::chatapp::REQUESTS_PER_SECOND,
        }
    }
}

/// What the server may call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Outside {
    /// Networks that may be called although they are not public.
    pub(crate) allow: Vec<IpNet>,
    /// Whether only HTTPS may be called.
    pub(crate) https_only: bool,
}

/// How webhooks and callbacks are delivered.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Hooks {
    /// The waits between attempts, in milliseconds; after the last one an event is given up on.
    pub(crate) waits_ms: Vec<u64>,
    /// An endpoint is disabled when every attempt has failed for this many seconds,
    pub(crate) disable_after_s: u64,
    /// and at least this many have.
    pub(crate) disable_failures: i64,
}

/// How fast the sandbox's world is.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Simulated {
    /// From pairing to being logged in, in milliseconds.
    pub(crate) opens_ms: u64,
    /// From one tick to two.
    pub(crate) delivers_ms: u64,
    /// From two ticks to blue ones.
    pub(crate) reads_ms: u64,
    /// From blue ticks to an answer, where somebody answers.
    pub(crate) answers_ms: u64,
    /// For how long a QR code is shown before the phone goes idle.
    pub(crate) idles_ms: u64,
}

impl Simulated {
    /// The same for the network.
    pub(crate) fn pace(&self) -> Pace {
        Pace {
            opens: Duration::from_millis(self.opens_ms),
            delivers: Duration::from_millis(self.delivers_ms),
            reads: Duration::from_millis(self.reads_ms),
            answers: Duration::from_millis(self.answers_ms),
            idles: Duration::from_millis(self.idles_ms),
        }
    }
}

impl Default for Simulated {
    fn default() -> Self {
        let pace = Pace::default();
        let ms = |wait: Duration| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        Self {
            opens_ms: ms(pace.opens),
            delivers_ms: ms(pace.delivers),
            reads_ms: ms(pace.reads),
            answers_ms: ms(pace.answers),
            idles_ms: ms(pace.idles),
        }
    }
}

impl Hooks {
    /// The same for the sender.
    pub(crate) fn settings(&self) -> Settings {
        let waits = self
            .waits_ms
            .iter()
            .copied()
            .map(Duration::from_millis)
            .collect();
        Settings {
            events: Schedule {
                waits,
                ..Schedule::for_events()
            },
            health: Health {
                disable_after: Duration::from_secs(self.disable_after_s),
                disable_failures: self.disable_failures,
            },
            ..Settings::default()
        }
    }
}

impl Default for Hooks {
    fn default() -> Self {
        let (schedule, health) = (Schedule::for_events(), Health::default());
        let ms = |wait: &Duration| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        Self {
            waits_ms: schedule.waits.iter().map(ms).collect(),
            disable_after_s: health.disable_after.as_secs(),
            disable_failures: health.disable_failures,
        }
    }
}

/// How long it is kept what was handed over to whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Deliveries {
    /// What was delivered, in days,
    pub(crate) keep_done_days: u32,
    /// and what was given up on or waits for an endpoint that takes nothing.
    pub(crate) keep_other_days: u32,
}

impl Deliveries {
    /// The same for the sweeper.
    pub(crate) fn retention(&self) -> Retention {
        let days = |n: u32| Duration::from_secs(24 * 3600) * n;
        Retention {
            done: days(self.keep_done_days),
            others: days(self.keep_other_days),
        }
    }
}

impl Default for Deliveries {
    fn default() -> Self {
        let Retention { done, others } = Retention::default();
        let days = |it: Duration| u32::try_from(it.as_secs() / 86_400).unwrap_or(u32::MAX);
        Self {
            keep_done_days: days(done),
            keep_other_days: days(others),
        }
    }
}

/// Who counts as here.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Presence {
    /// Somebody who has given no sign of life for this many seconds has left.
    pub(crate) window_s: u64,
}

impl Default for Presence {
    fn default() -> Self {
        Self {
            window_s: app::presence::Presence::WINDOW.as_secs(),
        }
    }
}

/// The website widget.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Widget {
    /// New visitors from one address in an hour; no limit if 0.
    pub(crate) visitors_per_hour: u32,
}

impl Default for Widget {
    fn default() -> Self {
        Self {
            visitors_per_hour: 60,
        }
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            http: vec![SocketAddr::from(([127, 0, 0, 1], 3000))],
            public_url: None,
            proxies: Vec::new(),
        }
    }
}

impl Config {
    /// Reads and checks a configuration.
    pub(crate) fn load(path: &std::path::Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let environment = std::env::vars().filter(|(name, _)| name.starts_with(PREFIX));
        Self::parse(&text, environment).with_context(|| format!("{} is not valid", path.display()))
    }

    /// The defaults, with what the environment says.
    pub(crate) fn from_environment() -> Result<Self> {
        let environment = std::env::vars().filter(|(name, _)| name.starts_with(PREFIX));
        Self::parse("", environment).context("the environment is not valid")
    }

    fn parse(text: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut table: Table = text.parse()?;
        for (name, value) in environment {
            set(&mut table, &name, &value)?;
        }
        let config: Self = Value::Table(table).try_into()?;
        config.pusher.check()?;
        if config.listen.http.is_empty() {
            bail!("listen.http names no address");
        }
        config.store.check()?;
        config.pacing.paces()?;
        config.mail.check()?;
        Ok(config)
    }
}

/// Puts one variable over what the file says.
fn set(table: &mut Table, name: &str, value: &str) -> Result<()> {
    let path = name.trim_start_matches(PREFIX).to_lowercase();
    let Some((section, key)) = path.split_once("__") else {
        bail!("{name} names no key: it should read {PREFIX}SECTION__KEY");
    };
    // Numbers, lists and flags as TOML has them; anything else is text.
    let value = format!("it = {value}")
        .parse::<Table>()
        .ok()
        .and_then(|mut table| table.remove("it"))
        .unwrap_or_else(|| Value::String(value.to_owned()));
    let section = table
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(section) = section else {
        bail!("{name} names no section")
    };
    section.insert(key.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config> {
        let pairs = environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::parse(text, pairs)
    }

    #[test]
    fn the_environment_goes_over_the_file_and_the_file_over_the_defaults() {
        let text = "[outside]\nhttps_only = true\n[store]\ndata = \"/srv/a\"";
        let variables = [
            ("SWITCHBOARD__STORE__DATA", "/srv/b"),
            ("SWITCHBOARD__LISTEN__HTTP", r#"["0.0.0.0:6001"]"#),
        ];
        let config = parse(text, &variables).unwrap();
        assert_eq!(config.store.data, std::path::Path::new("/srv/b"));
        assert_eq!(config.listen.http, ["0.0.0.0:6001".parse().unwrap()]);
        assert!(config.outside.https_only);
        assert_eq!(parse("", &[]).unwrap().listen.http.len(), 1);
    }

    #[test]
    fn the_example_has_every_default() {
        let example = include_str!("../../../switchboard.example.toml");
        let (example, default) = (parse(example, &[]).unwrap(), Config::default());
        assert_eq!(format!("{example:?}"), format!("{default:?}"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in [
            "[listen]\nhtpp = []",
            "[listen]\nhttp = []",
            "[store]\ndata = 4",
            "[pusher]\npath_prefix = \"ws\"",
            "[pusher]\npath_prefix = \"/{x}\"",
            "[store]\nurl = \"mysql://db/chat\"",
            "[store]\nurl = \"postgres://db:port/chat\"",
            "[store]\nnode = \"two words\"",
            "[mail]\nserver = \"smtp.example\"",
            "[mail]\nfrom = \"chat@acme.example\"",
            "[mail]\nserver = \"smtp.example\"\nfrom = \"nobody\"",
            "[mail]\nserver = \"smtp.example\"\nfrom = \"chat@acme.example\"\ntls = \"none\"",
            "[mail]\nserver = \"smtp.example\"\nfrom = \"chat@acme.example\"\nuser = \"chat\"",
            "[mail]\nserver = \"smtp.example\"\nfrom = \"chat@acme.example\"\ntls = \"maybe\"",
            "[pacing]\nquiet_from = \"22:00\"",
            "[pacing]\nzone = \"Mars/Olympus\"",
            "[pacing]\nwarm_up = [0]",
            "x =",
        ] {
            assert!(parse(text, &[]).is_err(), "{text}");
        }
        assert!(parse("", &[("SWITCHBOARD__LISTEN", "x")]).is_err());
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        let text = "[store]\nurl = \"postgres://me:secret@db/chat\"\nnode = \"one\"";
        let config = parse(text, &[]).unwrap();
        assert!(!format!("{config:?}").contains("secret"));
        let text = "[mail]\nserver = \"127.0.0.1\"\ntls = \"none\"\nfrom = \"Acme <chat@acme.example>\"\n\
                    user = \"me\"\npassword = \"secret\"";
        let config = parse(text, &[]).unwrap();
        assert!(!format!("{config:?}").contains("secret"));
        assert!(config.mail.post("").unwrap().is_some());
        let wrong = parse("[store]\nurl = \"postgres://me:secret@db:x/chat\"", &[]);
        assert!(!format!("{:#}", wrong.unwrap_err()).contains("secret"));
    }
}
