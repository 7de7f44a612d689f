//! The sockets of a server: connecting within a limit, and reading and writing without one side blocking the other.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
#[cfg(target_os = "linux")]
use std::os::unix::net::SocketAddr;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use hathi_wire::{Encryption, Host};

use crate::encryption::Protocol;
use crate::error::Error;

#[cfg(feature = "rustls")]
mod tls;

/// A connected socket.
#[derive(Debug)]
pub(crate) enum Transport {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(feature = "rustls")]
    Tls(tls::TlsStream),
}

impl Transport {
    /// Connects to one host, trying every address of its name, all within `limit`.
    pub(crate) fn connect(host: &Host, limit: Duration) -> io::Result<Self> {
        match host {
            Host::Unix { .. } => Self::connect_unix(host, limit),
            _ => Self::connect_tcp(&host.lookup_name().unwrap_or_default(), host.port(), limit),
        }
    }

    fn connect_tcp(name: &str, port: u16, limit: Duration) -> io::Result<Self> {
        let deadline = Instant::now() + limit;
        let name = name.to_owned();
        let addresses = within(limit, move || (name.as_str(), port).to_socket_addrs())?;
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        for address in addresses {
            // An address that swallows everything leaves time for the next ones.
            let share = remaining(deadline)? / left.max(1);
            left = left.saturating_sub(1);
            match TcpStream::connect_timeout(&address, share) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(Self::Tcp(stream));
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    #[cfg(unix)]
    fn connect_unix(host: &Host, limit: Duration) -> io::Result<Self> {
        let path = host.socket_path().unwrap_or_default();
        within(limit, move || connect_path(&path)).map(Self::Unix)
    }

    #[cfg(not(unix))]
    fn connect_unix(_host: &Host, _limit: Duration) -> io::Result<Self> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "unix sockets do not exist on this system",
        ))
    }

    /// Shakes hands if this way of connecting wants it and the server can, which is not asked if TLS begins directly.
    #[cfg(feature = "rustls")]
    pub(crate) fn secure(
        self,
        way: Encryption,
        direct: bool,
        protocol: &Protocol,
        host: &Host,
        limit: Duration,
    ) -> Result<Self, Error> {
        let deadline = Instant::now() + limit;
        let late = |error: Error| error.or_late(limit);
        let (Self::Tcp(mut stream), Host::Tcp { name, .. }) = (self, host) else {
            return Err(Error::encryption());
        };
        match direct || tls::ask(&mut stream, limit).map_err(late)? {
            true => {
                let shaken = tls::TlsStream::handshake(stream, protocol.get()?, name, deadline)
                    .map_err(late)?;
                if direct && !shaken.speaks_postgresql() {
                    return Err(Error::not_agreed());
                }
                Ok(Self::Tls(shaken))
            }
            false if way == Encryption::IfOffered => Ok(Self::Tcp(stream)),
            false => Err(Error::not_offered()),
        }
    }

    /// This build cannot: what need not be encrypted goes on in clear.
    #[cfg(not(feature = "rustls"))]
    pub(crate) fn secure(
        self,
        way: Encryption,
        _direct: bool,
        _protocol: &Protocol,
        _host: &Host,
        _limit: Duration,
    ) -> Result<Self, Error> {
        match way {
            Encryption::Plain | Encryption::IfOffered => Ok(self),
            Encryption::Always => Err(Error::encryption()),
        }
    }

    /// Whether nobody in between can read what is said.
    pub(crate) fn is_encrypted(&self) -> bool {
        match self {
            #[cfg(feature = "rustls")]
            Self::Tls(_) => true,
            _ => false,
        }
    }

    /// What SCRAM can bind itself to.
    pub(crate) fn end_point(&self) -> Option<Vec<u8>> {
        match self {
            #[cfg(feature = "rustls")]
            Self::Tls(stream) => stream.end_point(),
            _ => None,
        }
    }

    /// Whether bytes that were written wait in between.
    pub(crate) fn holds_bytes(&self) -> bool {
        match self {
            #[cfg(feature = "rustls")]
            Self::Tls(stream) => stream.holds_bytes(),
            _ => false,
        }
    }

    /// Writes what the socket takes at once; zero if it is full.
    pub(crate) fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.set_blocking(false)?;
        let written = loop {
            match self.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break Ok(0),
                Ok(0) if !bytes.is_empty() => break Err(io::ErrorKind::WriteZero.into()),
                other => break other,
            }
        };
        self.set_blocking(true)?;
        written
    }

    /// Reads at least one byte; `None` if none has come within `limit`. Zero bytes: the server has closed.
    pub(crate) fn read_some(
        &mut self,
        space: &mut [u8],
        limit: Duration,
    ) -> io::Result<Option<usize>> {
        // Zero would mean "for ever".
        self.set_read_limit(limit.max(Duration::from_millis(1)))?;
        loop {
            return match self.read(space) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) =>
                {
                    Ok(None)
                }
                other => other.map(Some),
            };
        }
    }

    fn set_blocking(&self, blocking: bool) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_nonblocking(!blocking),
            #[cfg(unix)]
            Self::Unix(stream) => stream.set_nonblocking(!blocking),
            #[cfg(feature = "rustls")]
            Self::Tls(stream) => stream.socket().set_nonblocking(!blocking),
        }
    }

    fn set_read_limit(&self, limit: Duration) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_read_timeout(Some(limit)),
            #[cfg(unix)]
            Self::Unix(stream) => stream.set_read_timeout(Some(limit)),
            #[cfg(feature = "rustls")]
            Self::Tls(stream) => stream.socket().set_read_timeout(Some(limit)),
        }
    }

    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(space),
            #[cfg(unix)]
            Self::Unix(stream) => stream.read(space),
            #[cfg(feature = "rustls")]
            Self::Tls(stream) => stream.read(space),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            #[cfg(unix)]
            Self::Unix(stream) => stream.write(bytes),
            #[cfg(feature = "rustls")]
            Self::Tls(stream) => stream.write(bytes),
        }
    }
}

#[cfg(target_os = "linux")]
fn connect_path(path: &str) -> io::Result<UnixStream> {
    use std::os::linux::net::SocketAddrExt;
    match path.strip_prefix('\0') {
        Some(name) => UnixStream::connect_addr(&SocketAddr::from_abstract_name(name)?),
        None => UnixStream::connect(path),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn connect_path(path: &str) -> io::Result<UnixStream> {
    UnixStream::connect(path)
}

/// Runs what the standard library offers without a limit: resolving a name, connecting to a unix socket.
///
/// What does not end in time goes on in its thread, whose result nobody takes.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .name("hathi-connect".to_owned())
        .spawn(move || {
            // Nobody waits any more if the limit has passed.
            let _ = sender.send(work());
        })?;
    receiver
        .recv_timeout(limit)
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn remaining(deadline: Instant) -> io::Result<Duration> {
    match deadline.checked_duration_since(Instant::now()) {
        Some(remaining) if !remaining.is_zero() => Ok(remaining),
        _ => Err(io::ErrorKind::TimedOut.into()),
    }
}
