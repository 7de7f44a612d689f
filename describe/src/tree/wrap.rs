//! Undoes the line breaks of a node dump.
//!
//! The server breaks a dump into lines of at most 78 bytes: at a space, which the newline replaces, or, where a line
//! would hold none, anywhere, and then the newline is one byte more. Newlines of names stay, behind a backslash.

use super::{Tree, Unreadable};

const WIDTH: usize = 78;

/// What a newline behind a full line without a space stands for: the dump does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FullLine {
    EndsAtSpace,
    IsCutAnywhere,
}

/// The dump in one line.
///
/// # Errors
///
/// [`Unreadable::Ambiguous`] if two different dumps would have been broken into the same lines.
pub(crate) fn unwrapped(detail: &str) -> Result<String, Unreadable> {
    let (text, ambiguous) = join(detail, FullLine::EndsAtSpace);
    if !ambiguous {
        return Ok(text);
    }
    let (other, _) = join(detail, FullLine::IsCutAnywhere);
    match (Tree::read(&text).is_ok(), Tree::read(&other).is_ok()) {
        (true, false) => Ok(text),
        (false, true) => Ok(other),
        (true, true) => Err(Unreadable::Ambiguous),
        (false, false) => Err(Unreadable::Unexpected),
    }
}

/// The joined text, and whether it holds a full line without a space.
fn join(detail: &str, full_line: FullLine) -> (String, bool) {
    let mut text = String::with_capacity(detail.len());
    let mut ambiguous = false;
    let mut line = 0;
    let mut from = 0;
    while let Some(newline) = detail
        .get(from..)
        .and_then(|rest| rest.find('\n'))
        .map(|at| from + at)
    {
        let content = detail.get(line..newline).unwrap_or_default();
        text.push_str(detail.get(from..newline).unwrap_or_default());
        from = newline + 1;
        if is_escaped(content) && !breaks_a_word(detail, content.len(), from) {
            text.push('\n');
            continue;
        }
        line = from;
        if is_full(content) {
            ambiguous = true;
            if full_line == FullLine::IsCutAnywhere {
                continue;
            }
        }
        text.push(' ');
    }
    text.push_str(detail.get(from..).unwrap_or_default());
    (text, ambiguous)
}

/// Whether the newline behind a line belongs to a name, or the space it replaces does.
fn is_escaped(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Whether the line was broken because the next word does not fit into it.
fn breaks_a_word(detail: &str, length: usize, next: usize) -> bool {
    let word = detail
        .as_bytes()
        .get(next..next + WIDTH.saturating_sub(length));
    word.is_some_and(|word| !word.iter().any(|byte| matches!(byte, b' ' | b'\n')))
}

fn is_full(line: &str) -> bool {
    line.len() == WIDTH && !line.bytes().skip(1).any(|byte| byte == b' ')
}
