//! HAProxy in front of a primary and a standby, while the primary fails.

use std::time::{Duration, Instant};

use hathi::{Pool, PoolOptions, Session};
use hathi_tests::{Balanced, Pair, Part, command, within};

use crate::live::ask::number;

/// The major of the servers.
const MAJOR: u32 = 17;
/// How long the pool may take to serve again once the standby is promoted.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn writers_find_the_primary_and_readers_the_standby_before_and_after_a_failure() {
    within(120, async {
        let mut pair = Pair::start(MAJOR);
        let balanced = Balanced::front_of(&pair).await;
        let mut writer = Session::connect(&balanced.for_writers()).await.unwrap();
        assert_eq!(pair.found(&mut writer).await, Part::Primary);
        let mut reader = Session::connect(&balanced.for_readers()).await.unwrap();
        assert_eq!(pair.found(&mut reader).await, Part::Standby);
        let pool = Pool::new(balanced.for_writers(), PoolOptions::new().max(2));
        writer.simple("CREATE TABLE done (n int)").await.unwrap();
        pool.execute(command!("INSERT INTO done VALUES (1)"))
            .await
            .unwrap();
        assert_eq!(number(&mut reader, "SELECT count(*) FROM done").await, 1);

        pair.lose_primary();
        let lost = writer
            .simple("INSERT INTO done VALUES (2)")
            .await
            .unwrap_err();
        assert!(lost.is_closed() || lost.sql_state().is_some(), "{lost}");
        pair.promote().await;
        let promoted = Instant::now();
        while let Err(error) = pool.execute(command!("INSERT INTO done VALUES (3)")).await {
            assert!(promoted.elapsed() < SOON, "not within {SOON:?}: {error}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Nothing that failed is there, and what is reported done is; readers are served by the one that is left.
        let mut reader = Session::connect(&balanced.for_readers()).await.unwrap();
        assert_eq!(pair.found(&mut reader).await, Part::Standby);
        assert_eq!(number(&mut reader, "SELECT sum(n) FROM done").await, 1 + 3);
        pool.close().await.unwrap();
    })
    .await;
}
