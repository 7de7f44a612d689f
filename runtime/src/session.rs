//! One connection to a server, used by one task at a time.

mod between;
mod call;
mod cancel;
mod connect;
mod copying;
mod deadline;
mod drain;
mod drive;
mod fetch;
mod notifications;
mod order;
mod pipeline;
mod preparation;
mod route;
pub(crate) mod scopes;
mod script;
mod socket;
mod stream;
mod target;
mod transport;

use std::fmt;
use std::future::poll_fn;

use hathi_wire::{Aside, ServerError, StatementCounters, TransactionStatus};

pub use self::cancel::CancelToken;
pub use self::fetch::{Affected, Fetch};
pub use self::notifications::Notifications;
pub use self::preparation::Preparation;
pub use self::script::{Script, ScriptQuery};
pub use self::stream::Rows;

pub(crate) use self::deadline::LONGEST;

pub(crate) use self::between::Cancel;
#[cfg(feature = "tracing")]
pub(crate) use self::call::Plan;
pub(crate) use self::call::{Arrived, BindTo, Call, Reply};
pub(crate) use self::drive::{Event, Link};
pub(crate) use self::notifications::notify;
use crate::cardinality::{Cardinality, Many, One, Optional};
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::observe::Verb;
use crate::prepared::{PreparedCommand, PreparedQuery};
use crate::query::{Command, Executable, Query, Statement};

/// One connection to a server.
///
/// It is owned: who holds it uses it through `&mut self`, and drives it by awaiting. There is no task behind it, no
/// channel and no lock. Statements are prepared on their first use and kept; the first use compares the columns with
/// those the statement was compiled against before a row is read.
///
/// # Example: open, ask, close
///
/// ```no_run
/// use hathi::{Config, Session};
///
/// # async fn demo() -> Result<(), hathi::Error> {
/// let config: Config = "postgres://ada@localhost/crew".parse()?;
/// let mut session = Session::connect(&config).await?;
/// session.simple("CREATE TEMPORARY TABLE crew (name text NOT NULL); INSERT INTO crew VALUES ('Ada')").await?;
/// session.close().await?;
/// # Ok(()) }
/// ```
pub struct Session {
    // Boxed: a session moves between tasks and pools by its address.
    link: Box<Link>,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a statement is handed over, so that callers need no name for it"
)]
impl Session {
    /// Opens a session: every host in order, every address of each, within the limit of [`Config::connect_limit`].
    ///
    /// # Errors
    ///
    /// If no host let us in: the error names every host that was tried, and why it was not taken. When one refuses our
    /// proof of identity, those behind it are not tried.
    ///
    /// # Cancellation
    ///
    /// Dropping the future closes the connection that is being opened.
    pub async fn connect(config: &Config) -> Result<Self, Error> {
        let link = connect::connect(config).await?;
        Ok(Self {
            link: Box::new(link),
        })
    }

    /// Runs a query and returns what its cardinality says: a row, an `Option` or a `Vec`.
    ///
    /// # Errors
    ///
    /// If the server refuses the statement, its columns are not what they were when it was compiled, a value cannot be
    /// sent or read, the number of rows is not as promised, or the time limit passes.
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn fetch<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, S::Cardinality>
    where
        S::Cardinality: Cardinality,
    {
        self.start(&statement)
    }

    /// Runs a query and returns its only row.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); [`Error::is_row_count`] if the server sends no row or more than one: the rest of the
    /// result is read and dropped.
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn fetch_one<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, One> {
        self.start(&statement)
    }

    /// Runs a query and returns its row, if it has one.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); [`Error::is_row_count`] if the server sends more than one row.
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn fetch_optional<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, Optional> {
        self.start(&statement)
    }

