//! `bytea`: bytes as they are, also where they begin with `\x`.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::number::fixed;

encode!([u8] as Bytea, |value, to| to.bytes(value));
encode!(Vec<u8> as Bytea, |value, to| to.bytes(value));
encode!({const N: usize} [u8; N] as Bytea, |value, to| to.bytes(value));

decode!(&'r [u8] as Bytea, |value| Ok(value));
decode!(Cow<'r, [u8]> as Bytea, |value| Ok(Cow::Borrowed(value)));
decode!(Vec<u8> as Bytea, |value| Ok(value.to_vec()));
decode!(Box<[u8]> as Bytea, |value| Ok(Box::from(value)));
decode!(Rc<[u8]> as Bytea, |value| Ok(Rc::from(value)));
decode!(Arc<[u8]> as Bytea, |value| Ok(Arc::from(value)));
decode!({const N: usize} [u8; N] as Bytea, |value| fixed(value));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::check::{check, refuses, sends};
    use crate::sql::Bytea;

    #[test]
    fn bytes_are_sent_and_read_as_they_are() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        check::<Bytea, _>(all.clone(), &all);
        check::<Bytea, _>(all.as_slice(), &all);
        check::<Bytea, _>(Vec::new(), b"");
        check::<Bytea, _>(Arc::<[u8]>::from(&b"\0"[..]), b"\0");
        sends::<Bytea, _>(&Cow::Borrowed(&b"\0"[..]), b"\0");
    }

    #[test]
    fn bytes_that_look_like_hex_are_not_decoded() {
        check::<Bytea, _>(b"\\x00ff".to_vec(), b"\\x00ff");
    }

    #[test]
    fn an_array_of_bytes_has_its_length() {
        check::<Bytea, _>([1, 2, 3], &[1, 2, 3]);
        refuses::<Bytea, [u8; 3]>(&[1, 2]);
        refuses::<Bytea, [u8; 3]>(&[1, 2, 3, 4]);
    }
}
