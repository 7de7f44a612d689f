//! The exchange that forgets prepared statements: a Close for each that made room, and the end of a session.

use crate::backend::Backend;
use crate::connection::{Connection, SegmentId};
use crate::exchange::{Exchange, ProtocolError, Step};
use crate::server_error::ServerError;

/// Closes what is waiting to be closed: `[Close]…[Sync]`. Usually this rides with the next statement instead.
#[derive(Debug)]
pub struct Close {
    segment: SegmentId,
    outcome: Result<(), Box<ServerError>>,
}

impl Close {
    /// Queues a Close for every statement of the session, so that the server keeps none.
    pub fn all(to: &mut Connection) -> Self {
        to.statements.forget_all(true);
        let segment = to.begin();
        to.close_evicted();
        to.sync();
        Self {
            segment,
            outcome: Ok(()),
        }
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }
}

impl Exchange for Close {
    type Output = Result<(), Box<ServerError>>;

    fn receive(
        &mut self,
        message: Backend<'_>,
        _to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        match message {
            Backend::CloseComplete => Ok(Step::More),
            Backend::Error(body) => {
                self.outcome = Err(Box::new(
                    ServerError::read(body).map_err(ProtocolError::malformed(b'E'))?,
                ));
                Ok(Step::More)
            }
            Backend::ReadyForQuery(_) => Ok(Step::Done(self.skipped())),
            _ => Err(ProtocolError::Unexpected {
                tag: message.tag(),
                expected: "CloseComplete",
            }),
        }
    }

    fn skipped(&mut self) -> Self::Output {
        std::mem::replace(&mut self.outcome, Ok(()))
    }
}
