//! Opens sessions: every host, every address, within one time limit.

use std::future::poll_fn;
use std::time::Duration;

use hathi_wire::{Credentials, Host, Startup};
use tokio::time::{Instant, timeout_at};

use super::drive::{Event, Link};
use super::transport::{Address, Transport, addresses};
use crate::config::Config;
use crate::error::{Error, Kind};

/// Opens a session with the first host that lets us in; the error is that of the last one that was tried.
pub(crate) async fn connect(config: &Config) -> Result<Link, Error> {
    if config.needs_tls() {
        return Err(Error::new(Kind::NoTls));
    }
    let limit = config.limits().0;
    let until = Instant::now() + limit;
    let mut failure = Kind::Closed(None);
    for host in config.hosts() {
        match connect_host(config, &host, until, limit).await {
            Ok(link) => return Ok(link),
            Err(cause) => {
                failure = Kind::Connect {
                    host: host.to_string(),
                    cause: Box::new(cause),
                }
            }
        }
    }
    Err(Error::new(failure))
}

async fn connect_host(
    config: &Config,
    host: &Host,
    until: Instant,
    limit: Duration,
) -> Result<Link, Kind> {
    let late = |during| move |_| Kind::Timeout { limit, during };
    let found = timeout_at(until, addresses(host))
        .await
        .map_err(late("looking up the host"))?
        .map_err(Kind::Io)?;
    let mut failure = Kind::Closed(None);
    for address in found {
        let attempt = timeout_at(until, open(config, address)).await;
        match attempt.map_err(late("opening the session")).flatten() {
            Ok(link) => return Ok(link),
            // Another address of the same name is another network, not another server: the server's word stands.
            Err(kind @ Kind::Startup(_)) => return Err(kind),
            Err(kind) => failure = kind,
        }
    }
    Err(failure)
}

async fn open(config: &Config, address: Address) -> Result<Link, Kind> {
    let transport = Transport::connect(&address).await.map_err(Kind::Io)?;
    // The limit of connecting holds for the whole of it.
    let mut link = Link::new(transport, address, config.statements(), None);
    let role = config.role();
    let credentials = Credentials::new(role.clone(), config.secret());
    let mut startup = Startup::start(&mut link.connection, credentials, config.settings(&role))
        .map_err(Kind::Encode)?;
    let event = poll_fn(|cx| link.poll_exchange(&mut startup, cx))
        .await
        .map_err(Error::into_kind)?;
    if let Event::Done(outcome) = event {
        outcome.map_err(Kind::Startup)?;
    }
    link.deadline = super::deadline::Deadline::new(config.limits().1);
    Ok(link)
}
