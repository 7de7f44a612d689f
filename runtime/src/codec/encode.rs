//! The trait of what may be sent.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::{Arguments, EncodeError};
use crate::sql::Nullable;

/// May be sent as `S`.
///
/// A type of yours is sent like the type it wraps. Write both implementations, for `S` and for `Nullable<S>`, or let
/// [`newtype!`](crate::newtype) write them; an `Option` of it follows from the first one.
///
/// # Example: an address sent as text
///
/// ```
/// use hathi::sql::{Nullable, Text};
/// use hathi::{Arguments, Encode, EncodeError};
///
/// struct Email(String);
///
/// impl Encode<Text> for Email {
///     fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
///         Encode::<Text>::encode(&self.0, to)
///     }
/// }
///
/// impl Encode<Nullable<Text>> for Email {
///     fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
///         Encode::<Text>::encode(self, to)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as `{S}`",
    label = "not a value for a parameter of the type `{S}`",
    note = "an `Option` is sent only as `Nullable<…>`: to a parameter that may be NULL"
)]
pub trait Encode<S> {
    /// Writes exactly one value.
    ///
    /// # Errors
    ///
    /// If the SQL type cannot hold the value.
    fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError>;
}

impl<S, T: Encode<S> + ?Sized> Encode<S> for &T {
    #[inline]
    fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
        T::encode(self, to)
    }
}

impl<S, T: Encode<S>> Encode<Nullable<S>> for Option<T> {
    #[inline]
    fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
        match self {
            Some(value) => value.encode(to),
            None => {
                to.null();
                Ok(())
            }
        }
    }
}

macro_rules! pointers {
    ($($pointer:ident)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, T: Encode<S> + ?Sized> Encode<S> for $pointer<T> {
            #[inline]
            fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
                T::encode(self, to)
            }
        }
    )+};
}

pointers!(Box Rc Arc);

#[diagnostic::do_not_recommend]
impl<S, T: Encode<S> + ToOwned + ?Sized> Encode<S> for Cow<'_, T> {
    #[inline]
    fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
        T::encode(self, to)
    }
}
