//! Bytes as they are, through readers, writers and streams.

use hathi::{Command, CopyOptions, Pool, PoolOptions, sql};
use hathi_tests::{on_every_server, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ALL_USERS, FORMATS, USERS, all, kept, session};
use crate::live::ask::assert_in_step;

const INTO: Command<()> = Command::raw("COPY users FROM STDIN WITH (FORMAT csv)", ());

on_every_server! {
    async fn bytes_are_written_in_pieces_and_read_back_in_others(db) {
        let mut session = session(db).await;
        let mut copy = session.copy_in_raw(INTO).await.unwrap();
        copy.send(b"1,Ada\n2,Gr").await.unwrap();
        copy.flush().await.unwrap();
        copy.write_all(b"ace\n3,").await.unwrap();
        copy.write_all(b"\"\"\n").await.unwrap();
        copy.shutdown().await.unwrap();
        assert_eq!(copy.progress().rows, 3);
        assert_eq!(copy.finish().await.unwrap(), 3);
        for length in [1, 3, 100] {
            let mut bytes = session.copy_out_raw(ALL_USERS.with(CopyOptions::csv().header(true)));
            let mut read = Vec::new();
            let mut piece = vec![0; length];
            while let count @ 1.. = bytes.read(&mut piece).await.unwrap() {
                read.extend_from_slice(&piece[..count]);
            }
            assert_eq!(String::from_utf8(read).unwrap(), "id,name\n1,Ada\n2,Grace\n3,\"\"\n");
        }
        assert_in_step(&mut session).await;
    }

    async fn what_is_copied_out_in_a_format_is_copied_in_again(db) {
        let mut session = session(db).await;
        let pool = Pool::new(db.config(), PoolOptions::new());
        session.simple("INSERT INTO users SELECT n, nullif(repeat('ab' || n, n % 300), '') FROM generate_series(1, 5000) n").await.unwrap();
        let before = all(&mut session, CopyOptions::binary()).await;
        for options in FORMATS {
            let mut bytes = Vec::new();
            assert_eq!(pool.copy_out_to(ALL_USERS.with(*options), &mut bytes).await.unwrap(), 5000);
            let mut pieces = session.copy_out_raw(ALL_USERS.with(*options));
            let mut gathered = Vec::new();
            while let Some(piece) = pieces.next().await {
                gathered.extend(piece.unwrap());
            }
            drop(pieces);
            assert!(gathered == bytes, "{options:?}");
            session.simple("TRUNCATE users").await.unwrap();
            let count = session.copy_in_from(USERS.with(*options), bytes.as_slice()).await.unwrap();
            assert_eq!(count, 5000);
            assert_eq!(all(&mut session, *options).await, before);
        }
    }

    async fn a_command_may_be_composed_with_names_from_anywhere(db) {
        let mut session = session(db).await;
        session.simple("CREATE TABLE \"odd \"\"name\" (n int)").await.unwrap();
        let table = || hathi::Identifier::new("odd \"name");
        let into = sql!("COPY {table} FROM STDIN", table = table());
        assert_eq!(session.copy_in_from(into.command(), &b"1\n2\n"[..]).await.unwrap(), 2);
        let out = sql!("COPY {table} TO STDOUT", table = table()).command();
        let mut bytes = Vec::new();
        assert_eq!(session.copy_out_to(out, &mut bytes).await.unwrap(), 2);
        assert_eq!(bytes, b"1\n2\n");
    }

    async fn notices_while_data_is_sent_do_not_hold_it_up(db) {
        let mut session = session(db).await;
        session.simple("CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', repeat('x', 5000); RETURN NEW; END $$; CREATE TRIGGER shout BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION shout()").await.unwrap();
        let name = "y".repeat(2000);
        let rows = (0..5000).map(|id| (id, &name));
        assert_eq!(within(60, session.copy_in_rows(USERS, rows)).await.unwrap(), 5000);
        assert_eq!(kept(&mut session).await, 5000);
    }

    async fn other_statements_are_refused_and_have_not_run(db) {
        let mut session = session(db).await;
        let insert = Command::raw("INSERT INTO users VALUES (1)", ());
        let error = session.copy_in_raw(insert).await.unwrap_err();
        assert!(error.to_string().starts_with("the statement copies no data this way"), "{error}");
        let error = session.copy_out_raw(insert).next().await.unwrap().unwrap_err();
        assert!(error.to_string().starts_with("the statement copies no data this way"), "{error}");
        let out = Command::raw("COPY (SELECT generate_series(1, 100000)) TO STDOUT", ());
        let error = session.copy_in_raw(out).await.unwrap_err();
        assert!(error.to_string().starts_with("the statement copies no data this way"), "{error}");
        let error = session.copy_out_raw(INTO).next().await.unwrap().unwrap_err();
        assert!(error.to_string().starts_with("the statement copies no data this way"), "{error}");
        assert_in_step(&mut session).await;
        assert_eq!(kept(&mut session).await, 0);
    }
}
