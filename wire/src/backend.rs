//! What the server says: a frame as a message, its fields read on demand and borrowed from the read buffer.
//!
//! Layouts: PostgreSQL manual, "Message Formats".

use crate::reader::{Malformed, Reader};

/// Whether a transaction is open, as ReadyForQuery says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransactionStatus {
    /// No transaction is open.
    #[default]
    Idle,
    /// A transaction is open and healthy.
    InTransaction,
    /// A transaction is open and has failed: everything but its end is refused.
    Failed,
}

/// A message of the server.
#[derive(Debug, Clone, Copy)]
pub enum Backend<'a> {
    /// `R`: a step of authentication.
    Authentication(Authentication<'a>),
    /// `K`: how to cancel what runs in this session.
    BackendKeyData {
        /// The process of this session on the server.
        process: u32,
        /// The secret that a cancel request must show.
        secret: &'a [u8],
    },
    /// `2`
    BindComplete,
    /// `3`
    CloseComplete,
    /// `C`: a statement has ended; its command tag, which is ASCII.
    CommandComplete(&'a [u8]),
    /// `G`: the server waits for COPY data.
    CopyIn,
    /// `H`: COPY data follows.
    CopyOut,
    /// `W`: both ways, only in replication.
    CopyBoth,
    /// `d`: a piece of COPY data.
    CopyData(&'a [u8]),
    /// `c`: the end of COPY data.
    CopyDone,
    /// `D`: a row; the body is read by the codecs.
    DataRow(&'a [u8]),
    /// `I`: the statement was empty.
    EmptyQuery,
    /// `E`: the fields of an error; see [`ServerError::read`](crate::ServerError::read).
    Error(&'a [u8]),
    /// `v`: the server speaks an older protocol than was asked for.
    NegotiateProtocolVersion {
        /// The newest version that the server speaks.
        version: u32,
        /// How many of the options that were asked for the server does not know.
        unknown_options: u32,
    },
    /// `n`: the statement returns no rows.
    NoData,
    /// `N`: the fields of a notice; see [`ServerError::read`](crate::ServerError::read).
    Notice(&'a [u8]),
    /// `A`: a notification of a channel this session listens to.
    Notification {
        /// The server process that notified.
        process: u32,
        /// The channel.
        channel: &'a str,
        /// The payload, perhaps empty.
        payload: &'a str,
    },
    /// `t`: the types of the parameters.
    ParameterDescription(ParameterDescription<'a>),
    /// `S`: a setting that the server reports.
    ParameterStatus {
        /// The setting.
        name: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// `1`
    ParseComplete,
    /// `s`: a portal has more rows than were asked for.
    PortalSuspended,
    /// `Z`: the segment is over.
    ReadyForQuery(TransactionStatus),
    /// `T`: the columns of the rows.
    RowDescription(RowDescription<'a>),
}

/// The ways a server asks for proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication<'a> {
    /// Nothing more is asked.
    Ok,
    /// The password as it is.
    Cleartext,
    /// The password hashed with this salt.
    Md5([u8; 4]),
    /// A choice of SASL mechanisms, each ended by a zero byte.
    Sasl(&'a [u8]),
    /// A challenge of SASL.
    SaslContinue(&'a [u8]),
    /// The last word of SASL.
    SaslFinal(&'a [u8]),
    /// A method this crate does not speak (Kerberos, GSSAPI, SSPI, …), by its number.
    Unsupported(u32),
}

/// The types of the parameters of a statement.
#[derive(Debug, Clone, Copy)]
pub struct ParameterDescription<'a>(&'a [u8]);

impl ParameterDescription<'_> {
    /// The OIDs, in order.
    pub fn oids(&self) -> impl Iterator<Item = u32> + '_ {
        self.0
            .chunks_exact(4)
            .map(|oid| oid.try_into().map_or(0, u32::from_be_bytes))
    }
}

/// The columns of a result.
#[derive(Debug, Clone, Copy)]
pub struct RowDescription<'a> {
    count: u16,
    body: &'a [u8],
}

/// One column of a [`RowDescription`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// The table it comes from, zero if it is no plain column.
    pub table: u32,
    /// Its number in that table, zero if it is no plain column.
    pub attribute: i16,
    /// The type, domains flattened to what they are over.
    pub oid: u32,
    /// The type modifier, `-1` if there is none.
    pub modifier: i32,
    /// Whether the values are binary, and not text; unknown before the statement is bound.
    pub binary: bool,
}

impl<'a> RowDescription<'a> {
    /// How many columns there are.
    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Whether the rows have no columns at all.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The columns, in order; a column whose bytes make no sense is an error, and so is the last one if more bytes follow.
    pub fn fields(&self) -> impl Iterator<Item = Result<Field<'a>, Malformed>> + use<'a> {
        let mut reader = Reader::new(self.body);
        let last = self.count.saturating_sub(1);
        (0..self.count).map(move |index| {
            let name = reader.string()?;
            let (table, attribute) = (reader.u32()?, reader.i16()?);
            let (oid, _size) = (reader.u32()?, reader.i16()?);
            let (modifier, format) = (reader.i32()?, reader.i16()?);
            if index == last {
                reader.end()?;
            }
            Ok(Field {
                name,
                table,
                attribute,
                oid,
                modifier,
                binary: format != 0,
            })
        })
    }
}

impl<'a> Backend<'a> {
    /// Reads a frame as a message.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the tag is unknown or the body is not what the manual says.
    #[inline]
    pub fn read(tag: u8, body: &'a [u8]) -> Result<Self, Malformed> {
        match tag {
            b'D' => Ok(Self::DataRow(body)),
            b'2' => empty(body, Self::BindComplete),
            b'C' => Ok(Self::CommandComplete(
                body.strip_suffix(&[0]).ok_or(Malformed)?,
            )),
            b'Z' => Ok(Self::ReadyForQuery(status(body)?)),
            _ => Self::read_rare(tag, body),
        }
    }

    /// The tag this message came with.
    pub(crate) fn tag(&self) -> u8 {
        match self {
            Self::Authentication(_) => b'R',
            Self::BackendKeyData { .. } => b'K',
            Self::BindComplete => b'2',
            Self::CloseComplete => b'3',
            Self::CommandComplete(_) => b'C',
            Self::CopyIn => b'G',
            Self::CopyOut => b'H',
            Self::CopyBoth => b'W',
            Self::CopyData(_) => b'd',
            Self::CopyDone => b'c',
            Self::DataRow(_) => b'D',
            Self::EmptyQuery => b'I',
            Self::Error(_) => b'E',
            Self::NegotiateProtocolVersion { .. } => b'v',
            Self::NoData => b'n',
            Self::Notice(_) => b'N',
            Self::Notification { .. } => b'A',
            Self::ParameterDescription(_) => b't',
            Self::ParameterStatus { .. } => b'S',
            Self::ParseComplete => b'1',
            Self::PortalSuspended => b's',
            Self::ReadyForQuery(_) => b'Z',
            Self::RowDescription(_) => b'T',
        }
    }

    fn read_rare(tag: u8, body: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(body);
        match tag {
            b'1' => empty(body, Self::ParseComplete),
            b'3' => empty(body, Self::CloseComplete),
            b'I' => empty(body, Self::EmptyQuery),
            b'n' => empty(body, Self::NoData),
            b's' => empty(body, Self::PortalSuspended),
            b'c' => empty(body, Self::CopyDone),
            b'd' => Ok(Self::CopyData(body)),
            b'G' => Ok(Self::CopyIn),
            b'H' => Ok(Self::CopyOut),
            b'W' => Ok(Self::CopyBoth),
            b'E' => Ok(Self::Error(body)),
            b'N' => Ok(Self::Notice(body)),
            b'R' => Ok(Self::Authentication(authentication(reader)?)),
            b'T' => row_description(reader),
            b't' => parameter_description(reader),
            b'S' => {
                let (name, value) = (reader.string()?, reader.string()?);
                reader.end()?;
                Ok(Self::ParameterStatus { name, value })
            }
            b'A' => {
                let (process, channel, payload) =
                    (reader.u32()?, reader.string()?, reader.string()?);
                reader.end()?;
                Ok(Self::Notification {
                    process,
                    channel,
                    payload,
                })
            }
            b'K' => {
                let process = reader.u32()?;
                let secret = reader.rest();
                if (4..=256).contains(&secret.len()) {
                    Ok(Self::BackendKeyData { process, secret })
                } else {
                    Err(Malformed)
                }
            }
            b'v' => {
                let (version, unknown_options) = (reader.u32()?, reader.u32()?);
                // Their names follow. A message that counts others than it lists makes no sense.
                for _ in 0..unknown_options {
                    reader.bytes_to_zero()?;
                }
                reader.end()?;
                Ok(Self::NegotiateProtocolVersion {
                    version,
                    unknown_options,
                })
            }
            _ => Err(Malformed),
        }
    }
}

fn empty<'a>(body: &[u8], message: Backend<'a>) -> Result<Backend<'a>, Malformed> {
    if body.is_empty() {
        Ok(message)
    } else {
        Err(Malformed)
    }
}

fn status(body: &[u8]) -> Result<TransactionStatus, Malformed> {
    match body {
        b"I" => Ok(TransactionStatus::Idle),
        b"T" => Ok(TransactionStatus::InTransaction),
        b"E" => Ok(TransactionStatus::Failed),
        _ => Err(Malformed),
    }
}

fn authentication(mut reader: Reader<'_>) -> Result<Authentication<'_>, Malformed> {
    Ok(match reader.u32()? {
        0 => reader.end().map(|()| Authentication::Ok)?,
        3 => reader.end().map(|()| Authentication::Cleartext)?,
        5 => Authentication::Md5(reader.rest().try_into().map_err(|_| Malformed)?),
        10 => Authentication::Sasl(reader.rest()),
        11 => Authentication::SaslContinue(reader.rest()),
        12 => Authentication::SaslFinal(reader.rest()),
        other => Authentication::Unsupported(other),
    })
}

fn parameter_description(mut reader: Reader<'_>) -> Result<Backend<'_>, Malformed> {
    let count = usize::from(reader.u16()?);
    let oids = reader.take(count * 4)?;
    reader.end()?;
    Ok(Backend::ParameterDescription(ParameterDescription(oids)))
}

fn row_description(mut reader: Reader<'_>) -> Result<Backend<'_>, Malformed> {
    let count = reader.u16()?;
    if count == 0 {
        reader.end()?;
    }
    Ok(Backend::RowDescription(RowDescription {
        count,
        body: reader.rest(),
    }))
}

#[cfg(test)]
mod tests;
