//! The cache of prepared statements: what is kept, what makes room, and what the server has dropped or invalidated.

use hathi::sql::{Int4, Int8, Nullable, Text};
use hathi::{Query, Session, StatementCounters};
use hathi_tests::{Made, on_every_server_and_pooler, statement};

use crate::live::ask::{assert_in_step, number};

const ID: Query<(), i32> = statement!("SELECT id FROM t", [] -> ("id", Int4));
const ALL: Query<(), (i32, Option<String>)> =
    statement!("SELECT * FROM t", [] -> [("id", Int4), ("name", Nullable<Text>)]);
const TABLE: &str = "CREATE TABLE t (id int NOT NULL, name text); INSERT INTO t VALUES (1, 'one')";

/// What the cache has counted since the last time.
struct Counted(StatementCounters);

impl Counted {
    fn from(session: &Session) -> Self {
        Self(session.statement_counters())
    }

    /// Hits, misses, evictions and reprepares.
    fn since(&mut self, session: &Session) -> [u64; 4] {
        let (before, after) = (self.0, session.statement_counters());
        self.0 = after;
        [
            after.hits - before.hits,
            after.misses - before.misses,
            after.evictions - before.evictions,
            after.reprepares - before.reprepares,
        ]
    }
}

on_every_server_and_pooler! {
    async fn a_statement_is_prepared_on_its_first_use_and_kept(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let mut counted = Counted::from(&session);
        for expected in [[0, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]] {
            assert_eq!(session.fetch_one(ID).await.unwrap(), 1);
            assert_eq!(counted.since(&session), expected);
        }
        assert_eq!(number(&mut session, "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT id FROM t'").await, 1);
    }

    async fn two_places_with_one_text_share_a_statement_and_each_is_compared(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        session.fetch_one(ID).await.unwrap();
        let mut counted = Counted::from(&session);
        let other = statement!("SELECT id FROM t", [] -> ("id", Int4));
        assert_eq!(session.fetch_one(other).await.unwrap(), 1);
        assert_eq!(counted.since(&session), [1, 0, 0, 0]);
        let wrong = statement!("SELECT id FROM t", [] -> ("id", Int8));
        for _ in 0..2 {
            assert!(session.fetch_one(wrong).await.unwrap_err().is_drift());
            assert_eq!(session.fetch_one(ID).await.unwrap(), 1);
        }
    }

    async fn types_of_parameters_tell_statements_apart(db) {
        let mut session = db.session().await;
        let int = statement!("SELECT pg_typeof($1)::text AS ty", [Int4] -> ("ty", Text));
        let long = statement!("SELECT pg_typeof($1)::text AS ty", [Int8] -> ("ty", Text));
        for _ in 0..2 {
            assert_eq!(session.fetch_one(int.bind((1,))).await.unwrap(), "integer");
            assert_eq!(session.fetch_one(long.bind((1,))).await.unwrap(), "bigint");
        }
    }

    async fn the_least_recently_used_statement_makes_room_and_is_closed(db) {
        let mut session = Session::connect(&db.config().statement_cache(3)).await.unwrap();
        let kept = statement!("SELECT 0 AS n", [] -> ("n", Int4));
        let mut counted = Counted::from(&session);
        for round in 1..=50 {
            assert_eq!(session.fetch_one(kept).await.unwrap(), 0);
            let query = Made::new(format!("SELECT {round} AS n")).column::<Int4>("n").query(|row| Ok(row.get::<Int4, i32>(0)?));
            assert_eq!(session.fetch_one(query).await.unwrap(), round);
        }
        assert_eq!(counted.since(&session), [49, 51, 48, 0]);
        let counters = session.statement_counters();
        assert_eq!((counters.size, counters.capacity), (3, 3));
        // The last one that made room is closed with the next flight, which adds one in its turn.
        let prepared = number(&mut session, "SELECT count(*) FROM pg_prepared_statements").await;
        assert!((3..=4).contains(&prepared), "{prepared}");
    }

    async fn what_the_server_has_dropped_is_prepared_again(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        for drop_all in ["DISCARD ALL", "DEALLOCATE ALL"] {
            for script in [true, false] {
                session.fetch_one(ID).await.unwrap();
                match script {
                    true => session.simple(drop_all).await.unwrap(),
                    false => session.execute(Made::new(drop_all).command()).await.unwrap(),
                };
                let mut counted = Counted::from(&session);
                assert_eq!(session.fetch_one(ID).await.unwrap(), 1);
                assert_eq!(counted.since(&session), [0, 1, 0, 0], "{drop_all}");
            }
        }
    }

    async fn one_dropped_statement_is_prepared_again_whatever_its_name(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        session.fetch_one(ID).await.unwrap();
        let name = crate::live::ask::text(&mut session, "SELECT name FROM pg_prepared_statements WHERE statement = 'SELECT id FROM t'").await;
        session.simple(&format!("DEALLOCATE {name}")).await.unwrap();
        assert_eq!(session.fetch_one(ID).await.unwrap(), 1);
        assert_in_step(&mut session).await;
    }

    async fn a_statement_dropped_behind_our_back_is_prepared_again_silently(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        session.simple("CREATE FUNCTION forget() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DEALLOCATE ALL; END $$").await.unwrap();
        session.fetch_one(ID).await.unwrap();
        // The command tag is SELECT: nothing tells that statements are gone.
        session.simple("SELECT forget()").await.unwrap();
        let mut counted = Counted::from(&session);
        assert_eq!(session.fetch_one(ID).await.unwrap(), 1);
        assert_eq!(counted.since(&session), [1, 0, 0, 1]);
        assert_eq!(session.fetch_one(ID).await.unwrap(), 1);
        assert_eq!(counted.since(&session), [1, 0, 0, 0]);
    }

    async fn a_changed_table_that_still_fits_is_prepared_again_silently(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let insert = statement!(writes "INSERT INTO t VALUES (2, 'two') RETURNING *", [] -> [("id", Int4), ("name", Nullable<Text>)]);
        session.fetch_all(ALL).await.unwrap();
        session.fetch_one(insert).await.unwrap();
        let mut counted = Counted::from(&session);
        session.simple("ALTER TABLE t ALTER name TYPE varchar(20)").await.unwrap();
        assert_eq!(session.fetch_all(ALL).await.unwrap().len(), 2);
        assert_eq!(session.fetch_one(insert).await.unwrap(), (2, Some("two".to_owned())));
        assert_eq!(counted.since(&session), [2, 0, 0, 2]);
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 3, "nothing ran twice");
    }

    async fn a_changed_type_is_an_error_that_names_the_column_until_the_table_fits_again(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        assert_eq!(session.fetch_one(ID).await.unwrap(), 1);
        session.simple("ALTER TABLE t ALTER id TYPE int8").await.unwrap();
        for _ in 0..3 {
            let error = session.fetch_one(ID).await.unwrap_err();
            assert!(error.is_drift());
            let words = "the database is not what the statement was compiled against: expected column 1 to be \"id\" of type int4, found \"id\" of type int8; \
                         migrate the database, or run `cargo hathi prepare` and compile again\n  SELECT id FROM t\n";
            assert!(error.to_string().starts_with(words), "{error}");
            assert_in_step(&mut session).await;
        }
        session.simple("ALTER TABLE t ALTER id TYPE int4").await.unwrap();
        assert_eq!(session.fetch_one(ID).await.unwrap(), 1);
    }

    async fn a_new_column_under_a_star_is_an_error_that_counts_the_columns(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        session.fetch_all(ALL).await.unwrap();
        session.simple("ALTER TABLE t ADD COLUMN extra int").await.unwrap();
        let error = session.fetch_all(ALL).await.unwrap_err();
        assert!(error.is_drift() && error.to_string().contains("expected 2 columns, found 3;"), "{error}");
        session.simple("ALTER TABLE t DROP COLUMN extra").await.unwrap();
        session.fetch_all(ALL).await.unwrap();
        session.simple("ALTER TABLE t RENAME COLUMN name TO nick").await.unwrap();
        let error = session.fetch_all(ALL).await.unwrap_err();
        assert!(error.to_string().contains("expected column 2 to be \"name\" of type text, found \"nick\" of type text;"), "{error}");
    }

    async fn texts_are_one_family_and_marks_in_an_alias_are_no_part_of_the_name(db) {
        let mut session = db.session().await;
        let family = "SELECT 'a'::varchar AS a, 'b'::name AS b, 'c '::char(2) AS \"c!\", 'd' AS \"d?\"";
        let query = Made::new(family).column::<Text>("a").column::<Text>("b").column::<Text>("c").column::<Text>("d?").query(|row| {
            Ok([row.get::<Text, String>(0)?, row.get::<Text, String>(1)?, row.get::<Text, String>(2)?, row.get::<Text, String>(3)?])
        });
        assert_eq!(session.fetch_one(query).await.unwrap(), ["a", "b", "c ", "d"]);
    }

    async fn a_table_that_is_made_anew_is_found(db) {
        let mut session = db.session().await;
        for round in 0..3 {
            session.simple("DROP TABLE IF EXISTS t").await.unwrap();
            session.simple(TABLE).await.unwrap();
            assert_eq!(session.fetch_one(ID).await.unwrap(), 1, "round {round}");
        }
        session.simple("DROP TABLE t").await.unwrap();
        assert_eq!(session.fetch_one(ID).await.unwrap_err().sql_state().unwrap().code(), "42P01");
        session.simple("CREATE VIEW t AS SELECT 5 AS id").await.unwrap();
        assert_eq!(session.fetch_one(ID).await.unwrap(), 5);
    }
}
