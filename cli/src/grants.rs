//! `grants`: the least rights that a role needs to run the statements of a workspace.

use std::collections::{BTreeMap, BTreeSet};

use hathi_query_cache::{Dependencies, SequenceUse, StatementKind, Use};

use crate::Outcome;
use crate::failure::Failure;
use crate::known::{Known, Statements};
use crate::output::{print, say};

/// Prints the statements that give a role what the workspace needs.
pub(crate) fn run(role: &str) -> Result<Outcome, Failure> {
    let statements = Statements::read()?;
    let needed = statements
        .known
        .iter()
        .map(|known| &known.description.dependencies);
    let count = statements.known.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut text =
        format!("-- The least rights for {count} statement{plural} of this workspace.\n");
    for grant in grants(needed, &quoted(role)) {
        text += &grant;
        text += ";\n";
    }
    text += &unknown(&statements.known);
    let aged = aged(&statements.known);
    print(&text)?;
    Ok(if statements.missing + aged == 0 {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

/// The statements that the server does not analyse: which rights they need is for a person to say.
fn unknown(known: &[Known]) -> String {
    let utilities = known
        .iter()
        .filter(|known| known.description.statement == StatementKind::Utility);
    utilities
        .map(|Known { text, place, .. }| {
            let line = text.lines().next().unwrap_or_default();
            format!(
                "-- Not known: what {}:{} needs: {line}\n",
                place.file, place.line
            )
        })
        .collect()
}

/// Says which statements were described before their rights were kept, and how many there are.
fn aged(known: &[Known]) -> usize {
    let aged = known.iter().filter(|known| {
        let description = &known.description;
        let mut named = description.reads.iter().chain(&description.writes);
        named.any(|relation| !is_for_all(relation)) && description.dependencies.uses.is_empty()
    });
    aged.map(|Known { place, .. }| {
        say(format_args!(
            "error: the cache does not know the rights of the statement at {}:{}:{}\n       help: ask again: cargo hathi prepare",
            place.file, place.line, place.column
        ));
    })
    .count()
}

/// What is needed of one relation.
#[derive(Default)]
struct Rights<'a> {
    select: BTreeSet<&'a str>,
    insert: BTreeSet<&'a str>,
    update: BTreeSet<&'a str>,
    delete: bool,
}

/// The GRANTs, schemas first.
fn grants<'a>(needed: impl Iterator<Item = &'a Dependencies>, role: &str) -> Vec<String> {
    let mut relations: BTreeMap<&str, Rights<'a>> = BTreeMap::new();
    let mut sequences: BTreeMap<&str, SequenceUse> = BTreeMap::new();
    let mut functions: BTreeSet<&str> = BTreeSet::new();
    let mut schemas: BTreeSet<&str> = BTreeSet::new();
    for dependencies in needed {
        functions.extend(dependencies.functions.iter().map(String::as_str));
        schemas.extend(dependencies.schemas.iter().map(String::as_str));
        let own = dependencies.uses.iter().filter(|used| !used.by_owner);
        for used in own.filter(|used| !is_for_all(&used.relation)) {
            let rights = relations.entry(&used.relation).or_default();
            rights.select.extend(used.select.iter().map(String::as_str));
            rights.insert.extend(used.insert.iter().map(String::as_str));
            rights.update.extend(used.update.iter().map(String::as_str));
            rights.delete |= used.delete;
        }
        for used in &dependencies.sequences {
            let known = sequences.entry(&used.sequence).or_default();
            known.next |= used.next;
            known.current |= used.current;
            known.set |= used.set;
        }
    }
    let of_sequences = sequences.iter().filter_map(|(sequence, used)| {
        let is_read = relations
            .get(sequence)
            .is_some_and(|rights| !rights.select.is_empty());
        Some(format!(
            "GRANT {} ON SEQUENCE {sequence} TO {role}",
            of_sequence(used, is_read)?
        ))
    });
    let schemas = schemas
        .into_iter()
        .map(|schema| format!("GRANT USAGE ON SCHEMA {schema} TO {role}"));
    let of_relations = relations.iter().filter_map(|(relation, rights)| {
        Some(format!("GRANT {} ON {relation} TO {role}", rights.words()?))
    });
    // A procedure is no FUNCTION there, and each of them is a ROUTINE.
    let functions = functions
        .iter()
        .map(|function| format!("GRANT EXECUTE ON ROUTINE {function} TO {role}"));
    let all = schemas.chain(of_relations).chain(of_sequences);
    all.chain(functions).collect()
}

/// UPDATE is for `setval` and allows `nextval`; USAGE allows `nextval` and `currval`, and so does SELECT the latter.
fn of_sequence(used: &SequenceUse, is_read: bool) -> Option<&'static str> {
    let usage = (used.next && !used.set) || (used.current && !is_read);
    match (usage, used.set) {
        (true, true) => Some("USAGE, UPDATE"),
        (true, false) => Some("USAGE"),
        (false, true) => Some("UPDATE"),
        (false, false) => None,
    }
}

impl Rights<'_> {
    /// A column that is used anyhow.
    fn a_column(&self) -> Option<&str> {
        let all = [&self.select, &self.insert, &self.update].into_iter();
        all.flatten().copied().find(is_column)
    }

    fn words(&self) -> Option<String> {
        let of_columns = [
            ("SELECT", &self.select),
            ("INSERT", &self.insert),
            ("UPDATE", &self.update),
        ];
        let mut words: Vec<String> = of_columns
            .into_iter()
            .filter_map(|(right, columns)| of_columns_in_words(right, columns, self.a_column()))
            .collect();
        if self.delete {
            words.push("DELETE".to_owned());
        }
        (!words.is_empty()).then(|| words.join(", "))
    }
}

