//! Parameters: how many there can be, and how large values can be.

use hathi::sql::{Bytea, Int4, Int8, Text};
use hathi::{ArgumentError, Arguments, Bind, Config, Session};
use hathi_tests::{Made, command, on_every_server_and_pooler, statement};

use crate::live::ask::assert_in_step;

/// As many numbers as the protocol can count, or one more.
struct Numbers(i32);

/// The parameters of these.
enum Int4s {}

impl Bind<Int4s> for Numbers {
    const COUNT: u16 = u16::MAX;

    fn bind(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        (1..=self.0).for_each(|number| to.fixed(number.to_be_bytes()));
        Ok(())
    }
}

async fn sum(session: &mut Session, count: i32) -> Result<i64, hathi::Error> {
    let parameters: Vec<String> = (1..=count).map(|number| format!("${number}")).collect();
    let sql = format!(
        "SELECT sum(n) AS sum FROM unnest(ARRAY[{}]) n",
        parameters.join(",")
    );
    let query = (0..count)
        .fold(Made::new(sql), |made, _| made.parameter::<Int4>())
        .column::<Int8>("sum");
    session
        .fetch_one(query.bound::<Int4s, _, _>(|row| Ok(row.get::<Int8, i64>(0)?), Numbers(count)))
        .await
}

on_every_server_and_pooler! {
    async fn as_many_parameters_as_the_protocol_counts_are_sent_and_one_more_is_an_error(db) {
        let mut session = db.session().await;
        assert_eq!(sum(&mut session, 65_535).await.unwrap(), 65_535 * 65_536 / 2);
        let error = sum(&mut session, 65_536).await.unwrap_err();
        assert!(error.to_string().starts_with("a statement can have at most 65535 parameters, found 65536"), "{error:.100}");
        assert_in_step(&mut session).await;
    }

    async fn a_number_is_sent_with_its_type_and_the_server_converts_it(db) {
        let mut session = db.session().await;
        session.simple("CREATE DOMAIN metres AS float8; CREATE TABLE t (f float8, d metres, n numeric, i int4)").await.unwrap();
        let insert = command!("INSERT INTO t (f, d, n) VALUES ($1, $1, $1)", [Int8]);
        let one = i64::from_be_bytes(1.0_f64.to_be_bytes());
        for number in [7, -1, one] {
            session.execute(insert.bind((number,))).await.unwrap();
        }
        let sums = statement!("SELECT sum(f)::numeric::int8 AS f, sum(d)::numeric::int8 AS d, sum(n)::int8 AS n FROM t WHERE f < 10", [] -> [("f", Int8), ("d", Int8), ("n", Int8)]);
        assert_eq!(session.fetch_one(sums).await.unwrap(), (6, 6, 6));
        let large = statement!("SELECT n::int8 AS n FROM t WHERE f > 10", [] -> ("n", Int8));
        assert_eq!(session.fetch_one(large).await.unwrap(), one);
        // What cannot be converted by itself is refused, and not reinterpreted.
        let error = session.execute(command!("UPDATE t SET i = $1", [Text]).bind(("7",))).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "42804");
    }

    async fn large_values_go_there_and_back(db) {
        const SIZE: usize = 64 << 20;
        for config in [db.config(), db.tcp()] {
            round_trip(&config, SIZE).await;
        }
    }

    async fn values_of_every_size_around_the_buffers_go_there_and_back(db) {
        let mut session = db.session().await;
        let echo = statement!("SELECT $1 AS text", [Text] -> ("text", Text));
        for edge in [1 << 10, 8 << 10, 16 << 10, 64 << 10, 128 << 10, 1 << 20] {
            for size in edge - 60..=edge + 20 {
                if size % 7 != 0 && edge > 8 << 10 {
                    continue;
                }
                let text = "x".repeat(size);
                assert!(session.fetch_one(echo.bind((&text,))).await.unwrap() == text, "{size} bytes");
            }
        }
        assert_in_step(&mut session).await;
    }
}

async fn round_trip(config: &Config, size: usize) {
    let mut session = Session::connect(config).await.unwrap();
    let bytes: Vec<u8> = (0..=u8::MAX).collect::<Vec<u8>>().repeat(size / 256);
    let echo = statement!("SELECT $1 AS bytes, octet_length($1) AS n", [Bytea] -> [("bytes", Bytea), ("n", Int4)]);
    let (back, count) = session.fetch_one(echo.bind((&bytes,))).await.unwrap();
    assert_eq!((back == bytes, usize::try_from(count)), (true, Ok(size)));
    assert_in_step(&mut session).await;
}
