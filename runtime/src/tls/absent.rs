//! TLS in builds without it: there is nothing of it, and whoever insists is told so.

use std::convert::Infallible;
use std::io;
use std::task::{Context, Poll};

use hathi_wire::Dsn;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;

use crate::error::Kind;

/// Nothing is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Setups(());

/// No value of it exists.
#[derive(Debug, Clone)]
pub(crate) struct Tls(Infallible);

impl Tls {
    pub(crate) fn new(_setups: &Setups, _dsn: &Dsn, _host: &str) -> Result<Self, Kind> {
        Err(Kind::NoTls)
    }

    pub(crate) fn is_direct(&self) -> bool {
        match self.0 {}
    }

    #[expect(
        clippy::unused_async,
        reason = "the shape of the function in builds that have TLS"
    )]
    pub(crate) async fn handshake(&self, _stream: TcpStream) -> Result<TlsStream, Kind> {
        match self.0 {}
    }
}

/// No value of it exists.
#[derive(Debug)]
pub(crate) struct TlsStream(Infallible);

impl TlsStream {
    pub(crate) fn end_point(&self) -> Option<Vec<u8>> {
        match self.0 {}
    }

    pub(crate) fn poll_read(
        &mut self,
        _cx: &mut Context<'_>,
        _buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.0 {}
    }

    pub(crate) fn poll_write(
        &mut self,
        _cx: &mut Context<'_>,
        _bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.0 {}
    }

    pub(crate) fn poll_flush(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.0 {}
    }

    pub(crate) fn poll_shutdown(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.0 {}
    }
}
