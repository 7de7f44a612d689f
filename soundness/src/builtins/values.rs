//! The edge values of each built-in type: what is empty, zero, huge, infinite, no number, or holds a NULL inside.

use std::collections::BTreeMap;

/// Each type with the texts of its values. Arrays, and what is not read from a text, are made from these.
const VALUES: &[(&str, &[&str])] = &[
    ("boolean", &["true", "false"]),
    ("smallint", &["0", "1", "-1", "32767", "-32768", "7"]),
    (
        "integer",
        &["0", "1", "-1", "2", "3", "42", "2147483647", "-2147483648"],
    ),
    (
        "bigint",
        &[
            "0",
            "1",
            "-1",
            "5",
            "9223372036854775807",
            "-9223372036854775808",
        ],
    ),
    (
        "numeric",
        &[
            "0",
            "1",
            "-1",
            "2",
            "-0.5",
            "1.50",
            "123456.789",
            "1e30",
            "NaN",
            "Infinity",
            "-Infinity",
        ],
    ),
    (
        "real",
        &[
            "0",
            "-0",
            "1.5",
            "-2",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e-37",
        ],
    ),
    (
        "double precision",
        &[
            "0",
            "-0",
            "0.5",
            "1.5",
            "-2",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e300",
            "1e-300",
        ],
    ),
    (
        "text",
        &[
            "",
            " ",
            "a",
            "abc",
            "a,b,c",
            "{}",
            "[1,2]",
            "UTC",
            "hex",
            "base64",
            "escape",
            "YYYY-MM-DD",
            "9999",
            "public",
            "SELECT",
            "1",
            "-1",
            ".*",
            "(b)?c",
            "(",
            "month",
            "day",
            "epoch",
            "hour",
            "year",
            "timezone",
            "pg_class",
            "é",
            "{\"a\":null}",
            "NFC",
            "UTF8",
            "LATIN1",
            "2020-01-01",
            "infinity",
            "english",
            "B",
            "DD",
            "%s",
            "%",
            "integer",
            "g",
            "n",
            "md5",
            "12:00",
            "$.a",
            "<a>1</a>",
            "a=>1",
            "%I %L",
            "FMRN",
            "IYYY-IW",
            "\\",
            "a_c",
            "%b%",
            "10 kB",
            "0/0",
            "1 2",
            "a & b",
        ],
    ),
    ("name", &["", "abc", "public", "pg_class", "UTF8"]),
    ("\"char\"", &["a", "", "r", "Z"]),
    ("character", &["", "x"]),
    ("character varying", &["", "abc", "é"]),
    ("cstring", &["", "1", "abc"]),
    ("bytea", &["", "\\x00", "abc", "\\xdeadbeef0011", "\\xff"]),
    ("bit", &["1", "0"]),
    (
        "bit varying",
        &["", "1", "101", "00000000000000000000000000000001"],
    ),
    (
        "date",
        &[
            "2020-02-29",
            "infinity",
            "-infinity",
            "0001-01-01 BC",
            "1999-12-31",
            "5874897-12-31",
        ],
    ),
    (
        "time without time zone",
        &["00:00", "24:00", "12:34:56.789"],
    ),
    (
        "time with time zone",
        &["00:00+00", "24:00-05", "12:34:56.789+01"],
    ),
    (
        "timestamp without time zone",
        &[
            "2020-02-29 12:00",
            "infinity",
            "-infinity",
            "0044-03-15 BC",
            "294276-12-31",
        ],
    ),
    (
        "timestamp with time zone",
        &[
            "2020-02-29 12:00+02",
            "infinity",
            "-infinity",
            "1970-01-01 00:00 UTC",
            "4713-01-01 BC",
        ],
    ),
    (
        "interval",
        &[
            "0",
            "1 mon",
            "-1 day 3 hours",
            "1 year 2 mons 3 days 04:05:06.7",
            "1 sec",
            "100 years",
            "infinity",
            "-infinity",
        ],
    ),
    (
        "uuid",
        &[
            "00000000-0000-0000-0000-000000000000",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "018e1f2e-1111-7abc-8bbb-123456789abc",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "5c9ce1a0-0f6b-11ee-be56-0242ac120002",
        ],
    ),
    ("money", &["0", "12.34", "-5", "92233720368547758.07"]),
    (
        "oid",
        &[
            "0",
            "1",
            "10",
            "11",
            "23",
            "1247",
            "1259",
            "2200",
            "16384",
            "99999",
            "4294967295",
        ],
    ),
    ("xid", &["0", "100"]),
    ("cid", &["0", "1"]),
    ("tid", &["(0,0)", "(1,1)", "(4294967295,65535)"]),
    ("xid8", &["0", "100", "3"]),
    ("pg_lsn", &["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"]),
    (
        "json",
        &[
            "null",
            "{}",
            "[]",
            "{\"a\":1,\"b\":null}",
            "[1,null,\"x\"]",
            "\"s\"",
            "\"\"",
            "1",
            "[[1]]",
            "{\"a\":{\"b\":[1]}}",
        ],
    ),
    (
        "jsonb",
        &[
            "null",
            "{}",
            "[]",
            "{\"a\":1,\"b\":null}",
            "[1,null,\"x\"]",
            "\"s\"",
            "\"\"",
            "1",
            "true",
            "{\"a\":{\"b\":[1]}}",
        ],
    ),
    (
        "jsonpath",
        &["$", "$.a", "$[*]", "$.a > 0", "strict $.x", "null"],
    ),
    (
        "inet",
        &[
            "127.0.0.1",
            "10.0.0.0/8",
            "::1",
            "2001:db8::/32",
            "0.0.0.0/0",
        ],
    ),
    ("cidr", &["10.0.0.0/8", "::/0", "192.168.1.0/24"]),
    ("macaddr", &["08:00:2b:01:02:03", "00:00:00:00:00:00"]),
    (
        "macaddr8",
        &["08:00:2b:01:02:03:04:05", "00:00:00:00:00:00:00:00"],
    ),
    (
        "point",
        &["(0,0)", "(1,2)", "(NaN,1)", "(Infinity,0)", "(-3,4)"],
    ),
    (
        "line",
        &["{1,2,3}", "{0,1,0}", "{1,0,NaN}", "{1,2,4}", "{1,0,0}"],
    ),
    (
        "lseg",
        &[
            "[(0,0),(1,1)]",
            "[(0,0),(0,0)]",
            "[(1,NaN),(2,2)]",
            "[(0,1),(1,0)]",
            "[(5,5),(6,6)]",
        ],
    ),
    (
        "box",
        &[
            "(1,1),(0,0)",
            "(0,0),(0,0)",
            "(NaN,1),(2,2)",
            "(Infinity,1),(2,2)",
            "(9,9),(8,8)",
        ],
    ),
    (
        "path",
        &[
            "[(0,0),(1,1)]",
            "((0,0),(1,1),(1,0))",
            "((0,0))",
            "[(NaN,0),(1,1)]",
        ],
    ),
    (
        "polygon",
        &[
            "((0,0),(1,1),(1,0))",
            "((0,0))",
            "((NaN,0),(1,1))",
            "((5,5),(6,6),(6,5))",
        ],
    ),
    (
        "circle",
        &[
            "<(0,0),1>",
            "<(0,0),0>",
            "<(NaN,0),NaN>",
            "<(9,9),Infinity>",
        ],
    ),
    ("tsvector", &["", "a b:1A c:2", "'x y':3"]),
    ("tsquery", &["", "a & b", "!a | b <-> c", "a:*"]),
    ("regconfig", &["english", "simple"]),
    ("regdictionary", &["simple", "english_stem"]),
    (
        "regclass",
        &[
            "pg_class",
            "public.probe_sequence",
            "public.probe_sequence_2",
            "1",
            "0",
        ],
    ),
    ("regtype", &["int4", "text", "0", "1"]),
    ("regproc", &["now", "0", "1"]),
    ("regprocedure", &["now()", "0", "1"]),
    ("regoper", &["0", "1"]),
    ("regoperator", &["0", "1"]),
    ("regrole", &["postgres", "0", "1"]),
    ("regnamespace", &["public", "0", "1"]),
    ("regcollation", &["\"C\"", "0", "1"]),
    ("xml", &["<a>1</a>", "<b/>", "", "text"]),
    ("int2vector", &["", "1 2"]),
    ("oidvector", &["", "1 2"]),
    ("refcursor", &["x", ""]),
    ("aclitem", &["postgres=r/postgres", "=/postgres"]),
    ("txid_snapshot", &["10:20:10,14", "1:1:"]),
    ("pg_snapshot", &["10:20:10,14", "1:1:"]),
    ("int4range", &["empty", "[1,5)", "(,)", "[3,)", "(,0]"]),
    ("int8range", &["empty", "[1,5)", "(,)", "[3,)"]),
    (
        "numrange",
        &["empty", "[1,5)", "(,)", "[NaN,NaN]", "[1,Infinity]"],
    ),
    (
        "daterange",
        &["empty", "[2020-01-01,)", "(,)", "[2020-01-01,infinity]"],
    ),
    (
        "tsrange",
        &["empty", "[2020-01-01,)", "(,)", "[-infinity,infinity]"],
    ),
    (
        "tstzrange",
        &[
            "empty",
            "[2020-01-01 00:00Z,)",
            "(,)",
            "[-infinity,infinity]",
        ],
    ),
    (
        "int4multirange",
        &["{}", "{(,)}", "{[1,5),[7,9)}", "{[3,)}"],
    ),
    ("int8multirange", &["{}", "{(,)}", "{[1,5),[7,9)}"]),
    ("nummultirange", &["{}", "{(,)}", "{[1,5),[7,9)}"]),
    ("datemultirange", &["{}", "{(,)}", "{[2020-01-01,)}"]),
    ("tsmultirange", &["{}", "{(,)}", "{[2020-01-01,)}"]),
    ("tstzmultirange", &["{}", "{(,)}", "{[2020-01-01 00:00Z,)}"]),
    ("probe_enum", &["a", "b", "c"]),
    ("unknown", &["abc", ""]),
];

