//! The program from outside: run on projects in folders of their own, with real servers.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, in the functions that tests share too"
)]

mod batch;
mod check;
mod db;
mod describe;
mod examples;
mod help;
mod known;
mod lints;
mod prepare;
mod project;
mod rights;
mod surroundings;
mod workspace;
