//! SQL checked against PostgreSQL while Rust compiles, and run on a driver of its own.
