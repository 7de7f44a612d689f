//! Metrics by OpenTelemetry's conventions for databases, for whatever recorder of the crate metrics is installed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hathi_wire::StatementCounters;
use metrics::{Label, SharedString, counter, gauge, histogram};

use super::Verb;
use super::place::Place;
use super::span::About;
use crate::config::Config;
use crate::error::Error;
use crate::pool::PoolStatus;

/// Whether calls of this kind are measured.
pub(super) fn measures(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Query
            | Verb::Command
            | Verb::Stream
            | Verb::Script
            | Verb::Pipeline
            | Verb::CopyIn
            | Verb::CopyOut
    )
}

/// A call that is measured from its first poll on.
#[derive(Debug)]
pub(super) struct Measured {
    since: Instant,
    took: Option<Duration>,
    labels: Vec<Label>,
    // The SQLSTATE, if there is one, and what went wrong.
    failure: Option<(Option<String>, String)>,
}

impl Measured {
    pub(super) fn new(about: &About<'_>, place: &Place) -> Self {
        let known = [
            ("db.operation.name", about.operation()),
            ("db.collection.name", about.collection()),
            ("db.query.summary", about.summary()),
            ("server.address", place.address.as_deref()),
        ];
        let mut labels = vec![
            Label::from_static_parts("db.system.name", "postgresql"),
            Label::new("db.namespace", place.namespace.to_string()),
        ];
        let known = known.into_iter();
        labels.extend(known.filter_map(|(name, value)| Some(Label::new(name, value?.to_owned()))));
        if let Some(port) = place.port {
            labels.push(Label::new("server.port", port.to_string()));
        }
        Self {
            since: Instant::now(),
            took: None,
            labels,
            failure: None,
        }
    }

    /// It has ended now; what is made of its answer may fail yet.
    pub(super) fn ends(&mut self) {
        self.took.get_or_insert_with(|| self.since.elapsed());
    }

    pub(super) fn fails(&mut self, error: &Error) {
        self.ends();
        let state = error.sql_state().map(|state| state.code().to_owned());
        let word = state.clone().unwrap_or_else(|| error.word().to_owned());
        self.failure.get_or_insert((state, word));
    }

    /// Nobody waits for it any more.
    pub(super) fn tell(mut self, verb: Verb, rows: u64) {
        let is_cut = self.took.is_none();
        // Whoever has read enough of a stream drops it.
        if is_cut && !matches!(verb, Verb::Stream | Verb::CopyOut) {
            self.failure = Some((None, "dropped".to_owned()));
        }
        // The rows of a COPY are counted by the server, at its end.
        let is_counted = match verb {
            Verb::Query | Verb::Stream => true,
            Verb::CopyOut => !is_cut,
            _ => false,
        };
        self.ends();
        if let Some((state, word)) = self.failure.take() {
            let state = state.map(|state| Label::new("db.response.status_code", state));
            self.labels.extend(state);
            self.labels.push(Label::new("error.type", word));
        } else if is_counted {
            let rows = u32::try_from(rows).unwrap_or(u32::MAX);
            histogram!("db.client.response.returned_rows", self.labels.clone()).record(rows);
        }
        let took = self.took.unwrap_or_default();
        histogram!("db.client.operation.duration", self.labels).record(took);
    }
}

/// What has been told of the statements that a session keeps prepared.
#[derive(Debug, Default)]
pub(crate) struct StatementMeter(StatementCounters);

impl StatementMeter {
    /// Tells what is new.
    pub(crate) fn tell(&mut self, now: impl FnOnce() -> StatementCounters) {
        let now = now();
        let before = std::mem::replace(&mut self.0, now);
        for (name, before, now) in [
            ("hathi.statement_cache.hits", before.hits, now.hits),
            ("hathi.statement_cache.misses", before.misses, now.misses),
            (
                "hathi.statement_cache.evictions",
                before.evictions,
                now.evictions,
            ),
        ] {
            if now > before {
                counter!(name).increment(now - before);
            }
        }
    }
}

/// The clock of something that takes time.
#[derive(Debug)]
pub(crate) struct Moment(Instant);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }
}

/// Measures a pool.
#[derive(Debug)]
pub(crate) struct PoolMeter {
    name: SharedString,
    // What is told last is the newest: gauges are set by one at a time.
    telling: Mutex<()>,
}

impl PoolMeter {
    /// A pool is called what its sessions call themselves, or after where they go.
    pub(crate) fn new(config: &Config) -> Self {
        let name = config.own_name().map_or_else(
            || {
                let place = Place::new(config, None);
                let address = place.address.as_deref().unwrap_or("several hosts");
                let port = place
                    .port
                    .map_or_else(String::new, |port| format!(":{port}"));
                format!("{address}{port}/{}", place.namespace)
            },
            str::to_owned,
        );
        Self {
            name: SharedString::from(name),
            telling: Mutex::new(()),
        }
    }

    fn label(&self) -> Label {
        Label::new("db.client.connection.pool.name", self.name.clone())
    }

    /// Something has changed.
    pub(crate) fn changed(&self, status: impl FnOnce() -> PoolStatus) {
        let _alone = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let status = status();
        for (state, count) in [("idle", status.idle), ("used", status.used + status.shared)] {
            let state = Label::from_static_parts("db.client.connection.state", state);
            gauge!("db.client.connection.count", vec![self.label(), state]).set(number(count));
        }
        let waiting = number(status.waiting);
        gauge!("db.client.connection.pending_requests", vec![self.label()]).set(waiting);
    }

    /// Somebody has waited for too long.
    pub(crate) fn timed_out(&self) {
        counter!("db.client.connection.timeouts", vec![self.label()]).increment(1);
    }

    /// A connection was opened.
    pub(crate) fn created(&self, since: &Moment) {
        self.took("db.client.connection.create_time", since);
    }

    /// Somebody got a connection.
    pub(crate) fn waited(&self, since: &Moment) {
        self.took("db.client.connection.wait_time", since);
    }

    /// Somebody gave back a connection.
    pub(crate) fn used(&self, since: &Moment) {
        self.took("db.client.connection.use_time", since);
    }

    fn took(&self, name: &'static str, since: &Moment) {
        histogram!(name, vec![self.label()]).record(since.0.elapsed());
    }
}

/// How many, as gauges have it.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
