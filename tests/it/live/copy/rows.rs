//! Rows of every format and many types.

use std::sync::{Arc, Mutex};

use hathi::sql::{
    Bool, Bytea, Float8, Int8, Numeric, Text, Timestamptz, Uuid, array, bool, bytea, float8, int4,
    int8, nullable, numeric, text, timestamptz, uuid,
};
use hathi::types;
use hathi::{ArgumentError, Arguments, Bind, CopyIn, CopyOptions, CopyOut, Pool, PoolOptions};
use hathi_tests::on_every_server;

use super::{ALL_USERS, Columns, FORMATS, USERS, all, kept, session};
use crate::live::ask::{assert_in_step, number};

fn users(count: i32) -> Vec<(i32, Option<String>)> {
    let nasty = [
        "",
        "\\N",
        "\\.",
        "a\tb\nc\\d",
        "\"x\", 'y'; none|",
        "none",
        "grüße 🦀",
        "\r\n",
    ];
    let name = |id: i32| match usize::try_from(id).unwrap() % (nasty.len() + 1) {
        0 => None,
        index => Some(nasty[index - 1].to_owned()),
    };
    (1..=count).map(|id| (id, name(id))).collect()
}

/// A row of the user's own.
struct User {
    id: i32,
    name: &'static str,
}

impl Bind<Columns> for User {
    const COUNT: u16 = 2;

    fn bind(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        Bind::<Columns>::bind(&(self.id, self.name), to)
    }
}

type Many = (Bool, Int8, Float8, Text, Bytea, Uuid, Numeric, Timestamptz);

const MANY: CopyIn<Many> = CopyIn::raw(
    "many (b, i, f, t, y, u, n, z)",
    (bool, int8, float8, text, bytea, uuid, numeric, timestamptz),
);

type ManyRow = (
    bool,
    i64,
    f64,
    String,
    Vec<u8>,
    <Uuid as hathi::sql::Type>::Rust,
    <Numeric as hathi::sql::Type>::Rust,
    <Timestamptz as hathi::sql::Type>::Rust,
);

const MANY_OUT: CopyOut<ManyRow> = CopyOut::raw(
    "many",
    (bool, int8, float8, text, bytea, uuid, numeric, timestamptz),
);

