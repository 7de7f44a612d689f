//! A TCP connection that is encrypted. Bytes that were taken are on their way, whatever becomes of the future that
//! offered them.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[cfg(feature = "native-tls")]
use self::native::NativeStream;
use super::setup::Setup;
use crate::error::Kind;

#[cfg(feature = "native-tls")]
mod native;

/// An encrypted connection.
pub(crate) struct TlsStream {
    library: Library,
    // Bytes were taken that the socket may not have.
    needs_flush: bool,
}

// Boxed: they are larger than a socket, one of them twenty times.
enum Library {
    #[cfg(feature = "rustls")]
    Rustls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
    #[cfg(feature = "native-tls")]
    Native(Box<NativeStream>),
}

/// Calls the same function of whichever library it is.
macro_rules! either {
    ($library:expr, $stream:ident => $call:expr) => {
        match $library {
            #[cfg(feature = "rustls")]
            Library::Rustls($stream) => $call,
            #[cfg(feature = "native-tls")]
            Library::Native($stream) => $call,
        }
    };
}

impl TlsStream {
    pub(super) async fn handshake(
        setup: &Setup,
        host: &str,
        stream: TcpStream,
    ) -> Result<Self, Kind> {
        let library = match setup {
            #[cfg(feature = "rustls")]
            Setup::Rustls(protocol) => {
                let name = protocol
                    .name(host)
                    .map_err(|error| Kind::Tls(Box::new(error)))?;
                let connector =
                    tokio_rustls::TlsConnector::from(std::sync::Arc::clone(protocol.config()));
                {
                    let stream = connector.connect(name, stream).await.map_err(failed)?;
                    Library::Rustls(Box::new(stream))
                }
            }
            #[cfg(feature = "native-tls")]
            Setup::NativeTls(protocol) => Library::Native(Box::new(
                NativeStream::handshake(protocol, host, stream).await?,
            )),
        };
        Ok(Self {
            library,
            needs_flush: false,
        })
    }

    /// Whether the server has agreed by ALPN to speak PostgreSQL.
    pub(super) fn speaks_postgresql(&self) -> bool {
        match &self.library {
            #[cfg(feature = "rustls")]
            Library::Rustls(stream) => hathi_tls::is_agreed(stream.get_ref().1.alpn_protocol()),
            #[cfg(feature = "native-tls")]
            Library::Native(stream) => stream.speaks_postgresql(),
        }
    }

    /// What SCRAM can bind itself to.
    pub(crate) fn end_point(&self) -> Option<Vec<u8>> {
        match &self.library {
            #[cfg(feature = "rustls")]
            Library::Rustls(stream) => {
                hathi_tls::end_point(stream.get_ref().1.peer_certificates()?.first()?)
            }
            #[cfg(feature = "native-tls")]
            Library::Native(stream) => stream.end_point(),
        }
    }

    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read =
            ready!(either!(&mut self.library, stream => Pin::new(stream).poll_read(cx, buf)));
        Poll::Ready(match read {
            // Where an answer ends is the protocol's to say: an end without a farewell is an end.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
            other => other,
        })
    }

    /// Takes what there is room for. What is taken is encrypted and kept until the socket has it:
    /// [`poll_flush`](Self::poll_flush).
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.needs_flush = true;
        either!(&mut self.library, stream => Pin::new(stream).poll_write(cx, bytes))
    }

    /// Ready when the socket has everything that was taken.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.needs_flush {
            ready!(either!(&mut self.library, stream => Pin::new(stream).poll_flush(cx)))?;
            self.needs_flush = false;
        }
        Poll::Ready(Ok(()))
    }

    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(&mut self.library, stream => Pin::new(stream).poll_shutdown(cx))
    }
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream")
            .field("needs_flush", &self.needs_flush)
            .finish_non_exhaustive()
    }
}

/// A handshake that failed: by its own rules, or because the connection did.
#[cfg(feature = "rustls")]
fn failed(error: io::Error) -> Kind {
    match error.kind() {
        io::ErrorKind::InvalidData => Kind::Tls(Box::new(error)),
        io::ErrorKind::UnexpectedEof => Kind::Closed(None),
        _ => Kind::Io(error),
    }
}
