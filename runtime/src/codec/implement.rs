//! How the codecs below are written down: a type, its markers, and what is done with a value.
//!
//! None of the implementations is recommended: a wrong argument would list dozens of types that the user has not got.

/// Writes `Encode<S>` and `Encode<Nullable<S>>` of a type for each of the markers.
///
/// A blanket `Encode<Nullable<S>>` would collide with the one for `&T`, so each type has its own.
macro_rules! encode {
    ({$($generics:tt)*} $rust:ty as $marker:ident, |$value:ident, $to:ident| $body:expr) => {
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $crate::codec::Encode<$crate::sql::$marker> for $rust {
            #[inline]
            fn encode(
                &self,
                $to: &mut $crate::codec::Arguments<'_>,
            ) -> Result<(), $crate::codec::EncodeError> {
                let $value = self;
                $body
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $crate::codec::Encode<$crate::sql::Nullable<$crate::sql::$marker>> for $rust {
            #[inline]
            fn encode(
                &self,
                to: &mut $crate::codec::Arguments<'_>,
            ) -> Result<(), $crate::codec::EncodeError> {
                $crate::codec::Encode::<$crate::sql::$marker>::encode(self, to)
            }
        }
    };
    ($rust:ty as $($marker:ident)|+, |$value:ident, $to:ident| $body:expr) => {
        $(encode!({} $rust as $marker, |$value, $to| $body);)+
    };
}

/// Writes `Decode<'r, S>` of a type for each of the markers.
macro_rules! decode {
    ({$($generics:tt)*} $rust:ty as $marker:ident, |$value:ident| $body:expr) => {
        #[diagnostic::do_not_recommend]
        impl<'r, $($generics)*> $crate::codec::Decode<'r, $crate::sql::$marker> for $rust {
            #[inline]
            fn decode($value: &'r [u8]) -> Result<Self, $crate::codec::DecodeError> {
                $body
            }
        }
    };
    ($rust:ty as $($marker:ident)|+, |$value:ident| $body:expr) => {
        $(decode!({} $rust as $marker, |$value| $body);)+
    };
}
