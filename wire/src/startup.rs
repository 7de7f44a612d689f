//! The exchange that opens a session: settings, proof of identity, and what the server says about itself.

use postgres_protocol::authentication::md5_hash;

use crate::backend::{Authentication, Backend};
use crate::connection::{Connection, SegmentId};
use crate::dsn::{AuthMethod, ChannelBinding, ProtocolVersion};
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::frontend;
use crate::server_error::ServerError;

mod credentials;
mod failure;
mod scram;
#[cfg(test)]
mod tests;
mod verifier;

pub use credentials::Credentials;
pub use failure::StartupFailure;
pub use scram::{ITERATION_LIMIT, ScramFailure};
pub use verifier::scram_verifier;

use scram::Scram;

/// Opens a session.
///
/// ```text
/// [StartupMessage] → NegotiateProtocolVersion? → Authentication… → ParameterStatus…, BackendKeyData → ReadyForQuery
/// ```
#[derive(Debug)]
pub struct Startup {
    segment: SegmentId,
    credentials: Credentials,
    proof: Proof,
    negotiated: bool,
}

/// How far the proof of identity has come.
///
/// ```text
/// Open ──password, MD5──> Sent ──Ok──> Done
///   ├── SASL ──> Scram ──────────Ok──> Done
///   └── Ok ──> Done
/// ```
#[derive(Debug)]
enum Proof {
    Open,
    Sent,
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
        let version = credentials.max_protocol_version.number();
        let mut all = vec![("user", credentials.user.as_str())];
        for setting in settings {
            all.push(setting);
        }
        if let Err(error) = frontend::startup(&mut to.out, version, all) {
            to.abandon(segment);
            return Err(error);
        }
        to.close_segment();
        Ok(Self {
            segment,
            credentials,
            proof: Proof::Open,
            negotiated: false,
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
            (Authentication::Ok, Proof::Open) => {
                self.permit(AuthMethod::None)?;
                self.proof = Proof::Done;
            }
            (Authentication::Ok, proof @ Proof::Sent) => *proof = Proof::Done,
            // A server that skips its own proof may be somebody else.
            (Authentication::Ok, Proof::Scram(scram)) => {
                scram.finished()?;
                self.proof = Proof::Done;
            }
            (Authentication::Cleartext, Proof::Open) => {
                self.permit(AuthMethod::Password)?;
                let password = self.password()?.to_owned();
                send(to, |out| frontend::string(out, &password));
                self.proof = Proof::Sent;
            }
            (Authentication::Md5(salt), Proof::Open) => {
                self.permit(AuthMethod::Md5)?;
                let (user, password) = (&self.credentials.user, self.password()?);
                let hash = md5_hash(user.as_bytes(), password.as_bytes(), salt);
                send(to, |out| frontend::string(out, &hash));
                self.proof = Proof::Sent;
            }
            (Authentication::Sasl(mechanisms), Proof::Open) => {
                let choice = scram::choose(mechanisms, &self.credentials)?;
                self.permit(AuthMethod::ScramSha256)?;
                let scram = Scram::new(choice, self.password()?);
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

    /// Whether the server may ask in this way; nothing has been sent to it yet that proves anything.
    fn permit(&self, asked: AuthMethod) -> Result<(), StartupFailure> {
        if let Some(allowed) = &self.credentials.require_auth
            && !allowed.allow(asked)
        {
            let allowed = allowed.clone();
            return Err(StartupFailure::Method { asked, allowed });
        }
        if self.credentials.binding == ChannelBinding::Require && asked != AuthMethod::ScramSha256 {
            return Err(StartupFailure::Unbound {
                because: "the server asks for another proof: use scram-sha-256 in pg_hba.conf",
            });
        }
        Ok(())
    }

    /// The server does not speak what was asked for, but something older.
    fn negotiate(&mut self, version: u32, unknown_options: u32) -> Result<(), StartupFailure> {
        let asked = self.credentials.max_protocol_version.number();
        let min = self.credentials.min_protocol_version;
        let nonsense = |words| Err(StartupFailure::Negotiation { words });
        if unknown_options > 0 {
            return nonsense("it refuses options that were not asked for");
        }
        if version > asked {
            return nonsense("it is newer than what was asked for");
        }
        if version < ProtocolVersion::V3_0.number() {
            return nonsense("it is older than all that is spoken");
        }
        if version < min.number() {
            let found = (version >> 16, version & 0xffff);
            return Err(StartupFailure::ProtocolVersion { min, found });
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
            Backend::NegotiateProtocolVersion {
                version,
                unknown_options,
            } if matches!(self.proof, Proof::Open) && !self.negotiated => {
                self.negotiated = true;
                if let Err(failure) = self.negotiate(version, unknown_options) {
                    return Ok(Step::Done(Err(failure)));
                }
            }
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
        Ok(())
    }
}
