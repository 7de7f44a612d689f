//! Plans that are out of date, where a pooler shares them by their text.

use super::*;

#[test]
fn what_is_parsed_after_a_plan_was_out_of_date_has_another_text() {
    let mut talk = prepared(QUERY);
    talk.again(QUERY);
    talk.sent();
    talk.hear(&[(b'E', REVALIDATE), (b'Z', b"I")]);
    let unsent = String::from_utf8_lossy(talk.connection.unsent()).into_owned();
    assert!(unsent.contains("SELECT id FROM t\n/* 0.1 */\0"), "{unsent}");
    let other = Statement {
        sql: "SELECT 1",
        ..QUERY
    };
    talk.again(other);
    let unsent = String::from_utf8_lossy(talk.connection.unsent()).into_owned();
    assert!(unsent.contains("SELECT 1\n/* 0.1 */\0"), "{unsent}");
}
