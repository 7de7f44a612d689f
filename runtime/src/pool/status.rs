//! What a pool tells about itself.

/// What a [`Pool`](crate::Pool) has and does, at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// How many connections there may be.
    pub max: usize,
    /// How many connections there are on the server, those being opened and closed among them.
    pub size: usize,
    /// How many of them wait for a user.
    pub idle: usize,
    /// How many of them somebody holds, or are being cleaned for the next user.
    pub used: usize,
    /// How many of them carry the statements of many tasks.
    pub shared: usize,
    /// How many of them are being opened.
    pub opening: usize,
    /// How many of them are being closed.
    pub closing: usize,
    /// How many tasks wait for a connection.
    pub waiting: usize,
    /// How many connections were opened so far.
    pub created: u64,
    /// How many attempts to open a connection have failed so far.
    pub failures: u64,
    /// How often somebody got a connection so far.
    pub acquired: u64,
    /// How often somebody waited for a connection in vain so far.
    pub timeouts: u64,
    /// How many statements were sent over shared connections so far.
    pub shared_statements: u64,
    /// Whether the pool was closed.
    pub is_closed: bool,
}

/// What has happened so far.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) created: u64,
    pub(super) failures: u64,
    pub(super) acquired: u64,
    pub(super) timeouts: u64,
    pub(super) shared_statements: u64,
}
