//! How client and server agree to encrypt, before the first message: SSLRequest, its one-byte answer, and in which order
//! the ways are tried.

use crate::dsn::SslMode;
use crate::exchange::ProtocolError;

/// What asks a server for TLS: a length and a number where a protocol's version would stand.
pub const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f];

/// One way to open a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Without TLS.
    Plain,
    /// With TLS, unless the server has none.
    IfOffered,
    /// With TLS or not at all.
    Always,
}

impl SslMode {
    /// The ways to open a connection, to be tried in this order; a unix socket is never encrypted, as libpq has it.
    ///
    /// The second way is for a server that turned down the first: by its rules of access, or in the handshake.
    ///
    /// # Example: `prefer` goes on in clear, `require` never does
    ///
    /// ```
    /// use hathi_wire::{Encryption, SslMode};
    ///
    /// assert_eq!(SslMode::Prefer.ways(false), [Encryption::IfOffered, Encryption::Plain]);
    /// assert_eq!(SslMode::Require.ways(false), [Encryption::Always]);
    /// ```
    pub fn ways(self, unix_socket: bool) -> &'static [Encryption] {
        match self {
            _ if unix_socket => &[Encryption::Plain],
            Self::Disable => &[Encryption::Plain],
            Self::Allow => &[Encryption::Plain, Encryption::Always],
            Self::Prefer => &[Encryption::IfOffered, Encryption::Plain],
            Self::Require | Self::VerifyCa | Self::VerifyFull => &[Encryption::Always],
        }
    }

    /// Whether nothing may be said in clear.
    pub fn insists(self) -> bool {
        matches!(self, Self::Require | Self::VerifyCa | Self::VerifyFull)
    }
}

/// Whether the server will speak TLS, by the byte it answered to [`SSL_REQUEST`].
///
/// That byte has to be read alone: what a man in between sends right behind it must not be taken for the server's word.
///
/// # Errors
///
/// [`ProtocolError`] if it is no answer: the text of an error at this point comes from nobody knows whom.
pub fn accepts_tls(answer: u8) -> Result<bool, ProtocolError> {
    match answer {
        b'S' => Ok(true),
        b'N' => Ok(false),
        tag => Err(ProtocolError::Unexpected {
            tag,
            expected: "\"S\" or \"N\" to the question for TLS",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_bytes_are_an_answer() {
        for byte in 0..=u8::MAX {
            match accepts_tls(byte) {
                Ok(accepted) => assert_eq!(accepted, byte == b'S'),
                Err(_) => assert!(!b"SN".contains(&byte)),
            }
        }
    }

    #[test]
    fn modes_that_insist_never_go_in_clear_over_a_network() {
        for mode in [SslMode::Require, SslMode::VerifyCa, SslMode::VerifyFull] {
            assert!(mode.insists());
            assert_eq!(mode.ways(false), [Encryption::Always]);
            assert_eq!(mode.ways(true), [Encryption::Plain]);
        }
        assert_eq!(SslMode::Disable.ways(false), [Encryption::Plain]);
    }
}
