//! Runs a test through a pooler.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use std::thread;

use super::Pooler;
use super::exceptions::reason;
use crate::database::Database;
use crate::waiting::within;

/// How many seconds a test may take, and one that is expected to fail.
const LIMIT: u64 = 60;
const LIMIT_OF_EXCEPTIONS: u64 = 5;

/// Runs a test in a database of its own behind a pooler. One that is listed as an exception has to fail.
///
/// # Panics
///
/// If the test fails, or does not although it is listed.
pub async fn through(pooler: Pooler, test: &str, run: impl AsyncFnOnce(&Database)) {
    let test = test.split_once("::live::").map_or(test, |(_, test)| test);
    let reason = reason(pooler, test);
    let limit = if reason.is_some() {
        LIMIT_OF_EXCEPTIONS
    } else {
        LIMIT
    };
    let database = Database::create_behind(pooler).await;
    let outcome = caught(within(limit, run(&database))).await;
    database.remove().await;
    match (reason, outcome) {
        (None, Ok(())) | (Some(_), Err(_)) => {}
        (None, Err(panic)) => resume_unwind(panic),
        (Some(reason), Ok(())) => panic!(
            "{test} holds through {}, although it is listed as an exception: {reason}",
            pooler.name()
        ),
    }
}

async fn caught<T>(future: impl Future<Output = T>) -> thread::Result<T> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        match polled {
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

/// Writes a test for each supported version of the server, as [`on_every_server!`](crate::on_every_server) does, and
/// one for each pooler.
#[macro_export]
macro_rules! on_every_server_and_pooler {
    ($($(#[doc = $doc:literal])* async fn $name:ident($database:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[doc = $doc])*
            async fn on($database: &$crate::Database) $body

            $crate::on_every_server!(@tests pg14 14, pg15 15, pg16 16, pg17 17, pg18 18);
            $crate::on_every_server_and_pooler!(@tests
                old_pgbouncer_transaction OldPgbouncerTransaction,
                old_pgbouncer_session OldPgbouncerSession,
                pgbouncer_transaction PgbouncerTransaction,
                pgbouncer_session PgbouncerSession,
                haproxy Haproxy,
                pgpool Pgpool
            );
        }
    )+};
    (@tests $($test:ident $pooler:ident),+) => {$(
        #[tokio::test]
        async fn $test() {
            let name = ::std::module_path!();
            $crate::through($crate::Pooler::$pooler, name, async |db| on(db).await).await;
        }
    )+};
}
