//! A database that answers questions about statements.

use std::sync::{Arc, Mutex, PoisonError};

use hathi_query_cache::{Description, Mistakes, StatementKind, Template};
use hathi_wire::Dsn;

use crate::analysis::Rules;
use crate::catalog::{Catalog, Needs, Row, question};
use crate::client::{Answer, Client, Limits};
use crate::copy::Probe;
use crate::description::Accepted;
use crate::error::Error;
use crate::refusal;
use crate::row;
use crate::tree::{Tree, unwrapped};
use crate::utility;

/// An open connection to a database, which is asked about statements and executes none of them.
///
/// # Example: what a column can be
///
/// ```no_run
/// # fn demo() -> Result<(), Box<dyn std::error::Error>> {
/// use hathi_describe::{Database, Limits};
/// use hathi_query_cache::Template;
///
/// let mut database = Database::connect(&"postgres://ada@localhost/app".parse()?, Limits::default())?;
/// let statement = Template::parse("SELECT nick FROM users WHERE id = $id")?;
/// for answer in database.describe(&[statement])? {
///     let columns = answer?.columns.unwrap_or_default();
///     assert_eq!(columns[0].origin.as_deref(), Some("public.users.nick"));
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Database {
    pub(crate) client: Client,
    // Whether utilities may be run, and rolled back.
    scratch: bool,
    rules: Rules,
    catalog: Catalog,
}

impl Database {
    /// Connects and makes the server show how it understands a statement. What the address leaves out is looked up where
    /// libpq looks: in the service file, the `PG…` variables and `.pgpass`.
    ///
    /// # Errors
    ///
    /// [`Error`] if no host can be reached within the limit, the server refuses the session, or a variable or a file of
    /// libpq's makes no sense.
    pub fn connect(dsn: &Dsn, limits: Limits) -> Result<Self, Error> {
        Client::open(dsn, limits).map(|client| Self {
            client,
            scratch: false,
            rules: Rules::default(),
            catalog: Catalog::default(),
        })
    }

    /// Says whether the database is there to be tried on. Then CREATE TABLE and its kin, of which the server checks no more
    /// than the grammar when they are prepared, are run in a transaction that is rolled back; no statement that reaches
    /// beyond a transaction is, nor one that runs code of the user's.
    pub fn set_scratch(&mut self, scratch: bool) {
        self.scratch = scratch;
    }

    /// Says which functions of the user's never return NULL, by their signatures: `public.f(int4,public.mood)`, the types as
    /// `pg_type` calls them. A strict one is still taken to return NULL for NULL. A function can say the same of itself:
    /// `COMMENT ON FUNCTION f IS 'hathi: not null'`.
    pub fn set_declared(&mut self, functions: &[String]) {
        self.catalog.declare(functions);
    }

    /// Asks about all statements in one flight, and about all that they speak of in a second one.
    ///
    /// The answers stand in the order of the statements: a description, or what is wrong with the statement.
    ///
    /// # Errors
    ///
    /// [`Error`] if the conversation fails; then no statement is to blame.
    pub fn describe(
        &mut self,
        templates: &[Template],
    ) -> Result<Vec<Result<Description, Mistakes>>, Error> {
        let questions: Vec<Question<'_>> = templates.iter().map(Question::new).collect();
        let texts = questions.iter().flat_map(Question::texts);
        let answers = self.client.describe(texts)?;
        let trees: Vec<Option<String>> = answers
            .iter()
            .map(|answer| {
                answer
                    .tree
                    .as_deref()
                    .and_then(|detail| unwrapped(detail).ok())
            })
            .collect();
        let mut asked = answers.iter().zip(&trees);
        let understood: Vec<Result<Accepted<'_>, Mistakes>> = questions
            .iter()
            .map(|question| question.accepted(&mut asked))
            .collect();
        let mut needs = Needs::default();
        understood
            .iter()
            .flatten()
            .for_each(|accepted| accepted.needs(&mut needs));
        let rules = self.rules;
        // A server that only speaks the protocol may have no catalog: then types are known, and nothing else.
        let shows_trees = understood.iter().flatten().any(|it| it.tree.is_some());
        let nothing = Catalog::default();
        let catalog = match self.catalog(&needs) {
            Err(error) if !shows_trees && error.has_no_catalog() => &nothing,
            asked => asked?,
        };
        let described: Vec<_> = understood
            .into_iter()
            .map(|accepted| accepted?.description(catalog, rules))
            .collect();
        self.tried(templates, described)
    }

