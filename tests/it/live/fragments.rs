//! Statements put together while the program runs.

use hathi::sql::{Array, Int4, Nullable, Text, int4, int8, nullable, text};
use hathi::{Fragment, Identifier, sql};
use hathi_tests::on_every_server_and_pooler;

use crate::live::ask::{assert_in_step, number};

const TABLE: &str = "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, NULL)";

fn filters(name: Option<&str>, ids: &[i32]) -> Fragment {
    let mut filters = Vec::new();
    if let Some(name) = name {
        filters.push(sql!("name = $name OR name IS NULL", name: Text = name));
    }
    if !ids.is_empty() {
        filters.push(sql!("id = ANY ($ids) -- those", ids: Array<Int4> = ids));
    }
    Fragment::all(filters)
}

on_every_server_and_pooler! {
    async fn filters_come_and_go(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        for (name, ids, expected) in [
            (None, &[][..], vec![1, 2, 3]),
            (Some("two"), &[], vec![2, 3]),
            (Some("two"), &[1, 2], vec![2]),
            (None, &[1, 3], vec![1, 3]),
            (Some("' OR true --"), &[], vec![3]),
        ] {
            let statement = sql!(
                "SELECT id, name FROM {table} WHERE {filters} ORDER BY {by}",
                table = Identifier::new("t"),
                filters = filters(name, ids),
                by = Identifier::new("id"),
            );
            let rows = session.fetch(statement.clone().query((int4, nullable(text)))).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), expected);
            let rows = session.fetch_all(statement.rows()).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.get("id").unwrap()).collect::<Vec<i32>>(), expected);
        }
        let counters = session.statement_counters();
        assert_eq!((counters.hits, counters.misses), (6, 4));
    }

    async fn commands_are_composed_too(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let rename = |id: i32, name: Option<&str>| {
            sql!("UPDATE t SET name = $name WHERE id = $id RETURNING id", name: Nullable<Text> = name, id: Int4 = id)
        };
        assert_eq!(session.execute(rename(3, Some("three")).command()).await.unwrap(), 1);
        assert_eq!(session.execute(rename(4, None).command()).await.unwrap(), 0);
        let rows = sql!("SELECT count(*) FROM t WHERE name = 'three'").query(int8);
        assert_eq!(session.fetch_one(rows).await.unwrap(), 1);
    }

    async fn an_identifier_is_a_name_whatever_it_holds(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        for name in ["weird\"name", "\"; DROP TABLE t; --", "$1", "Größe", "a.b", "select", "\\", "'", "/*"] {
            let table = Identifier::qualified("public", name);
            session.execute(sql!("CREATE TABLE {table} ({column} int)", table = &table, column = Identifier::new(name)).command()).await.unwrap();
            let insert = sql!("INSERT INTO {table} VALUES ($v) RETURNING {column}", v: Int4 = 7, table = &table, column = table.dot(name));
            let insert = insert.query(int4);
            assert_eq!(session.fetch_one(insert).await.unwrap(), 7, "{name}");
        }
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 3);
    }

    async fn what_is_wrong_with_a_fragment_sends_nothing(db) {
        let mut session = db.session().await;
        let before = session.statement_counters();
        let long = Identifier::new(&"x".repeat(64));
        let error = session.fetch(sql!("SELECT * FROM {long}", long = long).rows()).await.unwrap_err();
        assert!(error.to_string().starts_with("expected an identifier of at most 63 bytes, found one of 64"), "{error}");
        assert!(error.origin().unwrap().file.ends_with("fragments.rs"));
        let zero = Fragment::trusted("SELECT '\0'");
        assert!(session.execute(zero.command()).await.unwrap_err().to_string().contains("zero byte"));
        assert_eq!(session.statement_counters().hits, before.hits);
        assert_in_step(&mut session).await;
    }

    async fn the_servers_words_point_into_the_composed_text(db) {
        let mut session = db.session().await;
        let error = session.fetch(sql!("SELECT {x}", x = Fragment::trusted("nope")).rows()).await.unwrap_err();
        assert_eq!(error.sql(), Some("SELECT nope"));
        assert!(error.to_string().contains("^^^^"), "{error}");
    }

    async fn a_literal_that_ends_a_fragment_does_not_go_on_behind_it(db) {
        let mut session = db.session().await;
        // Were the second literal the first one's continuation, its backslash would escape the quote.
        let two = sql!("SELECT length({a}\n'b\\' ) + length({a})", a = sql!(r"E'a'"));
        let error = session.fetch(two.rows()).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "42601", "two literals side by side");
    }
}
