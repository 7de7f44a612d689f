//! Opens sessions: every host, every address, within one time limit.

use std::future::poll_fn;
use std::time::Duration;

use hathi_wire::{
    Credentials, Encryption, Host, LoadBalanceHosts, Startup, StartupFailure, TargetSessionAttrs,
};
use tokio::time::{Instant, timeout_at};

use super::deadline::Deadline;
use super::drive::{Event, Link};
use super::order::Dice;
use super::route::Route;
use super::target;
use super::transport::{Address, Transport, addresses};
use crate::config::{Config, Password};
use crate::error::{Attempts, Error, Kind};
use crate::observe::{Observed, Verb, watched};
use crate::tls::Tls;

/// Opens a session with the first host that lets us in and is of the kind that was asked for; the error names every host
/// that was tried.
pub(crate) async fn connect(config: &Config) -> Result<Link, Error> {
    let observed = || Observed::new(config, None);
    // Looking for a server is large, and done once: what waits for it stays small.
    let found = watched(Verb::Connect, observed, "CONNECT", Box::pin(search(config))).await;
    if found.is_err() {
        // Where nobody listens this is known without ever waiting: whoever tries again in a loop would let nobody else
        // have a turn, not even the clock of a limit around it.
        tokio::task::yield_now().await;
    }
    found
}

async fn search(config: &Config) -> Result<Link, Error> {
    config.dsn().check()?;
    let mut hosts = config.places();
    let mut dice = match config.dsn().load_balance_hosts {
        Some(LoadBalanceHosts::Random) => Some(Dice::new()),
        _ => None,
    };
    if let Some(dice) = &mut dice {
        dice.shuffle(&mut hosts);
    }
    let (limit, each) = config.connect_limits(hosts.len());
    let until = Instant::now() + limit;
    let password = timeout_at(until, config.find_password()).await;
    let password = password
        .map_err(late(limit, "asking for the password"))
        .flatten()
        .map_err(Error::new)?;
    let search = Search {
        config,
        role: config.role(),
        password,
        dice,
        spare: None,
    };
    let limits = Limits { limit, each, until };
    search.run(&hosts, limits).await
}

/// How long connecting may take: over all, for each host, and when that is over.
struct Limits {
    limit: Duration,
    each: Duration,
    until: Instant,
}

impl Limits {
    /// The share of one host: no more than its part of what is left, so that one that swallows everything leaves time for
    /// those behind it.
    fn share(&self, index: usize, hosts: usize) -> Duration {
        let left = match index {
            0 => self.limit,
            _ => self.until.saturating_duration_since(Instant::now()),
        };
        part(left, hosts - index).min(self.each)
    }
}

fn part(whole: Duration, parts: usize) -> Duration {
    whole / u32::try_from(parts).unwrap_or(u32::MAX).max(1)
}

fn late<E>(limit: Duration, during: &'static str) -> impl FnOnce(E) -> Kind {
    // A share of what is left is a broken number that would tell nobody more.
    let limit = match u64::try_from(limit.as_millis()) {
        Ok(millis) if millis > 0 => Duration::from_millis(millis),
        _ => limit,
    };
    move |_| Kind::Timeout { limit, during }
}

/// A session that is looked for.
struct Search<'c> {
    config: &'c Config,
    role: String,
    password: Password,
    dice: Option<Dice>,
    // A session with a server that would do if no better one is found.
    spare: Option<Link>,
}

