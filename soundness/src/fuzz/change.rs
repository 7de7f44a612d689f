//! Random statements that change rows and return them.

use super::query::{Scope, Writer};
use super::schema::{Relation, Ty};

impl Writer<'_> {
    /// INSERT, UPDATE, DELETE or MERGE with RETURNING.
    pub(super) fn change(&mut self) -> String {
        let table = self.table();
        let relation = self
            .schema
            .relations
            .iter()
            .find(|relation| relation.name == table);
        let Some(relation) = relation.cloned() else {
            return "SELECT 1".to_owned();
        };
        let sorts = if self.major >= 17 { 4 } else { 3 };
        match self.choices.below(sorts) {
            0 => self.insert(&relation),
            1 => self.update(&relation),
            2 => self.delete(&relation),
            _ => self.merge(&relation),
        }
    }

    fn scope(relation: &Relation, alias: &str) -> Scope {
        relation
            .columns
            .iter()
            .map(|column| (format!("{alias}.{}", column.name), column.ty))
            .collect()
    }

    fn returning(&mut self, scope: &Scope) -> String {
        let mut scope = scope.clone();
        if self.major >= 18 && self.choices.percent(35) {
            let version = self.choices.pick(&["old", "new"]);
            for (name, _) in &mut scope {
                if let Some((alias, column)) = name.split_once('.')
                    && alias == "t"
                {
                    *name = format!("{version}.{column}");
                }
            }
        }
        let types: Vec<Ty> = (0..1 + self.choices.below(3)).map(|_| self.ty()).collect();
        self.list(&types, &scope, 1)
    }

    fn insert(&mut self, relation: &Relation) -> String {
        let names: Vec<&str> = relation
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let mut rows = Vec::new();
        for _ in 0..1 + self.choices.below(2) {
            let mut values = vec![(100 + self.choices.below(3)).to_string()];
            if self.choices.percent(30) {
                values[0] = self.choices.below(4).to_string();
            }
            for column in relation.columns.iter().skip(1) {
                values.push(self.expression(column.ty, &Scope::new(), 1));
            }
            rows.push(format!("({})", values.join(", ")));
        }
        let source = if self.choices.percent(20) {
            let types: Vec<Ty> = relation.columns.iter().map(|column| column.ty).collect();
            self.query(0, &types, &Scope::new())
        } else {
            format!("VALUES {}", rows.join(", "))
        };
        let conflict = match self.choices.below(6) {
            3 => " ON CONFLICT DO NOTHING".to_owned(),
            4 => format!(
                " ON CONFLICT (id) DO UPDATE SET v = {}",
                self.choices.pick(&["excluded.v", "t.v", "1"])
            ),
            5 => " ON CONFLICT (id) DO UPDATE SET v = excluded.v WHERE t.v > 1".to_owned(),
            _ => String::new(),
        };
        let returning = self.returning(&Self::scope(relation, "t"));
        format!(
            "INSERT INTO {} AS t ({}) {source}{conflict} RETURNING {returning}",
            relation.name,
            names.join(", ")
        )
    }

    fn update(&mut self, relation: &Relation) -> String {
        let own = Self::scope(relation, "t");
        let column = &relation.columns[self.choices.below(relation.columns.len())];
        let value = self.expression(column.ty, &own, 1);
        let (from, scope) = self.other(&own);
        let condition = self.pin(&scope);
        let returning = self.returning(&scope);
        let from = if from.is_empty() {
            from
        } else {
            format!(" FROM {from}")
        };
        format!(
            "UPDATE {} AS t SET {} = {value}{from} WHERE {condition} RETURNING {returning}",
            relation.name, column.name
        )
    }

    fn delete(&mut self, relation: &Relation) -> String {
        let (from, scope) = self.other(&Self::scope(relation, "t"));
        let condition = self.pin(&scope);
        let returning = self.returning(&scope);
        let using = if from.is_empty() {
            from
        } else {
            format!(" USING {from}")
        };
        format!(
            "DELETE FROM {} AS t{using} WHERE {condition} RETURNING {returning}",
            relation.name
        )
    }

    fn merge(&mut self, relation: &Relation) -> String {
        let own = Self::scope(relation, "t");
        let (source, _) = ("(VALUES (0, 1), (1, NULL), (100, 3)) AS s (id, v)", ());
        let mut scope = own;
        scope.push(("s.id".to_owned(), Ty::Int));
        scope.push(("s.v".to_owned(), Ty::Int));
        let matched = self.choices.pick(&[
            "UPDATE SET v = s.v",
            "DELETE",
            "DO NOTHING",
            "UPDATE SET v = 1",
        ]);
        let names: Vec<&str> = relation
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let mut values = vec!["s.id".to_owned()];
        for column in relation.columns.iter().skip(1) {
            values.push(if column.name == "v" {
                "s.v".to_owned()
            } else {
                column.ty.literal(&mut self.choices)
            });
        }
        let absent = if self.choices.percent(60) {
            format!(
                " WHEN NOT MATCHED THEN INSERT ({}) VALUES ({})",
                names.join(", "),
                values.join(", ")
            )
        } else {
            String::new()
        };
        let lost = if self.choices.percent(25) {
            " WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = 5"
        } else {
            ""
        };
        let returning = self.returning(&scope);
        format!(
            "MERGE INTO {} AS t USING {source} ON t.id = s.id WHEN MATCHED THEN {matched}{absent}{lost} RETURNING {returning}",
            relation.name
        )
    }

    /// Another relation in FROM, sometimes.
    fn other(&mut self, own: &Scope) -> (String, Scope) {
        let mut scope = own.clone();
        if !self.choices.percent(30) {
            return (String::new(), scope);
        }
        let at = self.choices.below(self.schema.relations.len());
        let relation = self.schema.relations[at].clone();
        scope.extend(Self::scope(&relation, "o"));
        (format!("{} AS o", relation.name), scope)
    }

    /// A condition that holds for few rows, or for any.
    fn pin(&mut self, scope: &Scope) -> String {
        match self.choices.below(3) {
            0 => format!("t.id = {}", self.choices.below(6)),
            1 => self.predicate(scope, 1),
            _ => format!(
                "t.id = {} AND {}",
                self.choices.below(6),
                self.predicate(scope, 1)
            ),
        }
    }
}
