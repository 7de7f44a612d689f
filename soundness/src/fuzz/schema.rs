//! Random schemas: tables of all sorts, views, functions, triggers; and rows full of NULLs.

use std::fmt::Write as _;

use super::choices::Choices;

/// The types that expressions are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    Int,
    Text,
    Bool,
    Numeric,
    Ints,
    Json,
    Date,
}

impl Ty {
    pub(super) const ALL: [Self; 7] = [
        Self::Int,
        Self::Text,
        Self::Bool,
        Self::Numeric,
        Self::Ints,
        Self::Json,
        Self::Date,
    ];

    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Text => "text",
            Self::Bool => "bool",
            Self::Numeric => "numeric",
            Self::Ints => "int[]",
            Self::Json => "jsonb",
            Self::Date => "date",
        }
    }

    /// A value; small ones, so that joins meet.
    pub(super) fn literal(self, choices: &mut Choices) -> String {
        match self {
            Self::Int => choices.below(6).to_string(),
            Self::Text => format!("'{}'", choices.pick(&["a", "", "b", "ab", "zz"])),
            Self::Bool => choices.pick(&["true", "false"]).to_owned(),
            Self::Numeric => choices
                .pick(&["1.0", "1.00", "0", "2.5", "'NaN'::numeric"])
                .to_owned(),
            Self::Ints => format!(
                "'{}'::int[]",
                choices.pick(&["{1}", "{}", "{1,NULL}", "{NULL}", "{{1,2},{3,4}}", "{2,3}"])
            ),
            Self::Json => format!(
                "'{}'::jsonb",
                choices.pick(&[
                    "{}",
                    "null",
                    "{\"a\":1}",
                    "{\"a\":null}",
                    "[1,null]",
                    "[]",
                    "\"s\""
                ])
            ),
            Self::Date => format!(
                "date '{}'",
                choices.pick(&["2024-01-01", "infinity", "-infinity", "2024-03-31"])
            ),
        }
    }
}

/// A column that can be spoken of.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) ty: Ty,
}

/// Something that can stand in FROM by its name.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Whether statements may change it.
    pub(super) is_table: bool,
    /// Whether other tables inherit from it.
    pub(super) has_heirs: bool,
}

/// A schema with what fills it.
#[derive(Debug, Default)]
pub(super) struct Schema {
    /// The statements that make it, in their order.
    pub(super) statements: Vec<String>,
    pub(super) relations: Vec<Relation>,
}

const FUNCTIONS: &[&str] = &[
    "CREATE FUNCTION halves(i int) RETURNS int LANGUAGE sql STABLE AS 'SELECT CASE WHEN i % 2 = 0 THEN i END'",
    "CREATE FUNCTION strict_half(i int) RETURNS int LANGUAGE plpgsql STRICT IMMUTABLE AS 'BEGIN RETURN nullif(i, 2); END'",
    "CREATE FUNCTION pair(i int, OUT p int, OUT q text) LANGUAGE sql STABLE AS 'SELECT i, NULL::text'",
    "CREATE FUNCTION several(i int) RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT nullif(n, 2) FROM generate_series(1, i) n'",
    "CREATE FUNCTION nobody() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1 WHERE false'",
    "CREATE FUNCTION last_text(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT nullif(b, ''a'')'",
    "CREATE FUNCTION maybe(a int, b text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN a > 2 THEN a::text = b END'",
    "CREATE OPERATOR = (LEFTARG = int, RIGHTARG = text, FUNCTION = maybe)",
    "CREATE AGGREGATE last_of(text) (SFUNC = last_text, STYPE = text, INITCOND = '')",
    "CREATE FUNCTION blank() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v := NULL; RETURN NEW; END'",
    "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id % 2 = 0 THEN RETURN NULL; END IF; RETURN NEW; END'",
    "CREATE DOMAIN positive AS int CHECK (VALUE IS NULL OR VALUE >= 0)",
    "CREATE DOMAIN present AS int NOT NULL",
    "CREATE TYPE pair_of AS (p int, q text)",
];

