//! What is written is read as it was, whatever is in it and wherever it is cut.

use super::*;
use crate::codec::{Arguments, Bind, DataRow};
use crate::sql::{Int4, Nullable, Text};

type Columns = (Int4, Nullable<Text>);

const TYPES: [TypeRef; 2] = [TypeRef::Oid(23), TypeRef::Oid(25)];

fn written(options: &CopyOptions, rows: &[(i32, Option<&str>)]) -> Vec<u8> {
    let names = || vec![String::from("id"), String::from("the, name")];
    let writer = LineWriter::new(options, TYPES.into_iter(), names);
    let mut writer = writer.unwrap().unwrap();
    let mut data = Vec::new();
    writer.header(&mut data);
    for row in rows {
        Bind::<Columns>::bind(row, &mut Arguments::new(writer.values())).unwrap();
        writer.write(&mut data).unwrap();
    }
    data
}

/// Reads data that comes in pieces of so many bytes.
fn read(options: &CopyOptions, data: &[u8], piece: usize) -> Vec<(i32, Option<String>)> {
    let reader = LineReader::new(options, TYPES.into_iter()).unwrap();
    let mut reader = reader.unwrap();
    let (mut waiting, mut row, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for piece in data.chunks(piece) {
        waiting.extend_from_slice(piece);
        while let Some(length) = reader.line(&waiting) {
            let line: Vec<u8> = waiting.drain(..length).collect();
            if reader.is_header() {
                continue;
            }
            reader.read(&line, &mut row).unwrap();
            let row = DataRow::new(&row, 2).unwrap();
            rows.push((
                row.get::<Int4, i32>(0).unwrap(),
                row.get::<Text, Option<String>>(1).unwrap(),
            ));
        }
    }
    assert!(waiting.is_empty());
    rows
}

const NASTY: &[(i32, Option<&str>)] = &[
    (1, None),
    (2, Some("")),
    (3, Some("\\N")),
    (4, Some("\\.")),
    (5, Some("a,b;c\td")),
    (6, Some("\"quoted\" 'too'")),
    (7, Some("line\nline\r\n\u{8}\u{b}\u{c}")),
    (-8, Some("back\\slash\\")),
    (9, Some("grüße 🦀")),
    (10, Some("NULL")),
    (11, Some(",")),
    (12, Some("\"")),
];

#[test]
fn rows_are_read_as_they_were_written() {
    for options in [
        CopyOptions::text(),
        CopyOptions::text().delimiter('|'),
        CopyOptions::text().header(true),
        CopyOptions::csv(),
        CopyOptions::csv().header(true).delimiter(';'),
        CopyOptions::csv().null("NULL"),
        CopyOptions::csv().null("\\N").escape('\\'),
        CopyOptions::csv().quote('\''),
        CopyOptions::csv().quote('\'').escape('\\'),
    ] {
        let data = written(&options, NASTY);
        for piece in [1, 2, 7, data.len()] {
            let rows = read(&options, &data, piece);
            let rows: Vec<_> = rows
                .iter()
                .map(|(id, name)| (*id, name.as_deref()))
                .collect();
            assert_eq!(rows, NASTY, "{options:?}, {piece} bytes at a time");
        }
    }
}

#[test]
fn lines_look_as_the_server_writes_them() {
    let rows = &NASTY[..5];
    assert_eq!(
        String::from_utf8(written(&CopyOptions::csv().header(true), rows)).unwrap(),
        "id,\"the, name\"\n1,\n2,\"\"\n3,\\N\n4,\"\\.\"\n5,\"a,b;c\td\"\n"
    );
    assert_eq!(
        String::from_utf8(written(&CopyOptions::text(), rows)).unwrap(),
        "1\t\\N\n2\t\n3\t\\\\N\n4\t\\\\.\n5\ta,b;c\\td\n"
    );
}

#[test]
fn every_escape_of_the_text_format_is_read() {
    let rows = read(&CopyOptions::text(), b"1\t\\x41\\102\\x4\\q\\x\\7\n", 3);
    assert_eq!(rows, [(1, Some(String::from("AB\u{4}qx\u{7}")))]);
}

#[test]
fn lines_that_are_no_rows_are_errors() {
    for (options, line) in [
        (CopyOptions::text(), &b"1\n"[..]),
        (CopyOptions::text(), b"1\ta\tb\n"),
        (CopyOptions::text(), b"x\ta\n"),
        (CopyOptions::text(), b"1\t\\\n"),
        (CopyOptions::csv(), b"1,\"a\n"),
        (CopyOptions::csv(), b"\n"),
    ] {
        let reader = LineReader::new(&options, TYPES.into_iter()).unwrap();
        let read = reader.unwrap().read(line, &mut Vec::new());
        assert!(matches!(read, Err(CopyFailure::Data(_))), "{line:?}");
    }
}

#[test]
fn options_that_would_change_values_are_refused() {
    for options in [
        CopyOptions::text().null(""),
        CopyOptions::csv().force_null(&["a"]),
        CopyOptions::csv().force_not_null(&["a"]),
        CopyOptions::text().default_marker("x"),
        CopyOptions::csv().delimiter('ß'),
    ] {
        let reader = LineReader::new(&options, TYPES.into_iter());
        assert!(
            matches!(reader, Err(CopyFailure::Options(_))),
            "{options:?}"
        );
    }
    assert!(
        LineReader::new(&CopyOptions::binary(), TYPES.into_iter())
            .unwrap()
            .is_none()
    );
    let unknown = [TypeRef::Named("mood")].into_iter();
    let reader = LineReader::new(&CopyOptions::csv(), unknown);
    assert!(matches!(reader, Err(CopyFailure::NoText(_))));
}
