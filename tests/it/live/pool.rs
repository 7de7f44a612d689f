//! The pool against real servers: who gets a connection, when, and in which state.

mod dropped;
mod hammer;
mod life;
mod returned;
mod shared;
mod turns;

use hathi::{Config, Pool, PoolOptions, Session};
use hathi_tests::{Database, poll_times};

use crate::live::ask::number;

/// Counts the connections of a pool as the server sees them, by the name they give themselves.
pub(crate) const NAME: &str = "the pool under test";

/// A pool whose connections can be told from others.
pub(crate) fn pool(db: &Database, options: PoolOptions) -> Pool {
    Pool::new(config(db), options)
}

pub(crate) fn config(db: &Database) -> Config {
    db.config().application_name(NAME)
}

/// How many connections of the pool the server has.
pub(crate) async fn on_server(other: &mut Session) -> i64 {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{NAME}' AND datname = current_database()"
    );
    number(other, &sql).await
}

/// Waits until the pool is as it should be; the limit of the test ends what never is.
pub(crate) async fn until(pool: &Pool, is: impl Fn(hathi::PoolStatus) -> bool) {
    while !is(pool.status()) {
        tokio::task::yield_now().await;
    }
}

/// Runs something many times at once and waits for all of it.
pub(crate) async fn all<F>(tasks: usize, task: impl Fn(usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let running: Vec<_> = (0..tasks).map(|index| tokio::spawn(task(index))).collect();
    for running in running {
        running.await.unwrap();
    }
}

/// Polls a future so many times, whether it was woken or not, while everything else goes on, and drops it.
pub(crate) async fn poll_eagerly<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    for _ in 0..times {
        if let Some(output) = poll_times(future.as_mut(), 1).await {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}
