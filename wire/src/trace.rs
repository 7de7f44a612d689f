//! A conversation in words, for debugging: one line per message, and nothing in it that must not be read.

use crate::reader::Reader;
use crate::server_error::ServerError;

mod words;

/// So much of a message is looked at; of one that is longer, only the beginning is told.
const KEPT: usize = 4096;

/// One direction of a conversation, followed as its bytes go by in pieces of any size.
///
/// No password, no proof of one, no key, no value of a parameter and no value of a row is ever told: only how long they
/// are. The text of errors and notices is not told either, for the server quotes values in it.
#[derive(Debug)]
pub struct Trace {
    is_client: bool,
    // The first message of a client has no tag.
    is_first: bool,
    header: Vec<u8>,
    body: Vec<u8>,
    // How much of the body is still to come.
    left: usize,
    // What has gone by is not this protocol.
    is_lost: bool,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'a> {
    /// Its name in the manual.
    pub name: &'static str,
    /// How long its body is.
    pub length: usize,
    /// What may be known of it.
    pub about: String,
    /// The SQL in it, as far as it was looked at. Its literals may be secrets.
    pub sql: Option<&'a str>,
}

impl Trace {
    /// What a client says, from its first message on.
    pub fn of_client() -> Self {
        Self::new(true)
    }

    /// What a server says.
    pub fn of_server() -> Self {
        Self::new(false)
    }

    fn new(is_client: bool) -> Self {
        Self {
            is_client,
            is_first: is_client,
            header: Vec::with_capacity(5),
            body: Vec::new(),
            left: 0,
            is_lost: false,
        }
    }

    /// Takes what goes by, and tells of each message that ends in it.
    pub fn follow(&mut self, mut bytes: &[u8], tell: &mut dyn FnMut(&Told<'_>)) {
        while !self.is_lost {
            let head = if self.is_first { 4 } else { 5 };
            if self.header.len() < head {
                let Some((first, rest)) = bytes.split_first() else {
                    return;
                };
                self.header.push(*first);
                bytes = rest;
                if self.header.len() < head {
                    continue;
                }
                let Some(length) = self.announced() else {
                    self.is_lost = true;
                    return;
                };
                self.left = length;
            }
            let (piece, rest) = bytes.split_at(self.left.min(bytes.len()));
            let room = KEPT - self.body.len();
            self.body.extend_from_slice(&piece[..piece.len().min(room)]);
            self.left -= piece.len();
            bytes = rest;
            if self.left > 0 {
                return;
            }
            tell(&self.told());
            self.header.clear();
            self.body.clear();
            self.is_first = false;
        }
    }

    /// How long the body is, if its header makes sense.
    fn announced(&self) -> Option<usize> {
        let length = self.header.last_chunk::<4>()?;
        usize::try_from(u32::from_be_bytes(*length))
            .ok()?
            .checked_sub(4)
    }

    fn told(&self) -> Told<'_> {
        let length = self.announced().unwrap_or(0);
        let body = &self.body;
        let (name, about, sql) = match (self.is_client, self.header.first()) {
            (true, _) if self.is_first => startup(body),
            (true, Some(tag)) => words::of_client(*tag, body),
            (false, Some(tag)) => words::of_server(*tag, body),
            (_, None) => ("nothing", String::new(), None),
        };
        Told {
            name,
            length,
            about,
            sql,
        }
    }
}

/// A name, what may be known, and the SQL.
type Words<'a> = (&'static str, String, Option<&'a str>);

/// The first message: who asks for what. Of other settings only the names are told.
fn startup(body: &[u8]) -> Words<'_> {
    const SHOWN: [&str; 3] = ["user", "database", "application_name"];
    let Some((version, settings)) = body.split_first_chunk::<4>() else {
        return ("StartupMessage", String::new(), None);
    };
    let version = u32::from_be_bytes(*version);
    if version >> 16 != 3 {
        return ("Request", String::new(), None);
    }
    let mut about = format!("{}.{}", version >> 16, version & 0xffff);
    let mut reader = Reader::new(settings);
    while let (Ok(name), Ok(value)) = (reader.string(), reader.string()) {
        about.push(' ');
        about.push_str(name);
        if SHOWN.contains(&name) {
            about.push_str(&format!("={value:?}"));
        }
    }
    ("StartupMessage", about, None)
}

/// What of an error or a notice holds no value.
fn refusal(body: &[u8]) -> String {
    match ServerError::read(body) {
        Ok(error) => format!("{:?} {}", error.severity, error.code.code()),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests;
