//! Several statements in one flight: as one implicit transaction, or each for itself.

use std::future::poll_fn;

use hathi_wire::{Batch, EncodeError, Execute, Keep, SegmentId};

use super::Session;
use super::call::BindTo;
use super::drive::{Event, Link};
use crate::codec::{Arguments, DataRow};
use crate::error::{Error, Kind};
use crate::observe::{self, Subject, Verb, Watch};
use crate::pipeline::Pipeline;
use crate::source::Source;

impl Session {
    /// Runs several statements in one flight, as one implicit transaction: if one fails, those behind it are skipped, and
    /// nothing of any of them is kept.
    ///
    /// A tuple of statements answers a tuple, a `Vec` of statements of one type a `Vec`. In a transaction that is open,
    /// the statements are part of it.
    ///
    /// # Errors
    ///
    /// The error of the statement that failed; [`Error::pipeline_member`] says which one it was. A row that cannot be
    /// read, or a number of rows that is not as promised, is an error although all statements have run.
    ///
    /// # Cancellation
    ///
    /// Dropping the future leaves the session usable. What was not handed to the transport never runs; what was runs on.
    ///
    /// # Example: three questions, one round trip
    ///
    /// ```no_run
    /// use hathi::{Command, Query, Session, sql};
    ///
    /// const SEEN: Command<(sql::Int4,)> = Command::raw("UPDATE users SET seen = now() WHERE id = $1", (sql::int4,));
    /// const NAME: Query<(sql::Int4,), String> = Query::raw("SELECT name FROM users WHERE id = $1", (sql::int4,), sql::text);
    /// const POSTS: Query<(sql::Int4,), i64> = Query::raw("SELECT id FROM posts WHERE author = $1", (sql::int4,), sql::int8);
    ///
    /// # async fn demo(session: &mut Session) -> Result<(), hathi::Error> {
    /// let (rows, names, posts) = session.pipeline((SEEN.bind((7,)), NAME.bind((7,)), POSTS.bind((7,)))).await?;
    /// assert!(rows == 1 && names.len() == 1 && posts.is_empty());
    /// # Ok(()) }
    /// ```
    pub async fn pipeline<P: Pipeline>(&mut self, statements: P) -> Result<P::Output, Error> {
        let watch = self.watch_pipeline(&statements);
        watch.run(self.run_together(statements)).await
    }

    async fn run_together<P: Pipeline>(&mut self, statements: P) -> Result<P::Output, Error> {
        let mut flight = Flight::new(self.link());
        flight.prepare(&statements).await?;
        let (mut batch, sources) = flight.queue_together(&statements)?;
        let mut gathered = statements.gather();
        drop(statements);
        let about = |member: usize, error: Error| match sources.get(member) {
            Some(source) => error.within(source).of_member(member),
            None => error.of_member(member),
        };
        loop {
            let event = poll_fn(|cx| flight.link.poll_exchange(&mut batch, cx)).await;
            let current = batch.current();
            match event.map_err(|error| about(current, error))? {
                Event::Row(frame) => {
                    let body = flight.link.input.body(frame);
                    let row = match sources.get(current).and_then(Source::columns) {
                        Some(columns) => {
                            DataRow::new(body, u16::try_from(columns.len()).unwrap_or(u16::MAX))
                        }
                        None => DataRow::described(
                            body,
                            batch
                                .member()
                                .and_then(|member| member.columns(&flight.link.connection)),
                        ),
                    };
                    let row = row.map_err(|cause| about(current, Error::row(cause)))?;
                    P::row(&mut gathered, current, &row).map_err(|error| about(current, error))?;
                }
                Event::Paused => {}
                Event::Done(Ok(completed)) => {
                    return P::finish(gathered, &completed).map_err(|(member, count)| {
                        about(member, Error::new(Kind::RowCount(count)))
                    });
                }
                Event::Done(Err(failed)) => {
                    let error = about(failed.member, Error::from(failed.failure));
                    flight.link.note_failure(&error);
                    return Err(error);
                }
            }
        }
    }

