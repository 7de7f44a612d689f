//! tokio-postgres behind deadpool, as its documentation uses it: a connection per statement, prepared and kept.

use std::hint::black_box;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::NoTls;

use crate::{CONNECTIONS, Outcome, ROWS, TASKS, cpu};

/// Runs so many statements and returns what they cost.
pub async fn run(url: &str, statements: usize) -> Outcome<Duration> {
    let fast = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_config(url.parse()?, NoTls, fast);
    let pool = Pool::builder(manager).max_size(CONNECTIONS).build()?;
    spread(&pool, TASKS * 20).await?;
    let before = cpu::spent();
    spread(&pool, statements).await?;
    let spent = cpu::spent() - before;
    pool.close();
    Ok(spent)
}

async fn spread(pool: &Pool, statements: usize) -> Outcome<()> {
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let pool = pool.clone();
            tokio::spawn(async move {
                for round in 0..statements / TASKS {
                    let id = i32::try_from((task * 31 + round) % 1000)? % ROWS + 1;
                    let client = pool.get().await?;
                    let statement = client
                        .prepare_cached("SELECT id, name, age FROM sailor WHERE id = $1")
                        .await?;
                    let row = client.query_one(&statement, &[&id]).await?;
                    let sailor: (i32, String, i32) =
                        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                    black_box(sailor);
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}
