//! Data on its way into a COPY: many rows or pieces in one message, in a buffer that is used again.

use crate::exchange::EncodeError;
use crate::frontend;

/// The tag and the length of CopyData.
const HEADER: usize = 5;

/// A CopyData message that is being filled.
#[derive(Debug)]
pub struct CopyBuffer {
    // Invariant: empty, or a header and the data behind it.
    bytes: Vec<u8>,
}

impl CopyBuffer {
    /// A buffer with room for so many bytes of data.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(HEADER + capacity);
        bytes.extend_from_slice(&[b'd', 0, 0, 0, 0]);
        Self { bytes }
    }

    /// Where data is appended. What is there already must stay.
    #[inline]
    pub fn data(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// How much data there is.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len().saturating_sub(HEADER)
    }

    /// Whether there is no data.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes data back, but for the first bytes.
    pub fn truncate(&mut self, length: usize) {
        self.bytes.truncate(HEADER + length);
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.extend_from_slice(&[b'd', 0, 0, 0, 0]);
    }

    /// The whole message.
    pub(crate) fn message(&mut self) -> Result<&mut Vec<u8>, EncodeError> {
        let end = self.bytes.len();
        frontend::close(&mut self.bytes, 1, end)?;
        Ok(&mut self.bytes)
    }
}
