//! Readiness of many sockets in one thread: a thin cover over epoll, level-triggered.
//!
//! Level-triggered so that one read a turn is enough: what is left over is reported again.

use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with, sockopt};

use crate::error::{During as _, Result};

/// Sockets reported in one turn at most.
const TURN_MAX: usize = 1024;

/// What a socket is watched for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Watch {
    Read,
    Write,
}

/// The sockets that one thread serves.
#[derive(Debug)]
pub(crate) struct Poll {
    epoll: OwnedFd,
}

impl Poll {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC).during("epoll_create")?,
        })
    }

    /// Watches a socket until it is closed.
    pub(crate) fn add(&self, socket: impl AsFd, token: u64, watch: Watch) -> Result<()> {
        epoll::add(
            &self.epoll,
            socket,
            EventData::new_u64(token),
            watch.flags(),
        )
        .during("epoll_ctl")
    }

    pub(crate) fn change(&self, socket: impl AsFd, token: u64, watch: Watch) -> Result<()> {
        epoll::modify(
            &self.epoll,
            socket,
            EventData::new_u64(token),
            watch.flags(),
        )
        .during("epoll_ctl")
    }

    /// Waits for readiness and puts the ready tokens into `tokens`; none when the time is over.
    pub(crate) fn wait(&self, timeout: Option<Duration>, tokens: &mut Vec<u64>) -> Result<()> {
        let timeout = timeout.and_then(|time| rustix::time::Timespec::try_from(time).ok());
        tokens.clear();
        let mut room = [MaybeUninit::uninit(); TURN_MAX];
        match epoll::wait(&self.epoll, &mut room, timeout.as_ref()) {
            Ok((ready, _)) => tokens.extend(ready.iter().map(|event| event.data.u64())),
            Err(Errno::INTR) => {}
            Err(cause) => return Err(cause).during("epoll_wait"),
        }
        Ok(())
    }
}

impl Watch {
    fn flags(self) -> EventFlags {
        match self {
            Self::Read => EventFlags::IN,
            Self::Write => EventFlags::OUT,
        }
    }
}

/// A socket on its way to `to`: once it is writable it is connected, or has an error to tell.
///
/// It is not bound: a connected socket only has to differ from those to the same server, of which there can be
/// 28,000, while binding hunts for a port that nobody uses at all and fails among those of earlier runs.
pub(crate) fn dial(to: SocketAddr) -> rustix::io::Result<OwnedFd> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    match connect(&socket, &to) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(socket),
        Err(cause) => Err(cause),
    }
}
