//! A COPY by a function that does not know who lends it a connection.

use hathi::{Client, CopyOptions, Error, Pool, PoolOptions};
use hathi_tests::{on_every_server, within};

use super::{ALL_USERS, USERS, kept, session};
use crate::live::ask::{ECHO, assert_in_step};

/// Copies in and out in every way, and returns how many rows there were at the end.
pub(super) async fn every_way(mut db: impl Client) -> Result<usize, Error> {
    let csv = CopyOptions::csv();
    assert_eq!(db.copy_in_rows(USERS, [(1, "a"), (2, "b")]).await?, 2);
    assert_eq!(
        db.copy_in_from(USERS.with(csv), &b"3,c\n4,d\n"[..]).await?,
        2
    );
    let rows = futures_util::stream::iter([Ok::<_, Error>((5, "e".to_owned()))]);
    assert_eq!(db.copy_in_stream(USERS, rows).await?, 1);
    let mut copy = db.copy_in(USERS).await?;
    copy.send((6, "f")).await?;
    assert_eq!(copy.finish().await?, 1);
    let mut copy = db.copy_in_raw(USERS.with(csv)).await?;
    copy.send(b"7,").await?;
    copy.send(b"g\n").await?;
    assert_eq!(copy.finish().await?, 1);
    let mut written = Vec::new();
    assert_eq!(db.copy_out_to(ALL_USERS.with(csv), &mut written).await?, 7);
    assert_eq!(written, b"1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n");
    let mut pieces = db.copy_out_raw(ALL_USERS.with(csv)).await?;
    let mut gathered = Vec::new();
    while let Some(piece) = pieces.next().await {
        gathered.extend(piece?);
    }
    assert_eq!(gathered, written);
    drop(pieces);
    let mut rows = db.copy_out(ALL_USERS).await?;
    let mut count = 0;
    while let Some(row) = rows.next().await {
        count += 1;
        assert_eq!(row?.0, count);
    }
    drop(rows);
    assert_eq!(db.fetch_one(ECHO.bind((count,))).await?, count);
    Ok(usize::try_from(count).unwrap())
}

/// A COPY that fails, and one that is dropped.
async fn no_way(mut db: impl Client) {
    let error = db
        .copy_in_rows(USERS, [(1, "a"), (1, "b")])
        .await
        .unwrap_err();
    assert_eq!(error.unique_violation(), Some("users_pkey"));
    drop(db.copy_in(USERS).await);
}

on_every_server! {
    async fn a_copy_runs_in_whatever_is_a_client(db) {
        let mut session = session(db).await;
        let pool = Pool::new(db.config(), PoolOptions::new().max(2));
        let spawned = pool.clone();
        // Its futures can be spawned.
        assert_eq!(within(60, tokio::spawn(async move { every_way(spawned).await })).await.unwrap().unwrap(), 7);
        session.simple("TRUNCATE users").await.unwrap();
        assert_eq!(every_way(&pool).await.unwrap(), 7);
        session.simple("TRUNCATE users").await.unwrap();
        assert_eq!(every_way(&mut &pool).await.unwrap(), 7);
        session.simple("TRUNCATE users").await.unwrap();
        assert_eq!(every_way(pool.acquire().await.unwrap()).await.unwrap(), 7);
        session.simple("TRUNCATE users").await.unwrap();
        assert_eq!(every_way(&mut session).await.unwrap(), 7);
        session.simple("TRUNCATE users").await.unwrap();
        let mut tx = session.begin();
        assert_eq!(every_way(&mut tx).await.unwrap(), 7);
        drop(tx);
        assert_eq!(kept(&mut session).await, 0);
        no_way(&mut session).await;
        no_way(&pool).await;
        assert_in_step(&mut session).await;
        within(20, pool.close()).await.unwrap();
        assert_eq!(kept(&mut session).await, 0);
        assert_eq!(every_way(session).await.unwrap(), 7);
    }
}
