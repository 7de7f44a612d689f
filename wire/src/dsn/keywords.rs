//! `host=/tmp user=ada password='it\'s'`: libpq's own text.

use std::iter::Peekable;
use std::str::Chars;

use super::draft::Draft;
use super::{Dsn, DsnError};

/// Reads the whole text.
pub(super) fn read(text: &str) -> Result<Dsn, DsnError> {
    let mut draft = Draft::default();
    let mut rest = text.chars().peekable();
    loop {
        skip_space(&mut rest);
        if rest.peek().is_none() {
            return draft.finish();
        }
        let key = key(&mut rest)?;
        let value = value(&mut rest)?;
        draft.set(&key, &value)?;
    }
}

fn skip_space(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|&letter| is_space(letter)).is_some() {}
}

/// The spaces of C. Others, such as one that forbids a line break, may be part of a password.
fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t'..='\r')
}

fn key(rest: &mut Peekable<Chars<'_>>) -> Result<String, DsnError> {
    let mut key = String::new();
    while let Some(letter) = rest.next_if(|&letter| letter != '=' && !is_space(letter)) {
        key.push(letter);
    }
    skip_space(rest);
    if rest.next() == Some('=') {
        skip_space(rest);
        Ok(key)
    } else {
        Err(DsnError::Keywords {
            expected: "\"=\" after the name of a setting",
        })
    }
}

fn value(rest: &mut Peekable<Chars<'_>>) -> Result<String, DsnError> {
    let quoted = rest.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    loop {
        match rest.next() {
            Some('\\') => value.extend(rest.next()),
            Some('\'') if quoted => return Ok(value),
            Some(letter) if is_space(letter) && !quoted => return Ok(value),
            Some(letter) => value.push(letter),
            None if quoted => {
                return Err(DsnError::Keywords {
                    expected: "a quote that ends a quoted value",
                });
            }
            None => return Ok(value),
        }
    }
}