    /// Runs the utilities among the statements, where that may be done.
    fn tried(
        &mut self,
        templates: &[Template],
        mut described: Vec<Result<Description, Mistakes>>,
    ) -> Result<Vec<Result<Description, Mistakes>>, Error> {
        if !self.scratch {
            return Ok(described);
        }
        for (template, described) in templates.iter().zip(&mut described) {
            let is_utility = described.as_ref().is_ok_and(|description| {
                description.statement == StatementKind::Utility
                    && description.columns.is_none()
                    && description.parameters.is_empty()
            });
            if is_utility
                && utility::can_be_tried(template.sql())
                && let Err(mistakes) = self.try_out(template)?
            {
                *described = Err(mistakes);
            }
        }
        Ok(described)
    }

    fn try_out(&mut self, template: &Template) -> Result<Result<(), Mistakes>, Error> {
        self.client
            .run(utility::LIMITS, |_| Ok(()))?
            .map_err(Error::catalog)?;
        let outcome = self.client.run(template.sql(), |_| Ok(()))?;
        self.client
            .run("ROLLBACK", |_| Ok(()))?
            .map_err(Error::catalog)?;
        Ok(match outcome {
            Err(error) if utility::is_mistake(error.code.code()) => {
                Err(refusal::mistakes(template, &error))
            }
            _ => Ok(()),
        })
    }

    /// The server's version as it names it, `18.4`.
    #[must_use]
    pub fn server_version(&self) -> &str {
        let version = self.client.parameter("server_version").unwrap_or("unknown");
        // Distributions put their own name behind it.
        version.split(' ').next().unwrap_or(version)
    }

    /// Switches a rule of the analysis off, so that a test sees what it is good for.
    #[cfg(feature = "switches")]
    pub fn switch_off(&mut self, rule: crate::analysis::Rule) {
        self.rules = self.rules.without(rule);
    }

    /// The major version of the server; 0 if it does not say one.
    pub(crate) fn major(&self) -> u32 {
        let major = self
            .server_version()
            .split(|character: char| !character.is_ascii_digit());
        major
            .into_iter()
            .next()
            .and_then(|major| major.parse().ok())
            .unwrap_or(0)
    }

    /// What the catalog says of `needs`. What is known is asked again only after some transaction has ended.
    pub(crate) fn catalog(&mut self, needs: &Needs) -> Result<&Catalog, Error> {
        if needs.is_empty() {
            return Ok(&self.catalog);
        }
        if !self.catalog.is_empty() {
            let missing = self.catalog.missing(needs);
            let snapshot = self.asked_for(&missing)?;
            if snapshot == self.catalog.snapshot() {
                self.catalog.note(missing);
                return Ok(&self.catalog);
            }
            self.catalog.forget();
        }
        let missing = self.catalog.missing(needs);
        self.asked_for(&missing)?;
        self.catalog.note(missing);
        Ok(&self.catalog)
    }

    /// Asks for `needs`, and returns which transactions had ended before.
    fn asked_for(&mut self, needs: &Needs) -> Result<String, Error> {
        let major = self.major();
        let mut catalog = std::mem::take(&mut self.catalog);
        let mut snapshot = String::new();
        let asked = self.ask(&question(needs), |values| {
            let row = Row::read(values)?;
            if let Row::Snapshot { text } = row {
                text.clone_into(&mut snapshot);
            }
            catalog.take(row, major);
            Some(())
        });
        // After an answer that was not read to its end nothing is known.
        asked?;
        self.catalog = catalog;
        Ok(snapshot)
    }

