//! The macro for a user's wrapper of one value.

/// Lets a wrapper of one value be sent as, and read from, what its value is.
///
/// It writes `Encode<S>`, `Encode<Nullable<S>>` and `Decode<'_, S>` for each of the SQL types. An `Option` of the
/// wrapper and arrays of it follow.
///
/// # Example: two identifiers that cannot be swapped
///
/// ```
/// use hathi::sql::{Int8, Text, Varchar};
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// struct UserId(i64);
/// hathi::newtype!(UserId as Int8);
///
/// #[derive(Debug)]
/// struct Email(String);
/// hathi::newtype!(Email as Text, Varchar);
/// ```
#[macro_export]
macro_rules! newtype {
    ($name:ident as $($marker:ty),+ $(,)?) => {$(
        #[automatically_derived]
        impl $crate::Encode<$marker> for $name {
            fn encode(
                &self,
                to: &mut $crate::Arguments<'_>,
            ) -> ::core::result::Result<(), $crate::EncodeError> {
                $crate::Encode::<$marker>::encode(&self.0, to)
            }
        }

        #[automatically_derived]
        impl $crate::Encode<$crate::sql::Nullable<$marker>> for $name {
            fn encode(
                &self,
                to: &mut $crate::Arguments<'_>,
            ) -> ::core::result::Result<(), $crate::EncodeError> {
                $crate::Encode::<$marker>::encode(&self.0, to)
            }
        }

        #[automatically_derived]
        impl<'r> $crate::Decode<'r, $marker> for $name {
            fn decode(value: &'r [u8]) -> ::core::result::Result<Self, $crate::DecodeError> {
                match $crate::Decode::<'r, $marker>::decode(value) {
                    ::core::result::Result::Ok(value) => ::core::result::Result::Ok(Self(value)),
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                }
            }
        }
    )+};
}
