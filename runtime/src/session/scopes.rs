//! The transaction and the savepoints that are open in a session: how each begins with the first statement in it, and
//! how it ends when nobody says so.

use hathi_wire::sqlstate::SqlState;
use hathi_wire::{RiderId, SegmentId, TransactionStatus};

use super::drive::Link;
use super::script::Script;
use crate::error::{Error, Kind};
use crate::observe::{self, Subject, Verb, Watch};
use crate::source::Source;

/// A transaction, or a savepoint in one.
#[derive(Debug)]
pub(crate) struct Scope {
    begin: RiderId,
    // The name of a savepoint; a transaction has none.
    savepoint: Option<String>,
    // The segment that says how it ends.
    pub(super) ending: Option<SegmentId>,
    // Lives as long as it is open.
    watch: Watch,
}

impl Link {
    /// A call begins, if there may be one.
    #[inline]
    pub(crate) fn ready(&mut self) -> Result<(), Error> {
        if self.begins_in_scope()? {
            self.check_scopes()?;
        }
        Ok(())
    }

    /// The same for this statement, which a transaction may be no place for.
    #[inline]
    pub(crate) fn ready_for(&mut self, source: &Source) -> Result<(), Error> {
        if self.begins_in_scope()? {
            self.admits(source)?;
            self.check_scopes()?;
        }
        Ok(())
    }

    #[inline]
    fn begins_in_scope(&mut self) -> Result<bool, Error> {
        if self.is_broken() {
            return Err(Error::new(Kind::Closed(None)));
        }
        self.begin();
        Ok(!self.scopes.is_empty())
    }

    /// A statement that cannot run in a transaction is refused where one is open, before the server refuses it and the
    /// transaction has failed.
    #[cold]
    pub(crate) fn admits(&self, source: &Source) -> Result<(), Error> {
        let is_refused = source
            .parts()
            .is_some_and(|parts| parts.needs.outside_transactions);
        if is_refused && !self.scopes.is_empty() {
            return Err(Error::new(Kind::InTransaction));
        }
        Ok(())
    }

    /// What is meant for a transaction must never run outside of one: its BEGIN may have failed, a statement may have
    /// ended it, or nobody knows yet, because the answer was abandoned.
    #[cold]
    pub(crate) fn check_scopes(&mut self) -> Result<(), Error> {
        let Some(outermost) = self.scopes.first() else {
            return Ok(());
        };
        if self.connection.is_waiting(outermost.begin) {
            return Ok(());
        }
        if self.connection.owed() > 0 {
            // What was the last word may be true no longer.
            self.guard();
        } else if self.connection.status() == TransactionStatus::Idle {
            return Err(Error::new(Kind::TransactionOver));
        }
        Ok(())
    }

    /// The next statement is refused unless a transaction is open.
    #[cold]
    fn guard(&mut self) {
        // A savepoint, or a guard that was not sent with its statement, says the same.
        if !self.connection.has_riders() {
            self.connection.ride("SAVEPOINT hathi_guard");
            self.connection.ride("RELEASE SAVEPOINT hathi_guard");
        }
    }

    /// Whether the transaction may succeed if it is tried again is for the server to say.
    #[cold]
    pub(crate) fn note_failure(&mut self, error: &Error) {
        if error.is_drift() {
            // The server has done what nobody meant, and knows nothing of it. The outermost place of such a thing counts.
            self.spoiled = match self.spoiled {
                0 => self.depth(),
                outer => outer.min(self.depth()),
            };
        }
        // The last refusal decides; that the transaction has failed before is no other one.
        if error
            .sql_state()
            .is_some_and(|state| state != SqlState::IN_FAILED_SQL_TRANSACTION)
        {
            self.worth_retrying = error.is_serialization_failure() || error.is_deadlock();
        }
    }

    /// Opens a transaction, or a savepoint in the one that is open. Nothing is sent before the first statement in it.
    pub(crate) fn open_scope(&mut self, begin: &str) {
        let savepoint = (!self.scopes.is_empty()).then(|| {
            self.savepoints += 1;
            format!("hathi_{}", self.savepoints)
        });
        if savepoint.is_none() {
            self.worth_retrying = false;
        }
        let sql = match &savepoint {
            Some(name) => format!("SAVEPOINT {name}"),
            None => begin.to_owned(),
        };
        let begin = self.connection.ride(sql);
        let watch = self.watch_scope(savepoint.is_some());
        self.scopes.push(Scope {
            begin,
            savepoint,
            ending: None,
            watch,
        });
    }

    fn watch_scope(&self, is_savepoint: bool) -> Watch {
        if !observe::is_wanted() {
            return Watch::default();
        }
        let (verb, name) = if is_savepoint {
            (Verb::Savepoint, "SAVEPOINT")
        } else {
            (Verb::Transaction, "TRANSACTION")
        };
        let mut watch = Watch::new(verb, &self.observed);
        watch.begin(&self.observed, self.scope(), Subject::Named(name));
        watch
    }

