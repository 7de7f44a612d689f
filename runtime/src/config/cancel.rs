//! What becomes of calls that are dropped.

use super::Config;

impl Config {
    /// Whether dropping a call that runs asks the server at once to stop it: not unless told otherwise.
    ///
    /// Without it the statement runs on, and the next call of the session cancels it if it takes long. With it, what the
    /// statement holds is given back as soon as the server has heard, whether or not the session is used again. The
    /// price is a connection of its own for each call that is dropped. A task that lives only for it carries the
    /// request, if the call is dropped inside a runtime of tokio; elsewhere the next call of the session does. No
    /// statement is sent in the session before the server has heard.
    #[must_use]
    pub fn cancel_on_drop(mut self, cancel: bool) -> Self {
        self.cancel_on_drop = cancel;
        self
    }

    pub(crate) fn cancels_on_drop(&self) -> bool {
        self.cancel_on_drop
    }
}
