//! The way to a connection: an idle one at once, or a turn in the line; looked at before it is handed out.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::entry::Entry;
use super::failure::PoolFailure;
use super::inner::Inner;
use super::opening::backoff;
use super::options::{Health, PoolOptions};
use super::pooled::Pooled;
use super::slots::End;
use super::turn::Turn;
use crate::error::Error;
use crate::observe::{Moment, Verb, watched};

/// How long a connection may take to answer a question before it is taken for gone.
const PING: Duration = Duration::from_secs(5);

/// A connection, waited for at most as long as the pool says.
pub(super) async fn acquire(inner: &Arc<Inner>) -> Result<Pooled, Error> {
    let observed = || inner.settings.observed.clone();
    let since = Moment::now();
    let mut pooled = watched(Verb::Acquire, observed, "ACQUIRE", in_time(inner)).await?;
    inner.settings.meter.waited(&since);
    pooled.is_lent();
    Ok(pooled)
}

async fn in_time(inner: &Arc<Inner>) -> Result<Pooled, Error> {
    inner.wake_up();
    if let Some(pooled) = at_once(inner)? {
        return Ok(pooled);
    }
    let limit = inner.options().acquire_limit;
    match timeout(limit, in_turn(inner)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(too_late(inner, limit)),
    }
}

/// An idle connection that needs no questions, if there is one and nobody was here before.
pub(super) fn at_once(inner: &Arc<Inner>) -> Result<Option<Pooled>, Error> {
    if inner.options().before_acquire.is_some() {
        return Ok(None);
    }
    while let Some(mut entry) = inner.take_idle()? {
        match health(&mut entry, inner.options()) {
            Fit::Good => return Ok(Some(Pooled::new(inner, entry))),
            Fit::Gone => inner.close(entry),
            Fit::Unsure => {
                inner.change(|slots| slots.idle.push(entry));
                return Ok(None);
            }
        }
    }
    Ok(None)
}

async fn in_turn(inner: &Arc<Inner>) -> Result<Pooled, Error> {
    let mut end = End::Back;
    let mut attempts = 0;
    loop {
        let entry = Turn::join(inner, end).await?;
        // From here on dropping this future gives the connection back.
        let mut pooled = Pooled::new(inner, entry);
        if admit(&mut pooled, inner.options()).await {
            return Ok(pooled);
        }
        pooled.discard();
        end = End::Front;
        // A hook that refuses every connection must not open one after the other.
        attempts += 1;
        if attempts > 1 && inner.options().before_acquire.is_some() {
            sleep(backoff(inner.options(), attempts)).await;
        }
    }
}

/// Whether a connection may be handed out.
async fn admit(pooled: &mut Pooled, options: &PoolOptions) -> bool {
    match health(pooled.entry(), options) {
        Fit::Gone => return false,
        Fit::Good => {}
        Fit::Unsure => match timeout(PING, pooled.simple("")).await {
            Ok(Ok(_)) => {}
            _ => return false,
        },
    }
    match &options.before_acquire {
        Some(hook) => hook(pooled).await.is_ok(),
        None => true,
    }
}

enum Fit {
    Good,
    Gone,
    // It has to answer a question first.
    Unsure,
}

fn health(entry: &mut Entry, options: &PoolOptions) -> Fit {
    let now = Instant::now();
    let link = entry.session.link();
    if link.is_broken() || (options.health != Health::None && !link.look()) {
        return Fit::Gone;
    }
    if entry.has_expired(now) {
        return Fit::Gone;
    }
    match options.health {
        Health::Ping { after } if now.saturating_duration_since(entry.idle_since) > after => {
            Fit::Unsure
        }
        _ => Fit::Good,
    }
}

#[cold]
pub(super) fn too_late(inner: &Arc<Inner>, limit: Duration) -> Error {
    let mut slots = inner.slots();
    slots.counters.timeouts += 1;
    let failure = PoolFailure::Timeout {
        limit,
        open: slots.open,
        max: slots.max,
        last: slots.last_failure.clone(),
    };
    drop(slots);
    inner.settings.meter.timed_out();
    failure.into()
}
