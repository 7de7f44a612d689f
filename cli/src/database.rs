//! The database that a command asks: one that is named, the project's private server, or one started for the command.

use hathi_describe::{Database, Dsn, Limits};
use hathi_local::{OwnedServer, Server};

use crate::failure::Failure;
use crate::migrations;
use crate::output::progress;
use crate::project::{Address, Project, is_offline};

/// Which database the user wants, if any in particular.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// The URL of the command line.
    pub(crate) url: Option<String>,
    /// A private server of this major.
    pub(crate) major: Option<u32>,
}

/// A database to ask. A server that was started for the command stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The connection.
    pub(crate) database: Database,
    name: String,
    _private: Option<OwnedServer>,
}

impl Asked {
    /// Connects to the database that the command line or the project's surroundings name, else to the private server
    /// that runs, else to one that is started.
    pub(crate) fn open(project: &Project, wanted: &Wanted) -> Result<Self, Failure> {
        let given = wanted.url.clone().map(|url| Address {
            origin: "--database-url".to_owned(),
            url,
        });
        if let Some(address) = given {
            return Self::named(project, &address);
        }
        if wanted.major.is_some() {
            return Self::private(project, wanted.major);
        }
        if let Some(address) = project.address() {
            return Self::named(project, &address);
        }
        match Server::shared(project.live()).find()? {
            Some(running) => Self::migrated(
                project,
                &running.url(),
                "the server of `cargo hathi db`",
                None,
            ),
            None => Self::private(project, None),
        }
    }

    /// What the database is called in sentences.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The failure of a conversation with it.
    pub(crate) fn failure(&self, error: &hathi_describe::Error) -> Failure {
        Failure::database(&self.name, error)
    }

    fn named(project: &Project, address: &Address) -> Result<Self, Failure> {
        let dsn = read(&address.url, &address.origin)?;
        let host = dsn
            .hosts
            .first()
            .map(|host| format!(" at {host}"))
            .unwrap_or_default();
        let name = match &dsn.database {
            Some(database) => format!("the database \"{database}\"{host} ({})", address.origin),
            None => format!("the database{host} ({})", address.origin),
        };
        Self::connect(project, &dsn, name, project.settings.scratch, None)
    }

    fn private(project: &Project, major: Option<u32>) -> Result<Self, Failure> {
        let mut server = Server::owned().progress(|step| progress(step));
        if let Some(major) = major {
            server = server.major(major);
        }
        if is_offline() {
            server = server.offline();
        }
        let server = server.start()?;
        Self::migrated(project, &server.url(), "a private server", Some(server))
    }

    /// A private server always has the project's migrations.
    fn migrated(
        project: &Project,
        url: &str,
        name: &str,
        private: Option<OwnedServer>,
    ) -> Result<Self, Failure> {
        let scripts = migrations::read(&project.migrations())?;
        if !scripts.is_empty() {
            migrations::apply(url, &scripts)?;
        }
        Self::connect(project, &read(url, name)?, name.to_owned(), true, private)
    }

    fn connect(
        project: &Project,
        dsn: &Dsn,
        name: String,
        scratch: bool,
        private: Option<OwnedServer>,
    ) -> Result<Self, Failure> {
        let database = Database::connect(dsn, Limits::default());
        let mut database = database.map_err(|error| Failure::database(&name, &error))?;
        database.set_scratch(scratch);
        database.set_declared(&project.settings.functions);
        Ok(Self {
            database,
            name,
            _private: private,
        })
    }
}

fn read(url: &str, origin: &str) -> Result<Dsn, Failure> {
    url.parse()
        .map_err(|error| Failure::database_url(origin, &format!("{error}")))
}
