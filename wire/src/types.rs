//! The one table of PostgreSQL's built-in types: OIDs, names, elements, and the markers hathi has for them.

mod table;

/// One built-in type: its OID and its name are the same on every supported version of PostgreSQL.
///
/// Row types of the system catalogs are no part of the table: their columns differ between versions,
/// so they are looked up by name like a user's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeInfo {
    /// The OID in `pg_type`.
    pub oid: u32,
    /// The name in `pg_type` (`int4`); an array is called after its element (`int4[]`, in `pg_type` `_int4`).
    pub name: &'static str,
    /// What sort of type it is.
    pub kind: Kind,
    /// The element of an array or a vector, the bound of a range, the range of a multirange.
    pub element: Option<u32>,
    /// The type of arrays of this type.
    pub array: Option<u32>,
    /// The name of the type's marker in `hathi::sql` (`Int4`), if values of it can be sent and read.
    /// Arrays, ranges and multiranges have none: their markers are built from their element's.
    pub marker: Option<&'static str>,
}

/// The sorts of built-in types. The list is complete: domains, enums and composites are never built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A type of its own, like `int4`.
    Base,
    /// An array of another type, like `int4[]`.
    Array,
    /// `int2vector` and `oidvector`: arrays by their bytes, but types of their own by name.
    Vector,
    /// A range over another type, like `int4range`.
    Range,
    /// A set of ranges, like `int4multirange`.
    Multirange,
    /// A type that no column can have, like `void` or `anyelement`.
    Pseudo,
}

/// How a statement refers to a type before it has met a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// A built-in type: its OID is known everywhere.
    Oid(u32),
    /// A user's type, `schema.name` or `schema.name[]`: each database gives it an OID of its own.
    Named(&'static str),
}

/// All built-in types, in the order of their OIDs.
#[must_use]
pub fn all() -> &'static [TypeInfo] {
    &table::TYPES
}

/// The built-in type with this OID.
#[must_use]
pub fn by_oid(oid: u32) -> Option<&'static TypeInfo> {
    let index = table::TYPES
        .binary_search_by_key(&oid, |info| info.oid)
        .ok()?;
    table::TYPES.get(index)
}

/// The built-in type with this name: `int4`, and for arrays `int4[]` as well as `_int4`.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static TypeInfo> {
    let (name, array) = match (name.strip_suffix("[]"), name.strip_prefix('_')) {
        (Some(element), _) | (None, Some(element)) => (element, true),
        (None, None) => (name, false),
    };
    let info = table::TYPES.iter().find(|info| info.name == name)?;
    if array {
        by_oid(info.array?)
    } else {
        Some(info)
    }
}

const fn base(oid: u32, name: &'static str, array: u32, marker: &'static str) -> TypeInfo {
    let marker = if marker.is_empty() {
        None
    } else {
        Some(marker)
    };
    TypeInfo {
        oid,
        name,
        kind: Kind::Base,
        element: None,
        array: some(array),
        marker,
    }
}

const fn array(oid: u32, name: &'static str, element: u32) -> TypeInfo {
    made_of(Kind::Array, oid, name, element, 0)
}

const fn vector(oid: u32, name: &'static str, element: u32, array: u32) -> TypeInfo {
    made_of(Kind::Vector, oid, name, element, array)
}

const fn range(oid: u32, name: &'static str, bound: u32, array: u32) -> TypeInfo {
    made_of(Kind::Range, oid, name, bound, array)
}

const fn multirange(oid: u32, name: &'static str, range: u32, array: u32) -> TypeInfo {
    made_of(Kind::Multirange, oid, name, range, array)
}

const fn pseudo(oid: u32, name: &'static str, array: u32, marker: &'static str) -> TypeInfo {
    TypeInfo {
        kind: Kind::Pseudo,
        ..base(oid, name, array, marker)
    }
}

const fn made_of(kind: Kind, oid: u32, name: &'static str, element: u32, array: u32) -> TypeInfo {
    TypeInfo {
        kind,
        element: some(element),
        ..base(oid, name, array, "")
    }
}

// Zero is PostgreSQL's InvalidOid.
const fn some(oid: u32) -> Option<u32> {
    if oid == 0 { None } else { Some(oid) }
}

#[cfg(test)]
mod tests;
