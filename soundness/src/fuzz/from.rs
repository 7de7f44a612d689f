//! What stands in FROM, and how it is joined.

use super::query::{Scope, Writer};
use super::schema::{Relation, Ty};

/// Something in FROM.
pub(super) struct Item {
    pub(super) text: String,
    pub(super) scope: Scope,
}

impl Writer<'_> {
    pub(super) fn from(&mut self, depth: usize, outer: &Scope) -> Item {
        if depth == 0 || self.choices.percent(35) {
            return self.item(depth, outer);
        }
        let mut left = self.item(depth, outer);
        for _ in 0..1 + self.choices.below(2) {
            left = self.join(&left, depth, outer);
        }
        left
    }

    fn join(&mut self, left: &Item, depth: usize, outer: &Scope) -> Item {
        let kind = self.choices.pick(&[
            "JOIN",
            "LEFT JOIN",
            "RIGHT JOIN",
            "FULL JOIN",
            "LEFT JOIN",
            "CROSS JOIN",
        ]);
        let lateral =
            matches!(kind, "JOIN" | "LEFT JOIN" | "CROSS JOIN") && self.choices.percent(25);
        let mut seen = outer.clone();
        if lateral {
            seen.extend(left.scope.iter().cloned());
        }
        let nested = depth > 1 && !lateral && self.choices.percent(15);
        let right = if nested {
            let inner = self.from(depth - 1, outer);
            Item {
                text: format!("({})", inner.text),
                scope: inner.scope,
            }
        } else {
            self.item(depth - 1, &seen)
        };
        let right = if nested && !right.text.contains(" JOIN ") {
            Item {
                text: right.text[1..right.text.len() - 1].to_owned(),
                ..right
            }
        } else {
            right
        };
        let mut scope = left.scope.clone();
        scope.extend(right.scope.iter().cloned());
        let condition = match kind {
            "CROSS JOIN" => String::new(),
            // Only these can be merged or hashed.
            "FULL JOIN" => format!(" ON {}", self.equality(&left.scope, &right.scope)),
            _ if self.choices.percent(60) => {
                let equality = self.equality(&left.scope, &right.scope);
                let more = if self.choices.percent(30) {
                    format!(" AND {}", self.predicate(&scope, 1))
                } else {
                    String::new()
                };
                format!(" ON {equality}{more}")
            }
            _ => format!(" ON {}", self.predicate(&scope, 1)),
        };
        Item {
            text: format!("{} {kind} {}{condition}", left.text, right.text),
            scope,
        }
    }

    fn equality(&mut self, left: &Scope, right: &Scope) -> String {
        let of = |scope: &Scope| -> Vec<String> {
            scope
                .iter()
                .filter(|(name, ty)| *ty == Ty::Int && !name.contains('('))
                .map(|(name, _)| name.clone())
                .collect()
        };
        let (left, right) = (of(left), of(right));
        if left.is_empty() || right.is_empty() {
            return "true".to_owned();
        }
        let (one, two) = (
            self.choices.below(left.len()),
            self.choices.below(right.len()),
        );
        format!("{} = {}", left[one], right[two])
    }

    /// One thing in FROM; what it may speak of is in `outer`.
    fn item(&mut self, depth: usize, outer: &Scope) -> Item {
        let alias = self.alias();
        match self.choices.below(16) {
            10 | 11 if depth > 0 => {
                let types: Vec<Ty> = (0..1 + self.choices.below(3)).map(|_| self.ty()).collect();
                let query = self.query(depth - 1, &types, outer);
                self.named(&format!("LATERAL ({query})"), &alias, &types)
            }
            12 => {
                let types = [Ty::Int, Ty::Text];
                let rows: Vec<String> = (0..1 + self.choices.below(3))
                    .map(|_| format!("({})", self.list(&types, outer, 0)))
                    .collect();
                self.named(
                    &format!("LATERAL (VALUES {})", rows.join(", ")),
                    &alias,
                    &types,
                )
            }
            13 | 14 => self.function(&alias, outer),
            15 => {
                let (one, two) = (self.relation(), self.relation());
                let kind = self
                    .choices
                    .pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
                let text = format!(
                    "({} l{alias} {kind} {} r{alias} USING (id)) AS {alias} ({alias}_id)",
                    one.name, two.name
                );
                Item {
                    text,
                    scope: vec![(format!("{alias}.{alias}_id"), Ty::Int)],
                }
            }
            _ => {
                let relation = self.relation();
                let only = if relation.has_heirs && self.choices.percent(50) {
                    "ONLY "
                } else {
                    ""
                };
                let sample = if relation.is_table && self.choices.percent(3) {
                    " TABLESAMPLE BERNOULLI (50)"
                } else {
                    ""
                };
                let scope = relation
                    .columns
                    .iter()
                    .map(|column| (format!("{alias}.{}", column.name), column.ty))
                    .collect();
                Item {
                    text: format!("{only}{} {alias}{sample}", relation.name),
                    scope,
                }
            }
        }
    }

    fn relation(&mut self) -> Relation {
        let all = self.schema.relations.len() + self.ctes.len();
        let at = self.choices.below(all);
        match self.schema.relations.get(at) {
            Some(relation) => relation.clone(),
            None => self.ctes[at - self.schema.relations.len()].clone(),
        }
    }

    fn function(&mut self, alias: &str, outer: &Scope) -> Item {
        let number = self.expression(Ty::Int, outer, 0);
        let (call, types): (String, &[Ty]) = match self.choices.below(11) {
            0 => ("generate_series(1, 3)".to_owned(), &[Ty::Int]),
            1 => (format!("generate_series(1, {number})"), &[Ty::Int]),
            2 => (format!("unnest(ARRAY[{number}, 2])"), &[Ty::Int]),
            3 => ("unnest(ARRAY[1, NULL])".to_owned(), &[Ty::Int]),
            4 => (format!("halves({number})"), &[Ty::Int]),
            5 => (format!("pair({number})"), &[Ty::Int, Ty::Text]),
            6 => ("several(3)".to_owned(), &[Ty::Int]),
            7 => ("nobody()".to_owned(), &[Ty::Int]),
            8 => (
                "ROWS FROM (generate_series(1, 2), generate_series(1, 3))".to_owned(),
                &[Ty::Int, Ty::Int],
            ),
            9 => (
                "jsonb_each('{\"a\": 1, \"b\": null}')".to_owned(),
                &[Ty::Text, Ty::Json],
            ),
            _ => (
                "jsonb_array_elements_text('[1, null]')".to_owned(),
                &[Ty::Text],
            ),
        };
        if self.choices.percent(25) {
            let types: Vec<Ty> = types.iter().copied().chain([Ty::Int]).collect();
            return self.named(&format!("{call} WITH ORDINALITY"), alias, &types);
        }
        self.named(&call, alias, types)
    }

    fn named(&mut self, text: &str, alias: &str, types: &[Ty]) -> Item {
        let names: Vec<String> = (0..types.len()).map(|at| format!("c{at}")).collect();
        let scope = names
            .iter()
            .zip(types)
            .map(|(name, ty)| (format!("{alias}.{name}"), *ty))
            .collect();
        Item {
            text: format!("{text} AS {alias} ({})", names.join(", ")),
            scope,
        }
    }
}
