//! Arrays: the number of dimensions, whether there are NULLs, the element's type, length and lower bound of each
//! dimension, then the elements, each written like a parameter. Layout: `array_send` in
//! `src/backend/utils/adt/arrayfuncs.c`.

use super::{Arguments, Decode, DecodeError, Encode, EncodeError};
use crate::sql::{Array, Element, Nullable, TypeRef};
use crate::types::{self, Dimension};

/// The most dimensions the server knows.
const MAX_DIMENSIONS: usize = types::Array::<()>::MAX_DIMENSIONS;

/// Where the NULL flag stands: behind the number of dimensions.
const FLAGS: usize = 4;

/// Writes an array. Its elements may be NULL whatever the array's type, so they are sent as nullable.
fn write<S: Element, T: Encode<Nullable<S>>>(
    dimensions: &[Dimension],
    elements: &[T],
    to: &mut Arguments<'_>,
) -> Result<(), EncodeError> {
    // A user's type has another OID in each database; the server takes 0 for "what the parameter is made of".
    let element_type = match S::TYPE {
        TypeRef::Oid(oid) => oid,
        TypeRef::Named(_) => 0,
    };
    to.value(|buf| {
        let start = buf.len();
        buf.extend_from_slice(&count(dimensions.len())?);
        buf.extend_from_slice(&[0; 4]);
        buf.extend_from_slice(&element_type.to_be_bytes());
        for dimension in dimensions {
            buf.extend_from_slice(&count(dimension.length)?);
            buf.extend_from_slice(&dimension.lower_bound.to_be_bytes());
        }
        let mut values = Arguments::new(buf);
        for element in elements {
            element.encode(&mut values)?;
        }
        let (found, nulls) = (values.values(), values.nulls());
        if found != elements.len() {
            return Err(EncodeError::Values {
                expected: elements.len(),
                found,
            });
        }
        if nulls > 0 {
            match buf.get_mut(start + FLAGS..start + FLAGS + 4) {
                Some(flags) => flags.copy_from_slice(&1_i32.to_be_bytes()),
                None => return Err(EncodeError::Overwritten),
            }
        }
        Ok(())
    })
}

fn count(length: usize) -> Result<[u8; 4], EncodeError> {
    match i32::try_from(length) {
        Ok(length) => Ok(length.to_be_bytes()),
        Err(_) => Err(EncodeError::TooLong),
    }
}

/// The dimensions of a list: one, or none if it is empty.
fn write_list<S: Element, T: Encode<Nullable<S>>>(
    elements: &[T],
    to: &mut Arguments<'_>,
) -> Result<(), EncodeError> {
    match elements {
        [] => write::<S, T>(&[], elements, to),
        _ => write::<S, T>(&[Dimension::of(elements.len())], elements, to),
    }
}

macro_rules! encode_array {
    ([$($generics:tt)*] $rust:ty, |$value:ident, $to:ident| $body:expr) => {
        #[diagnostic::do_not_recommend]
        impl<S: Element, T: Encode<Nullable<S>>, $($generics)*> Encode<Array<S>> for $rust {
            fn encode(&self, $to: &mut Arguments<'_>) -> Result<(), EncodeError> {
                let $value = self;
                $body
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Element, T: Encode<Nullable<S>>, $($generics)*> Encode<Nullable<Array<S>>> for $rust {
            fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
                Encode::<Array<S>>::encode(self, to)
            }
        }
    };
}

encode_array!([][T], |value, to| write_list::<S, T>(value, to));
encode_array!([] Vec<T>, |value, to| write_list::<S, T>(value, to));
encode_array!([const N: usize] [T; N], |value, to| write_list::<S, T>(value, to));
encode_array!([] types::Array<T>, |value, to| write::<S, T>(value.dimensions(), value.elements(), to));

/// An array as it came, its elements not yet looked at.
struct Received<'r> {
    // Invariant: at most six.
    dimensions: Vec<Dimension>,
    count: usize,
    elements: &'r [u8],
}

/// Takes a number from the front of the bytes.
fn number(bytes: &mut &[u8]) -> Result<[u8; 4], DecodeError> {
    match bytes.split_first_chunk::<4>() {
        Some((number, rest)) => {
            *bytes = rest;
            Ok(*number)
        }
        None => Err(DecodeError::Truncated),
    }
}

