//! The markers against the one table of built-in types.

use hathi_wire::types;

use super::*;

#[track_caller]
fn check<S: Element>(marker: &str) {
    let info = types::by_name(S::NAME).unwrap();
    assert_eq!(info.marker, Some(marker));
    assert_eq!(S::TYPE, TypeRef::Oid(info.oid));
    assert_eq!(S::ARRAY, TypeRef::Oid(info.array.unwrap()));
    assert_eq!(
        types::by_name(S::ARRAY_NAME).map(|info| info.oid),
        info.array
    );
    assert_eq!(<Array<S>>::TYPE, S::ARRAY);
    assert_eq!(<Nullable<S>>::NAME, S::NAME);
}

#[test]
fn every_marker_names_the_oids_of_the_table_of_types() {
    macro_rules! check_all {
        ($($marker:ident)+) => {
            $(check::<$marker>(stringify!($marker));)+
            let mut markers = vec![$(stringify!($marker)),+, "Void"];
            let mut table: Vec<_> = types::all().iter().filter_map(|info| info.marker).collect();
            markers.sort_unstable();
            table.sort_unstable();
            assert_eq!(markers, table);
        };
    }
    check_all!(
        Bool Int2 Int4 Int8 Float4 Float8 Text Varchar Bpchar Name Char Bytea Uuid Json Jsonb Timestamptz Timestamp
        Date Time Numeric Oid
    );
    assert_eq!(
        Void::TYPE,
        TypeRef::Oid(types::by_name(Void::NAME).unwrap().oid)
    );
}

#[test]
fn values_of_markers_compose() {
    const PARAMETERS: (Int4, Nullable<Text>, Array<Int8>) = (int4, nullable(text), array(int8));
    assert_eq!(
        format!("{PARAMETERS:?}"),
        "(Int4, Nullable(Text), Array(Int8))"
    );
    assert_eq!(nullable(array(text)), <Nullable<Array<Text>>>::default());
}
