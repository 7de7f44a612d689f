//! Offsets in a text as people count them: lines and columns, and PostgreSQL's character positions.

/// A line and a column, both counted from 1. Columns count characters, a tab is one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line; `\n` ends one, and so does `\r\n`.
    pub line: usize,
    /// The character in its line.
    pub column: usize,
}

/// Where the byte at `offset` stands. An offset behind the text is its end, one inside a character is that character.
#[must_use]
pub fn place(text: &str, offset: usize) -> Place {
    let before = text.get(..character_start(text, offset)).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    Place { line, column }
}

/// The offset of the character that a server's position field names: 1 is the first, and past the last is the end.
#[must_use]
pub fn character_offset(text: &str, position: usize) -> usize {
    text.char_indices()
        .nth(position.saturating_sub(1))
        .map_or(text.len(), |(offset, _)| offset)
}

/// The offset at which the character around `offset` starts, or the end of the text.
pub(crate) fn character_start(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len()))
        .rev()
        .find(|offset| text.is_char_boundary(*offset))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{character_offset, place};

    /// The place of `|` in the text without it; also that the server's position of the same place leads back to it.
    #[track_caller]
    fn check(marked: &str, line: usize, column: usize) {
        let offset = marked.find('|').unwrap();
        let text = marked.replace('|', "");
        let found = place(&text, offset);
        assert_eq!((found.line, found.column), (line, column));
        let position = text[..offset].chars().count() + 1;
        assert_eq!(character_offset(&text, position), offset);
    }

    #[test]
    fn the_first_character_is_in_line_one_column_one() {
        check("|SELECT", 1, 1);
        check("|", 1, 1);
    }

    #[test]
    fn columns_count_characters() {
        check("é漢🐘|x", 1, 4);
        check("\t\t|x", 1, 3);
        check("e\u{301}|x", 1, 3);
    }

    #[test]
    fn every_kind_of_line_end_but_a_lone_carriage_return_ends_a_line() {
        check("a\nb|c", 2, 2);
        check("a\r\nb|c", 2, 2);
        check("a\rb|c", 1, 4);
    }

    #[test]
    fn behind_the_last_line_end_a_line_starts() {
        check("a\n|", 2, 1);
        check("a|\n", 1, 2);
    }

    #[test]
    fn an_offset_inside_a_character_is_that_character() {
        assert_eq!(place("a漢b", 2), place("a漢b", 1));
    }

    #[test]
    fn what_is_behind_the_text_is_its_end() {
        assert_eq!(place("ab", 99), place("ab", 2));
        assert_eq!(character_offset("ab", 99), 2);
        assert_eq!(character_offset("ab", 0), 0);
    }
}
