//! What became of every place where a server was looked for.

use std::fmt;

use hathi_wire::ServerError;

use super::Kind;

/// Every place that was tried, in order, and why it was not taken.
#[derive(Debug)]
pub(crate) struct Attempts {
    what: &'static str,
    tried: Vec<(String, Kind)>,
}

impl Attempts {
    /// None so far; what the places are called when there are several.
    pub(crate) fn new(what: &'static str) -> Self {
        Self {
            what,
            tried: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, place: String, cause: Kind) {
        self.tried.push((place, cause));
    }

    /// The cause, if there was one attempt only: its place says nothing.
    pub(crate) fn into_cause(mut self) -> Kind {
        match self.tried.pop() {
            Some((_, cause)) if self.tried.is_empty() => cause,
            last => {
                self.tried.extend(last);
                Kind::Connect(self)
            }
        }
    }

    /// The last words of a server, which are more than those of a network.
    pub(super) fn server(&self) -> Option<&ServerError> {
        self.tried
            .iter()
            .rev()
            .find_map(|(_, cause)| cause.server())
    }

    /// Whether nothing went wrong but that time ran out.
    pub(crate) fn is_timeout(&self) -> bool {
        !self.tried.is_empty() && self.tried.iter().all(|(_, cause)| cause.is_timeout())
    }

    /// Whether it is so of every attempt.
    pub(super) fn all(&self, is_so: impl Fn(&Kind) -> bool) -> bool {
        !self.tried.is_empty() && self.tried.iter().all(|(_, cause)| is_so(cause))
    }

    /// Whether a place was left because it could not be encrypted as it has to be.
    pub(super) fn is_tls(&self) -> bool {
        self.tried.iter().any(|(_, cause)| cause.is_tls())
    }
}

impl fmt::Display for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tried = match &*self.tried {
            [(place, cause)] => return write!(f, "cannot connect to {place}: {cause}"),
            tried => tried,
        };
        write!(f, "cannot connect to any of {} {}:", tried.len(), self.what)?;
        for (place, cause) in tried {
            let cause = cause.to_string().replace('\n', "\n  ");
            write!(f, "\n  {place}: {cause}")?;
        }
        Ok(())
    }
}
