//! Compiles the programs of the book and of the README: each Rust block of them is a doctest of this crate.

mod statements;

/// The pages, each with the name of its module.
macro_rules! pages {
    ($($name:ident $path:literal),* $(,)?) => {$(
        #[cfg(doctest)]
        #[doc = include_str!($path)]
        mod $name {}
    )*};
}

pages! {
    readme "../README.md",
    getting_started "src/getting-started.md",
    hand_written_sql "src/hand-written-sql.md",
    connecting "src/connecting.md",
    tls "src/tls.md",
    statements_page "src/statements.md",
    lints_page "src/lints.md",
    transactions "src/transactions.md",
    copy_page "src/copy.md",
    cancelling "src/cancelling.md",
    errors "src/errors.md",
    notices "src/notices.md",
    observability "src/observability.md",
    notifications "src/notifications.md",
    pool "src/pool.md",
    networks "src/networks.md",
}
