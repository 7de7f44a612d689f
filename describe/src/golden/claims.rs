//! A damaged dump is claimed no more of than the whole one: what is not understood proves nothing.

use hathi_query_cache::Cardinality;

use super::{Golden, MAJORS, catalog, dumps};
use crate::analysis::{Analysis, Rules};
use crate::analyzed::statements;
use crate::cardinality::Rows;
use crate::catalog::Catalog;
use crate::parameters;
use crate::tree::{Tree, unwrapped};

/// A part of a dump, and what stands there instead.
type Change = (std::ops::Range<usize>, &'static str);

/// What is claimed of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Claims {
    /// For each column whether it is never NULL, and whether its elements are not.
    columns: Vec<(bool, bool)>,
    cardinality: Cardinality,
}

#[test]
fn a_node_of_an_unknown_kind_proves_nothing_more() {
    no_more_is_claimed(&|text| {
        let labels = places(text, '{').map(|at| {
            let end = at + text[at..].find([' ', '}']).unwrap();
            (at..end, "UNKNOWN")
        });
        labels.collect()
    });
}

#[test]
fn a_field_of_an_unknown_name_proves_nothing_more() {
    no_more_is_claimed(&|text| {
        let names = places(text, ':').filter_map(|at| {
            let end = at + text[at..].find(' ')?;
            Some((at..end, "unknown"))
        });
        names.collect()
    });
}

#[test]
fn a_value_that_is_not_understood_proves_nothing_more() {
    no_more_is_claimed(&|text| {
        let values = places(text, ':').filter_map(|at| {
            let start = at + text[at..].find(' ')? + 1;
            let end = start + text[start..].find([' ', '}'])?;
            let is_atom = !text[start..].starts_with(['{', '(', '"', '<']);
            let is_length = text[end..].starts_with(" [");
            (is_atom && !is_length).then_some((start..end, "?"))
        });
        values.collect()
    });
}

/// Holds the claims about every dump against those about the same dump with one of the changes.
fn no_more_is_claimed(changes: &(dyn Fn(&str) -> Vec<Change> + Sync)) {
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads = MAJORS.map(|major| scope.spawn(move || of_major(major, changes)));
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn of_major(major: u32, changes: &dyn Fn(&str) -> Vec<Change>) -> Vec<String> {
    let catalog = catalog(major);
    let mut wrong = Vec::new();
    let mut claimed = 0;
    for Golden { name, detail, .. } in dumps(major) {
        let text = unwrapped(&detail).unwrap();
        let tree = Tree::read(&text).unwrap();
        // Which parameters a program may leave out is a demand on it, and no claim.
        let nullable = parameters::nullable(&tree, &catalog, 8);
        let before = claims(&tree, &catalog, &nullable);
        claimed += before.columns.iter().filter(|column| column.0).count();
        // The majors differ little: the last one is tried in full, and each change on one of the others or more.
        let is_tried = |at: usize| major == 18 || at % 4 == usize::try_from(major % 4).unwrap();
        let changes = changes(&text).into_iter().enumerate();
        for (_, (part, other)) in changes.filter(|(at, _)| is_tried(*at)) {
            let changed = format!("{}{other}{}", &text[..part.start], &text[part.end..]);
            // A dump that cannot be read is claimed nothing of.
            let Ok(tree) = Tree::read(&changed) else {
                continue;
            };
            let after = claims(&tree, &catalog, &nullable);
            if !after.is_within(&before) {
                let place = &text[part.start.saturating_sub(30)..(part.end + 10).min(text.len())];
                wrong.push(format!(
                    "{name} on {major}: `{place}` changed {before:?} to {after:?}"
                ));
            }
        }
    }
    // Where nothing is claimed, no damage adds to it.
    assert!(claimed > 50, "only {claimed} columns are proven on {major}");
    wrong
}

/// The places behind a character that no backslash stands in front of.
fn places(text: &str, sought: char) -> impl Iterator<Item = usize> {
    text.match_indices(sought)
        .filter(|(at, _)| !text[..*at].ends_with('\\'))
        .map(|(at, found)| at + found.len())
}

fn claims(tree: &Tree<'_>, catalog: &Catalog, nullable: &[bool]) -> Claims {
    let statements = statements(tree).unwrap_or_default();
    let [statement] = statements.as_slice() else {
        return Claims {
            columns: Vec::new(),
            cardinality: Cardinality::Many,
        };
    };
    let rules = Rules::default();
    let analysis = Analysis::new(catalog, rules, nullable.to_vec());
    let columns = analysis.columns(*statement);
    Claims {
        columns: columns
            .iter()
            .map(|column| (column.proof.is_ok(), column.elements))
            .collect(),
        cardinality: Rows::new(catalog, rules).bounds(*statement).cardinality(),
    }
}

impl Claims {
    /// Whether no more is claimed than in `other`.
    fn is_within(&self, other: &Self) -> bool {
        let columns = self.columns.iter().zip(&other.columns);
        // Of another number of columns than the server has told nothing is claimed.
        let are_columns = self.columns.len() != other.columns.len()
            || columns
                .into_iter()
                .all(|(mine, other)| mine.0 <= other.0 && mine.1 <= other.1);
        let is_cardinality = self.cardinality == Cardinality::Many
            || self.cardinality == other.cardinality
            || (other.cardinality == Cardinality::One && self.cardinality != Cardinality::One);
        are_columns && is_cardinality
    }
}
