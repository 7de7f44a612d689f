//! The procedural macros of hathi.
