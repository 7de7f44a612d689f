//! The loop that moves bytes, for data that is copied in: it waits for room, not for an answer.

use std::task::{Context, Poll};

use hathi_wire::Exchange;

use super::drive::{Event, Link};
use crate::error::Error;

impl Link {
    /// Writes what waits, and reads meanwhile. Ready when the transport has taken all of it, or the exchange has something
    /// for its caller: the server may refuse the data long before all of it was sent.
    pub(crate) fn poll_sent<E: Exchange>(
        &mut self,
        exchange: &mut E,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Event<E::Output>>, Error>> {
        loop {
            match self.take_messages(exchange) {
                Ok(Some(event)) => return Poll::Ready(Ok(Some(event))),
                Ok(None) => {}
                Err(error) => return Poll::Ready(Err(self.give_up(error))),
            }
            let before = self.connection.unsent().len();
            match self.poll_transfer(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending if self.connection.unsent().is_empty() => {
                    return Poll::Ready(Ok(None));
                }
                Poll::Pending => {
                    // The limit is one for each wait, not for all the data there is.
                    if self.connection.unsent().len() < before {
                        self.wait_anew();
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}
