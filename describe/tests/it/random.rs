//! Random statements over rows with NULLs: no column that is proven not null may hold one.

use std::fmt::Write;

use hathi_query_cache::Template;

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL);
    CREATE TABLE b (id int PRIMARY KEY, u int, v int NOT NULL);
    CREATE TABLE c (id bigint NOT NULL, w bigint, z int NOT NULL) PARTITION BY RANGE (id);
    CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (3);
    CREATE TABLE c2 PARTITION OF c DEFAULT;
    CREATE TABLE d (id int NOT NULL, p int, q int NOT NULL);
    CREATE TABLE d1 (r int NOT NULL) INHERITS (d);
    INSERT INTO a VALUES (1, 1, 4), (2, NULL, 2), (3, 3, 3), (4, NULL, 4);
    INSERT INTO b VALUES (2, 2, 2), (3, NULL, 3), (5, 5, 1);
    INSERT INTO c VALUES (1, NULL, 1), (3, 3, 3), (6, 6, 2);
    INSERT INTO d VALUES (1, 1, 3);
    INSERT INTO d1 VALUES (2, NULL, 2, 2), (7, 7, 4, 7);
    CREATE VIEW va AS SELECT a.id, b.v AS x, a.y FROM a LEFT JOIN b ON b.id = a.id;
    CREATE VIEW vb AS SELECT id, a.y AS u, b.v FROM a FULL JOIN b USING (id);
    CREATE VIEW vd AS SELECT id, p, q FROM d UNION SELECT id, u, v FROM b;";

/// Relations with the names of their columns, which differ but for `id`.
const RELATIONS: [(&str, [&str; 3]); 7] = [
    ("a", ["id", "x", "y"]),
    ("b", ["id", "u", "v"]),
    ("c", ["id", "w", "z"]),
    ("d", ["id", "p", "q"]),
    ("va", ["id", "x", "y"]),
    ("vb", ["id", "u", "v"]),
    ("vd", ["id", "p", "q"]),
];

const JOINS: [&str; 4] = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"];

#[test]
fn what_is_proven_holds_for_random_statements() {
    const STATEMENTS: usize = 300;
    let mut proven = 0;
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        // One child allows NULL where its parent does not; 18 does not let it.
        let _ = scratch
            .session
            .query("ALTER TABLE d1 ALTER q DROP NOT NULL; INSERT INTO d1 VALUES (8, 8, NULL, 8)");
        scratch.session.run("SET statement_timeout = '60s'");
        let mut random = Random(u64::from(scratch.major) * 0x9e37_79b9);
        let texts: Vec<String> = (0..STATEMENTS).map(|_| random.statement()).collect();
        let templates: Vec<Template> = texts
            .iter()
            .map(|text| Template::parse(text).unwrap())
            .collect();
        let answers = scratch.database.describe(&templates).unwrap();
        for (sql, answer) in texts.iter().zip(answers) {
            let description =
                answer.unwrap_or_else(|error| panic!("{}: {sql}: {error}", scratch.major));
            let rows = scratch
                .session
                .query(sql)
                .unwrap_or_else(|error| panic!("{}: {sql}: {error}", scratch.major));
            for (at, _) in description
                .columns
                .unwrap()
                .iter()
                .enumerate()
                .filter(|(_, column)| !column.nullable)
            {
                proven += 1;
                let broken = rows.iter().find(|row| row[at].is_none());
                assert_eq!(
                    broken,
                    None,
                    "on {}: {sql}: column {}",
                    scratch.major,
                    at + 1
                );
            }
        }
    });
    // A test that proves nothing would never fail.
    assert!(proven > 500, "only {proven} columns were proven");
}

/// A source of numbers that repeats itself from run to run.
struct Random(u64);

