//! What must compile (`pass/`) and what must not (`fail/<stage>/<mistake>.rs`, with the words that users read beside it).
//!
//! `cargo test -p hathi-ui-tests` compares; with `TRYBUILD=overwrite` it writes the words anew: read them aloud.
//! All cases are offline and use `ui-tests/.hathi`, but for `fail/live`, which asks a private PostgreSQL 18.
