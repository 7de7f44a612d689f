//! SCRAM-SHA-256, with and without channel binding: what the library does not check is checked here.

use std::fmt;

use postgres_protocol::authentication::sasl::{
    ChannelBinding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256,
};

use super::StartupFailure;
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

impl Scram {
    /// Picks the strongest mechanism both sides know.
    pub(super) fn choose(
        mechanisms: &[u8],
        password: &str,
        binding: Option<Vec<u8>>,
    ) -> Result<Self, StartupFailure> {
        let offers = |name: &str| {
            mechanisms
                .split(|&byte| byte == 0)
                .any(|offer| offer == name.as_bytes())
        };
        let (mechanism, binding) = match binding {
            Some(data) if offers(SCRAM_SHA_256_PLUS) => (
                SCRAM_SHA_256_PLUS,
                ChannelBinding::tls_server_end_point(data),
            ),
            // The transport could bind and the server does not offer it: say so, so that a man in between is found out.
            Some(_) if offers(SCRAM_SHA_256) => (SCRAM_SHA_256, ChannelBinding::unrequested()),
            None if offers(SCRAM_SHA_256) => (SCRAM_SHA_256, ChannelBinding::unsupported()),
            _ => return Err(StartupFailure::Unsupported(listed(mechanisms))),
        };
        Ok(Self {
            mechanism,
            state: ScramSha256::new(password.as_bytes(), binding),
            step: Step::First,
        })
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
