//! What goes out: publications join queues, and queues are written many frames to a system call.

use super::*;

impl Shard {
    pub(super) fn open_connection(&mut self, at: usize) -> Option<&mut Connection> {
        self.connections
            .get_mut(at)
            .filter(|it| it.phase == Phase::Open)
    }

    pub(super) fn list(&mut self, at: usize) {
        if let Some(connection) = self.connections.get_mut(at)
            && !connection.listed
            && !connection.blocked
        {
            connection.listed = true;
            self.listed.push(at);
        }
    }

    pub(super) fn queue(&mut self, at: usize, block: Block) {
        let Some(connection) = self.open_connection(at) else {
            return;
        };
        if connection.push(block) {
            self.list(at);
        } else {
            self.give_up_on(at);
        }
    }

    /// The client reads too slowly: forget what waits, tell it to come back.
    fn give_up_on(&mut self, at: usize) {
        if let Some(connection) = self.open_connection(at) {
            connection.drop_queue();
        }
        let mut out = Vec::new();
        if let Some(connection) = self.open_connection(at) {
            connection.session.too_slow(&mut out);
        }
        self.apply(at, &mut out);
    }

    /// Publishes what waits, and writes it out every now and then. Returns whether there was anything.
    pub(super) fn publish_waiting(&mut self) -> bool {
        let inboxes = self.inboxes.clone();
        let Some(inbox) = inboxes.of(self.number) else {
            return false;
        };
        let mut waiting = std::mem::take(&mut self.waiting);
        inbox.take(&mut waiting);
        let mut rest = waiting.list.as_slice();
        let had_any = !rest.is_empty();
        while let Some((now, later)) = rest.split_at_checked(at_once(rest)) {
            if now.is_empty() {
                break;
            }
            self.publish_in_order(now);
            self.flush_listed();
            rest = later;
        }
        inbox.done(&mut waiting);
        self.waiting = waiting;
        had_any
    }

    /// Publications in order. Those that follow one another in one topic become one block, made once for all
    /// who get the same bytes.
    fn publish_in_order(&mut self, publications: &[Arc<Publication>]) {
        let alike = |a: &Arc<Publication>, b: &Arc<Publication>| {
            let to_all = |it: &Publication| it.except.is_none() && it.unless.is_none();
            a.topic == b.topic && to_all(a) && to_all(b)
        };
        for run in publications.chunk_by(alike) {
            if let Some(first) = run.first() {
                self.publish_run(&first.topic, run, first.except);
            }
        }
    }

    fn publish_run(&mut self, topic: &str, run: &[Arc<Publication>], except: Option<Key>) {
        let mut shared: Option<Block> = None;
        let mut slow = Vec::new();
        let lowest = run.iter().map(|it| it.number).min().unwrap_or(UNNUMBERED);
        let is_numbered = lowest != UNNUMBERED;
        let unless = run.first().and_then(|it| it.unless.as_deref());
        let spared = unless.map_or(&[] as &[_], |other| self.topics.members(other));
        for member in self.topics.members(topic) {
            if spared.iter().any(|it| it.connection == member.connection) {
                continue;
            }
            let at = member.connection as usize;
            let Some(connection) = self.connections.get_mut(at) else {
                continue;
            };
            if connection.phase != Phase::Open || except == Some(connection.key) {
                continue;
            }
            let following = connection.followings.get_mut(member.slot as usize);
            if let Some(held) = following.and_then(|it| it.held.as_deref_mut()) {
                if !held.keep(run) {
                    slow.push(at);
                }
                continue;
            }
            let following = connection.followings.get(member.slot as usize);
            let block = match following.and_then(|it| it.envelope.as_deref()) {
                // It came in between, and knows a part of this already.
                None if is_numbered && following.is_some_and(|it| it.after >= lowest) => {
                    match joined_after(run, following.map_or(0, |it| it.after)) {
                        Some(news) => Rc::new(news),
                        None => continue,
                    }
                }
                None => shared.get_or_insert_with(|| Rc::new(joined(run))).clone(),
                Some(envelope) => {
                    let mut block = BytesMut::new();
                    let after = following.map_or(0, |it| it.after);
                    for it in run.iter().filter(|it| it.number > after) {
                        block.extend_from_slice(&enveloped(envelope, &it.payload, it.number));
                    }
                    if block.is_empty() {
                        continue;
                    }
                    Rc::new(block.freeze())
                }
            };
            if !connection.push(block) {
                slow.push(at);
            } else if !connection.listed && !connection.blocked {
                connection.listed = true;
                self.listed.push(at);
            }
        }
        for at in slow {
            self.give_up_on(at);
        }
    }

