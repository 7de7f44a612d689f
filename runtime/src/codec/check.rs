//! What the codecs' tests are written with.

use std::fmt::Debug;

use super::{Arguments, Decode, DecodeError, Encode};
use crate::sql::Nullable;

/// The bytes a value is sent as.
#[track_caller]
pub(crate) fn bytes<S, T: Encode<S> + ?Sized>(value: &T) -> Vec<u8> {
    let mut buf = Vec::new();
    let mut arguments = Arguments::new(&mut buf);
    value.encode(&mut arguments).unwrap();
    assert_eq!(arguments.values(), 1);
    let (length, bytes) = buf.split_first_chunk::<4>().unwrap();
    assert_eq!(
        usize::try_from(i32::from_be_bytes(*length)).unwrap(),
        bytes.len()
    );
    bytes.to_vec()
}

/// The value that bytes are read as.
#[track_caller]
pub(crate) fn value<'r, S, T: Decode<'r, S>>(bytes: &'r [u8]) -> T {
    T::decode(bytes).unwrap()
}

/// A value is sent as these bytes.
#[track_caller]
pub(crate) fn sends<S, T: Encode<S> + Encode<Nullable<S>> + ?Sized>(value: &T, expected: &[u8]) {
    assert_eq!(bytes::<S, T>(value), expected);
    assert_eq!(bytes::<Nullable<S>, T>(value), expected);
}

/// A value is sent as these bytes, and they are read as this value.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "calls read better with the value in them"
)]
pub(crate) fn check<'r, S, T>(expected: T, bytes: &'r [u8])
where
    T: Encode<S> + Encode<Nullable<S>> + Decode<'r, S> + PartialEq + Debug,
{
    sends::<S, T>(&expected, bytes);
    assert_eq!(value::<S, T>(bytes), expected);
}

/// Bytes are no value of this type.
#[track_caller]
pub(crate) fn refuses<'r, S, T: Decode<'r, S>>(bytes: &'r [u8]) -> DecodeError {
    match T::decode(bytes) {
        Ok(_) => panic!("{bytes:?} was read"),
        Err(error) => error,
    }
}

/// A value cannot be sent.
#[track_caller]
pub(crate) fn unsendable<S, T: Encode<S>>(value: &T) {
    let mut buf = Vec::new();
    assert!(value.encode(&mut Arguments::new(&mut buf)).is_err());
}
