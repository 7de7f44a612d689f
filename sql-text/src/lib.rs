//! SQL as text, without a server: lexer, statement splitter, places and carets, migration scripts.

mod token;

mod caret;
mod lexer;
mod mask;
mod place;
mod statement;
mod summary;
mod width;

pub mod migration;

pub use caret::caret_block;
pub use lexer::{Lexer, lex};
pub use mask::without_literals;
pub use place::{Place, character_offset, place};
pub use statement::{routine_body, statements};
pub use summary::{summary, summary_parts};
pub use token::{Token, TokenKind, Unterminated};
