//! The project's migrations, applied to a private server.

mod apply;
mod history;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hathi_query_cache::Diagnostic;
use hathi_sql_text::{Token, lex, migration, statements};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

pub(crate) use apply::{Applied, apply, pending};

/// A script of the folder.
#[derive(Debug)]
pub(crate) struct Migration {
    /// Its place in the order.
    pub(crate) version: u64,
    /// `0001__crew.up.sql`
    pub(crate) file_name: String,
    /// The file.
    pub(crate) path: PathBuf,
    /// What it holds, with line ends of `\n`.
    pub(crate) text: String,
    /// A digest of its tokens: comments and layout may change after it was applied.
    pub(crate) checksum: String,
}

impl Migration {
    fn read(folder: &Path, script: migration::Script) -> Result<Self, Failure> {
        let path = folder.join(&script.file_name);
        let text = fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))?;
        let text = text.replace("\r\n", "\n");
        if let Some(mistake) = transaction_control(&text) {
            return Err(Failure::script(mistake, &path, &text));
        }
        Ok(Self {
            version: script.version,
            file_name: script.file_name,
            checksum: checksum(&text),
            path,
            text,
        })
    }
}

/// The scripts of a folder in their order; none if there is no such folder.
pub(crate) fn read(folder: &Path) -> Result<Vec<Migration>, Failure> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error: io::Error| Failure::unreadable(folder, &error);
    let mut names = Vec::new();
    for file in fs::read_dir(folder).map_err(unreadable)? {
        let name = file.map_err(unreadable)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    let scripts = migration::order(names).map_err(|error| Failure::no_order(folder, &error))?;
    let scripts = scripts
        .into_iter()
        .map(|script| Migration::read(folder, script));
    scripts.collect()
}

/// A script is one transaction from outside, so it may not begin or end one itself.
fn transaction_control(text: &str) -> Option<Diagnostic> {
    let found = statements(text).into_iter().find_map(|statement| {
        let sql = text.get(statement.clone())?;
        let mut words = lex(sql).filter(|token| !token.kind.is_trivia());
        let (first, second) = (words.next()?, words.next());
        controls(sql, first, second).then(|| {
            let place = statement.start + first.start..statement.start + first.end;
            (first.text(sql).to_uppercase(), place)
        })
    });
    let (word, place) = found?;
    Some(Diagnostic {
        message: format!("a migration is one transaction, and cannot hold {word} itself"),
        place: Some(place),
        help: vec![format!(
            "leave {word} out: the script is applied as a whole or not at all"
        )],
        ..Diagnostic::default()
    })
}

fn controls(sql: &str, first: Token, second: Option<Token>) -> bool {
    let second_is = |word| second.is_some_and(|second| second.is_word(sql, word));
    match &*first.text(sql).to_ascii_lowercase() {
        "begin" | "start" | "commit" | "end" | "abort" => true,
        // Back to a savepoint is no end.
        "rollback" => !second_is("to"),
        "prepare" => second_is("transaction"),
        _ => false,
    }
}

fn checksum(text: &str) -> String {
    let mut hash = Sha256::new();
    for token in lex(text).filter(|token| !token.kind.is_trivia()) {
        let token = token.text(text);
        hash.update(format!("{}:", token.len()));
        hash.update(token);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, expected: Option<&str>) {
        let found = transaction_control(script);
        let words = found
            .as_ref()
            .map(|found| &script[found.place.clone().unwrap()]);
        assert_eq!(words, expected, "in {script}");
    }

    #[test]
    fn scripts_that_control_transactions_are_refused_at_the_word() {
        check("CREATE TABLE t(); -- x\n Commit;", Some("Commit"));
        check("begin; SELECT 1", Some("begin"));
        check("ROLLBACK", Some("ROLLBACK"));
        check("PREPARE TRANSACTION 'x'", Some("PREPARE"));
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        check(
            "SAVEPOINT a; ROLLBACK TO a; PREPARE p AS SELECT 1; SELECT 'COMMIT'",
            None,
        );
        check(
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 1",
            None,
        );
        check("DO $$ BEGIN COMMIT; END $$", None);
        check("", None);
    }

    #[test]
    fn comments_and_layout_do_not_change_the_checksum() {
        assert_eq!(
            checksum("CREATE TABLE t ();"),
            checksum("-- t\nCREATE  TABLE t\n();\n")
        );
        assert_ne!(checksum("SELECT 'a b'"), checksum("SELECT 'a  b'"));
        assert_ne!(checksum("SELECT a b"), checksum("SELECT ab"));
    }
}
