//! Everything about one connection that must survive a dropped future: what is to be sent, what is owed, what is known.

use std::collections::{HashMap, VecDeque};

use crate::backend::TransactionStatus;
use crate::exchange::EncodeError;
use crate::frontend;
use crate::server_error::ServerError;
use crate::statements::{StatementId, Statements};

mod abandon;
mod feed;
mod notifications;
mod receive;
mod refusal;
mod riders;
#[cfg(test)]
mod tests;

pub use notifications::Notification;
pub use riders::RiderId;

use feed::Feed;
use notifications::Notifications;
use refusal::Refusal;
use riders::{Rider, Seated};

/// Buffers above this size are given back when they are empty.
const KEPT: usize = 1024 * 1024;
/// What the server has answered is dropped from the buffer when so many bytes were sent.
const ANSWERED: usize = 64 * 1024;
/// How many notices wait for somebody to take them.
const ASIDES: usize = 1024;

/// One stretch of the conversation between two Syncs.
///
/// Success is final only at its ReadyForQuery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentId(u64);

#[derive(Debug)]
struct Segment {
    id: SegmentId,
    // Where its first byte stands in the stream of all bytes ever queued.
    start: u64,
    // Whether the message that makes the server answer ReadyForQuery has been queued.
    closed: bool,
    // Opened by the simple protocol: there is no Sync in it.
    simple: bool,
    abandoned: bool,
    // It ends a transaction that was dropped: afterwards none may be open.
    undoes: bool,
    // How many statements at its head are not answered yet: their answers are nobody's business.
    riders: u32,
    // The bytes read since it was abandoned: they may not be read for ever.
    drained: usize,
}

/// What the arrival of ParseComplete or CloseComplete will mean.
#[derive(Debug)]
struct Effect {
    segment: SegmentId,
    // Where its message starts in the stream.
    at: u64,
    kind: EffectKind,
}

#[derive(Debug)]
enum EffectKind {
    Parsed(StatementId),
    Closed(Box<str>),
    // The Close of a name that is parsed again right behind it.
    Replaced,
    // A statement without a name at the head of a segment.
    Rider,
}

/// What the server says beside its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Aside {
    /// A notice.
    Notice(Box<ServerError>),
    /// A setting has been reported: when the session opens, and when it changes.
    Parameter {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

/// One connection, without its socket.
///
/// ```text
/// begin ─> messages ─> sync │ out ──handed over──> transport
///                           │ segments: one entry per ReadyForQuery that is owed
/// receive(frame) ─> what the reply does to the session ─> does a live exchange want it?
/// ```
#[derive(Debug)]
pub struct Connection {
    // Invariant: out starts at a message's first byte, and sent <= out.len().
    pub(crate) out: Vec<u8>,
    sent: usize,
    // Where out[0] stands in the stream of all bytes ever queued.
    base: u64,
    segments: VecDeque<Segment>,
    next_segment: u64,
    effects: VecDeque<Effect>,
    // The statement that RowDescription or NoData will be about, and its name.
    describing: Option<(StatementId, Box<str>)>,
    status: TransactionStatus,
    pub(crate) statements: Statements,
    parameters: HashMap<String, String>,
    key: Option<(u32, Box<[u8]>)>,
    asides: VecDeque<Aside>,
    lost_asides: u64,
    notifications: Notifications,
    // Settings are put aside, too: somebody will take them.
    reports: bool,
    path: SearchPath,
    // No segment is sent before the one ahead of it has been answered.
    one_by_one: bool,
    // What opens a transaction or a savepoint and has not been written yet.
    riders: Vec<Rider>,
    seated: Vec<Seated>,
    next_rider: u64,
    // Segments that copy in and have not been answered to their end.
    feeds: Vec<Feed>,
    // Of the front segment: its COPY is being refused.
    refusal: Option<Refusal>,
}

/// Whether names may mean other tables than when statements were prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SearchPath {
    Settled,
    // Something of this segment may have changed it.
    Touched,
    // It was changed in the transaction that is open: the transaction's end may change it back.
    Provisional,
}

impl Connection {
    /// A connection that keeps at most `statements` prepared; with zero, every use parses its statement without a name.
    pub fn new(statements: usize) -> Self {
        Self {
            out: Vec::with_capacity(1024),
            sent: 0,
            base: 0,
            segments: VecDeque::with_capacity(4),
            next_segment: 0,
            effects: VecDeque::new(),
            describing: None,
            status: TransactionStatus::Idle,
            statements: Statements::new(statements),
            parameters: HashMap::new(),
            key: None,
            asides: VecDeque::new(),
            lost_asides: 0,
            notifications: Notifications::new(),
            reports: false,
            path: SearchPath::Settled,
            one_by_one: false,
            riders: Vec::new(),
            seated: Vec::new(),
            next_rider: 0,
            feeds: Vec::new(),
            refusal: None,
        }
    }

