//! Room for statements: which one makes way for another, and which may not.

use super::{Entry, State, StatementId, Statements};

impl Statements {
    /// Nothing is in flight: whatever was used so far may make way.
    #[inline]
    pub(crate) fn rest(&mut self) {
        self.idle = self.clock;
    }

    pub(super) fn place(&mut self, entry: Entry) -> usize {
        if let Some(index) = self
            .entries
            .iter()
            .position(|entry| entry.state == State::Free && entry.used <= self.idle)
        {
            self.entries[index] = entry;
            return index;
        }
        self.entries.push(entry);
        self.entries.len() - 1
    }

    pub(super) fn evict(&mut self) -> bool {
        let oldest = self.by_hash.values().copied().filter(|&index| {
            let entry = &self.entries[index];
            entry.state == State::Known && entry.used <= self.idle
        });
        let Some(index) = oldest.min_by_key(|&index| self.entries[index].used) else {
            return false;
        };
        self.by_hash.remove(&self.entries[index].hash);
        self.retire(index);
        self.counters.evictions += 1;
        true
    }

    pub(super) fn retire(&mut self, index: usize) {
        let entry = &mut self.entries[index];
        match entry.state {
            State::Known => self.close(index),
            State::Pending => entry.state = State::Orphan,
            State::Orphan | State::Free => {}
        }
    }

    pub(super) fn close(&mut self, index: usize) {
        let entry = &mut self.entries[index];
        entry.state = State::Free;
        if !self.unnamed {
            self.to_close.push(std::mem::take(&mut entry.name));
        }
    }

    /// The server has lost the statement or refuses to use it, and it cannot be tried again at once: its next use parses
    /// it anew.
    #[cold]
    pub(crate) fn give_up(&mut self, id: StatementId) {
        let hash = self.entries[id.0].hash;
        if self.by_hash.get(&hash) == Some(&id.0) {
            self.by_hash.remove(&hash);
        }
        self.retire(id.0);
    }
}
