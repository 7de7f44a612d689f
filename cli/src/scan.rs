//! Finds every statement in the sources of the workspace, without compiling anything.

mod calls;
mod imports;
mod input;
mod items;
mod literal;
mod names;
mod source;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hathi_query_cache::{Diagnostic, Mistakes, SourcePlace, Template};
use hathi_sql_text::place;

use crate::workspace::Member;
use calls::{Call, calls};
use input::Input;
use literal::Literal;
use names::Macro;
use tree::Tree;

/// The sources of a workspace, read.
#[derive(Debug)]
pub(crate) struct Sources<'m> {
    members: &'m [Member],
    tree: Tree,
}

/// What was found in the sources of some members.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The statements, in the order of the files.
    pub(crate) statements: Vec<Statement>,
    /// What is wrong in the sources, rendered: files that are no Rust, statements that are none.
    pub(crate) mistakes: Vec<String>,
    /// Calls whose SQL another macro hands on: reading does not show it.
    pub(crate) unseen: Vec<SourcePlace>,
}

/// A statement and where it stands.
#[derive(Debug)]
pub(crate) struct Statement {
    /// The statement.
    pub(crate) template: Template,
    /// The lints that are not to be shown.
    pub(crate) allowed: Vec<String>,
    text: Text,
}

/// Where the text of a statement is written.
#[derive(Debug)]
enum Text {
    /// In literals; each is a line of the text.
    Literals {
        file: String,
        literals: Vec<Literal>,
    },
    /// In a file of its own.
    File(String),
}

impl<'m> Sources<'m> {
    /// Reads the sources of all members: one may export our macros to another.
    pub(crate) fn read(members: &'m [Member]) -> Self {
        let tree = Tree::read(members);
        Self { members, tree }
    }

    /// Looks for the statements of those members whose place in the list is wanted. Files are named from `base`.
    pub(crate) fn statements(&self, wanted: &BTreeSet<usize>, base: &Path) -> Found {
        let mut found = Found::default();
        for (member, unreadable) in &self.tree.unreadable {
            if wanted.contains(member) {
                let (line, column) = unreadable.place.unwrap_or((1, 1));
                let at = source_place(base, &unreadable.path, line, column);
                found
                    .mistakes
                    .push(words(&unreadable.reason).report("", Some(&at)));
            }
        }
        // A file that is part of two targets holds its statements once.
        let mut seen = BTreeSet::new();
        for call in calls(&self.tree, self.members) {
            if wanted.contains(&call.member) && seen.insert((call.file, call.place)) {
                let manifest = &self.members[call.member].folder;
                found.take(call, manifest, base);
            }
        }
        found
    }
}

impl Found {
    fn take(&mut self, call: Call<'_>, manifest: &Path, base: &Path) {
        let (line, column) = call.place;
        let at = source_place(base, call.file, line, column);
        let (literals, allowed) = match call.input {
            Input::Literals { literals, allowed } => (literals, allowed),
            Input::Metavariable => return self.unseen.push(at),
            Input::Other => return,
        };
        let written = Text::Literals {
            file: at.file.clone(),
            literals,
        };
        let result = match call.called {
            Macro::Literal | Macro::CopyIn | Macro::CopyOut => Ok((written.joined(), written)),
            Macro::File => file(&written.joined(), manifest, base),
        };
        let (sql, text) = match result {
            Ok(read) => read,
            Err(mistake) => return self.mistakes.push(mistake.report("", Some(&at))),
        };
        let template = match call.called {
            Macro::Literal | Macro::File => Template::parse(&sql),
            Macro::CopyIn => Template::copy_in(&sql),
            Macro::CopyOut => Template::copy_out(&sql),
        };
        match template {
            Ok(template) => self.statements.push(Statement {
                template,
                text,
                allowed,
            }),
            Err(mistakes) => self.mistakes.extend(text.report(&mistakes, &sql)),
        }
    }
}

impl Statement {
    /// Where it begins.
    pub(crate) fn place(&self) -> SourcePlace {
        self.text.locate(self.template.text(), 0)
    }

    /// Mistakes as the compiler would show them.
    pub(crate) fn report(&self, mistakes: &Mistakes) -> Vec<String> {
        self.text.report(mistakes, self.template.text())
    }
}

impl Text {
    fn joined(&self) -> String {
        match self {
            Self::Literals { literals, .. } => {
                let texts: Vec<&str> = literals.iter().map(|literal| &*literal.text).collect();
                texts.join("\n")
            }
            Self::File(path) => path.clone(),
        }
    }

    fn report(&self, mistakes: &Mistakes, sql: &str) -> Vec<String> {
        let mistakes = mistakes.0.iter();
        let report = |mistake: &Diagnostic| {
            let offset = mistake.place.as_ref().map_or(0, |place| place.start);
            mistake.report(sql, Some(&self.locate(sql, offset)))
        };
        mistakes.map(report).collect()
    }

    /// Where a byte of the statement stands.
    fn locate(&self, sql: &str, offset: usize) -> SourcePlace {
        match self {
            Self::Literals { file, literals } => {
                let (line, column) = in_literals(literals, offset);
                SourcePlace {
                    file: file.clone(),
                    line,
                    column,
                }
            }
            Self::File(file) => {
                let place = place(sql, offset);
                SourcePlace {
                    file: file.clone(),
                    line: place.line,
                    column: place.column,
                }
            }
        }
    }
}

fn in_literals(literals: &[Literal], mut offset: usize) -> (usize, usize) {
    for literal in literals {
        if offset <= literal.text.len() {
            return literal.place(offset);
        }
        offset -= literal.text.len() + 1;
    }
    literals.last().map_or((1, 1), |last| last.place(offset))
}

/// The text of a file that a macro names.
fn file(path: &str, manifest: &Path, base: &Path) -> Result<(String, Text), Diagnostic> {
    let file = manifest.join(path);
    let text = fs::read_to_string(&file)
        .map_err(|error| Diagnostic::unreadable_query_file(Path::new(path), error))?;
    Ok((text.replace("\r\n", "\n"), Text::File(shown(base, &file))))
}

fn words(message: &str) -> Diagnostic {
    Diagnostic {
        message: message.to_owned(),
        ..Diagnostic::default()
    }
}

fn source_place(base: &Path, file: &Path, line: usize, column: usize) -> SourcePlace {
    SourcePlace {
        file: shown(base, file),
        line,
        column,
    }
}

/// A file as people call it who are in the folder `base`.
pub(crate) fn shown(base: &Path, file: &Path) -> String {
    let below: Option<PathBuf> = file.strip_prefix(base).ok().map(Path::to_owned);
    below
        .unwrap_or_else(|| file.to_owned())
        .display()
        .to_string()
}