    /// From here on no segment is handed over before the one ahead of it has been answered to its end.
    ///
    /// That is for poolers that lend a server for a transaction and count no messages: they take the server back when a
    /// segment ends, although part of the next one has reached it, and send the rest to another server.
    pub fn send_one_by_one(&mut self) {
        self.one_by_one = true;
    }

    /// The bytes that wait for the transport.
    #[inline]
    pub fn unsent(&self) -> &[u8] {
        if self.one_by_one {
            return self.unsent_of_first();
        }
        self.out.get(self.sent..).unwrap_or_default()
    }

    /// What may be sent of the first segment; a message of the simple protocol, which no pooler cuts, belongs to what is
    /// before it.
    #[cold]
    #[inline(never)]
    fn unsent_of_first(&self) -> &[u8] {
        let mut others = self.segments.iter().skip(1);
        let next = others.find(|segment| !segment.simple);
        let end = next.map_or(self.out.len(), |segment| self.index(segment.start));
        self.out.get(self.sent..end).unwrap_or_default()
    }

    /// Notes that the transport has taken `count` bytes: they will reach the server, come what may.
    #[inline]
    pub fn handed_over(&mut self, count: usize) {
        self.sent = self.out.len().min(self.sent + count);
    }

    /// The part of [`Connection::unsent`] that belongs to segments whose answers nobody waits for.
    ///
    /// While [`Connection::draining`] nothing else should be sent: a cancel request could hit it, and what stands behind
    /// a COPY ends the session.
    pub fn unsent_for_nobody(&self) -> &[u8] {
        let live = self.segments.iter().find(|segment| !segment.abandoned);
        let end = live.map_or(self.out.len(), |segment| self.index(segment.start));
        let end = end.min(self.end_of_undecided_feed());
        let unsent = self.unsent();
        let count = end.saturating_sub(self.sent);
        unsent.get(..count).unwrap_or(unsent)
    }

    /// Whether nothing has been handed over of what somebody waits for.
    pub fn is_untouched(&self) -> bool {
        let live = self.segments.iter().find(|segment| !segment.abandoned);
        live.is_none_or(|segment| self.handed_over_to() <= segment.start)
    }

    /// Whether no answer that is owed belongs to anybody.
    #[inline]
    pub(crate) fn nobody_waits(&self) -> bool {
        self.segments.iter().all(|segment| segment.abandoned)
    }

    /// Whether a segment is not answered to its end. One that was abandoned before anything of it was handed over is gone.
    pub fn owes(&self, id: SegmentId) -> bool {
        self.segments.iter().any(|segment| segment.id == id)
    }

    /// How many segments are not answered to their end.
    #[inline]
    pub fn owed(&self) -> usize {
        self.segments.len()
    }

    /// Whether the next answers belong to nobody, and how many bytes of them have come.
    #[inline]
    pub fn draining(&self) -> Option<usize> {
        self.segments
            .front()
            .filter(|segment| segment.abandoned)
            .map(|segment| segment.drained)
    }

    /// Whether a transaction was open when the last segment ended.
    #[inline]
    pub fn status(&self) -> TransactionStatus {
        self.status
    }

    /// The statements of this session.
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    /// A setting that the server has reported.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The process of this session on the server, and the secret a cancel request must show.
    pub fn key(&self) -> Option<(u32, &[u8])> {
        self.key
            .as_ref()
            .map(|(process, secret)| (*process, &**secret))
    }

    #[cfg(feature = "auth")]
    pub(crate) fn set_key(&mut self, process: u32, secret: &[u8]) {
        self.key = Some((process, secret.into()));
    }

    /// The oldest notice that nobody has taken.
    pub fn take_aside(&mut self) -> Option<Aside> {
        self.asides.pop_front()
    }

    /// Whether something was said beside the answers that nobody has taken.
    #[inline]
    pub fn has_asides(&self) -> bool {
        !self.asides.is_empty()
    }

    /// Hands everything out that was said beside the answers; what is not taken stays.
    pub fn sift_asides(&mut self, mut take: impl FnMut(&Aside) -> bool) {
        self.asides.retain(|aside| !take(aside));
    }

    /// From here on settings that the server reports are put aside, too.
    pub fn put_reports_aside(&mut self) {
        self.reports = true;
    }

    /// How many notices were dropped because nobody took them.
    pub fn lost_asides(&self) -> u64 {
        self.lost_asides
    }

    /// Opens a segment. What is written until [`Connection::close_segment`] belongs to it.
    #[inline]
    pub(crate) fn begin(&mut self) -> SegmentId {
        self.reuse_buffer();
        let id = SegmentId(self.next_segment);
        self.next_segment += 1;
        let start = self.position();
        self.segments.push_back(Segment {
            id,
            start,
            closed: false,
            simple: false,
            abandoned: false,
            undoes: false,
            riders: 0,
            drained: 0,
        });
        id
    }

