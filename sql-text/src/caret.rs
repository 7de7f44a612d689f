//! Draws a piece of a text with carets below it.

use std::ops::Range;

use crate::place::character_start;
use crate::width::width;

/// Lines longer than this are cut to the part around the carets.
const LONGEST_LINE: usize = 100;
/// How much of a cut line stays in front of the carets.
const CONTEXT: usize = 40;
/// Pieces of more lines than this are cut.
const MOST_LINES: usize = 4;
const TAB: usize = 4;

/// The lines of a piece of the text, each with carets below what belongs to it; no line end behind the last.
///
/// Tabs become spaces, the indentation that all shown lines share goes, long lines and pieces of many lines are cut with
/// `…`, and characters that would steer the terminal are replaced. Carets count two columns for East Asian wide
/// characters and emoji, none for combining marks; that is how most terminals show them, not all. An empty piece has
/// one caret, at its place.
///
/// # Example: a misspelt column
///
/// ```
/// let sql = "SELECT id,\n       nmae\nFROM crew";
/// assert_eq!(hathi_sql_text::caret_block(sql, 18..22), "nmae\n^^^^");
/// ```
#[must_use]
pub fn caret_block(text: &str, range: Range<usize>) -> String {
    let start = character_start(text, range.start);
    let end = character_start(text, range.end).max(start);
    let lines = lines(text, start, end);
    let indent = lines
        .iter()
        .filter_map(|line| line.indent(start, end))
        .min()
        .unwrap_or(0);
    let mut shown = Vec::new();
    for line in lines.iter().take(MOST_LINES) {
        shown.extend(line.draw(indent, start, end));
    }
    if lines.len() > MOST_LINES {
        shown.push("…".to_owned());
    }
    shown.join("\n")
}

/// The lines that `start..end` touches. The line end before `end` belongs to the line above.
fn lines(text: &str, start: usize, end: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut from = text
        .get(..start)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |newline| newline + 1);
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let length = rest.find('\n').unwrap_or(rest.len());
        lines.push(Line::new(rest.get(..length).unwrap_or_default(), from));
        from += length + 1;
        if from >= end || from > text.len() {
            return lines;
        }
    }
}

/// A line of the text, laid out.
struct Line {
    cells: Vec<Cell>,
    width: usize,
}

/// A character where it is shown.
struct Cell {
    offset: usize,
    column: usize,
    shown: char,
    width: usize,
}

impl Line {
    fn new(line: &str, from: usize) -> Self {
        let mut column = 0;
        let mut cells = Vec::new();
        for (offset, c) in line.strip_suffix('\r').unwrap_or(line).char_indices() {
            let (shown, width) = match c {
                '\t' => (' ', TAB - column % TAB),
                _ if is_unprintable(c) => ('\u{fffd}', 1),
                _ => (c, width(c)),
            };
            cells.push(Cell {
                offset: from + offset,
                column,
                shown,
                width,
            });
            column += width;
        }
        Self {
            cells,
            width: column,
        }
    }

    /// The columns in front of the text; no more than are in front of the carets, and nothing of a blank line.
    fn indent(&self, start: usize, end: usize) -> Option<usize> {
        let text = self.cells.iter().find(|cell| cell.shown != ' ');
        let caret = if start == end {
            Some(self.column(start))
        } else {
            None
        };
        let indent = text.map(|cell| cell.column).or(caret)?;
        Some(caret.map_or(indent, |caret| caret.min(indent)))
    }

    /// The line and the carets below it; of a blank line inside the piece nothing.
    fn draw(&self, indent: usize, start: usize, end: usize) -> Vec<String> {
        let (from, to) = self.carets(start, end);
        let (left, right) = self.window(indent, from, to);
        let mut line = String::new();
        if left > indent {
            line.push('…');
        }
        let visible = self
            .cells
            .iter()
            .filter(|cell| (left..right).contains(&cell.column));
        for cell in visible {
            // A tab is as many spaces as it is wide.
            let times = if cell.shown == ' ' { cell.width } else { 1 };
            line.extend(std::iter::repeat_n(cell.shown, times));
        }
        let line = line.trim_end();
        let cut = if right < self.width { "…" } else { "" };
        if from == to {
            return if line.is_empty() {
                Vec::new()
            } else {
                vec![format!("{line}{cut}")]
            };
        }
        let before = from.saturating_sub(left) + usize::from(left > indent);
        let carets = "^".repeat(to.min(right).saturating_sub(from).max(1));
        vec![
            format!("{line}{cut}"),
            format!("{}{carets}", " ".repeat(before)),
        ]
    }

    /// The columns to underline, without the spaces at the rim; none if nothing of the piece stands on this line.
    fn carets(&self, start: usize, end: usize) -> (usize, usize) {
        if start == end {
            let column = self.column(start);
            return (column, column + 1);
        }
        let inside = || {
            self.cells
                .iter()
                .filter(|cell| (start..end).contains(&cell.offset))
        };
        let text = || inside().filter(|cell| cell.shown != ' ');
        let first = text().next().or_else(|| inside().next());
        let last = text().next_back().or_else(|| inside().next_back());
        match (first, last) {
            (Some(first), Some(last)) => (
                first.column,
                (last.column + last.width).max(first.column + 1),
            ),
            _ => (0, 0),
        }
    }

