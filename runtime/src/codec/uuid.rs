//! `uuid`: sixteen bytes in network order.

use super::number::fixed;

encode!([u8; 16] as Uuid, |value, to| {
    to.fixed(*value);
    Ok(())
});
decode!([u8; 16] as Uuid, |value| fixed(value));

#[cfg(feature = "uuid")]
encode!(uuid::Uuid as Uuid, |value, to| {
    to.fixed(value.into_bytes());
    Ok(())
});
#[cfg(feature = "uuid")]
decode!(uuid::Uuid as Uuid, |value| fixed(value)
    .map(Self::from_bytes));

#[cfg(test)]
mod tests {
    use crate::codec::check::{check, refuses};
    use crate::sql::Uuid;

    const BYTES: [u8; 16] = *b"\xa0\xee\xbc\x99\x9c\x0b\x4e\xf8\xbb\x6d\x6b\xb9\xbd\x38\x0a\x11";

    #[test]
    fn a_uuid_is_sixteen_bytes() {
        check::<Uuid, _>(BYTES, &BYTES);
        refuses::<Uuid, [u8; 16]>(&BYTES[1..]);
        refuses::<Uuid, [u8; 16]>(b"");
    }

    #[cfg(feature = "uuid")]
    #[test]
    fn a_uuid_of_the_crate_is_the_same_bytes() {
        let expected = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        check::<Uuid, uuid::Uuid>(expected.parse().unwrap(), &BYTES);
        refuses::<Uuid, uuid::Uuid>(&BYTES[1..]);
    }
}
