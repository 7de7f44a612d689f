//! String literals of Rust: their text, and the way back from a byte of it to the file.

use proc_macro2::{Literal as Token, TokenTree};

/// A string literal as it stands in a file.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    /// What it says.
    pub(crate) text: String,
    // Where each byte of the text, and its end, stands in the source.
    // Invariant: text.len() + 1 offsets, each at most source.len().
    offsets: Vec<usize>,
    // As written, quotes and all.
    source: String,
    // Where it begins, counted from 1.
    line: usize,
    column: usize,
}

impl Literal {
    /// Reads a token; `None` if it is no string of text, such as `1`, `b"…"` or a name.
    pub(crate) fn read(token: &TokenTree) -> Option<Self> {
        let TokenTree::Literal(token) = token else {
            return None;
        };
        Self::from_source(token.to_string(), start(token))
    }

    fn from_source(source: String, (line, column): (usize, usize)) -> Option<Self> {
        let (text, offsets) = if source.starts_with('r') {
            raw(&source)?
        } else {
            cooked(&source)?
        };
        Some(Self {
            text,
            offsets,
            source,
            line,
            column,
        })
    }

    /// The line and the column of the file, both counted from 1, at which a byte of the text stands.
    pub(crate) fn place(&self, offset: usize) -> (usize, usize) {
        let last = self.offsets.last().copied().unwrap_or_default();
        let offset = self.offsets.get(offset).copied().unwrap_or(last);
        let before = self.source.get(..offset).unwrap_or(&self.source);
        match before.rsplit_once('\n') {
            None => (self.line, self.column + before.chars().count()),
            Some((lines, line)) => {
                let below = lines.matches('\n').count() + 1;
                (self.line + below, line.chars().count() + 1)
            }
        }
    }
}

fn start(token: &Token) -> (usize, usize) {
    let start = token.span().start();
    (start.line, start.column + 1)
}

/// `r"…"`, `r#"…"#`: the text is the source.
fn raw(source: &str) -> Option<(String, Vec<usize>)> {
    let hashes = source.strip_prefix('r')?.find('"')?;
    let start = hashes + 2;
    let text = source.get(start..source.len().checked_sub(hashes + 1)?)?;
    Some((text.to_owned(), (start..=start + text.len()).collect()))
}

/// `"…"` with its escapes.
fn cooked(source: &str) -> Option<(String, Vec<usize>)> {
    let mut text = String::new();
    let mut offsets = Vec::new();
    let mut position = usize::from(source.starts_with('"'));
    if position == 0 {
        return None;
    }
    loop {
        let rest = source.get(position..)?;
        if rest.starts_with('"') {
            offsets.push(position);
            return Some((text, offsets));
        }
        let (character, length) = step(rest)?;
        if let Some(character) = character {
            text.push(character);
            offsets.resize(text.len(), position);
        }
        position += length;
    }
}

/// The next character of a literal, if the next piece of source stands for one, and the length of that piece.
fn step(rest: &str) -> Option<(Option<char>, usize)> {
    let Some(escape) = rest.strip_prefix('\\') else {
        let character = rest.chars().next()?;
        return Some((Some(character), character.len_utf8()));
    };
    let kind = escape.chars().next()?;
    Some(match kind {
        // The line break and the white space behind it stand for nothing.
        '\n' => (None, rest.len() - escape.trim_start().len()),
        'n' => (Some('\n'), 2),
        'r' => (Some('\r'), 2),
        't' => (Some('\t'), 2),
        '0' => (Some('\0'), 2),
        'x' => (Some(code_point(escape.get(1..3)?)?), 4),
        'u' => {
            let end = escape.find('}')?;
            (Some(code_point(escape.get(2..end)?)?), end + 2)
        }
        other => (Some(other), 1 + other.len_utf8()),
    })
}

fn code_point(hexadecimal: &str) -> Option<char> {
    let digits = hexadecimal.replace('_', "");
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `§` in the source stands before the character at which `needle` begins in the text.
    #[track_caller]
    fn check(marked: &str, needle: &str) {
        let source = marked.replacen('§', "", 1);
        let literal = Literal::from_source(source.clone(), (3, 5)).unwrap();
        let before = &source[..marked.find('§').unwrap()];
        let line = 3 + before.matches('\n').count();
        let column = match before.rfind('\n') {
            Some(newline) => before[newline + 1..].chars().count() + 1,
            None => 5 + before.chars().count(),
        };
        let offset = literal.text.find(needle).unwrap();
        assert_eq!(literal.place(offset), (line, column), "in {source}");
    }

    #[track_caller]
    fn check_text(source: &str, expected: Option<&str>) {
        let literal = Literal::from_source(source.to_owned(), (1, 1));
        assert_eq!(literal.map(|literal| literal.text).as_deref(), expected);
    }

    #[test]
    fn escapes_are_read_as_the_compiler_reads_them() {
        check_text(
            r#""a\n\t\r\0\\\'\"\x41\u{e9}\u{1_F600}""#,
            Some("a\n\t\r\0\\'\"Aé😀"),
        );
        check_text("\"a \\\n\n    b\"", Some("a b"));
        check_text(r##"r#"a "b" \n"#"##, Some(r#"a "b" \n"#));
        check_text(r#"r"a""#, Some("a"));
        check_text(r#""""#, Some(""));
    }

    #[test]
    fn only_strings_of_text_are_sql() {
        for source in [r#"b"a""#, r#"c"a""#, r#"br"a""#, "1", "'a'"] {
            check_text(source, None);
        }
    }

    #[test]
    fn places_lead_back_through_escapes() {
        check(r#""SELECT §nmae""#, "nmae");
        check(r#""§SELECT""#, "SELECT");
        check(r#""SELECT \"größe\", §x""#, "x");
        check(r#""\u{1_F600}\x41§x""#, "x");
        check(r##"r#"SELECT "id", §nmae"#"##, "nmae");
    }

    #[test]
    fn places_lead_back_over_lines() {
        check("\"SELECT\n  §nmae\n FROM crew\"", "nmae");
        check("\"SELECT \\\n     §nmae \\\n FROM crew\"", "nmae");
        check("r\"SELECT\n  §nmae\"", "nmae");
    }

    #[test]
    fn behind_the_text_is_the_closing_quote() {
        let literal = Literal::from_source(r#""ab""#.to_owned(), (1, 1)).unwrap();
        assert_eq!(literal.place(2), (1, 4));
        assert_eq!(literal.place(99), (1, 4));
    }
}
