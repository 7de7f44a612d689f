//! What replies do to the session, whoever waits for them.

use super::refusal::Refusal;
use super::{ASIDES, Aside, Connection, Effect, EffectKind, Notification, SearchPath, VecDeque};
use crate::backend::{Backend, TransactionStatus};
use crate::exchange::ProtocolError;
use crate::server_error::ServerError;
use crate::statements::Described;

impl Connection {
    /// Takes a message: what it does to the session happens here, whoever waits for it.
    ///
    /// Returns the message if a live exchange is to receive it.
    ///
    /// # Errors
    ///
    /// [`ProtocolError`] if the message makes no sense; the connection must be closed.
    #[inline]
    pub fn receive<'a>(
        &mut self,
        tag: u8,
        body: &'a [u8],
    ) -> Result<Option<Backend<'a>>, ProtocolError> {
        // What a warm statement is answered with comes first and touches nothing.
        match (tag, self.segments.front()) {
            (b'D', Some(segment)) if !segment.abandoned => Ok(Some(Backend::DataRow(body))),
            (b'2', Some(segment))
                if !segment.abandoned && segment.riders == 0 && body.is_empty() =>
            {
                Ok(Some(Backend::BindComplete))
            }
            _ => self.receive_other(tag, body),
        }
    }

    fn receive_other<'a>(
        &mut self,
        tag: u8,
        body: &'a [u8],
    ) -> Result<Option<Backend<'a>>, ProtocolError> {
        // A COPY has one for each row.
        if let (b'd', Some(segment)) = (tag, self.segments.front())
            && !segment.abandoned
            && segment.riders == 0
        {
            return Ok(Some(Backend::CopyData(body)));
        }
        let message = Backend::read(tag, body).map_err(ProtocolError::malformed(tag))?;
        let live = match self.segments.front_mut() {
            Some(segment) if segment.abandoned => {
                segment.drained += body.len();
                false
            }
            Some(segment) if segment.riders > 0 => return self.receive_for_rider(tag, message),
            segment => segment.is_some(),
        };
        match message {
            Backend::CommandComplete(words) if live => self.tag(words),
            Backend::ReadyForQuery(_) if self.refusal.is_some() && self.is_before_mark() => {
                return Ok(None);
            }
            Backend::ReadyForQuery(status) => self.end_segment(tag, status)?,
            _ => return self.receive_rare(tag, message, live),
        }
        Ok(live.then_some(message))
    }

    /// The answers to what rides at the head of a segment end here; what else comes is treated as ever.
    #[cold]
    fn receive_for_rider<'a>(
        &mut self,
        tag: u8,
        message: Backend<'a>,
    ) -> Result<Option<Backend<'a>>, ProtocolError> {
        match message {
            Backend::ParseComplete => self.take_effect(tag)?,
            Backend::BindComplete => {}
            Backend::CommandComplete(words) => {
                self.tag(words);
                if let Some(segment) = self.segments.front_mut() {
                    segment.riders -= 1;
                }
            }
            Backend::Error(_) => {
                // The segment has failed: its exchange is told.
                if let Some(segment) = self.segments.front_mut() {
                    segment.riders = 0;
                }
                return self.receive_rare(tag, message, true);
            }
            Backend::ParameterStatus { .. } | Backend::Notice(_) | Backend::Notification { .. } => {
                return self.receive_rare(tag, message, true);
            }
            _ => {
                return Err(ProtocolError::Unexpected {
                    tag,
                    expected: "the reply to BEGIN or SAVEPOINT",
                });
            }
        }
        Ok(None)
    }

    fn receive_rare<'a>(
        &mut self,
        tag: u8,
        message: Backend<'a>,
        live: bool,
    ) -> Result<Option<Backend<'a>>, ProtocolError> {
        match message {
            Backend::ParameterStatus { name, value } => {
                self.report(name, value);
                return Ok(None);
            }
            Backend::Notice(body) => {
                let notice = ServerError::read(body).map_err(ProtocolError::malformed(tag))?;
                self.put_aside(Aside::Notice(Box::new(notice)));
                return Ok(None);
            }
            Backend::Notification {
                process,
                channel,
                payload,
            } => {
                self.notifications.push(Notification {
                    process,
                    channel: channel.to_owned(),
                    payload: payload.to_owned(),
                });
                return Ok(None);
            }
            Backend::CommandComplete(words) => self.tag(words),
            Backend::CloseComplete if self.refusal.is_some() => {
                self.refusal = Some(Refusal::Marked);
                return Ok(None);
            }
            Backend::ParseComplete | Backend::CloseComplete => self.take_effect(tag)?,
            Backend::Error(_) => return self.failed(tag, message, live),
            Backend::CopyIn if !live => self.refuse_copy(),
            Backend::RowDescription(_) | Backend::NoData if !live => {
                self.overhear(tag, &message)?
            }
            _ => {}
        }
        if self.segments.is_empty() {
            return Err(ProtocolError::Unasked { tag });
        }
        if !live && !self.feeds.is_empty() {
            self.overhear_feed(&message);
        }
        Ok(live.then_some(message))
    }

    /// The columns of a statement whose future was dropped: the next use of it compares them.
    #[cold]
    fn overhear(&mut self, tag: u8, message: &Backend<'_>) -> Result<(), ProtocolError> {
        let Some((id, name)) = self.describing.take() else {
            return Ok(());
        };
        let columns = match message {
            Backend::RowDescription(columns) => Some(*columns),
            _ => None,
        };
        let columns = Described::all(columns).map_err(ProtocolError::malformed(tag))?;
        self.statements.overheard(id, &name, columns);
        Ok(())
    }

    /// The newest segment is one message of the simple protocol, which has just been queued.
    pub(crate) fn close_simple(&mut self) {
        if let Some(segment) = self.segments.back_mut() {
            segment.closed = true;
            segment.simple = true;
        }
    }

    fn failed<'a>(
        &mut self,
        tag: u8,
        message: Backend<'a>,
        live: bool,
    ) -> Result<Option<Backend<'a>>, ProtocolError> {
        let Some(segment) = self.segments.front() else {
            // An idle session is being ended by the server: its words are all there is.
            return match message {
                Backend::Error(body) => {
                    let error = ServerError::read(body).map_err(ProtocolError::malformed(tag))?;
                    self.put_aside(Aside::Notice(Box::new(error)));
                    Ok(None)
                }
                _ => Err(ProtocolError::Unasked { tag }),
            };
        };
        let id = segment.id;
        if let Backend::Error(body) = message
            && !live
        {
            let error = ServerError::read(body).map_err(ProtocolError::malformed(tag))?;
            if error.is_fatal() {
                self.put_aside(Aside::Notice(Box::new(error)));
            }
        }
        self.drop_effects(|effect| effect.segment == id);
        if !live && !self.feeds.is_empty() {
            self.overhear_feed(&message);
        }
        Ok(live.then_some(message))
    }

    #[inline(always)]
    fn end_segment(&mut self, tag: u8, status: TransactionStatus) -> Result<(), ProtocolError> {
        let Some(segment) = self.segments.pop_front() else {
            return Err(ProtocolError::Unasked { tag });
        };
        if !self.effects.is_empty() {
            self.drop_effects(|effect| effect.segment == segment.id);
        }
        self.describing = None;
        if !self.seated.is_empty() {
            self.leave(segment.id);
        }
        if self.path != SearchPath::Settled {
            self.settle_path(status);
        }
        self.status = status;
        if segment.undoes && status != TransactionStatus::Idle {
            self.roll_back_again();
        }
        Ok(())
    }

    #[cold]
    fn settle_path(&mut self, status: TransactionStatus) {
        let idle = status == TransactionStatus::Idle;
        if idle || self.path == SearchPath::Touched {
            self.statements.forget_all(true);
        }
        self.path = if idle {
            SearchPath::Settled
        } else {
            SearchPath::Provisional
        };
    }

    fn take_effect(&mut self, tag: u8) -> Result<(), ProtocolError> {
        let front = self.segments.front().map(|segment| segment.id);
        // The startup and describe exchanges parse under no name and note no effect.
        if self
            .effects
            .front()
            .is_none_or(|effect| Some(effect.segment) != front)
        {
            return Ok(());
        }
        match (tag, self.effects.pop_front().map(|effect| effect.kind)) {
            (b'1', Some(EffectKind::Parsed(id))) => {
                self.describing = Some((id, self.statements.name(id).into()));
                self.statements.parsed(id);
            }
            (b'1', Some(EffectKind::Rider))
            | (b'3', Some(EffectKind::Closed(_) | EffectKind::Replaced)) => {}
            _ => {
                return Err(ProtocolError::Unexpected {
                    tag,
                    expected: "the reply to an earlier message",
                });
            }
        }
        Ok(())
    }

    /// Whatever was promised by messages that the server will never act on is taken back.
    pub(super) fn drop_effects(&mut self, mut of: impl FnMut(&Effect) -> bool) {
        let (dropped, kept) = std::mem::take(&mut self.effects)
            .into_iter()
            .partition(|effect| of(effect));
        self.effects = kept;
        let dropped: VecDeque<Effect> = dropped;
        for effect in dropped {
            match effect.kind {
                EffectKind::Parsed(id) => self.statements.not_parsed(id),
                EffectKind::Closed(name) => self.statements.not_closed(name),
                EffectKind::Replaced | EffectKind::Rider => {}
            }
        }
    }

    /// Command tags that change what prepared statements mean.
    #[inline]
    fn tag(&mut self, words: &[u8]) {
        match words {
            b"DISCARD ALL" => {
                self.statements.forget_all(false);
                self.notifications.listens_no_more();
            }
            b"DEALLOCATE ALL" => self.statements.forget_all(false),
            b"DEALLOCATE" => self.statements.forget_all(true),
            b"SET" | b"RESET" => self.path = SearchPath::Touched,
            b"LISTEN" => self.notifications.listens(),
            _ => {}
        }
    }

    /// The search path may have been changed by a statement that holds its name.
    pub(crate) fn touch_path(&mut self) {
        self.path = SearchPath::Touched;
    }

    fn report(&mut self, name: &str, value: &str) {
        if name == "search_path" && self.parameters.contains_key(name) {
            self.path = SearchPath::Touched;
        }
        if self.reports {
            let (name, value) = (name.to_owned(), value.to_owned());
            self.put_aside(Aside::Parameter { name, value });
        }
        self.parameters.insert(name.to_owned(), value.to_owned());
    }

    fn put_aside(&mut self, aside: Aside) {
        if self.asides.len() >= ASIDES {
            self.asides.pop_front();
            self.lost_asides += 1;
        }
        self.asides.push_back(aside);
    }
}
