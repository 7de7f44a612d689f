//! The traits of what may be read.

use super::DecodeError;

/// May be read from `S`.
///
/// Every value of `S` that `Self` can hold is read exactly; any other is an error, never another value.
///
/// # Example: an address read from text
///
/// ```
/// use hathi::sql::Text;
/// use hathi::{Decode, DecodeError};
///
/// struct Email(String);
///
/// impl<'r> Decode<'r, Text> for Email {
///     fn decode(value: &'r [u8]) -> Result<Self, DecodeError> {
///         let address: String = Decode::<Text>::decode(value)?;
///         if address.contains('@') {
///             Ok(Self(address))
///         } else {
///             Err(DecodeError::rejected("an address holds an @"))
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from `{S}`",
    label = "cannot hold a value of the type `{S}`"
)]
pub trait Decode<'r, S>: Sized {
    /// Reads the bytes of a value, which may be borrowed from.
    ///
    /// # Errors
    ///
    /// If the bytes are no value of `S`, or one that `Self` cannot hold.
    fn decode(value: &'r [u8]) -> Result<Self, DecodeError>;

    /// Reads NULL: an error for everything but an `Option`.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Null`].
    #[inline]
    fn null() -> Result<Self, DecodeError> {
        Err(DecodeError::Null)
    }
}

/// May be read from `S` where it can be NULL: an `Option` of what may be read from `S`, and nothing else.
#[diagnostic::on_unimplemented(
    message = "this column can be NULL: a field of type `{Self}` cannot hold it",
    label = "cannot hold NULL",
    note = "use `Option<{Self}>`"
)]
pub trait DecodeNullable<'r, S>: Sized {
    /// Reads the bytes of a value, or NULL.
    ///
    /// # Errors
    ///
    /// As [`Decode::decode`].
    fn decode_nullable(value: Option<&'r [u8]>) -> Result<Self, DecodeError>;
}

impl<'r, S, T: Decode<'r, S>> DecodeNullable<'r, S> for Option<T> {
    #[inline]
    fn decode_nullable(value: Option<&'r [u8]>) -> Result<Self, DecodeError> {
        match value {
            Some(value) => T::decode(value).map(Some),
            None => Ok(None),
        }
    }
}