impl<'r> Received<'r> {
    fn read<S: Element>(value: &'r [u8]) -> Result<Self, DecodeError> {
        let mut rest = value;
        let dimensions = i32::from_be_bytes(number(&mut rest)?);
        if !matches!(i32::from_be_bytes(number(&mut rest)?), 0 | 1) {
            return Err(DecodeError::Malformed);
        }
        let found = u32::from_be_bytes(number(&mut rest)?);
        match S::TYPE {
            TypeRef::Oid(expected) if expected != found => {
                return Err(DecodeError::ElementType { expected, found });
            }
            _ => {}
        }
        let dimensions = match usize::try_from(dimensions) {
            Ok(dimensions) if dimensions <= MAX_DIMENSIONS => dimensions,
            _ => return Err(DecodeError::Malformed),
        };
        let mut received = Self {
            dimensions: Vec::with_capacity(dimensions),
            count: usize::from(dimensions > 0),
            elements: rest,
        };
        for _ in 0..dimensions {
            received.dimension()?;
        }
        // Each element takes four bytes at least, so what is allocated for them is bounded by what came.
        if received.count > received.elements.len() / 4 {
            return Err(DecodeError::Truncated);
        }
        Ok(received)
    }

    fn dimension(&mut self) -> Result<(), DecodeError> {
        let length = i32::from_be_bytes(number(&mut self.elements)?);
        let lower_bound = i32::from_be_bytes(number(&mut self.elements)?);
        let Ok(length) = usize::try_from(length) else {
            return Err(DecodeError::Malformed);
        };
        self.count = self
            .count
            .checked_mul(length)
            .ok_or(DecodeError::Malformed)?;
        self.dimensions.push(Dimension {
            length,
            lower_bound,
        });
        Ok(())
    }

    fn elements<S, T: Decode<'r, S>>(mut self) -> Result<Vec<T>, DecodeError> {
        let mut elements = Vec::with_capacity(self.count);
        for index in 0..self.count {
            let element = match self.element() {
                Ok(Some(value)) => T::decode(value),
                Ok(None) => T::null(),
                Err(cause) => return Err(cause),
            };
            match element {
                Ok(element) => elements.push(element),
                Err(cause) => return Err(DecodeError::element(index, cause)),
            }
        }
        if self.elements.is_empty() {
            Ok(elements)
        } else {
            Err(DecodeError::Trailing)
        }
    }

    fn element(&mut self) -> Result<Option<&'r [u8]>, DecodeError> {
        let length = i32::from_be_bytes(number(&mut self.elements)?);
        match usize::try_from(length) {
            Ok(length) => match self.elements.split_at_checked(length) {
                Some((value, rest)) => {
                    self.elements = rest;
                    Ok(Some(value))
                }
                None => Err(DecodeError::Truncated),
            },
            Err(_) if length == -1 => Ok(None),
            Err(_) => Err(DecodeError::Malformed),
        }
    }
}

/// A list: at most one dimension. Where it begins is not kept.
#[diagnostic::do_not_recommend]
impl<'r, S: Element, T: Decode<'r, S>> Decode<'r, Array<S>> for Vec<T> {
    fn decode(value: &'r [u8]) -> Result<Self, DecodeError> {
        let received = Received::read::<S>(value)?;
        match i32::try_from(received.dimensions.len()) {
            Ok(0 | 1) => received.elements::<S, T>(),
            Ok(dimensions) => Err(DecodeError::Dimensions(dimensions)),
            Err(_) => Err(DecodeError::Malformed),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'r, S: Element, T: Decode<'r, S>> Decode<'r, Array<S>> for types::Array<T> {
    fn decode(value: &'r [u8]) -> Result<Self, DecodeError> {
        let mut received = Received::read::<S>(value)?;
        let dimensions = std::mem::take(&mut received.dimensions);
        let elements = received.elements::<S, T>()?;
        Self::new(dimensions, elements).ok_or(DecodeError::Malformed)
    }
}

#[cfg(test)]
mod tests;
