//! What is bound: tuples of values, one for each parameter.

use super::{ArgumentError, Arguments, Encode, EncodeError};

/// The values for the parameters `P` of a statement: a tuple as long as `P` whose values encode it, in its order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit the parameters `{P}`",
    label = "expected one value for each of `{P}`",
    note = "a statement takes a tuple with one value per parameter, in the statement's order: `(a,)` for one"
)]
pub trait Bind<P> {
    /// How many values there are.
    const COUNT: u16;

    /// Writes the values, one after the other. After an error some of them are written.
    ///
    /// # Errors
    ///
    /// The first value that cannot be sent, with the number of its parameter.
    fn bind(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError>;
}

impl Bind<()> for () {
    const COUNT: u16 = 0;

    #[inline]
    fn bind(&self, _: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        Ok(())
    }
}

/// Writes one value, and makes sure that it was one.
pub(crate) fn encode_one<S, T: Encode<S> + ?Sized>(
    value: &T,
    to: &mut Arguments<'_>,
) -> Result<(), EncodeError> {
    let before = to.values();
    value.encode(to)?;
    match to.values() - before {
        1 => Ok(()),
        found => Err(EncodeError::Values { expected: 1, found }),
    }
}

/// Writes one value, and makes sure that it was one: the protocol would be out of step otherwise.
#[inline]
pub(super) fn one<S, T: Encode<S>>(
    argument: u16,
    value: &T,
    to: &mut Arguments<'_>,
) -> Result<(), ArgumentError> {
    let before = to.values();
    match value.encode(to) {
        Ok(()) if to.values() == before + 1 => Ok(()),
        Ok(()) => Err(miscounted(argument, to.values() - before)),
        Err(cause) => Err(ArgumentError::new(argument, cause)),
    }
}

#[cold]
fn miscounted(argument: u16, found: usize) -> ArgumentError {
    ArgumentError::new(argument, EncodeError::Values { expected: 1, found })
}

/// Implements [`Bind`] for the tuple of all that was taken so far, then takes one more.
macro_rules! tuples {
    ([$($sql:ident $rust:ident $index:tt)*]) => {};
    ([$($sql:ident $rust:ident $index:tt)*] $next_sql:ident $next_rust:ident $next_index:tt $($more:tt)*) => {
        impl<$($sql,)* $next_sql, $($rust,)* $next_rust> Bind<($($sql,)* $next_sql,)> for ($($rust,)* $next_rust,)
        where
            $($rust: Encode<$sql>,)*
            $next_rust: Encode<$next_sql>,
        {
            const COUNT: u16 = 1 + $next_index;

            #[inline]
            fn bind(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
                $(one::<$sql, $rust>($index, &self.$index, to)?;)*
                one::<$next_sql, $next_rust>($next_index, &self.$next_index, to)
            }
        }

        tuples!([$($sql $rust $index)* $next_sql $next_rust $next_index] $($more)*);
    };
}

tuples!([]
    S0 T0 0 S1 T1 1 S2 T2 2 S3 T3 3 S4 T4 4 S5 T5 5 S6 T6 6 S7 T7 7
    S8 T8 8 S9 T9 9 S10 T10 10 S11 T11 11 S12 T12 12 S13 T13 13 S14 T14 14 S15 T15 15
    S16 T16 16 S17 T17 17 S18 T18 18 S19 T19 19 S20 T20 20 S21 T21 21 S22 T22 22 S23 T23 23
    S24 T24 24 S25 T25 25 S26 T26 26 S27 T27 27 S28 T28 28 S29 T29 29 S30 T30 30 S31 T31 31
    S32 T32 32 S33 T33 33 S34 T34 34 S35 T35 35 S36 T36 36 S37 T37 37 S38 T38 38 S39 T39 39
    S40 T40 40 S41 T41 41 S42 T42 42 S43 T43 43 S44 T44 44 S45 T45 45 S46 T46 46 S47 T47 47
    S48 T48 48 S49 T49 49 S50 T50 50 S51 T51 51 S52 T52 52 S53 T53 53 S54 T54 54 S55 T55 55
    S56 T56 56 S57 T57 57 S58 T58 58 S59 T59 59 S60 T60 60 S61 T61 61 S62 T62 62 S63 T63 63
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Int4, Int8, Nullable, Text};

    fn bound<P, T: Bind<P>>(values: &T) -> Result<Vec<u8>, ArgumentError> {
        let mut buf = Vec::new();
        values.bind(&mut Arguments::new(&mut buf))?;
        Ok(buf)
    }

    #[test]
    fn values_are_written_in_the_order_of_the_parameters() {
        let name = String::from("ada");
        let bytes = bound::<(Int8, Text, Nullable<Text>), _>(&(7, &name, None::<&str>)).unwrap();
        assert_eq!(
            bytes,
            b"\0\0\0\x08\0\0\0\0\0\0\0\x07\0\0\0\x03ada\xff\xff\xff\xff"
        );
        assert_eq!(bound::<(), _>(&()).unwrap(), b"");
    }

    #[test]
    fn literals_take_the_type_of_their_parameter() {
        assert_eq!(bound::<(crate::sql::Int2,), _>(&(7,)).unwrap().len(), 6);
        assert_eq!(bound::<(Int4,), _>(&(7,)).unwrap().len(), 8);
        assert_eq!(bound::<(Int8,), _>(&(7,)).unwrap().len(), 12);
        assert_eq!(bound::<(crate::sql::Float4,), _>(&(7.5,)).unwrap().len(), 8);
        assert_eq!(
            bound::<(crate::sql::Float8,), _>(&(7.5,)).unwrap().len(),
            12
        );
    }

    #[test]
    fn the_parameter_that_cannot_be_sent_is_named() {
        struct Refused;
        impl Encode<Text> for Refused {
            fn encode(&self, _: &mut Arguments<'_>) -> Result<(), EncodeError> {
                Err(EncodeError::rejected("not today"))
            }
        }
        let error = bound::<(Int4, Text), _>(&(1, Refused)).unwrap_err();
        assert_eq!(error.argument(), 1);
        assert_eq!(error.to_string(), "parameter $2 cannot be sent: not today");
    }

    #[test]
    fn an_encoder_that_writes_two_values_or_none_is_refused() {
        struct Many(usize);
        impl Encode<Text> for Many {
            fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
                (0..self.0).try_for_each(|_| to.bytes(b"x"))
            }
        }
        assert!(bound::<(Text,), _>(&(Many(1),)).is_ok());
        for found in [0, 2] {
            let error = bound::<(Text,), _>(&(Many(found),)).unwrap_err();
            assert!(matches!(
                error.cause(),
                EncodeError::Values { expected: 1, .. }
            ));
        }
    }
}
