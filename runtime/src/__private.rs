//! What generated code names; no part of the public API, whatever its visibility.

pub use std::option::Option;
pub use std::result::Result;
pub use std::string::String;
pub use std::vec::Vec;

pub use crate::codec::DataRow;
pub use crate::copy::{CopyInParts, CopyOutParts};
pub use crate::dependencies::Needs;
pub use crate::fragment::{Composer, Template};
#[cfg(feature = "macros")]
pub use crate::macros::{bind, command, command_file, copy_in, copy_out, query, query_file};
pub use crate::query::DecodeRow;
pub use crate::source::{Column, Origin, Parts};
pub use crate::sql::TypeRef;

/// Fails the build if a name given to `bind!` is not the statement's at that position. What the statement has no
/// parameter for is left to the compiler, which counts the values.
#[track_caller]
pub const fn same_name(names: &[&str], position: usize, given: &str) {
    if position < names.len() {
        assert!(
            same(names[position].as_bytes(), given.as_bytes()),
            "bind!: the statement has another parameter here, name them in its order"
        );
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
