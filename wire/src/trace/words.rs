//! What each message is called, and what of it may be known.

use std::fmt::Write as _;

use super::{Words, refusal};
use crate::reader::{Malformed, Reader};

/// A message of a client.
pub(super) fn of_client(tag: u8, body: &[u8]) -> Words<'_> {
    let mut reader = Reader::new(body);
    match tag {
        b'P' => {
            let about = quoted(&mut reader).unwrap_or_default();
            ("Parse", about, Some(text(reader.rest())))
        }
        b'Q' => ("Query", String::new(), Some(text(body))),
        b'B' => ("Bind", bind(reader).unwrap_or_default(), None),
        b'E' => ("Execute", execute(reader).unwrap_or_default(), None),
        b'D' => ("Describe", kind_and_name(reader).unwrap_or_default(), None),
        b'C' => ("Close", kind_and_name(reader).unwrap_or_default(), None),
        b'S' => plain("Sync"),
        b'H' => plain("Flush"),
        b'X' => plain("Terminate"),
        b'd' => plain("CopyData"),
        b'c' => plain("CopyDone"),
        b'f' => plain("CopyFail"),
        // Passwords and proofs of them.
        b'p' => plain("PasswordMessage or SASLResponse"),
        _ => plain("unknown message"),
    }
}

/// A message of a server.
pub(super) fn of_server(tag: u8, body: &[u8]) -> Words<'_> {
    let reader = Reader::new(body);
    match tag {
        b'R' => (
            "Authentication",
            authentication(reader).unwrap_or_default(),
            None,
        ),
        b'K' => ("BackendKeyData", process(reader).unwrap_or_default(), None),
        b'S' => ("ParameterStatus", setting(reader).unwrap_or_default(), None),
        b'Z' => ("ReadyForQuery", status(body).to_owned(), None),
        b'T' => ("RowDescription", columns(reader), None),
        b't' => (
            "ParameterDescription",
            counted(reader, "parameters").unwrap_or_default(),
            None,
        ),
        b'D' => ("DataRow", sizes(reader), None),
        b'C' => ("CommandComplete", text(body).to_owned(), None),
        b'E' => ("ErrorResponse", refusal(body), None),
        b'N' => ("NoticeResponse", refusal(body), None),
        b'A' => (
            "NotificationResponse",
            notification(reader).unwrap_or_default(),
            None,
        ),
        b'1' => plain("ParseComplete"),
        b'2' => plain("BindComplete"),
        b'3' => plain("CloseComplete"),
        b'n' => plain("NoData"),
        b's' => plain("PortalSuspended"),
        b'I' => plain("EmptyQueryResponse"),
        b'G' => plain("CopyInResponse"),
        b'H' => plain("CopyOutResponse"),
        b'W' => plain("CopyBothResponse"),
        b'd' => plain("CopyData"),
        b'c' => plain("CopyDone"),
        b'v' => plain("NegotiateProtocolVersion"),
        _ => plain("unknown message"),
    }
}

fn plain(name: &'static str) -> Words<'static> {
    (name, String::new(), None)
}

/// A text as far as it was kept, up to its zero byte.
fn text(bytes: &[u8]) -> &str {
    let end = bytes.iter().position(|byte| *byte == 0);
    let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => bytes
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())
            .unwrap_or_default(),
    }
}

fn quoted(reader: &mut Reader<'_>) -> Result<String, Malformed> {
    reader.string().map(|name| format!("{name:?}"))
}

fn kind_and_name(mut reader: Reader<'_>) -> Result<String, Malformed> {
    let kind = match reader.u8()? {
        b'S' => "statement",
        _ => "portal",
    };
    Ok(format!("{kind} {}", quoted(&mut reader)?))
}

fn bind(mut reader: Reader<'_>) -> Result<String, Malformed> {
    reader.string()?;
    let mut about = quoted(&mut reader)?;
    let formats = reader.u16()?;
    reader.take(2 * usize::from(formats))?;
    about.push(' ');
    about.push_str(&sizes(reader));
    Ok(about)
}

fn execute(mut reader: Reader<'_>) -> Result<String, Malformed> {
    reader.string()?;
    Ok(match reader.u32()? {
        0 => String::new(),
        limit => format!("{limit} rows"),
    })
}

/// How long the values of a row or of parameters are, as far as they were kept.
fn sizes(mut reader: Reader<'_>) -> String {
    let Ok(count) = reader.u16() else {
        return String::new();
    };
    let mut sizes = format!("{count} values:");
    for _ in 0..count {
        let Ok(length) = reader.i32() else {
            sizes.push_str(" …");
            break;
        };
        // A string takes all.
        let _ = match usize::try_from(length) {
            Ok(length) => {
                let _ = reader.take(length.min(reader.rest().len()));
                write!(sizes, " {length}")
            }
            Err(_) => write!(sizes, " NULL"),
        };
    }
    sizes
}

fn columns(mut reader: Reader<'_>) -> String {
    let mut columns = String::new();
    let count = reader.u16().unwrap_or(0);
    for _ in 0..count {
        let Ok(name) = quoted(&mut reader) else { break };
        if reader.take(18).is_err() {
            break;
        }
        if !columns.is_empty() {
            columns.push(' ');
        }
        columns.push_str(&name);
    }
    columns
}

fn counted(mut reader: Reader<'_>, what: &str) -> Result<String, Malformed> {
    reader.u16().map(|count| format!("{count} {what}"))
}

fn authentication(mut reader: Reader<'_>) -> Result<String, Malformed> {
    Ok(match reader.u32()? {
        0 => "ok".to_owned(),
        3 => "cleartext".to_owned(),
        5 => "md5".to_owned(),
        10 => "SASL".to_owned(),
        11 => "SASL continues".to_owned(),
        12 => "SASL ends".to_owned(),
        other => format!("method {other}"),
    })
}

/// The process, and never the key.
fn process(mut reader: Reader<'_>) -> Result<String, Malformed> {
    reader.u32().map(|process| format!("process {process}"))
}

fn setting(mut reader: Reader<'_>) -> Result<String, Malformed> {
    let name = reader.string()?;
    Ok(format!("{name} = {:?}", reader.string()?))
}

fn notification(mut reader: Reader<'_>) -> Result<String, Malformed> {
    let process = reader.u32()?;
    let channel = quoted(&mut reader)?;
    let payload = reader.string()?.len();
    Ok(format!(
        "channel {channel} from process {process}, {payload} bytes"
    ))
}

fn status(body: &[u8]) -> &'static str {
    match body {
        b"I" => "idle",
        b"T" => "in a transaction",
        b"E" => "in a failed transaction",
        _ => "",
    }
}
