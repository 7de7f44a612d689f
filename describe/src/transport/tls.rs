//! TLS over a blocking socket: what rustls has to send and has received moves with the caller's bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hathi_tls::Protocol;
use hathi_tls::rustls::ClientConnection;

use super::remaining;
use crate::error::Error;

/// An encrypted socket.
#[derive(Debug)]
pub(crate) struct TlsStream {
    stream: TcpStream,
    // Boxed: it is a hundred times as large as a socket.
    tls: Box<ClientConnection>,
}

impl TlsStream {
    /// Shakes hands until the deadline.
    pub(super) fn handshake(
        stream: TcpStream,
        protocol: &Protocol,
        host: &str,
        deadline: Instant,
    ) -> Result<Self, Error> {
        let name = protocol.name(host).map_err(Error::tls)?;
        let tls = ClientConnection::new(Arc::clone(protocol.config()), name).map_err(Error::tls)?;
        let mut this = Self {
            stream,
            tls: Box::new(tls),
        };
        while this.tls.is_handshaking() {
            let left = remaining(deadline)?;
            this.stream.set_write_timeout(Some(left))?;
            this.send()?;
            this.stream.set_read_timeout(Some(left))?;
            if this.tls.is_handshaking() && this.receive()? == 0 {
                return Err(Error::closed());
            }
        }
        this.send()?;
        this.stream.set_write_timeout(None)?;
        Ok(this)
    }

    /// Whether the server has agreed by ALPN to speak PostgreSQL.
    pub(super) fn speaks_postgresql(&self) -> bool {
        hathi_tls::is_agreed(self.tls.alpn_protocol())
    }

    /// What SCRAM binds itself to.
    pub(super) fn end_point(&self) -> Option<Vec<u8>> {
        hathi_tls::end_point(self.tls.peer_certificates()?.first()?)
    }

    pub(super) fn socket(&self) -> &TcpStream {
        &self.stream
    }

    /// Whether bytes that were accepted wait for the socket.
    pub(super) fn holds_bytes(&self) -> bool {
        self.tls.wants_write()
    }

    /// Accepts what there is room for, and sends what the socket takes; it must not be blocking.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let accepted = self.tls.writer().write(bytes)?;
        match self.send() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            other => other?,
        }
        if accepted == 0 && !bytes.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(accepted)
    }

    /// Reads what has been decrypted, or waits for more as the socket is set to.
    pub(super) fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.tls.reader().read(space) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                other => return other,
            }
            if self.receive()? == 0 {
                return Ok(0);
            }
        }
    }

    fn send(&mut self) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.stream)?;
        }
        Ok(())
    }

    fn receive(&mut self) -> io::Result<usize> {
        let count = self.tls.read_tls(&mut self.stream)?;
        if let Err(error) = self.tls.process_new_packets() {
            // The server is told why, if it still listens.
            let _ = self.send();
            return Err(io::Error::new(ErrorKind::InvalidData, error));
        }
        Ok(count)
    }
}

/// Asks the server for TLS, and reads the one byte it answers.
pub(super) fn ask(stream: &mut TcpStream, limit: Duration) -> Result<bool, Error> {
    stream.set_write_timeout(Some(limit))?;
    stream.set_read_timeout(Some(limit))?;
    stream.write_all(&hathi_wire::SSL_REQUEST)?;
    let mut answer = [0];
    match stream.read(&mut answer)? {
        0 => Err(Error::closed()),
        _ => Ok(hathi_wire::accepts_tls(answer[0])?),
    }
}
