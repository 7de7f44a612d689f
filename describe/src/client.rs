//! One blocking connection: moves bytes between a socket and the conversations of `hathi-wire`.

use std::collections::VecDeque;
use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use hathi_wire::{
    Aside, Connection, Credentials, Dsn, Encryption, Exchange, Failure, Host, Input, Prepare,
    Prepared, ServerError, Severity, Simple, SimpleResult, SslNegotiation, Startup, StartupFailure,
    Step,
};

use crate::encryption::Protocol;
use crate::error::Error;
use crate::surroundings;
use crate::transport::Transport;

/// How long each wait may take.
///
/// # Example: a build that would rather use its cache than wait
///
/// ```
/// use std::time::Duration;
///
/// let limits = hathi_describe::Limits { connect: Duration::from_secs(1), ..Default::default() };
/// assert_eq!(limits.answer, Duration::from_secs(30));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Resolving and reaching one host.
    pub connect: Duration,
    /// One answer of the server.
    pub answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
        }
    }
}

/// How long to wait for answers before trying again to write: nobody tells when a socket takes bytes again.
const RETRY: Duration = Duration::from_millis(5);

/// The settings in which the server prints how it understands a statement, and nothing else that is printed.
///
/// They are asked for when the session starts: a pooler that would hand the session on to others refuses them.
const SETTINGS: &str =
    "-c debug_print_rewritten=on -c debug_pretty_print=off -c client_min_messages=log";

/// Keeps what is printed out of the server's own log, where the role may do so.
const QUIET: &str = "SELECT pg_catalog.set_config('log_min_messages', 'fatal', false) \
     WHERE pg_catalog.current_setting('is_superuser') = 'on' \
     AND pg_catalog.current_setting('debug_print_rewritten') = 'on'";

/// What the server says of one statement.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) outcome: Result<Prepared, Box<ServerError>>,
    /// The statement as it is analysed and rewritten, if the server printed it.
    pub(crate) tree: Option<String>,
}

/// One open connection.
#[derive(Debug)]
pub(crate) struct Client {
    transport: Transport,
    connection: Connection,
    input: Input,
    limit: Duration,
}

/// The conversation that waits for its answers, and those behind it.
struct Waiting {
    prepare: Prepare,
    tree: Option<String>,
}

impl Client {
    /// Opens a session in which the server prints how it understands a statement, if it can be had.
    pub(crate) fn open(dsn: &Dsn, limits: Limits) -> Result<Self, Error> {
        let dsn = &surroundings::complete(dsn)?;
        let protocol = &Protocol::of(dsn)?;
        let own = dsn.options.as_deref();
        let options = own.map_or_else(|| SETTINGS.to_owned(), |own| format!("{own} {SETTINGS}"));
        match Self::session(dsn, protocol, limits, Some(&options)) {
            Ok(mut client) => {
                // A server that cannot do this prints into its log: nothing is lost.
                client.run(QUIET, |_| Ok(()))?.ok();
                Ok(client)
            }
            // Servers and poolers without these settings say less of a statement, but they can still be asked.
            Err(error) if error.refuses_settings() => Self::session(dsn, protocol, limits, own),
            Err(error) => Err(error),
        }
    }

    /// Opens a session with the first host that can be reached.
    fn session(
        dsn: &Dsn,
        protocol: &Protocol,
        limits: Limits,
        options: Option<&str>,
    ) -> Result<Self, Error> {
        let hosts = if dsn.hosts.is_empty() {
            default_hosts(dsn.port())
        } else {
            dsn.hosts.clone()
        };
        let connect = dsn.connect_timeout.unwrap_or(limits.connect);
        let mut tried = Vec::new();
        for host in hosts {
            match Transport::connect(&host, connect) {
                Ok(first) => {
                    let mut first = Some(first);
                    // Each way of encryption needs a connection of its own.
                    let reach = || match first.take() {
                        Some(transport) => Ok(transport),
                        None => Ok(Transport::connect(&host, connect)?),
                    };
                    return Self::encrypted(reach, &host, dsn, protocol, limits, options);
                }
                Err(error) => tried.push((host, error)),
            }
        }
        Err(Error::unreachable(tried))
    }

