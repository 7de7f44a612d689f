//! Somebody who writes down each thing that is measured on a thread.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, LocalRecorderGuard,
    Metadata, Recorder, SharedString, Unit,
};

type Notes = Arc<Mutex<Vec<(Key, f64)>>>;

/// Everything measured on this thread, as long as it lives.
pub(crate) struct Measured {
    notes: Notes,
    _guard: LocalRecorderGuard<'static>,
}

struct Notebook(Notes);

struct Line {
    key: Key,
    notes: Notes,
}

impl Measured {
    pub(crate) fn start() -> Self {
        let notes = Notes::default();
        // A recorder must outlive its guard; there is one per test.
        let notebook = Box::leak(Box::new(Notebook(Arc::clone(&notes))));
        Self {
            notes,
            _guard: metrics::set_default_local_recorder(notebook),
        }
    }

    /// What was measured under a name with all of these labels, in its order.
    pub(crate) fn values(&self, name: &str, labels: &[&str]) -> Vec<f64> {
        let notes = self.notes.lock().expect("no test panics while it writes");
        let is_it = |key: &Key| {
            let mut wanted = labels.iter();
            key.name() == name
                && wanted.all(|wanted| {
                    key.labels()
                        .any(|label| format!("{}={}", label.key(), label.value()) == **wanted)
                })
        };
        notes
            .iter()
            .filter(|(key, _)| is_it(key))
            .map(|(_, value)| *value)
            .collect()
    }

    pub(crate) fn sum(&self, name: &str) -> f64 {
        self.values(name, &[]).iter().sum()
    }

    /// All names and labels.
    pub(crate) fn everything(&self) -> String {
        let notes = self.notes.lock().expect("no test panics while it writes");
        notes.iter().fold(String::new(), |mut text, (key, _)| {
            writeln!(text, "{key}").expect("a String takes everything");
            text
        })
    }
}

impl Line {
    fn write(&self, value: f64) {
        let mut notes = self.notes.lock().expect("no test panics while it writes");
        notes.push((self.key.clone(), value));
    }
}

impl CounterFn for Line {
    fn increment(&self, value: u64) {
        self.write(f64::from(u32::try_from(value).expect("a small number")));
    }

    fn absolute(&self, value: u64) {
        CounterFn::increment(self, value);
    }
}

impl GaugeFn for Line {
    fn increment(&self, value: f64) {
        self.write(value);
    }

    fn decrement(&self, value: f64) {
        self.write(-value);
    }

    fn set(&self, value: f64) {
        self.write(value);
    }
}

impl HistogramFn for Line {
    fn record(&self, value: f64) {
        self.write(value);
    }
}

impl Notebook {
    fn line(&self, key: &Key) -> Arc<Line> {
        Arc::new(Line {
            key: key.clone(),
            notes: Arc::clone(&self.0),
        })
    }
}

impl Recorder for Notebook {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.line(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.line(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.line(key))
    }
}
