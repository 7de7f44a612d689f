//! The pool against servers that play a script: servers that are down, slow, or gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use hathi::{Pool, PoolOptions, Session};
use hathi_tests::{ScriptedServer, SocketFolder, message, poll_times, within};

use super::conversation::{OTHER, answer_others, passengers};

/// Refuses as a server does that is starting.
fn refuse(listener: &hathi_tests::Listener) {
    let mut peer = listener.accept();
    peer.startup();
    peer.send(&message::error(
        "FATAL",
        "57P03",
        "the database system is starting up",
    ));
}

#[tokio::test]
async fn a_server_that_is_starting_is_tried_again_by_one_attempt_at_a_time() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let server = ScriptedServer::start(move |listener| {
        // Both were on their way before the first was refused.
        for _ in 0..6 {
            refuse(listener);
            counted.fetch_add(1, Ordering::SeqCst);
        }
        answer_others(&mut listener.welcome());
    });
    let options = PoolOptions::new()
        .max(2)
        .backoff(Duration::from_millis(2), Duration::from_millis(8));
    let pool = Pool::new(server.config(), options);
    let mut session = within(10, pool.acquire()).await.unwrap();
    assert_eq!(attempts.load(Ordering::SeqCst), 6);
    assert_eq!(pool.status().failures, 6);
    assert_eq!(session.fetch_all(OTHER).await.unwrap(), passengers());
    drop((session, pool));
    server.finish();
}

#[tokio::test]
async fn while_a_server_is_down_a_hundred_tasks_make_few_attempts_and_all_hear_why() {
    let server = ScriptedServer::start(|listener| {
        for _ in 0..4 {
            refuse(listener);
        }
    });
    let options = PoolOptions::new()
        .max(4)
        .acquire_limit(Duration::from_secs(1))
        .backoff(Duration::from_secs(60), Duration::from_secs(60));
    let pool = Pool::new(server.config(), options);
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { pool.acquire().await.map(drop).unwrap_err() })
        })
        .collect();
    for task in tasks {
        let error = within(5, task).await.unwrap();
        assert!(error.is_pool_timeout(), "{error}");
        assert!(
            error
                .to_string()
                .contains("the database system is starting up"),
            "{error}"
        );
    }
    // Those that were on their way before the first was refused.
    assert_eq!(pool.status().failures, 4);
    drop(pool);
    server.finish();
}

#[tokio::test]
async fn the_limit_of_acquire_covers_a_handshake_that_never_ends() {
    let server = ScriptedServer::start(|listener| {
        let mut silent = listener.accept();
        silent.startup();
        assert!(silent.is_silent());
        drop(silent.until_closed());
    });
    let config = server.config().connect_limit(Duration::from_millis(300));
    let options = PoolOptions::new().acquire_limit(Duration::from_millis(100));
    let pool = Pool::new(config, options);
    let error = within(5, pool.acquire()).await.unwrap_err();
    assert!(error.is_pool_timeout(), "{error}");
    while pool.status().size > 0 {
        tokio::task::yield_now().await;
    }
    server.finish();
}

#[tokio::test]
async fn a_connection_whose_user_gave_up_while_it_was_opened_goes_to_the_next_user() {
    let server = ScriptedServer::welcoming(answer_others);
    let pool = Pool::new(server.config(), PoolOptions::new());
    assert!(poll_times(pool.acquire(), 1).await.is_none());
    let mut session = within(5, pool.acquire()).await.unwrap();
    assert_eq!(session.fetch_all(OTHER).await.unwrap(), passengers());
    assert_eq!(pool.status().created, 1);
    drop((session, pool));
    server.finish();
}

#[tokio::test]
async fn a_place_is_free_only_when_the_server_has_closed_the_connection() {
    let (close, closed) = mpsc::channel();
    let server = ScriptedServer::start(move |listener| {
        let mut first = listener.welcome();
        assert_eq!(first.until_closed(), b"X\0\0\0\x04");
        // The client has hung up, this side has not.
        closed.recv().unwrap();
        drop(first);
        answer_others(&mut listener.welcome());
    });
    let pool = Pool::new(server.config(), PoolOptions::new().max(1));
    pool.acquire().await.unwrap().discard();
    let mut next = Box::pin(pool.acquire());
    assert!(poll_times(next.as_mut(), 1).await.is_none());
    for _ in 0..100 {
        tokio::task::yield_now().await;
        let status = pool.status();
        assert_eq!((status.size, status.closing, status.opening), (1, 1, 0));
    }
    close.send(()).unwrap();
    let mut session = within(5, next).await.unwrap();
    assert_eq!(session.fetch_all(OTHER).await.unwrap(), passengers());
    drop((session, pool));
    server.finish();
}

#[test]
fn a_runtime_that_ends_while_somebody_waits_for_a_connection_ends_quietly() {
    for turns in [0, 50] {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().build().unwrap();
        let nobody_listens = SocketFolder::new();
        let pool = Pool::new(nobody_listens.config(), PoolOptions::new().max(1));
        let mut waiting = Box::pin(pool.acquire());
        runtime.block_on(async {
            assert!(poll_times(&mut waiting, 1).await.is_none());
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        });
        drop(runtime);
        drop(waiting);
        let status = pool.status();
        assert_eq!((status.size, status.waiting), (0, 0));
    }
}

#[tokio::test]
async fn a_place_where_nobody_listens_leaves_time_for_others_however_often_it_is_tried() {
    let folder = SocketFolder::new();
    let again = async { while Session::connect(&folder.config()).await.is_err() {} };
    let moment = Duration::from_millis(50);
    tokio::time::timeout(moment, again).await.unwrap_err();
    let options = PoolOptions::new()
        .acquire_limit(moment)
        .backoff(Duration::ZERO, Duration::ZERO);
    let pool = Pool::new(folder.config(), options);
    let error = within(5, pool.acquire()).await.unwrap_err();
    assert!(error.is_pool_timeout(), "{error}");
    within(5, pool.close()).await.unwrap();
}
