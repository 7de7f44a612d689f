//! Why a session could not be opened although the server answered.

use std::fmt;

use super::ScramFailure;
use crate::dsn::{AuthMethod, AuthMethods, ProtocolVersion};
use crate::server_error::ServerError;

/// Why a session could not be opened although the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartupFailure {
    /// The server refused.
    Server(Box<ServerError>),
    /// The server asks for a password, and there is none.
    PasswordNeeded,
    /// The server asks for a method that hathi does not speak.
    Unsupported(String),
    /// The server asks for a method that `require_auth` does not allow.
    Method {
        /// What it asks for.
        asked: AuthMethod,
        /// What was allowed.
        allowed: AuthMethods,
    },
    /// `channel_binding=require` cannot be had.
    Unbound {
        /// Why not.
        because: &'static str,
    },
    /// SCRAM went wrong: the server, or somebody in between, is not what it says.
    Scram(ScramFailure),
    /// The server does not speak a protocol that is new enough.
    ProtocolVersion {
        /// The oldest that would do.
        min: ProtocolVersion,
        /// The newest that it speaks, major and minor.
        found: (u32, u32),
    },
    /// The server's answer to the version that was asked for makes no sense.
    Negotiation {
        /// What is wrong with it.
        words: &'static str,
    },
}

impl fmt::Display for StartupFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(error) => error.fmt(f),
            Self::PasswordNeeded => {
                f.write_str("the server asks for a password, and none was given")
            }
            Self::Unsupported(method) => write!(
                f,
                "the server asks for {method}, which is not supported: use scram-sha-256, md5, password or trust in pg_hba.conf"
            ),
            Self::Method { asked, allowed } => {
                match asked {
                    AuthMethod::None => f.write_str("the server asks for no proof of identity")?,
                    asked => write!(f, "the server asks for the method {asked}")?,
                }
                write!(
                    f,
                    ", which require_auth=\"{allowed}\" does not allow: change the method in pg_hba.conf, or require_auth if you trust this server"
                )
            }
            Self::Unbound { because } => write!(
                f,
                "channel_binding=require asks for SCRAM bound to TLS, but {because}"
            ),
            Self::Scram(failure) => failure.fmt(f),
            Self::ProtocolVersion {
                min,
                found: (major, minor),
            } => write!(
                f,
                "the server speaks protocol {major}.{minor} at most, and min_protocol_version is {min}"
            ),
            Self::Negotiation { words } => write!(
                f,
                "the server's answer to the version of the protocol makes no sense: {words}"
            ),
        }
    }
}

impl std::error::Error for StartupFailure {}