impl Schema {
    /// Draws a schema.
    pub(super) fn draw(choices: &mut Choices, major: u32) -> Self {
        let mut schema = Self::default();
        schema
            .statements
            .extend(FUNCTIONS.iter().map(|sql| (*sql).to_owned()));
        for at in 0..3 + choices.below(3) {
            schema.table(&format!("t{at}"), choices);
        }
        schema.partitioned(choices);
        schema.inherited(choices, major);
        schema.generated(choices);
        schema.views(choices);
        schema.policies(choices);
        schema
    }

    fn table(&mut self, name: &str, choices: &mut Choices) {
        let mut columns = vec![column("id", Ty::Int)];
        let mut lines = vec![match choices.below(4) {
            0 | 1 => "id int PRIMARY KEY".to_owned(),
            2 => "id int UNIQUE".to_owned(),
            _ => "id int NOT NULL, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED".to_owned(),
        }];
        for at in 0..2 + choices.below(4) {
            let ty = Ty::ALL[choices.below(Ty::ALL.len())];
            let name = format!("c{at}");
            let mut line = format!("{name} {}", ty.sql());
            match choices.below(8) {
                0..=2 => line += " NOT NULL",
                3 => write!(line, " CHECK ({name} IS NOT NULL)").unwrap_or_default(),
                4 if ty == Ty::Int => line = format!("{name} positive"),
                5 if ty == Ty::Int => line += " UNIQUE",
                _ => {}
            }
            lines.push(line);
            columns.push(column(&name, ty));
        }
        // What triggers replace.
        lines.push("v int".to_owned());
        columns.push(column("v", Ty::Int));
        if choices.percent(25) {
            lines.push("UNIQUE (v, id)".to_owned());
        }
        self.statements
            .push(format!("CREATE TABLE {name} ({})", lines.join(", ")));
        if choices.percent(20) {
            let index = choices.pick(&["(v)", "(v) WHERE v > 1", "((v + 1))"]);
            self.statements
                .push(format!("CREATE UNIQUE INDEX ON {name} {index}"));
        }
        self.fill(name, &columns, choices);
        if choices.percent(20) {
            let function = choices.pick(&["blank", "skip"]);
            let event = choices.pick(&["INSERT", "UPDATE", "INSERT OR UPDATE"]);
            self.statements.push(format!("CREATE TRIGGER tr BEFORE {event} ON {name} FOR EACH ROW EXECUTE FUNCTION {function}()"));
        }
        self.add(name, columns, true, false);
    }

    fn partitioned(&mut self, choices: &mut Choices) {
        let key = choices.pick(&["PRIMARY KEY (id)", "UNIQUE (id)", "CHECK (id < 1000)"]);
        self.statements.push(format!("CREATE TABLE pt (id int NOT NULL, v int, w text NOT NULL, {key}) PARTITION BY RANGE (id)"));
        for part in [
            "p1 PARTITION OF pt FOR VALUES FROM (MINVALUE) TO (3)",
            "p2 PARTITION OF pt FOR VALUES FROM (3) TO (MAXVALUE)",
        ] {
            self.statements.push(format!("CREATE TABLE {part}"));
        }
        let columns = vec![
            column("id", Ty::Int),
            column("v", Ty::Int),
            column("w", Ty::Text),
        ];
        self.fill("pt", &columns, choices);
        if choices.percent(30) {
            self.statements.push(
                "CREATE TRIGGER tr BEFORE INSERT ON p2 FOR EACH ROW EXECUTE FUNCTION blank()"
                    .to_owned(),
            );
        }
        self.add("pt", columns, true, false);
    }

