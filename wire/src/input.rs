//! The read buffer: bytes from the server become frames, without copying and without trusting their lengths.

use std::ops::Range;

/// The longest message a server may send unless a connection says otherwise: PostgreSQL's own limit of a field.
pub const MESSAGE_LIMIT: usize = 1 << 30;

const HEADER: usize = 5;
const SMALL: usize = 8 * 1024;
const LARGE: usize = 64 * 1024;
/// Less free space than this is not worth a read.
const TIGHT: usize = 2 * 1024;
/// An idle buffer above this size is given back.
const KEPT: usize = 1024 * 1024;

/// One message as it lies in the buffer: its tag, and where its body is.
///
/// A frame stays readable until [`Input::space`] is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// The first byte of the message.
    pub tag: u8,
    start: usize,
    end: usize,
}

impl Frame {
    /// The bytes the message took on the wire.
    pub fn size(&self) -> usize {
        HEADER + self.end - self.start
    }
}

/// What can be wrong with the length a peer announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// The length does not even cover itself.
    TooShort {
        /// The tag of the message.
        tag: u8,
        /// The announced length.
        length: u32,
    },
    /// The length is above the limit of this connection.
    TooLong {
        /// The tag of the message.
        tag: u8,
        /// The announced length.
        length: u32,
    },
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::TooShort { tag, length } | Self::TooLong { tag, length }) = self;
        let tag = tag.escape_ascii();
        match self {
            Self::TooShort { .. } => write!(
                f,
                "message \"{tag}\" announces {length} bytes, expected at least 4"
            ),
            Self::TooLong { .. } => write!(
                f,
                "message \"{tag}\" announces {length} bytes, more than this connection accepts"
            ),
        }
    }
}

impl std::error::Error for FrameError {}

/// The read buffer of a connection.
///
/// It is a value of its own, beside [`Connection`](crate::Connection), so that a row lent to the caller borrows only it.
#[derive(Debug)]
pub struct Input {
    // Invariant: start <= end <= buf.len(); buf[start..end] holds what was read and not yet framed.
    buf: Vec<u8>,
    start: usize,
    end: usize,
    limit: usize,
}

impl Default for Input {
    fn default() -> Self {
        Self::with_limit(MESSAGE_LIMIT)
    }
}

impl Input {
    /// An empty buffer that refuses messages longer than `limit` bytes.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            buf: vec![0; SMALL],
            start: 0,
            end: 0,
            limit,
        }
    }

    /// The next complete message, or `None` if more bytes are needed.
    ///
    /// # Errors
    ///
    /// [`FrameError`] if the announced length is impossible; the connection cannot be used any more.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some((tag, length)) = self.header() else {
            return Ok(None);
        };
        let body = self.body_length(tag, length)?;
        let start = self.start + HEADER;
        let end = start + body;
        if end > self.end {
            return Ok(None);
        }
        self.start = end;
        Ok(Some(Frame { tag, start, end }))
    }

    /// The body of a frame.
    #[inline]
    pub fn body(&self, frame: Frame) -> &[u8] {
        self.buf.get(frame.start..frame.end).unwrap_or_default()
    }

    /// Free space to read into; call [`Input::filled`] with what was read. Frames given out before become unreadable.
    #[inline(always)]
    pub fn space(&mut self) -> &mut [u8] {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            self.give_back();
        }
        if self.buf.len() - self.end < TIGHT {
            self.make_room();
        }
        &mut self.buf[self.end..]
    }

    /// Makes room for reading more at once than the answers to queries are worth.
    pub fn expect_much(&mut self) {
        if self.buf.len() < LARGE {
            self.buf.resize(LARGE, 0);
        }
    }

    /// Notes that `count` bytes were read into [`Input::space`].
    pub fn filled(&mut self, count: usize) {
        self.end = self.buf.len().min(self.end + count);
    }

    /// Whether bytes wait that were read and not yet framed.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Appends bytes, as a scripted peer does.
    pub fn extend(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let space = self.space();
            let count = space.len().min(bytes.len());
            space[..count].copy_from_slice(&bytes[..count]);
            self.filled(count);
            bytes = &bytes[count..];
        }
    }

    #[inline]
    fn header(&self) -> Option<(u8, u32)> {
        let header: &[u8; HEADER] = self.buf.get(self.start..self.end)?.first_chunk()?;
        let [tag, a, b, c, d] = *header;
        Some((tag, u32::from_be_bytes([a, b, c, d])))
    }

    #[inline]
    fn body_length(&self, tag: u8, length: u32) -> Result<usize, FrameError> {
        let Some(body) = usize::try_from(length)
            .ok()
            .and_then(|length| length.checked_sub(4))
        else {
            return Err(FrameError::TooShort { tag, length });
        };
        if body > self.limit {
            Err(FrameError::TooLong { tag, length })
        } else {
            Ok(body)
        }
    }

    /// Grows with what really arrives, not with what a header promises.
    #[cold]
    fn make_room(&mut self) {
        if self.start > 0 {
            self.buf.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let length = self.buf.len();
        if self.end > length / 2 && (length < LARGE || length - self.end < TIGHT) {
            self.buf.resize(length.saturating_mul(2), 0);
        }
    }

    fn give_back(&mut self) {
        if self.buf.len() > KEPT {
            self.buf = vec![0; LARGE];
        }
    }

    /// The bytes read and not yet framed, for tests and for errors.
    pub fn pending(&self) -> &[u8] {
        self.buf
            .get(Range {
                start: self.start,
                end: self.end,
            })
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag];
        bytes.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_be_bytes());
        bytes.extend_from_slice(body);
        bytes
    }

    #[test]
    fn messages_cut_at_every_byte_come_out_whole() {
        let mut stream = message(b'Z', b"I");
        stream.extend(message(b'D', &[7; 300]));
        stream.extend(message(b'1', b""));
        for cut in 0..=stream.len() {
            let mut input = Input::default();
            let mut seen = Vec::new();
            for part in [&stream[..cut], &stream[cut..]] {
                input.extend(part);
                while let Some(frame) = input.next_frame().unwrap() {
                    seen.push((frame.tag, input.body(frame).to_vec()));
                }
            }
            assert_eq!(
                seen,
                [(b'Z', b"I".to_vec()), (b'D', vec![7; 300]), (b'1', vec![])]
            );
            assert!(input.is_empty());
        }
    }

    #[test]
    fn a_message_larger_than_the_buffer_arrives_and_the_buffer_shrinks_again() {
        let mut input = Input::default();
        let big = message(b'D', &vec![1; 3 << 20]);
        input.extend(&big);
        let frame = input.next_frame().unwrap().unwrap();
        assert_eq!(input.body(frame).len(), 3 << 20);
        assert!(input.space().len() <= LARGE);
    }

    #[test]
    fn a_lying_length_allocates_nothing() {
        let mut input = Input::default();
        input.extend(&[b'D', 0x3f, 0xff, 0xff, 0xff]);
        assert_eq!(input.next_frame(), Ok(None));
        assert!(input.buf.len() <= LARGE);
    }

    #[test]
    fn impossible_lengths_are_errors() {
        for (bytes, error) in [
            (
                [b'Z', 0, 0, 0, 3],
                FrameError::TooShort {
                    tag: b'Z',
                    length: 3,
                },
            ),
            (
                [b'Z', 0xff, 0xff, 0xff, 0xff],
                FrameError::TooLong {
                    tag: b'Z',
                    length: u32::MAX,
                },
            ),
        ] {
            let mut input = Input::default();
            input.extend(&bytes);
            assert_eq!(input.next_frame(), Err(error));
        }
    }
}
