//! The table's invariants, and the names a type answers to.

use super::*;

#[track_caller]
fn name_of(name: &str, expected: Option<u32>) {
    assert_eq!(by_name(name).map(|info| info.oid), expected, "{name}");
}

#[test]
fn oids_are_sorted_and_names_are_unique() {
    assert!(all().windows(2).all(|pair| pair[0].oid < pair[1].oid));
    for info in all() {
        assert_eq!(by_name(info.name), Some(info));
        assert_eq!(by_oid(info.oid), Some(info));
    }
}

#[test]
fn an_array_and_its_element_name_each_other() {
    for info in all() {
        if let Some(array) = info.array {
            let array = by_oid(array).unwrap();
            assert_eq!(array.element, Some(info.oid));
            assert_eq!(array.name, format!("{}[]", info.name));
        }
        if info.kind == Kind::Array {
            assert_eq!(by_oid(info.element.unwrap()).unwrap().array, Some(info.oid));
        }
    }
}

#[test]
fn what_a_type_is_made_of_is_in_the_table() {
    for info in all() {
        let made_of_another = !matches!(info.kind, Kind::Base | Kind::Pseudo);
        assert_eq!(info.element.is_some(), made_of_another, "{}", info.name);
        assert!(
            info.element.is_none_or(|oid| by_oid(oid).is_some()),
            "{}",
            info.name
        );
    }
}

#[test]
fn types_are_found_by_every_spelling_of_their_name() {
    name_of("int4", Some(23));
    name_of("int4[]", Some(1007));
    name_of("_int4", Some(1007));
    name_of("char", Some(18));
    name_of("record[]", Some(2287));
    name_of("int4multirange[]", Some(6150));
    name_of("int2vector", Some(22));
    name_of("int4[][]", None);
    name_of("mood", None);
    name_of("void[]", None);
    name_of("", None);
}

#[test]
fn ranges_lead_to_their_bounds() {
    let multirange = by_name("tstzmultirange").unwrap();
    let range = by_oid(multirange.element.unwrap()).unwrap();
    assert_eq!((range.name, range.kind), ("tstzrange", Kind::Range));
    assert_eq!(range.element, by_name("timestamptz").map(|bound| bound.oid));
}

#[test]
fn an_unknown_oid_is_not_a_type() {
    assert_eq!(by_oid(0), None);
    assert_eq!(by_oid(u32::MAX), None);
    assert_eq!(
        by_oid(83),
        None,
        "the row type of pg_class is not the same on every version"
    );
}