impl Search<'_> {
    async fn run(mut self, hosts: &[Host], limits: Limits) -> Result<Link, Error> {
        let mut tried = Attempts::new("hosts");
        for (index, host) in hosts.iter().enumerate() {
            let share = limits.share(index, hosts.len());
            match self.host(host, share).await {
                Ok(link) => return Ok(link),
                Err(cause) => {
                    let is_final = is_final(&cause);
                    tried.push(host.to_string(), cause);
                    if is_final {
                        break;
                    }
                }
            }
        }
        self.spare.ok_or_else(|| Error::new(Kind::Connect(tried)))
    }

    async fn host(&mut self, host: &Host, share: Duration) -> Result<Link, Kind> {
        let until = Instant::now() + share;
        let found = timeout_at(until, addresses(host)).await;
        let mut found = found
            .map_err(late(share, "looking up the host"))?
            .map_err(Kind::Io)?;
        if let Some(dice) = &mut self.dice {
            dice.shuffle(&mut found);
        }
        let count = found.len();
        let mut tried = Attempts::new("addresses");
        for (index, address) in found.into_iter().enumerate() {
            let left = match index {
                0 => share,
                _ => until.saturating_duration_since(Instant::now()),
            };
            let share = part(left, count - index);
            let place = address.to_string();
            let attempt = timeout_at(Instant::now() + share, self.address(host, &address)).await;
            match attempt
                .map_err(late(share, "opening the session"))
                .flatten()
            {
                Ok(link) => return Ok(link),
                // Another address of the same name may be another server, but it knows the same roles and databases.
                Err(kind @ Kind::Startup(_)) if !is_not_ready(&kind) => return Err(kind),
                Err(kind) => tried.push(place, kind),
            }
        }
        match count {
            0 => Err(Kind::Io(std::io::Error::other("the name has no address"))),
            _ => Err(tried.into_cause()),
        }
    }

    async fn address(&mut self, host: &Host, address: &Address) -> Result<Link, Kind> {
        let mut link = self.open(host, address).await?;
        let wanted = self.config.dsn().target_session_attrs.unwrap_or_default();
        match target::check(&mut link, wanted).await {
            Ok(()) => Ok(link),
            Err(kind) => {
                if wanted == TargetSessionAttrs::PreferStandby && self.spare.is_none() {
                    self.spare = Some(link);
                } else {
                    link.connection.terminate();
                    // A server that does not hear it finds out when the connection is closed.
                    drop(poll_fn(|cx| link.poll_flush(cx)).await);
                }
                Err(kind)
            }
        }
    }

    /// Tries the ways of encryption in their order; if the server turns all of them down, the first refusal says why.
    async fn open(&self, host: &Host, address: &Address) -> Result<Link, Kind> {
        let mode = self.config.dsn().effective_ssl_mode();
        let mut refused = None;
        for &way in mode.ways(address.is_unix()) {
            let tls = match way {
                Encryption::Plain => None,
                _ => match self.config.tls(host) {
                    Ok(tls) => Some(tls),
                    Err(kind) if mode.insists() => return Err(kind),
                    // TLS that cannot be set up is none, where nobody insists on it.
                    Err(_) => continue,
                },
            };
            match self.attempt(host, address, way, tls).await {
                Ok(link) => return Ok(link),
                Err(Refusal::OfThisWay(kind)) => {
                    refused.get_or_insert(kind);
                }
                Err(Refusal::OfAllWays(kind)) => return Err(refused.unwrap_or(kind)),
            }
        }
        Err(refused.unwrap_or(Kind::NoTls))
    }

    async fn attempt(
        &self,
        host: &Host,
        address: &Address,
        way: Encryption,
        tls: Option<Tls>,
    ) -> Result<Link, Refusal> {
        let options = self.config.socket_options();
        let (transport, route) = match Route::open(address, options, way, tls).await {
            Ok(opened) => opened,
            Err(kind @ Kind::Unreached(_)) => return Err(Refusal::OfAllWays(kind)),
            Err(kind) => return Err(Refusal::OfThisWay(kind)),
        };
        // Who was refused in clear after asking for TLS would only be refused in clear again.
        let is_last = way == Encryption::IfOffered && !route.is_encrypted();
        let started = self.start(host, transport, route).await;
        started.map_err(|kind| match kind {
            Kind::Startup(StartupFailure::Server(_)) if !is_last => Refusal::OfThisWay(kind),
            kind => Refusal::OfAllWays(kind),
        })
    }

    async fn start(&self, host: &Host, transport: Transport, route: Route) -> Result<Link, Kind> {
        let config = self.config;
        let password = config.password_for(&self.password, host, &self.role);
        let mut credentials = Credentials::new(self.role.clone(), password).following(config.dsn());
        credentials.encrypted = route.is_encrypted();
        credentials.channel_binding = transport.end_point();
        let transport = transport.traced(&config.traces_to()).map_err(Kind::Io)?;
        // The limit of connecting holds for the whole of it.
        let mut link = Link::new(transport, route, config.statements(), None);
        link.tell(config.listeners());
        link.observed = Observed::new(config, Some(host));
        let settings = config.settings(&self.role);
        let mut startup =
            Startup::start(&mut link.connection, credentials, settings).map_err(Kind::Encode)?;
        let event = poll_fn(|cx| link.poll_exchange(&mut startup, cx))
            .await
            .map_err(Error::into_kind)?;
        match event {
            Event::Done(Err(failure)) => Err(self.refused(failure)),
            _ => {
                link.deadline = Deadline::new(config.limit_of_calls());
                link.cancel_on_drop = config.cancels_on_drop();
                Ok(link)
            }
        }
    }

    fn refused(&self, failure: StartupFailure) -> Kind {
        match (failure, self.password.trouble()) {
            // It may have the password that is missed.
            (StartupFailure::PasswordNeeded, Some(file)) => Kind::Passfile(file.clone()),
            (failure, _) => Kind::Startup(failure),
        }
    }
}

/// Why a session could not be opened, and whether another way of encryption may do.
enum Refusal {
    OfThisWay(Kind),
    OfAllWays(Kind),
}

/// Whether another host would not do either: what was refused is who we are, or how a server asks for proof of it.
///
/// A password is not offered to one server after the other.
fn is_final(kind: &Kind) -> bool {
    match kind {
        Kind::Startup(StartupFailure::Server(error)) => error.code.code().starts_with("28"),
        Kind::Startup(failure) => !matches!(
            failure,
            StartupFailure::ProtocolVersion { .. } | StartupFailure::Negotiation { .. }
        ),
        Kind::Passfile(_) | Kind::Encode(_) => true,
        _ => false,
    }
}

/// Whether a server says that it starts, stops or recovers.
fn is_not_ready(kind: &Kind) -> bool {
    matches!(kind, Kind::Startup(StartupFailure::Server(error)) if error.code.code() == "57P03")
}