    fn inherited(&mut self, choices: &mut Choices, major: u32) {
        self.statements
            .push("CREATE TABLE parent (id int PRIMARY KEY, v int, z text NOT NULL)".to_owned());
        self.statements
            .push("CREATE TABLE child (extra int) INHERITS (parent)".to_owned());
        let columns = vec![
            column("id", Ty::Int),
            column("v", Ty::Int),
            column("z", Ty::Text),
        ];
        self.fill("parent", &columns, choices);
        if major < 18 && choices.percent(50) {
            self.statements
                .push("ALTER TABLE child ALTER z DROP NOT NULL".to_owned());
            self.statements
                .push("INSERT INTO child VALUES (1, NULL, NULL, NULL), (1, 2, 'a', 3)".to_owned());
        } else {
            self.statements
                .push("INSERT INTO child VALUES (1, NULL, 'b', NULL), (1, 2, 'a', 3)".to_owned());
        }
        self.add("parent", columns, true, true);
    }

    fn generated(&mut self, choices: &mut Choices) {
        let expression = choices.pick(&["v * 2", "coalesce(v, 0)", "strict_half(v)"]);
        self.statements.push(format!(
            "CREATE TABLE gen (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int, g int GENERATED ALWAYS AS ({expression}) STORED, \
             pr pair_of)"
        ));
        self.statements.push(
            "INSERT INTO gen (v, pr) VALUES (1, (1, NULL)), (NULL, NULL), (2, (NULL, NULL))"
                .to_owned(),
        );
        let columns = vec![
            column("id", Ty::Int),
            column("v", Ty::Int),
            column("g", Ty::Int),
        ];
        self.add("gen", columns, false, false);
    }

    fn views(&mut self, choices: &mut Choices) {
        let join = choices.pick(&["LEFT JOIN", "JOIN", "FULL JOIN", "RIGHT JOIN"]);
        let views = [
            (format!("CREATE VIEW v1 AS SELECT a.id, b.v, b.z AS w FROM t0 a {join} parent b ON b.id = a.id"), vec![Ty::Int, Ty::Int, Ty::Text], ["id", "v", "w"]),
            ("CREATE VIEW v2 AS SELECT id, count(*)::int AS v, max(w) AS w FROM pt GROUP BY id".to_owned(), vec![Ty::Int, Ty::Int, Ty::Text], ["id", "v", "w"]),
            ("CREATE VIEW v3 WITH (security_barrier) AS SELECT id, v, v + 1 AS w FROM t1 WHERE v IS NOT NULL".to_owned(), vec![Ty::Int, Ty::Int, Ty::Int], ["id", "v", "w"]),
        ];
        for (at, (sql, types, names)) in views.into_iter().enumerate() {
            self.statements.push(sql);
            let columns = names
                .iter()
                .zip(types)
                .map(|(name, ty)| column(name, ty))
                .collect();
            self.add(&format!("v{}", at + 1), columns, false, false);
        }
    }

    /// Everybody may do everything, but for the rows that a policy hides.
    fn policies(&mut self, choices: &mut Choices) {
        if choices.percent(40) {
            self.statements
                .push("ALTER TABLE t1 ENABLE ROW LEVEL SECURITY".to_owned());
            self.statements
                .push("CREATE POLICY some_rows ON t1 USING (id > 2 OR v IS NULL)".to_owned());
        }
    }

    /// Rows that constraints refuse are left out.
    fn fill(&mut self, table: &str, columns: &[Column], choices: &mut Choices) {
        let nulls = [30, 60, 10, 90][choices.below(4)];
        for at in 0..[6, 3, 1, 0][choices.below(4)] {
            let value = |column: &Column| match column.name.as_str() {
                "id" => at.to_string(),
                _ if choices.percent(nulls) => "NULL".to_owned(),
                _ => column.ty.literal(choices),
            };
            let values: Vec<String> = columns.iter().map(value).collect();
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            self.statements.push(format!(
                "INSERT INTO {table} ({}) VALUES ({})",
                names.join(", "),
                values.join(", ")
            ));
        }
    }

    fn add(&mut self, name: &str, columns: Vec<Column>, is_table: bool, has_heirs: bool) {
        self.relations.push(Relation {
            name: name.to_owned(),
            columns,
            is_table,
            has_heirs,
        });
    }
}

fn column(name: &str, ty: Ty) -> Column {
    Column {
        name: name.to_owned(),
        ty,
    }
}