/// Values that are no text of their type.
const MADE: &[(&str, &[&str])] = &[
    (
        "record",
        &[
            "ROW(1, 'a'::text)",
            "ROW(1, NULL::text)",
            "ROW(NULL::int, NULL::text)",
        ],
    ),
    ("record[]", &["ARRAY[ROW(1, 'a'::text)]"]),
    (
        "aclitem[]",
        &["'{}'::aclitem[]", "'{postgres=r/postgres}'::aclitem[]"],
    ),
    ("cstring[]", &["'{}'::cstring[]", "'{1,2}'::cstring[]"]),
    ("int2vector[]", &[]),
    ("unknown[]", &[]),
];

/// The types that stand in for a polymorphic one: one is drawn for each call.
pub(super) const ELEMENTS: &[&str] = &[
    "integer",
    "text",
    "date",
    "boolean",
    "numeric",
    "jsonb",
    "double precision",
];
/// The ranges that stand in, by what they range over.
pub(super) const RANGES: &[(&str, &str, &str)] = &[
    ("integer", "int4range", "int4multirange"),
    ("numeric", "numrange", "nummultirange"),
    ("date", "daterange", "datemultirange"),
    ("timestamp without time zone", "tsrange", "tsmultirange"),
];
/// What may stand where anything may.
pub(super) const ANYTHING: &[&str] = &[
    "integer",
    "text",
    "boolean",
    "jsonb",
    "date",
    "record",
    "integer[]",
    "int4range",
];

