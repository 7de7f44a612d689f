//! Streams that are forwarded into a COPY: rows and pieces of bytes.

use std::pin::Pin;

use futures_util::{Sink, SinkExt, StreamExt, stream};
use hathi::sql::{Nullable, Text, int4, nullable, text};
use hathi::{CopyOptions, CopyOut, Error};
use hathi_tests::{on_every_server, within};

use super::{FORMATS, USERS, all, kept, session};
use crate::live::ask::assert_in_step;

const MADE: CopyOut<(i32, Option<String>)> = CopyOut::raw(
    "SELECT n, repeat('x', n % 100) FROM generate_series(1, 20000) n",
    (int4, nullable(text)),
);

const BROKEN: CopyOut<(i32, Option<String>)> = CopyOut::raw(
    "SELECT n, (1 / (500 - n))::text FROM generate_series(1, 1000) n",
    (int4, nullable(text)),
);

on_every_server! {
    async fn a_stream_of_rows_is_forwarded_and_its_end_is_that_of_the_copy(db) {
        let mut session = session(db).await;
        for options in FORMATS {
            let rows = stream::iter((0..20_000).map(|id| Ok::<_, Error>((id, "somebody"))));
            let mut copy = session.copy_in(USERS.with(*options)).await.unwrap();
            within(60, rows.forward(&mut copy)).await.unwrap();
            assert_eq!(copy.progress().rows, 20_000);
            // It has ended already: whoever asks again is told again.
            assert_eq!(copy.finish().await.unwrap(), 20_000);
            assert_eq!(kept(&mut session).await, 20_000);
            session.simple("TRUNCATE users").await.unwrap();
        }
    }

    async fn rows_and_bytes_go_from_one_session_into_another(db) {
        let (mut session, mut other) = (session(db).await, db.session().await);
        for options in FORMATS {
            let copy = session.copy_in(USERS.with(*options)).await.unwrap();
            within(60, other.copy_out(MADE.with(*options)).forward(copy)).await.unwrap();
            let rows = all(&mut session, *options).await;
            assert_eq!(rows.len(), 20_000);
            session.simple("TRUNCATE users").await.unwrap();
            let copy = session.copy_in_raw(USERS.with(*options)).await.unwrap();
            within(60, other.copy_out_raw(MADE.with(*options)).forward(copy)).await.unwrap();
            assert!(all(&mut session, *options).await == rows, "{options:?}");
            session.simple("TRUNCATE users").await.unwrap();
        }
        assert_in_step(&mut other).await;
    }

    async fn pieces_of_any_length_and_kind_are_taken(db) {
        let mut session = session(db).await;
        // Longer than any buffer, and one byte at a time.
        let long: String = (0..100_000).map(|id| format!("{id},a name of some length\n")).collect();
        assert!(long.len() > 20 * 64 * 1024);
        let mut copy = session.copy_in_raw(USERS.with(CopyOptions::csv())).await.unwrap();
        within(60, stream::iter([Ok::<_, Error>(long.as_str()), Ok("")]).forward(&mut copy)).await.unwrap();
        assert_eq!(copy.progress().bytes, u64::try_from(long.len()).unwrap());
        assert_eq!(copy.finish().await.unwrap(), 100_000);
        let mut copy = session.copy_in_raw(USERS.with(CopyOptions::csv())).await.unwrap();
        for byte in b"100000,a\n100001,\n" {
            copy.feed([*byte]).await.unwrap();
        }
        SinkExt::<Vec<u8>>::close(&mut copy).await.unwrap();
        assert_eq!(copy.finish().await.unwrap(), 2);
        assert_eq!(kept(&mut session).await, 100_002);
    }

    async fn a_refusal_is_heard_before_a_source_without_end_is_exhausted(db) {
        let mut session = session(db).await;
        // Lengths that never fill what is sent at once to its last byte, and pieces longer than that.
        for length in [4001, 65_537, 200_000] {
            let piece = "no number\n".repeat(length / 10 + 1);
            let mut taken = 0;
            let pieces = stream::iter((0..400_000_000 / length).map(|_| {
                taken += 1;
                Ok::<_, Error>(&piece[..length])
            }));
            let mut copy = session.copy_in_raw(USERS.with(CopyOptions::csv())).await.unwrap();
            let error = within(60, pieces.forward(&mut copy)).await.unwrap_err();
            assert_eq!(error.sql_state().unwrap().code(), "22P02", "{error}");
            drop(copy);
            assert!(taken * length < 64 << 20, "{taken} pieces of {length} bytes were taken");
            assert_in_step(&mut session).await;
        }
    }

    async fn a_source_that_fails_ends_the_copy_and_nothing_is_kept(db) {
        let (mut session, mut other) = (session(db).await, db.session().await);
        for options in FORMATS {
            let copy = session.copy_in(USERS.with(*options)).await.unwrap();
            let error = within(60, other.copy_out(BROKEN.with(*options)).forward(copy)).await.unwrap_err();
            assert_eq!(error.sql_state().unwrap().code(), "22012");
            assert_in_step(&mut session).await;
            let copy = session.copy_in_raw(USERS.with(*options)).await.unwrap();
            let error = within(60, other.copy_out_raw(BROKEN.with(*options)).forward(copy)).await.unwrap_err();
            assert_eq!(error.sql_state().unwrap().code(), "22012");
            assert_in_step(&mut session).await;
            assert_in_step(&mut other).await;
        }
        assert_eq!(kept(&mut session).await, 0);
    }

    async fn a_row_that_the_server_refuses_ends_the_stream(db) {
        let mut session = session(db).await;
        for at in [1, 3000] {
            // What would be sent behind the refused row has no end.
            let rows = stream::iter((0..at).chain(std::iter::repeat(1)).map(|id| Ok((id, "somebody with a long name"))));
            let mut copy = session.copy_in(USERS).await.unwrap();
            let error = within(60, rows.forward(&mut copy)).await.unwrap_err();
            assert_eq!(error.unique_violation(), Some("users_pkey"), "{error}");
            let over = copy.send((1, "a")).await.unwrap_err();
            assert!(over.to_string().starts_with("the COPY is over"), "{over}");
            drop(copy);
            let lines = stream::iter(std::iter::repeat_with(|| Ok("1,a\n".repeat(1000))));
            let copy = session.copy_in_raw(USERS.with(CopyOptions::csv())).await.unwrap();
            let error = within(60, lines.forward(copy)).await.unwrap_err();
            assert_eq!(error.unique_violation(), Some("users_pkey"), "{error}");
            assert_in_step(&mut session).await;
        }
        // The end itself can fail.
        let copy = session.copy_in_raw(USERS.with(CopyOptions::csv())).await.unwrap();
        let error = stream::iter([Ok::<_, Error>(b"1")]).forward(copy).await.unwrap_err();
        assert!(error.server().is_some(), "{error}");
        assert_in_step(&mut session).await;
        assert_eq!(kept(&mut session).await, 0);
    }

    async fn behind_its_end_a_copy_takes_nothing(db) {
        let mut session = session(db).await;
        let mut copy = session.copy_in(USERS).await.unwrap();
        copy.feed((1, "a")).await.unwrap();
        SinkExt::<(i32, &str)>::close(&mut copy).await.unwrap();
        SinkExt::<(i32, &str)>::close(&mut copy).await.unwrap();
        for error in [
            copy.feed((2, "b")).await.unwrap_err(),
            Pin::new(&mut copy).start_send((2, "b")).unwrap_err(),
            copy.send((2, "b")).await.unwrap_err(),
            copy.send_all([(2, "b")]).await.unwrap_err(),
        ] {
            assert!(error.to_string().starts_with("the COPY is over"), "{error}");
        }
        let error = copy.abort("too late").await.unwrap_err();
        assert!(error.to_string().starts_with("the COPY is over"), "{error}");
        let mut copy = session.copy_in_raw(USERS.with(CopyOptions::csv())).await.unwrap();
        SinkExt::<&[u8]>::close(&mut copy).await.unwrap();
        let error = Pin::new(&mut copy).start_send(b"2,b\n").unwrap_err();
        assert!(error.to_string().starts_with("the COPY is over"), "{error}");
        drop(copy);
        assert_eq!(kept(&mut session).await, 1);
    }

    async fn a_value_that_cannot_be_sent_is_not_taken_and_the_copy_goes_on(db) {
        struct Refused;
        impl hathi::Encode<Nullable<Text>> for Refused {
            fn encode(&self, _: &mut hathi::Arguments<'_>) -> Result<(), hathi::EncodeError> {
                Err(hathi::EncodeError::rejected("not today"))
            }
        }
        let mut session = session(db).await;
        let mut copy = session.copy_in(USERS).await.unwrap();
        copy.feed((1, "a")).await.unwrap();
        let error = copy.feed((2, Refused)).await.unwrap_err();
        assert!(error.is_codec() && error.to_string().contains("not today"), "{error}");
        copy.feed((3, "c")).await.unwrap();
        SinkExt::<(i32, &str)>::close(&mut copy).await.unwrap();
        assert_eq!(copy.finish().await.unwrap(), 2);
        assert_eq!(kept(&mut session).await, 2);
    }
}
