//! Which servers to try, in which order, and how their sockets behave.

use std::time::Duration;

use hathi_wire::{Host, LoadBalanceHosts, TargetSessionAttrs};

use super::Config;

/// How long a connection says nothing before the server is asked for a sign of life.
const IDLE: Duration = Duration::from_secs(60);
/// How long to wait for a sign of life before asking again.
const INTERVAL: Duration = Duration::from_secs(10);
/// How often to ask before the connection counts as dead.
const COUNT: u32 = 3;

/// How the socket of a session behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SocketOptions {
    /// Idle time, interval and count; what is `None` is left to the system.
    pub(crate) keepalive: Option<(Option<Duration>, Option<Duration>, Option<u32>)>,
    pub(crate) user_timeout: Option<Duration>,
}

impl Config {
    /// The host: a name, an address, the folder of a unix socket, or `@` and a name in Linux' abstract namespace.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.dsn = self.dsn.with_host(&host.into());
        self
    }

    /// The port; of all hosts, if there are several.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.dsn = self.dsn.with_port(port);
        self
    }

    /// Several hosts, each with its port, to be tried one after the other.
    ///
    /// # Example: a cluster, and the server of it that can be written to
    ///
    /// ```
    /// use hathi::{Config, TargetSessionAttrs};
    ///
    /// let config = Config::new()
    ///     .hosts([("a.example.org", 5432), ("b.example.org", 5432)])
    ///     .target_session_attrs(TargetSessionAttrs::ReadWrite);
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn hosts<H: AsRef<str>>(mut self, hosts: impl IntoIterator<Item = (H, u16)>) -> Self {
        let hosts = hosts.into_iter();
        let hosts = hosts.map(|(name, port)| Host::new(name.as_ref(), port));
        self.dsn = self.dsn.with_hosts(hosts.collect());
        self
    }

    /// In which order hosts, and the addresses of each, are tried: as given unless told otherwise.
    #[must_use]
    pub fn load_balance_hosts(mut self, order: LoadBalanceHosts) -> Self {
        self.dsn.load_balance_hosts = Some(order);
        self
    }

    /// What kind of server will do: any unless told otherwise. Others are left and the next host is tried.
    #[must_use]
    pub fn target_session_attrs(mut self, target: TargetSessionAttrs) -> Self {
        self.dsn.target_session_attrs = Some(target);
        self
    }

    /// Whether only a server that takes writes will do.
    pub(crate) fn asks_for_writes(&self) -> bool {
        matches!(
            self.dsn.target_session_attrs,
            Some(TargetSessionAttrs::ReadWrite | TargetSessionAttrs::Primary)
        )
    }

    /// Whether the system looks after a TCP connection on which nothing is said: it does unless told otherwise.
    ///
    /// After 60 seconds of silence the server is asked for a sign of life, three times at most, 10 seconds apart.
    /// Zero in one of the three settings leaves it to the system.
    #[must_use]
    pub fn keepalives(mut self, enabled: bool) -> Self {
        self.dsn.keepalives.enabled = Some(enabled);
        self
    }

    /// How long nothing is said before the server is asked for a sign of life: see [`keepalives`](Self::keepalives).
    #[must_use]
    pub fn keepalives_idle(mut self, idle: Duration) -> Self {
        self.dsn.keepalives.idle = Some(idle);
        self
    }

    /// How long to wait for a sign of life before asking again: see [`keepalives`](Self::keepalives).
    #[must_use]
    pub fn keepalives_interval(mut self, interval: Duration) -> Self {
        self.dsn.keepalives.interval = Some(interval);
        self
    }

    /// How often to ask before the connection counts as dead: see [`keepalives`](Self::keepalives).
    #[must_use]
    pub fn keepalives_count(mut self, count: u32) -> Self {
        self.dsn.keepalives.count = Some(count);
        self
    }

    /// How long the server's system may leave bytes unacknowledged before the connection counts as dead; Linux only.
    ///
    /// It is left to the system unless told otherwise, because it also ends connections to a healthy server that
    /// does not read for so long, such as one whose COPY waits for a lock. [`call_limit`](Self::call_limit) ends calls
    /// to a dead server sooner than the system would.
    #[must_use]
    pub fn tcp_user_timeout(mut self, limit: Duration) -> Self {
        self.dsn.tcp_user_timeout = Some(limit);
        self
    }

    pub(crate) fn socket_options(&self) -> SocketOptions {
        let keepalives = self.dsn.keepalives;
        let time = |set: Option<Duration>, default| {
            Some(set.unwrap_or(default)).filter(|time| !time.is_zero())
        };
        let settings = (
            time(keepalives.idle, IDLE),
            time(keepalives.interval, INTERVAL),
            Some(keepalives.count.unwrap_or(COUNT)).filter(|&count| count > 0),
        );
        SocketOptions {
            keepalive: keepalives.enabled.unwrap_or(true).then_some(settings),
            user_timeout: self.dsn.tcp_user_timeout.filter(|limit| !limit.is_zero()),
        }
    }
}
