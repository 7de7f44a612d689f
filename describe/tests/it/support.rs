//! Servers of every supported version, a database of its own for each test, and a session that fills it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use hathi_describe::{Database, Limits};
use hathi_local::{OwnedServer, Server};
use hathi_query_cache::{ColumnDescription, Description, Elements, Mistakes, Template};
use hathi_wire::{
    Connection, Credentials, Dsn, Exchange, Input, Prepare, Prepared, ServerError, Simple, Startup,
    Step,
};

/// Every supported version.
pub(crate) const MAJORS: [u32; 5] = [14, 15, 16, 17, 18];

/// A database that one test has for itself.
pub(crate) struct Scratch {
    pub(crate) major: u32,
    pub(crate) dsn: Dsn,
    pub(crate) session: Session,
    pub(crate) database: Database,
}

/// Runs a test on a fresh database with this schema, on every version.
pub(crate) fn on_every_version(schema: &str, mut test: impl FnMut(&mut Scratch)) {
    for major in MAJORS {
        test(&mut scratch(major, schema));
    }
}

/// A fresh database with this schema.
pub(crate) fn scratch(major: u32, schema: &str) -> Scratch {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let url = url(major);
    Session::open(&url.parse().unwrap()).run(&format!("CREATE DATABASE {name}"));
    let mut dsn: Dsn = url.parse().unwrap();
    dsn.database = Some(name);
    let mut session = Session::open(&dsn);
    session.run(schema);
    let database = Database::connect(&dsn, Limits::default()).unwrap();
    Scratch {
        major,
        dsn,
        session,
        database,
    }
}

/// Where the server of a version is; it is started when it is first asked for and stops with this process.
pub(crate) fn url(major: u32) -> String {
    static SERVERS: Mutex<BTreeMap<u32, OwnedServer>> = Mutex::new(BTreeMap::new());
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    let server = servers
        .entry(major)
        .or_insert_with(|| Server::owned().major(major).start().unwrap());
    server.url()
}

impl Scratch {
    /// Describes one statement.
    #[track_caller]
    pub(crate) fn answer(&mut self, sql: &str) -> Result<Description, Mistakes> {
        let template = Template::parse(sql).unwrap();
        self.database.describe(&[template]).unwrap().remove(0)
    }

    /// Describes one statement that the server accepts.
    #[track_caller]
    pub(crate) fn describe(&mut self, sql: &str) -> Description {
        self.answer(sql)
            .unwrap_or_else(|error| panic!("{}: {sql}: {error}", self.major))
    }

    /// Describes the columns of one statement.
    #[track_caller]
    pub(crate) fn columns(&mut self, sql: &str) -> Vec<ColumnDescription> {
        self.describe(sql)
            .columns
            .unwrap_or_else(|| panic!("{}: {sql}: no columns", self.major))
    }

    /// Holds the claims about NULL against `expected`: `!` for a column proven not null, `?` for any other.
    #[track_caller]
    pub(crate) fn check(&mut self, sql: &str, expected: &str) {
        let columns = self.columns(sql);
        let found: String = columns
            .iter()
            .map(|column| if column.nullable { '?' } else { '!' })
            .collect();
        let reasons: Vec<_> = columns
            .iter()
            .filter_map(|column| column.because.as_deref())
            .collect();
        assert_eq!(found, expected, "on {}: {sql}\n{reasons:?}", self.major);
    }

    /// Holds the claims against `expected` and against the rows that the statement returns.
    #[track_caller]
    pub(crate) fn check_and_run(&mut self, sql: &str, expected: &str) {
        self.check(sql, expected);
        self.never_broken(sql);
    }

    /// Holds the claims about elements of arrays against `expected`, `*` for those proven not null, and against the rows.
    #[track_caller]
    pub(crate) fn check_elements(&mut self, sql: &str, expected: &str) {
        let columns = self.columns(sql);
        let proven = |column: &ColumnDescription| column.elements == Some(Elements::NotNull);
        let found: String = columns
            .iter()
            .map(|column| if proven(column) { '*' } else { '.' })
            .collect();
        assert_eq!(found, expected, "on {}: {sql}", self.major);
        for row in self.session.query(sql).unwrap() {
            for (column, value) in columns.iter().zip(&row) {
                let mut elements = value.iter().flat_map(|value| value.split(['{', ',', '}']));
                let is_broken = proven(column) && elements.any(|element| element == "NULL");
                assert!(!is_broken, "on {}: {sql}: {value:?}", self.major);
            }
        }
        self.never_broken(sql);
    }