    /// Passes a client's event on to all shards, this one included. It is the first thing to be dropped when
    /// one of them is behind.
    pub(super) fn relay(&mut self, from: usize, topic: &str, text: Bytes) {
        let Some(key) = self.open_connection(from).map(|it| it.key) else {
            return;
        };
        if self.inboxes.is_behind() {
            tracing::debug!(topic, "an event of a client was dropped");
            return;
        }
        self.inboxes.post(Publication::new(topic, text, Some(key)));
    }

    pub(super) fn dismiss(&mut self, topic: &str) {
        let followers = self.topics.members(topic).iter().map(|it| {
            let at = it.connection as usize;
            let connection = self.connections.get(at);
            let following = connection.and_then(|c| c.followings.get(it.slot as usize));
            (at, following.map(|it| it.subscription))
        });
        let followers: Vec<(usize, Option<u32>)> = followers.collect();
        for (at, subscription) in followers {
            self.with_session(at, |session, _, out| session.dismiss(subscription, out));
        }
    }

    pub(super) fn dismiss_app(&mut self, app: &str) {
        let all = self.connections.iter();
        let mine = all.filter(|(_, it)| it.session.is_to(app));
        let mine: Vec<usize> = mine.map(|(at, _)| at).collect();
        for at in mine {
            self.with_session(at, |session, _, out| session.dismiss(None, out));
        }
    }

    pub(super) fn flush_listed(&mut self) {
        let mut listed = std::mem::take(&mut self.listed);
        for at in listed.drain(..) {
            let Some(connection) = self.connections.get_mut(at) else {
                continue;
            };
            connection.listed = false;
            match connection.flush() {
                Ok(true) if connection.phase == Phase::Closing => self.shut(at),
                Ok(true) => {}
                // The task watches for writability from now on.
                Ok(false) => connection.wake(),
                Err(_) => self.remove(at),
            }
        }
        if self.listed.is_empty() {
            self.listed = listed;
        }
    }
}

/// How many publications to put into queues before they are written out.
fn at_once(list: &[Arc<Publication>]) -> usize {
    let mut bytes = 0;
    let counted = list.iter().take(PUBLICATIONS_AT_ONCE).take_while(|it| {
        let fits = bytes < PUBLISHED_BYTES_AT_ONCE;
        bytes += it.payload.len();
        fits
    });
    counted.count()
}

/// A payload in its envelope; with its number where the reader wants to know it and there is one.
pub(super) fn enveloped(envelope: &wire::session::Envelope, payload: &[u8], number: u64) -> Bytes {
    let (head, tail) = (&envelope.head[..], &envelope.tail[..]);
    match &envelope.before_number {
        Some(before) if number != UNNUMBERED => {
            let number = number.to_string();
            encode::frame_of(&[head, payload, before, number.as_bytes(), tail])
        }
        Some(_) | None => encode::frame_parts(head, payload, tail),
    }
}

/// The frames of several publications, one after another.
pub(super) fn joined(run: &[Arc<Publication>]) -> Bytes {
    match run {
        [one] => one.frame().clone(),
        many => {
            let mut block = BytesMut::with_capacity(many.iter().map(|it| it.frame().len()).sum());
            for it in many {
                block.extend_from_slice(it.frame());
            }
            block.freeze()
        }
    }
}

/// The same of those with a higher number, if there are any.
fn joined_after(run: &[Arc<Publication>], after: u64) -> Option<Bytes> {
    let news: Vec<_> = run.iter().filter(|it| it.number > after).cloned().collect();
    (!news.is_empty()).then(|| joined(&news))
}
