//! Whose connection a COPY uses: a borrowed one, or one of a pool that goes back when the COPY is over.

use crate::pool::Pooled;
use crate::session::Link;

#[derive(Debug)]
pub(crate) enum Held<'s> {
    Borrowed(&'s mut Link),
    Pooled(Box<Pooled>),
}

impl Held<'_> {
    pub(crate) fn link(&mut self) -> &mut Link {
        match self {
            Self::Borrowed(link) => link,
            Self::Pooled(pooled) => pooled.link(),
        }
    }
}
