//! Where values are written: the parameters of a Bind message.

use std::fmt;

use super::bind::one;
use super::{ArgumentError, Encode, EncodeError};

/// A writer of values: each is its length and its bytes, NULL is the length -1.
///
/// Layout: "Bind", in the manual's section "Message Formats". Elements of arrays are written the same way.
pub struct Arguments<'a> {
    buf: &'a mut Vec<u8>,
    values: usize,
    nulls: usize,
}

impl<'a> Arguments<'a> {
    /// Writes behind what `buf` holds already.
    #[inline]
    pub fn new(buf: &'a mut Vec<u8>) -> Self {
        Self {
            buf,
            values: 0,
            nulls: 0,
        }
    }

    /// How many values were written, NULLs among them.
    #[inline]
    #[must_use]
    pub fn values(&self) -> usize {
        self.values
    }

    /// How many of the values are NULL.
    #[inline]
    #[must_use]
    pub fn nulls(&self) -> usize {
        self.nulls
    }

    /// Writes a field of a struct that is copied in; `position` is its column's, from 0 on.
    #[doc(hidden)]
    #[inline]
    pub fn __field<S, T: Encode<S>>(
        &mut self,
        position: u16,
        value: &T,
    ) -> Result<(), ArgumentError> {
        one::<S, T>(position, value, self)
    }

    /// Writes NULL.
    #[inline]
    pub fn null(&mut self) {
        self.buf.extend_from_slice(&(-1_i32).to_be_bytes());
        self.values += 1;
        self.nulls += 1;
    }

    /// Writes a value of at most 16 bytes whose length the type knows.
    #[inline]
    pub fn fixed<const N: usize>(&mut self, value: [u8; N]) {
        const { assert!(N <= 16, "longer values are written with `bytes`") };
        // One array and one copy: the buffer grows at most once, and its length is stored once.
        let mut whole = [0; 20];
        let [.., length] = N.to_be_bytes();
        whole[3] = length;
        whole[4..4 + N].copy_from_slice(&value);
        self.buf.extend_from_slice(&whole[..4 + N]);
        self.values += 1;
    }

    /// Writes the bytes of a value.
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] beyond 2 GiB.
    #[inline]
    pub fn bytes(&mut self, value: &[u8]) -> Result<(), EncodeError> {
        let length = length_of(value.len())?;
        self.buf.reserve(4 + value.len());
        self.buf.extend_from_slice(&length);
        self.buf.extend_from_slice(value);
        self.values += 1;
        Ok(())
    }

    /// Writes values that were encoded before, each with its length.
    pub(crate) fn encoded(&mut self, values: &[u8], count: usize) {
        self.buf.extend_from_slice(values);
        self.values += count;
    }

    /// Writes a value whose length is known once it is written: `write` appends its bytes.
    ///
    /// # Errors
    ///
    /// The error of `write`; [`EncodeError::TooLong`] beyond 2 GiB.
    ///
    /// # Example: a value made of two parts
    ///
    /// ```
    /// # fn demo() -> Result<(), hathi::EncodeError> {
    /// let mut buf = Vec::new();
    /// hathi::Arguments::new(&mut buf).value(|buf| {
    ///     buf.push(1);
    ///     buf.extend_from_slice(b"{}");
    ///     Ok(())
    /// })?;
    /// assert_eq!(buf, b"\0\0\0\x03\x01{}");
    /// # Ok(()) }
    /// # demo().unwrap();
    /// ```
    pub fn value<F>(&mut self, write: F) -> Result<(), EncodeError>
    where
        F: FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
    {
        let at = self.buf.len();
        self.buf.extend_from_slice(&[0; 4]);
        write(self.buf)?;
        let written = self.buf.get_mut(at..).and_then(|value| {
            let (length, value) = value.split_first_chunk_mut::<4>()?;
            Some((length, value.len()))
        });
        let Some((length, written)) = written else {
            return Err(EncodeError::Overwritten);
        };
        *length = length_of(written)?;
        self.values += 1;
        Ok(())
    }
}

impl fmt::Debug for Arguments<'_> {
    // The values are the user's and none of a log's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments")
            .field("values", &self.values)
            .field("nulls", &self.nulls)
            .finish_non_exhaustive()
    }
}

/// The length in front of a value. The comparison keeps a length of 4 GiB from wrapping round to a short one.
#[inline]
fn length_of(length: usize) -> Result<[u8; 4], EncodeError> {
    match i32::try_from(length) {
        Ok(length) => Ok(length.to_be_bytes()),
        Err(_) => Err(EncodeError::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_each_other_with_their_lengths() {
        let mut buf = b"before".to_vec();
        let mut arguments = Arguments::new(&mut buf);
        arguments.fixed([1, 2]);
        arguments.null();
        arguments.bytes(b"abc").unwrap();
        arguments.fixed([0xff; 16]);
        arguments.value(|_| Ok(())).unwrap();
        assert_eq!((arguments.values(), arguments.nulls()), (5, 1));
        let expected = b"before\0\0\0\x02\x01\x02\xff\xff\xff\xff\0\0\0\x03abc\0\0\0\x10";
        assert_eq!(buf, [expected, &[0xff; 16][..], &[0; 4]].concat());
    }

    #[test]
    fn lengths_beyond_two_gibibytes_are_errors_and_never_wrap() {
        let two_gibibytes = 1_usize << 31;
        assert_eq!(
            length_of(two_gibibytes - 1).unwrap(),
            [0x7f, 0xff, 0xff, 0xff]
        );
        for length in [
            two_gibibytes,
            2 * two_gibibytes,
            2 * two_gibibytes + 1,
            usize::MAX,
        ] {
            assert!(matches!(length_of(length), Err(EncodeError::TooLong)));
        }
    }

    #[test]
    fn a_value_that_removes_what_was_before_it_is_an_error() {
        let mut buf = b"before".to_vec();
        let overwritten = Arguments::new(&mut buf).value(|buf| {
            buf.clear();
            Ok(())
        });
        assert!(matches!(overwritten, Err(EncodeError::Overwritten)));
    }
}
