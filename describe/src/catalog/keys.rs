//! What the catalog knows of the number of rows: what may take a row out of the hands of a statement that writes it.

use std::collections::HashMap;

mod question;

pub(crate) use question::Fact;
pub(super) use question::question;

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    storages: HashMap<u32, Storage>,
}

/// Where the rows of a relation lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Storage {
    /// It and all that inherits from it are tables of this server.
    pub(crate) local: bool,
    /// The events of which a row trigger may drop the row, of it and of all that inherits from it.
    pub(crate) interferes: Events,
}

/// Events of row triggers, as bits of `pg_trigger.tgtype`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Events(u16);

impl Keys {
    pub(super) fn take(&mut self, fact: Fact) {
        match fact {
            Fact::Storage(relation, storage) => {
                self.storages.insert(relation, storage);
            }
        }
    }

    /// Where the rows of a relation lie.
    pub(crate) fn storage(&self, relation: u32) -> Option<Storage> {
        self.storages.get(&relation).copied()
    }
}

impl Events {
    const INSERT: u16 = 1 << 2;
    const UPDATE: u16 = 1 << 4;

    pub(super) const fn of(bits: u16) -> Self {
        Self(bits)
    }

    /// Whether a row that is inserted may be dropped.
    pub(crate) const fn insert(self) -> bool {
        self.0 & Self::INSERT != 0
    }

    /// Whether a row that is updated may be dropped.
    pub(crate) const fn update(self) -> bool {
        self.0 & Self::UPDATE != 0
    }
}
