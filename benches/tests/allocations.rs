//! Counts allocations: the driver makes none per query and none per row; what there are belong to the user's values.
#![allow(
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, but not in the functions that several tests share"
)]

use allocation_counter::measure;
use hathi::{Config, Session};
use hathi_benches::{BY_ID, ROWS, UP_TO, set_up};
use hathi_local::Server;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A session whose statements are prepared and whose buffers have grown.
fn warm(runtime: &tokio::runtime::Runtime, server: &hathi_local::OwnedServer) -> Session {
    let config: Config = server.url().parse().unwrap();
    runtime.block_on(async {
        set_up(&config).await.unwrap();
        let mut session = Session::connect(&config).await.unwrap();
        for i in 1..=100 {
            session.fetch_one(BY_ID.bind((i,))).await.unwrap();
        }
        for _ in 0..3 {
            session.fetch_all(UP_TO.bind((ROWS,))).await.unwrap();
        }
        session
    })
}

#[test]
fn a_warm_query_allocates_the_users_string_and_nothing_else() {
    let server = Server::owned().tcp().start().unwrap();
    let runtime = runtime();
    let mut session = warm(&runtime, &server);
    let counted = measure(|| {
        runtime.block_on(async {
            for i in 1..=500 {
                std::hint::black_box(session.fetch_one(BY_ID.bind((i,))).await.unwrap());
            }
        });
    });
    assert_eq!(
        counted.count_total, 500,
        "one name per row, found {counted:?}"
    );
}

#[test]
fn a_row_allocates_the_users_string_and_nothing_else() {
    let server = Server::owned().tcp().start().unwrap();
    let runtime = runtime();
    let mut session = warm(&runtime, &server);
    let rows = u64::try_from(ROWS).unwrap();
    let counted = measure(|| {
        let fetched = runtime
            .block_on(session.fetch_all(UP_TO.bind((ROWS,))))
            .unwrap();
        assert_eq!(fetched.len(), 1_000);
    });
    let growth = counted.count_total - rows;
    // The Vec of the caller grows by doubling: 4, 8, … 1024.
    assert!(
        growth <= 9,
        "a thousand names and a growing Vec, found {counted:?}"
    );
}
