//! A server that looks from outside like the one under measurement and does nothing that can be left out.
//!
//! One thread, no checks. A publish is a loop of write(2) of one prepared frame to every subscriber; a posted
//! message is appended to a file that is synced once for all that arrived together; an upgrade and a
//! subscription are answered with finished bytes. What is sent is believed. Its figures are the floor.

use std::fs::File;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::net::{SocketFlags, accept_with, sockopt};
use wire::pusher::{SocketId, frames};
use wire::websocket::encode::text_frame;

use crate::error::{During as _, Result};
use crate::fanout::{CHANNEL, EVENT, event_data};
use crate::herd::{receive, send};
use crate::http::{content_length, find};
use crate::number::{count, index};
use crate::poll::{Poll, Watch};
use crate::server::Demo;

const LISTENER: u64 = u64::MAX;
const READ_BYTES: usize = 64 * 1024;
const BACKLOG: i32 = 4096;
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// Serves for ever.
pub(crate) fn run(data: &Path, listen: SocketAddr) -> Result<()> {
    crate::process::raise_open_files();
    let listener = listener(listen)?;
    Demo::bare().write(&data.join("demo.json"))?;
    let mut bare = Bare::new(listener, data)?;
    loop {
        bare.turn()?;
    }
}

/// A listener whose queue holds a storm, which std's does not.
fn listener(listen: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(listen).during("listening")?;
    // Listening again on a listening socket only changes the length of its queue.
    rustix::net::listen(&listener, BACKLOG).during("listening")?;
    listener.set_nonblocking(true).during("listening")?;
    Ok(listener)
}

struct Bare {
    poll: Poll,
    listener: TcpListener,
    connections: Vec<Option<Connection>>,
    free: Vec<usize>,
    subscribers: Vec<usize>,
    file: File,
    group: Vec<u8>,
    /// Who posted into the group.
    posters: Vec<usize>,
    buffer: Vec<u8>,
    established: Vec<u8>,
    succeeded: Vec<u8>,
    event: Vec<u8>,
}

struct Connection {
    fd: OwnedFd,
    stage: Stage,
    /// A request that came in pieces.
    heard: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Http,
    Upgraded,
    Subscribed,
}

impl Bare {
    fn new(listener: TcpListener, data: &Path) -> Result<Self> {
        let poll = Poll::new()?;
        poll.add(&listener, LISTENER, Watch::Read)?;
        let established = frames::connection_established(SocketId::from_random(1, 1), 120);
        let mut upgraded = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
            Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            .to_vec();
        upgraded.extend_from_slice(&text_frame(&established));
        Ok(Self {
            poll,
            listener,
            connections: Vec::new(),
            free: Vec::new(),
            subscribers: Vec::new(),
            file: File::create(data.join("bare.log")).during("creating bare.log")?,
            group: Vec::new(),
            posters: Vec::new(),
            buffer: vec![0; READ_BYTES],
            established: upgraded,
            succeeded: text_frame(&frames::subscription_succeeded(CHANNEL)).to_vec(),
            event: text_frame(&frames::event(EVENT, CHANNEL, &event_data(0))).to_vec(),
        })
    }

    fn turn(&mut self) -> Result<()> {
        let mut tokens = Vec::new();
        self.poll.wait(None, &mut tokens)?;
        for token in tokens {
            if token == LISTENER {
                self.accept()?;
            } else if self.serve(index(token)).is_err() {
                self.close(index(token));
            }
        }
        self.commit()
    }

    fn accept(&mut self) -> Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        while let Ok(fd) = accept_with(&self.listener, flags) {
            sockopt::set_tcp_nodelay(&fd, true).during("accepting")?;
            let number = self.free.pop().unwrap_or(self.connections.len());
            self.poll.add(&fd, count(number), Watch::Read)?;
            let connection = Some(Connection {
                fd,
                stage: Stage::Http,
                heard: Vec::new(),
            });
            match self.connections.get_mut(number) {
                Some(place) => *place = connection,
                None => self.connections.push(connection),
            }
        }
        Ok(())
    }

    fn serve(&mut self, number: usize) -> Result<()> {
        let Some(Some(connection)) = self.connections.get_mut(number) else {
            return Ok(());
        };
        let length = receive(&connection.fd, &mut self.buffer)?;
        match connection.stage {
            Stage::Http => {
                let bytes = self.buffer.get(..length).unwrap_or_default();
                connection.heard.extend_from_slice(bytes);
                self.answer(number)
            }
            Stage::Upgraded => {
                connection.stage = Stage::Subscribed;
                self.subscribers.push(number);
                send(&connection.fd, &self.succeeded)
            }
            Stage::Subscribed => Ok(()),
        }
    }

    /// Answers a request once all of it is there.
    fn answer(&mut self, number: usize) -> Result<()> {
        let Some(Some(connection)) = self.connections.get_mut(number) else {
            return Ok(());
        };
        let Some(head) = find(&connection.heard, b"\r\n\r\n") else {
            return Ok(());
        };
        let head_end = head + 4;
        let head = String::from_utf8_lossy(connection.heard.get(..head_end).unwrap_or_default());
        let end = head_end + content_length(&head);
        if connection.heard.len() < end {
            return Ok(());
        }
        let is_socket = head.starts_with("GET /app/");
        let is_message = head.starts_with("POST /imchannel/");
        let is_publish = head.starts_with("POST /apps/");
        let closes = head.contains("Connection: close");
        if is_message {
            let body = connection.heard.get(head_end..end).unwrap_or_default();
            self.group.extend_from_slice(body);
            self.posters.push(number);
        } else if is_socket {
            connection.stage = Stage::Upgraded;
            send(&connection.fd, &self.established)?;
        } else {
            send(&connection.fd, OK)?;
        }
        if is_socket {
            connection.heard = Vec::new();
        } else {
            connection.heard.drain(..end);
        }
        if closes {
            self.close(number);
        }
        if is_publish {
            self.publish();
        }
        Ok(())
    }

    /// The floor of the fan-out.
    fn publish(&mut self) {
        for number in &self.subscribers {
            if let Some(Some(connection)) = self.connections.get(*number)
                && send(&connection.fd, &self.event).is_err()
            {
                eprintln!("subscriber {number} has no room or is gone");
            }
        }
    }

    /// Makes the group durable and answers all who posted into it.
    fn commit(&mut self) -> Result<()> {
        if self.posters.is_empty() {
            return Ok(());
        }
        self.file
            .write_all(&self.group)
            .during("writing bare.log")?;
        self.file.sync_data().during("syncing bare.log")?;
        self.group.clear();
        for number in std::mem::take(&mut self.posters) {
            if let Some(Some(connection)) = self.connections.get(number)
                && send(&connection.fd, OK).is_err()
            {
                self.close(number);
            }
        }
        Ok(())
    }

    fn close(&mut self, number: usize) {
        let Some(connection) = self.connections.get_mut(number).and_then(Option::take) else {
            return;
        };
        if connection.stage == Stage::Subscribed {
            self.subscribers.retain(|subscriber| *subscriber != number);
        }
        self.free.push(number);
    }
}

/// A bare server in a thread of this process, for the tests.
#[cfg(test)]
pub(crate) fn in_thread(data: &Path) -> crate::server::Target {
    let listener = listener(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let mut bare = Bare::new(listener, data).unwrap();
    std::thread::spawn(move || while bare.turn().is_ok() {});
    crate::server::Target {
        address,
        pid: std::process::id(),
        demo: Demo::bare(),
    }
}
