//! A connection is told what it missed, page by page, and then what was held back meanwhile.

use wire::session::Envelope;

use super::{
    outgoing::{enveloped, joined},
    *,
};

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
            several: None,
            whose,
        });
    }

    /// The same for several topics with one history.
    pub(super) fn catch_up_all(
        &mut self,
        at: usize,
        subscription: u32,
        envelope: &Envelope,
        several: Several,
    ) {
        let Some(generation) = self.open_connection(at).map(|it| it.generation) else {
            return;
        };
        let history = self.history.get().cloned();
        for topic in &several.topics {
            let terms = Terms {
                subscription,
                envelope: Some(envelope.clone()),
                holds: history.is_some(),
                ..Terms::default()
            };
            self.follow(at, topic, terms);
        }
        let Some(history) = history else {
            return;
        };
        let whose = Place {
            shard: self.number,
            connection: at,
            generation,
            subscription,
        };
        history.wanted(Missing {
            topic: several.topics.first().cloned().unwrap_or_default(),
            after: 0,
            several: Some(Box::new(several)),
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
        let mut waiting = connection
            .followings
            .iter_mut()
            .filter(|it| it.subscription == place.subscription && it.held.is_some())
            .peekable();
        let Some(first) = waiting.peek() else { return };
        let envelope = first.envelope.clone();
        let mut block = BytesMut::new();
        for (number, text) in &page.texts {
            block.extend_from_slice(&match &envelope {
                Some(envelope) => enveloped(envelope, text, *number),
                None => encode::text_frame(text),
            });
        }
        if let Some(verdict) = &page.verdict {
            block.extend_from_slice(&encode::text_frame(verdict));
        }
        if let Some(end) = page.end {
            let mut news = Vec::new();
            for following in waiting {
                following.after = end;
                news.extend(following.held.take().map(|it| it.after(end)));
            }
            let mut news: Vec<_> = news.into_iter().flatten().collect();
            match &envelope {
                None if news.is_empty() => {}
                None => block.extend_from_slice(&joined(&news)),
                Some(envelope) => {
                    // Several topics were held back apart; what has no number goes last.
                    news.sort_by_key(|it| it.number);
                    for it in &news {
                        block.extend_from_slice(&enveloped(envelope, &it.payload, it.number));
                    }
                }
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
