//! `use` declarations as a list: each name and the path it stands for.

use proc_macro2::{Delimiter, TokenTree};

use super::input::is_punct;

/// A path as it is written: `crate`, `self`, `super` as they stand, and an empty name in front of a leading `::`.
pub(crate) type Path = Vec<String>;

/// One name that a `use` brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The name; `None` brings all names of the path.
    pub(crate) name: Option<String>,
    /// What it stands for.
    pub(crate) path: Path,
}

/// The imports of a `use` declaration, whose tokens are those between `use` and the semicolon.
pub(crate) fn imports(tokens: &[TokenTree]) -> Vec<Import> {
    let mut found = Vec::new();
    tree(&[], tokens, &mut found);
    found
}

fn tree(prefix: &[String], tokens: &[TokenTree], found: &mut Vec<Import>) {
    let mut path = prefix.to_vec();
    let mut rest = tokens.iter();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Ident(ident) if *ident == "as" => {
                let name = rest.next().map(name);
                return found.extend(name.map(|name| named(name, path)));
            }
            TokenTree::Ident(_) => path.push(name(token)),
            TokenTree::Punct(punct) if punct.as_char() == '*' => {
                return found.push(Import { name: None, path });
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' && path.is_empty() => {
                path.push(String::new());
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let branches = inside.split(|token| is_punct(token, ','));
                return branches.for_each(|branch| tree(&path, branch, found));
            }
            _ => {}
        }
    }
    if path.len() > prefix.len()
        && let Some(name) = last_name(&path)
    {
        found.push(named(name, path));
    }
}

fn named(name: String, mut path: Path) -> Import {
    // `a::{self as b}` means `a`.
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    Import {
        name: Some(name),
        path,
    }
}

fn last_name(path: &[String]) -> Option<String> {
    path.iter().rev().find(|name| *name != "self").cloned()
}

/// The name that a token is, without `r#`.
pub(crate) fn name(token: &TokenTree) -> String {
    let text = token.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(declaration: &str, expected: &[&str]) {
        let tokens: proc_macro2::TokenStream = declaration.parse().unwrap();
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let found = imports(&tokens).into_iter().map(|import| {
            let name = import.name.unwrap_or_else(|| "*".to_owned());
            format!("{name}={}", import.path.join("::"))
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "in {declaration}");
    }

    #[test]
    fn plain_paths_bring_their_last_name() {
        check("hathi::query", &["query=hathi::query"]);
        check("::hathi::r#query", &["query=::hathi::query"]);
        check("hathi", &["hathi=hathi"]);
        check("crate::db::query as q", &["q=crate::db::query"]);
        check("super::super::*", &["*=super::super"]);
        check("$crate::query", &["query=crate::query"]);
    }

    #[test]
    fn trees_bring_the_names_of_their_branches() {
        check(
            "hathi::{self, query, sql::{Int4, self as s}, command as c, *}",
            &[
                "hathi=hathi",
                "query=hathi::query",
                "Int4=hathi::sql::Int4",
                "s=hathi::sql",
                "c=hathi::command",
                "*=hathi",
            ],
        );
        check("{hathi::query, ::x::*,}", &["query=hathi::query", "*=::x"]);
        check("hathi::{}", &[]);
    }
}