fn of_columns_in_words(right: &str, columns: &BTreeSet<&str>, any: Option<&str>) -> Option<String> {
    if columns.contains(Use::WHOLE) {
        return Some(right.to_owned());
    }
    let named: Vec<&str> = columns.iter().copied().filter(is_column).collect();
    match (named.is_empty(), any) {
        (true, _) if columns.is_empty() => None,
        // Any one column will do.
        (true, Some(column)) => Some(format!("{right} ({column})")),
        (true, None) => Some(right.to_owned()),
        (false, _) => Some(format!("{right} ({})", named.join(", "))),
    }
}

fn is_column(name: &&str) -> bool {
    ![Use::ANY, Use::WHOLE].contains(name)
}

/// Whether everybody may read it.
fn is_for_all(relation: &str) -> bool {
    matches!(schema(relation), Some("pg_catalog" | "information_schema"))
}

/// What stands in front of the first dot outside of quotes.
fn schema(name: &str) -> Option<&str> {
    let mut quoted = false;
    let dot = name.find(|character| {
        if character == '"' {
            quoted = !quoted;
        }
        character == '.' && !quoted
    })?;
    name.get(..dot)
}

fn quoted(role: &str) -> String {
    let plain = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
    };
    if role.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && role.chars().all(plain)
    {
        role.to_owned()
    } else {
        format!("\"{}\"", role.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use hathi_query_cache::Lock;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[track_caller]
    fn check(uses: Vec<Use>, functions: &[&str], schemas: &[&str], expected: &[&str]) {
        let needed = [Dependencies {
            uses,
            functions: names(functions),
            schemas: names(schemas),
            ..Dependencies::default()
        }];
        assert_eq!(grants(needed.iter(), "app"), expected);
    }

    #[test]
    fn rights_on_columns_are_gathered_over_all_statements() {
        let read = Use {
            select: names(&["id", "name"]),
            ..Use::of("public.users", Lock::AccessShare)
        };
        let written = Use {
            select: names(&["id"]),
            update: names(&["name"]),
            delete: true,
            ..Use::of("public.users", Lock::RowExclusive)
        };
        check(
            vec![read, written],
            &["audit.note(text)"],
            &["audit", "public"],
            &[
                "GRANT USAGE ON SCHEMA audit TO app",
                "GRANT USAGE ON SCHEMA public TO app",
                "GRANT SELECT (id, name), UPDATE (name), DELETE ON public.users TO app",
                "GRANT EXECUTE ON ROUTINE audit.note(text) TO app",
            ],
        );
    }

    #[test]
    fn any_column_is_one_that_is_named_or_the_relation() {
        let any = |relation: &str| Use {
            select: names(&[Use::ANY]),
            ..Use::of(relation, Lock::AccessShare)
        };
        let one = Use {
            select: names(&["id"]),
            ..Use::of("\"odd.schema\".a", Lock::AccessShare)
        };
        check(
            vec![any("\"odd.schema\".a"), one, any("\"odd.schema\".b")],
            &[],
            &["\"odd.schema\""],
            &[
                "GRANT USAGE ON SCHEMA \"odd.schema\" TO app",
                "GRANT SELECT (id) ON \"odd.schema\".a TO app",
                "GRANT SELECT ON \"odd.schema\".b TO app",
            ],
        );
    }

    #[test]
    fn where_any_column_will_do_it_is_one_that_is_used_anyhow() {
        let locked = Use {
            select: names(&["id", "name"]),
            update: names(&[Use::ANY]),
            ..Use::of("public.users", Lock::RowShare)
        };
        check(
            vec![locked],
            &[],
            &[],
            &["GRANT SELECT (id, name), UPDATE (id) ON public.users TO app"],
        );
    }

    #[test]
    fn the_functions_of_a_sequence_need_the_least_that_allows_all_of_them() {
        for (next, current, set, is_read, expected) in [
            (true, false, false, false, Some("USAGE")),
            (true, true, false, false, Some("USAGE")),
            (false, true, false, true, None),
            (true, false, true, false, Some("UPDATE")),
            (true, true, true, false, Some("USAGE, UPDATE")),
            (true, true, true, true, Some("UPDATE")),
        ] {
            let used = SequenceUse {
                sequence: String::new(),
                next,
                current,
                set,
            };
            assert_eq!(of_sequence(&used, is_read), expected, "{used:?}");
        }
    }

    #[test]
    fn what_everybody_may_read_and_what_a_view_reads_need_no_grant() {
        let catalog = Use {
            select: names(&["relname"]),
            ..Use::of("pg_catalog.pg_class", Lock::AccessShare)
        };
        let below = Use {
            select: names(&["id"]),
            by_owner: true,
            ..Use::of("public.users", Lock::AccessShare)
        };
        check(vec![catalog, below], &[], &[], &[]);
    }

    #[test]
    fn a_role_is_quoted_where_it_must_be() {
        assert_eq!(quoted("app"), "app");
        assert_eq!(quoted("My \"app\""), "\"My \"\"app\"\"\"");
    }
}
