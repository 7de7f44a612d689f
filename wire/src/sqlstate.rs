//! SQLSTATE: the five characters that say what went wrong, and PostgreSQL's names for them.

mod table;

use std::fmt;

/// What went wrong, as five characters (`23505`): the first two are the class, `00000` is success.
///
/// PostgreSQL's own codes are constants named after its conditions, [`SqlState::UNIQUE_VIOLATION`];
/// extensions and `RAISE … USING ERRCODE` may answer any other.
///
/// # Example: asking for a code
///
/// ```
/// use hathi_wire::sqlstate::SqlState;
///
/// let state = SqlState::from_code("23505").unwrap();
/// assert_eq!(state, SqlState::UNIQUE_VIOLATION);
/// assert_eq!(state.name(), Some("unique_violation"));
/// assert_eq!(state.class(), "23");
/// ```
// Invariant: all five bytes are ASCII digits or upper-case letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlState([u8; 5]);

impl SqlState {
    /// The state with this code, if it is one: five ASCII digits or upper-case letters.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let bytes: [u8; 5] = code.as_bytes().try_into().ok()?;
        let well_formed = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        bytes.iter().all(well_formed).then_some(Self(bytes))
    }

    /// The five characters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The class: the first two characters. Condition `XX000` stands for its whole class `XX`.
    #[must_use]
    pub fn class(&self) -> &str {
        self.code().get(..2).unwrap_or_default()
    }

    /// PostgreSQL's name of the condition, as PL/pgSQL writes it: `unique_violation`.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        let index = table::NAMES
            .binary_search_by_key(self, |(state, _)| *state)
            .ok()?;
        table::NAMES.get(index).map(|(_, name)| *name)
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "SqlState({} {name})", self.code()),
            None => write!(f, "SqlState({})", self.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_well_formed() {
        assert!(table::NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (state, name) in table::NAMES {
            assert_eq!(SqlState::from_code(state.code()), Some(state));
            assert_eq!(state.name(), Some(name));
        }
    }

    #[test]
    fn a_code_has_its_class_and_its_name() {
        let state = SqlState::SERIALIZATION_FAILURE;
        assert_eq!((state.code(), state.class()), ("40001", "40"));
        assert_eq!(state.name(), Some("serialization_failure"));
        assert_eq!(
            format!("{state} {state:?}"),
            "40001 SqlState(40001 serialization_failure)"
        );
    }

    #[test]
    fn a_code_nobody_named_is_still_a_code() {
        let state = SqlState::from_code("ZZ0A1").unwrap();
        assert_eq!(state.name(), None);
        assert_eq!(format!("{state:?}"), "SqlState(ZZ0A1)");
    }

    #[test]
    fn what_is_not_five_digits_or_capitals_is_no_code() {
        for text in ["", "2350", "235055", "2350a", "23 05", "2350é", "é€"] {
            assert_eq!(SqlState::from_code(text), None, "{text:?}");
        }
    }

    #[test]
    fn conditions_of_one_name_keep_their_own_constants() {
        assert_eq!(SqlState::STRING_DATA_RIGHT_TRUNCATION.code(), "22001");
        assert_eq!(
            SqlState::WARNING_STRING_DATA_RIGHT_TRUNCATION.code(),
            "01004"
        );
        assert_eq!(
            SqlState::WARNING_STRING_DATA_RIGHT_TRUNCATION.name(),
            Some("string_data_right_truncation")
        );
    }

    #[test]
    fn codes_of_every_supported_version_are_known() {
        assert_eq!(
            SqlState::from_code("72000").unwrap().name(),
            Some("snapshot_too_old")
        );
        assert_eq!(
            SqlState::from_code("25P04").unwrap().name(),
            Some("transaction_timeout")
        );
        assert_eq!(
            SqlState::from_code("58P03").unwrap().name(),
            Some("file_name_too_long")
        );
    }
}
