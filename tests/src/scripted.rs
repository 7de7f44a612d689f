//! A server that plays a script: a thread behind a unix socket, with control over every byte. It never sleeps.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use hathi::Config;

use crate::folder::SocketFolder;
use crate::message;

/// How long a script waits for a client; then the client hangs, and the test has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long somebody must say nothing to be called silent.
const MOMENT: Duration = Duration::from_millis(50);

/// A server that plays a script.
#[derive(Debug)]
pub struct ScriptedServer {
    folder: SocketFolder,
    thread: JoinHandle<()>,
}

impl ScriptedServer {
    /// Starts a server whose whole life is the script.
    ///
    /// # Panics
    ///
    /// If the socket cannot be created.
    pub fn start(script: impl FnOnce(&Listener) + Send + 'static) -> Self {
        let folder = SocketFolder::new();
        let listener = UnixListener::bind(folder.socket()).expect("a socket in a fresh folder");
        let listener = Listener(patient(listener));
        let thread = std::thread::spawn(move || script(&listener));
        Self { folder, thread }
    }

    /// A server with one client, which is let in without being asked for anything; then the script begins.
    pub fn welcoming(script: impl FnOnce(&mut Peer) + Send + 'static) -> Self {
        Self::start(|listener| script(&mut listener.welcome()))
    }

    /// The way in.
    pub fn config(&self) -> Config {
        self.folder.config()
    }

    /// The folder of its socket, which is how a list of hosts names it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it listens.
    pub fn socket(&self) -> std::path::PathBuf {
        self.folder.socket()
    }

    /// Waits for the end of the script and fails as it did.
    pub fn finish(self) {
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

/// A listener that gives up where nobody comes. Only streams can be told to, which are sockets as well.
fn patient(listener: UnixListener) -> UnixListener {
    let socket = UnixStream::from(OwnedFd::from(listener));
    socket
        .set_read_timeout(Some(PATIENCE))
        .expect("a socket takes a limit");
    UnixListener::from(OwnedFd::from(socket))
}

/// Where clients come in.
#[derive(Debug)]
pub struct Listener(UnixListener);

impl Listener {
    /// The next client.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn accept(&self) -> Peer {
        let (stream, _) = self.0.accept().expect("a client within twenty seconds");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a socket takes a limit");
        stream
            .set_write_timeout(Some(PATIENCE))
            .expect("a socket takes a limit");
        Peer { stream }
    }

    /// The next client, let in.
    pub fn welcome(&self) -> Peer {
        let mut peer = self.accept();
        peer.startup();
        peer.send(&message::welcome());
        peer
    }
}

/// The client, as the script sees it.
#[derive(Debug)]
pub struct Peer {
    stream: UnixStream,
}

impl Peer {
    /// Reads the client's first message and returns its body, without length and version.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn startup(&mut self) -> Vec<u8> {
        let (version, body) = self.versioned_startup();
        assert_eq!(version, [0, 3, 0, 0], "protocol 3.0");
        body
    }

    /// Reads the client's first message and returns the version it asks for, and its body behind that.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn versioned_startup(&mut self) -> ([u8; 4], Vec<u8>) {
        let length = self.length();
        let mut body = vec![0; length];
        self.stream
            .read_exact(&mut body)
            .expect("the whole startup message");
        let rest = body.split_off(4);
        (body.try_into().expect("a version"), rest)
    }

    /// Reads messages and compares their tags with those expected. Returns the body of the last one.
    ///
    /// # Panics
    ///
    /// If another message comes.
    #[track_caller]
    pub fn expect(&mut self, tags: &str) -> Vec<u8> {
        let mut last = Vec::new();
        for (index, tag) in tags.bytes().enumerate() {
            let mut found = [0];
            self.stream
                .read_exact(&mut found)
                .unwrap_or_else(|error| panic!("message {index} of {tags}: {error}"));
            assert_eq!(
                char::from(found[0]),
                char::from(tag),
                "message {index} of {tags}"
            );
            last = vec![0; self.length()];
            self.stream
                .read_exact(&mut last)
                .expect("the whole message");
        }
        last
    }

    /// Reads messages up to the first Sync, Flush or Query and returns their tags; `None` if the client is gone.
    pub fn flight(&mut self) -> Option<String> {
        let mut tags = String::new();
        loop {
            let mut tag = [0];
            self.stream.read_exact(&mut tag).ok()?;
            let mut body = vec![0; self.length()];
            self.stream.read_exact(&mut body).ok()?;
            tags.push(char::from(tag[0]));
            if b"SHQ".contains(&tag[0]) {
                return Some(tags);
            }
        }
    }

    /// Whether the client says nothing for a moment.
    ///
    /// # Panics
    ///
    /// If the socket fails.
    pub fn is_silent(&mut self) -> bool {
        self.stream
            .set_read_timeout(Some(MOMENT))
            .expect("a socket takes a limit");
        let outcome = self.stream.read(&mut [0]);
        self.stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a socket takes a limit");
        outcome.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Reads a cancel request, which comes alone, and returns its process and secret.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn cancel_request(&mut self) -> (u32, Vec<u8>) {
        let length = self.length();
        let mut body = vec![0; length];
        self.stream
            .read_exact(&mut body)
            .expect("the whole request");
        let (code, rest) = body.split_first_chunk::<4>().expect("a code");
        assert_eq!(u32::from_be_bytes(*code), 80_877_102, "a cancel request");
        let (process, secret) = rest.split_first_chunk::<4>().expect("a process");
        (u32::from_be_bytes(*process), secret.to_vec())
    }

    fn length(&mut self) -> usize {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).expect("a length");
        usize::try_from(u32::from_be_bytes(length)).expect("a length of a test fits") - 4
    }

    /// Says something.
    ///
    /// # Panics
    ///
    /// If the client is gone.
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("a client that listens");
    }

    /// Says something, and does not mind if the client is gone.
    pub fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Reads whatever comes until the client closes the connection, and returns it.
    ///
    /// # Panics
    ///
    /// If it does not close it in time.
    pub fn until_closed(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Ok(_) => {}
            // The client went without reading all that was said to it.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => panic!("the client does not close its connection: {error}"),
        }
        rest
    }
}
