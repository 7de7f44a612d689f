//! What stands between braces: a Rust variable and its fields.

use crate::diagnostic::Diagnostic;

/// What braces hold, and the offset behind them.
pub(super) struct Braces {
    pub(super) content: Content,
    pub(super) behind: usize,
}

/// What braces hold.
pub(super) enum Content {
    /// A path, without spaces.
    Path(String),
    Mistake(Diagnostic),
}

/// Reads the braces that open at `open`.
pub(super) fn read(text: &str, open: usize) -> Braces {
    let inside = open + 1;
    let mistake = |mistake, behind| Braces {
        content: Content::Mistake(mistake),
        behind,
    };
    let rest = text.get(inside..).unwrap_or_default();
    if rest.starts_with('{') {
        // Both pairs of `{{…}}` are one mistake.
        let behind = rest
            .find("}}")
            .map_or(inside + 1, |length| inside + length + 2);
        return mistake(Diagnostic::doubled_brace(open..inside + 1), behind);
    }
    let length = rest
        .find(['}', '\n', ';', '\'', '"'])
        .filter(|length| rest[*length..].starts_with('}'));
    let Some(length) = length else {
        // What follows may be Rust or SQL: nothing more can be said of it.
        return mistake(Diagnostic::unclosed_capture(open..inside), text.len());
    };
    let (written, behind) = (&rest[..length], inside + length + 1);
    match path(written) {
        Ok(path) => Braces {
            content: Content::Path(path),
            behind,
        },
        Err(Wrong::Keyword(word)) => {
            mistake(Diagnostic::captured_keyword(word, open..behind), behind)
        }
        Err(Wrong::Shape) => mistake(Diagnostic::not_a_capture(written, open..behind), behind),
    }
}

/// Why the text between the braces is no path.
enum Wrong<'a> {
    Keyword(&'a str),
    Shape,
}

/// `name`, `self.name`, `name.0.r#type`, with spaces anywhere but inside names.
fn path(written: &str) -> Result<String, Wrong<'_>> {
    let mut parts = Vec::new();
    for (number, part) in written.split('.').map(str::trim).enumerate() {
        let is_index =
            number > 0 && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_self = number == 0 && part == "self";
        let name = part.strip_prefix("r#").unwrap_or(part);
        if !is_index && !is_identifier(name) {
            return Err(Wrong::Shape);
        }
        let raw = part != name && !matches!(name, "self" | "Self" | "super" | "crate" | "_");
        if !is_self && !raw && is_keyword(name) {
            return Err(Wrong::Keyword(name));
        }
        parts.push(part);
    }
    Ok(parts.join("."))
}

fn is_identifier(name: &str) -> bool {
    let starts = |c: char| c.is_alphabetic() || c == '_';
    let mut characters = name.chars();
    characters.next().is_some_and(starts) && characters.all(|c| c.is_alphanumeric() || c == '_')
}

/// The strict and reserved words of Rust, and the lone underscore.
fn is_keyword(word: &str) -> bool {
    const KEYWORDS: &str = " _ as async await break const continue crate dyn else enum extern false fn for gen if impl in \
        let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while \
        abstract become box do final macro override priv try typeof unsized virtual yield ";
    KEYWORDS.contains(&format!(" {word} "))
}
