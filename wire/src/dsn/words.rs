//! The settings whose values are a choice of words.

use std::fmt;

/// A setting whose value is one of a few words.
pub(super) trait Word: Copy + PartialEq + Sized + 'static {
    const WORDS: &'static [(&'static str, Self)];
    /// The words, as an error lists them.
    const EXPECTED: &'static str;

    fn read(text: &str) -> Option<Self> {
        let mut words = Self::WORDS.iter();
        words
            .find(|(word, _)| *word == text)
            .map(|&(_, value)| value)
    }

    fn word(self) -> &'static str {
        let mut words = Self::WORDS.iter();
        words
            .find(|(_, value)| *value == self)
            .map_or("", |(word, _)| word)
    }
}

/// How much the transport must be protected; libpq's words and meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum SslMode {
    /// Never.
    Disable,
    /// Only if the server insists.
    Allow,
    /// If the server can.
    #[default]
    Prefer,
    /// Always, whoever the server is.
    Require,
    /// Always, and an authority has signed the server's certificate.
    VerifyCa,
    /// Always, and the certificate carries the name that was asked for.
    VerifyFull,
}

impl Word for SslMode {
    const EXPECTED: &'static str = "disable, allow, prefer, require, verify-ca or verify-full";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("disable", Self::Disable),
        ("allow", Self::Allow),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];
}

/// How TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SslNegotiation {
    /// The server is asked in its own protocol whether it speaks TLS.
    #[default]
    Postgres,
    /// TLS begins at once: one round trip less, from PostgreSQL 17.
    Direct,
}

impl Word for SslNegotiation {
    const EXPECTED: &'static str = "postgres or direct";
    const WORDS: &'static [(&'static str, Self)] =
        &[("postgres", Self::Postgres), ("direct", Self::Direct)];
}

/// Whether SCRAM is bound to the TLS connection it is spoken on, so that nobody in between can pass it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// If both sides can.
    #[default]
    Prefer,
    /// Always: a session that cannot be bound is not opened.
    Require,
}

impl Word for ChannelBinding {
    const EXPECTED: &'static str = "disable, prefer or require";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("disable", Self::Disable),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
    ];
}

/// What kind of server will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TargetSessionAttrs {
    /// Any.
    #[default]
    Any,
    /// One where transactions may write unless they say otherwise.
    ReadWrite,
    /// One where they may not.
    ReadOnly,
    /// One that follows no other.
    Primary,
    /// One that follows another.
    Standby,
    /// A standby, or any if there is none.
    PreferStandby,
}

impl Word for TargetSessionAttrs {
    const EXPECTED: &'static str = "any, read-write, read-only, primary, standby or prefer-standby";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("any", Self::Any),
        ("read-write", Self::ReadWrite),
        ("read-only", Self::ReadOnly),
        ("primary", Self::Primary),
        ("standby", Self::Standby),
        ("prefer-standby", Self::PreferStandby),
    ];
}

impl fmt::Display for TargetSessionAttrs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// In which order hosts, and the addresses of each, are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LoadBalanceHosts {
    /// As they were given.
    #[default]
    Disable,
    /// At random, so that many clients spread over all of them.
    Random,
}

impl Word for LoadBalanceHosts {
    const EXPECTED: &'static str = "disable or random";
    const WORDS: &'static [(&'static str, Self)] =
        &[("disable", Self::Disable), ("random", Self::Random)];
}

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum ProtocolVersion {
    /// 3.0, which every server and every pooler speaks.
    #[default]
    V3_0,
    /// 3.2, from PostgreSQL 18: the secrets of cancel requests are longer.
    V3_2,
}

impl Word for ProtocolVersion {
    const EXPECTED: &'static str = "3.0, 3.2 or latest";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("3.0", Self::V3_0),
        ("3.2", Self::V3_2),
        ("latest", Self::V3_2),
    ];
}

impl ProtocolVersion {
    /// The version as the protocol writes it.
    #[cfg(feature = "auth")]
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::V3_0 => 3 << 16,
            Self::V3_2 => (3 << 16) | 2,
        }
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether something happens; libpq writes zero or one.
impl Word for bool {
    const EXPECTED: &'static str = "0 or 1";
    const WORDS: &'static [(&'static str, Self)] = &[("0", false), ("1", true)];
}
