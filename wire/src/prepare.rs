//! The exchange that asks what a statement is, without running it: the types of its parameters and its columns.

use crate::backend::Backend;
use crate::connection::{Connection, SegmentId};
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::frontend;
use crate::server_error::ServerError;

/// A column as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreparedColumn {
    /// Its name.
    pub name: String,
    /// The OID of its type, domains flattened.
    pub oid: u32,
    /// The table it is a plain column of, or zero.
    pub table: u32,
    /// Its number in that table, or zero.
    pub attribute: i16,
    /// The type modifier, `-1` if there is none.
    pub modifier: i32,
}

/// What a statement is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Prepared {
    /// The OIDs of the types of its parameters.
    pub parameters: Vec<u32>,
    /// Its columns; `None` if it returns no rows at all.
    pub columns: Option<Vec<PreparedColumn>>,
}

/// Asks about one statement: `[Parse, no name][Describe][Sync]`.
#[derive(Debug)]
pub struct Prepare {
    segment: SegmentId,
    outcome: Result<Prepared, Box<ServerError>>,
}

impl Prepare {
    /// Queues the question; `types` may name the types of the first parameters, zero meaning "infer it".
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing has been queued.
    pub fn start(to: &mut Connection, sql: &str, types: &[u32]) -> Result<Self, EncodeError> {
        let segment = to.begin();
        let queued = frontend::parse(&mut to.out, "", sql, types)
            .and_then(|()| frontend::describe_statement(&mut to.out, ""));
        if let Err(error) = queued {
            to.abandon(segment);
            return Err(error);
        }
        to.sync();
        Ok(Self {
            segment,
            outcome: Ok(Prepared::default()),
        })
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }
}

impl Exchange for Prepare {
    type Output = Result<Prepared, Box<ServerError>>;

    fn receive(
        &mut self,
        message: Backend<'_>,
        _to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        match (message, &mut self.outcome) {
            (Backend::ParameterDescription(types), Ok(prepared)) => {
                prepared.parameters = types.oids().collect()
            }
            (Backend::RowDescription(columns), Ok(prepared)) => {
                let columns = columns.fields().map(|field| {
                    field.map(|field| PreparedColumn {
                        name: field.name.to_owned(),
                        oid: field.oid,
                        table: field.table,
                        attribute: field.attribute,
                        modifier: field.modifier,
                    })
                });
                let columns: Result<_, _> = columns.collect();
                prepared.columns = Some(columns.map_err(ProtocolError::malformed(b'T'))?);
            }
            (Backend::ParseComplete | Backend::NoData, Ok(_)) => {}
            (Backend::Error(body), outcome) => {
                let error = ServerError::read(body).map_err(ProtocolError::malformed(b'E'))?;
                *outcome = Err(Box::new(error));
            }
            (Backend::ReadyForQuery(_), _) => return Ok(Step::Done(self.skipped())),
            (message, _) => {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: "a reply to Parse and Describe",
                });
            }
        }
        Ok(Step::More)
    }

    fn skipped(&mut self) -> Self::Output {
        std::mem::replace(&mut self.outcome, Ok(Prepared::default()))
    }
}
