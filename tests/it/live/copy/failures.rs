//! Each place where a COPY can fail: the session goes on, or its end is told.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hathi::sql::{int4, nullable, text};
use hathi::{CopyOptions, CopyOut, Error, Session, SqlState};
use hathi_tests::{Proxy, on_every_server, within};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{ALL_USERS, FORMATS, USERS, kept, session};
use crate::live::ask::{assert_in_step, number};

const BROKEN: CopyOut<(i32, Option<String>)> = CopyOut::raw(
    "SELECT n, (1 / (500 - n))::text FROM generate_series(1, 1000) n",
    (int4, nullable(text)),
);

/// A reader and writer that fails when so many bytes have gone through.
struct Failing(usize);

impl AsyncRead for Failing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = b"5,five\n";
        if self.0 < line.len() {
            return Poll::Ready(Err(io::Error::other("the disk is gone")));
        }
        self.0 -= line.len();
        buf.put_slice(line);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Failing {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.0 < bytes.len() {
            return Poll::Ready(Err(io::Error::other("the disk is full")));
        }
        self.0 -= bytes.len();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn cause(error: &Error) -> String {
    std::error::Error::source(error)
        .expect("a cause")
        .to_string()
}

/// The session goes on, and nothing was kept.
async fn assert_unharmed(session: &mut Session) {
    assert!(!session.is_closed() && !session.in_transaction());
    assert_in_step(session).await;
    assert_eq!(kept(session).await, 0);
}

on_every_server! {
    async fn a_row_that_is_there_twice_ends_the_copy_wherever_it_stands(db) {
        let mut session = session(db).await;
        for options in FORMATS {
            for at in [0, 1, 3000] {
                // What is sent behind the refused row is many times what sockets hold.
                let rows = (0..at).chain(std::iter::repeat_n(1, 20_000)).map(|id| (id, "somebody with a long name"));
                let error = within(60, session.copy_in_rows(USERS.with(*options), rows)).await.unwrap_err();
                assert_eq!(error.unique_violation(), Some("users_pkey"), "{options:?} {at}: {error}");
                assert!(error.to_string().contains("COPY users"), "{error}");
            }
        }
        assert_unharmed(&mut session).await;
    }

    async fn data_that_the_server_cannot_read_ends_the_copy(db) {
        let mut session = session(db).await;
        let bad: [(CopyOptions, &[u8], SqlState); 4] = [
            (CopyOptions::csv(), b"1,a\nx,b\n", SqlState::INVALID_TEXT_REPRESENTATION),
            (CopyOptions::csv(), b"1,a\n2\n", SqlState::BAD_COPY_FILE_FORMAT),
            (CopyOptions::csv(), b"1,\"a\n", SqlState::BAD_COPY_FILE_FORMAT),
            (CopyOptions::binary(), b"no signature at all", SqlState::BAD_COPY_FILE_FORMAT),
        ];
        for (options, bytes, state) in bad {
            let error = session.copy_in_from(USERS.with(options), bytes).await.unwrap_err();
            assert_eq!(error.sql_state(), Some(state), "{error}");
            // However much follows.
            let mut copy = session.copy_in_raw(USERS.with(options)).await.unwrap();
            let outcome = within(60, async {
                copy.send(bytes).await?;
                for _ in 0..1000 {
                    copy.send(&[b'\n'; 10_000]).await?;
                }
                copy.flush().await
            }).await;
            let error = match outcome {
                Err(error) => {
                    let again = copy.send(b"more").await.unwrap_err();
                    assert!(again.to_string().starts_with("the COPY is over"), "{again}");
                    error
                }
                Ok(()) => copy.finish().await.unwrap_err(),
            };
            assert!(error.server().is_some(), "{error}");
        }
        assert_unharmed(&mut session).await;
    }

    async fn a_trigger_that_refuses_before_the_first_row_is_followed(db) {
        let mut session = session(db).await;
        session.simple("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$; CREATE TRIGGER no BEFORE INSERT ON users EXECUTE FUNCTION no()").await.unwrap();
        for options in FORMATS {
            for _ in 0..3 {
                let error = session.copy_in_rows(USERS.with(*options), [(1, "a")]).await.unwrap_err();
                assert_eq!(error.sql_state(), Some(SqlState::RAISE_EXCEPTION), "{error}");
                drop(session.copy_in(USERS.with(*options)).await);
            }
        }
        assert_unharmed(&mut session).await;
    }

    async fn a_constraint_that_is_checked_at_the_end_fails_the_copy(db) {
        let mut session = session(db).await;
        session.simple("CREATE TABLE later (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)").await.unwrap();
        const LATER: hathi::CopyIn<(hathi::sql::Int4,)> = hathi::CopyIn::raw("later (n)", (int4,));
        let error = session.copy_in_rows(LATER, [(1,), (1,)]).await.unwrap_err();
        assert_eq!(error.unique_violation(), Some("later_n_key"));
        assert_unharmed(&mut session).await;
    }

    async fn a_source_that_fails_is_told_to_the_server_and_comes_back(db) {
        let (mut session, mut other) = (session(db).await, db.session().await);
        for at in [0, 1, 50_000] {
            let rows = (0..at).map(|id| Ok((id, "a"))).chain([Err("the shop is shut")]);
            let mut copy = session.copy_in(USERS).await.unwrap();
            let error = copy.try_send_all(rows).await.unwrap_err();
            assert_eq!(cause(&error), "the shop is shut");
            assert!(!error.is_closed() && error.server().is_none());
            let over = copy.finish().await.unwrap_err();
            assert!(over.to_string().starts_with("the COPY is over"), "{over}");
            assert_unharmed(&mut session).await;
        }
        let error = session.copy_in_stream(USERS, other.copy_out(BROKEN)).await.unwrap_err();
        assert!(cause(&error).contains("division by zero"), "{error}");
        assert_in_step(&mut other).await;
        for at in [0, 7] {
            let error = session.copy_in_from(USERS.with(CopyOptions::csv()), Failing(at)).await.unwrap_err();
            assert_eq!(cause(&error), "the disk is gone");
        }
        assert_unharmed(&mut session).await;
    }

    async fn data_on_its_way_out_can_fail_in_the_middle(db) {
        let mut session = session(db).await;
        let mut rows = session.copy_out(BROKEN);
        let mut seen = 0;
        let error = loop {
            match rows.next().await.unwrap() {
                Ok(_) => seen += 1,
                Err(error) => break error,
            }
        };
        assert_eq!((seen, error.sql_state()), (499, Some(SqlState::DIVISION_BY_ZERO)));
        assert!(rows.next().await.is_none());
        drop(rows);
        let error = session.copy_out_to(BROKEN, &mut Vec::new()).await.unwrap_err();
        assert_eq!(error.sql_state(), Some(SqlState::DIVISION_BY_ZERO));
        let long = CopyOut::raw("SELECT generate_series(1, 10000000) n", int4);
        let error = within(20, session.copy_out_to(long, Failing(100_000))).await.unwrap_err();
        assert_eq!(cause(&error), "the disk is full");
        assert_unharmed(&mut session).await;
        let not_null = CopyOut::raw("SELECT nullif(generate_series(1, 10000000), 3) n", int4);
        let mut rows = session.copy_out(not_null);
        assert_eq!(rows.next().await.unwrap().unwrap(), 1);
        assert_eq!(rows.next().await.unwrap().unwrap(), 2);
        assert!(rows.next().await.unwrap().unwrap_err().is_codec());
        assert!(rows.next().await.is_none());
        drop(rows);
        assert_unharmed(&mut session).await;
    }

    async fn a_lost_connection_is_told_and_ends_the_session(db) {
        let mut witness = session(db).await;
        for sent in [0, 10, 100_000] {
            let mut proxy = Proxy::before(db);
            let config = proxy.config();
            let mut session = proxy.run(Session::connect(&config)).await.unwrap();
            let mut copy = proxy.run(session.copy_in(USERS)).await.unwrap();
            proxy.run(copy.send_all((0..sent).map(|id| (id, "a")))).await.unwrap();
            drop(proxy);
            let error = within(20, async {
                copy.send_all((0..1_000_000).map(|id| (id, "a"))).await?;
                copy.finish().await
            }).await.unwrap_err();
            assert!(error.is_closed(), "{error}");
            assert!(session.is_closed());
            let mut proxy = Proxy::before(db);
            let config = proxy.config();
            let mut session = proxy.run(Session::connect(&config)).await.unwrap();
            let mut rows = session.copy_out(CopyOut::raw("SELECT generate_series(1, 10000000) n", int4));
            assert_eq!(proxy.run(rows.next()).await.unwrap().unwrap(), 1);
            drop(proxy);
            let error = within(20, async {
                loop {
                    if let Err(error) = rows.next().await.unwrap() {
                        break error;
                    }
                }
            }).await;
            assert!(error.is_closed(), "{error}");
            drop(rows);
            assert!(session.is_closed());
        }
        assert_eq!(kept(&mut witness).await, 0);
    }

    async fn a_session_that_is_ended_while_it_copies_tells_the_servers_words(db) {
        let mut other = session(db).await;
        let mut session = db.session().await;
        let process = session.process().unwrap();
        let mut copy = session.copy_in(USERS).await.unwrap();
        copy.send((1, "a")).await.unwrap();
        copy.flush().await.unwrap();
        let end = format!("SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {process}) t");
        while number(&mut other, &end).await > 0 {}
        let error = within(20, copy.send_all((2..900_000).map(|id| (id, "a")))).await.unwrap_err();
        assert!(error.is_closed(), "{error}");
        assert_eq!(error.sql_state(), Some(SqlState::ADMIN_SHUTDOWN), "{error}");
        drop(copy);
        assert!(session.is_closed());
        assert_eq!(kept(&mut other).await, 0);
    }

    async fn the_time_limit_is_for_each_wait_and_not_for_the_copy(db) {
        let mut witness = session(db).await;
        let limit = Duration::from_millis(200);
        let mut session = Session::connect(&db.config().call_limit(Some(limit))).await.unwrap();
        let mut copy = session.copy_in(USERS).await.unwrap();
        for id in 0..4 {
            copy.send((id, "a")).await.unwrap();
            copy.flush().await.unwrap();
            // The time of the source is its own.
            tokio::time::sleep(limit).await;
        }
        assert_eq!(copy.finish().await.unwrap(), 4);
        witness.simple("TRUNCATE users; BEGIN; LOCK TABLE users").await.unwrap();
        let error = session.copy_in(USERS).await.unwrap_err();
        assert!(error.is_timeout() && !session.is_closed(), "{error}");
        let error = session.copy_out(ALL_USERS).next().await.unwrap().unwrap_err();
        assert!(error.is_timeout(), "{error}");
        witness.simple("ROLLBACK").await.unwrap();
        assert_in_step(&mut session).await;
    }
}
