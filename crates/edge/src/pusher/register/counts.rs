//! Telling the followers of a channel how many they are ("Subscription counting").
//!
//! Off unless the application says so. A count has no number: it is the newest state whenever it arrives, and a
//! newcomer wants it too. Presence channels are left out, as documented: their members are known anyway.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::runtime::Handle;
use wire::pusher::{Seat, people_frames::subscription_count};

use super::{
    Register,
    channel::{Channel, Count},
};
use crate::socket::{Hub, Publication};

impl Register {
    /// The number of a channel's followers has changed. Only under the lock of its section.
    pub(super) fn count_changed(
        self: &Arc<Self>,
        hub: &Arc<Hub>,
        seat: &Seat<'_>,
        channel: &mut Channel,
        now: Instant,
    ) {
        if !seat.app.subscription_counts || seat.channel.kind().presence {
            return;
        }
        let is_crowd = channel.count > self.settings.subscription_count_crowd || hub.is_behind();
        let every = Duration::from_secs(self.settings.subscription_count_every_s.into());
        match channel.changed(now, is_crowd, every) {
            Count::Later => {}
            Count::Tell => {
                self.herald
                    .counted(seat.app, seat.channel.as_str(), channel.count);
                tell(hub, seat.topic, seat.channel.as_str(), channel);
            }
            Count::TellAt(at) => {
                // Without a runtime the shards have ended, and there is nobody to tell.
                let Ok(runtime) = Handle::try_current() else {
                    return;
                };
                let (register, hub, app) = (self.clone(), hub.clone(), seat.app.clone());
                let (topic, name) = (seat.topic.to_owned(), seat.channel.as_str().to_owned());
                drop(runtime.spawn(async move {
                    tokio::time::sleep_until(at.into()).await;
                    let mut section = register.section(&topic);
                    if let Some(channel) = section.channels.get_mut(&*topic) {
                        channel.count_told(Instant::now());
                        register.herald.counted(&app, &name, channel.count);
                        tell(&hub, &topic, &name, channel);
                    }
                }));
            }
        }
    }
}

fn tell(hub: &Hub, topic: &str, name: &str, channel: &Channel) {
    let frame = subscription_count(name, channel.count.into());
    hub.post(Publication::new(topic, frame, None));
}
