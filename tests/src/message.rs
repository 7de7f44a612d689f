//! What a server says, as bytes. Layouts: PostgreSQL manual, "Message Formats".

/// Any message: its tag, its length, its body.
pub fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a message of a test is short");
    [&[tag][..], &length.to_be_bytes(), body].concat()
}

/// A message that lies about its length.
pub fn lying(tag: u8, length: u32, body: &[u8]) -> Vec<u8> {
    [&[tag][..], &length.to_be_bytes(), body].concat()
}

/// Authentication, with the number of its kind and what belongs to it.
pub fn authentication(kind: u32, data: &[u8]) -> Vec<u8> {
    message(b'R', &[&kind.to_be_bytes()[..], data].concat())
}

/// All that a server says to somebody it asks for nothing.
pub fn welcome() -> Vec<u8> {
    [
        authentication(0, b""),
        parameter_status("server_version", "18.0"),
        parameter_status("client_encoding", "UTF8"),
        key_data(4711, &[1, 2, 3, 4]),
        ready(b'I'),
    ]
    .concat()
}

/// ParameterStatus.
pub fn parameter_status(name: &str, value: &str) -> Vec<u8> {
    message(b'S', format!("{name}\0{value}\0").as_bytes())
}

/// BackendKeyData.
pub fn key_data(process: u32, secret: &[u8]) -> Vec<u8> {
    message(b'K', &[&process.to_be_bytes()[..], secret].concat())
}

/// ReadyForQuery.
pub fn ready(status: u8) -> Vec<u8> {
    message(b'Z', &[status])
}

/// ParseComplete.
pub fn parse_complete() -> Vec<u8> {
    message(b'1', b"")
}

/// BindComplete.
pub fn bind_complete() -> Vec<u8> {
    message(b'2', b"")
}

/// CloseComplete.
pub fn close_complete() -> Vec<u8> {
    message(b'3', b"")
}

/// NoData.
pub fn no_data() -> Vec<u8> {
    message(b'n', b"")
}

/// ParameterDescription.
pub fn parameters(oids: &[u32]) -> Vec<u8> {
    let count = u16::try_from(oids.len()).expect("a statement of a test has few parameters");
    let oids: Vec<u8> = oids.iter().flat_map(|oid| oid.to_be_bytes()).collect();
    message(b't', &[&count.to_be_bytes()[..], &oids].concat())
}

/// RowDescription: names and types of the columns.
pub fn columns(columns: &[(&str, u32)]) -> Vec<u8> {
    let count = u16::try_from(columns.len()).expect("a statement of a test has few columns");
    let mut body = count.to_be_bytes().to_vec();
    for (name, oid) in columns {
        body.extend_from_slice(name.as_bytes());
        // The end of the name, no table, no attribute; behind the type: any size, no modifier, binary.
        body.extend_from_slice(&[0; 7]);
        body.extend_from_slice(&oid.to_be_bytes());
        body.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 1]);
    }
    message(b'T', &body)
}

/// DataRow.
pub fn row(fields: &[Option<&[u8]>]) -> Vec<u8> {
    let count = u16::try_from(fields.len()).expect("a row of a test is short");
    let mut body = count.to_be_bytes().to_vec();
    for field in fields {
        match field {
            Some(value) => {
                body.extend_from_slice(
                    &u32::try_from(value.len())
                        .expect("a short value")
                        .to_be_bytes(),
                );
                body.extend_from_slice(value);
            }
            None => body.extend_from_slice(&[0xff; 4]),
        }
    }
    message(b'D', &body)
}

/// CommandComplete.
pub fn complete(tag: &str) -> Vec<u8> {
    message(b'C', format!("{tag}\0").as_bytes())
}

/// ErrorResponse.
pub fn error(severity: &str, code: &str, text: &str) -> Vec<u8> {
    message(b'E', words(severity, code, text).as_bytes())
}

/// NoticeResponse.
pub fn notice(text: &str) -> Vec<u8> {
    message(b'N', words("NOTICE", "00000", text).as_bytes())
}

fn words(severity: &str, code: &str, text: &str) -> String {
    format!("S{severity}\0V{severity}\0C{code}\0M{text}\0\0")
}
