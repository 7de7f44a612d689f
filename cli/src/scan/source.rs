//! A file of Rust as tokens.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// A file that cannot be read as Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// The file.
    pub(crate) path: PathBuf,
    /// Why, in words.
    pub(crate) reason: String,
    /// Line and column, counted from 1, if one of its tokens is to blame.
    pub(crate) place: Option<(usize, usize)>,
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Vec<TokenTree>, Unreadable> {
    let unreadable = |reason: String, place| Unreadable {
        path: path.to_owned(),
        reason,
        place,
    };
    let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string(), None))?;
    let tokens: TokenStream = plain(&text)
        .parse()
        .map_err(|error: proc_macro2::LexError| {
            let start = error.span().start();
            let reason = "it is no Rust: a literal or a bracket has no end".to_owned();
            unreadable(reason, Some((start.line, start.column + 1)))
        })?;
    Ok(tokens.into_iter().collect())
}

/// The text as the compiler's lexer takes it: line ends are `\n`, and a first line for the shell is empty.
fn plain(text: &str) -> String {
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    let is_attribute = text
        .strip_prefix("#!")
        .is_some_and(|rest| rest.trim_start().starts_with('['));
    if !text.starts_with("#!") || is_attribute {
        return text;
    }
    let first = text.find('\n').unwrap_or(text.len());
    text.get(first..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn the_line_of_the_shell_is_left_out_and_the_lines_below_keep_their_numbers() {
        assert_eq!(plain("#!/usr/bin/env x\nfn main() {}"), "\nfn main() {}");
        assert_eq!(plain("#!/usr/bin/env x"), "");
        assert_eq!(plain("#![allow(x)]\n"), "#![allow(x)]\n");
        assert_eq!(plain("#! [allow(x)]\n"), "#! [allow(x)]\n");
    }

    #[test]
    fn line_ends_are_those_of_unix() {
        assert_eq!(plain("\u{feff}a\r\nb\n"), "a\nb\n");
    }
}
