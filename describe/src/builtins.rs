//! Which functions of `pg_catalog` are never NULL: what calls with edge values have shown on every major, and review has
//! not denied.
//!
//! A function that is not listed may return NULL. An operator is the function behind it, as the tree names it. A
//! conversion through text, from a type's output function to another's input function, needs no list: the server refuses
//! to go on where one of these returns NULL for something.

mod table;

use table::{AGGREGATES, FUNCTIONS, ROWS};

/// Every argument has to be not NULL.
pub(crate) const EVERY: u8 = u8::MAX;

/// A function or a window function whose result is never NULL if certain arguments are not NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Function {
    oid: u32,
    /// The majors on which the OID is this function, and this holds: 14 is the lowest bit.
    majors: u8,
    /// The arguments that must not be NULL, the first being the lowest bit, or [`EVERY`]. In a call with the word
    /// VARIADIC (`funcvariadic` in the tree) it is every argument in any case.
    needs: u8,
    /// Whether it casts what it is given, so that it holds for arguments of built-in types only: a cast of a user's may
    /// return NULL.
    casts: bool,
}

/// An aggregate whose result is never NULL over at least one row if certain arguments are not NULL in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Aggregate {
    oid: u32,
    majors: u8,
    /// As for [`Function`]; the direct arguments of an ordered-set aggregate stand first.
    needs: u8,
    /// Whether it is never NULL over no rows either, whatever its arguments.
    empty: bool,
}

/// A function that returns rows, some columns of which are never NULL if no argument is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows {
    oid: u32,
    majors: u8,
    /// The columns, the first being the lowest bit.
    columns: u32,
}

/// The function of an OID on a major, if it is listed.
pub(crate) fn function(oid: u32, major: u32) -> Option<&'static Function> {
    find(&FUNCTIONS, oid, major, |row| (row.oid, row.majors))
}

/// The aggregate of an OID on a major, if it is listed.
pub(crate) fn aggregate(oid: u32, major: u32) -> Option<&'static Aggregate> {
    find(&AGGREGATES, oid, major, |row| (row.oid, row.majors))
}

/// The function that returns rows of an OID on a major, if it is listed.
pub(crate) fn rows(oid: u32, major: u32) -> Option<&'static Rows> {
    find(&ROWS, oid, major, |row| (row.oid, row.majors))
}

/// Rows are sorted by OID; those of one OID that meant different functions stand together.
fn find<T>(
    table: &'static [T],
    oid: u32,
    major: u32,
    key: impl Fn(&T) -> (u32, u8),
) -> Option<&'static T> {
    let bit = 1_u8.checked_shl(major.checked_sub(14)?)?;
    let start = table.partition_point(|row| key(row).0 < oid);
    let same = table.iter().skip(start).take_while(|row| key(row).0 == oid);
    same.into_iter().find(|row| key(row).1 & bit != 0)
}

impl Function {
    /// Whether the argument at a place must not be NULL.
    pub(crate) fn needs(&self, place: usize) -> bool {
        needs(self.needs, place)
    }

    /// Whether this holds for arguments of built-in types only.
    pub(crate) fn casts(&self) -> bool {
        self.casts
    }
}

impl Aggregate {
    /// Whether the argument at a place must not be NULL in any row.
    pub(crate) fn needs(&self, place: usize) -> bool {
        needs(self.needs, place)
    }

    /// Whether it is never NULL, not even over no rows.
    pub(crate) fn is_never_null(&self) -> bool {
        self.empty
    }
}

impl Rows {
    /// Whether the column at a place is never NULL.
    pub(crate) fn is_full(&self, column: usize) -> bool {
        u32::try_from(column).is_ok_and(|column| column < 32 && self.columns >> column & 1 == 1)
    }
}

/// What stands behind the eighth place is needed: no list speaks of it. The last argument of an open end counts for all
/// that follow it, and so does the last bit.
fn needs(mask: u8, place: usize) -> bool {
    mask == EVERY
        || match u32::try_from(place) {
            Ok(place) if place < 7 => mask >> place & 1 == 1,
            _ => true,
        }
}

#[cfg(test)]
mod tests {
    use super::{AGGREGATES, FUNCTIONS, ROWS, aggregate, function, rows};

    #[test]
    fn an_oid_is_looked_up_on_its_major() {
        // 1397 is abs(integer) on all; 3813 is xmltext on 17 and pg_is_in_backup on 14.
        assert!((14..=18).all(|major| function(1397, major).is_some_and(|abs| abs.needs(0))));
        assert_eq!(function(3813, 14), None);
        assert!(function(3813, 17).is_some());
        assert_eq!(function(1397, 13), None);
        assert_eq!(function(1397, 40), None);
    }

    #[test]
    fn what_may_be_null_is_not_listed() {
        // array_length, array_position, lower(range), substring(text from pattern), regexp_match, extract(date),
        // to_char(timestamp), current_setting(text, bool), inet_client_addr, current_schema, lag, first_value
        for oid in [
            2176, 3277, 3848, 2073, 3396, 6199, 2049, 3294, 2196, 1402, 3106, 3112,
        ] {
            assert!(
                (14..=18).all(|major| function(oid, major).is_none()),
                "{oid}"
            );
        }
    }

    #[test]
    fn some_arguments_may_be_null() {
        // concat needs none, concat_ws its separator, array_remove the array.
        assert!(!function(3058, 18).unwrap().needs(0));
        assert!(function(3059, 18).unwrap().needs(0));
        assert!(!function(3059, 18).unwrap().needs(1));
        assert!(function(3167, 18).unwrap().needs(0));
        assert!(!function(3167, 18).unwrap().needs(1));
        // What casts its argument holds for built-in types alone: text || anything, not abs.
        assert!(function(2003, 18).unwrap().casts() && !function(1397, 18).unwrap().casts());
    }

    #[test]
    fn aggregates_tell_rows_from_values() {
        // count, array_agg of anything, sum(integer), stddev_samp(integer)
        assert!(aggregate(2147, 18).unwrap().is_never_null());
        assert!(
            !aggregate(2335, 18).unwrap().needs(0) && !aggregate(2335, 18).unwrap().is_never_null()
        );
        assert!(aggregate(2108, 18).unwrap().needs(0));
        assert_eq!(aggregate(2714, 18), None);
    }

    #[test]
    fn columns_of_rows_are_told_apart() {
        // generate_series(integer, integer), jsonb_each_text, unnest(anyarray)
        assert!(rows(1067, 18).unwrap().is_full(0) && !rows(1067, 18).unwrap().is_full(1));
        assert!(rows(3932, 18).unwrap().is_full(0) && !rows(3932, 18).unwrap().is_full(1));
        assert_eq!(rows(2331, 18), None);
    }

    #[test]
    fn the_tables_are_sorted() {
        assert!(FUNCTIONS.is_sorted_by_key(|row| row.oid));
        assert!(AGGREGATES.is_sorted_by_key(|row| row.oid));
        assert!(ROWS.is_sorted_by_key(|row| row.oid));
    }
}
