//! Short questions that tests ask beside what they test.

use hathi::sql::{Float8, Int4, Int8, Text};
use hathi::{Query, Session};
use hathi_tests::{Made, statement};

/// Echoes a number: whoever answers this wrong is out of step.
pub(crate) const ECHO: Query<(Int4,), i32> =
    statement!("SELECT $1 AS echo", [Int4] -> ("echo", Int4));

/// Keeps the server busy for so many seconds.
pub(crate) const SLEEP: Query<(Float8,), i32> =
    statement!("SELECT 1 AS awake FROM pg_sleep($1)", [Float8] -> ("awake", Int4));

/// A statement of its own for each text: the number that it selects.
pub(crate) async fn number(session: &mut Session, sql: &str) -> i64 {
    session
        .fetch_one(
            Made::new(sql)
                .column::<Int8>("")
                .query(|row| Ok(row.get::<Int8, i64>(0)?)),
        )
        .await
        .unwrap()
}

/// A statement of its own for each text: the text that it selects.
pub(crate) async fn text(session: &mut Session, sql: &str) -> String {
    session
        .fetch_one(
            Made::new(sql)
                .column::<Text>("")
                .query(|row| Ok(row.get::<Text, String>(0)?)),
        )
        .await
        .unwrap()
}

/// Fails unless the session answers two different questions correctly.
pub(crate) async fn assert_in_step(session: &mut Session) {
    for number in [17, -4] {
        assert_eq!(
            session.fetch_one(ECHO.bind((number,))).await.unwrap(),
            number
        );
    }
}
