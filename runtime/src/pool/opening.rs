//! Opens connections in tasks of their own: whoever stops waiting for one stops nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::chance::about;
use super::entry::{Entry, Place};
use super::inner::{Inner, Settings};
use super::options::PoolOptions;
use super::slots::Due;
use crate::error::{Error, Kind};
use crate::observe::Moment;
use crate::session::Session;

/// How much longer or shorter the wait after a failure is by chance, in percent.
const JITTER: u32 = 25;

/// Opens a connection for whoever is next in line.
pub(super) fn open(inner: &Arc<Inner>, place: Place) {
    let settings = Arc::clone(&inner.settings);
    let opening = Opening {
        place: Some(place),
        has_begun: false,
    };
    inner.spawn(run(opening, settings));
}

/// A connection that is being opened. Dropping it, as a runtime does that ends, makes room for another one.
struct Opening {
    place: Option<Place>,
    // A runtime that has ended drops a task before its first poll; it would drop the next one, too, and so on for ever.
    has_begun: bool,
}

impl Opening {
    fn inner(&self) -> Option<Arc<Inner>> {
        self.place.as_ref()?.inner().upgrade()
    }

    /// When the next attempt may begin; nothing if nobody waits for it any more.
    fn next_attempt(&self) -> Option<Option<Instant>> {
        let inner = self.inner()?;
        let slots = inner.slots();
        let wanted = !slots.line.is_empty()
            || slots.idle.len() < slots.min_idle
            || slots.established() < slots.floor;
        (wanted && !slots.is_closed).then_some(slots.retry_at)
    }

    fn succeeded(mut self, session: Session, options: &PoolOptions) {
        let (Some(inner), Some(place)) = (self.inner(), self.place.take()) else {
            return;
        };
        let entry = Entry::new(session, options, place);
        inner.change(|slots| {
            slots.opening -= 1;
            slots.failures = 0;
            slots.last_failure = None;
            slots.retry_at = None;
            slots.counters.created += 1;
            slots.idle.push(entry);
        });
        inner.changed.notify_waiters();
    }

    /// Notes a failure. Whoever waits hears of it at once if waiting cannot mend it.
    fn failed(&self, error: Error, options: &PoolOptions) {
        let Some(inner) = self.inner() else { return };
        let is_final = error.is_refusal();
        let error = Arc::new(error);
        let mut due = Due::default();
        {
            let mut slots = inner.slots();
            slots.counters.failures += 1;
            slots.failures = slots.failures.saturating_add(1);
            slots.retry_at = Some(Instant::now() + backoff(options, slots.failures));
            slots.floor = 0;
            slots.last_failure = Some(Arc::clone(&error));
            if is_final {
                slots.fail_all(|| Error::new(Kind::Common(Arc::clone(&error))), &mut due);
            }
        }
        inner.carry_out(due);
        inner.changed.notify_waiters();
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        if let (Some(inner), Some(place)) = (self.inner(), self.place.take()) {
            inner.slots().opening -= 1;
            match self.has_begun {
                true => drop(place),
                false => place.vacate(),
            }
        }
    }
}

async fn run(mut opening: Opening, settings: Arc<Settings>) {
    opening.has_begun = true;
    while let Some(not_before) = opening.next_attempt() {
        if let Some(not_before) = not_before
            && not_before > Instant::now()
        {
            sleep_until(not_before).await;
            continue;
        }
        let since = Moment::now();
        match establish(&settings).await {
            Ok(session) => {
                settings.meter.created(&since);
                return opening.succeeded(session, &settings.options);
            }
            Err(error) => opening.failed(error, &settings.options),
        }
    }
}

async fn establish(settings: &Settings) -> Result<Session, Error> {
    let mut session = Session::connect(&settings.config).await?;
    if let Some(hook) = &settings.options.after_connect {
        let limit = settings.options.acquire_limit;
        let late = |_| {
            Error::new(Kind::Timeout {
                limit,
                during: "preparing a connection after it was opened",
            })
        };
        timeout(limit, hook(&mut session)).await.map_err(late)??;
    }
    Ok(session)
}

/// How long to wait after so many failures in a row.
pub(super) fn backoff(options: &PoolOptions, failures: u32) -> Duration {
    let (first, longest) = options.backoff;
    let factor = 1_u32.checked_shl(failures.saturating_sub(1));
    let wait = factor.map_or(longest, |factor| first.saturating_mul(factor));
    about(wait.min(longest), JITTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_the_longest() {
        let options = PoolOptions::new().backoff(Duration::from_secs(1), Duration::from_secs(10));
        for (failures, expected) in [(1, 1), (2, 2), (4, 8), (5, 10), (40, 10), (u32::MAX, 10)] {
            let expected = Duration::from_secs(expected);
            let wait = backoff(&options, failures);
            assert!(
                wait >= expected / 2 && wait <= expected * 2,
                "{failures}: {wait:?}"
            );
        }
    }
}
