//! The platform's library over a TCP connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hathi_tls::NativeProtocol;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::error::Kind;

/// As much as one record of TLS can hold.
const RECORD: usize = 16 * 1024;

/// An encrypted connection, and the bytes it was given.
///
/// The library encrypts bytes before it says that the socket has no room for them, and wants the same ones again then.
/// Whoever offered them may be gone by that time: so they are kept here.
pub(super) struct NativeStream {
    stream: tokio_native_tls::TlsStream<TcpStream>,
    // Invariant: sent <= taken.len(); bytes are added only when all have been sent.
    taken: Vec<u8>,
    sent: usize,
}

impl NativeStream {
    pub(super) async fn handshake(
        protocol: &NativeProtocol,
        host: &str,
        stream: TcpStream,
    ) -> Result<Self, Kind> {
        let connector = tokio_native_tls::TlsConnector::from(protocol.connector().clone());
        let stream = connector.connect(host, stream).await.map_err(failed)?;
        Ok(Self {
            stream,
            taken: Vec::new(),
            sent: 0,
        })
    }

    pub(super) fn speaks_postgresql(&self) -> bool {
        let alpn = self.stream.get_ref().negotiated_alpn().ok().flatten();
        hathi_tls::is_agreed(alpn.as_deref())
    }

    pub(super) fn end_point(&self) -> Option<Vec<u8>> {
        self.stream.get_ref().tls_server_end_point().ok().flatten()
    }

    /// Ready when the socket has everything that was taken.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.taken.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.sent += count,
            }
        }
        self.taken.clear();
        self.sent = 0;
        Poll::Ready(Ok(()))
    }
}

/// A handshake that failed: by its own rules, or because the server hung up, for which OpenSSL has no kind but these words.
fn failed(error: hathi_tls::native_tls::Error) -> Kind {
    match error.to_string().as_str() {
        "unexpected EOF" => Kind::Closed(None),
        _ => Kind::Tls(Box::new(error)),
    }
}

impl AsyncRead for NativeStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for NativeStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send(cx))?;
        let taken = bytes.get(..RECORD).unwrap_or(bytes);
        self.taken.extend_from_slice(taken);
        match self.poll_send(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(taken.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
