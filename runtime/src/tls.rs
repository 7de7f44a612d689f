//! TLS in builds that have it: which library speaks it, what it has read, and the way to a server.

use std::sync::Arc;

use hathi_wire::{Dsn, SslNegotiation};
use tokio::net::TcpStream;

mod setup;
mod stream;

pub(crate) use self::setup::Setups;
pub use self::setup::TlsBackend;
pub(crate) use self::stream::TlsStream;

use self::setup::Setup;
use crate::error::Kind;

/// TLS to one host: what was set up, and whose certificate is expected.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    setup: Setup,
    host: Arc<str>,
    direct: bool,
}

impl Tls {
    /// Reads the files of the settings, unless the configuration has read them before.
    pub(crate) fn new(setups: &Setups, dsn: &Dsn, host: &str) -> Result<Self, Kind> {
        Ok(Self {
            setup: setups.of(dsn).map_err(|error| Kind::Tls(Box::new(error)))?,
            host: host.into(),
            direct: dsn.ssl_negotiation == Some(SslNegotiation::Direct),
        })
    }

    /// Whether TLS begins without asking the server for it.
    pub(crate) fn is_direct(&self) -> bool {
        self.direct
    }

    /// Shakes hands: the server is who it has to be, as far as the settings ask.
    pub(crate) async fn handshake(&self, stream: TcpStream) -> Result<TlsStream, Kind> {
        let stream = TlsStream::handshake(&self.setup, &self.host, stream).await;
        match stream {
            Ok(stream) if self.direct && !stream.speaks_postgresql() => Err(Kind::TlsNotAgreed),
            // What an older server makes of a handshake is a message of a senseless length: it hangs up.
            Err(Kind::Closed(None) | Kind::Io(_)) if self.direct => Err(Kind::TlsNotAgreed),
            Err(Kind::Closed(None)) => Err(Kind::Tls(
                "the server has closed the connection during the handshake".into(),
            )),
            other => other,
        }
    }
}
