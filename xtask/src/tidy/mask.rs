//! Tells comments from code in Rust source, line by line, without a parser.

/// The two halves of a source file. Both have its lines; what belongs to the other half is blank.
#[derive(Debug, Default)]
pub(crate) struct Mask {
    /// The code. Texts in quotes are blank here too.
    pub(crate) code: String,
    /// The comments, documentation included.
    pub(crate) comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Code,
    Comment,
    Neither,
}

impl Mask {
    /// Splits the source.
    pub(crate) fn of(source: &str) -> Self {
        let mut mask = Self::default();
        let mut rest = source;
        let mut after_word = false;
        while let Some(character) = rest.chars().next() {
            let (length, half) = if rest.starts_with("//") {
                (rest.find('\n').unwrap_or(rest.len()), Half::Comment)
            } else if rest.starts_with("/*") {
                (block_comment(rest), Half::Comment)
            } else if character == '"' {
                (string(rest), Half::Neither)
            } else if let Some(length) = raw_string(rest).filter(|_| !after_word) {
                (length, Half::Neither)
            } else if character == '\'' {
                quote(rest)
            } else {
                (character.len_utf8(), Half::Code)
            };
            let (piece, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
            mask.push(piece, half);
            after_word = half == Half::Code && (character.is_alphanumeric() || character == '_');
            rest = behind;
        }
        mask
    }

    fn push(&mut self, piece: &str, half: Half) {
        for character in piece.chars() {
            let blank = if character == '\n' { '\n' } else { ' ' };
            self.code
                .push(if half == Half::Code { character } else { blank });
            self.comments.push(if half == Half::Comment {
                character
            } else {
                blank
            });
        }
    }
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut skip = 0_usize;
    for (at, _) in text.char_indices() {
        let here = text.get(at..).unwrap_or_default();
        if at < skip {
            continue;
        }
        if here.starts_with("/*") {
            depth += 1;
            skip = at + 2;
        } else if here.starts_with("*/") {
            depth = depth.saturating_sub(1);
            skip = at + 2;
            if depth == 0 {
                return skip;
            }
        }
    }
    text.len()
}

/// The length of a string literal that starts with its quote.
fn string(text: &str) -> usize {
    let mut escaped = true; // the opening quote does not close
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == '"' {
            return at + 1;
        }
    }
    text.len()
}

/// The length of `r"…"`, `r#"…"#`, `br"…"` or `cr"…"`, if one starts here.
fn raw_string(text: &str) -> Option<usize> {
    let behind = ["r", "br", "cr"].iter().find_map(|prefix| {
        text.strip_prefix(prefix)
            .filter(|behind| behind.starts_with(['"', '#']))
    })?;
    let content = behind.trim_start_matches('#');
    let hashes = behind.len() - content.len();
    let content = content.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let prefix = text.len() - content.len();
    Some(
        content
            .find(&end)
            .map_or(text.len(), |at| prefix + at + end.len()),
    )
}

/// A character literal, or the quote of a lifetime.
fn quote(text: &str) -> (usize, Half) {
    let mut characters = text.char_indices().skip(1);
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some((escaped, character))) => {
            let from = escaped + character.len_utf8();
            let end = text.get(from..).and_then(|rest| rest.find('\''));
            (end.map_or(text.len(), |end| from + end + 1), Half::Neither)
        }
        (Some((_, first)), Some((at, '\''))) if first != '\'' => (at + 1, Half::Neither),
        _ => (1, Half::Code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, code: &str, comments: &str) {
        let mask = Mask::of(source);
        let words = |half: &str| half.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&mask.code), code);
        assert_eq!(words(&mask.comments), comments);
        assert_eq!(mask.code.lines().count(), source.lines().count());
    }

    #[test]
    fn comments_are_told_from_code() {
        check("let a = 1; // why\nlet b;", "let a = 1; let b;", "// why");
        check("a /* b /* c */ d */ e", "a e", "/* b /* c */ d */");
        check("/// doc\nfn f() {}", "fn f() {}", "/// doc");
    }

    #[test]
    fn comments_inside_of_texts_are_none() {
        check(r#"let url = "https://x"; // y"#, "let url = ;", "// y");
        check(r#"f("\"// no"); g()"#, "f( ); g()", "");
        check("let s = r#\"a \" // b\"#; // c", "let s = ;", "// c");
    }

    #[test]
    fn characters_and_lifetimes_are_told_apart() {
        check("f('\"'); // x", "f( );", "// x");
        check(r"f('\''); // x", "f( );", "// x");
        check(
            "fn f<'a>(x: &'a str) {} // x",
            "fn f<'a>(x: &'a str) {}",
            "// x",
        );
        check("f('é', '/'); // x", "f( , );", "// x");
    }

    #[test]
    fn what_is_never_closed_ends_with_the_file() {
        check("a \"b\nc", "a", "");
        check("a /* b", "a", "/* b");
        check("a r#\"b\"", "a", "");
    }
}