    /// Tries the ways of encryption in their order; if none is taken, the first one's error says why.
    fn encrypted(
        mut reach: impl FnMut() -> Result<Transport, Error>,
        host: &Host,
        dsn: &Dsn,
        protocol: &Protocol,
        limits: Limits,
        options: Option<&str>,
    ) -> Result<Self, Error> {
        let mode = dsn.effective_ssl_mode();
        let direct = dsn.ssl_negotiation == Some(SslNegotiation::Direct);
        let mut refused = None;
        for &way in mode.ways(host.socket_path().is_some()) {
            let transport = match way {
                Encryption::Plain => reach()?,
                _ => match reach()?.secure(way, direct, protocol, host, limits.connect) {
                    Ok(transport) => transport,
                    Err(error) if error.is_turned_down() => {
                        refused.get_or_insert(error);
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            let mut client = Self {
                transport,
                connection: Connection::new(1),
                input: Input::default(),
                limit: limits.answer,
            };
            match client.start(dsn, host, options) {
                Ok(()) => return Ok(client),
                Err(error)
                    if error.is_turned_down()
                        // Without TLS it would only be turned down again.
                        && (client.transport.is_encrypted() || way != Encryption::IfOffered) =>
                {
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or_else(Error::closed))
    }

    /// Whether an answer was not read to its end: nothing more can be asked.
    pub(crate) fn is_broken(&self) -> bool {
        self.connection.owed() > 0
    }

    /// Refuses to ask where answers to earlier questions would come first.
    fn is_usable(&self) -> Result<(), Error> {
        if self.is_broken() {
            return Err(Error::closed());
        }
        Ok(())
    }

    /// A setting that the server has reported.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.connection.parameter(name)
    }

    /// Asks about all statements at once: they are queued one behind the other, and answers are read meanwhile.
    pub(crate) fn describe<'s>(
        &mut self,
        statements: impl Iterator<Item = &'s str>,
    ) -> Result<Vec<Answer>, Error> {
        self.is_usable()?;
        let mut waiting = VecDeque::new();
        for sql in statements {
            let prepare = Prepare::start(&mut self.connection, sql, &[])?;
            waiting.push_back(Waiting {
                prepare,
                tree: None,
            });
        }
        let mut answers = Vec::with_capacity(waiting.len());
        let mut deadline = Instant::now() + self.limit;
        while let Some(front) = waiting.front_mut() {
            let Some(step) = self.receive(&mut front.prepare, &mut front.tree)? else {
                self.exchange_bytes(deadline)?;
                continue;
            };
            if let Step::Done(outcome) = step {
                answers.push(Answer {
                    outcome,
                    tree: front.tree.take(),
                });
                waiting.pop_front();
                deadline = Instant::now() + self.limit;
            }
        }
        Ok(answers)
    }

    /// Runs statements of the simple protocol and hands each row on.
    pub(crate) fn run(
        &mut self,
        sql: &str,
        row: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<Result<(), Box<ServerError>>, Error> {
        match self.simple(sql, row)? {
            Ok(_) => Ok(Ok(())),
            Err(Failure::Server(error)) => Ok(Err(error)),
            Err(_) => Err(Error::answer()),
        }
    }

    /// The same, with all that the server says about the statements.
    pub(crate) fn simple(
        &mut self,
        sql: &str,
        mut row: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<Result<Vec<SimpleResult>, Failure>, Error> {
        self.is_usable()?;
        let mut simple = Simple::start(&mut self.connection, sql)?;
        let mut deadline = Instant::now() + self.limit;
        loop {
            match self.step(&mut simple, &mut None, &mut row)? {
                None => self.exchange_bytes(deadline)?,
                Some(Step::Done(outcome)) => return Ok(outcome),
                Some(_) => deadline = Instant::now() + self.limit,
            }
        }
    }

    /// The state of the session's transaction.
    #[cfg(feature = "execute")]
    pub(crate) fn transaction(&self) -> hathi_wire::TransactionStatus {
        self.connection.status()
    }

    fn start(&mut self, dsn: &Dsn, host: &Host, options: Option<&str>) -> Result<(), Error> {
        let user = dsn.user.clone().unwrap_or_else(default_user);
        let database = dsn.database.clone().unwrap_or_else(|| user.clone());
        let password = surroundings::password(dsn, host, &database, &user);
        let mut credentials =
            Credentials::new(user, password.clone().ok().flatten()).following(dsn);
        let name = dsn.application_name.as_deref();
        let name = name.or(dsn.fallback_application_name.as_deref());
        let mut settings = vec![
            ("database", database.as_str()),
            ("client_encoding", "UTF8"),
            ("application_name", name.unwrap_or("hathi")),
        ];
        settings.extend(options.map(|options| ("options", options)));
        credentials.encrypted = self.transport.is_encrypted();
        credentials.channel_binding = self.transport.end_point();
        let mut startup = Startup::start(&mut self.connection, credentials, settings)?;
        let deadline = Instant::now() + self.limit;
        loop {
            match self.receive(&mut startup, &mut None)? {
                None => self.exchange_bytes(deadline)?,
                Some(Step::Done(Err(StartupFailure::PasswordNeeded))) => {
                    // The file that is not used may have the password that is missed.
                    let unusable = password.err();
                    return Err(
                        unusable.map_or(StartupFailure::PasswordNeeded.into(), Error::passfile)
                    );
                }
                Some(Step::Done(outcome)) => return Ok(outcome?),
                Some(_) => {}
            }
        }
    }

    fn receive<E: Exchange>(
        &mut self,
        exchange: &mut E,
        tree: &mut Option<String>,
    ) -> Result<Option<Step<E::Output>>, Error> {
        self.step(exchange, tree, &mut |_| Ok(()))
    }

    /// Gives the next message that has arrived to the conversation; `None` if there is none.
    fn step<E: Exchange>(
        &mut self,
        exchange: &mut E,
        tree: &mut Option<String>,
        row: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<Option<Step<E::Output>>, Error> {
        let Some(frame) = self
            .input
            .next_frame()
            .map_err(hathi_wire::ProtocolError::from)?
        else {
            return Ok(None);
        };
        let body = self.input.body(frame);
        let Some(message) = self.connection.receive(frame.tag, body)? else {
            while let Some(aside) = self.connection.take_aside() {
                take_tree(aside, tree);
            }
            return Ok(Some(Step::More));
        };
        let step = exchange.receive(message, &mut self.connection)?;
        if matches!(step, Step::Row) {
            row(body)?;
        }
        Ok(Some(step))
    }

    /// Writes what the socket takes, then waits for bytes from the server.
    ///
    /// Neither side waits for the other: while bytes are left to write, waiting ends soon and writing is tried again.
    fn exchange_bytes(&mut self, deadline: Instant) -> Result<(), Error> {
        let unsent = self.connection.unsent();
        if !unsent.is_empty() || self.transport.holds_bytes() {
            let count = self.transport.write_some(unsent)?;
            self.connection.handed_over(count);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::timeout(self.limit));
        }
        let all_sent = self.connection.unsent().is_empty() && !self.transport.holds_bytes();
        let patience = if all_sent { left } else { left.min(RETRY) };
        match self.transport.read_some(self.input.space(), patience)? {
            Some(0) => Err(Error::closed()),
            Some(count) => {
                self.input.filled(count);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Keeps the text of a notice that holds a rewritten tree.
fn take_tree(aside: Aside, tree: &mut Option<String>) {
    if let Aside::Notice(notice) = aside
        && notice.severity == Severity::Log
        && notice.message == "rewritten parse tree:"
    {
        *tree = notice.detail;
    }
}

/// Where a server of this machine listens: the folders that distributions and PostgreSQL itself use, then the loopback.
fn default_hosts(port: u16) -> Vec<Host> {
    let sockets = ["/var/run/postgresql", "/tmp"]
        .into_iter()
        .map(|folder| Host::new(folder, port));
    let there = sockets.filter(|host| {
        host.socket_path()
            .is_some_and(|path| Path::new(&path).exists())
    });
    there.chain([Host::new("localhost", port)]).collect()
}

fn default_user() -> String {
    let names = ["PGUSER", "USER", "USERNAME"]
        .into_iter()
        .filter_map(|name| env::var(name).ok());
    names
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "postgres".to_owned())
}
