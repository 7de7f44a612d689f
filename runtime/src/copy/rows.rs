//! Rows that are copied out, one by one.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use hathi_wire::Frame;

use super::failure::CopyFailure;
use super::lines::LineReader;
use super::progress::CopyProgress;
use super::pull::Pull;
use crate::codec::DataRow;
use crate::error::Error;
use crate::query::DecodeRow;

/// What binary data begins with; behind it stand 32 bits of flags and the length of an extension.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// The length of the header with the length of its extension.
const HEADER: usize = 19;

/// Rows on their way out of a query or a table; what [`Session::copy_out`](crate::Session::copy_out) returns.
///
/// What is not read stays in the socket, and the server waits. The time limit of a call holds for each wait for the server.
///
/// # Cancellation
///
/// Dropping it early is cheap: the session's next call asks the server to stop, instead of reading to the end.
///
/// # Example: rows as they come
///
/// ```no_run
/// use hathi::CopyOut;
/// use hathi::sql::{int4, text};
///
/// const USERS: CopyOut<(i32, String)> = CopyOut::raw("SELECT id, name FROM users", (int4, text));
///
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// let mut users = session.copy_out(USERS);
/// while let Some(user) = users.next().await {
///     let (id, name) = user?;
///     # let _ = (id, name);
/// }
/// # Ok(()) }
/// ```
#[must_use = "nothing is copied unless it is read"]
pub struct CopyRows<'s, R> {
    rows: Cursor<'s>,
    decode: DecodeRow<R>,
}

/// Where the rows are: what does not depend on their type.
#[derive(Debug)]
struct Cursor<'s> {
    pull: Pull<'s>,
    columns: u16,
    // None in the binary format.
    lines: Option<LineReader>,
    state: State,
    // What has come last, and how much of it was taken.
    piece: Option<(Frame, usize)>,
    // What of earlier pieces is no whole row, and how much of it was taken. If it is not empty, `piece` is none.
    carry: Vec<u8>,
    taken: usize,
    // The row, where it is not as it came.
    row: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    // The header of binary data has not come yet.
    Header,
    Rows,
    // The trailer of binary data has come.
    Trailer,
    Ended,
}

/// What there is at the beginning of some data.
enum Found {
    // A row: how long it is.
    Row(usize),
    // Something that is no row, and its length.
    Other(usize, State),
    // The line with the names of the columns.
    Names(usize),
    // Not enough.
    Nothing,
}

/// Where a row lies.
#[derive(Clone, Copy)]
enum Place {
    Piece(Frame, usize, usize),
    Carry(usize, usize),
    Row,
}

impl<'s, R> CopyRows<'s, R> {
    pub(super) fn new(
        pull: Pull<'s>,
        columns: u16,
        lines: Option<LineReader>,
        decode: DecodeRow<R>,
    ) -> Self {
        let state = match lines {
            None => State::Header,
            Some(_) => State::Rows,
        };
        let rows = Cursor {
            pull,
            columns,
            lines,
            state,
            piece: None,
            carry: Vec::new(),
            taken: 0,
            row: Vec::new(),
        };
        Self { rows, decode }
    }

    /// Calls a function each time that another 64 KiB have been read, and at the end.
    pub fn on_progress(mut self, tell: impl FnMut(CopyProgress) + Send + 'static) -> Self {
        self.rows.pull.progress.listen(tell);
        self
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> CopyProgress {
        self.rows.pull.progress.now
    }

    /// The next row; `None` behind the last one.
    ///
    /// # Errors
    ///
    /// If the server refuses the COPY or fails in the middle of it, its columns are not those that were expected, a value
    /// cannot be read, or the connection is lost; behind an error there are no more rows.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing: the next call returns the row.
    pub async fn next(&mut self) -> Option<Result<R, Error>> {
        poll_fn(|cx| self.poll_row(cx)).await
    }

    /// Lends the next row as it lies in the read buffer; `None` behind the last one. In the binary format, nothing is
    /// allocated or copied.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    ///
    /// # Cancellation
    ///
    /// As [`next`](Self::next).
    pub async fn lend(&mut self) -> Result<Option<DataRow<'_>>, Error> {
        let place = poll_fn(|cx| self.rows.poll_place(cx)).await?;
        place.map(|place| self.rows.row(place)).transpose()
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R, Error>>> {
        let place = match ready!(self.rows.poll_place(cx)) {
            Ok(Some(place)) => place,
            Ok(None) => return Poll::Ready(None),
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        let decoded = self.rows.row(place).and_then(|row| (self.decode)(&row));
        Poll::Ready(Some(decoded.map_err(|error| {
            let error = error.within(self.rows.pull.source());
            self.rows.end();
            error
        })))
    }
}

impl<R> Unpin for CopyRows<'_, R> {}

impl<R> Stream for CopyRows<'_, R> {
    type Item = Result<R, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row(cx)
    }
}

impl<R> fmt::Debug for CopyRows<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyRows")
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}

