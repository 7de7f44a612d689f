//! SCRAM-SHA-256, with and without channel binding: what the library does not check is checked here.

use std::fmt;

use postgres_protocol::authentication::sasl::{
    ChannelBinding as Binding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256,
};

use super::{Credentials, StartupFailure};
use crate::dsn::ChannelBinding;
use crate::exchange::EncodeError;
use crate::frontend;

/// The most iterations a server may ask for: a hostile one could keep the client busy for hours.
pub const ITERATION_LIMIT: u32 = 600_000;

/// How SCRAM can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScramFailure {
    /// The server asks for more iterations than [`ITERATION_LIMIT`].
    TooManyIterations {
        /// How many it asks for.
        found: String,
    },
    /// The server could not prove that it knows the password, or its messages make no sense.
    Verification(String),
    /// The server left out a step of its proof, or took one twice.
    OutOfOrder,
}

impl fmt::Display for ScramFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyIterations { found } => write!(
                f,
                "the server asks for {found} SCRAM iterations, more than {ITERATION_LIMIT}: lower scram_iterations on the server and set the password again"
            ),
            Self::Verification(words) => write!(f, "SCRAM failed: {words}"),
            Self::OutOfOrder => f.write_str("the server left the order of authentication: it may not be the server it claims to be"),
        }
    }
}

impl From<ScramFailure> for StartupFailure {
    fn from(failure: ScramFailure) -> Self {
        Self::Scram(failure)
    }
}

/// One run of SCRAM.
pub(super) struct Scram {
    mechanism: &'static str,
    state: ScramSha256,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    First,
    Answered,
    Verified,
}

impl fmt::Debug for Scram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scram")
            .field("mechanism", &self.mechanism)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

/// What SCRAM is spoken as: the name of the mechanism, and what binds it to the transport.
pub(super) struct Choice {
    mechanism: &'static str,
    binding: Binding,
}

/// Picks the strongest mechanism both sides know and the credentials allow.
pub(super) fn choose(
    mechanisms: &[u8],
    credentials: &Credentials,
) -> Result<Choice, StartupFailure> {
    let offers = |name: &str| {
        mechanisms
            .split(|&byte| byte == 0)
            .any(|offer| offer == name.as_bytes())
    };
    let (plain, bound) = (offers(SCRAM_SHA_256), offers(SCRAM_SHA_256_PLUS));
    if !plain && !bound {
        return Err(StartupFailure::Unsupported(listed(mechanisms)));
    }
    let unbound = |because| Err(StartupFailure::Unbound { because });
    let data = credentials.channel_binding.as_ref();
    let (mechanism, binding) = match (credentials.binding, data) {
        (ChannelBinding::Require, _) if !credentials.encrypted && data.is_none() => {
            return unbound(
                "the connection is not encrypted: use sslmode=require or more, and not a unix socket",
            );
        }
        (ChannelBinding::Require, _) if !bound => {
            return unbound(
                "the server does not offer SCRAM-SHA-256-PLUS: somebody may be in between",
            );
        }
        (ChannelBinding::Require, None) => {
            return unbound("the server's certificate has nothing to bind to");
        }
        (ChannelBinding::Prefer | ChannelBinding::Require, Some(data)) if bound => {
            let data = data.clone();
            (SCRAM_SHA_256_PLUS, Binding::tls_server_end_point(data))
        }
        // Only a server that speaks TLS can offer it: somebody has taken the encryption away in between.
        (_, None) if bound && !credentials.encrypted => {
            return Err(ScramFailure::Verification(
                "the server offers SCRAM-SHA-256-PLUS on a connection that is not encrypted"
                    .to_owned(),
            )
            .into());
        }
        // The transport could bind and the server does not offer it: say so, so that a man in between is found out.
        (ChannelBinding::Prefer, Some(_)) if plain => (SCRAM_SHA_256, Binding::unrequested()),
        _ if plain => (SCRAM_SHA_256, Binding::unsupported()),
        _ => return Err(StartupFailure::Unsupported(listed(mechanisms))),
    };
    Ok(Choice { mechanism, binding })
}

impl Scram {
    pub(super) fn new(choice: Choice, password: &str) -> Self {
        Self {
            mechanism: choice.mechanism,
            state: ScramSha256::new(password.as_bytes(), choice.binding),
            step: Step::First,
        }
    }

    /// The body of SASLInitialResponse.
    pub(super) fn first(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        frontend::string(out, self.mechanism)?;
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(self.state.message());
        let length = i32::try_from(self.state.message().len()).map_err(|_| EncodeError::TooLong)?;
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    /// Takes the server's challenge.
    pub(super) fn answer(&mut self, challenge: &[u8]) -> Result<(), StartupFailure> {
        if self.step != Step::First {
            return Err(ScramFailure::OutOfOrder.into());
        }
        check_iterations(challenge)?;
        self.state.update(challenge).map_err(failed)?;
        self.step = Step::Answered;
        Ok(())
    }

    /// The body of SASLResponse.
    pub(super) fn response(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(self.state.message());
        Ok(())
    }

    /// Takes the server's own proof.
    pub(super) fn verify(&mut self, last: &[u8]) -> Result<(), StartupFailure> {
        if self.step != Step::Answered {
            return Err(ScramFailure::OutOfOrder.into());
        }
        self.state.finish(last).map_err(failed)?;
        self.step = Step::Verified;
        Ok(())
    }

    /// The server says that all is well: has it proven so?
    pub(super) fn finished(&self) -> Result<(), StartupFailure> {
        if self.step == Step::Verified {
            Ok(())
        } else {
            Err(ScramFailure::OutOfOrder.into())
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err wants"
)]
fn failed(error: std::io::Error) -> ScramFailure {
    ScramFailure::Verification(error.to_string())
}

fn listed(mechanisms: &[u8]) -> String {
    let names = mechanisms
        .split(|&byte| byte == 0)
        .filter(|name| !name.is_empty())
        .map(String::from_utf8_lossy);
    format!("SASL mechanism {}", names.collect::<Vec<_>>().join(", "))
}

/// `r=…,s=…,i=4096`: the count is looked at before anything is computed with it.
fn check_iterations(challenge: &[u8]) -> Result<(), ScramFailure> {
    let asked = challenge
        .split(|&byte| byte == b',')
        .filter_map(|part| part.strip_prefix(b"i="));
    for digits in asked {
        let count = std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse::<u32>().ok());
        if count.is_none_or(|count| count > ITERATION_LIMIT) {
            return Err(ScramFailure::TooManyIterations {
                found: String::from_utf8_lossy(digits).into_owned(),
            });
        }
    }
    Ok(())
}
