//! What this session has prepared: a bounded cache from SQL and types to the name the server knows.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::backend::RowDescription;
use crate::frontend;
use crate::reader::Malformed;
use crate::reads;
use crate::simple;
use crate::types::{self, TypeRef};

mod hash;
mod room;
#[cfg(test)]
mod tests;

use self::hash::{Hashed, fingerprint, name};

/// A column as it was when the statement was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name; empty where any name will do.
    pub name: &'static str,
    /// Its type.
    pub ty: TypeRef,
}

/// A column as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its name.
    pub name: Box<str>,
    /// The OID of its type, domains flattened.
    pub oid: u32,
}

impl Described {
    /// Whether it is of this type. The types of text are one family: they are read alike.
    pub fn is(&self, ty: TypeRef) -> bool {
        same_type(ty, self.oid)
    }

    /// All columns of a statement; none if it returns no rows.
    pub(crate) fn all(columns: Option<RowDescription<'_>>) -> Result<Arc<[Self]>, Malformed> {
        let fields = columns.iter().flat_map(RowDescription::fields);
        let described = fields.map(|field| {
            field.map(|field| Self {
                name: field.name.into(),
                oid: field.oid,
            })
        });
        described.collect()
    }
}

/// How a statement differs from what was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Drift {
    /// The number of columns differs.
    Count {
        /// How many were checked.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A column differs in its name or its type.
    Column {
        /// Its place, from 0.
        index: usize,
        /// The column as it was checked.
        expected: Column,
        /// The column as it is.
        found: Described,
    },
}

/// Compares checked columns with described ones. The types of text are one family: they are read alike.
pub(crate) fn compare(expected: &[Column], found: &[Described]) -> Option<Drift> {
    if expected.len() != found.len() {
        return Some(Drift::Count {
            expected: expected.len(),
            found: found.len(),
        });
    }
    let differs = |(column, described): (&Column, &Described)| {
        !same_name(column, described) || !same_type(column.ty, described.oid)
    };
    let index = expected.iter().zip(found).position(differs)?;
    Some(Drift::Column {
        index,
        expected: expected[index],
        found: found[index].clone(),
    })
}

/// A mark at the end of an alias (`AS "x!"`) belongs to the check, not to the name.
fn same_name(column: &Column, described: &Described) -> bool {
    let plain = described
        .name
        .strip_suffix(['!', '?'])
        .unwrap_or(&described.name);
    column.name.is_empty() || column.name == plain || *column.name == *described.name
}

fn same_type(ty: TypeRef, oid: u32) -> bool {
    const TEXTS: [u32; 5] = [19, 25, 705, 1042, 1043];
    match ty {
        TypeRef::Oid(expected) => {
            expected == oid || (TEXTS.contains(&expected) && TEXTS.contains(&oid))
        }
        TypeRef::Named(_) => types::by_oid(oid).is_none(),
    }
}

/// Which of the statements of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StatementId(usize);

/// Known only when ParseComplete has arrived: a Parse that is merely queued may yet be skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Known,
    // Replaced while its Parse was on the way: closed as soon as it turns out to exist.
    Orphan,
    Free,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    sql: Box<str>,
    types: Box<[TypeRef]>,
    name: Box<str>,
    // What every Bind of it begins with; empty if it has more parameters than the protocol can count.
    bind_head: Box<[u8]>,
    state: State,
    used: u64,
    // Unknown until RowDescription or NoData has been heard: an answer may end before.
    columns: Option<Arc<[Described]>>,
    // Running it may change what names mean.
    touches_path: bool,
    // Its text does not show that it only reads.
    may_write: bool,
    // Invariant: if set, the `'static` statement of this identity has this text, these types and these columns.
    checked: Option<Identity>,
}

/// Where a `'static` statement lies: two of one identity are one statement, so nothing of them needs comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity(NonZeroUsize);

impl Identity {
    /// The identity of what lies at an address for ever.
    #[inline]
    pub fn of<T>(statement: &'static T) -> Self {
        Self(NonNull::from(statement).addr())
    }

    /// Where to remember it: statics lie at multiples of eight.
    #[inline]
    fn slot(self) -> usize {
        (self.0.get() >> 3) % RECALLED
    }
}

/// How many statements are remembered where none is kept on the server.
const SEEN: usize = 256;

/// How many statements are found by their identity alone.
const RECALLED: usize = 64;

/// How often the cache helped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementCounters {
    /// Statements found prepared.
    pub hits: u64,
    /// Statements that had to be parsed.
    pub misses: u64,
    /// Statements closed to make room.
    pub evictions: u64,
    /// Statements parsed again because the server had lost or invalidated them.
    pub reprepares: u64,
    /// How many statements are prepared.
    pub size: usize,
    /// How many may be; zero if no statement keeps a name.
    pub capacity: usize,
}

