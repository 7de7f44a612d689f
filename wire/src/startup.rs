//! The exchange that opens a session: settings, proof of identity, and what the server says about itself.

use std::fmt;

use postgres_protocol::authentication::md5_hash;

use crate::backend::{Authentication, Backend};
use crate::connection::{Connection, SegmentId};
use crate::dsn::ProtocolVersion;
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::frontend;
use crate::server_error::ServerError;

mod scram;
#[cfg(test)]
mod tests;

pub use scram::{ITERATION_LIMIT, ScramFailure};

use scram::Scram;

/// Who wants a session, and how they can prove it.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Credentials {
    /// The role.
    pub user: String,
    /// Its password, if there is one.
    pub password: Option<String>,
    /// The `tls-server-end-point` data of the transport, for SCRAM-SHA-256-PLUS.
    pub channel_binding: Option<Vec<u8>>,
}

impl Credentials {
    /// A role and its password.
    pub fn new(user: impl Into<String>, password: Option<String>) -> Self {
        Self {
            user: user.into(),
            password,
            channel_binding: None,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .field("password", &password)
            .finish_non_exhaustive()
    }
}

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
    /// SCRAM went wrong: the server, or somebody in between, is not what it says.
    Scram(ScramFailure),
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
            Self::Scram(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for StartupFailure {}

/// Opens a session.
///
/// ```text
/// [StartupMessage] → Authentication… → ParameterStatus…, BackendKeyData → ReadyForQuery
/// ```
#[derive(Debug)]
pub struct Startup {
    segment: SegmentId,
    credentials: Credentials,
    proof: Proof,
    failure: Option<StartupFailure>,
}

/// How far the proof of identity has come.
#[derive(Debug)]
enum Proof {
    Open,
    Scram(Scram),
    Done,
}

impl Startup {
    /// Queues the first message; `settings` are run-time parameters of the session, `database` among them.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if a setting holds a zero byte; then nothing has been queued.
    pub fn start<'a>(
        to: &mut Connection,
        credentials: Credentials,
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, EncodeError> {
        let segment = to.begin();
        let mut all = vec![("user", credentials.user.as_str())];
        for setting in settings {
            all.push(setting);
        }
        if let Err(error) = frontend::startup(&mut to.out, ProtocolVersion::V3_0.number(), all) {
            to.abandon(segment);
            return Err(error);
        }
        to.close_segment();
        Ok(Self {
            segment,
            credentials,
            proof: Proof::Open,
            failure: None,
        })
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    fn authenticate(
        &mut self,
        step: Authentication<'_>,
        to: &mut Connection,
    ) -> Result<(), StartupFailure> {
        match (step, &mut self.proof) {
            (Authentication::Ok, proof @ Proof::Open) => *proof = Proof::Done,
            // A server that skips its own proof may be somebody else.
            (Authentication::Ok, Proof::Scram(scram)) => {
                scram.finished()?;
                self.proof = Proof::Done;
            }
            (Authentication::Cleartext, Proof::Open) => {
                let password = self.password()?.to_owned();
                send(to, |out| frontend::string(out, &password));
            }
            (Authentication::Md5(salt), Proof::Open) => {
                let hash = md5_hash(
                    self.credentials.user.as_bytes(),
                    self.password()?.as_bytes(),
                    salt,
                );
                send(to, |out| frontend::string(out, &hash));
            }
            (Authentication::Sasl(mechanisms), Proof::Open) => {
                let binding = self.credentials.channel_binding.clone();
                let scram = Scram::choose(mechanisms, self.password()?, binding)?;
                send(to, |out| scram.first(out));
                self.proof = Proof::Scram(scram);
            }
            (Authentication::SaslContinue(challenge), Proof::Scram(scram)) => {
                scram.answer(challenge)?;
                send(to, |out| scram.response(out));
            }
            (Authentication::SaslFinal(last), Proof::Scram(scram)) => scram.verify(last)?,
            (Authentication::Unsupported(method), Proof::Open) => {
                return Err(StartupFailure::Unsupported(method_name(method)));
            }
            _ => return Err(StartupFailure::Scram(ScramFailure::OutOfOrder)),
        }
        Ok(())
    }

    fn password(&self) -> Result<&str, StartupFailure> {
        self.credentials
            .password
            .as_deref()
            .ok_or(StartupFailure::PasswordNeeded)
    }
}

fn method_name(method: u32) -> String {
    match method {
        2 => "Kerberos V5 authentication".to_owned(),
        7 => "GSSAPI authentication".to_owned(),
        9 => "SSPI authentication".to_owned(),
        other => format!("authentication method {other}"),
    }
}

/// A PasswordMessage or a SASL message; their contents are short and checked before.
fn send(to: &mut Connection, body: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>) {
    let length = to.out.len();
    if frontend::message(&mut to.out, b'p', body).is_err() {
        // A password with a zero byte cannot be right: an empty one is refused by the server in its own words.
        to.out.truncate(length);
        to.out.extend_from_slice(b"p\0\0\0\x05\0");
    }
}

impl Exchange for Startup {
    type Output = Result<(), StartupFailure>;

    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        match message {
            Backend::Authentication(step) => {
                if let Err(failure) = self.authenticate(step, to) {
                    return Ok(Step::Done(Err(failure)));
                }
            }
            Backend::BackendKeyData { process, secret } => to.set_key(process, secret),
            Backend::NegotiateProtocolVersion { .. } => {}
            Backend::Error(body) => {
                let error = ServerError::read(body).map_err(ProtocolError::malformed(b'E'))?;
                return Ok(Step::Done(Err(StartupFailure::Server(Box::new(error)))));
            }
            Backend::ReadyForQuery(_) => {
                return match self.proof {
                    Proof::Done => Ok(Step::Done(Ok(()))),
                    _ => Err(ProtocolError::Unexpected {
                        tag: b'Z',
                        expected: "AuthenticationOk",
                    }),
                };
            }
            _ => {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: "a reply to StartupMessage",
                });
            }
        }
        Ok(Step::More)
    }

    fn skipped(&mut self) -> Self::Output {
        self.failure.take().map_or(Ok(()), Err)
    }
}
