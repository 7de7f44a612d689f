//! What all clones of a pool share: the slots behind their lock, and the tasks that open, clean and close.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::closing;
use super::entry::{Entry, Place};
use super::failure::PoolFailure;
use super::opening;
use super::options::PoolOptions;
use super::reaper;
use super::shared::Carrier;
use super::slots::{Due, End, Hold, InLine, Slots};
use super::turn::Waiter;
use crate::config::Config;
use crate::error::Error;
use crate::observe::{Observed, PoolMeter};

/// Locks for as long as a few assignments take. What panicked while holding the lock has left nothing half done that
/// others could not live with.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How connections are opened, and what is done with them.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) options: PoolOptions,
    // What those are told who listen.
    pub(super) observed: Observed,
    pub(super) meter: PoolMeter,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) settings: Arc<Settings>,
    slots: Mutex<Slots>,
    // A connection came, went or could not be opened.
    pub(super) changed: Notify,
    runtime: OnceLock<Handle>,
    reaper: OnceLock<AbortHandle>,
}

impl Inner {
    pub(super) fn new(config: Config, options: PoolOptions) -> Self {
        Self {
            slots: Mutex::new(Slots::new(options.max, options.min_idle)),
            settings: Arc::new(Settings {
                observed: Observed::new(&config, None),
                meter: PoolMeter::new(&config),
                config,
                options,
            }),
            changed: Notify::new(),
            runtime: OnceLock::new(),
            reaper: OnceLock::new(),
        }
    }

    /// Whether a server that takes no writes is of no use here.
    pub(super) fn expects_writes(&self) -> bool {
        let Settings {
            config, options, ..
        } = &*self.settings;
        options
            .expects_writes
            .unwrap_or_else(|| config.asks_for_writes())
    }

    pub(super) fn options(&self) -> &PoolOptions {
        &self.settings.options
    }

    pub(super) fn slots(&self) -> MutexGuard<'_, Slots> {
        locked(&self.slots)
    }

    /// Changes the slots, and does what follows from it once the lock has been given back.
    pub(super) fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut Slots) -> T) -> T {
        let (output, due) = {
            let mut slots = self.slots();
            let output = change(&mut slots);
            (output, slots.settle())
        };
        self.carry_out(due);
        output
    }

    /// Tells those who measure how many connections there are.
    pub(super) fn tell(&self) {
        self.settings.meter.changed(|| self.slots().status());
    }

    pub(super) fn carry_out(self: &Arc<Self>, due: Due) {
        for waker in due.wake {
            waker.wake();
        }
        for entry in due.close {
            closing::close(self, entry);
        }
        for (number, entry) in due.carry {
            self.spawn(Carrier::new(self, number, entry));
        }
        for _ in 0..due.open {
            opening::open(self, Place::counted(Arc::downgrade(self)));
        }
        self.tell();
    }

    /// Runs something beside everybody's tasks; without a runtime it is dropped, which every task of a pool is made for.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let current = Handle::try_current().ok();
        if let Some(handle) = current.as_ref().or(self.runtime.get()) {
            handle.spawn(task);
        }
    }

    /// Remembers the runtime for what has to be done where there is none, and starts the reaper.
    pub(super) fn wake_up(self: &Arc<Self>) {
        if self.reaper.get().is_some() {
            return;
        }
        let Ok(handle) = Handle::try_current() else {
            return;
        };
        let handle = self.runtime.get_or_init(|| handle);
        self.reaper.get_or_init(|| {
            let period = reaper::period(self.options());
            handle
                .spawn(reaper::reap(Arc::downgrade(self), period))
                .abort_handle()
        });
    }

    /// A connection that is ready at once, unless others wait for one.
    pub(super) fn take_idle(&self) -> Result<Option<Entry>, Error> {
        let mut slots = self.slots();
        if slots.is_closed {
            return Err(PoolFailure::Closed.into());
        }
        Ok(if slots.line.is_empty() {
            slots.idle.pop()
        } else {
            None
        })
    }

    /// Joins the line.
    pub(super) fn join(self: &Arc<Self>, who: InLine, end: End) {
        self.change(|slots| {
            match end {
                End::Front => slots.line.push_front(who),
                End::Back => slots.line.push_back(who),
            }
            if slots.is_closed {
                let mut due = Due::default();
                slots.fail_all(|| PoolFailure::Closed.into(), &mut due);
                // Nobody has polled yet: there is nobody to wake but who is here.
                due.wake.clear();
            }
        });
    }

    /// Leaves the line.
    pub(super) fn leave(self: &Arc<Self>, who: &Arc<Waiter>) {
        let left = {
            let mut slots = self.slots();
            let is_it = |one: &InLine| match one {
                InLine::One(waiter) => Arc::ptr_eq(waiter, who),
                InLine::Flights => false,
            };
            let place = slots.line.iter().position(is_it);
            place.and_then(|place| slots.line.remove(place))
        };
        drop(left);
        self.tell();
    }

    /// A connection is ready for the next user.
    pub(super) fn put(self: &Arc<Self>, mut entry: Entry) {
        entry.session.link().tell_statements();
        entry.idle_since = Instant::now();
        if entry.has_expired(entry.idle_since) {
            return self.close(entry);
        }
        self.change(|slots| slots.idle.push(entry));
    }

    /// A connection is not to be used any more.
    pub(super) fn close(self: &Arc<Self>, entry: Entry) {
        self.slots().closing += 1;
        self.tell();
        closing::close(self, entry);
    }

    /// A place has become free.
    pub(super) fn freed(self: &Arc<Self>) {
        self.change(|slots| slots.open = slots.open.saturating_sub(1));
        self.changed.notify_waiters();
    }

    /// Somebody gets a connection. The number is for [`Inner::let_go`].
    pub(super) fn hold(&self) -> u64 {
        let warns = self.options().long_hold.is_some();
        let mut slots = self.slots();
        slots.counters.acquired += 1;
        slots.next_hold += 1;
        let number = slots.next_hold;
        if warns {
            let hold = Hold {
                since: Instant::now(),
                is_told: false,
            };
            slots.holds.insert(number, hold);
        }
        drop(slots);
        self.tell();
        number
    }

    pub(super) fn let_go(&self, hold: u64) {
        if self.options().long_hold.is_some() {
            self.slots().holds.remove(&hold);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(reaper) = self.reaper.get() {
            reaper.abort();
        }
        let slots = self.slots.get_mut().unwrap_or_else(PoisonError::into_inner);
        for entry in &mut slots.idle {
            entry.session.link().say_goodbye();
        }
        for waker in slots.fleet.ask_back(usize::MAX) {
            waker.wake();
        }
        self.settings.meter.changed(Default::default);
    }
}