    /// Runs several statements in one flight, each for itself: what one of them does to the database is kept whether
    /// the others fail or not, and each has a result of its own.
    ///
    /// In a transaction that is open, one that fails makes the server refuse those behind it.
    ///
    /// # Errors
    ///
    /// Only what concerns all of them: the session is closed, or the time limit has passed.
    ///
    /// # Cancellation
    ///
    /// As [`pipeline`](Self::pipeline).
    ///
    /// # Example: rows that may be there already
    ///
    /// ```no_run
    /// use hathi::{Command, Session, sql};
    ///
    /// const TAG: Command<(sql::Text,)> = Command::raw("INSERT INTO tags VALUES ($1)", (sql::text,));
    ///
    /// # async fn demo(session: &mut Session) -> Result<(), hathi::Error> {
    /// let tags: Vec<_> = ["new", "old", "blue"].map(|tag| TAG.bind((tag,))).into();
    /// for added in session.pipeline_each(tags).await? {
    ///     match added {
    ///         Ok(_) => {}
    ///         Err(error) if error.unique_violation().is_some() => {}
    ///         Err(error) => return Err(error),
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn pipeline_each<P: Pipeline>(&mut self, statements: P) -> Result<P::Results, Error> {
        let watch = self.watch_pipeline(&statements);
        watch.run(self.run_apart(statements)).await
    }

    /// One span for all of them, named after what they are if they are alike.
    fn watch_pipeline<P: Pipeline>(&mut self, statements: &P) -> Watch {
        if !observe::is_wanted() {
            return Watch::default();
        }
        let mut sources = Vec::new();
        // Whether a statement can be run at all is found out when it is.
        let _ = statements.each(&mut |source, _| {
            sources.push(source);
            Ok(())
        });
        let link = self.link();
        link.tell_statements();
        let subjects: Vec<Subject<'_>> = sources.iter().map(Source::subject).collect();
        let mut watch = Watch::new(Verb::Pipeline, &link.observed);
        watch.begin(&link.observed, link.scope(), Subject::Batch(&subjects));
        watch
    }

    async fn run_apart<P: Pipeline>(&mut self, statements: P) -> Result<P::Results, Error> {
        let mut flight = Flight::new(self.link());
        flight.prepare(&statements).await?;
        let members = flight.queue_apart(&statements)?;
        let mut gathered = statements.gather();
        drop(statements);
        let mut outcomes = Vec::with_capacity(members.len());
        for (index, (source, started)) in members.into_iter().enumerate() {
            let outcome = match started {
                Ok(mut execute) => {
                    let mut row = |row: &DataRow<'_>| P::row(&mut gathered, index, row);
                    flight.run(&mut execute, &source, &mut row).await?
                }
                Err(error) => Err(error),
            };
            outcomes.push(outcome.map_err(|error| error.within(&source).of_member(index)));
        }
        Ok(P::results(gathered, outcomes))
    }
}

/// What a pipeline has queued: dropping it abandons what has not been answered.
struct Flight<'s> {
    link: &'s mut Link,
    segments: Vec<SegmentId>,
}

impl<'s> Flight<'s> {
    fn new(link: &'s mut Link) -> Self {
        Self {
            link,
            segments: Vec::new(),
        }
    }

    /// What writes and returns rows is prepared before: its columns must be compared before it may have happened.
    async fn prepare<P: Pipeline>(&mut self, statements: &P) -> Result<(), Error> {
        let mut kept = Vec::new();
        if self.link.is_broken() {
            return Err(Error::new(Kind::Closed(None)));
        }
        self.link.begin();
        let mut members = 0..;
        statements.each(&mut |source, _| {
            let member = members.next().unwrap_or(usize::MAX);
            self.link
                .admits(&source)
                .map_err(|error| error.within(&source).of_member(member))?;
            let wanted = source.wanted()?;
            let returns_rows = wanted.columns.is_some_and(|columns| !columns.is_empty());
            if wanted.writes == Some(false) || !returns_rows {
                return Ok(());
            }
            let started = Keep::start(&mut self.link.connection, &wanted)
                .map_err(|error| Error::new(Kind::Encode(error)))?;
            if let Some(keep) = started {
                self.segments.push(keep.segment());
                kept.push((source, keep));
            }
            Ok(())
        })?;
        for (source, mut keep) in kept {
            loop {
                let event = poll_fn(|cx| self.link.poll_exchange(&mut keep, cx)).await;
                if let Event::Done(outcome) = event.map_err(|error| error.within(&source))? {
                    outcome.map_err(|failure| Error::from(failure).within(&source))?;
                    break;
                }
            }
        }
        self.segments.clear();
        Ok(())
    }

