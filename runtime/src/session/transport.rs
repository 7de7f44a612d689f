//! What a session can run over: sockets, and TLS over one.

mod traced;

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use hathi_wire::Host;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use self::traced::Traced;
use crate::tls::TlsStream;

/// Where to reach the server of a session again, to cancel what runs in it.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    Tcp(std::net::SocketAddr),
    #[cfg(unix)]
    Unix(String),
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            #[cfg(unix)]
            Self::Unix(path) => f.write_str(&path.replacen('\0', "@", 1)),
        }
    }
}

impl Address {
    /// Whether it is one that nobody else can listen on.
    pub(crate) fn is_unix(&self) -> bool {
        !matches!(self, Self::Tcp(_))
    }
}

/// A connected socket.
#[derive(Debug)]
pub(crate) enum Transport {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    Tls(TlsStream),
    // Another one, whose messages are written down.
    Traced(Box<Traced>),
}

impl Transport {
    pub(crate) async fn connect(address: &Address) -> io::Result<Self> {
        match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Ok(Self::Tcp(stream))
            }
            #[cfg(unix)]
            Address::Unix(path) => Ok(Self::Unix(UnixStream::connect(path).await?)),
        }
    }

    #[inline]
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buf = ReadBuf::new(space);
        let read = match self {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, &mut buf),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, &mut buf),
            Self::Tls(stream) => stream.poll_read(cx, &mut buf),
            Self::Traced(traced) => return traced.poll_read(cx, space),
        };
        read.map_ok(|()| buf.filled().len())
    }

    #[inline]
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => stream.poll_write(cx, bytes),
            Self::Traced(traced) => traced.poll_write(cx, bytes),
        }
    }

    /// Ready when no byte that was written waits in between: sockets take bytes for good, TLS keeps some.
    #[inline]
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tls(stream) => stream.poll_flush(cx),
            Self::Traced(traced) => traced.inner.poll_flush(cx),
            _ => Poll::Ready(Ok(())),
        }
    }

    /// Writes as much as fits at once.
    pub(crate) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_write(bytes),
            #[cfg(unix)]
            Self::Unix(stream) => stream.try_write(bytes),
            Self::Tls(stream) => at_once(|cx| stream.poll_write(cx, bytes)),
            Self::Traced(traced) => traced.try_write(bytes),
        }
    }

    /// Sends what waits in between as far as the socket takes it at once.
    pub(crate) fn try_flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tls(stream) => at_once(|cx| stream.poll_flush(cx)),
            Self::Traced(traced) => traced.inner.try_flush(),
            _ => Ok(()),
        }
    }

    /// What SCRAM can bind itself to.
    pub(crate) fn end_point(&self) -> Option<Vec<u8>> {
        match self {
            Self::Tls(stream) => stream.end_point(),
            Self::Traced(traced) => traced.inner.end_point(),
            _ => None,
        }
    }

    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => stream.poll_shutdown(cx),
            Self::Traced(traced) => traced.inner.poll_shutdown(cx),
        }
    }
}

/// What can be had without waiting. Nobody is woken: whoever waits next asks again.
fn at_once<T>(poll: impl FnMut(&mut Context<'_>) -> Poll<io::Result<T>>) -> io::Result<T> {
    // The task's turn may be over, which is no reason to leave locks on the server.
    let attempt = pin!(tokio::task::unconstrained(poll_fn(poll)));
    match attempt.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}

/// Every address of a host.
pub(crate) async fn addresses(host: &Host) -> io::Result<Vec<Address>> {
    match host {
        Host::Tcp { .. } => {
            let name = host.lookup_name().unwrap_or_default();
            let found = tokio::net::lookup_host((name, host.port())).await?;
            Ok(found.map(Address::Tcp).collect())
        }
        #[cfg(unix)]
        Host::Unix { .. } => Ok(host.socket_path().map(Address::Unix).into_iter().collect()),
        #[cfg(not(unix))]
        Host::Unix { .. } => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this platform has no unix sockets",
        )),
    }
}
