//! How many columns a character takes in a terminal, nearly.
//!
//! Terminals disagree about joined emoji and rare scripts; being a column off there moves a caret, nothing else.

/// 0 for marks that sit on the character before them, 2 for East Asian wide characters and emoji, else 1.
pub(crate) fn width(c: char) -> usize {
    let code = u32::from(c);
    if code < 0x300 {
        1
    } else if within(&MARKS, code) {
        0
    } else if within(&WIDE, code) {
        2
    } else {
        1
    }
}

fn within(ranges: &[(u32, u32)], code: u32) -> bool {
    let next = ranges.partition_point(|(first, _)| *first <= code);
    next > 0 && ranges.get(next - 1).is_some_and(|(_, last)| code <= *last)
}

/// Combining marks, joiners and variation selectors.
const MARKS: [(u32, u32); 25] = [
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05BD),
    (0x05BF, 0x05BF),
    (0x05C1, 0x05C2),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x06D6, 0x06DC),
    (0x0900, 0x0902),
    (0x093C, 0x093C),
    (0x0941, 0x0948),
    (0x094D, 0x094D),
    (0x0E31, 0x0E31),
    (0x0E34, 0x0E3A),
    (0x0E47, 0x0E4E),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x200B, 0x200F),
    (0x2060, 0x2064),
    (0x20D0, 0x20FF),
    (0x302A, 0x302D),
    (0x3099, 0x309A),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
];

/// East Asian wide and fullwidth characters, and what terminals show as emoji.
const WIDE: [(u32, u32); 44] = [
    (0x1100, 0x115F),
    (0x231A, 0x231B),
    (0x23E9, 0x23EC),
    (0x25FD, 0x25FE),
    (0x2614, 0x2615),
    (0x2648, 0x2653),
    (0x267F, 0x267F),
    (0x2693, 0x2693),
    (0x26A1, 0x26A1),
    (0x26AA, 0x26AB),
    (0x26BD, 0x26BE),
    (0x26C4, 0x26C5),
    (0x26CE, 0x26CE),
    (0x26D4, 0x26D4),
    (0x26EA, 0x26EA),
    (0x26F2, 0x26F3),
    (0x26F5, 0x26F5),
    (0x26FA, 0x26FA),
    (0x26FD, 0x26FD),
    (0x2705, 0x2705),
    (0x270A, 0x270B),
    (0x2728, 0x2728),
    (0x274C, 0x274C),
    (0x274E, 0x274E),
    (0x2753, 0x2757),
    (0x2795, 0x2797),
    (0x27B0, 0x27B0),
    (0x2B1B, 0x2B1C),
    (0x2B50, 0x2B50),
    (0x2B55, 0x2B55),
    (0x2E80, 0x303E),
    (0x3041, 0xA4CF),
    (0xA960, 0xA97C),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x1F18E, 0x1F19A),
    (0x1F1E6, 0x1F202),
    (0x1F300, 0x1F64F),
    (0x1F680, 0x1F7FF),
    (0x1F900, 0x1FAFF),
    (0x20000, 0x3FFFD),
];

#[cfg(test)]
mod tests {
    use super::{MARKS, WIDE, width};

    #[track_caller]
    fn check(text: &str, expected: usize) {
        assert_eq!(text.chars().map(width).sum::<usize>(), expected);
    }

    #[test]
    fn letters_are_narrow() {
        check("naïve Ωмегა", 11);
    }

    #[test]
    fn east_asian_text_and_emoji_are_wide() {
        check("漢字かなカナ한글", 16);
        check("🐘🎉", 4);
    }

    #[test]
    fn marks_take_no_column() {
        check("e\u{301}", 1);
        check("❤\u{fe0f}", 1);
    }

    #[test]
    fn ranges_stand_in_order() {
        for ranges in [MARKS.as_slice(), WIDE.as_slice()] {
            assert!(ranges.iter().all(|(first, last)| first <= last));
            assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }
}
