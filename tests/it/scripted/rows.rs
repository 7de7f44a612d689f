//! Rows that are not what their columns promise.

use hathi::Session;
use hathi_tests::{ScriptedServer, message, within};

use super::conversation::{OTHER, QUESTION, answer, answer_others, crew, passengers};

/// The body of a DataRow with these lengths of fields, and bytes behind.
fn fields(count: u16, lengths: &[i32], bytes: &[u8]) -> Vec<u8> {
    let mut body = count.to_be_bytes().to_vec();
    for length in lengths {
        body.extend_from_slice(&length.to_be_bytes());
    }
    body.extend_from_slice(bytes);
    message::message(b'D', &body)
}

/// Puts a broken row behind the good ones: an error, and the session goes on.
async fn check(broken: Vec<u8>, words: &str) {
    let server = ScriptedServer::welcoming(move |peer| {
        peer.flight().unwrap();
        let mut messages = answer(&crew());
        messages.insert(messages.len() - 2, broken);
        peer.send(&messages.concat());
        answer_others(peer);
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let error = within(5, session.fetch_all(QUESTION)).await.unwrap_err();
    assert!(
        error.to_string().contains(words) && !error.is_closed(),
        "{error}"
    );
    assert_eq!(error.sql(), Some(QUESTION.sql()));
    assert_eq!(
        within(5, session.fetch_all(OTHER)).await.unwrap(),
        passengers(),
        "after {words}"
    );
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_row_with_another_number_of_fields_is_an_error() {
    check(
        fields(1, &[4], &[0; 4]),
        "expected 2 columns, the row has 1",
    )
    .await;
    check(
        fields(3, &[-1, -1, -1], b""),
        "expected 2 columns, the row has 3",
    )
    .await;
    check(fields(0, &[], b""), "expected 2 columns, the row has 0").await;
    check(
        fields(u16::MAX, &[], b""),
        "expected 2 columns, the row has 65535",
    )
    .await;
    check(message::message(b'D', b""), "a row cannot be read").await;
    check(message::message(b'D', b"\0"), "a row cannot be read").await;
}

#[tokio::test]
async fn lengths_of_fields_that_cannot_be_are_errors_that_name_the_column() {
    for length in [-2, i32::MIN, 5, 1000, i32::MAX] {
        check(
            fields(2, &[length], &[0; 4]),
            "\"id\": column 1 cannot be read as `i32`",
        )
        .await;
    }
    let second = [
        4_i32.to_be_bytes(),
        1_i32.to_be_bytes(),
        9_i32.to_be_bytes(),
    ]
    .concat();
    check(
        fields(2, &[], &second),
        "\"name\": column 2 cannot be read as `Option<String>`",
    )
    .await;
    check(fields(2, &[4], &[0; 4]), "\"name\": column 2").await;
}

#[tokio::test]
async fn values_of_another_length_or_encoding_are_errors() {
    for value in [&b""[..], b"\0\0\0", b"\0\0\0\0\0"] {
        check(
            message::row(&[Some(value), None]),
            "\"id\": column 1 cannot be read as `i32`: ",
        )
        .await;
    }
    check(
        message::row(&[None, None]),
        "\"id\": column 1 is NULL although it is read as `i32`",
    )
    .await;
    check(
        message::row(&[Some(&[0; 4]), Some(b"\xff\xfe")]),
        "the text is not UTF-8",
    )
    .await;
}

#[tokio::test]
async fn columns_that_are_not_those_of_the_statement_are_drift() {
    for (columns, words) in [
        (vec![("id", 23)], "expected 2 columns, found 1"),
        (vec![], "expected 2 columns, found 0"),
        (
            vec![("id", 23), ("name", 25), ("x", 23)],
            "expected 2 columns, found 3",
        ),
        (vec![("id", 20), ("name", 25)], "found \"id\" of type int8"),
        (
            vec![("id", 23), ("nick", 25)],
            "found \"nick\" of type text",
        ),
        (
            vec![("id", 23), ("name", 999_999)],
            "found \"name\" of type ",
        ),
        (vec![("id", 0), ("name", 25)], "found \"id\" of type "),
    ] {
        let server = ScriptedServer::welcoming(move |peer| {
            peer.flight().unwrap();
            let mut messages = answer(&crew());
            messages[2] = message::columns(&columns);
            peer.send(&messages.concat());
            answer_others(peer);
        });
        let mut session = Session::connect(&server.config()).await.unwrap();
        let error = within(5, session.fetch_all(QUESTION)).await.unwrap_err();
        assert!(
            error.is_drift() && error.to_string().contains(words),
            "{error}"
        );
        assert_eq!(
            within(5, session.fetch_all(OTHER)).await.unwrap(),
            passengers()
        );
        drop(session);
        server.finish();
    }
}
