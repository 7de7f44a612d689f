//! `grants`: the least rights that a role needs to run the statements of a workspace.

use std::collections::{BTreeMap, BTreeSet};

use hathi_query_cache::{Dependencies, Use};

use crate::Outcome;
use crate::failure::Failure;
use crate::known::Statements;
use crate::output::print;

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
    print(&text)?;
    Ok(if statements.missing == 0 {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
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
    let mut functions: BTreeSet<&str> = BTreeSet::new();
    for dependencies in needed {
        functions.extend(dependencies.functions.iter().map(String::as_str));
        let own = dependencies.uses.iter().filter(|used| !used.by_owner);
        for used in own.filter(|used| !is_for_all(&used.relation)) {
            let rights = relations.entry(&used.relation).or_default();
            rights.select.extend(used.select.iter().map(String::as_str));
            rights.insert.extend(used.insert.iter().map(String::as_str));
            rights.update.extend(used.update.iter().map(String::as_str));
            rights.delete |= used.delete;
        }
    }
    let names = relations.keys().chain(&functions);
    let schemas: BTreeSet<&str> = names.filter_map(|name| schema(name)).collect();
    let schemas = schemas
        .into_iter()
        .map(|schema| format!("GRANT USAGE ON SCHEMA {schema} TO {role}"));
    let relations = relations.iter().filter_map(|(relation, rights)| {
        Some(format!("GRANT {} ON {relation} TO {role}", rights.words()?))
    });
    let functions = functions
        .iter()
        .map(|function| format!("GRANT EXECUTE ON FUNCTION {function} TO {role}"));
    schemas.chain(relations).chain(functions).collect()
}

impl Rights<'_> {
    fn words(&self) -> Option<String> {
        let of_columns = [
            ("SELECT", &self.select),
            ("INSERT", &self.insert),
            ("UPDATE", &self.update),
        ];
        let mut words: Vec<String> = of_columns
            .into_iter()
            .filter_map(|(right, columns)| of_columns_in_words(right, columns))
            .collect();
        if self.delete {
            words.push("DELETE".to_owned());
        }
        (!words.is_empty()).then(|| words.join(", "))
    }
}

fn of_columns_in_words(right: &str, columns: &BTreeSet<&str>) -> Option<String> {
    if columns.contains(Use::WHOLE) {
        return Some(right.to_owned());
    }
    // Any one column will do: where others are named, those.
    let named: Vec<&str> = columns
        .iter()
        .copied()
        .filter(|column| *column != Use::ANY)
        .collect();
    match named.is_empty() {
        true if columns.is_empty() => None,
        true => Some(right.to_owned()),
        false => Some(format!("{right} ({})", named.join(", "))),
    }
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
    fn check(uses: Vec<Use>, functions: &[&str], expected: &[&str]) {
        let needed = [Dependencies {
            uses,
            functions: names(functions),
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
            &[
                "GRANT USAGE ON SCHEMA audit TO app",
                "GRANT USAGE ON SCHEMA public TO app",
                "GRANT SELECT (id, name), UPDATE (name), DELETE ON public.users TO app",
                "GRANT EXECUTE ON FUNCTION audit.note(text) TO app",
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
            &[
                "GRANT USAGE ON SCHEMA \"odd.schema\" TO app",
                "GRANT SELECT (id) ON \"odd.schema\".a TO app",
                "GRANT SELECT ON \"odd.schema\".b TO app",
            ],
        );
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
        check(vec![catalog, below], &[], &[]);
    }

    #[test]
    fn a_role_is_quoted_where_it_must_be() {
        assert_eq!(quoted("app"), "app");
        assert_eq!(quoted("My \"app\""), "\"My \"\"app\"\"\"");
    }
}