impl Cursor<'_> {
    /// The next row; `None` behind the last one.
    fn poll_place(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Place>, Error>> {
        loop {
            if self.state == State::Ended {
                return Poll::Ready(Ok(None));
            }
            match self.take() {
                Ok(Some(place)) => {
                    self.pull.progress.add(1, 0);
                    return Poll::Ready(Ok(Some(place)));
                }
                Ok(None) => {}
                Err(failure) => return Poll::Ready(Err(self.fail(failure))),
            }
            match ready!(self.pull.poll_piece(cx)) {
                Ok(Some(frame)) => self.add(frame),
                Ok(None) => {
                    let is_whole = self.carry.is_empty() && self.state != State::Header;
                    let is_binary = self.lines.is_none();
                    if !is_whole || (is_binary && self.state != State::Trailer) {
                        let cut = CopyFailure::Data("it ends in the middle");
                        return Poll::Ready(Err(self.fail(cut)));
                    }
                    self.end();
                }
                Err(error) => {
                    self.end();
                    return Poll::Ready(Err(error));
                }
            }
        }
    }

    fn row(&mut self, place: Place) -> Result<DataRow<'_>, Error> {
        let columns = self.columns;
        let body = match place {
            Place::Piece(frame, start, end) => self.pull.body(frame).get(start..end),
            Place::Carry(start, end) => self.carry.get(start..end),
            Place::Row => Some(self.row.as_slice()),
        };
        DataRow::new(body.unwrap_or_default(), columns).map_err(Error::row)
    }

    fn end(&mut self) {
        self.state = State::Ended;
        self.pull.give_up();
    }

    #[cold]
    fn fail(&mut self, failure: CopyFailure) -> Error {
        let error = self.pull.error(failure);
        self.end();
        error
    }

    /// Another piece has come.
    fn add(&mut self, frame: Frame) {
        let body = self.pull.body(frame);
        let length = body.len();
        if self.carry.is_empty() {
            self.piece = Some((frame, 0));
        } else {
            self.carry.drain(..self.taken);
            self.taken = 0;
            // Not through `body`: it borrows all of the cursor.
            let body = self.pull.body(frame);
            self.carry.extend_from_slice(body);
        }
        self.pull.progress.add(0, length);
    }

    /// Takes the next row of what is there.
    fn take(&mut self) -> Result<Option<Place>, CopyFailure> {
        loop {
            let (data, start) = match self.piece {
                Some((frame, taken)) => (self.pull.body(frame), taken),
                None => (self.carry.as_slice(), self.taken),
            };
            let rest = data.get(start..).unwrap_or_default();
            if rest.is_empty() {
                self.piece = None;
                self.carry.clear();
                self.taken = 0;
                return Ok(None);
            }
            let found = match &mut self.lines {
                None => binary(rest, self.state)?,
                Some(lines) => match lines.line(rest) {
                    None => Found::Nothing,
                    Some(length) if lines.is_header() => Found::Names(length),
                    Some(length) => {
                        let line = rest.get(..length).unwrap_or_default();
                        lines.read(line, &mut self.row)?;
                        Found::Row(length)
                    }
                },
            };
            let length = match found {
                Found::Row(length) | Found::Names(length) => length,
                Found::Other(length, state) => {
                    self.state = state;
                    length
                }
                Found::Nothing => {
                    if self.piece.is_some() {
                        let rest = rest.to_vec();
                        self.carry = rest;
                        (self.piece, self.taken) = (None, 0);
                    }
                    return Ok(None);
                }
            };
            let place = match (&self.lines, &mut self.piece) {
                (Some(_), _) => Place::Row,
                (None, Some((frame, _))) => Place::Piece(*frame, start, start + length),
                (None, None) => Place::Carry(start, start + length),
            };
            match &mut self.piece {
                Some((_, taken)) => *taken += length,
                None => self.taken += length,
            }
            if matches!(found, Found::Row(_)) {
                return Ok(Some(place));
            }
        }
    }
}

/// What binary data begins with.
fn binary(data: &[u8], state: State) -> Result<Found, CopyFailure> {
    match state {
        State::Header => header(data),
        State::Rows => tuple(data),
        State::Trailer | State::Ended => Err(CopyFailure::Data("more follows behind its end")),
    }
}

fn header(data: &[u8]) -> Result<Found, CopyFailure> {
    let signature = data.get(..SIGNATURE.len().min(data.len()));
    if !signature.is_some_and(|signature| SIGNATURE.starts_with(signature)) {
        return Err(CopyFailure::Data("it does not begin as binary data does"));
    }
    let Some(extension) = data.get(HEADER - 4..).and_then(|rest| rest.first_chunk()) else {
        return Ok(Found::Nothing);
    };
    let extension = usize::try_from(u32::from_be_bytes(*extension));
    let length = extension.ok().and_then(|length| length.checked_add(HEADER));
    match length {
        Some(length) if data.len() >= length => Ok(Found::Other(length, State::Rows)),
        _ => Ok(Found::Nothing),
    }
}

/// A row is as long as its values say.
fn tuple(data: &[u8]) -> Result<Found, CopyFailure> {
    let Some(count) = data.first_chunk() else {
        return Ok(Found::Nothing);
    };
    let count = i16::from_be_bytes(*count);
    if count == -1 {
        return Ok(Found::Other(2, State::Trailer));
    }
    let mut at = 2_usize;
    for _ in 0..count {
        let Some(length) = data.get(at..).and_then(|rest| rest.first_chunk()) else {
            return Ok(Found::Nothing);
        };
        at += 4;
        match i32::from_be_bytes(*length) {
            -1 => {}
            length => {
                let length = usize::try_from(length);
                let end = length.ok().and_then(|length| at.checked_add(length));
                at = end.ok_or(CopyFailure::Data("a value has a length below zero"))?;
            }
        }
    }
    Ok(match data.len() >= at {
        true => Found::Row(at),
        false => Found::Nothing,
    })
}
