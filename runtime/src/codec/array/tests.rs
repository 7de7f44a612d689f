//! Arrays: their bytes, their NULLs, their dimensions, and bytes that lie.

use super::*;
use crate::codec::check::{bytes, check, refuses, sends, value};
use crate::sql::{Bool, Int2, Int4, Text};

/// The bytes of an array, from its parts.
fn wire(header: [i32; 3], dimensions: &[(i32, i32)], elements: &[Option<&[u8]>]) -> Vec<u8> {
    let mut bytes: Vec<u8> = header
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect();
    for (length, lower_bound) in dimensions {
        bytes.extend(length.to_be_bytes());
        bytes.extend(lower_bound.to_be_bytes());
    }
    for element in elements {
        let length = element.map_or(-1, |element| i32::try_from(element.len()).unwrap());
        bytes.extend(length.to_be_bytes());
        bytes.extend(element.unwrap_or_default());
    }
    bytes
}

const ONE: Option<&[u8]> = Some(&[0, 0, 0, 1]);
const TWO: Option<&[u8]> = Some(&[0, 0, 0, 2]);

#[test]
fn lists_are_arrays_of_one_dimension() {
    let expected = wire([1, 0, 23], &[(2, 1)], &[ONE, TWO]);
    check::<Array<Int4>, _>(vec![1, 2], &expected);
    sends::<Array<Int4>, _>(&[1, 2][..], &expected);
    sends::<Array<Int4>, _>(&[1, 2], &expected);
    sends::<Array<Int4>, _>(&[1_u8, 2], &expected);
    assert_eq!(value::<Array<Int4>, Vec<i64>>(&expected), [1, 2]);
    check::<Array<Text>, _>(
        vec!["a", "ß"],
        &wire([1, 0, 25], &[(2, 1)], &[Some(b"a"), Some("ß".as_bytes())]),
    );
    check::<Array<Bool>, _>(vec![true], &wire([1, 0, 16], &[(1, 1)], &[Some(&[1])]));
}

#[test]
fn an_empty_list_has_no_dimension() {
    let expected = wire([0, 0, 21], &[], &[]);
    check::<Array<Int2>, _>(Vec::<i16>::new(), &expected);
    check::<Array<Int2>, _>(types::Array::<i16>::from(Vec::new()), &expected);
}

#[test]
fn elements_may_be_null() {
    let expected = wire([1, 1, 23], &[(3, 1)], &[ONE, None, TWO]);
    check::<Array<Int4>, _>(vec![Some(1), None, Some(2)], &expected);
    let error = refuses::<Array<Int4>, Vec<i32>>(&expected);
    assert_eq!(error.to_string(), "element 1: it is NULL");
}

#[test]
fn a_whole_array_may_be_null() {
    let mut buf = Vec::new();
    Encode::<Nullable<Array<Int4>>>::encode(&None::<Vec<i32>>, &mut Arguments::new(&mut buf))
        .unwrap();
    assert_eq!(buf, [0xff; 4]);
    let null = <Option<Vec<i32>> as Decode<'_, Array<Int4>>>::null().unwrap();
    assert_eq!(null, None);
}

#[test]
fn a_matrix_is_an_array_with_dimensions_and_no_list() {
    let expected = wire([2, 0, 23], &[(2, 1), (1, -3)], &[ONE, TWO]);
    let dimensions = vec![
        Dimension::of(2),
        Dimension {
            length: 1,
            lower_bound: -3,
        },
    ];
    check::<Array<Int4>, _>(
        types::Array::new(dimensions, vec![1, 2]).unwrap(),
        &expected,
    );
    let error = refuses::<Array<Int4>, Vec<i32>>(&expected);
    assert_eq!(
        error.to_string(),
        "expected an array of one dimension, this one has 2: use `hathi::types::Array`"
    );
}

#[test]
fn a_list_may_begin_anywhere() {
    assert_eq!(
        value::<Array<Int4>, Vec<i32>>(&wire([1, 0, 23], &[(1, 0)], &[ONE])),
        [1]
    );
}

#[test]
fn an_array_of_another_type_is_an_error() {
    let error = refuses::<Array<Int4>, Vec<i32>>(&wire([1, 0, 700], &[(1, 1)], &[ONE]));
    assert!(matches!(
        error,
        DecodeError::ElementType {
            expected: 23,
            found: 700
        }
    ));
}

#[test]
fn arrays_cut_anywhere_are_errors() {
    let whole = bytes::<Array<Int4>, _>(&[Some(1), None, Some(2)]);
    for length in 0..whole.len() {
        refuses::<Array<Int4>, Vec<Option<i32>>>(&whole[..length]);
        refuses::<Array<Int4>, types::Array<Option<i32>>>(&whole[..length]);
    }
}

#[test]
fn counts_that_lie_are_errors_before_anything_is_allocated() {
    let huge = [(i32::MAX, 1); 6];
    for bytes in [
        wire([1, 0, 23], &[(i32::MAX, 1)], &[ONE]),
        wire([6, 0, 23], &huge, &[ONE]),
        wire([7, 0, 23], &[(1, 1); 7], &[ONE]),
        wire([i32::MAX, 0, 23], &[(1, 1)], &[ONE]),
        wire([-1, 0, 23], &[], &[]),
        wire([1, 2, 23], &[(1, 1)], &[ONE]),
        wire([1, 0, 23], &[(-1, 1)], &[ONE]),
        wire([1, 0, 23], &[(2, 1)], &[ONE]),
        wire([1, 0, 23], &[(1, 1)], &[ONE, TWO]),
        wire([0, 0, 23], &[], &[ONE]),
    ] {
        refuses::<Array<Int4>, Vec<i32>>(&bytes);
        refuses::<Array<Int4>, types::Array<i32>>(&bytes);
    }
    let mut negative = wire([1, 0, 23], &[(1, 1)], &[]);
    negative.extend((-2_i32).to_be_bytes());
    refuses::<Array<Int4>, Vec<i32>>(&negative);
}
