//! Looking after bots: long polling for those without a webhook, and telling Telegram where the others' is. Of servers
//! that share a store one looks after a bot: Telegram tells its news once.

use std::{sync::Arc, time::Duration};

use app::{directory::Connected, inboxes, nodes, ports::Tx, stopped};
use domain::{InboxId, InboxState};
use serde_json::{Value, json};
use tokio::sync::watch;
use wire::telegram::{
    answer::Failure,
    update::{ALLOWED, Update},
};

use super::{CALL, NAME, Telegram, TelegramSettings, Tended, intake};
use crate::guard::Bounds;

/// How often to look for bots that were added or changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long Telegram waits for news before it says that there is none, in seconds.
const POLL_S: u64 = 25;
/// The whole of such a call.
const POLL: Bounds = Bounds {
    whole: Duration::from_secs(POLL_S + 15),
    answer_bytes: 16 * 1024 * 1024,
};
/// After a failure, the wait before the next try, in seconds; it doubles up to the last.
const AGAIN_S: [u64; 6] = [1, 2, 5, 10, 20, 30];

/// The longest wait that Telegram is granted when it asks for one, in seconds.
const ASKED_WAIT_MAX_S: u64 = 600;
/// Telegram's code for news that go elsewhere.
const CONFLICT: u16 = 409;

/// What a node holds that looks after a bot.
fn name(bot: InboxId) -> String {
    format!("{NAME} {bot}")
}

/// Under which name it is kept how far a bot has come in its updates.
pub fn kept_name(bot: InboxId) -> String {
    format!("offset:{bot}")
}