    /// The message just queued makes the server end the newest segment.
    #[inline]
    pub(crate) fn close_segment(&mut self) {
        if let Some(segment) = self.segments.back_mut() {
            segment.closed = true;
        }
    }

    /// Whether nothing of a segment has been handed over.
    pub fn is_unsent(&self, id: SegmentId) -> bool {
        let segment = self.segments.iter().find(|segment| segment.id == id);
        segment.is_some_and(|segment| self.handed_over_to() <= segment.start)
    }

    /// Takes back the last message of the newest segment, which is so long and has not been handed over: more follows.
    pub(crate) fn reopen_segment(&mut self, length: usize) {
        self.out.truncate(self.out.len().saturating_sub(length));
        if let Some(segment) = self.segments.back_mut() {
            segment.closed = false;
        }
    }

    #[inline(always)]
    pub(crate) fn sync(&mut self) {
        self.out.extend_from_slice(frontend::SYNC);
        self.close_segment();
    }

    /// Where the next byte stands in the stream of all bytes.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.base + u64::try_from(self.out.len()).unwrap_or(u64::MAX)
    }

    /// Makes room if nothing waits: of what the newest segment has handed over, nothing is ever needed again.
    pub(crate) fn forget_handed_over(&mut self) {
        if self.unsent().is_empty() {
            self.base = self.position();
            self.sent = 0;
            self.out.clear();
        }
    }

    /// Where the first byte that was not handed over stands in the stream of all bytes.
    fn handed_over_to(&self) -> u64 {
        self.base + u64::try_from(self.sent).unwrap_or(u64::MAX)
    }

    /// A Bind and the Execute behind it, where Bind stands counted from the segment's start, if they have not been given
    /// back.
    pub(crate) fn queued_in(&self, id: SegmentId, bind: u64) -> Option<Box<[u8]>> {
        let segment = self.segments.iter().find(|segment| segment.id == id)?;
        let start = segment.start.checked_sub(self.base)? + bind;
        let queued = self.out.get(usize::try_from(start).ok()?..)?;
        let length = queued.get(1..)?.first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        Some(queued.get(..1 + length + frontend::EXECUTE_SIZE)?.into())
    }

    /// Queues a Parse and notes what its answer will mean.
    pub(crate) fn parse(
        &mut self,
        id: StatementId,
        sql: &str,
        types: &[u32],
    ) -> Result<(), EncodeError> {
        let at = self.position();
        let process = self.key.as_ref().map_or(0, |(process, _)| *process);
        let sql = self.statements.told_apart(sql, process);
        frontend::parse(&mut self.out, self.statements.name(id), &sql, types)?;
        self.note(at, EffectKind::Parsed(id));
        Ok(())
    }

    /// Queues the Close of every statement that has made room; it rides with this flight.
    #[inline]
    pub(crate) fn close_evicted(&mut self) {
        while let Some(name) = self.statements.next_to_close() {
            let at = self.position();
            if frontend::close_statement(&mut self.out, &name).is_ok() {
                self.note(at, EffectKind::Closed(name));
            }
        }
    }

    /// Queues the Close of a statement whose name is about to be parsed again.
    pub(crate) fn close_replaced(&mut self, id: StatementId) -> Result<(), EncodeError> {
        let at = self.position();
        frontend::close_statement(&mut self.out, self.statements.name(id))?;
        self.note(at, EffectKind::Replaced);
        Ok(())
    }

    fn note(&mut self, at: u64, kind: EffectKind) {
        if let Some(segment) = self.segments.back().map(|segment| segment.id) {
            self.effects.push_back(Effect { segment, at, kind });
        }
    }

    #[inline]
    fn reuse_buffer(&mut self) {
        if self.segments.is_empty() && self.sent == self.out.len() {
            self.statements.rest();
            self.base = self.position();
            self.sent = 0;
            self.out.clear();
            if self.out.capacity() > KEPT {
                self.out = Vec::with_capacity(1024);
            }
        } else if self.sent > ANSWERED {
            self.drop_answered();
        }
    }

    /// A connection that many share may never be at rest: what was answered makes room although something is on its way.
    #[cold]
    fn drop_answered(&mut self) {
        let front = self.segments.front().map(|segment| segment.start);
        let answered = front.map_or(self.out.len(), |start| self.index(start));
        let answered = answered.min(self.sent);
        // Moving the rest costs no more than it frees.
        if answered * 2 >= self.out.len() {
            self.out.drain(..answered);
            self.sent -= answered;
            self.base += u64::try_from(answered).unwrap_or(0);
        }
    }

    /// Queues the message that ends the session.
    pub fn terminate(&mut self) {
        self.out.extend_from_slice(frontend::TERMINATE);
    }
}
