//! How a connection ends: the goodbye is queued, written, and answered or not.

use super::*;

impl Shard {
    pub(super) fn begin_close(&mut self, at: usize, code: u16, reason: &str) {
        let deadline = self.now() + millis(GOODBYE);
        let Some(connection) = self.open_connection(at) else {
            return;
        };
        connection.push(Rc::new(encode::close_frame(code, reason)));
        connection.phase = Phase::Closing;
        self.wake_at(at, deadline);
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        self.topics.unfollow_all(&mut self.connections, place);
        self.list(at);
    }

    /// Everything is written: shut our half, so that the goodbye arrives whatever the client still sends.
    pub(super) fn shut(&mut self, at: usize) {
        let Some(connection) = self.connections.get_mut(at) else {
            return;
        };
        connection.phase = Phase::Shut;
        if SockRef::from(&connection.stream)
            .shutdown(Shutdown::Write)
            .is_err()
        {
            self.remove(at);
        }
    }

    pub(super) fn remove(&mut self, at: usize) {
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        self.topics.unfollow_all(&mut self.connections, place);
        if let Some(connection) = self.connections.try_remove(at) {
            connection.wake();
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(super) fn say_goodbye(&mut self) {
        let everybody: Vec<usize> = self.connections.iter().map(|(at, _)| at).collect();
        for at in everybody {
            self.with_session(at, |session, _, out| session.going_away(out));
        }
    }
}
