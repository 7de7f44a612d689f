//! Values of every type, there and back: what is read is what the server means, and what is sent is what it was.

mod agreement;
mod other_crates;
mod parameters;
mod shapes;

use std::fmt::Debug;

use hathi::sql::{Array, Element, Int4, Nullable, Text, Type};
use hathi::{Decode, Encode, Session};
use hathi_tests::Made;

/// A Rust type that can be read from `S` and sent as `S`, alone, as `Option` and in arrays.
pub(crate) trait Both<S>:
    for<'r> Decode<'r, S> + Encode<S> + Encode<Nullable<S>> + Clone + Debug + PartialEq
{
}

impl<S, T> Both<S> for T where
    T: for<'r> Decode<'r, S> + Encode<S> + Encode<Nullable<S>> + Clone + Debug + PartialEq
{
}

/// Checks that a type and the server agree on each of these literals.
///
/// `expected` makes the value from the literal and from the text that the server writes for it.
pub(crate) async fn agree<S, T>(
    session: &mut Session,
    literals: &[&str],
    expected: impl Fn(&str, &str) -> T,
) where
    S: Element,
    T: Both<S>,
    Option<T>: for<'r> Decode<'r, S>,
{
    let read = read_all::<S, T>(session, literals).await;
    assert_eq!(read.len(), literals.len());
    for ((value, text), literal) in read.iter().zip(literals) {
        let expected = expected(literal, text);
        assert!(
            same(value, &expected),
            "{}: read {literal} as {value:?}, expected {expected:?}",
            S::NAME
        );
        assert_sent::<S, T>(session, value, text).await;
    }
    let values: Vec<T> = read.into_iter().map(|(value, _)| value).collect();
    agree_on_null::<S, T>(session, &values[0]).await;
    agree_on_arrays::<S, T>(session, literals, &values).await;
}

/// Values that are not equal to themselves still look the same.
fn same<T: Debug + PartialEq>(left: &T, right: &T) -> bool {
    left == right || format!("{left:?}") == format!("{right:?}")
}

async fn read_all<S: Type, T: Both<S>>(
    session: &mut Session,
    literals: &[&str],
) -> Vec<(T, String)> {
    let ty = quoted(S::NAME);
    let sql = format!(
        "SELECT l::{ty} AS v, l::{ty}::text AS t FROM unnest({}) l",
        text_array(literals)
    );
    let query = Made::new(sql).column::<S>("v").column::<Text>("t");
    session
        .fetch_all(query.query(|row| Ok((row.get::<S, T>(0)?, row.get::<Text, String>(1)?))))
        .await
        .unwrap()
}

/// The server writes a value that was sent as it writes the literal, and sends it back as it was.
async fn assert_sent<S: Type, T: Both<S>>(session: &mut Session, value: &T, text: &str) {
    let query = Made::new("SELECT $1 AS v, $1::text AS t")
        .parameter::<S>()
        .column::<S>("v")
        .column::<Text>("t");
    let query = query.bound::<(S,), _, _>(
        |row| Ok((row.get::<S, T>(0)?, row.get::<Text, String>(1)?)),
        (value.clone(),),
    );
    let (back, sent) = session.fetch_one(query).await.unwrap();
    assert_eq!(sent, text, "{}: {value:?} was sent", S::NAME);
    assert!(
        same(&back, value),
        "{}: {value:?} came back as {back:?}",
        S::NAME
    );
}

async fn agree_on_null<S: Type, T: Both<S>>(session: &mut Session, value: &T) {
    for sent in [None, Some(value.clone())] {
        let query = Made::new("SELECT $1 AS v, ($1 IS NULL)::int4 AS n");
        let query = query
            .parameter::<Nullable<S>>()
            .column::<Nullable<S>>("v")
            .column::<Int4>("n");
        let query = query.bound::<(Nullable<S>,), _, _>(
            |row| Ok((row.nullable::<S, Option<T>>(0)?, row.get::<Int4, i32>(1)?)),
            (sent.clone(),),
        );
        let (back, is_null) = session.fetch_one(query).await.unwrap();
        assert_eq!(is_null, i32::from(sent.is_none()), "{}", S::NAME);
        assert!(
            same(&back, &sent),
            "{}: {sent:?} came back as {back:?}",
            S::NAME
        );
    }
}

async fn agree_on_arrays<S, T>(session: &mut Session, literals: &[&str], values: &[T])
where
    S: Element,
    T: Both<S>,
    Option<T>: for<'r> Decode<'r, S>,
{
    let ty = quoted(S::NAME);
    let mut with_null: Vec<Option<T>> = values.iter().cloned().map(Some).collect();
    with_null.push(None);
    let literals = text_array(literals);
    for (array, expected) in [
        (format!("({literals} || NULL::text)::{ty}[]"), with_null),
        (format!("ARRAY[NULL, NULL]::{ty}[]"), vec![None, None]),
        (format!("ARRAY[]::{ty}[]"), vec![]),
    ] {
        let sql = format!("SELECT {array} AS v, $1 AS back, $1::text = ({array})::text AS same");
        let query = Made::new(sql).parameter::<Array<S>>();
        let query = query
            .column::<Array<S>>("v")
            .column::<Array<S>>("back")
            .column::<hathi::sql::Bool>("same");
        let query = query.bound::<(Array<S>,), _, _>(
            |row| {
                let found = row.get::<Array<S>, Vec<Option<T>>>(0)?;
                Ok((
                    found,
                    row.get::<Array<S>, Vec<Option<T>>>(1)?,
                    row.get::<hathi::sql::Bool, bool>(2)?,
                ))
            },
            (expected.clone(),),
        );
        let (found, back, is_same) = session.fetch_one(query).await.unwrap();
        assert!(
            same(&found, &expected),
            "{}[]: read {found:?}, expected {expected:?}",
            S::NAME
        );
        assert!(
            same(&back, &expected),
            "{}[]: {expected:?} came back as {back:?}",
            S::NAME
        );
        assert!(
            is_same,
            "{}[]: the server read {expected:?} as another array",
            S::NAME
        );
    }
}

/// The name of a type as SQL takes it: the grammar has another meaning for `char`.
fn quoted(name: &str) -> String {
    format!("pg_catalog.\"{name}\"")
}

/// Literals as an array of text.
fn text_array(literals: &[&str]) -> String {
    let literals: Vec<String> = literals
        .iter()
        .map(|literal| format!("E'{}'", literal.replace('\\', "\\\\").replace('\'', "''")))
        .collect();
    format!("ARRAY[{}]::text[]", literals.join(", "))
}
