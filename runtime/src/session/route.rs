//! The way to a server: an address, and TLS if it is spoken there.

use std::future::poll_fn;
use std::io;

use hathi_wire::{Encryption, SSL_REQUEST, accepts_tls};
use tokio::net::TcpStream;

use super::socket;
use super::transport::{Address, Transport};
use crate::config::SocketOptions;
use crate::error::Kind;
use crate::tls::Tls;

/// The way that a session took, kept for its cancel requests: they go the same way, under the same checks.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    address: Address,
    options: SocketOptions,
    tls: Option<Tls>,
}

impl Route {
    /// Goes one of the ways to an address: says which it was in the end, for a server may turn TLS down.
    pub(crate) async fn open(
        address: &Address,
        options: SocketOptions,
        way: Encryption,
        tls: Option<Tls>,
    ) -> Result<(Transport, Self), Kind> {
        let transport = Transport::connect(address).await.map_err(Kind::Unreached)?;
        if let Transport::Tcp(stream) = &transport {
            socket::prepare(stream, options).map_err(Kind::Unreached)?;
        }
        let (transport, tls) = match (transport, tls, way) {
            (transport, _, Encryption::Plain) => (transport, None),
            (Transport::Tcp(stream), Some(tls), way) => encrypt(stream, tls, way).await?,
            // There is nothing to encrypt, or nothing to encrypt it with.
            _ => return Err(Kind::NoTls),
        };
        let route = Self {
            address: address.clone(),
            options,
            tls,
        };
        Ok((transport, route))
    }

    /// Goes the same way again.
    pub(super) async fn again(&self) -> Result<Transport, Kind> {
        let way = match self.tls {
            Some(_) => Encryption::Always,
            None => Encryption::Plain,
        };
        let (transport, _) = Self::open(&self.address, self.options, way, self.tls.clone()).await?;
        Ok(transport)
    }

    /// Whether nobody in between can read what is said.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }
}

async fn encrypt(
    mut stream: TcpStream,
    tls: Tls,
    way: Encryption,
) -> Result<(Transport, Option<Tls>), Kind> {
    if !tls.is_direct() && !ask(&mut stream).await? {
        return match way {
            Encryption::Always => Err(Kind::TlsNotOffered),
            _ => Ok((Transport::Tcp(stream), None)),
        };
    }
    let stream = tls.handshake(stream).await?;
    Ok((Transport::Tls(stream), Some(tls)))
}

/// Asks the server for TLS, and reads the one byte it answers and no more: what somebody sends behind it is the
/// handshake's to refuse.
async fn ask(stream: &mut TcpStream) -> Result<bool, Kind> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    stream.write_all(&SSL_REQUEST).await.map_err(Kind::Io)?;
    let mut answer = [0];
    match stream.read(&mut answer).await.map_err(Kind::Io)? {
        0 => Err(Kind::Io(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the server hung up when it was asked for TLS",
        ))),
        _ => accepts_tls(answer[0]).map_err(Kind::Protocol),
    }
}

/// Writes all bytes to a transport, and leaves none of them in between.
pub(super) async fn write_all(transport: &mut Transport, bytes: &[u8]) -> io::Result<()> {
    let mut sent = 0;
    while let Some(rest) = bytes.get(sent..).filter(|rest| !rest.is_empty()) {
        match poll_fn(|cx| transport.poll_write(cx, rest)).await? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => sent += count,
        }
    }
    poll_fn(|cx| transport.poll_flush(cx)).await
}
