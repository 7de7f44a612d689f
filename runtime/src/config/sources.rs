//! Configurations from a text, from the environment, and from the files that both name.

use std::str::FromStr;

use hathi_wire::Dsn;

use super::Config;
use crate::error::Error;

impl Config {
    /// All from the environment, as psql without arguments would connect: see [`or_environment`](Self::or_environment).
    ///
    /// # Errors
    ///
    /// If a variable or the service file makes no sense.
    ///
    /// # Example: a program that is configured by PGHOST, PGUSER, …
    ///
    /// ```no_run
    /// let config = hathi::Config::from_env()?.application_name("ship");
    /// # let _ = config;
    /// # Ok::<(), hathi::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        Self::new().or_environment()
    }

    /// Fills what is not set from libpq's surroundings: the service that `PGSERVICE` names in the service file, then
    /// the variables `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGSSLMODE`, …, then `~/.pgpass` for the password.
    ///
    /// A configuration that was read from a text takes only the text, and the files that the text names, until this is
    /// called; libpq itself always does this. `PGHOST` and `PGHOSTADDR` do not count where a host is set.
    ///
    /// # Errors
    ///
    /// If a variable or the service file makes no sense, whether it is needed or not.
    ///
    /// # Example: a URL whose password is in `~/.pgpass` or `PGPASSWORD`
    ///
    /// ```no_run
    /// let config: hathi::Config = "postgres://ada@db.example.org/crew".parse()?;
    /// let config = config.or_environment()?;
    /// # let _ = config;
    /// # Ok::<(), hathi::Error>(())
    /// ```
    pub fn or_environment(self) -> Result<Self, Error> {
        self.or_variables(variable)
    }

    /// As [`or_environment`](Self::or_environment), with variables from somewhere else.
    ///
    /// # Errors
    ///
    /// As [`or_environment`](Self::or_environment).
    ///
    /// # Example: variables with a prefix of one's own
    ///
    /// ```
    /// use hathi::Config;
    ///
    /// let config = Config::new().or_variables(|name| match name {
    ///     "PGHOST" => Some("db.example.org".to_owned()),
    ///     other => std::env::var(format!("SHIP_{other}")).ok(),
    /// })?;
    /// assert_eq!(config, Config::new().host("db.example.org"));
    /// # Ok::<(), hathi::Error>(())
    /// ```
    pub fn or_variables(
        mut self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let secret = self.dsn.password.clone();
        self.dsn = self
            .dsn
            .with_service(&variable, file)?
            .with_environment(&variable)?
            .with_default_passfile(&variable);
        if self.callback.is_some() {
            // Who asks for a password at each connect does not want one that is written down.
            self.dsn.password = secret;
        }
        Ok(self)
    }
}

impl FromStr for Config {
    type Err = Error;

    /// Reads a URL or libpq's `key=value` text. Nothing but the text counts, and the service that it names, if any: see
    /// [`or_environment`](Config::or_environment) for more.
    fn from_str(text: &str) -> Result<Self, Error> {
        let dsn: Dsn = text.parse()?;
        let dsn = match dsn.service {
            Some(_) => dsn.with_service(variable, file)?,
            None => dsn,
        };
        Ok(Self::from_dsn(dsn))
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The text of a file, if it can be read.
fn file(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}
