//! An error or a notice of the server, with every field it was sent with.

use std::fmt;

use crate::reader::{Malformed, Reader};
use crate::sqlstate::SqlState;

/// How grave a message of the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// The statement failed.
    Error,
    /// The session ends.
    Fatal,
    /// Every session ends.
    Panic,
    /// Something the user should know.
    Warning,
    /// Information.
    Notice,
    /// Only asked for by `client_min_messages`.
    Debug,
    /// Information that the user asked for.
    Info,
    /// Only asked for by `client_min_messages`.
    Log,
}

impl Severity {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "ERROR" => Self::Error,
            "FATAL" => Self::Fatal,
            "PANIC" => Self::Panic,
            "WARNING" => Self::Warning,
            "NOTICE" => Self::Notice,
            "DEBUG" => Self::Debug,
            "INFO" => Self::Info,
            "LOG" => Self::Log,
            _ => return None,
        })
    }
}

/// An ErrorResponse or NoticeResponse.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// How grave it is.
    pub severity: Severity,
    /// The SQLSTATE.
    pub code: SqlState,
    /// The primary message.
    pub message: String,
    /// More about the problem.
    pub detail: Option<String>,
    /// What could be done about it.
    pub hint: Option<String>,
    /// Where in the statement, in characters from 1.
    pub position: Option<u32>,
    /// Where in [`internal_query`](Self::internal_query), in characters from 1.
    pub internal_position: Option<u32>,
    /// A statement the server generated, in which the error is.
    pub internal_query: Option<String>,
    /// The call stack of functions.
    pub context: Option<String>,
    /// The schema the error is about.
    pub schema: Option<String>,
    /// The table the error is about.
    pub table: Option<String>,
    /// The column the error is about.
    pub column: Option<String>,
    /// The data type the error is about.
    pub data_type: Option<String>,
    /// The constraint the error is about.
    pub constraint: Option<String>,
    /// The file of the server's source.
    pub file: Option<String>,
    /// The line of the server's source.
    pub line: Option<u32>,
    /// The routine of the server's source.
    pub routine: Option<String>,
}

impl ServerError {
    /// Reads the fields of an ErrorResponse or a NoticeResponse.
    ///
    /// Text that is not UTF-8 (errors before the encoding is agreed on) is kept as well as it can be.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the fields do not end, or SQLSTATE or severity are none.
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        let mut error = Self::empty();
        let mut localized = None;
        let mut known = false;
        let mut reader = Reader::new(body);
        loop {
            let tag = reader.u8()?;
            if tag == 0 {
                break;
            }
            let text = String::from_utf8_lossy(reader.bytes_to_zero()?);
            match tag {
                b'S' => localized = Severity::read(&text),
                b'V' => {
                    known = true;
                    error.severity = Severity::read(&text).ok_or(Malformed)?;
                }
                b'C' => error.code = SqlState::from_code(&text).ok_or(Malformed)?,
                tag => error.set(tag, text.into_owned()),
            }
        }
        if !known {
            error.severity = localized.unwrap_or(Severity::Error);
        }
        reader.end()?;
        Ok(error)
    }

    fn empty() -> Self {
        Self {
            severity: Severity::Error,
            code: SqlState::INTERNAL_ERROR,
            message: String::new(),
            detail: None,
            hint: None,
            position: None,
            internal_position: None,
            internal_query: None,
            context: None,
            schema: None,
            table: None,
            column: None,
            data_type: None,
            constraint: None,
            file: None,
            line: None,
            routine: None,
        }
    }

    fn set(&mut self, tag: u8, text: String) {
        match tag {
            b'M' => self.message = text,
            b'D' => self.detail = Some(text),
            b'H' => self.hint = Some(text),
            b'P' => self.position = text.parse().ok(),
            b'p' => self.internal_position = text.parse().ok(),
            b'q' => self.internal_query = Some(text),
            b'W' => self.context = Some(text),
            b's' => self.schema = Some(text),
            b't' => self.table = Some(text),
            b'c' => self.column = Some(text),
            b'd' => self.data_type = Some(text),
            b'n' => self.constraint = Some(text),
            b'F' => self.file = Some(text),
            b'L' => self.line = text.parse().ok(),
            b'R' => self.routine = Some(text),
            // The manual asks to ignore fields of unknown type.
            _ => {}
        }
    }

    /// Whether the session is over.
    pub fn is_fatal(&self) -> bool {
        matches!(self.severity, Severity::Fatal | Severity::Panic)
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {}", self.message, self.code.code())?;
        if let Some(name) = self.code.name() {
            write!(f, ", {name}")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for ServerError {}

#[cfg(test)]
mod tests {
    use super::*;

    const DUPLICATE: &[u8] = b"SERROR\0VERROR\0C23505\0Mduplicate key\0DKey (id)=(1) already exists.\0spublic\0tcrew\0ncrew_pkey\0P8\0Fnbtinsert.c\0L666\0R_bt_check_unique\0\0";

    #[test]
    fn every_field_is_kept() {
        let error = ServerError::read(DUPLICATE).unwrap();
        assert_eq!(error.code, SqlState::UNIQUE_VIOLATION);
        assert_eq!(error.constraint.as_deref(), Some("crew_pkey"));
        assert_eq!((error.position, error.line), (Some(8), Some(666)));
        assert_eq!(
            error.to_string(),
            "duplicate key (SQLSTATE 23505, unique_violation)"
        );
    }

    #[test]
    fn every_cut_is_an_error() {
        for cut in 0..DUPLICATE.len() {
            assert_eq!(
                ServerError::read(&DUPLICATE[..cut]),
                Err(Malformed),
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn text_in_an_unknown_encoding_is_kept_as_well_as_it_can_be() {
        let error = ServerError::read(b"SFATAL\0C28000\0Mr\xf4le inconnu\0\0").unwrap();
        assert!(error.is_fatal());
        assert_eq!(error.message, "r\u{fffd}le inconnu");
    }
}