/// Something to stand in FROM, and what can be selected from it.
struct Item {
    text: String,
    columns: Vec<String>,
}

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    fn statement(&mut self) -> String {
        let mut names = 0;
        let columns = 1 + self.below(3);
        self.query(2, columns, &mut names)
    }

    /// A query of so many columns, called c1, c2, …
    fn query(&mut self, depth: usize, columns: usize, names: &mut usize) -> String {
        match self.below(8) {
            0 if depth > 0 => {
                let (left, right) = (
                    self.query(depth - 1, columns, names),
                    self.query(depth - 1, columns, names),
                );
                let operation = *self.pick(&["UNION", "UNION ALL", "INTERSECT", "EXCEPT ALL"]);
                format!("({left}) {operation} ({right})")
            }
            1 if depth > 0 => {
                *names += 1;
                let name = format!("s{names}");
                let inner = self.query(depth - 1, columns, names);
                let list = list(columns, |at| format!("c{at}"));
                let materialized = *self.pick(&["", "MATERIALIZED "]);
                format!("WITH {name} AS {materialized}({inner}) SELECT {list} FROM {name}")
            }
            2 | 3 => self.grouped(depth, columns, names),
            _ => {
                let item = self.item(depth, names);
                let list = list(columns, |at| {
                    format!("{} AS c{at}", self.pick(&item.columns))
                });
                let distinct = *self.pick(&["", "", "DISTINCT "]);
                format!(
                    "SELECT {distinct}{list} FROM {}{}",
                    item.text,
                    self.condition(&item)
                )
            }
        }
    }

    fn grouped(&mut self, depth: usize, columns: usize, names: &mut usize) -> String {
        let item = self.item(depth, names);
        let keys: Vec<String> = (0..3).map(|_| self.pick(&item.columns).clone()).collect();
        let [one, two, three] = keys.as_slice() else {
            unreachable!("three keys")
        };
        let clause = match self.below(6) {
            0 => format!("{one}, ROLLUP ({two}, {three})"),
            1 => format!("{one}, CUBE ({two}), {three}"),
            2 => format!("GROUPING SETS (({one}, {two}), ({one}, {three}))"),
            3 => format!("{one}, GROUPING SETS (({two}), ({two}, {three}))"),
            4 => format!("DISTINCT {one}, ROLLUP ({one}, {two}), {three}"),
            _ => format!("{one}, {two}, {three}"),
        };
        let list = list(columns, |at| format!("{} AS c{at}", self.pick(&keys)));
        format!(
            "SELECT {list} FROM {}{} GROUP BY {clause}",
            item.text,
            self.condition(&item)
        )
    }

    fn condition(&mut self, item: &Item) -> String {
        let column = self.pick(&item.columns).clone();
        match self.below(5) {
            0 => format!(" WHERE {column} > 1"),
            1 => format!(" WHERE {column} IS NULL"),
            2 => format!(
                " WHERE {column} IS DISTINCT FROM {}",
                self.pick(&item.columns)
            ),
            _ => String::new(),
        }
    }

    fn item(&mut self, depth: usize, names: &mut usize) -> Item {
        match self.below(8) {
            0..=2 if depth > 0 => self.join(depth, names),
            3 if depth > 0 => {
                let columns = 1 + self.below(3);
                let inner = self.query(depth - 1, columns, names);
                *names += 1;
                let name = format!("r{names}");
                let columns = (1..=columns).map(|at| format!("{name}.c{at}")).collect();
                Item {
                    text: format!("({inner}) AS {name}"),
                    columns,
                }
            }
            4 | 5 => self.merged(names),
            6 if depth > 0 => self.lateral(depth, names),
            _ => self.relation(names),
        }
    }

    fn relation(&mut self, names: &mut usize) -> Item {
        let (relation, columns) = *self.pick(&RELATIONS);
        *names += 1;
        let only = if relation == "d" {
            *self.pick(&["", "ONLY "])
        } else {
            ""
        };
        let columns = columns.map(|column| format!("r{names}.{column}")).to_vec();
        Item {
            text: format!("{only}{relation} AS r{names}"),
            columns,
        }
    }

    fn join(&mut self, depth: usize, names: &mut usize) -> Item {
        let (left, right) = (self.item(depth - 1, names), self.item(depth - 1, names));
        let kind = *self.pick(&JOINS);
        let condition = format!(
            "{} = {}",
            self.pick(&left.columns),
            self.pick(&right.columns)
        );
        let text = format!("({} {kind} {} ON {condition})", left.text, right.text);
        Item {
            text,
            columns: [left.columns, right.columns].concat(),
        }
    }

    /// A row of tables joined by USING, with or without a name of its own.
    fn merged(&mut self, names: &mut usize) -> Item {
        let start = self.below(4);
        let members: Vec<_> = (0..2 + self.below(2))
            .map(|at| RELATIONS[(start + at) % 4])
            .collect();
        let mut text = String::new();
        let mut columns = vec!["id".to_owned()];
        *names += 1;
        let first = *names;
        for (at, (relation, own)) in members.iter().enumerate() {
            *names += 1;
            let kind = *self.pick(&JOINS);
            let _ = if at == 0 {
                write!(text, "{relation} AS r{names}")
            } else {
                write!(text, " {kind} {relation} AS r{names} USING (id)")
            };
            columns.extend(own[1..].iter().map(|column| (*column).to_owned()));
        }
        let qualified = columns
            .iter()
            .map(|column| format!("r{first}.{column}"))
            .collect();
        Item {
            text: format!("({text}) AS r{first}"),
            columns: qualified,
        }
    }

    fn lateral(&mut self, depth: usize, names: &mut usize) -> Item {
        let (left, inner) = (self.item(depth - 1, names), self.relation(names));
        *names += 1;
        let kind = *self.pick(&["CROSS JOIN", "LEFT JOIN"]);
        let on = if kind == "LEFT JOIN" { " ON true" } else { "" };
        let (mine, outer) = (self.pick(&inner.columns), self.pick(&left.columns));
        let condition = format!(
            "{} = {}",
            self.pick(&inner.columns),
            self.pick(&left.columns)
        );
        let lateral = format!(
            "LATERAL (SELECT {mine} AS c1, {outer} AS c2 FROM {} WHERE {condition}) AS r{names}",
            inner.text
        );
        let columns = [
            left.columns.clone(),
            vec![format!("r{names}.c1"), format!("r{names}.c2")],
        ]
        .concat();
        Item {
            text: format!("({} {kind} {lateral}{on})", left.text),
            columns,
        }
    }
}

fn list(columns: usize, column: impl FnMut(usize) -> String) -> String {
    (1..=columns).map(column).collect::<Vec<_>>().join(", ")
}
