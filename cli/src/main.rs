//! The command line of hathi: prepare, check, describe, db.

fn main() {}
