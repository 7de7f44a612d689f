//! The variables of the environment that libpq reads, and where it looks for its files.

use super::draft::Draft;
use super::service::read_section;
use super::{Dsn, DsnError};

/// Every variable, and the setting it stands for. What the session's date style and time zone are is not asked: they are
/// fixed, because text of dates is read by them.
const VARIABLES: [(&str, &str); 38] = [
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile"),
    ("PGDATABASE", "dbname"),
    ("PGSERVICE", "service"),
    ("PGSERVICEFILE", "servicefile"),
    ("PGAPPNAME", "application_name"),
    ("PGOPTIONS", "options"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGCLIENTENCODING", "client_encoding"),
    ("PGREQUIREAUTH", "require_auth"),
    ("PGCHANNELBINDING", "channel_binding"),
    // The older name: where both are set, the other one counts.
    ("PGREQUIRESSL", "requiressl"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGSSLCOMPRESSION", "sslcompression"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLCERTMODE", "sslcertmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCRL", "sslcrl"),
    ("PGSSLCRLDIR", "sslcrldir"),
    ("PGSSLSNI", "sslsni"),
    ("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"),
    ("PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
    ("PGREQUIREPEER", "requirepeer"),
    ("PGGSSENCMODE", "gssencmode"),
    ("PGGSSLIB", "gsslib"),
    ("PGGSSDELEGATION", "gssdelegation"),
    ("PGKRBSRVNAME", "krbsrvname"),
    ("PGMINPROTOCOLVERSION", "min_protocol_version"),
    ("PGMAXPROTOCOLVERSION", "max_protocol_version"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ("PGOAUTHCAFILE", "oauth_ca_file"),
];

impl Dsn {
    /// Takes from the `PG…` variables of an environment what is not set here.
    ///
    /// # Errors
    ///
    /// [`DsnError::Environment`] if a variable makes no sense, needed or not; [`DsnError::Value`] if PGPORT lists another number of ports
    /// than there are hosts here.
    pub fn with_environment(
        self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, DsnError> {
        let mut draft = Draft::default();
        for (name, key) in VARIABLES {
            let Some(value) = variable(name) else {
                continue;
            };
            let taken = match (key, &*value) {
                ("requiressl", "1") => draft.set("sslmode", "require"),
                ("requiressl", _) => Ok(()),
                _ => draft.set(key, &value),
            };
            taken.map_err(environment(name))?;
        }
        // Only hosts and ports can still be wrong, and they are named in the error.
        let other = draft
            .finish()
            .map_err(environment("PGHOST, PGHOSTADDR or PGPORT"))?;
        self.or(other)
    }

    /// Takes what is not set here from the service that these settings or the environment name, if they name one.
    ///
    /// What is said by the text comes first, then what the service says, then the environment: so this is called before
    /// [`with_environment`](Self::with_environment). `read` reads a file, and says `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`DsnError::NoService`] if no file has the section; [`DsnError::Service`] if a line of it makes no sense.
    pub fn with_service(
        self,
        variable: impl Fn(&str) -> Option<String>,
        read: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, DsnError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let Some(name) = self.service.clone().or_else(|| variable("PGSERVICE")) else {
            return Ok(self);
        };
        let own = self
            .service_file
            .clone()
            .or_else(|| variable("PGSERVICEFILE"));
        let of_user = || Some(format!("{}/.pg_service.conf", variable("HOME")?));
        let of_system = variable("PGSYSCONFDIR").map(|folder| format!("{folder}/pg_service.conf"));
        let files: Vec<String> = own.or_else(of_user).into_iter().chain(of_system).collect();
        for file in &files {
            let section = match read(file) {
                Some(text) => read_section(&text, &name)?,
                None => None,
            };
            if let Some(section) = section {
                return self.or(section);
            }
        }
        Err(DsnError::NoService { name, files })
    }

    /// Names the password file of the user's home folder, unless another one is named here.
    #[must_use]
    pub fn with_default_passfile(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let under = |folder: &str, file: &str| {
            variable(folder)
                .filter(|folder| !folder.is_empty())
                .map(|folder| format!("{folder}/{file}"))
        };
        let windows = || under("APPDATA", "postgresql/pgpass.conf");
        self.passfile = self
            .passfile
            .or_else(|| under("HOME", ".pgpass"))
            .or_else(windows);
        self
    }
}

fn environment(variable: &'static str) -> impl Fn(DsnError) -> DsnError {
    move |cause| DsnError::Environment {
        variable,
        cause: Box::new(cause),
    }
}
