//! Rows whose columns are known only while the program runs.

use hathi::sql::int4;
use hathi::{Query, ResultColumn, Row};
use hathi_tests::on_every_server_and_pooler;

use crate::live::ask::assert_in_step;

const TABLE: &str = "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN label AS text; \
    CREATE TABLE t (id int, name label, tags text[], mood mood); \
    INSERT INTO t VALUES (1, 'one', '{a,NULL}', 'glad'), (2, NULL, NULL, NULL)";

on_every_server_and_pooler! {
    async fn columns_are_found_by_name_and_read_by_their_types(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let query: Query<_, Row> = Query::untyped("SELECT * FROM t WHERE id >= $1 ORDER BY id", (int4,));
        for _ in 0..2 {
            let rows = session.fetch(query.bind((1,))).await.unwrap();
            let columns: Vec<_> = rows[0].columns().map(ResultColumn::name).collect();
            assert_eq!(columns, ["id", "name", "tags", "mood"]);
            assert_eq!(rows[0].columns().nth(1).unwrap().type_name(), Some("text"));
            assert_eq!(rows[0].get::<i64>("id").unwrap(), 1);
            assert_eq!(rows[0].get::<&str>("name").unwrap(), "one");
            assert_eq!(rows[0].get::<Vec<Option<String>>>("tags").unwrap(), [Some("a".to_owned()), None]);
            assert_eq!(rows[0].raw("mood").unwrap(), Some(&b"glad"[..]));
            assert_eq!(rows[1].get::<Option<String>>(1).unwrap(), None);
            assert!(rows[1].get::<String>(1).unwrap_err().is_codec());
            assert!(rows[0].get::<i32>("name").unwrap_err().to_string().contains("found text"));
        }
        assert_eq!(session.statement_counters().hits, 1);
    }

    async fn columns_follow_the_table(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let query = Query::untyped("SELECT * FROM t WHERE id = 1", ());
        assert_eq!(session.fetch_one(query).await.unwrap().len(), 4);
        session.simple("ALTER TABLE t DROP tags").await.unwrap();
        let row = session.fetch_one(query).await.unwrap();
        assert_eq!((row.len(), row.get::<i32>("id").unwrap()), (3, 1));
        assert!(session.fetch_one(query).await.unwrap().get::<Vec<String>>("tags").is_err());
        assert_in_step(&mut session).await;
    }

    async fn a_write_may_return_run_time_rows(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let insert = Query::untyped("INSERT INTO t (id) VALUES (3) RETURNING *", ());
        assert_eq!(session.fetch_one(insert).await.unwrap().get::<i32>("id").unwrap(), 3);
        let nothing = Query::untyped("DELETE FROM t", ());
        assert!(session.fetch(nothing).await.unwrap().is_empty());
    }
}