impl Telegram {
    /// Looks after every bot until `stop` says so.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut tended = Tended::new();
        loop {
            self.look(&mut tended);
            tokio::select! {
                () = stopped(&mut stop) => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        for (id, (_, task)) in tended {
            // What it had not committed, Telegram tells again.
            task.abort();
            let (what, node) = (name(id), self.node);
            let let_go = move |tx: &mut dyn Tx| nodes::let_go(tx, &what, node);
            if let Err(error) = self.core.store.transact(let_go).await {
                tracing::warn!(%error, inbox.id = id.0, "another server looks after a bot later than it might");
            }
        }
    }

    fn look(&self, tended: &mut Tended) {
        let tables = self.core.directory.tables();
        let bots: Vec<&Connected> = tables.inboxes_by_carrier(NAME).collect();
        tended.retain(|id, (settings, task)| {
            let same = bots
                .iter()
                .any(|it| it.inbox.id == *id && it.settings == *settings);
            if !same {
                task.abort();
            }
            same
        });
        for bot in bots {
            if let std::collections::hash_map::Entry::Vacant(place) = tended.entry(bot.inbox.id) {
                let task = tokio::spawn(self.clone().tend(bot.clone()));
                place.insert((bot.settings.clone(), task));
            }
        }
    }

    async fn tend(self, bot: Connected) {
        let Some(settings) = TelegramSettings::parse(&bot.settings) else {
            tracing::error!(inbox.id = bot.inbox.id.0, "a bot's settings cannot be read");
            return;
        };
        let (method, body) = match &settings.webhook_secret {
            Some(secret) => {
                let url = format!("{}/telegram/{}", self.core.public_url, bot.inbox.id);
                let body =
                    json!({ "url": url, "secret_token": secret, "allowed_updates": ALLOWED });
                ("setWebhook", body)
            }
            None => ("deleteWebhook", json!({})),
        };
        loop {
            self.take_hold(&bot).await;
            self.tend_while_held(&bot, &settings, method, &body).await;
        }
    }

    /// Returns when this server is the one to look after a bot.
    async fn take_hold(&self, bot: &Connected) {
        loop {
            let (what, node) = (name(bot.inbox.id), self.node);
            let hold = move |tx: &mut dyn Tx| nodes::hold(tx, &what, node);
            match self.core.store.transact(hold).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "a bot is looked after by nobody now"),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn holds(&self, bot: &Connected) -> bool {
        let (what, store) = (name(bot.inbox.id), &self.core.store);
        // If that cannot be read, nothing can be committed either.
        let held = store.view(|view| nodes::holds(view, &what, self.node));
        held.unwrap_or(true)
    }

    async fn tend_while_held(
        &self,
        bot: &Connected,
        settings: &TelegramSettings,
        method: &str,
        body: &Value,
    ) {
        let mut failures = 0;
        while let Err(failure) = self.call::<Value>(settings, method, body, CALL).await {
            self.rest(bot, &mut failures, &failure).await;
        }
        failures = 0;
        while self.holds(bot) {
            if settings.webhook_secret.is_some() {
                tokio::time::sleep(LOOK_EVERY).await;
                continue;
            }
            match self.poll(bot, settings).await {
                Ok(()) => failures = 0,
                Err(failure) => {
                    self.rest(bot, &mut failures, &failure).await;
                    if failure.code == CONFLICT {
                        // Somebody has set a webhook meanwhile, or asks for the news as well.
                        return;
                    }
                }
            }
        }
    }

    async fn rest(&self, bot: &Connected, failures: &mut usize, failure: &Failure) {
        let reason = &*failure.reason;
        tracing::warn!(
            inbox.id = bot.inbox.id.0,
            reason,
            "Telegram cannot be asked now"
        );
        if matches!(failure.code, 401 | 404) {
            self.pause(bot, &format!("Telegram: {reason}")).await;
        }
        let wait = AGAIN_S.get(*failures).or(AGAIN_S.last()).copied();
        let wait = wait.max(failure.retry_after_s).unwrap_or(1);
        *failures += 1;
        tokio::time::sleep(Duration::from_secs(wait.min(ASKED_WAIT_MAX_S))).await;
    }

    /// There is no such bot any more: whoever looks at its inbox sees it, and nothing is sent into the void.
    async fn pause(&self, bot: &Connected, reason: &str) {
        let Some(now) = self.core.directory.inbox(bot.inbox.id) else {
            return;
        };
        if now.inbox.state != InboxState::Active {
            return;
        }
        let reason = reason.to_owned();
        let pause = move |tx: &mut dyn Tx| inboxes::pause(tx, &now, &reason);
        if let Err(error) = self.core.store.transact(pause).await {
            tracing::warn!(%error, inbox.id = bot.inbox.id.0, "a bot's inbox is not paused");
        }
    }

    /// One call, and everything that it brings. The place in Telegram's queue is kept with what came, so each update
    /// is taken in once whenever the server dies.
    async fn poll(&self, bot: &Connected, settings: &TelegramSettings) -> Result<(), Failure> {
        let place = kept_name(bot.inbox.id);
        let store = &self.core.store;
        let kept = store.view(|view| view.find_kept(NAME, &place));
        let kept = kept.map_err(|error| ours(&error))?;
        let offset: Option<i64> = kept.and_then(|it| it.parse().ok());
        let mut body = json!({ "timeout": POLL_S, "allowed_updates": ALLOWED });
        if let Some(offset) = offset {
            body["offset"] = json!(offset);
        }
        let updates: Vec<Update> = self.call(settings, "getUpdates", &body, POLL).await?;
        for update in updates {
            let step = match self.step(&bot.inbox, settings, &update).await {
                Ok(step) => step,
                // It may work later, and nothing overtakes it.
                Err(error) if intake::passes(&error) => return Err(ours(&error)),
                Err(error) => {
                    tracing::error!(%error, inbox.id = bot.inbox.id.0, "an update was left out");
                    intake::Step::Nothing
                }
            };
            let (inbox, directory) = (Arc::clone(&bot.inbox), self.core.directory.clone());
            let (place, next) = (place.clone(), (update.update_id + 1).to_string());
            let (what, node) = (name(bot.inbox.id), self.node);
            store
                .transact(move |tx| {
                    if !nodes::holds(&*tx, &what, node)? {
                        return Err(app::StoreError::Unavailable(
                            "another server looks after this bot now".to_owned(),
                        )
                        .into());
                    }
                    intake::take(tx, &directory, &inbox, &step)?;
                    tx.keep(NAME, &place, Some(&next))
                })
                .await
                .map_err(|error| ours(&error))?;
        }
        Ok(())
    }
}

/// A failure that is none of Telegram's.
fn ours(error: &app::Error) -> Failure {
    Failure {
        code: 0,
        reason: error.to_string(),
        retry_after_s: None,
        moved_to: None,
    }
}
