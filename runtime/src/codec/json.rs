//! `json` is its text; `jsonb` is a version byte, then the text.

use super::DecodeError;
use crate::types::JsonText;

/// The only version of jsonb's binary form there is.
const VERSION: u8 = 1;

/// The text of a `jsonb`.
#[inline]
fn text_of_jsonb(value: &[u8]) -> Result<&[u8], DecodeError> {
    match value.split_first() {
        Some((&VERSION, text)) => Ok(text),
        Some((version, _)) => Err(DecodeError::JsonbVersion(*version)),
        None => Err(DecodeError::Truncated),
    }
}

fn text(value: &[u8]) -> Result<JsonText, DecodeError> {
    match std::str::from_utf8(value) {
        Ok(text) => Ok(JsonText::from(text)),
        Err(_) => Err(DecodeError::Utf8),
    }
}

encode!(JsonText as Json, |value, to| to
    .bytes(value.as_str().as_bytes()));
encode!(JsonText as Jsonb, |value, to| to.value(|buf| {
    buf.push(VERSION);
    buf.extend_from_slice(value.as_str().as_bytes());
    Ok(())
}));

decode!(JsonText as Json, |value| text(value));
decode!(JsonText as Jsonb, |value| text(text_of_jsonb(value)?));

#[cfg(feature = "json")]
mod serde {
    use serde_core::{Deserialize, Serialize};
    use serde_json::Value;

    use super::{VERSION, text_of_jsonb};
    use crate::codec::{DecodeError, EncodeError};
    use crate::types::Json;

    fn write<T: Serialize>(value: &T, buf: &mut Vec<u8>) -> Result<(), EncodeError> {
        serde_json::to_writer(buf, value).map_err(EncodeError::rejected)
    }

    fn read<'r, T: Deserialize<'r>>(text: &'r [u8]) -> Result<T, DecodeError> {
        serde_json::from_slice(text).map_err(DecodeError::rejected)
    }

    encode!({T: Serialize} Json<T> as Json, |value, to| to.value(|buf| write(&value.0, buf)));
    encode!({T: Serialize} Json<T> as Jsonb, |value, to| to.value(|buf| {
        buf.push(VERSION);
        write(&value.0, buf)
    }));
    encode!(Value as Json, |value, to| to.value(|buf| write(value, buf)));
    encode!(Value as Jsonb, |value, to| to.value(|buf| {
        buf.push(VERSION);
        write(value, buf)
    }));

    decode!({T: Deserialize<'r>} Json<T> as Json, |value| read(value).map(Self));
    decode!({T: Deserialize<'r>} Json<T> as Jsonb, |value| read(text_of_jsonb(value)?).map(Self));
    decode!(Value as Json, |value| read(value));
    decode!(Value as Jsonb, |value| read(text_of_jsonb(value)?));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::check::{check, refuses};
    use crate::sql::{Json, Jsonb};

    #[test]
    fn text_of_json_is_kept_to_the_last_blank() {
        check::<Json, _>(JsonText::from("{ \"a\": 1.50 }"), b"{ \"a\": 1.50 }");
        check::<Jsonb, _>(JsonText::from("{\"a\": 1.50}"), b"\x01{\"a\": 1.50}");
    }

    #[test]
    fn jsonb_of_another_version_is_an_error() {
        assert!(matches!(
            refuses::<Jsonb, JsonText>(b"\x02{}"),
            DecodeError::JsonbVersion(2)
        ));
        assert!(matches!(
            refuses::<Jsonb, JsonText>(b""),
            DecodeError::Truncated
        ));
        assert!(matches!(
            refuses::<Jsonb, JsonText>(b"\x01\xff"),
            DecodeError::Utf8
        ));
    }

    #[cfg(feature = "json")]
    #[test]
    fn values_of_serde_are_json() {
        use serde_json::{Value, json};

        use crate::types;

        check::<Json, _>(json!([1, "a", null]), b"[1,\"a\",null]");
        check::<Jsonb, _>(json!({"a": 1.5}), b"\x01{\"a\":1.5}");
        check::<Json, _>(types::Json(vec![1, 2]), b"[1,2]");
        check::<Jsonb, _>(types::Json((1, "borrowed")), b"\x01[1,\"borrowed\"]");
        check::<Json, _>(Value::Null, b"null");
    }

    #[cfg(feature = "json")]
    #[test]
    fn json_that_does_not_fit_is_an_error_with_serdes_words() {
        use crate::types;

        let error = refuses::<Json, types::Json<Vec<i32>>>(b"{}");
        assert!(
            error
                .to_string()
                .starts_with("invalid type: map, expected a sequence")
        );
        refuses::<Jsonb, serde_json::Value>(b"\x01{");
        crate::codec::check::unsendable::<Json, _>(&types::Json(std::collections::BTreeMap::from(
            [([1], 1)],
        )));
    }
}
