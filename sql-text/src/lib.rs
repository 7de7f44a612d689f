//! SQL as text, without a server: lexer, statement splitter, places and carets, migration scripts.
