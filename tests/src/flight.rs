//! What a client says, taken apart again.

use std::ops::Range;

/// A message of the client, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontend {
    /// Its first byte.
    pub tag: u8,
    /// All of it, as a range of the bytes it was found in.
    pub range: Range<usize>,
}

/// The messages of a client behind its startup message; the last one may be cut: then its range ends behind the bytes.
pub fn frontend_messages(bytes: &[u8]) -> Vec<Frontend> {
    let mut messages = Vec::new();
    let mut start = 0;
    while let Some((&[tag, ref length @ ..], _)) =
        bytes.get(start..).and_then(<[u8]>::split_first_chunk::<5>)
    {
        let length = u32::from_be_bytes(*length);
        let end = start + 1 + usize::try_from(length).expect("a length of a test fits");
        messages.push(Frontend {
            tag,
            range: start..end,
        });
        start = end;
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_and_the_last_may_be_cut() {
        let found = frontend_messages(b"S\0\0\0\x04H\0\0\0\x09ab");
        let expected = [
            Frontend {
                tag: b'S',
                range: 0..5,
            },
            Frontend {
                tag: b'H',
                range: 5..15,
            },
        ];
        assert_eq!(found, expected);
    }
}
