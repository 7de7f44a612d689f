//! Finds the placeholders of a text, and what looks like one and is none.

use std::collections::BTreeMap;
use std::ops::Range;

use hathi_sql_text::{Token, TokenKind, lex, routine_body};

use super::Style;
use super::capture::{self, Braces, Content};
use crate::diagnostic::Diagnostic;

/// The most parameters a statement can have: the protocol counts them in 16 bits.
const MOST_PARAMETERS: usize = 65_535;

/// What a text holds of placeholders.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) placeholders: Vec<Placeholder>,
    pub(super) mistakes: Vec<Diagnostic>,
}

/// A placeholder in the text.
#[derive(Clone, Debug)]
pub(super) struct Placeholder {
    pub(super) style: Style,
    /// The name, or the path without spaces; empty for a number.
    pub(super) name: String,
    pub(super) number: Option<usize>,
    pub(super) place: Range<usize>,
}

/// Reads the text to its end.
pub(super) fn scan(text: &str) -> Found {
    let mut found = Found::default();
    let body = routine_body(text).unwrap_or(text.len());
    let mut from = 0;
    // Behind a closing brace the lexer starts afresh: what stands between braces is Rust.
    while let Some(behind) = found.scan_to_brace(text, from) {
        from = behind;
    }
    found.leave_to_routine(body);
    found
}

impl Found {
    /// Reads from an offset to the end of the next pair of braces, whose end it returns, or to the end of the text.
    fn scan_to_brace(&mut self, text: &str, from: usize) -> Option<usize> {
        let mut before: Option<Token> = None;
        for token in lex(text.get(from..)?) {
            let token = Token {
                start: token.start + from,
                end: token.end + from,
                ..token
            };
            match token.kind {
                TokenKind::Parameter => self.numbered(text, token),
                TokenKind::ParameterJunk => {
                    self.mistakes
                        .push(Diagnostic::parameter_junk(token.text(text), token.range()));
                }
                TokenKind::NamedParameter => {
                    self.push(Style::Named, &token.text(text)[1..], token.range())
                }
                TokenKind::OpenBrace => {
                    let dollar = before.filter(|before| before.text(text) == "$");
                    return Some(self.braces(text, token.start, dollar));
                }
                TokenKind::CloseBrace => self.mistakes.push(Diagnostic::stray_brace(token.range())),
                TokenKind::Unterminated(what) => self
                    .mistakes
                    .push(Diagnostic::unterminated(what, token.range())),
                _ => {}
            }
            before = Some(token);
        }
        None
    }

    fn push(&mut self, style: Style, name: &str, place: Range<usize>) {
        self.placeholders.push(Placeholder {
            style,
            name: name.to_owned(),
            number: None,
            place,
        });
    }

    fn numbered(&mut self, text: &str, token: Token) {
        let written = token.text(text);
        match written[1..].parse() {
            Ok(0) => self
                .mistakes
                .push(Diagnostic::parameter_zero(token.range())),
            Ok(number) if number <= MOST_PARAMETERS => {
                let (style, place) = (Style::Positional, token.range());
                self.placeholders.push(Placeholder {
                    style,
                    name: String::new(),
                    number: Some(number),
                    place,
                });
            }
            _ => self
                .mistakes
                .push(Diagnostic::too_many_parameters(written, token.range())),
        }
    }

    /// Reads `{…}`, and returns where to go on.
    fn braces(&mut self, text: &str, open: usize, dollar: Option<Token>) -> usize {
        let Braces { content, behind } = capture::read(text, open);
        match (content, dollar) {
            (Content::Path(_), Some(dollar)) => {
                let written = text.get(open..behind).unwrap_or_default();
                self.mistakes
                    .push(Diagnostic::dollar_brace(written, dollar.start..behind));
            }
            (Content::Path(path), None) => self.push(Style::Captured, &path, open..behind),
            (Content::Mistake(mistake), _) => self.mistakes.push(mistake),
        }
        behind
    }

    /// In the body of a routine, numbers are its own arguments; nothing else can be one there.
    fn leave_to_routine(&mut self, body: usize) {
        let inside = self
            .placeholders
            .partition_point(|placeholder| placeholder.place.start < body);
        let named = self
            .placeholders
            .drain(inside..)
            .filter(|placeholder| placeholder.number.is_none());
        self.mistakes
            .extend(named.map(|placeholder| Diagnostic::utility_placeholder(placeholder.place)));
    }

    /// The kind of the first placeholder.
    pub(super) fn style(&self) -> Style {
        self.placeholders
            .first()
            .map_or(Style::None, |placeholder| placeholder.style)
    }

    /// The first placeholder of another kind than the first one.
    pub(super) fn mixed(&self) -> Option<Diagnostic> {
        let other = self
            .placeholders
            .iter()
            .find(|placeholder| placeholder.style != self.style())?;
        Some(Diagnostic::mixed_styles(
            self.style(),
            other.style,
            other.place.clone(),
        ))
    }

    /// A gap in the numbers, or more parameters than can be sent.
    pub(super) fn misnumbered(&self) -> Option<Diagnostic> {
        let numbers: BTreeMap<usize, &Placeholder> = self
            .placeholders
            .iter()
            .rev()
            .filter_map(|found| Some((found.number?, found)))
            .collect();
        for (expected, (number, placeholder)) in (1..).zip(&numbers) {
            if *number != expected {
                return Some(Diagnostic::parameter_gap(
                    expected,
                    placeholder.place.clone(),
                ));
            }
        }
        let mut names: BTreeMap<&str, &Placeholder> = BTreeMap::new();
        for placeholder in self
            .placeholders
            .iter()
            .filter(|placeholder| placeholder.number.is_none())
        {
            names.entry(&placeholder.name).or_insert(placeholder);
            if names.len() > MOST_PARAMETERS {
                return Some(Diagnostic::too_many_parameters(
                    "more",
                    placeholder.place.clone(),
                ));
            }
        }
        None
    }
}