    /// Asks the catalog; `take` returns `None` for a row that is none of the answer.
    pub(crate) fn ask(
        &mut self,
        sql: &str,
        mut take: impl FnMut(&[Option<&str>]) -> Option<()>,
    ) -> Result<(), Error> {
        let outcome = self.client.run(sql, |body| {
            let values = row::values(body).ok_or_else(Error::answer)?;
            take(&values).ok_or_else(Error::answer)
        })?;
        outcome.map_err(Error::catalog)
    }
}

/// A statement and what the server is asked about it.
struct Question<'a> {
    template: &'a Template,
    /// COPY is not analysed: what is asked about besides.
    probe: Option<Probe>,
}

impl<'a> Question<'a> {
    fn new(template: &'a Template) -> Self {
        Self {
            template,
            probe: Probe::of(template),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let probe = self.probe.iter().map(Probe::sql);
        [self.template.sql()].into_iter().chain(probe)
    }

    fn accepted(
        &'a self,
        answers: &mut impl Iterator<Item = (&'a Answer, &'a Option<String>)>,
    ) -> Result<Accepted<'a>, Mistakes> {
        let (first, behind) = (answers.next(), self.probe.as_ref().map(|_| answers.next()));
        // An answer is there for every text: without one nothing is known.
        let (answer, tree) = first.ok_or_else(Mistakes::default)?;
        let mut prepared = answer
            .outcome
            .as_ref()
            .map_err(|error| refusal::mistakes(self.template, error))?;
        let mut tree = tree;
        if let (Some(probe), Some(behind)) = (&self.probe, behind) {
            let (answer, of_probe) = behind.ok_or_else(Mistakes::default)?;
            let outcome = answer.outcome.as_ref();
            prepared = outcome.map_err(|error| probe.mistakes(error))?;
            tree = of_probe;
        }
        Ok(Accepted {
            template: self.template,
            prepared,
            // A tree that cannot be read proves nothing, and nothing is lost but proofs.
            tree: tree.as_deref().and_then(|text| Tree::read(text).ok()),
        })
    }
}

/// A connection that this process keeps, and whom it belongs to.
type Slot = (Dsn, Arc<Mutex<Option<Database>>>);

static SHARED: Mutex<Vec<Slot>> = Mutex::new(Vec::new());

/// Lends the one connection that this process has to a database. A connection that has broken meanwhile is replaced,
/// and the work is done once more.
///
/// # Errors
///
/// [`Error`] if there is no connection to be had, or the work fails with one.
///
/// # Example: every macro of a crate asks over one connection
///
/// ```no_run
/// # fn demo() -> Result<(), Box<dyn std::error::Error>> {
/// use hathi_describe::{Limits, shared};
///
/// let dsn = "postgres://ada@localhost/app".parse()?;
/// let fingerprint = shared(&dsn, Limits::default(), |database| database.fingerprint())?;
/// assert_eq!(fingerprint.len(), 64);
/// # Ok(()) }
/// ```
pub fn shared<T>(
    dsn: &Dsn,
    limits: Limits,
    mut work: impl FnMut(&mut Database) -> Result<T, Error>,
) -> Result<T, Error> {
    let slot = slot(dsn);
    let mut kept = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(mut database) = kept.take() {
        match work(&mut database) {
            Err(error) if error.is_closed() => {}
            done => {
                *kept = Some(database).filter(|database| !database.client.is_broken());
                return done;
            }
        }
    }
    let mut database = Database::connect(dsn, limits)?;
    let done = work(&mut database);
    *kept = Some(database).filter(|database| !database.client.is_broken());
    done
}

fn slot(dsn: &Dsn) -> Arc<Mutex<Option<Database>>> {
    let mut slots = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, slot)) = slots.iter().find(|(known, _)| known == dsn) {
        return Arc::clone(slot);
    }
    let slot = Arc::new(Mutex::new(None));
    slots.push((dsn.clone(), Arc::clone(&slot)));
    slot
}
