//! SQL as text, without a server: lexer, statement splitter, places and carets, migration scripts.

mod token;

mod caret;
mod lexer;
mod place;
mod statement;
mod width;

pub mod migration;

pub use caret::caret_block;
pub use lexer::{Lexer, lex};
pub use place::{Place, character_offset, place};
pub use statement::{routine_body, statements};
pub use token::{Token, TokenKind, Unterminated};
