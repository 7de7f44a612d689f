//! Stands between a session and a real server, and hands on as many bytes at a time as the test wants.
//!
//! It runs in the test's own task, in turns with the future under test: one poll, then one piece moved. So every
//! state between two pieces is seen by a poll, in the same order each time.

use std::future::{Future, poll_fn};
use std::net::{TcpListener as BlockingListener, TcpStream as BlockingTcp};
use std::os::unix::net::UnixStream as BlockingUnix;
use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Poll};

use hathi::Config;
use tokio::io::ReadBuf;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::database::Database;
use crate::folder::SocketFolder;

/// A proxy in front of a server.
#[derive(Debug)]
pub struct Proxy {
    // Removes the socket with the proxy.
    _folder: Option<SocketFolder>,
    place: Place,
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
        let config = database.settled(config);
        let server = database.socket();
        Self::new(Some(folder), Place::Unix(listener, server), config)
    }

    /// A proxy in front of a server on a TCP port, for clients that come as the configuration says.
    ///
    /// # Panics
    ///
    /// If no port can be had.
    pub fn before_port(server: u16, config: &Config) -> Self {
        let listener = BlockingListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let listener = TcpListener::from_std(listener).expect("a socket");
        let port = listener.local_addr().expect("a port").port();
        let config = config.clone().port(port);
        Self::new(None, Place::Tcp(listener, server), config)
    }

    fn new(folder: Option<SocketFolder>, place: Place, config: Config) -> Self {
        Self {
            _folder: folder,
            place,
            config,
            links: Vec::new(),
            to_server: ALL,
            to_client: ALL,
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

    /// The first words of a client, by the number of its connection.
    pub fn first_words(&self, connection: usize) -> &[u8] {
        let link = self.links.get(connection);
        link.map_or(&[], |link| &link.up.first)
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
        if let Poll::Ready(link) = self.place.poll_link(cx) {
            self.links.push(link);
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
                &mut *link.client,
                &mut *link.server,
            ) || link
                .down
                .poll_move(cx, *to_client, None, &mut *link.server, &mut *link.client)
        })
    }
}

const ALL: usize = 64 * 1024;

/// How many bytes are kept of what was said first.
const FIRST: usize = 16;

/// Where clients come in, and where the server is.
#[derive(Debug)]
enum Place {
    Unix(UnixListener, PathBuf),
    Tcp(TcpListener, u16),
}

impl Place {
    fn poll_link(&self, cx: &mut Context<'_>) -> Poll<Link> {
        match self {
            Self::Unix(listener, path) => listener.poll_accept(cx).map(|client| {
                let server = BlockingUnix::connect(path).expect("a server that listens");
                server.set_nonblocking(true).expect("a socket");
                let server = UnixStream::from_std(server).expect("a socket");
                Link::new(client.expect("a client").0, server)
            }),
            Self::Tcp(listener, port) => listener.poll_accept(cx).map(|client| {
                let server =
                    BlockingTcp::connect(("127.0.0.1", *port)).expect("a server that listens");
                server.set_nonblocking(true).expect("a socket");
                let server = TcpStream::from_std(server).expect("a socket");
                Link::new(client.expect("a client").0, server)
            }),
        }
    }
}

/// A socket of either kind.
trait Socket: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}

impl Socket for UnixStream {}
impl Socket for TcpStream {}

/// A client and its connection to the server.
#[derive(Debug)]
struct Link {
    client: Box<dyn Socket>,
    server: Box<dyn Socket>,
    up: Direction,
    down: Direction,
}

impl Link {
    fn new(client: impl Socket + 'static, server: impl Socket + 'static) -> Self {
        Self {
            client: Box::new(client),
            server: Box::new(server),
            up: Direction::default(),
            down: Direction::default(),
        }
    }
}

/// What was read on one side and not yet written on the other.
#[derive(Debug, Default)]
struct Direction {
    // The first bytes that came.
    first: Vec<u8>,
    pending: Vec<u8>,
    ended: bool,
}

impl Direction {
    fn poll_move(
        &mut self,
        cx: &mut Context<'_>,
        piece: usize,
        record: Option<&mut Vec<u8>>,
        from: &mut dyn Socket,
        to: &mut dyn Socket,
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
    fn read(&mut self, cx: &mut Context<'_>, piece: usize, from: &mut dyn Socket) -> bool {
        let mut space = vec![0; piece];
        let mut buf = ReadBuf::new(&mut space);
        match pin!(from).poll_read(cx, &mut buf) {
            Poll::Ready(Ok(())) => {
                self.pending.extend_from_slice(buf.filled());
                let missing = FIRST.saturating_sub(self.first.len());
                self.first.extend(buf.filled().iter().take(missing));
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
