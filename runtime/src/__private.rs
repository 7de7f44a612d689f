//! What generated code names; no part of the public API, whatever its visibility.

pub use std::option::Option;
pub use std::result::Result;
pub use std::string::String;
pub use std::vec::Vec;

pub use crate::codec::DataRow;
#[cfg(feature = "macros")]
pub use crate::macros::{bind, command, command_file, query, query_file};
pub use crate::query::{Column, DecodeRow, Origin, Parts};
pub use crate::sql::TypeRef;

/// Fails the build if the names given to `bind!` are not those of the statement, in its order.
pub const fn same_names(expected: &[&str], given: &[&str]) {
    assert!(
        expected.len() == given.len(),
        "bind!: the statement has another number of parameters than were given"
    );
    let mut index = 0;
    while index < expected.len() {
        assert!(
            same(expected[index].as_bytes(), plain(given[index].as_bytes())),
            "bind!: name the parameters as the statement does, in the statement's order"
        );
        index += 1;
    }
}

/// `r#type` is written for the name `type`.
const fn plain(name: &[u8]) -> &[u8] {
    match name {
        [b'r', b'#', rest @ ..] => rest,
        name => name,
    }
}

const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}