    /// Runs a query and returns all its rows.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn fetch_all<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, Many> {
        self.start(&statement)
    }

    /// Runs a query and returns its rows one by one, without gathering them; see [`Rows`].
    ///
    /// The cardinality of the query has no say here: as many rows come as there are.
    pub fn stream<S: Statement>(&mut self, statement: S) -> Rows<'_, S::Row> {
        let bind: BindTo<'_> = &|to| statement.bind_to(to);
        let call = Call::start(&mut self.link, statement.source(), bind, Verb::Stream);
        Rows::new(call, statement.decode())
    }

    /// Runs a command and returns the rows affected; zero for one whose answer has no count, such as CREATE TABLE.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn execute<E: Executable>(&mut self, command: E) -> Affected<'_> {
        let bind: BindTo<'_> = &|to| command.bind_to(to);
        Affected::new(Call::start(
            &mut self.link,
            command.source(),
            bind,
            Verb::Command,
        ))
    }

    /// Prepares a query on the server without running it, and compares its columns: what is wrong with it is known
    /// before its first use, which is then as quick as all others. One flight; none if it is prepared already.
    ///
    /// # Errors
    ///
    /// If the server refuses the statement, or its columns are not those it was compiled or written for.
    ///
    /// # Cancellation
    ///
    /// See [`Preparation`].
    ///
    /// # Example: errors early
    ///
    /// ```no_run
    /// use hathi::Query;
    /// use hathi::sql::{int4, text};
    ///
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// let by_id = Query::raw("SELECT name FROM crew WHERE id = $1", (int4,), text);
    /// let by_id = session.prepare_query(by_id).await?;
    /// for id in 1..=3 {
    ///     let name: Option<String> = session.fetch_optional(by_id.bind((id,))).await?;
    ///     # let _ = name;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn prepare_query<P, R, C>(
        &mut self,
        query: Query<P, R, C>,
    ) -> Preparation<'_, PreparedQuery<P, R, C>> {
        let source = query.written().into();
        Preparation::start(&mut self.link, source, PreparedQuery::new(query))
    }

    /// Prepares a command on the server without running it. One flight; none if it is prepared already.
    ///
    /// # Errors
    ///
    /// If the server refuses the statement.
    ///
    /// # Cancellation
    ///
    /// See [`Preparation`].
    ///
    /// # Example: a command that runs often
    ///
    /// ```no_run
    /// use hathi::Command;
    /// use hathi::sql::int4;
    ///
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// let touch = Command::raw("UPDATE crew SET seen = now() WHERE id = $1", (int4,));
    /// let touch = session.prepare_command(touch).await?;
    /// session.execute(touch.bind((7,))).await?;
    /// # Ok(()) }
    /// ```
    pub fn prepare_command<P>(
        &mut self,
        command: Command<P>,
    ) -> Preparation<'_, PreparedCommand<P>> {
        let source = command.written().into();
        Preparation::start(&mut self.link, source, PreparedCommand::new(command))
    }

    /// Runs a script of any number of statements, unchecked and without parameters, and returns the rows affected by
    /// all of them. Rows that a statement returns are dropped.
    ///
    /// The server treats the script as one transaction, unless it holds transaction control of its own.
    ///
    /// # Errors
    ///
    /// If the server refuses a statement: those before it are undone with it.
    ///
    /// # Cancellation
    ///
    /// Dropping the future leaves the session usable; what was handed to the transport runs to its end.
    pub fn simple(&mut self, script: &str) -> Script<'_> {
        Script::start(&mut self.link, script)
    }

    /// Runs a script of any number of statements, unchecked and without parameters, and returns the result of each:
    /// its rows, whose values are text, its columns and what it did.
    ///
    /// The server treats the script as one transaction, unless it holds transaction control of its own. All rows of all
    /// results are held in memory.
    ///
    /// # Errors
    ///
    /// If the server refuses a statement: those before it are undone with it.
    ///
    /// # Cancellation
    ///
    /// As [`simple`](Self::simple).
    ///
    /// # Example: what somebody has typed
    ///
    /// ```no_run
    /// # async fn demo(session: &mut hathi::Session, typed: &str) -> Result<(), hathi::Error> {
    /// for result in session.simple_query(typed).await? {
    ///     for row in result.rows() {
    ///         let first: Option<&str> = row.get(0)?;
    ///         # let _ = first;
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn simple_query(&mut self, script: &str) -> ScriptQuery<'_> {
        ScriptQuery::new(self.simple(script))
    }

    /// Ends the session in good order.
    ///
    /// # Errors
    ///
    /// If the transport fails before the server has been told.
    ///
    /// # Cancellation
    ///
    /// Dropping the future, or a session that was not closed, closes the connection all the same; the server then
    /// writes an unexpected end into its log.
    pub async fn close(mut self) -> Result<(), Error> {
        let link = &mut *self.link;
        link.tell_statements();
        if link.is_broken() {
            return Ok(());
        }
        link.connection.terminate();
        let told = async {
            poll_fn(|cx| link.poll_flush(cx)).await?;
            poll_fn(|cx| link.transport.poll_shutdown(cx)).await
        };
        let limit = std::time::Duration::from_secs(5);
        match tokio::time::timeout(limit, told).await {
            Ok(told) => told.map_err(|error| Error::new(Kind::Io(error))),
            Err(_) => Err(Error::new(Kind::Timeout {
                limit,
                during: "closing the session",
            })),
        }
    }

    /// What stops the statement that runs in this session, from anywhere. Take it before the statement is started.
    ///
    /// # Example: a statement that is given up when something else is there first
    ///
    /// ```no_run
    /// # async fn demo(session: &mut hathi::Session, enough: tokio::sync::oneshot::Receiver<()>) -> Result<(), hathi::Error> {
    /// let token = session.cancel_token();
    /// let watch = tokio::spawn(async move {
    ///     match enough.await {
    ///         Ok(()) => token.cancel().await,
    ///         Err(_) => Ok(()),
    ///     }
    /// });
    /// session.simple("REFRESH MATERIALIZED VIEW totals").await?;
    /// # let _ = watch;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn cancel_token(&mut self) -> CancelToken {
        CancelToken::new(std::sync::Arc::clone(self.link.canceller()))
    }

    /// Whether dropping a call that runs asks the server at once to stop it; see
    /// [`Config::cancel_on_drop`](crate::Config::cancel_on_drop).
    pub fn cancel_on_drop(&mut self, cancel: bool) {
        self.link.cancel_on_drop = cancel;
    }

    /// The oldest notice that has not been taken, if no function is called for them
    /// (see [`Config::on_notice`]). The newest 1024 are kept.
    pub fn take_notice(&mut self) -> Option<ServerError> {
        let mut taken = None;
        self.link.connection.sift_asides(|aside| match aside {
            Aside::Notice(notice) if taken.is_none() && !notice.is_fatal() => {
                taken = Some((**notice).clone());
                true
            }
            _ => false,
        });
        taken
    }

    /// How many notices were dropped because nobody took them.
    #[must_use]
    pub fn lost_notices(&self) -> u64 {
        self.link.connection.lost_asides()
    }

    /// The version of the server as a number: 180001 is 18.1. `None` if it does not say.
    #[must_use]
    pub fn server_version(&self) -> Option<u32> {
        version_number(self.parameter("server_version")?)
    }

    /// A setting that the server reports by itself: `server_version`, `TimeZone`, `in_hot_standby`, …
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.link.connection.parameter(name)
    }

    /// The process of this session on the server, as `pg_stat_activity` calls it.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.link.connection.key().map(|(process, _)| process)
    }

    /// Whether the connection has failed: every further call is refused.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.link.is_broken()
    }

    /// Whether a transaction is open, as far as the last answer said.
    #[must_use]
    pub fn in_transaction(&self) -> bool {
        self.link.connection.status() != TransactionStatus::Idle
    }

    /// How often the cache of prepared statements helped, and how full it is.
    #[must_use]
    pub fn statement_counters(&self) -> StatementCounters {
        self.link.connection.statements().counters()
    }

    pub(crate) fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    pub(crate) fn linked(&self) -> &Link {
        &self.link
    }

    fn start<S: Statement, C: Cardinality>(&mut self, statement: &S) -> Fetch<'_, S::Row, C> {
        let bind: BindTo<'_> = &|to| statement.bind_to(to);
        let call = Call::start(&mut self.link, statement.source(), bind, Verb::Query);
        Fetch::new(call, statement.decode())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("process", &self.process())
            .field("is_closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

/// `16.4 (Debian 16.4-1)`, `18beta2`, `14.23`: the major version, and the minor one if there is one.
pub(crate) fn version_number(words: &str) -> Option<u32> {
    let number = |text: &str| {
        let digits = text.find(|letter: char| !letter.is_ascii_digit());
        text[..digits.unwrap_or(text.len())].parse::<u32>().ok()
    };
    let (major, minor) = words.split_once('.').unwrap_or((words, ""));
    number(major)?
        .checked_mul(10_000)?
        .checked_add(number(minor).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::version_number;

    #[test]
    fn versions_are_numbers_that_can_be_compared() {
        for (words, number) in [
            ("16.4 (Debian 16.4-1.pgdg120+1)", Some(160_004)),
            ("18beta2", Some(180_000)),
            ("14.23", Some(140_023)),
            ("", None),
            ("new", None),
            ("4294967295.1", None),
        ] {
            assert_eq!(version_number(words), number, "{words}");
        }
    }
}