on_every_server! {
    async fn rows_come_back_as_they_went_in_whatever_the_format(db) {
        let mut session = session(db).await;
        let users = users(1000);
        for options in FORMATS {
            session.simple("TRUNCATE users").await.unwrap();
            let rows = users.iter().map(|(id, name)| (*id, name.as_deref()));
            let count = session.copy_in_rows(USERS.with(*options), rows).await.unwrap();
            assert_eq!(count, 1000, "{options:?}");
            for other in FORMATS {
                assert_eq!(all(&mut session, *other).await, users, "{options:?} {other:?}");
            }
            assert_in_step(&mut session).await;
        }
    }

    async fn a_table_is_copied_from_one_database_to_another_as_a_stream(db) {
        let (mut from, pool) = (session(db).await, Pool::new(db.config(), PoolOptions::new()));
        let users = users(300);
        from.copy_in_rows(USERS, users.iter().map(|(id, name)| (*id, name.as_deref()))).await.unwrap();
        from.simple("CREATE TABLE copies (LIKE users)").await.unwrap();
        const COPIES: CopyIn<Columns> = CopyIn::raw("copies (id, name)", (int4, nullable(text)));
        let rows = from.copy_out(ALL_USERS.with(CopyOptions::csv()));
        assert_eq!(pool.copy_in_stream(COPIES, rows).await.unwrap(), 300);
        let mut rows = pool.copy_out(ALL_USERS).await.unwrap();
        let mut lent = 0;
        while let Some(row) = rows.lend().await.unwrap() {
            assert_eq!(row.get::<hathi::sql::Int4, i32>(0).unwrap(), users[lent].0);
            assert_eq!(row.get::<Text, Option<&str>>(1).unwrap(), users[lent].1.as_deref());
            lent += 1;
        }
        assert_eq!(lent, 300);
        drop(rows);
        let different = "SELECT count(*) FROM (TABLE users EXCEPT TABLE copies) d";
        assert_eq!(number(&mut from, different).await, 0);
    }

    async fn a_struct_is_a_row_and_a_value_that_cannot_be_sent_leaves_the_copy_open(db) {
        let mut session = session(db).await;
        for options in [CopyOptions::binary(), CopyOptions::csv()] {
            session.simple("TRUNCATE users").await.unwrap();
            let mut copy = session.copy_in(USERS.with(options)).await.unwrap();
            copy.send(User { id: 1, name: "Ada" }).await.unwrap();
            struct Refused;
            impl hathi::Encode<hathi::sql::Nullable<Text>> for Refused {
                fn encode(&self, to: &mut Arguments<'_>) -> Result<(), hathi::EncodeError> {
                    to.bytes(b"half")?;
                    Err(hathi::EncodeError::rejected("not today"))
                }
            }
            let error = copy.send((2, Refused)).await.unwrap_err();
            assert!(error.is_codec() && error.to_string().starts_with("column 2 of row 2 cannot be sent: not today"), "{error}");
            copy.send(User { id: 3, name: "Grace" }).await.unwrap();
            assert_eq!(copy.finish().await.unwrap(), 2);
            let expected = [(1, Some("Ada".to_owned())), (3, Some("Grace".to_owned()))];
            assert_eq!(all(&mut session, options).await, expected);
        }
    }

    async fn values_of_many_types_come_back_exactly(db) {
        let mut session = db.session().await;
        session.simple("SET TimeZone TO 'Asia/Kathmandu'; CREATE TABLE many (b bool NOT NULL, i int8 NOT NULL, f float8 NOT NULL, t text NOT NULL, y bytea NOT NULL, u uuid NOT NULL, n numeric NOT NULL, z timestamptz NOT NULL)").await.unwrap();
        session.simple("INSERT INTO many SELECT n % 2 = 0, (n - 5) * 1e17::int8, CASE n WHEN 1 THEN 'Infinity' WHEN 2 THEN 'NaN' ELSE pi() * 10.0 ^ (n * 30 - 150) END, repeat('x', n), decode(lpad(to_hex(n), 2, '0'), 'hex'), lpad(n::text, 32, 'a')::uuid, n / 7.0, '2024-02-29 04:05:06.789+00'::timestamptz + n * interval '1.000001 h' FROM generate_series(1, 9) n").await.unwrap();
        for options in [CopyOptions::binary(), CopyOptions::text(), CopyOptions::csv()] {
            let mut rows: Vec<ManyRow> = Vec::new();
            let mut copied = session.copy_out(MANY_OUT.with(options));
            while let Some(row) = copied.next().await {
                rows.push(row.unwrap());
            }
            drop(copied);
            session.simple("CREATE TABLE before AS TABLE many; TRUNCATE many").await.unwrap();
            assert_eq!(session.copy_in_rows(MANY.with(options), rows).await.unwrap(), 9);
            let same = "SELECT count(*) FROM many NATURAL JOIN before";
            assert_eq!(number(&mut session, same).await, 9, "{options:?}");
            session.simple("DROP TABLE before").await.unwrap();
        }
    }

    async fn arrays_are_binary_and_are_refused_as_text_before_anything_is_sent(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE lists (l int[])").await.unwrap();
        const LISTS: CopyIn<(hathi::sql::Array<hathi::sql::Int4>,)> = CopyIn::raw("lists (l)", (array(int4),));
        assert_eq!(session.copy_in_rows(LISTS, [(vec![1, 2],), (vec![],)]).await.unwrap(), 2);
        let error = session.copy_in(LISTS.with(CopyOptions::csv())).await.unwrap_err();
        assert!(error.to_string().contains("use the binary format"), "{error}");
        let out = CopyOut::raw("lists", array(int4)).with(CopyOptions::text());
        let error = session.copy_out(out).next().await.unwrap().unwrap_err();
        assert!(error.is_codec(), "{error}");
        let mut lists = session.copy_out(CopyOut::raw("lists", array(int4)));
        assert_eq!(lists.next().await.unwrap().unwrap(), [Some(1), Some(2)]);
        drop(lists);
        assert_in_step(&mut session).await;
    }

    async fn columns_that_are_not_as_expected_are_told_and_nothing_happens(db) {
        let mut session = session(db).await;
        const WRONG: CopyIn<(Int8, Text)> = CopyIn::raw("users (id, name)", (int8, text));
        const FEW: CopyIn<(hathi::sql::Int4,)> = CopyIn::raw("users", (int4,));
        assert!(session.copy_in(WRONG).await.unwrap_err().is_drift());
        let error = session.copy_in(FEW).await.unwrap_err();
        assert!(error.is_drift(), "{error}");
        assert_in_step(&mut session).await;
        let mut rows = session.copy_out(CopyOut::raw("TABLE users", (int8, nullable(text))));
        assert!(rows.next().await.unwrap().unwrap_err().is_drift());
        assert!(rows.next().await.is_none());
        drop(rows);
        assert_in_step(&mut session).await;
        assert_eq!(kept(&mut session).await, 0);
    }

    async fn progress_is_told_in_steps_and_at_the_end(db) {
        let mut session = session(db).await;
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = || {
            let told = Arc::clone(&told);
            move |progress| told.lock().unwrap().push(progress)
        };
        let name = "x".repeat(1000);
        let mut copy = session.copy_in(USERS).await.unwrap().on_progress(listener());
        copy.send_all((0..1000).map(|id| (id, &name))).await.unwrap();
        assert_eq!(copy.finish().await.unwrap(), 1000);
        let steps = std::mem::take(&mut *told.lock().unwrap());
        let last = *steps.last().unwrap();
        assert!(steps.len() > 10 && steps.is_sorted_by_key(|step| (step.rows, step.bytes)));
        assert_eq!((last.rows, last.bytes), (1000, 19 + 1000 * 1014 + 2));
        let mut rows = session.copy_out(ALL_USERS).on_progress(listener());
        while let Some(row) = rows.next().await {
            row.unwrap();
        }
        drop(rows);
        assert_eq!(told.lock().unwrap().last(), Some(&last));
    }

    async fn a_copy_in_a_transaction_ends_with_it(db) {
        let mut session = session(db).await;
        let mut tx = session.begin();
        assert_eq!(tx.copy_in_rows(USERS, [(1, "Ada")]).await.unwrap(), 1);
        assert_eq!(tx.copy_out(ALL_USERS).next().await.unwrap().unwrap().0, 1);
        tx.rollback().await.unwrap();
        assert_eq!(kept(&mut session).await, 0);
        let mut tx = session.begin();
        tx.copy_in_rows(USERS, [(1, "Ada")]).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = session.begin();
        let copy = tx.copy_in(USERS).await.unwrap();
        copy.abort("never mind").await.unwrap();
        assert!(tx.commit().await.unwrap_err().is_commit_rolled_back());
        assert_eq!(kept(&mut session).await, 1);
    }
}

#[test]
fn values_of_hathis_own_types_can_be_rows() {
    fn fits<P, R: Bind<P>>(_: R) {}
    fits::<(Numeric,), _>((types::Numeric::new(5, 1).unwrap(),));
}
