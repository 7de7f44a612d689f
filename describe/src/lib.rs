//! Asks a PostgreSQL server about a statement and understands the answer.
