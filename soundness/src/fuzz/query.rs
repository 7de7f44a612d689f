//! Random queries: what is selected, grouped, ordered and cut.

use super::choices::Choices;
use super::from::Item;
use super::schema::{Column, Relation, Schema, Ty};

/// Names that an expression can use, each with its type.
pub(super) type Scope = Vec<(String, Ty)>;

/// Writes a statement over a schema.
#[derive(Debug)]
pub(super) struct Writer<'s> {
    pub(super) schema: &'s Schema,
    pub(super) choices: Choices,
    pub(super) major: u32,
    aliases: usize,
    /// Common table expressions that can stand in FROM.
    pub(super) ctes: Vec<Relation>,
}

impl<'s> Writer<'s> {
    pub(super) fn new(schema: &'s Schema, choices: Choices, major: u32) -> Self {
        Self {
            schema,
            choices,
            major,
            aliases: 0,
            ctes: Vec::new(),
        }
    }

    pub(super) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("q{}", self.aliases)
    }

    pub(super) fn ty(&mut self) -> Ty {
        match self.choices.below(12) {
            0..=4 => Ty::Int,
            5 | 6 => Ty::Text,
            other => Ty::ALL[other % Ty::ALL.len()],
        }
    }

    /// A whole statement.
    pub(super) fn statement(&mut self) -> String {
        if self.choices.percent(18) {
            return self.change();
        }
        let types: Vec<Ty> = (0..1 + self.choices.below(3)).map(|_| self.ty()).collect();
        let with = self.with();
        let lock = self.choices.percent(4);
        let query = self.query(2, &types, &Scope::new());
        if lock && with.is_empty() && query.starts_with("SELECT") {
            let word = self.choices.pick(&["FOR UPDATE", "FOR SHARE SKIP LOCKED"]);
            return format!("{query} {word}");
        }
        format!("{with}{query}")
    }

    /// `WITH …`, and what it names.
    pub(super) fn with(&mut self) -> String {
        if !self.choices.percent(22) {
            return String::new();
        }
        let types = [Ty::Int, Ty::Text];
        let name = format!("w{}", self.alias());
        let body = match self.choices.below(4) {
            0 | 1 => self.query(1, &types, &Scope::new()),
            2 => {
                let start = self.query(0, &types, &Scope::new());
                let step = self.expression(
                    Ty::Int,
                    &vec![("r.a".to_owned(), Ty::Int), ("r.b".to_owned(), Ty::Text)],
                    1,
                );
                let text = self.expression(
                    Ty::Text,
                    &vec![("r.a".to_owned(), Ty::Int), ("r.b".to_owned(), Ty::Text)],
                    1,
                );
                let union = self.choices.pick(&["UNION ALL", "UNION"]);
                self.add_cte(&name, &types);
                return format!(
                    "WITH RECURSIVE {name} (a, b, n) AS (SELECT s.*, 1 FROM ({start}) s (a, b) {union} \
                     SELECT {step}, {text}, r.n + 1 FROM {name} r WHERE r.n < 3) "
                );
            }
            _ => {
                let table = self.table();
                format!(
                    "UPDATE {table} SET v = {} RETURNING v, 'a'::text",
                    self.expression(Ty::Int, &Scope::new(), 1)
                )
            }
        };
        self.add_cte(&name, &types);
        let materialized = if body.starts_with("UPDATE") {
            ""
        } else {
            self.choices
                .pick(&["", "MATERIALIZED ", "NOT MATERIALIZED "])
        };
        format!("WITH {name} (a, b) AS {materialized}({body}) ")
    }

    fn add_cte(&mut self, name: &str, types: &[Ty]) {
        let columns = types.iter().zip(["a", "b"]).map(|(ty, name)| Column {
            name: name.to_owned(),
            ty: *ty,
        });
        let columns = columns.collect();
        self.ctes.push(Relation {
            name: name.to_owned(),
            columns,
            is_table: false,
            has_heirs: false,
        });
    }

    /// The name of a table that can be changed.
    pub(super) fn table(&mut self) -> String {
        let tables: Vec<&Relation> = self
            .schema
            .relations
            .iter()
            .filter(|relation| relation.is_table)
            .collect();
        tables[self.choices.below(tables.len())].name.clone()
    }

    /// A query of columns of certain types.
    pub(super) fn query(&mut self, depth: usize, types: &[Ty], outer: &Scope) -> String {
        if depth > 0 && self.choices.percent(12) {
            let operation = self.choices.pick(&[
                "UNION ALL",
                "UNION",
                "INTERSECT",
                "EXCEPT",
                "INTERSECT ALL",
                "EXCEPT ALL",
            ]);
            let (left, right) = (
                self.query(depth - 1, types, outer),
                self.query(depth - 1, types, outer),
            );
            let cut = self.cut(false);
            return format!("({left}) {operation} ({right}){cut}");
        }
        match self.choices.below(16) {
            14 => {
                let rows: Vec<String> = (0..1 + self.choices.below(2))
                    .map(|_| format!("({})", self.list(types, outer, 1)))
                    .collect();
                format!("VALUES {}", rows.join(", "))
            }
            15 => {
                let list = self.list(types, outer, 2);
                let condition = self.condition("WHERE", outer, 1, 30);
                format!("SELECT {list}{condition}")
            }
            _ => {
                let item = self.from(depth, outer);
                let mut scope = item.scope.clone();
                scope.extend(outer.iter().cloned());
                let condition = self.condition("WHERE", &scope, 2, 55);
                let from = format!(" FROM {}{condition}", item.text);
                if self.choices.percent(28) {
                    self.grouped(types, &item, outer, &from)
                } else {
                    self.plain(types, &scope, &from)
                }
            }
        }
    }

    fn plain(&mut self, types: &[Ty], scope: &Scope, from: &str) -> String {
        let windows = self.choices.percent(14);
        let mut list = Vec::new();
        for ty in types {
            let expression = if windows && matches!(ty, Ty::Int | Ty::Text) {
                self.window(*ty, scope)
            } else {
                self.expression(*ty, scope, 2)
            };
            list.push(expression);
        }
        if !windows && self.choices.percent(4) && types.first() == Some(&Ty::Int) {
            list[0] = self
                .choices
                .pick(&[
                    "generate_series(1, 2)",
                    "unnest(ARRAY[1, NULL])",
                    "unnest(ARRAY[1, 2])",
                    "several(3)",
                ])
                .to_owned();
        }
        let distinct = self.choices.pick(&["", "", "", "", "DISTINCT "]);
        let cut = self.cut(distinct.is_empty());
        format!("SELECT {distinct}{}{from}{cut}", list.join(", "))
    }

    /// ORDER BY, LIMIT and OFFSET.
    fn cut(&mut self, ordered: bool) -> String {
        match self.choices.below(12) {
            7 => " LIMIT 1".to_owned(),
            8 => " LIMIT 2 OFFSET 1".to_owned(),
            9 if ordered => " ORDER BY 1".to_owned(),
            10 if ordered => " ORDER BY 1 FETCH FIRST 1 ROW WITH TIES".to_owned(),
            11 => " LIMIT 0".to_owned(),
            _ => String::new(),
        }
    }

    fn grouped(&mut self, types: &[Ty], item: &Item, outer: &Scope, from: &str) -> String {
        let count = self.choices.below(4);
        let keys: Vec<(String, Ty)> = (0..count).map(|_| self.key(&item.scope)).collect();
        let names: Vec<&str> = keys.iter().map(|(key, _)| key.as_str()).collect();
        let clause = match (names.as_slice(), self.choices.below(6)) {
            ([], 0..=3) => String::new(),
            ([], _) => " GROUP BY ()".to_owned(),
            ([one, rest @ ..], 3) => format!(
                " GROUP BY {}",
                [&[&*format!("ROLLUP ({one})")], rest].concat().join(", ")
            ),
            (all, 4) => format!(" GROUP BY CUBE ({})", all.join(", ")),
            ([one, two, ..], 5) => format!(" GROUP BY GROUPING SETS (({one}, {two}), ({one}), ())"),
            (all, _) => format!(" GROUP BY {}", all.join(", ")),
        };
        let mut scope: Scope = if clause == " GROUP BY ()" {
            Scope::new()
        } else {
            keys.clone()
        };
        if clause.contains("GROUPING SETS") {
            scope.truncate(2);
        }
        scope.extend(outer.iter().cloned());
        let mut list = Vec::new();
        for ty in types {
            let expression = if self.choices.percent(60) {
                self.aggregate(*ty, &item.scope)
            } else {
                self.expression(*ty, &scope, 1)
            };
            list.push(expression);
        }
        let having = self.choices.pick(&[
            "",
            "",
            "",
            " HAVING count(*) > 0",
            " HAVING count(*) > 1",
            " HAVING max(1) IS NOT NULL",
        ]);
        let having = if having.is_empty() && self.choices.percent(10) {
            self.condition("HAVING", &scope, 1, 100)
        } else {
            having.to_owned()
        };
        let cut = self.cut(true);
        format!("SELECT {}{from}{clause}{having}{cut}", list.join(", "))
    }

    /// A key of GROUP BY: a column, or an expression of one. Types without equality cannot be keys.
    fn key(&mut self, scope: &Scope) -> (String, Ty) {
        if scope.is_empty() {
            return ("1 + 0".to_owned(), Ty::Int);
        }
        let (name, ty) = scope[self.choices.below(scope.len())].clone();
        match (ty, self.choices.below(4)) {
            (Ty::Int, 3) => (format!("({name} + 1)"), Ty::Int),
            (Ty::Numeric, 3) => (format!("({name}::text)"), Ty::Text),
            _ => (name, ty),
        }
    }

    fn condition(&mut self, word: &str, scope: &Scope, depth: usize, chance: usize) -> String {
        if !self.choices.percent(chance) {
            return String::new();
        }
        // Keys are pinned more often than chance would.
        let ids: Vec<&String> = scope
            .iter()
            .map(|(name, _)| name)
            .filter(|name| name.ends_with(".id") || name.ends_with(".v"))
            .collect();
        if !ids.is_empty() && self.choices.percent(30) {
            let id = ids[self.choices.below(ids.len())].clone();
            let value = self.choices.below(5);
            let more = if self.choices.percent(30) {
                format!(" AND {}", self.predicate(scope, depth))
            } else {
                String::new()
            };
            return format!(" {word} {id} = {value}{more}");
        }
        format!(" {word} {}", self.predicate(scope, depth))
    }

    pub(super) fn list(&mut self, types: &[Ty], scope: &Scope, depth: usize) -> String {
        let list: Vec<String> = types
            .iter()
            .map(|ty| self.expression(*ty, scope, depth))
            .collect();
        list.join(", ")
    }
}
