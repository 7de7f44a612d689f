//! String literals as they stand in the source: their text, and the way back from a place in it to the file.

use proc_macro2::Span;
use syn::LitStr;

/// One text written as one or more adjacent string literals, each a line of its own.
#[derive(Clone)]
pub(crate) struct Literals {
    text: String,
    // Invariant: not empty, in the order of their places in `text`.
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    // Where the part's value begins in the whole text.
    start: usize,
    literal: LitStr,
}

impl Literals {
    /// Joins adjacent literals with line breaks.
    pub(crate) fn new(first: LitStr, others: impl IntoIterator<Item = LitStr>) -> Self {
        let mut text = first.value();
        let mut parts = vec![Part {
            start: 0,
            literal: first,
        }];
        for literal in others {
            text.push('\n');
            parts.push(Part {
                start: text.len(),
                literal: literal.clone(),
            });
            text.push_str(&literal.value());
        }
        Self { text, parts }
    }

    /// The unescaped text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The span of the first literal: captures and generated names take it.
    pub(crate) fn span(&self) -> Span {
        self.parts[0].literal.span()
    }

    /// The literal that holds a byte of the text, and how far into that literal's source the byte stands.
    pub(crate) fn locate(&self, offset: usize) -> Place {
        let index = self.parts.partition_point(|part| part.start <= offset) - 1;
        let part = &self.parts[index];
        let source = part.literal.token().to_string();
        let inside = source_offset(&source, offset.saturating_sub(part.start));
        let before = source.get(..inside).unwrap_or(&source);
        let last_line = before.rsplit('\n').next().unwrap_or(before);
        Place {
            span: part.literal.span(),
            lines: before.matches('\n').count(),
            characters: last_line.chars().count(),
            source,
        }
    }
}

/// A place inside the source of a literal.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The span of the literal.
    pub(crate) span: Span,
    /// Line breaks of the source between the literal's beginning and the place.
    pub(crate) lines: usize,
    /// Characters between the place and the beginning of its line, or of the literal if it is the first line.
    pub(crate) characters: usize,
    /// The literal as written, quotes and all.
    pub(crate) source: String,
}

/// Where the byte `offset` of a literal's value stands in its source.
fn source_offset(source: &str, offset: usize) -> usize {
    if source.starts_with('r') {
        let quote = source.find('"').unwrap_or(0);
        return (quote + 1 + offset).min(source.len());
    }
    let mut rest = Escapes::new(source);
    let mut value = 0;
    while value < offset {
        match rest.next() {
            Some(character) => value += character.len_utf8(),
            None => break,
        }
    }
    rest.skip_continuations();
    rest.position
}

// The characters of a cooked literal's value, one step of the source after the other.
struct Escapes<'a> {
    source: &'a str,
    position: usize,
}

impl<'a> Escapes<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            position: source.find('"').map_or(0, |quote| quote + 1),
        }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.position..]
    }

    // A backslash before a line break swallows the break and all white space after it.
    fn skip_continuations(&mut self) {
        while let Some(after) = self.rest().strip_prefix("\\\n") {
            self.position = self.source.len() - after.trim_start().len();
        }
    }
}

impl Iterator for Escapes<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        self.skip_continuations();
        let rest = self.rest();
        let mut characters = rest.chars();
        let first = characters.next().filter(|first| *first != '"')?;
        if first != '\\' {
            self.position += first.len_utf8();
            return Some(first);
        }
        let (value, length) = match characters.next()? {
            'n' => ('\n', 2),
            'r' => ('\r', 2),
            't' => ('\t', 2),
            '0' => ('\0', 2),
            'x' => (code_point(rest.get(2..4)?)?, 4),
            'u' => {
                let end = rest.find('}')?;
                (code_point(rest.get(3..end)?)?, end + 1)
            }
            other => (other, 1 + other.len_utf8()),
        };
        self.position += length;
        Some(value)
    }
}

fn code_point(hexadecimal: &str) -> Option<char> {
    let digits = hexadecimal.replace('_', "");
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    // `marked` is a literal's source in which `§` stands before the character that `needle` begins with in the value.
    #[track_caller]
    fn check(marked: &str, needle: &str) {
        let source = marked.replacen('§', "", 1);
        let literal: LitStr = syn::parse_str(&source).unwrap();
        let literals = Literals::new(literal, None);
        let offset = literals.text().find(needle).unwrap();
        let expected = marked.find('§').unwrap();
        assert_eq!(source_offset(&source, offset), expected, "in {source}");
        let place = literals.locate(offset);
        let before = &source[..expected];
        assert_eq!(place.lines, before.matches('\n').count());
        let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
        assert_eq!(place.characters, line.chars().count());
    }

    #[test]
    fn places_in_plain_literals_are_moved_by_the_quote() {
        check(r#""SELECT §nmae FROM crew""#, "nmae");
        check(r#""§SELECT 1""#, "SELECT");
        check(r#""SELECT 'größe', §x""#, "x");
    }

    #[test]
    fn every_escape_is_counted_as_it_is_written() {
        check(r#""SELECT \"id\", §x""#, "x");
        check(r#""SELECT \"id\", §\"x\"""#, "\"x\"");
        check(r#""a\n\t\r\0\\\'§x""#, "x");
        check(r#""\x41\u{e9}\u{1_F600}§x""#, "x");
    }

    #[test]
    fn line_breaks_count_as_lines_and_columns_begin_anew() {
        check("\"SELECT\n  §nmae\n FROM crew\"", "nmae");
        check("\"SELECT \\\n     §nmae \\\n FROM crew\"", "nmae");
        check("\"SELECT 1, \\\n\n   \t §nmae\"", "nmae");
    }

    #[test]
    fn raw_literals_are_taken_as_they_stand() {
        check(r##"r#"SELECT "id", §nmae"#"##, "nmae");
        check("r\"SELECT\n \\n §nmae\"", "nmae");
        check(r#"r"§SELECT""#, "SELECT");
    }

    #[test]
    fn the_end_of_the_text_is_the_closing_quote() {
        let literals = Literals::new(syn::parse_str(r#""SELECT""#).unwrap(), None);
        assert_eq!(literals.locate(6).characters, 7);
        assert_eq!(source_offset(r#""SELECT""#, 99), 7);
    }

    #[test]
    fn adjacent_literals_are_lines_of_one_text() {
        let first: LitStr = syn::parse_str(r#""SELECT a""#).unwrap();
        let second: LitStr = syn::parse_str(r#""FROM \"b\" x""#).unwrap();
        let literals = Literals::new(first, [second]);
        assert_eq!(literals.text(), "SELECT a\nFROM \"b\" x");
        let place = literals.locate(literals.text().find('x').unwrap());
        assert_eq!(place.characters, r#""FROM \"b\" "#.len());
        assert_eq!(place.source, r#""FROM \"b\" x""#);
        assert_eq!(literals.locate(8).source, r#""SELECT a""#);
    }
}