/// SQL expressions of a type, by its name.
#[derive(Debug)]
pub(super) struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    /// All values. Texts that a major does not know become errors of the call, which count for nothing.
    pub(super) fn new() -> Self {
        let mut values = BTreeMap::new();
        for (ty, texts) in VALUES {
            let literal = |text: &&str| format!("'{}'::{ty}", text.replace('\'', "''"));
            let scalars: Vec<String> = texts.iter().map(literal).collect();
            if let ([first, ..], [.., last]) = (scalars.as_slice(), scalars.as_slice()) {
                let arrays = vec![
                    format!("'{{}}'::{ty}[]"),
                    format!("ARRAY[{first}]"),
                    format!("ARRAY[{last}, {first}]"),
                    format!("ARRAY[NULL]::{ty}[]"),
                    format!("ARRAY[{first}, NULL, {last}]"),
                    format!("ARRAY[[{first}], [{last}]]"),
                ];
                values.insert(format!("{ty}[]"), arrays);
            }
            values.insert((*ty).to_owned(), scalars);
        }
        for (ty, made) in MADE {
            let made = made.iter().map(|text| (*text).to_owned()).collect();
            values.insert((*ty).to_owned(), made);
        }
        Self(values)
    }

    /// The values of a type; none if it has no edge values, and then nothing is concluded.
    pub(super) fn of(&self, ty: &str) -> &[String] {
        self.0.get(ty).map_or(&[], Vec::as_slice)
    }
}
