//! Stands between a session and a real server, and hands on as many bytes at a time as the test wants.
//!
//! It runs in the test's own task, in turns with the future under test: one poll, then one piece moved. So every
//! state between two pieces is seen by a poll, in the same order each time.

use std::future::{Future, poll_fn};
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Poll};

use hathi::Config;
use tokio::io::ReadBuf;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{UnixListener, UnixStream};

use crate::database::Database;
use crate::folder::SocketFolder;

/// A proxy in front of a server.
#[derive(Debug)]
pub struct Proxy {
    // Removes the socket with the proxy.
    _folder: SocketFolder,
    listener: UnixListener,
    server: PathBuf,
    config: Config,
    links: Vec<Link>,
    to_server: usize,
    to_client: usize,
    recorded: Vec<u8>,
}

/// How a driven future ended.
#[derive(Debug)]
pub enum Driven<T> {
    /// With its output, after so many polls.
    Done(T, usize),
    /// It was dropped after as many polls as it was given.
    Dropped,
}

impl<T> Driven<T> {
    /// The output.
    ///
    /// # Panics
    ///
    /// If the future was dropped.
    #[track_caller]
    pub fn output(self) -> T {
        match self {
            Self::Done(output, _) => output,
            Self::Dropped => panic!("the future needed more polls than it was given"),
        }
    }
}

impl Proxy {
    /// A proxy in front of the server of a database; everything passes until [`pieces`](Self::pieces) is called.
    ///
    /// # Panics
    ///
    /// If the socket cannot be created.
    pub fn before(database: &Database) -> Self {
        let folder = SocketFolder::new();
        let listener = UnixListener::bind(folder.socket()).expect("a socket in a fresh folder");
        let config = folder.config().user("postgres").database(database.name());
        let server = database.cluster().socket();
        let (to_server, to_client) = (ALL, ALL);
        Self {
            _folder: folder,
            listener,
            server,
            config,
            links: Vec::new(),
            to_server,
            to_client,
            recorded: Vec::new(),
        }
    }

    /// The way in.
    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// Hands on so many bytes at a time: to the server, and to the client. Zero holds them back.
    pub fn pieces(&mut self, to_server: usize, to_client: usize) {
        (self.to_server, self.to_client) = (to_server, to_client);
    }

    /// Hands on everything at once.
    pub fn open(&mut self) {
        self.pieces(ALL, ALL);
    }

    /// What clients have said since this was last asked, as far as it was handed on.
    pub fn recorded(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.recorded)
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.links.len()
    }

    /// Runs a future to its end.
    pub async fn run<F: Future>(&mut self, future: F) -> F::Output {
        self.drive(future, usize::MAX).await.output()
    }

    /// Polls a future at most so many times, a piece being moved between two polls, and drops it right after the last.
    pub async fn drive<F: Future>(&mut self, future: F, polls: usize) -> Driven<F::Output> {
        let mut future = pin!(future);
        for poll in 1..=polls {
            let once = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
            if let Poll::Ready(output) = once {
                return Driven::Done(output, poll);
            }
            if poll < polls {
                self.move_a_piece().await;
            }
        }
        Driven::Dropped
    }

    /// Moves a piece; returns without having moved one if something else may have happened.
    async fn move_a_piece(&mut self) {
        let mut waited = false;
        poll_fn(|cx| {
            let moved = self.poll_move(cx);
            if moved || waited {
                return Poll::Ready(());
            }
            waited = true;
            Poll::Pending
        })
        .await;
        // The runtime looks at its sockets before this task goes on.
        tokio::task::yield_now().await;
    }

    fn poll_move(&mut self, cx: &mut Context<'_>) -> bool {
        if let Poll::Ready(client) = self.listener.poll_accept(cx) {
            let (client, _) = client.expect("a client");
            self.links.push(Link::new(client, &self.server));
            return true;
        }
        let Self {
            links,
            to_server,
            to_client,
            recorded,
            ..
        } = self;
        links.iter_mut().any(|link| {
            link.up.poll_move(
                cx,
                *to_server,
                Some(recorded),
                &mut link.client,
                &mut link.server,
            ) || link
                .down
                .poll_move(cx, *to_client, None, &mut link.server, &mut link.client)
        })
    }
}

const ALL: usize = 64 * 1024;

/// A client and its connection to the server.
#[derive(Debug)]
struct Link {
    client: UnixStream,
    server: UnixStream,
    up: Direction,
    down: Direction,
}

impl Link {
    fn new(client: UnixStream, server: &PathBuf) -> Self {
        let stream = BlockingStream::connect(server).expect("a server that listens");
        stream.set_nonblocking(true).expect("a socket");
        let server = UnixStream::from_std(stream).expect("a socket");
        Self {
            client,
            server,
            up: Direction::default(),
            down: Direction::default(),
        }
    }
}

/// What was read on one side and not yet written on the other.
#[derive(Debug, Default)]
struct Direction {
    pending: Vec<u8>,
    ended: bool,
}

impl Direction {
    fn poll_move(
        &mut self,
        cx: &mut Context<'_>,
        piece: usize,
        record: Option<&mut Vec<u8>>,
        from: &mut UnixStream,
        to: &mut UnixStream,
    ) -> bool {
        if self.pending.is_empty() && (piece == 0 || self.ended || !self.read(cx, piece, from)) {
            return false;
        }
        if self.ended && self.pending.is_empty() {
            drop(pin!(to).poll_shutdown(cx));
            return true;
        }
        match pin!(to).poll_write(cx, &self.pending) {
            Poll::Ready(Ok(count)) => {
                let moved = self.pending.drain(..count);
                if let Some(record) = record {
                    record.extend(moved);
                }
                true
            }
            // The other side is gone: nobody wants these bytes.
            Poll::Ready(Err(_)) => {
                self.pending.clear();
                self.ended = true;
                true
            }
            Poll::Pending => false,
        }
    }

    /// Reads a piece; whether something was read, be it the end.
    fn read(&mut self, cx: &mut Context<'_>, piece: usize, from: &mut UnixStream) -> bool {
        let mut space = vec![0; piece];
        let mut buf = ReadBuf::new(&mut space);
        match pin!(from).poll_read(cx, &mut buf) {
            Poll::Ready(Ok(())) => {
                self.pending.extend_from_slice(buf.filled());
                self.ended = self.pending.is_empty();
                true
            }
            Poll::Ready(Err(_)) => {
                self.ended = true;
                true
            }
            Poll::Pending => false,
        }
    }
}