    /// Runs a statement, takes back what it did, and fails if a column that is proven not null is NULL.
    #[track_caller]
    pub(crate) fn never_broken(&mut self, sql: &str) {
        let columns = self.columns(sql);
        self.session.run("BEGIN");
        let rows = self
            .session
            .query(sql)
            .unwrap_or_else(|error| panic!("{}: {sql}: {error}", self.major));
        self.session.run("ROLLBACK");
        for row in rows {
            assert_eq!(row.len(), columns.len(), "on {}: {sql}", self.major);
            for (column, value) in columns.iter().zip(&row) {
                let is_broken = value.is_none() && !column.nullable;
                assert!(
                    !is_broken,
                    "on {}: {sql}: {} is NULL in {row:?}",
                    self.major, column.name
                );
            }
        }
    }
}

/// A row of text.
pub(crate) type TextRow = Vec<Option<String>>;

/// A session that executes, which the crate under test never does.
pub(crate) struct Session {
    stream: UnixStream,
    connection: Connection,
    input: Input,
}

impl Session {
    pub(crate) fn open(dsn: &Dsn) -> Self {
        let path = dsn.hosts[0].socket_path().unwrap();
        let stream = UnixStream::connect(path).unwrap();
        let mut session = Self {
            stream,
            connection: Connection::new(1),
            input: Input::default(),
        };
        let user = dsn.user.clone().unwrap();
        let password = dsn
            .password
            .as_ref()
            .map(|password| password.expose().to_owned());
        let database = dsn.database.clone().unwrap_or_else(|| user.clone());
        let settings = [("database", database.as_str()), ("client_encoding", "UTF8")];
        let startup = Startup::start(
            &mut session.connection,
            Credentials::new(user, password),
            settings,
        )
        .unwrap();
        session.finish(startup, |_| ()).unwrap();
        session
    }

    /// Runs statements that succeed.
    #[track_caller]
    pub(crate) fn run(&mut self, sql: &str) {
        self.query(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error} {:?}", error.detail));
    }

    /// Runs statements and returns their rows.
    pub(crate) fn query(&mut self, sql: &str) -> Result<Vec<TextRow>, Box<ServerError>> {
        let mut rows = Vec::new();
        let simple = Simple::start(&mut self.connection, sql).unwrap();
        match self.finish(simple, |body| rows.push(text_row(body))) {
            Ok(_) => Ok(rows),
            Err(hathi_wire::Failure::Server(error)) => Err(error),
            Err(other) => panic!("{sql}: {other:?}"),
        }
    }

    /// Whether the server begins with this COPY, which is then given up.
    pub(crate) fn begins_copy(&mut self, sql: &str) -> bool {
        let simple = Simple::start(&mut self.connection, sql).unwrap();
        matches!(self.finish(simple, |_| ()), Err(hathi_wire::Failure::Copy))
    }

    /// Has a statement prepared, with types for its first parameters.
    pub(crate) fn prepare(
        &mut self,
        sql: &str,
        types: &[u32],
    ) -> Result<Prepared, Box<ServerError>> {
        let prepare = Prepare::start(&mut self.connection, sql, types).unwrap();
        self.finish(prepare, |_| ())
    }

    /// The only value of the only row.
    #[track_caller]
    pub(crate) fn value(&mut self, sql: &str) -> String {
        self.query(sql).unwrap().remove(0).remove(0).unwrap()
    }

    fn finish<E: Exchange>(&mut self, mut exchange: E, mut row: impl FnMut(&[u8])) -> E::Output {
        loop {
            while let Some(frame) = self.input.next_frame().unwrap() {
                let body = self.input.body(frame);
                let Some(message) = self.connection.receive(frame.tag, body).unwrap() else {
                    continue;
                };
                match exchange.receive(message, &mut self.connection).unwrap() {
                    Step::Row => row(body),
                    Step::Done(output) => return output,
                    Step::More | Step::Paused => {}
                }
            }
            let unsent = self.connection.unsent();
            self.stream.write_all(unsent).unwrap();
            self.connection.handed_over(unsent.len());
            let count = self.stream.read(self.input.space()).unwrap();
            assert_ne!(count, 0, "the server has closed the connection");
            self.input.filled(count);
        }
    }
}

fn text_row(body: &[u8]) -> TextRow {
    let mut rest = &body[2..];
    let mut values = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let length = i32::from_be_bytes(*length);
        rest = behind;
        values.push(usize::try_from(length).ok().map(|length| {
            let (value, behind) = rest.split_at(length);
            rest = behind;
            String::from_utf8(value.to_vec()).unwrap()
        }));
    }
    values
}
