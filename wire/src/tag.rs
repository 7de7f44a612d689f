//! Command tags: what a statement did, in the server's words.

/// How a statement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Completed {
    /// The rows inserted, updated, deleted, selected or copied; zero where the tag has no count.
    pub rows: u64,
}

impl Completed {
    /// Reads a command tag.
    #[inline]
    pub(crate) fn read(tag: &[u8]) -> Self {
        Self { rows: rows(tag) }
    }
}

/// The count at the end of a tag: `INSERT 0 5` is 5, `CREATE TABLE` is 0.
#[inline]
fn rows(tag: &[u8]) -> u64 {
    let digits = tag
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    tag[tag.len() - digits..]
        .iter()
        .fold(0, |rows: u64, digit| {
            rows.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'))
        })
}

/// Whether the tag ROLLBACK answers a text that asked for no rollback: then a COMMIT came too late.
pub(crate) fn commit_rolled_back(tag: &[u8], sql: &str) -> bool {
    let has = |word: &[u8]| {
        sql.as_bytes()
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    tag == b"ROLLBACK" && !has(b"rollback") && !has(b"abort")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_the_last_number() {
        for (tag, expected) in [
            ("INSERT 0 5", 5),
            ("SELECT 12", 12),
            ("CREATE TABLE", 0),
            ("", 0),
            ("UPDATE 0", 0),
        ] {
            assert_eq!(rows(tag.as_bytes()), expected, "{tag}");
        }
        rows(b"SELECT 99999999999999999999999999");
    }

    #[test]
    fn only_a_rollback_nobody_asked_for_is_an_error() {
        assert!(commit_rolled_back(b"ROLLBACK", "COMMIT"));
        assert!(commit_rolled_back(b"ROLLBACK", "end"));
        assert!(!commit_rolled_back(b"ROLLBACK", "Rollback"));
        assert!(!commit_rolled_back(b"COMMIT", "COMMIT"));
    }
}
