//! Portals that send so many rows at a time.

use std::num::NonZeroU32;

use super::Execute;
use crate::connection::Connection;
use crate::frontend;

impl Execute {
    /// Asks for so many rows at a time: [`Step::Paused`] says that they have come, and [`Execute::more`] asks for as
    /// many again. To be called right after [`Execute::start`].
    pub fn limit_rows(&mut self, to: &mut Connection, rows: NonZeroU32) {
        // The segment ends when the last rows have come: until then a Sync would close the portal.
        let end = if self.undecided {
            frontend::FLUSH.len()
        } else {
            frontend::SYNC.len()
        };
        to.reopen_segment(end);
        to.out.truncate(to.out.len() - 4);
        self.limit = rows.get().min(i32::MAX.unsigned_abs());
        to.out.extend_from_slice(&self.limit.to_be_bytes());
        to.out.extend_from_slice(frontend::FLUSH);
        self.undecided = true;
    }

    /// Whether rows come in parts, so that never many of them are on their way.
    pub fn is_limited(&self) -> bool {
        self.limit > 0
    }

    /// Asks for more rows, behind [`Step::Paused`].
    pub fn more(&mut self, to: &mut Connection) {
        // The segment lives for as long as there are rows: it must not grow with them.
        to.forget_handed_over();
        frontend::execute_unnamed(&mut to.out, self.limit);
        to.out.extend_from_slice(frontend::FLUSH);
    }
}
