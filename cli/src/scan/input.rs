//! What stands between the parentheses of our macros, as far as the SQL goes.
//!
//! ```text
//! expression:  LITERAL+ [as ROW] [, allow(lint, …)] [,]
//! item:        ATTRIBUTE* VISIBILITY fn NAME ( argument, … ) [-> ROW] : LITERAL+ [, allow(lint, …)] [,|;]
//! ```

use proc_macro2::{Spacing, TokenStream, TokenTree};

use super::literal::Literal;

/// What a macro is given as its SQL.
#[derive(Debug)]
pub(crate) enum Input {
    /// One literal, or adjacent ones.
    Literals {
        literals: Vec<Literal>,
        /// The lints that are not to be shown.
        allowed: Vec<String>,
    },
    /// `$sql`: what another macro hands on.
    Metavariable,
    /// Something that the macro itself will refuse.
    Other,
}

impl Input {
    /// Reads the tokens between the parentheses.
    pub(crate) fn read(tokens: TokenStream) -> Self {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let start = match tokens.first() {
            Some(TokenTree::Literal(_)) => 0,
            _ => behind_signature(&tokens).unwrap_or(0),
        };
        let sql = tokens.get(start..).unwrap_or_default();
        let literals: Vec<Literal> = sql.iter().map_while(Literal::read).collect();
        match sql.first() {
            _ if !literals.is_empty() => Self::Literals {
                allowed: allowed(sql.get(literals.len()..).unwrap_or_default()),
                literals,
            },
            Some(token) if is_punct(token, '$') => Self::Metavariable,
            _ => Self::Other,
        }
    }
}

/// What stands between the parentheses of `, allow(…)`.
fn allowed(tokens: &[TokenTree]) -> Vec<String> {
    let list = tokens.windows(3).find_map(|tokens| match tokens {
        [comma, TokenTree::Ident(word), TokenTree::Group(group)]
            if is_punct(comma, ',') && *word == "allow" =>
        {
            Some(group.stream())
        }
        _ => None,
    });
    let names = list.into_iter().flatten().filter_map(|token| match token {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    });
    names.collect()
}

/// Behind the colon of `fn name(…) -> path::Row: "…"`: the first one that is no half of `::`.
fn behind_signature(tokens: &[TokenTree]) -> Option<usize> {
    let function = tokens
        .iter()
        .position(|token| matches!(token, TokenTree::Ident(ident) if *ident == "fn"))?;
    let mut second_half = false;
    for (index, token) in tokens.iter().enumerate().skip(function) {
        let TokenTree::Punct(punct) = token else {
            second_half = false;
            continue;
        };
        let first_half = punct.as_char() == ':' && punct.spacing() == Spacing::Joint;
        if punct.as_char() == ':' && !first_half && !second_half {
            return Some(index + 1);
        }
        second_half = first_half;
    }
    None
}

/// Whether a token is this sign.
pub(crate) fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let found = match Input::read(input.parse().unwrap()) {
            Input::Literals { literals, .. } => {
                let texts: Vec<_> = literals.iter().map(|literal| &*literal.text).collect();
                texts.join("|")
            }
            Input::Metavariable => "$".to_owned(),
            Input::Other => "?".to_owned(),
        };
        assert_eq!(found, expected, "in {input}");
    }

    #[test]
    fn expressions_begin_with_their_literals() {
        check(r#" "SELECT 1" "#, "SELECT 1");
        check(r#" "SELECT 1", "#, "SELECT 1");
        check(r#" "SELECT 1" as model::User "#, "SELECT 1");
        check(
            r##" "SELECT a" r#"FROM b"# "WHERE c" as tuple "##,
            "SELECT a|FROM b|WHERE c",
        );
    }

    #[test]
    fn items_have_theirs_behind_a_colon() {
        check(r#" fn all(): "SELECT 1" "#, "SELECT 1");
        check(
            r#" pub(crate) fn by(a, b) -> model::row::User<A>: "SELECT" "1"; "#,
            "SELECT|1",
        );
        check(
            "/// Doc: \"x\".\n #[must_use] pub fn all() -> (i32, _): \"SELECT 1\"",
            "SELECT 1",
        );
        check(r#" fn f() -> ::model::User: "SELECT 1", "#, "SELECT 1");
    }

    #[test]
    fn lints_that_are_allowed_stand_behind_the_literals() {
        let allowed = |input: &str| match Input::read(input.parse().unwrap()) {
            Input::Literals { allowed, .. } => allowed,
            Input::Metavariable | Input::Other => panic!("no literals in {input}"),
        };
        assert_eq!(
            allowed(r#" "a" "b" as scalar, allow(no_where, unused_cte), "#),
            ["no_where", "unused_cte"]
        );
        assert_eq!(allowed(r#" fn f(): "a", allow(no_where); "#), ["no_where"]);
        assert_eq!(allowed(r#" "a" as (allow, i32) "#), [""; 0]);
    }

    #[test]
    fn what_macros_hand_on_is_told_apart_from_mistakes() {
        check("$sql", "$");
        check("fn all(): $sql", "$");
        check("$($t)*", "$");
        check("SQL", "?");
        check("concat!(\"a\", \"b\")", "?");
        check("", "?");
        check("fn all()", "?");
    }
}