    /// The columns to show, so that the carets are among them.
    fn window(&self, indent: usize, from: usize, to: usize) -> (usize, usize) {
        if self.width <= indent + LONGEST_LINE || to <= indent + LONGEST_LINE - CONTEXT / 2 {
            return (indent, self.width.min(indent + LONGEST_LINE));
        }
        let left = from
            .saturating_sub(CONTEXT)
            .min(self.width.saturating_sub(LONGEST_LINE))
            .max(indent);
        // A wide character on the rim is left out.
        let left = self
            .cells
            .iter()
            .map(|cell| cell.column)
            .find(|column| *column >= left)
            .unwrap_or(left);
        (left, self.width.min(left + LONGEST_LINE))
    }

    fn column(&self, offset: usize) -> usize {
        self.cells
            .iter()
            .find(|cell| cell.offset >= offset)
            .map_or(self.width, |cell| cell.column)
    }
}

/// Control characters, and those that turn the direction of text around.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::caret_block;

    /// The piece stands between `«` and `»`.
    #[track_caller]
    fn check(marked: &str, expected: &str) {
        let start = marked.find('«').unwrap();
        let end = marked.find('»').unwrap() - '«'.len_utf8();
        let text = marked.replace(['«', '»'], "");
        assert_eq!(
            caret_block(&text, start..end),
            expected,
            "\n{}",
            caret_block(&text, start..end)
        );
    }

    #[test]
    fn carets_stand_below_the_piece() {
        check(
            "SELECT «nmae» FROM crew",
            "SELECT nmae FROM crew\n       ^^^^",
        );
    }

    #[test]
    fn an_empty_piece_has_one_caret() {
        check("SELECT «»1", "SELECT 1\n       ^");
        check("SELECT«»", "SELECT\n      ^");
        check("«»", "\n^");
        check("SELECT\n«»", "\n^");
    }

    #[test]
    fn indentation_goes() {
        check("SELECT\n    «a»,\n    b", "a,\n^");
        check("\t\tSELECT «a»", "SELECT a\n       ^");
    }

    #[test]
    fn carets_in_the_indentation_keep_it() {
        check("  «»  a", "  a\n^");
    }

    #[test]
    fn tabs_become_spaces() {
        check("SELECT\t«a»\tb", "SELECT  a   b\n        ^");
    }

    #[test]
    fn carriage_returns_are_not_shown() {
        check("SELECT\r\n  «nmae»\r\nFROM t", "nmae\n^^^^");
        check("SELECT «1\r\n»", "SELECT 1\n       ^");
    }

    #[test]
    fn a_piece_of_several_lines_is_underlined_on_each() {
        check("a «b\n    c\n  d» e", "a b\n  ^\n    c\n    ^\n  d e\n  ^");
        check("  a «b\n\n  c» d", "a b\n  ^\nc d\n^");
    }

    #[test]
    fn many_lines_are_cut() {
        check("«1\n2\n3\n4\n5\n6»", "1\n^\n2\n^\n3\n^\n4\n^\n…");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        check("SELECT '漢字', «ñ»", "SELECT '漢字', ñ\n               ^");
        check("SELECT «'🐘'»", "SELECT '🐘'\n       ^^^^");
    }

    #[test]
    fn marks_take_none() {
        check("SELECT e\u{301} «x»", "SELECT e\u{301} x\n         ^");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        check("SELECT \u{1b}[1m«x»", "SELECT \u{fffd}[1mx\n           ^");
        check("SELECT \u{202e}«x»", "SELECT \u{fffd}x\n        ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_carets() {
        let (before, behind) = ("a".repeat(200), "b".repeat(200));
        let block = format!(
            "…{}x{}…\n{}^",
            "a".repeat(40),
            "b".repeat(59),
            " ".repeat(41)
        );
        check(&format!("{before}«x»{behind}"), &block);
        check(&format!("«x»{behind}"), &format!("x{}…\n^", "b".repeat(99)));
        check(
            &format!("{before}«x»"),
            &format!("…{}x\n{}^", "a".repeat(99), " ".repeat(100)),
        );
    }

    #[test]
    fn a_long_piece_ends_with_its_line() {
        check(
            &format!("«{}»", "a".repeat(300)),
            &format!("{}…\n{}", "a".repeat(100), "^".repeat(100)),
        );
    }

    #[test]
    fn offsets_beyond_the_text_or_inside_a_character_are_no_panic() {
        assert_eq!(caret_block("ä", 1..1), "ä\n^");
        assert_eq!(caret_block("ab", 7..9), "ab\n  ^");
        assert_eq!(
            caret_block("ab", std::ops::Range { start: 2, end: 1 }),
            "ab\n  ^"
        );
    }
}
