//! `text`, `varchar`, `bpchar` and `name`: one family, UTF-8 as it is. And `"char"`, which is a byte.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::number::fixed;
use super::{DecodeError, EncodeError};

#[inline]
fn utf8(value: &[u8]) -> Result<&str, DecodeError> {
    match std::str::from_utf8(value) {
        Ok(text) => Ok(text),
        Err(_) => Err(DecodeError::Utf8),
    }
}

encode!(str as Text | Varchar | Bpchar | Name, |value, to| to
    .bytes(value.as_bytes()));
encode!(String as Text | Varchar | Bpchar | Name, |value, to| to
    .bytes(value.as_bytes()));
encode!(char as Text | Varchar | Bpchar | Name, |value, to| {
    to.bytes(value.encode_utf8(&mut [0; 4]).as_bytes())
});

decode!(&'r str as Text | Varchar | Bpchar | Name, |value| utf8(value));
decode!(Cow<'r, str> as Text | Varchar | Bpchar | Name, |value| utf8(value).map(Cow::Borrowed));
// Copied first and checked then: the check is twice as fast on bytes that are aligned, as those of a new vector are.
decode!(
    String as Text | Varchar | Bpchar | Name,
    |value| match Self::from_utf8(value.to_vec()) {
        Ok(text) => Ok(text),
        Err(_) => Err(DecodeError::Utf8),
    }
);
decode!(Box<str> as Text | Varchar | Bpchar | Name, |value| utf8(value).map(Box::from));
decode!(Rc<str> as Text | Varchar | Bpchar | Name, |value| utf8(value).map(Rc::from));
decode!(Arc<str> as Text | Varchar | Bpchar | Name, |value| utf8(value).map(Arc::from));
decode!(char as Text | Varchar | Bpchar | Name, |value| {
    let mut characters = utf8(value)?.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        _ => Err(DecodeError::OutOfRange),
    }
});

encode!(u8 as Char, |value, to| {
    to.fixed([*value]);
    Ok(())
});
encode!(char as Char, |value, to| match u8::try_from(*value) {
    Ok(byte) if byte.is_ascii() => {
        to.fixed([byte]);
        Ok(())
    }
    _ => Err(EncodeError::OutOfRange),
});

decode!(u8 as Char, |value| fixed(value).map(|[byte]| byte));
decode!(char as Char, |value| match fixed(value)? {
    [byte] if byte.is_ascii() => Ok(char::from(byte)),
    _ => Err(DecodeError::OutOfRange),
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::check::{bytes, check, refuses, sends, unsendable, value};
    use crate::sql::{Bpchar, Char, Name, Text, Varchar};

    #[test]
    fn text_is_its_bytes() {
        check::<Text, _>("grüße", "grüße".as_bytes());
        check::<Varchar, _>(String::from("ada"), b"ada");
        check::<Bpchar, _>(Box::<str>::from("ada  "), b"ada  ");
        check::<Name, _>(Arc::<str>::from("users"), b"users");
        check::<Text, _>(Rc::<str>::from(""), b"");
        check::<Text, _>(Cow::Borrowed("\\x00"), b"\\x00");
        sends::<Text, _>(&Cow::<str>::Owned(String::from("a")), b"a");
    }

    #[test]
    fn borrowed_text_borrows_from_the_row() {
        let row = *b"ada";
        assert!(std::ptr::eq(
            value::<Text, &str>(&row).as_ptr(),
            row.as_ptr()
        ));
        assert!(matches!(
            value::<Text, Cow<'_, str>>(&row),
            Cow::Borrowed("ada")
        ));
    }

    #[test]
    fn text_that_is_not_utf8_is_an_error() {
        assert!(matches!(
            refuses::<Text, String>(b"a\xff"),
            DecodeError::Utf8
        ));
        assert!(matches!(refuses::<Name, &str>(b"\xc3"), DecodeError::Utf8));
    }

    #[test]
    fn a_character_is_a_text_of_one() {
        check::<Text, _>('ß', "ß".as_bytes());
        refuses::<Text, char>(b"");
        refuses::<Bpchar, char>(b"a ");
    }

    #[test]
    fn quoted_char_is_one_byte_whatever_it_is() {
        for byte in 0..=u8::MAX {
            check::<Char, _>(byte, &[byte]);
        }
        check::<Char, _>('r', b"r");
        refuses::<Char, char>(&[0xdf]);
        refuses::<Char, u8>(b"");
        unsendable::<Char, _>(&'ß');
        assert_eq!(bytes::<Char, _>(&'\0'), [0]);
    }
}
