//! What the client says: messages appended to a buffer, every length checked.
//!
//! Layouts: PostgreSQL manual, "Message Formats".

use crate::exchange::EncodeError;

/// Appends a message: its tag, its length, and what `body` writes.
pub(crate) fn message(
    out: &mut Vec<u8>,
    tag: u8,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    out.push(tag);
    let start = open(out);
    body(out)?;
    let end = out.len();
    close(out, start, end)
}

/// Reserves the four bytes of a length.
#[inline]
pub(crate) fn open(out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    start
}

/// Fills the length reserved by [`open`]: it counts itself.
#[inline]
pub(crate) fn close(out: &mut [u8], start: usize, end: usize) -> Result<(), EncodeError> {
    let length = i32::try_from(end - start).map_err(|_| EncodeError::TooLong)?;
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

/// A string and the zero byte behind it.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) -> Result<(), EncodeError> {
    if text.as_bytes().contains(&0) {
        return Err(EncodeError::ZeroByte);
    }
    out.extend_from_slice(text.as_bytes());
    out.push(0);
    Ok(())
}

/// A count that the protocol holds in 16 bits.
pub(crate) fn count(out: &mut Vec<u8>, count: usize) -> Result<(), EncodeError> {
    let count = u16::try_from(count).map_err(|_| EncodeError::TooManyParameters { count })?;
    out.extend_from_slice(&count.to_be_bytes());
    Ok(())
}

pub(crate) fn parse(
    out: &mut Vec<u8>,
    name: &str,
    sql: &str,
    types: &[u32],
) -> Result<(), EncodeError> {
    message(out, b'P', |out| {
        string(out, name)?;
        string(out, sql)?;
        count(out, types.len())?;
        types
            .iter()
            .for_each(|oid| out.extend_from_slice(&oid.to_be_bytes()));
        Ok(())
    })
}

/// What every Bind of a statement begins with: its length is filled in later, the portal has no name, all values are
/// binary.
pub(crate) fn bind_head(name: &str, parameters: usize) -> Result<Box<[u8]>, EncodeError> {
    let mut head = b"B\0\0\0\0\0".to_vec();
    string(&mut head, name)?;
    head.extend_from_slice(BINARY);
    count(&mut head, parameters)?;
    Ok(head.into())
}

pub(crate) fn describe_statement(out: &mut Vec<u8>, name: &str) -> Result<(), EncodeError> {
    message(out, b'D', |out| {
        out.push(b'S');
        string(out, name)
    })
}

pub(crate) fn close_statement(out: &mut Vec<u8>, name: &str) -> Result<(), EncodeError> {
    message(out, b'C', |out| {
        out.push(b'S');
        string(out, name)
    })
}

/// One format code that holds for all values: binary.
const BINARY: &[u8] = &[0, 1, 0, 1];
/// The format of the results, and Execute of the unnamed portal without a limit of rows.
pub(crate) const BIND_TAIL_AND_EXECUTE: &[u8] = b"\0\x01\0\x01E\0\0\0\x09\0\0\0\0\0";
/// Bind of the unnamed statement to the unnamed portal, without parameters.
pub(crate) const BIND_UNNAMED: &[u8] = b"B\0\0\0\x0c\0\0\0\0\0\0\0\0";
/// Execute of the unnamed portal without a limit of rows.
pub(crate) const EXECUTE_UNNAMED: &[u8] = b"E\0\0\0\x09\0\0\0\0\0";
/// The same, and the end of the segment.
pub(crate) const BIND_TAIL_EXECUTE_AND_SYNC: &[u8] =
    b"\0\x01\0\x01E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04";
/// How much of these two belongs to Bind.
pub(crate) const BIND_TAIL: usize = 4;
/// How long Execute is.
pub(crate) const EXECUTE_SIZE: usize = 10;
pub(crate) const SYNC: &[u8] = b"S\0\0\0\x04";
pub(crate) const FLUSH: &[u8] = b"H\0\0\0\x04";
/// Close of the unnamed statement: it never fails, whether there is one or not.
pub(crate) const CLOSE_NOTHING: &[u8] = b"C\0\0\0\x06S\0";
pub(crate) const COPY_DONE: &[u8] = b"c\0\0\0\x04";
/// CopyFail with an empty reason, and the end of the segment.
pub(crate) const COPY_FAIL_AND_SYNC: &[u8] = b"f\0\0\0\x05\0S\0\0\0\x04";
pub(crate) const TERMINATE: &[u8] = b"X\0\0\0\x04";

pub(crate) fn query(out: &mut Vec<u8>, sql: &str) -> Result<(), EncodeError> {
    message(out, b'Q', |out| string(out, sql))
}

pub(crate) fn copy_fail(out: &mut Vec<u8>, reason: &str) -> Result<(), EncodeError> {
    message(out, b'f', |out| string(out, reason))
}

/// Execute of the unnamed portal for so many rows.
pub(crate) fn execute_unnamed(out: &mut Vec<u8>, rows: u32) {
    out.extend_from_slice(b"E\0\0\0\x09\0");
    out.extend_from_slice(&rows.to_be_bytes());
}

/// The first message of a connection: no tag, the protocol's version, settings.
#[cfg(feature = "auth")]
pub(crate) fn startup<'a>(
    out: &mut Vec<u8>,
    version: u32,
    settings: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), EncodeError> {
    let start = open(out);
    out.extend_from_slice(&version.to_be_bytes());
    for (name, value) in settings {
        string(out, name)?;
        string(out, value)?;
    }
    out.push(0);
    let end = out.len();
    close(out, start, end)
}

/// The bytes that ask a server, over a connection of their own, to cancel what runs in a session.
pub fn cancel_request(process: u32, secret: &[u8]) -> Vec<u8> {
    let length = u32::try_from(12 + secret.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(12 + secret.len());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&80_877_102_u32.to_be_bytes());
    bytes.extend_from_slice(&process.to_be_bytes());
    bytes.extend_from_slice(secret);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parse_message_has_the_layout_of_the_manual() {
        let mut out = Vec::new();
        parse(&mut out, "s1", "SELECT $1", &[23]).unwrap();
        assert_eq!(out, b"P\0\0\0\x17s1\0SELECT $1\0\0\x01\0\0\0\x17");
    }

    #[test]
    fn a_zero_byte_in_sql_is_an_error_and_not_two_messages() {
        let mut out = Vec::new();
        assert_eq!(
            query(&mut out, "SELECT 1\0DROP"),
            Err(EncodeError::ZeroByte)
        );
        #[cfg(feature = "auth")]
        assert_eq!(
            startup(&mut out, 3 << 16, [("user", "a\0b")]),
            Err(EncodeError::ZeroByte)
        );
    }

    #[test]
    fn more_parameters_than_sixteen_bits_hold_are_an_error() {
        assert_eq!(
            count(&mut Vec::new(), 65_536),
            Err(EncodeError::TooManyParameters { count: 65_536 })
        );
    }

    #[test]
    fn a_cancel_request_holds_the_whole_secret() {
        let bytes = cancel_request(7, &[9; 32]);
        assert_eq!(bytes.len(), 44);
        assert_eq!(bytes[..8], [0, 0, 0, 44, 4, 0xd2, 0x16, 0x2e]);
    }
}
