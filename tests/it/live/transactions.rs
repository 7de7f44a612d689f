//! Transactions and savepoints: what is kept, what is undone, when locks are free, and how many flights it takes.

mod ends;
mod flights;
mod retry;

use hathi::sql::{Bool, Int4};
use hathi::{Command, Error, Isolation, Query, Session, SqlState, TransactionOptions};
use hathi_tests::{Made, command, on_every_server_and_pooler, statement};

use crate::live::ask::{assert_in_step, number, text};

const INSERT: Command<(Int4,)> = command!("INSERT INTO t VALUES ($1)", [Int4]);
const COUNT: Query<(), i32> = statement!("SELECT count(*)::int4 AS n FROM t", [] -> ("n", Int4));
const DIVIDE: Query<(Int4,), i32> = statement!("SELECT 1 / $1 AS n", [Int4] -> ("n", Int4));

async fn table(session: &mut Session) {
    session
        .simple("CREATE TABLE t (n int NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        .await
        .unwrap();
}

on_every_server_and_pooler! {
    async fn what_is_committed_is_kept_and_what_is_not_is_undone(db) {
        let (mut session, mut witness) = (db.session().await, db.session().await);
        table(&mut session).await;
        let mut tx = session.begin();
        tx.execute(INSERT.bind((1,))).await.unwrap();
        assert_eq!(tx.fetch_one(COUNT).await.unwrap(), 1);
        assert_eq!(witness.fetch_one(COUNT).await.unwrap(), 0, "not before COMMIT");
        tx.commit().await.unwrap();
        assert_eq!(witness.fetch_one(COUNT).await.unwrap(), 1);

        let mut tx = session.begin();
        tx.execute(INSERT.bind((2,))).await.unwrap();
        tx.rollback().await.unwrap();
        let mut tx = session.begin();
        tx.execute(INSERT.bind((3,))).await.unwrap();
        drop(tx);
        assert!(session.fetch_one(COUNT).await.unwrap() == 1 && !session.in_transaction());
        assert_eq!(witness.fetch_one(COUNT).await.unwrap(), 1);
    }

    async fn a_dropped_transaction_frees_its_locks_before_the_session_is_used_again(db) {
        let (mut session, mut witness) = (db.session().await, db.session().await);
        table(&mut session).await;
        witness.simple("SET lock_timeout = '20s'").await.unwrap();
        let mut tx = session.begin();
        tx.simple("LOCK TABLE t").await.unwrap();
        drop(tx);
        assert_eq!(witness.fetch_one(COUNT).await.unwrap(), 0, "the lock was let go");
        assert_in_step(&mut session).await;
    }

    async fn what_cannot_run_in_a_transaction_is_refused_there_and_the_transaction_goes_on(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        for sql in ["VACUUM t", "CREATE INDEX CONCURRENTLY i ON t (n)", "REINDEX TABLE CONCURRENTLY t"] {
            let command = Made::new(sql).outside_transactions().command();
            let mut tx = session.begin();
            let first = tx.execute(command).await.unwrap_err();
            assert!(first.is_refused_in_transactions() && first.sql_state().is_none(), "{first:?}");
            assert!(first.to_string().contains("run it on the session"), "{first}");
            tx.execute(INSERT.bind((1,))).await.unwrap();
            let mut inner = tx.begin();
            assert!(inner.execute(command).await.unwrap_err().is_refused_in_transactions());
            inner.commit().await.unwrap();
            let together = tx.pipeline((INSERT.bind((2,)), command)).await.unwrap_err();
            assert_eq!((together.is_refused_in_transactions(), together.pipeline_member()), (true, Some(1)));
            assert!(tx.pipeline((command, COUNT)).await.unwrap_err().is_refused_in_transactions());
            assert_eq!(tx.fetch_one(COUNT).await.unwrap(), 1, "the transaction goes on, and nothing else was sent");
            tx.rollback().await.unwrap();
            session.execute(command).await.unwrap();
            // Nobody knows it of a statement that is written by hand, and the server says so.
            let mut tx = session.begin();
            let told = tx.execute(Command::raw("VACUUM t", ())).await.unwrap_err();
            assert_eq!(told.sql_state(), Some(SqlState::ACTIVE_SQL_TRANSACTION));
        }
        assert_in_step(&mut session).await;
    }

    async fn a_closure_commits_with_ok_and_undoes_with_err(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let kept: Result<i32, Error> = session.transaction(async |tx| {
            tx.execute(INSERT.bind((1,))).await?;
            tx.fetch_one(COUNT).await
        }).await;
        assert_eq!(kept.unwrap(), 1);
        let undone = session.transaction(async |tx| {
            tx.execute(INSERT.bind((2,))).await?;
            tx.fetch_one(DIVIDE.bind((0,))).await
        }).await;
        assert_eq!(undone.unwrap_err().sql_state().unwrap().code(), "22012");
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 1);
    }

    async fn a_transaction_moves_between_threads_with_its_task(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let task = tokio::spawn(async move {
            let name = String::from("borrowed");
            session.transaction(async |tx| {
                tx.execute(INSERT.bind((7,))).await?;
                tx.transaction(async |inner| inner.execute(INSERT.bind((8,))).await).await?;
                assert_eq!(name, "borrowed");
                tx.fetch_one(COUNT).await
            }).await
        });
        assert_eq!(task.await.unwrap().unwrap(), 2);
    }

    async fn savepoints_are_undone_alone_and_nest(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let mut tx = session.begin();
        tx.execute(INSERT.bind((1,))).await.unwrap();
        let mut outer = tx.begin();
        outer.execute(INSERT.bind((2,))).await.unwrap();
        let mut inner = outer.begin();
        inner.execute(INSERT.bind((3,))).await.unwrap();
        assert!(inner.fetch_one(DIVIDE.bind((0,))).await.is_err());
        drop(inner);
        assert_eq!(outer.fetch_one(COUNT).await.unwrap(), 2, "the failure is undone with its savepoint");
        outer.commit().await.unwrap();
        let undone: Result<i32, Error> = tx.transaction(async |inner| {
            inner.execute(INSERT.bind((4,))).await?;
            inner.fetch_one(DIVIDE.bind((0,))).await
        }).await;
        assert!(undone.is_err());
        let mut empty = tx.begin();
        let nothing = empty.begin();
        drop(nothing);
        empty.commit().await.unwrap();
        let mut rolled_back = tx.begin();
        rolled_back.execute(INSERT.bind((5,))).await.unwrap();
        rolled_back.rollback().await.unwrap();
        assert_eq!(tx.fetch_one(COUNT).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 2);
    }

    async fn a_savepoint_before_the_first_statement_begins_the_transaction_too(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let mut tx = session.begin();
        let mut inner = tx.begin();
        inner.simple("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)").await.unwrap();
        inner.commit().await.unwrap();
        let mut inner = tx.begin();
        inner.execute(INSERT.bind((3,))).await.unwrap();
        drop(inner);
        tx.commit().await.unwrap();
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 2);
    }

    async fn it_begins_as_the_options_say(db) {
        let mut session = db.session().await;
        let options = TransactionOptions::new().isolation(Isolation::Serializable).read_only().deferrable();
        let mut tx = session.begin_with(options);
        assert!(tx.simple("CREATE TABLE no (n int)").await.unwrap_err().is_read_only());
        drop(tx);
        for (setting, value) in [("transaction_isolation", "serializable"), ("transaction_read_only", "on"), ("transaction_deferrable", "on")] {
            let sql = format!("SELECT current_setting('{setting}') AS v");
            let found = session.transaction_with(options, async |tx| {
                let sql = Made::new(&sql).column::<hathi::sql::Text>("v");
                tx.fetch_one(sql.query(|row| Ok(row.get::<hathi::sql::Text, String>(0)?))).await
            }).await.unwrap();
            assert_eq!(found, value, "{setting}");
        }
    }

    async fn a_local_setting_ends_with_the_transaction(db) {
        let mut session = db.session().await;
        let before = text(&mut session, "SELECT current_setting('lock_timeout')").await;
        let mut tx = session.begin();
        tx.set_local("lock_timeout", "4321ms").await.unwrap();
        let hostile = "x'; DROP TABLE t; --";
        assert!(tx.begin().set_local("application_name", hostile).await.is_ok());
        assert!(tx.begin().set_local("no such setting", "1").await.is_err());
        let value = tx.fetch_one(statement!("SELECT current_setting('lock_timeout') = '4321ms' AS v", [] -> ("v", Bool))).await;
        assert!(value.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(text(&mut session, "SELECT current_setting('lock_timeout')").await, before);
    }

    async fn a_chain_goes_on_in_a_transaction_of_the_same_kind(db) {
        let (mut session, mut witness) = (db.session().await, db.session().await);
        table(&mut session).await;
        let mut tx = session.begin_with(TransactionOptions::new().isolation(Isolation::RepeatableRead));
        tx.commit_and_chain().await.unwrap();
        tx.execute(INSERT.bind((1,))).await.unwrap();
        tx.commit_and_chain().await.unwrap();
        assert_eq!(witness.fetch_one(COUNT).await.unwrap(), 1);
        tx.execute(INSERT.bind((2,))).await.unwrap();
        tx.rollback_and_chain().await.unwrap();
        let level = statement!("SELECT current_setting('transaction_isolation') = 'repeatable read' AS v", [] -> ("v", Bool));
        assert!(tx.fetch_one(level).await.unwrap());
        assert!(tx.begin().commit_and_chain().await.unwrap_err().to_string().starts_with("only a transaction can be chained"));
        tx.execute(INSERT.bind((3,))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(witness.fetch_one(COUNT).await.unwrap(), 2);
        assert_eq!(number(&mut session, "SELECT max(n)::int8 FROM t").await, 3);
    }
}