    /// What watches the innermost one.
    pub(crate) fn scope(&self) -> Option<&Watch> {
        self.scopes.last().map(|scope| &scope.watch)
    }

    /// The same, to be told how it ends.
    pub(crate) fn scope_mut(&mut self) -> Option<&mut Watch> {
        self.scopes.last_mut().map(|scope| &mut scope.watch)
    }

    /// How many are open, one in the other.
    pub(crate) fn depth(&self) -> usize {
        self.scopes.len()
    }

    /// What is to be said to the server to keep or to undo what was done in the innermost one; nothing if no statement
    /// ran in it.
    pub(crate) fn end_of_scope(&mut self, end: End) -> Option<String> {
        let scope = self.scopes.last()?;
        if self.connection.is_waiting(scope.begin) {
            return None;
        }
        Some(match (end, &scope.savepoint) {
            (End::Keep, None) => "COMMIT".to_owned(),
            (End::Keep, Some(name)) => format!("RELEASE SAVEPOINT {name}"),
            // Undone already, by the server or by a statement.
            (End::Undo, _) if self.is_idle() => return None,
            (End::Undo, None) => "ROLLBACK".to_owned(),
            (End::Undo, Some(name)) => {
                format!("ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
            }
        })
    }

    /// Says how the innermost one ends.
    pub(crate) fn say_end(&mut self, sql: &str, end: End) -> Script<'_> {
        let mut script = self.say(sql, end);
        script.is_end_of_scope();
        script
    }

    /// Runs a script that ends something. What is undone needs no guard: that would be refused where the transaction has
    /// failed, and with it the one thing that mends it.
    pub(crate) fn say(&mut self, sql: &str, end: End) -> Script<'_> {
        let ready = match end {
            End::Keep => self.ready(),
            End::Undo => self.begins_in_scope().map(drop),
        };
        Script::started(self, sql, ready)
    }

    /// What was done in the transaction is undone, and the next one has begun.
    pub(crate) fn begins_anew(&mut self) {
        self.spoiled = 0;
        self.worth_retrying = false;
    }

    /// Whether something was done in it that nobody meant: it must not be kept.
    pub(crate) fn is_spoiled(&self) -> bool {
        self.spoiled > 0
    }

    /// The innermost one is over.
    pub(crate) fn pop_scope(&mut self) {
        if self.spoiled >= self.depth() {
            self.spoiled = 0;
        }
        let Some(scope) = self.scopes.pop() else {
            return;
        };
        self.connection.withdraw(scope.begin);
        if self.scopes.is_empty() {
            // A guard that has not been sent belongs to this transaction alone.
            self.connection.withdraw_all();
        } else {
            // What failed in a savepoint was undone with it.
            self.worth_retrying = false;
        }
    }

    /// Transactions that were forgotten instead of dropped belong to nobody any more.
    pub(crate) fn forget_scopes(&mut self) {
        while !self.scopes.is_empty() {
            self.pop_scope();
        }
    }

    /// Whether the transaction has not said a word yet.
    pub(crate) fn has_said_nothing(&self) -> bool {
        self.scopes
            .first()
            .is_some_and(|scope| self.connection.is_waiting(scope.begin))
    }

    /// The innermost one was dropped: it is undone, unless its end was said before. That is written at once if the
    /// transport takes it, so that no lock waits for the session's next use; else it goes ahead of that.
    pub(crate) fn drop_scope(&mut self) {
        if !self.is_broken() {
            self.connection.abandon_all();
            let ending = self.scopes.last().and_then(|scope| scope.ending);
            // A COMMIT that has been handed over will be done.
            if !ending.is_some_and(|segment| self.connection.owes(segment))
                && let Some(sql) = self.end_of_scope(End::Undo)
            {
                if self.depth() == 1 {
                    self.connection.roll_back_for_nobody();
                } else {
                    self.connection.say_to_nobody(&sql);
                }
            }
            self.write_for_nobody();
        }
        self.pop_scope();
    }

    /// An error of COMMIT that leaves open whether it was done.
    pub(crate) fn doubt_commit(&mut self, error: Error) -> Error {
        let ending = self.scopes.last().and_then(|scope| scope.ending);
        let handed_over = match ending {
            // What waited behind an abandoned call when its time was over was taken back.
            Some(segment) if error.is_timeout() => self.connection.owes(segment),
            _ => self.connection.unsent().is_empty(),
        };
        if handed_over && (error.is_closed() || error.is_timeout()) {
            // Done again, it might be done twice.
            self.worth_retrying = false;
            error.outcome_unknown()
        } else {
            error
        }
    }

    /// No transaction is open, and no answer is owed that could say otherwise.
    fn is_idle(&self) -> bool {
        self.connection.owed() == 0 && self.connection.status() == TransactionStatus::Idle
    }
}

/// How a transaction or a savepoint ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Keep,
    Undo,
}
