//! Who is told what the server says beside its answers.

use std::fmt;
use std::sync::Arc;

use hathi_wire::ServerError;

use super::Config;

type OnNotice = Arc<dyn Fn(&ServerError) + Send + Sync>;
type OnParameter = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// Who is told.
#[derive(Clone, Default)]
pub(crate) struct Listeners {
    notice: Option<OnNotice>,
    parameter: Option<OnParameter>,
}

impl Listeners {
    /// Tells of a notice; whether there was somebody to tell.
    pub(crate) fn notice(&self, notice: &ServerError) -> bool {
        self.notice.as_ref().map(|tell| tell(notice)).is_some()
    }

    /// Tells of a setting that has changed.
    pub(crate) fn parameter(&self, name: &str, value: &str) {
        if let Some(tell) = &self.parameter {
            tell(name, value);
        }
    }

    pub(crate) fn wants_parameters(&self) -> bool {
        self.parameter.is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.notice.is_none() && self.parameter.is_none()
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners")
            .field("notice", &self.notice.is_some())
            .field("parameter", &self.parameter.is_some())
            .finish()
    }
}

/// Equal if the same functions are told.
impl PartialEq for Listeners {
    fn eq(&self, other: &Self) -> bool {
        let notices = match (&self.notice, &other.notice) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        let parameters = match (&self.parameter, &other.parameter) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        notices && parameters
    }
}

impl Eq for Listeners {}

impl Config {
    /// Calls a function for every notice of the server: `RAISE NOTICE`, warnings, `client_min_messages`.
    ///
    /// It is called by whoever awaits an answer of the session, so it should be quick. Without it notices wait in the
    /// session, for [`Session::take_notice`](crate::Session::take_notice).
    ///
    /// # Example: warnings in the log
    ///
    /// ```
    /// use hathi::{Config, Severity};
    ///
    /// let config = Config::new().on_notice(|notice| {
    ///     if notice.severity == Severity::Warning {
    ///         eprintln!("the database warns: {notice}");
    ///     }
    /// });
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn on_notice(mut self, tell: impl Fn(&ServerError) + Send + Sync + 'static) -> Self {
        self.listeners.notice = Some(Arc::new(tell));
        self
    }

    /// Calls a function with the name and the value of every setting that the server reports: when a session opens, and
    /// whenever one of them changes.
    #[must_use]
    pub fn on_parameter(mut self, tell: impl Fn(&str, &str) + Send + Sync + 'static) -> Self {
        self.listeners.parameter = Some(Arc::new(tell));
        self
    }

    pub(crate) fn listeners(&self) -> &Listeners {
        &self.listeners
    }
}
