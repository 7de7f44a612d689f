//! The one task of a pool that looks after connections nobody uses: too old, too long idle, gone, or too few.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::entry::Entry;
use super::inner::Inner;
use super::options::{Health, PoolOptions};
use super::slots::Slots;

/// How often it looks, at most and at least.
const PERIODS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(30));

/// How often the reaper looks: often enough that nothing exceeds its time by more than a quarter.
pub(super) fn period(options: &PoolOptions) -> Duration {
    let limits = [
        options.idle_timeout,
        options.max_lifetime,
        options.long_hold.as_ref().map(|(after, _)| *after),
    ];
    let shortest = limits.into_iter().flatten().min().unwrap_or(PERIODS.1);
    (shortest / 4).clamp(PERIODS.0, PERIODS.1)
}

/// Looks again and again, until the pool is gone.
pub(super) async fn reap(inner: Weak<Inner>, period: Duration) {
    loop {
        sleep(period).await;
        let Some(inner) = inner.upgrade() else { return };
        look(&inner);
    }
}

fn look(inner: &Arc<Inner>) {
    let now = Instant::now();
    let gone = inner.change(|slots| {
        let gone = sort_out(slots, inner.options(), now);
        slots.closing += gone.len();
        gone
    });
    relieve(inner, now);
    for entry in gone {
        super::closing::close(inner, entry);
    }
    warn_of_holds(inner, now);
}

/// Carriers that had nothing to do since the last look give back their connections, and so do those of an old one.
fn relieve(inner: &Arc<Inner>, now: Instant) {
    let mut wakers = Vec::new();
    for seat in &mut inner.slots().fleet.seats {
        let has_expired = seat.expires.is_some_and(|expires| expires <= now);
        let is_idle = seat.load() == 0;
        if has_expired || (is_idle && seat.was_idle) {
            wakers.extend(seat.ask_back());
        }
        seat.was_idle = is_idle;
    }
    for waker in wakers {
        waker.wake();
    }
}

/// Takes out what is not to stay.
fn sort_out(slots: &mut Slots, options: &PoolOptions, now: Instant) -> Vec<Entry> {
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    // Those that a warm-up waits for do not grow old before the last of them is there.
    let wanted = slots.min_idle.max(slots.floor);
    let mut spare = slots.idle.len().saturating_sub(wanted);
    // The oldest come first.
    for mut entry in slots.idle.drain(..) {
        let idle = now.saturating_duration_since(entry.idle_since);
        let is_stale = spare > 0 && options.idle_timeout.is_some_and(|limit| idle >= limit);
        let is_dead = options.health != Health::None && !entry.session.link().look();
        if is_stale || is_dead || entry.has_expired(now) {
            spare = spare.saturating_sub(1);
            gone.push(entry);
        } else {
            kept.push(entry);
        }
    }
    slots.idle = kept;
    gone
}

fn warn_of_holds(inner: &Arc<Inner>, now: Instant) {
    let Some((after, warn)) = &inner.options().long_hold else {
        return;
    };
    let mut long = Vec::new();
    for hold in inner.slots().holds.values_mut() {
        let held = now.saturating_duration_since(hold.since);
        if held >= *after && !hold.is_told {
            hold.is_told = true;
            long.push(held);
        }
    }
    for held in long {
        warn(held);
    }
}
