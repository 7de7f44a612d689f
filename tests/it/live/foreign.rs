//! Tables of another database, through postgres_fdw.

use hathi::sql::{Int4, Nullable, Text};
use hathi_tests::{command, on_every_server, statement};

use crate::live::ask::assert_in_step;

on_every_server! {
    async fn a_foreign_table_is_read_and_written_and_its_not_null_is_not_believed(db) {
        let far = hathi_tests::Database::create(db.major()).await;
        let mut there = far.session().await;
        there.simple("CREATE TABLE t (id int, name text); INSERT INTO t VALUES (1, 'one'), (NULL, 'none')").await.unwrap();
        let mut session = db.session().await;
        let socket = db.cluster().socket();
        let folder = socket.parent().unwrap().display();
        session.simple(&format!(
            "CREATE EXTENSION postgres_fdw; \
             CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{folder}', port '{}', dbname '{}'); \
             CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'postgres', password_required 'false'); \
             CREATE FOREIGN TABLE t (id int NOT NULL, name text) SERVER far", db.cluster().port(), far.name())).await.unwrap();

        let all = statement!("SELECT id, name FROM t ORDER BY name", [] -> [("id", Nullable<Int4>), ("name", Nullable<Text>)]);
        let rows = session.fetch_all(all).await.unwrap();
        assert_eq!(rows, [(None, Some("none".to_owned())), (Some(1), Some("one".to_owned()))]);
        let believed = statement!("SELECT id FROM t ORDER BY name", [] -> ("id", Int4));
        let error = session.fetch_all(believed).await.unwrap_err();
        assert!(error.to_string().contains("NULL"), "{error}");
        assert_in_step(&mut session).await;

        let insert = command!("INSERT INTO t VALUES ($1, 'two')", [Int4]);
        assert_eq!(session.execute(insert.bind((2,))).await.unwrap(), 1);
        let mut tx = session.begin();
        tx.execute(insert.bind((3,))).await.unwrap();
        drop(tx);
        let returning = statement!(writes "DELETE FROM t WHERE id = $1 RETURNING name", [Int4] -> ("name", Nullable<Text>));
        assert_eq!(session.fetch_all(returning.bind((2,))).await.unwrap(), [Some("two".to_owned())]);
        assert_eq!(session.fetch_all(all).await.unwrap().len(), 2, "what was undone here is undone there");
        drop((session, there));
        far.remove().await;
    }
}
