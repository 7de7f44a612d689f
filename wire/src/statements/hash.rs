//! How statements are found and named: by hashes of their text and types.

use std::hash::{Hash, Hasher};

use crate::types::TypeRef;

/// A name that says what it names: a pooler may give this session a connection on which others have prepared.
pub(super) fn name(sql: &str, types: &[TypeRef], generation: u64) -> Box<str> {
    let half = |salt: u8| {
        let mut hasher = std::hash::DefaultHasher::new();
        (salt, sql, types).hash(&mut hasher);
        hasher.finish()
    };
    format!("h{:016x}{:016x}_{generation:x}", half(0), half(1)).into()
}

/// A hash for finding, not for trusting: the entry found is compared in full.
#[inline]
pub(super) fn fingerprint(sql: &str, types: &[TypeRef]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(K);
    let mut hash = mix(0, u64::try_from(sql.len()).unwrap_or(0));
    let (chunks, rest) = sql.as_bytes().as_chunks::<8>();
    for chunk in chunks {
        hash = mix(hash, u64::from_le_bytes(*chunk));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    hash = mix(hash, u64::from_le_bytes(last));
    for ty in types {
        hash = mix(
            hash,
            if let TypeRef::Oid(oid) = ty {
                u64::from(*oid)
            } else {
                1
            },
        );
    }
    hash ^ (hash >> 29)
}

/// Keys of this map are hashes already.
#[derive(Debug, Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
