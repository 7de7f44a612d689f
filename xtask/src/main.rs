//! The chores of this workspace: tidy, ci, generators.

fn main() {}
