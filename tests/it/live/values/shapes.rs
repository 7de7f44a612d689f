//! Arrays of other shapes, and values in wider or borrowed Rust types.

use hathi::sql::{Array, Bytea, Float4, Int2, Int4, Int8, Nullable, Text, Type, TypeRef};
use hathi::types::{self, Dimension};
use hathi::{Decode, DecodeError};
use hathi_tests::{Made, on_every_server_and_pooler, statement};

use crate::live::ask::assert_in_step;

on_every_server_and_pooler! {
    async fn arrays_of_several_dimensions_keep_their_shape(db) {
        let mut session = db.session().await;
        let two = Dimension::of(2);
        let matrix = types::Array::new(vec![two, Dimension::of(3)], vec![Some(1), Some(2), None, Some(4), Some(5), Some(6)]).unwrap();
        let shifted = types::Array::new(vec![Dimension { length: 2, lower_bound: -1 }], vec![Some(7), Some(8)]).unwrap();
        let deep = types::Array::new(vec![two; 6], (0..64).map(Some).collect()).unwrap();
        for (array, text) in [
            (matrix, "{{1,2,NULL},{4,5,6}}"),
            (shifted, "[-1:0]={7,8}"),
            (types::Array::from(Vec::new()), "{}"),
            (deep, ""),
        ] {
            let query = Made::new("SELECT $1 AS back, $1::text AS text").parameter::<Array<Int4>>();
            let query = query.column::<Array<Int4>>("back").column::<Text>("text");
            let query = query.bound::<(Array<Int4>,), _, _>(
                |row| Ok((row.get::<Array<Int4>, types::Array<Option<i32>>>(0)?, row.get::<Text, String>(1)?)),
                (array.clone(),),
            );
            let (back, written) = session.fetch_one(query).await.unwrap();
            assert_eq!(back, array);
            assert!(text.is_empty() || written == text, "{written}");
        }
    }

    async fn an_array_a_list_cannot_hold_is_an_error(db) {
        let mut session = db.session().await;
        let matrix = statement!("SELECT ARRAY[[1, 2], [3, 4]] AS a", [] -> ("a", Array<Int4> as Vec<i32>));
        let error = session.fetch_one(matrix).await.unwrap_err();
        assert!(error.is_codec(), "{error}");
        let null = statement!("SELECT ARRAY[1, NULL] AS a", [] -> ("a", Array<Int4> as Vec<i32>));
        let error = session.fetch_one(null).await.unwrap_err();
        assert!(error.to_string().contains("element 1: it is NULL"), "{error}");
        assert_in_step(&mut session).await;
    }

    async fn a_large_array_goes_there_and_back(db) {
        let mut session = db.session().await;
        let numbers: Vec<i64> = (0..200_000).collect();
        let query = statement!("SELECT $1 AS back, cardinality($1) AS n", [Array<Int8>] -> [("back", Array<Int8> as Vec<i64>), ("n", Int4)]);
        let (back, count) = session.fetch_one(query.bind((&numbers,))).await.unwrap();
        assert_eq!((back == numbers, count), (true, 200_000));
    }

    async fn a_list_of_values_takes_the_place_of_many_parameters(db) {
        let mut session = db.session().await;
        let query = statement!("SELECT n AS n FROM generate_series(1, 10) n WHERE n = ANY($1) ORDER BY n", [Array<Int4>] -> ("n", Int4));
        assert_eq!(session.fetch_all(query.bind((&[2, 3, 5, 70][..],))).await.unwrap(), [2, 3, 5]);
        assert_eq!(session.fetch_all(query.bind((Vec::<i32>::new(),))).await.unwrap(), [0; 0]);
        let texts = statement!("SELECT s AS s FROM unnest($1) s WHERE s IS NOT NULL", [Array<Text>] -> ("s", Text));
        assert_eq!(session.fetch_all(texts.bind(([Some("a"), None, Some("")],))).await.unwrap(), ["a", ""]);
    }

    async fn a_smaller_number_is_read_into_a_larger_type(db) {
        let mut session = db.session().await;
        let query = statement!("SELECT 7::int2 AS a, 7::int4 AS b, 1.5::float4 AS c", [] -> [("a", Int2 as i64), ("b", Int4 as i64), ("c", Float4 as f64)]);
        assert_eq!(session.fetch_one(query).await.unwrap(), (7, 7, 1.5));
    }

    async fn null_is_told_from_empty(db) {
        let mut session = db.session().await;
        let query = statement!(
            "SELECT ''::text AS a, NULL::text AS b, ''::bytea AS c, NULL::bytea AS d, '{}'::int4[] AS e, NULL::int4[] AS f",
            [] -> [("a", Nullable<Text>), ("b", Nullable<Text>), ("c", Nullable<Bytea>), ("d", Nullable<Bytea>), ("e", Nullable<Array<Int4>>), ("f", Nullable<Array<Int4>>)]
        );
        let expected = (Some(String::new()), None, Some(vec![]), None, Some(vec![]), None);
        assert_eq!(session.fetch_one(query).await.unwrap(), expected);
    }

    async fn as_many_columns_as_the_server_allows_are_read(db) {
        let mut session = db.session().await;
        let columns: Vec<String> = (1..=1600).map(|number| format!("{number} AS c{number}")).collect();
        let made = (0..1600).fold(Made::new(format!("SELECT {}", columns.join(", "))), |made, _| made.column::<Int4>(""));
        let query = made.query(|row| (0..row.columns()).map(|column| Ok(row.get::<Int4, i32>(column)?)).sum::<Result<i32, hathi::Error>>());
        assert_eq!(session.fetch_one(query).await.unwrap(), 1600 * 1601 / 2);
    }

    async fn a_users_type_is_read_and_needs_to_be_looked_up_before_it_is_sent(db) {
        let mut session = db.session().await;
        session.simple("CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TABLE t (m mood NOT NULL); INSERT INTO t VALUES ('happy')").await.unwrap();
        let query = Made::new("SELECT m FROM t").column::<Mood>("m");
        assert_eq!(session.fetch_one(query.query(|row| Ok(row.get::<Mood, Label>(0)?))).await.unwrap().0, "happy");
        let not_this = Made::new("SELECT 1 AS m").column::<Mood>("m").query(|_| Ok(()));
        assert!(session.fetch_one(not_this).await.unwrap_err().is_drift());
        let sent = Made::new("SELECT 1 AS n FROM t WHERE m = $1").parameter::<Mood>().column::<Int4>("n");
        let sent = sent.bound::<(Text,), _, _>(|row| Ok(row.get::<Int4, i32>(0)?), ("happy",));
        let error = session.fetch_one(sent).await.unwrap_err();
        assert!(error.to_string().starts_with("a parameter has a type that was not looked up in this database"), "{error}");
        assert_in_step(&mut session).await;
    }
}

/// A user's type, as a macro would mark it.
struct Mood;

impl Type for Mood {
    type Rust = Label;

    const NAME: &'static str = "public.mood";
    const TYPE: TypeRef = TypeRef::Named("public.mood");
}

/// What such a value is called.
struct Label(String);

impl Decode<'_, Mood> for Label {
    fn decode(value: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self(String::from_utf8_lossy(value).into_owned()))
    }
}