/// The statements of one session.
#[derive(Debug)]
pub struct Statements {
    entries: Vec<Entry>,
    // Several statements of one hash: the newer replaces the older.
    by_hash: HashMap<u64, usize, BuildHasherDefault<Hashed>>,
    // Guesses by identity: an entry is used only if it says that it is the one.
    recalled: [usize; RECALLED],
    // Nothing is kept on the server: entries only say what was seen.
    unnamed: bool,
    capacity: usize,
    clock: u64,
    // What was used after this moment may be in flight: it is not evicted, and its place is not given away.
    idle: u64,
    generation: u64,
    // How often a plan was found to be out of date.
    stale: u64,
    to_close: Vec<Box<str>>,
    counters: StatementCounters,
}

/// What the cache says about a statement about to be used.
pub(crate) enum Lookup {
    Known(StatementId),
    // It has no name on the server, and must be parsed each time; its columns were heard before.
    Seen(StatementId),
    Unknown(StatementId),
}

impl Statements {
    /// Keeps so many prepared; none at all if it is zero, then every use parses its statement without a name.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            entries: Vec::new(),
            by_hash: HashMap::default(),
            recalled: [0; RECALLED],
            unnamed: capacity == 0,
            capacity: if capacity == 0 { SEEN } else { capacity },
            clock: 0,
            idle: 0,
            generation: 0,
            stale: 0,
            to_close: Vec::new(),
            counters: StatementCounters::default(),
        }
    }

    /// How often the cache helped, and how full it is.
    pub fn counters(&self) -> StatementCounters {
        StatementCounters {
            size: self.len(),
            capacity: if self.unnamed { 0 } else { self.capacity },
            ..self.counters
        }
    }

    /// How many statements are prepared.
    pub fn len(&self) -> usize {
        if self.unnamed { 0 } else { self.by_hash.len() }
    }

    /// Whether no statement is prepared.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A statement that is prepared and was checked, found by where it lies.
    #[inline]
    pub(crate) fn recall(&mut self, identity: Option<Identity>) -> Option<StatementId> {
        let index = self.recalled[identity?.slot()];
        let entry = self.entries.get_mut(index)?;
        if entry.checked != identity || entry.state != State::Known {
            return None;
        }
        self.clock += 1;
        entry.used = self.clock;
        self.counters.hits += 1;
        Some(StatementId(index))
    }

    pub(crate) fn look_up(&mut self, sql: &str, types: &[TypeRef]) -> Lookup {
        let hash = fingerprint(sql, types);
        self.clock += 1;
        if let Some(&index) = self.by_hash.get(&hash) {
            let entry = &mut self.entries[index];
            let usable = entry.state == State::Known && entry.columns.is_some();
            if usable && *entry.sql == *sql && *entry.types == *types {
                entry.used = self.clock;
                if self.unnamed {
                    self.counters.misses += 1;
                    return Lookup::Seen(StatementId(index));
                }
                self.counters.hits += 1;
                return Lookup::Known(StatementId(index));
            }
        }
        Lookup::Unknown(self.insert(hash, sql, types))
    }

    /// The same statement anew: what is known of it is out of date.
    #[cold]
    pub(crate) fn renew(&mut self, sql: &str, types: &[TypeRef]) -> StatementId {
        self.insert(fingerprint(sql, types), sql, types)
    }

    #[cold]
    fn insert(&mut self, hash: u64, sql: &str, types: &[TypeRef]) -> StatementId {
        self.counters.misses += 1;
        if let Some(index) = self.by_hash.remove(&hash) {
            self.retire(index);
        }
        while self.by_hash.len() >= self.capacity && self.evict() {}
        self.generation += 1;
        let name = match self.unnamed {
            true => Box::default(),
            false => name(sql, types, self.generation),
        };
        let entry = Entry {
            hash,
            sql: sql.into(),
            types: types.into(),
            bind_head: frontend::bind_head(&name, types.len()).unwrap_or_default(),
            name,
            state: State::Pending,
            used: self.clock,
            columns: None,
            touches_path: simple::mentions_path(sql),
            may_write: !reads::only_reads(sql),
            checked: None,
        };
        let index = self.place(entry);
        self.by_hash.insert(hash, index);
        StatementId(index)
    }

    #[inline]
    pub(crate) fn name(&self, id: StatementId) -> &str {
        &self.entries[id.0].name
    }

    /// What every Bind of a statement begins with.
    #[inline]
    pub(crate) fn bind_head(&self, id: StatementId) -> &[u8] {
        &self.entries[id.0].bind_head
    }

    /// The text and the types of a statement, to prepare it again.
    pub(crate) fn text(&self, id: StatementId) -> (Box<str>, Box<[TypeRef]>) {
        let entry = &self.entries[id.0];
        (entry.sql.clone(), entry.types.clone())
    }

    /// Whether running the statement may change the search path.
    #[inline]
    pub(crate) fn touches_path(&self, id: StatementId) -> bool {
        self.entries[id.0].touches_path
    }

    /// Whether running the statement may change something, as far as its text shows.
    pub(crate) fn may_write(&self, id: StatementId) -> bool {
        self.entries[id.0].may_write
    }

    /// The columns of a statement, if they have been heard.
    pub(crate) fn columns(&self, id: StatementId) -> Option<&Arc<[Described]>> {
        self.entries[id.0].columns.as_ref()
    }

    /// A plan was out of date: whatever is parsed from here on is told apart from what was parsed before.
    #[cold]
    pub(crate) fn mistrust(&mut self) {
        self.stale += 1;
    }

    /// The text as it is parsed. A pooler that follows names prepares one text once on a server, under a name of its own
    /// that many sessions share: what is out of date there is used again unless the text differs.
    pub(crate) fn told_apart<'a>(&self, sql: &'a str, process: u32) -> Cow<'a, str> {
        match self.stale {
            0 => Cow::Borrowed(sql),
            stale => Cow::Owned(format!("{sql}\n/* {process:x}.{stale:x} */")),
        }
    }

    /// Whether a Parse of the statement has not been answered.
    pub(crate) fn is_pending(&self, id: StatementId) -> bool {
        self.entries[id.0].state == State::Pending
    }

    /// ParseComplete has arrived.
    pub(crate) fn parsed(&mut self, id: StatementId) {
        let entry = &mut self.entries[id.0];
        match entry.state {
            State::Pending => entry.state = State::Known,
            State::Orphan => self.close(id.0),
            State::Known | State::Free => {}
        }
    }

    /// The Parse was never sent, or the server skipped or refused it.
    pub(crate) fn not_parsed(&mut self, id: StatementId) {
        let entry = &mut self.entries[id.0];
        // What was seen before stays seen, although it was to be parsed once more.
        if self.unnamed && entry.state == State::Known {
            return;
        }
        if matches!(entry.state, State::Pending) && self.by_hash.get(&entry.hash) == Some(&id.0) {
            self.by_hash.remove(&entry.hash);
        }
        entry.state = State::Free;
    }

    /// The server has lost the statement or refuses to use it: it will be parsed again under its name.
    pub(crate) fn lost(&mut self, id: StatementId) {
        let entry = &mut self.entries[id.0];
        entry.state = State::Pending;
        entry.columns = None;
        entry.checked = None;
        self.counters.reprepares += 1;
    }

    /// Forgets everything: the server has dropped all statements, or names mean other tables than they did.
    pub(crate) fn forget_all(&mut self, close: bool) {
        self.by_hash.clear();
        for index in 0..self.entries.len() {
            if close || self.entries[index].state != State::Known {
                self.retire(index);
            } else {
                self.entries[index].state = State::Free;
            }
        }
    }

    /// The columns of the statement of this name, if it still is that one and they are not known.
    pub(crate) fn overheard(&mut self, id: StatementId, name: &str, columns: Arc<[Described]>) {
        let entry = &mut self.entries[id.0];
        if !self.unnamed && *entry.name == *name && entry.columns.is_none() {
            entry.columns = Some(columns);
        }
    }

    pub(crate) fn described(&mut self, id: StatementId, columns: Arc<[Described]>) {
        self.entries[id.0].columns = Some(columns);
    }

    /// Compares the columns of a prepared statement with those it must have.
    pub(crate) fn check(
        &mut self,
        id: StatementId,
        expected: Option<&[Column]>,
        identity: Option<Identity>,
    ) -> Option<Drift> {
        let entry = &mut self.entries[id.0];
        let found = entry.columns.as_deref().unwrap_or_default();
        let drift = expected.and_then(|expected| compare(expected, found));
        if drift.is_none()
            && !self.unnamed
            && let Some(identity) = identity
        {
            entry.checked = Some(identity);
            self.recalled[identity.slot()] = id.0;
        }
        drift
    }

    /// A statement to close with the next flight.
    pub(crate) fn next_to_close(&mut self) -> Option<Box<str>> {
        self.to_close.pop()
    }

    /// The Close was not sent, or the server skipped it.
    pub(crate) fn not_closed(&mut self, name: Box<str>) {
        self.to_close.push(name);
    }
}
