//! How fast numbers send whose owners have said nothing.

use anyhow::{Context as _, Result, bail};
use app::pacing::Paces;
use domain::{
    Pace,
    pace::{Quiet, zone},
};
use serde::Deserialize;

/// The pace of numbers on networks that shut out what writes like a machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Pacing {
    /// The carriers whose inboxes have this pace.
    pub(crate) carriers: Vec<String>,
    /// Messages a minute, evenly apart; 0 for any number.
    pub(crate) per_minute: u32,
    /// Each wait is longer by up to this part of it, in percent, as chance has it.
    pub(crate) jitter_percent: u32,
    /// Messages a day; 0 for any number.
    pub(crate) per_day: u32,
    /// And fewer on a number's first days: on the first, on the second and so on.
    pub(crate) warm_up: Vec<u32>,
    /// Quiet hours: nothing is sent from this time of the day, as in 22:00,
    pub(crate) quiet_from: Option<String>,
    /// until that.
    pub(crate) quiet_until: Option<String>,
    /// The time zone of days and quiet hours, by its name in the IANA database.
    pub(crate) zone: String,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            carriers: vec!["whatsapp_web".to_owned()],
            per_minute: 20,
            jitter_percent: 50,
            per_day: 1_000,
            warm_up: vec![20, 40, 80, 160, 320, 640],
            quiet_from: None,
            quiet_until: None,
            zone: "UTC".to_owned(),
        }
    }
}

impl Pacing {
    /// The same for the engine that sends.
    pub(crate) fn paces(&self) -> Result<Paces> {
        let quiet = match (&self.quiet_from, &self.quiet_until) {
            (None, None) => None,
            (Some(from), Some(until)) => Some(Quiet {
                from: from.parse().context("pacing.quiet_from")?,
                until: until.parse().context("pacing.quiet_until")?,
            }),
            _ => bail!("pacing.quiet_from and pacing.quiet_until go together"),
        };
        let pace = Pace {
            per_minute: self.per_minute,
            jitter_percent: self.jitter_percent,
            per_day: self.per_day,
            warm_up: self.warm_up.clone(),
            quiet,
            zone: zone(&self.zone)?,
        };
        pace.check()?;
        let paces = self.carriers.iter().map(|it| (it.clone(), pace.clone()));
        Ok(Paces(paces.collect()))
    }
}
