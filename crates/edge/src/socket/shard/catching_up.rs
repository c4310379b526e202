//! A connection is told what it missed, page by page, and then what was held back meanwhile.

use super::{outgoing::joined, *};

impl Shard {
    /// Has a connection follow a topic with everything new held back, and asks for what came before. The history looks
    /// only after the topic counts as followed: whatever it does not find by then will be published here.
    pub(super) fn catch_up(&mut self, at: usize, topic: String, subscription: u32, after: u64) {
        let Some(generation) = self.open_connection(at).map(|it| it.generation) else {
            return;
        };
        let Some(history) = self.history.get().cloned() else {
            // Nothing was ever published before.
            let terms = Terms {
                subscription,
                after,
                ..Terms::default()
            };
            return self.follow(at, &topic, terms);
        };
        let terms = Terms {
            subscription,
            holds: true,
            ..Terms::default()
        };
        self.follow(at, &topic, terms);
        let whose = Place {
            shard: self.number,
            connection: at,
            generation,
            subscription,
        };
        history.wanted(Missing {
            topic,
            after,
            whose,
        });
    }

    /// Queues a page. If the subscription has ended, the page's sender hears that nobody reads it.
    pub(super) fn tell_missed(&mut self, page: Page) {
        let (at, place) = (page.place.connection, page.place);
        let found = self.find(at, place.generation);
        let Some(connection) = found.filter(|it| it.phase == Phase::Open) else {
            return;
        };
        let mut all = connection.followings.iter_mut();
        let following = all.find(|it| it.subscription == place.subscription && it.held.is_some());
        let Some(following) = following else { return };
        let mut block = BytesMut::new();
        for text in &page.texts {
            block.extend_from_slice(&encode::text_frame(text));
        }
        if let Some(end) = page.end
            && let Some(held) = following.held.take()
        {
            following.after = end;
            let held = held.after(end);
            if !held.is_empty() {
                block.extend_from_slice(&joined(&held));
            }
        }
        connection.rooms.push(page.room);
        if block.is_empty() {
            self.list(at);
        } else {
            self.queue(at, Rc::new(block.freeze()));
        }
    }
}
