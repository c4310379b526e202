//! One channel's followers on this node: how many, and who.
//!
//! A value: who comes and goes in, what there is to tell out.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use wire::pusher::{Member, desk::Full};

/// A channel that somebody follows.
#[derive(Default)]
pub(super) struct Channel {
    /// Connections.
    pub(super) count: u32,
    /// On a presence channel: who they are, and how many connections of each.
    members: BTreeMap<Box<str>, Present>,
    /// When the followers were last told how many they are.
    counted_at: Option<Instant>,
    /// Whether somebody will tell them.
    count_due: bool,
}

struct Present {
    member: Arc<Member>,
    connections: u32,
}

/// What to do about a changed number of followers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// Nothing: somebody else will tell it.
    Later,
    /// Tell it.
    Tell,
    /// Have it told when the time has come.
    TellAt(Instant),
}

impl Channel {
    /// One more connection. Returns whether somebody is there who was not before.
    pub(super) fn join(
        &mut self,
        member: Option<&Arc<Member>>,
        members_max: usize,
    ) -> Result<bool, Full> {
        let mut is_new = false;
        if let Some(member) = member {
            let is_full = self.members.len() >= members_max;
            match self.members.get_mut(member.id()) {
                Some(present) => present.connections += 1,
                None if is_full => return Err(Full::Members),
                None => {
                    let present = Present {
                        member: member.clone(),
                        connections: 1,
                    };
                    self.members.insert(member.id().into(), present);
                    is_new = true;
                }
            }
        }
        self.count += 1;
        Ok(is_new)
    }

    /// One connection less. Returns who is not there any more, as they were known to the others.
    pub(super) fn leave(&mut self, member: Option<&Arc<Member>>) -> Option<Arc<Member>> {
        self.count = self.count.saturating_sub(1);
        let member = member?;
        let present = self.members.get_mut(member.id())?;
        present.connections -= 1;
        if present.connections > 0 {
            return None;
        }
        self.members.remove(member.id()).map(|it| it.member)
    }

    /// Everybody, in the order of their ids.
    pub(super) fn members(&self) -> Vec<Arc<Member>> {
        let all = self.members.values();
        all.map(|present| present.member.clone()).collect()
    }

    /// How many different members there are.
    pub(super) fn member_count(&self) -> usize {
        self.members.len()
    }

    /// The number of followers has changed; in a crowd it is told only so often.
    pub(super) fn changed(&mut self, now: Instant, is_crowd: bool, every: Duration) -> Count {
        if self.count_due {
            return Count::Later;
        }
        match self.counted_at {
            Some(at) if is_crowd && now < at + every => {
                self.count_due = true;
                Count::TellAt(at + every)
            }
            _ => {
                self.counted_at = Some(now);
                Count::Tell
            }
        }
    }

    /// The time has come that `changed` asked for.
    pub(super) fn count_told(&mut self, now: Instant) {
        self.counted_at = Some(now);
        self.count_due = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: u32) -> Arc<Member> {
        Arc::new(Member::parse(&format!(r#"{{"user_id":{id}}}"#)).unwrap())
    }

    #[test]
    fn a_member_comes_with_the_first_connection_and_goes_with_the_last() {
        let (mut channel, a) = (Channel::default(), member(1));
        assert_eq!(channel.join(Some(&a), 1), Ok(true));
        assert_eq!(channel.join(Some(&member(1)), 1), Ok(false));
        assert_eq!(channel.join(Some(&member(2)), 1), Err(Full::Members));
        assert_eq!((channel.count, channel.member_count()), (2, 1));
        assert_eq!(channel.leave(Some(&a)), None);
        assert_eq!(channel.leave(Some(&member(1))), Some(a));
        assert_eq!((channel.count, channel.members()), (0, Vec::new()));
    }

    #[test]
    fn a_crowd_is_counted_now_and_then_and_a_few_at_once() {
        let (began, second) = (Instant::now(), Duration::from_secs(1));
        let every = 5 * second;
        let mut channel = Channel::default();
        for _ in 0..2 {
            assert_eq!(channel.changed(began, false, every), Count::Tell);
        }
        let mut crowd = |after: Duration| channel.changed(began + after, true, every);
        assert_eq!(crowd(second), Count::TellAt(began + every));
        assert_eq!(crowd(2 * second), Count::Later);
        channel.count_told(began + every);
        let mut crowd = |after: Duration| channel.changed(began + after, true, every);
        assert_eq!(crowd(6 * second), Count::TellAt(began + 2 * every));
        channel.count_told(began + 2 * every);
        assert_eq!(channel.changed(began + 3 * every, true, every), Count::Tell);
    }
}
