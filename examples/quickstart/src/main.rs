//! Five checked queries against a private PostgreSQL.

fn main() {}
