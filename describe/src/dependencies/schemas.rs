//! The schemas in which the server looks up what a text names: a role that may not use one of them finds nothing there.
//!
//! What a view, a default or a policy speaks of was looked up when it was created. The tree does not tell the two apart, so
//! the text is asked whether it has the word.

use std::collections::BTreeSet;

use hathi_sql_text::{TokenKind, lex};

use super::sequences;
use crate::analyzed::{expression_type, queries};
use crate::catalog::Catalog;
use crate::tree::Tree;

/// The schemas of all that is named in the text, quoted where SQL would have to.
pub(super) fn schemas(sql: &str, tree: &Tree<'_>, catalog: &Catalog) -> Vec<String> {
    let words = words(sql);
    let mut schemas = BTreeSet::new();
    let mut add = |qualified: &str| {
        if let Some((schema, name)) = split(qualified)
            && !comes_with_the_server(schema)
            && [None, Some(schema)]
                .into_iter()
                .any(|qualifier| words.contains(&(qualifier.map(str::to_owned), name.to_owned())))
        {
            schemas.insert(schema.to_owned());
        }
    };
    for query in queries(tree) {
        for entry in query.0.list("rtable").nodes() {
            if let Some(relation) = entry.oid("relid").filter(|oid| catalog.knows(*oid)) {
                add(catalog.name(relation));
            }
        }
    }
    for node in tree.nodes() {
        if let Some(relation) = sequences::relation(node).filter(|oid| catalog.knows(*oid)) {
            add(catalog.name(relation));
        }
        if let Some(ty) = expression_type(node) {
            add(catalog.type_name(ty).trim_end_matches("[]"));
        }
        for field in ["funcid", "aggfnoid", "winfnoid"] {
            if let Some(function) = node.oid(field).and_then(|oid| catalog.function(oid)) {
                add(function.name.split('(').next().unwrap_or_default());
            }
        }
    }
    // An operator's sign can hide behind a keyword, as LIKE does; its function stands in the same schema.
    for node in tree.nodes() {
        let operators = node.oid("opno").into_iter();
        for operator in operators.chain(node.list("opnos").numbers::<u32>()) {
            let function = catalog
                .operator_function(operator)
                .and_then(|oid| catalog.function(oid));
            if let Some(function) = function.filter(|found| !found.built_in)
                && let Some((schema, _)) = split(&function.name)
            {
                schemas.insert(schema.to_owned());
            }
        }
    }
    schemas.into_iter().collect()
}

/// What may be a name, behind the word that qualifies it.
type Words = BTreeSet<(Option<String>, String)>;

/// Every word that may be a name, as SQL would quote it: of identifiers, and of texts, which may become `regclass`.
fn words(sql: &str) -> Words {
    let mut words = Words::new();
    gather(sql, &mut words);
    let strings =
        lex(sql).filter(|token| matches!(token.kind, TokenKind::String | TokenKind::EscapeString));
    for token in strings {
        let quoted = token.text(sql).trim_start_matches(['e', 'E']);
        gather(quoted.trim_matches('\''), &mut words);
    }
    words
}

fn gather(text: &str, words: &mut Words) {
    let mut before: Option<String> = None;
    let mut qualifier = None;
    for token in lex(text).filter(|token| !token.kind.is_trivia()) {
        let written = token.text(text);
        let word = match token.kind {
            TokenKind::Word => Some(written.to_lowercase()),
            TokenKind::QuotedIdentifier => Some(bare(written)),
            _ => None,
        };
        if let Some(word) = &word {
            words.insert((qualifier.take(), word.clone()));
        }
        qualifier = before.take().filter(|_| written == ".");
        before = word;
    }
}

/// A quoted identifier as the catalog writes it: without quotes where it needs none.
fn bare(quoted: &str) -> String {
    let inner = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(quoted);
    let first = inner.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    let plain = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || "_$".contains(character)
    };
    if first && inner.chars().all(plain) {
        inner.to_owned()
    } else {
        quoted.to_owned()
    }
}

/// What stands in front of the first dot outside of quotes, and what behind.
fn split(name: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let dot = name.find(|character| {
        quoted ^= character == '"';
        character == '.' && !quoted
    })?;
    Some((name.get(..dot)?, name.get(dot + 1..)?))
}

fn comes_with_the_server(schema: &str) -> bool {
    matches!(schema, "pg_catalog" | "information_schema" | "pg_toast")
        || schema.starts_with("pg_temp_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_behind_what_qualifies_them() {
        let words =
            words("SELECT a.\"B c\" FROM S . \"t\" WHERE x = 'odd.\"Seq\"' OR y = E'app.some'");
        let found: Vec<String> = words
            .iter()
            .map(|(qualifier, word)| format!("{}.{word}", qualifier.as_deref().unwrap_or("")))
            .collect();
        assert_eq!(
            found,
            [
                ".a",
                ".app",
                ".from",
                ".odd",
                ".or",
                ".s",
                ".select",
                ".where",
                ".x",
                ".y",
                "a.\"B c\"",
                "app.some",
                "odd.\"Seq\"",
                "s.t"
            ]
        );
    }
}