    fn queue_together<P: Pipeline>(
        &mut self,
        statements: &P,
    ) -> Result<(Batch, Vec<Source>), Error> {
        self.link.ready()?;
        let mut batch = Batch::start(&mut self.link.connection);
        self.segments.push(batch.segment());
        let mut sources = Vec::new();
        statements.each(&mut |source, bind| {
            let connection = &mut self.link.connection;
            let wanted = source.wanted()?;
            let queued = encode(bind, |arguments| batch.add(connection, &wanted, arguments));
            let member = sources.len();
            queued.map_err(|error| error.within(&source).of_member(member))?;
            sources.push(source);
            Ok(())
        })?;
        batch.finish(&mut self.link.connection);
        Ok((batch, sources))
    }

    #[expect(
        clippy::type_complexity,
        reason = "each statement, and whether it could be queued"
    )]
    fn queue_apart<P: Pipeline>(
        &mut self,
        statements: &P,
    ) -> Result<Vec<(Source, Result<Execute, Error>)>, Error> {
        self.link.ready()?;
        let mut members = Vec::new();
        statements.each(&mut |source, bind| {
            if !members.is_empty() {
                self.link.check_scopes()?;
            }
            let connection = &mut self.link.connection;
            let started = source.wanted().and_then(|wanted| {
                encode(bind, |arguments| {
                    Execute::start_among(connection, &wanted, arguments)
                })
            });
            self.segments
                .extend(started.as_ref().ok().map(Execute::segment));
            members.push((source, started));
            Ok(())
        })?;
        Ok(members)
    }

    /// Reads the answer to one statement. The outer error concerns all of them.
    async fn run(
        &mut self,
        execute: &mut Execute,
        source: &Source,
        row: &mut (dyn FnMut(&DataRow<'_>) -> Result<(), Error> + Send),
    ) -> Result<Result<hathi_wire::Completed, Error>, Error> {
        let mut refused = None;
        loop {
            match poll_fn(|cx| self.link.poll_execute(execute, cx)).await? {
                Event::Row(_) if refused.is_some() => {}
                Event::Row(frame) => {
                    let body = self.link.input.body(frame);
                    let found = match source.columns() {
                        Some(columns) => {
                            DataRow::new(body, u16::try_from(columns.len()).unwrap_or(u16::MAX))
                        }
                        None => DataRow::described(body, execute.columns(&self.link.connection)),
                    };
                    refused = found
                        .map_err(Error::row)
                        .and_then(|found| row(&found))
                        .err();
                }
                Event::Paused => {}
                Event::Done(outcome) => {
                    let outcome = outcome.map_err(Error::from);
                    if let Err(error) = &outcome {
                        self.link.note_failure(error);
                    }
                    return Ok(match refused {
                        Some(error) => Err(error),
                        None => outcome,
                    });
                }
            }
        }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        for segment in std::mem::take(&mut self.segments) {
            self.link.abandon(segment);
        }
    }
}

/// Writes values by way of a function that queues them.
fn encode<T>(
    bind: BindTo<'_>,
    queue: impl FnOnce(hathi_wire::Arguments<'_>) -> Result<T, EncodeError>,
) -> Result<T, Error> {
    let mut refused = None;
    let queued = queue(&mut |out: &mut Vec<u8>| {
        bind(&mut Arguments::new(out)).map_err(|error| {
            refused = Some(error);
            EncodeError::Arguments
        })
    });
    queued.map_err(|cause| {
        Error::new(match (cause, refused) {
            (_, Some(error)) => Kind::Argument(error),
            (error, None) => Kind::Encode(error),
        })
    })
}
