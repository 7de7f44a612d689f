//! Rows of the simple protocol: every value is text.

/// The values of a row; `None` if the bytes are no row of text.
///
/// Layout (manual, "Message Formats", DataRow): int16 count, then for each value int32 length (-1 is NULL) and bytes.
pub(crate) fn values(body: &[u8]) -> Option<Vec<Option<&str>>> {
    read(body, |value| std::str::from_utf8(value).ok())
}

/// The same of servers in other encodings, whose text need not be UTF-8.
#[cfg(feature = "execute")]
pub(crate) fn bytes(body: &[u8]) -> Option<Vec<Option<Vec<u8>>>> {
    read(body, |value| Some(value.to_vec()))
}

fn read<'b, T>(body: &'b [u8], take: impl Fn(&'b [u8]) -> Option<T>) -> Option<Vec<Option<T>>> {
    let (count, mut rest) = body.split_first_chunk::<2>()?;
    let mut values = Vec::with_capacity(usize::from(u16::from_be_bytes(*count)));
    for _ in 0..u16::from_be_bytes(*count) {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        rest = behind;
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
            values.push(None);
            continue;
        };
        let (value, behind) = rest.split_at_checked(length)?;
        values.push(Some(take(value)?));
        rest = behind;
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn values_and_nulls_are_told_apart() {
        let body = b"\x00\x03\x00\x00\x00\x01a\xff\xff\xff\xff\x00\x00\x00\x00";
        assert_eq!(values(body), Some(vec![Some("a"), None, Some("")]));
    }

    #[test]
    fn a_row_cut_anywhere_is_none() {
        let body = b"\x00\x02\x00\x00\x00\x01a\x00\x00\x00\x02bc";
        assert!((0..body.len()).all(|cut| values(&body[..cut]).is_none()));
        assert_eq!(values(b"\x00\x00more"), None);
    }
}
