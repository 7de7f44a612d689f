//! What somebody sees who listens to spans and events: a tree, in the order in which they began.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

/// Listens to all that happens on this thread, as long as it lives.
#[derive(Debug)]
pub struct Recorded {
    nodes: Arc<Mutex<Vec<Node>>>,
    _guard: DefaultGuard,
}

#[derive(Debug, Clone)]
struct Node {
    id: u64,
    parent: Option<u64>,
    name: &'static str,
    fields: Vec<(&'static str, String)>,
    is_open: bool,
    is_event: bool,
}

impl Recorded {
    /// Begins to listen.
    #[must_use]
    pub fn start() -> Self {
        let nodes = Arc::default();
        let listener = Listener(Arc::clone(&nodes));
        let guard = tracing::subscriber::set_default(Registry::default().with(listener));
        Self {
            nodes,
            _guard: guard,
        }
    }

    /// What was told so far, without what differs from run to run, and without what every span says alike.
    ///
    /// # Panics
    ///
    /// If a test has panicked while it was told of something.
    #[must_use]
    pub fn tree(&self) -> String {
        let nodes = std::mem::take(&mut *self.nodes.lock().expect("nobody panics while telling"));
        let mut tree = String::new();
        let known = |id: Option<u64>| {
            id.filter(|id| nodes.iter().any(|node| !node.is_event && node.id == *id))
        };
        write_children(&nodes, &known, None, 0, &mut tree).expect("a string takes all");
        tree
    }

    /// Everything that was told, as it was told.
    ///
    /// # Panics
    ///
    /// As [`tree`](Self::tree).
    #[must_use]
    pub fn everything(&self) -> String {
        format!(
            "{:?}",
            self.nodes.lock().expect("nobody panics while telling")
        )
    }
}

/// What every span says alike, or what depends on the machine.
const LEFT_OUT: [&str; 5] = [
    "otel.kind",
    "db.system.name",
    "db.namespace",
    "server.address",
    "server.port",
];

fn write_children(
    nodes: &[Node],
    known: &dyn Fn(Option<u64>) -> Option<u64>,
    parent: Option<u64>,
    depth: usize,
    out: &mut String,
) -> fmt::Result {
    for node in nodes.iter().filter(|node| known(node.parent) == parent) {
        let indent = "  ".repeat(depth);
        let kind = if node.is_event { "event " } else { "" };
        let open = if node.is_open { " (open)" } else { "" };
        writeln!(out, "{indent}{kind}{}{open}", node.name)?;
        for (name, value) in node
            .fields
            .iter()
            .filter(|(name, _)| !LEFT_OUT.contains(name))
        {
            writeln!(out, "{indent}  | {name} = {value}")?;
        }
        if !node.is_event {
            write_children(nodes, known, Some(node.id), depth + 1, out)?;
        }
    }
    Ok(())
}

struct Listener(Arc<Mutex<Vec<Node>>>);

impl Listener {
    fn nodes(&self) -> std::sync::MutexGuard<'_, Vec<Node>> {
        self.0.lock().expect("nobody panics while telling")
    }
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Listener {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let parent = ctx
            .span(id)
            .and_then(|span| span.parent().map(|parent| parent.id()));
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        self.nodes().push(Node {
            id: id.into_u64(),
            parent: parent.map(|id| id.into_u64()),
            name: attributes.metadata().name(),
            fields: fields.0,
            is_open: true,
            is_event: false,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let mut nodes = self.nodes();
        // The registry gives ids again: the newest of one is meant.
        if let Some(node) = nodes
            .iter_mut()
            .rfind(|node| !node.is_event && node.id == id.into_u64())
        {
            node.fields.extend(fields.0);
        }
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let mut nodes = self.nodes();
        let fresh = 1 << 63 | u64::try_from(nodes.len()).unwrap_or(0) << 32;
        let Some(index) = nodes
            .iter()
            .rposition(|node| !node.is_event && node.id == id.into_u64())
        else {
            return;
        };
        nodes[index].is_open = false;
        // Another span may get this id: what is known of this one keeps one of its own.
        let own = fresh | u64::try_from(index).unwrap_or(0);
        nodes[index].id = own;
        for node in nodes
            .iter_mut()
            .filter(|node| node.parent == Some(id.into_u64()))
        {
            node.parent = Some(own);
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let around = ctx.event_span(event).map(|span| span.id().into_u64());
        self.nodes().push(Node {
            id: 0,
            parent: around,
            name: event.metadata().target(),
            fields: fields.0,
            is_open: false,
            is_event: true,
        });
    }
}

#[derive(Default)]
struct Fields(Vec<(&'static str, String)>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        write!(text, "{value:?}").expect("a string takes all");
        self.0.push((field.name(), text));
    }
}
