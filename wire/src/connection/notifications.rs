//! Notifications that wait for somebody to take them: so many at most, and none is lost without a word.

use std::collections::VecDeque;

use super::Connection;

/// How many notifications wait unless the connection is told otherwise.
const LIMIT: usize = 1024;

/// What somebody said on a channel this session listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The server process that notified.
    pub process: u32,
    /// The channel.
    pub channel: String,
    /// The payload.
    pub payload: String,
}

/// What waits: the newest notifications, and how many older ones have made room for them.
///
/// ```text
/// lost: 3 │ 4th │ 5th │ …      the gap is told first, for it lies before what is left
/// ```
#[derive(Debug)]
pub(super) struct Notifications {
    waiting: VecDeque<Notification>,
    limit: usize,
    lost: u64,
    listens: bool,
}

impl Notifications {
    pub(super) fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            limit: LIMIT,
            lost: 0,
            listens: false,
        }
    }

    /// A channel is listened to: the server has said so, or a notification has shown it.
    pub(super) fn listens(&mut self) {
        self.listens = true;
    }

    pub(super) fn listens_no_more(&mut self) {
        self.listens = false;
    }

    pub(super) fn push(&mut self, notification: Notification) {
        self.listens = true;
        if self.waiting.len() >= self.limit {
            self.waiting.pop_front();
            self.lost += 1;
        }
        self.waiting.push_back(notification);
    }
}

impl Connection {
    /// The oldest notification that nobody has taken, or how many were dropped before it because nobody took them.
    pub fn take_notification(&mut self) -> Option<Result<Notification, u64>> {
        match std::mem::take(&mut self.notifications.lost) {
            0 => self.notifications.waiting.pop_front().map(Ok),
            lost => Some(Err(lost)),
        }
    }

    /// How many notifications wait at most: 1024 unless told otherwise, and at least one. The oldest make room.
    pub fn keep_notifications(&mut self, limit: usize) {
        self.notifications.limit = limit.max(1);
    }

    /// Whether this session may be listening to a channel, or holds what was said on one.
    pub fn listens(&self) -> bool {
        let Notifications {
            waiting,
            lost,
            listens,
            ..
        } = &self.notifications;
        *listens || *lost > 0 || !waiting.is_empty()
    }

    /// Forgets all notifications that wait: the session listens to nothing any more, and its next user never did.
    pub fn forget_notifications(&mut self) {
        let limit = self.notifications.limit;
        self.notifications = Notifications {
            limit,
            ..Notifications::new()
        };
    }
}
