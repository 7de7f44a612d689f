//! Where a password comes from: written down, asked for at each connect, or looked up in a file.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use hathi_wire::{Host, Secret, UnusablePassfile, password_in};

use super::{Config, passfile};
use crate::error::Kind;

type Cause = Box<dyn StdError + Send + Sync>;
type Answer = Pin<Box<dyn Future<Output = Result<String, Cause>> + Send>>;

/// Asks for a password. Two are the same if they are clones of one.
#[derive(Clone)]
pub(super) struct Callback(Arc<dyn Fn() -> Answer + Send + Sync>);

impl PartialEq for Callback {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Callback {}

/// The password of one connect, which may depend on the host.
pub(crate) enum Password {
    Known(Option<Secret>),
    // The text of the password file, or why it is not used.
    File(Result<String, UnusablePassfile>),
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl Password {
    /// The password for a host.
    pub(crate) fn of(&self, host: &Host, database: &str, role: &str) -> Option<String> {
        let secret = match self {
            Self::Known(secret) => secret.clone(),
            Self::File(Ok(text)) => password_in(text, host, database, role),
            Self::File(Err(_)) => None,
        };
        secret.map(|secret| secret.expose().to_owned())
    }

    /// Why the file that could have a password is not used.
    pub(crate) fn trouble(&self) -> Option<&UnusablePassfile> {
        match self {
            Self::File(Err(unusable)) => Some(unusable),
            _ => None,
        }
    }
}

impl Config {
    /// Asks for the role's password at each connect: for tokens that expire, and secrets that rotate.
    ///
    /// It is asked once for each session that is opened, whatever the number of hosts, and its answer is not kept. The
    /// time it takes counts to the limit of connecting; when that has passed, its future is dropped.
    ///
    /// # Example: a token that is fetched for each session
    ///
    /// ```
    /// use hathi::Config;
    ///
    /// async fn token() -> Result<String, std::io::Error> {
    ///     Ok("fetched from somewhere".to_owned())
    /// }
    ///
    /// let config = Config::new().user("ada").password_with(token);
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn password_with<F, A, E>(mut self, ask: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.callback = Some(Callback(Arc::new(move || {
            let answer = ask();
            Box::pin(async move { answer.await.map_err(Into::into) })
        })));
        self.dsn.password = None;
        self
    }

    /// The file that has the password, if none is given in another way: libpq's `.pgpass`, one line of
    /// `host:port:database:user:password` for each login. It must be readable by its owner only.
    #[must_use]
    pub fn passfile(mut self, file: impl Into<String>) -> Self {
        self.dsn.passfile = Some(file.into());
        self
    }

    /// Finds the password of one connect.
    pub(crate) async fn find_password(&self) -> Result<Password, Kind> {
        if let Some(callback) = &self.callback {
            let answer = (callback.0)().await.map_err(Kind::Password)?;
            return Ok(Password::Known(Some(Secret::new(answer))));
        }
        match (&self.dsn.password, &self.dsn.passfile) {
            (None, Some(file)) => Ok(Password::File(passfile::read(file))),
            (password, _) => Ok(Password::Known(password.clone())),
        }
    }

    /// The password for a host, in the database and as the role of this configuration.
    pub(crate) fn password_for(
        &self,
        password: &Password,
        host: &Host,
        role: &str,
    ) -> Option<String> {
        password.of(host, self.database_of(role), role)
    }
}
