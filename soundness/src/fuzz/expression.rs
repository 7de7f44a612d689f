//! Random expressions of every sort of node.

use super::query::{Scope, Writer};
use super::schema::Ty;

impl Writer<'_> {
    /// An expression of a type.
    pub(super) fn expression(&mut self, ty: Ty, scope: &Scope, depth: usize) -> String {
        let columns: Vec<String> = scope
            .iter()
            .filter(|(_, of)| *of == ty)
            .map(|(name, _)| name.clone())
            .collect();
        if depth == 0 || self.choices.percent(40) {
            return match self.choices.below(10) {
                9 => format!("NULL::{}", ty.sql()),
                8 => ty.literal(&mut self.choices),
                _ if columns.is_empty() => ty.literal(&mut self.choices),
                _ => columns[self.choices.below(columns.len())].clone(),
            };
        }
        let depth = depth - 1;
        match self.choices.below(24) {
            0..=3 => self.of_any_type(ty, scope, depth),
            4 if depth > 0 => self.scalar(ty, scope, depth),
            _ => match ty {
                Ty::Int => self.int(scope, depth),
                Ty::Text => self.text(scope, depth),
                Ty::Bool => self.predicate(scope, depth),
                Ty::Numeric => self.numeric(scope, depth),
                Ty::Ints => self.ints(scope, depth),
                Ty::Json => self.json(scope, depth),
                Ty::Date => self.date(scope, depth),
            },
        }
    }

    fn of_any_type(&mut self, ty: Ty, scope: &Scope, depth: usize) -> String {
        let (one, two) = (
            self.expression(ty, scope, depth),
            self.expression(ty, scope, depth),
        );
        match self.choices.below(8) {
            0 | 1 => format!("coalesce({one}, {two})"),
            2 => format!(
                "CASE WHEN {} THEN {one} ELSE {two} END",
                self.predicate(scope, depth)
            ),
            3 => format!("CASE WHEN {} THEN {one} END", self.predicate(scope, depth)),
            4 => {
                let (case, when) = (
                    self.expression(Ty::Int, scope, depth),
                    self.expression(Ty::Int, scope, depth),
                );
                format!("CASE {case} WHEN {when} THEN {one} ELSE {two} END")
            }
            5 => format!("nullif({one}, {two})"),
            6 => format!("greatest({one}, {two})"),
            _ => format!("CASE WHEN {one} IS NOT NULL THEN {one} ELSE {two} END"),
        }
    }

    /// A query in parentheses that returns at most one row.
    fn scalar(&mut self, ty: Ty, scope: &Scope, depth: usize) -> String {
        let query = self.query(depth.min(1), &[ty], scope);
        format!("(SELECT s.c FROM ({query}) s (c) LIMIT 1)")
    }

    fn int(&mut self, scope: &Scope, depth: usize) -> String {
        let (one, two) = (
            self.expression(Ty::Int, scope, depth),
            self.expression(Ty::Int, scope, depth),
        );
        match self.choices.below(18) {
            0..=2 => format!("({one} {} {two})", self.choices.pick(&["+", "-", "%", "/"])),
            3 => format!("abs({one})"),
            4 => format!("length({})", self.expression(Ty::Text, scope, depth)),
            5 => format!("halves({one})"),
            6 => format!("strict_half({one})"),
            7 => format!("(ARRAY[{one}, {two}])[{}]", self.choices.below(4)),
            8 => format!("cardinality({})", self.expression(Ty::Ints, scope, depth)),
            9 => format!(
                "array_length({}, 1)",
                self.expression(Ty::Ints, scope, depth)
            ),
            10 => format!("({})[1]", self.expression(Ty::Ints, scope, depth)),
            11 => format!(
                "extract({} FROM {})::int",
                self.choices.pick(&["month", "day", "dow"]),
                self.expression(Ty::Date, scope, depth)
            ),
            12 => format!(
                "array_position({}, {one})",
                self.expression(Ty::Ints, scope, depth)
            ),
            13 => format!("({one})::text::int"),
            14 => format!("{one}::positive::int"),
            15 => format!(
                "(SELECT count(*)::int FROM ({}) s)",
                self.query(depth.min(1), &[Ty::Int], scope)
            ),
            16 => format!("num_nulls({one}, {two})"),
            _ => format!("(ROW({one}, 'a')::pair_of).p"),
        }
    }

    fn text(&mut self, scope: &Scope, depth: usize) -> String {
        let (one, two) = (
            self.expression(Ty::Text, scope, depth),
            self.expression(Ty::Text, scope, depth),
        );
        match self.choices.below(14) {
            0 => format!("({one} || {two})"),
            1 => format!("upper({one})"),
            2 => format!("concat({one}, {two})"),
            3 => format!("concat_ws({one}, {two}, 'x')"),
            4 => format!("({})::text", self.expression(Ty::Int, scope, depth)),
            5 => format!("substring({one} FROM 1 FOR 1)"),
            6 => format!("substring({one} FROM '(b+)')"),
            7 => format!("split_part({one}, 'b', 1)"),
            8 => format!("({} ->> 'a')", self.expression(Ty::Json, scope, depth)),
            9 => format!(
                "to_char({}, 'YYYY')",
                self.expression(Ty::Date, scope, depth)
            ),
            10 => format!("last_text({one}, {two})"),
            11 => format!("quote_nullable({one})"),
            12 => format!(
                "array_to_string({}, {one})",
                self.expression(Ty::Ints, scope, depth)
            ),
            _ => format!("({one} || {})", self.expression(Ty::Int, scope, depth)),
        }
    }

    fn numeric(&mut self, scope: &Scope, depth: usize) -> String {
        let one = self.expression(Ty::Numeric, scope, depth);
        match self.choices.below(5) {
            0 => format!("({one} + {})", self.expression(Ty::Numeric, scope, depth)),
            1 => format!("round({one}, 1)"),
            2 => format!("({})::numeric", self.expression(Ty::Int, scope, depth)),
            3 => format!(
                "extract(epoch FROM {})",
                self.expression(Ty::Date, scope, depth)
            ),
            _ => format!("abs({one})"),
        }
    }

    fn ints(&mut self, scope: &Scope, depth: usize) -> String {
        let one = self.expression(Ty::Int, scope, depth);
        let array = self.expression(Ty::Ints, scope, depth);
        match self.choices.below(7) {
            0 => format!("ARRAY[{one}, {}]", self.expression(Ty::Int, scope, depth)),
            1 => format!("ARRAY({})", self.query(depth.min(1), &[Ty::Int], scope)),
            2 => format!("array_append({array}, {one})"),
            3 => format!("({array} || {one})"),
            4 => format!("({array})[1:2]"),
            5 => format!("array_remove({array}, {one})"),
            _ => format!("array_cat({array}, {array})"),
        }
    }

    fn json(&mut self, scope: &Scope, depth: usize) -> String {
        let one = self.expression(Ty::Int, scope, depth);
        let json = self.expression(Ty::Json, scope, depth);
        match self.choices.below(if self.major >= 17 {
            12
        } else if self.major == 16 {
            9
        } else {
            7
        }) {
            0 => format!("jsonb_build_object('a', {one})"),
            1 => format!("to_jsonb({one})"),
            2 => format!("({json} -> 'a')"),
            3 => format!("jsonb_build_array({one}, {json})"),
            4 => format!("jsonb_path_query_first({json}, '$.a')"),
            5 => format!("({json} || '{{}}')"),
            6 => format!("jsonb_strip_nulls({json})"),
            7 => format!("JSON_OBJECT('a': {one} NULL ON NULL RETURNING jsonb)"),
            8 => format!(
                "JSON_ARRAY({one}, {json} {} RETURNING jsonb)",
                self.choices.pick(&["ABSENT ON NULL", "NULL ON NULL"])
            ),
            9 => format!("JSON_QUERY({json}, '$.a')"),
            10 => format!(
                "JSON_QUERY({json}, '$.a' {} ON EMPTY)",
                self.choices.pick(&["EMPTY ARRAY", "NULL"])
            ),
            _ => format!("to_jsonb(JSON_VALUE({json}, '$.a' RETURNING int DEFAULT 1 ON EMPTY))"),
        }
    }

    fn date(&mut self, scope: &Scope, depth: usize) -> String {
        let one = self.expression(Ty::Date, scope, depth);
        match self.choices.below(3) {
            0 => format!("({one} + {})", self.expression(Ty::Int, scope, depth)),
            1 => format!("date_trunc('month', {one})::date"),
            _ => format!(
                "make_date(2024, 1, 1 + abs({}) % 20)",
                self.expression(Ty::Int, scope, depth)
            ),
        }
    }

    /// A condition.
    pub(super) fn predicate(&mut self, scope: &Scope, depth: usize) -> String {
        let shallow = depth.saturating_sub(1);
        let ty = self.ty();
        let (one, two) = (
            self.expression(Ty::Int, scope, shallow),
            self.expression(Ty::Int, scope, shallow),
        );
        match self.choices.below(if depth == 0 { 12 } else { 26 }) {
            0..=2 => format!(
                "({one} {} {two})",
                self.choices.pick(&["=", "<", "<>", ">="])
            ),
            3 | 4 => format!("({} IS NOT NULL)", self.expression(ty, scope, shallow)),
            5 => format!("({} IS NULL)", self.expression(ty, scope, shallow)),
            6 => format!(
                "({one} IS {} {two})",
                self.choices.pick(&["DISTINCT FROM", "NOT DISTINCT FROM"])
            ),
            7 => format!(
                "({one} {}IN (1, 2, {two}))",
                self.choices.pick(&["", "NOT "])
            ),
            8 => format!(
                "({one} {} ({}))",
                self.choices.pick(&["= ANY", "<> ALL", "< ALL", "= ALL"]),
                self.expression(Ty::Ints, scope, shallow)
            ),
            9 => format!("({} LIKE 'a%')", self.expression(Ty::Text, scope, shallow)),
            10 => format!(
                "({one} = {}::text)",
                self.expression(Ty::Text, scope, shallow)
            ),
            11 => format!("({one} BETWEEN 1 AND {two})"),
            12..=14 => format!(
                "({} AND {})",
                self.predicate(scope, shallow),
                self.predicate(scope, shallow)
            ),
            15 | 16 => format!(
                "({} OR {})",
                self.predicate(scope, shallow),
                self.predicate(scope, shallow)
            ),
            17 | 18 => format!("(NOT {})", self.predicate(scope, shallow)),
            19 => {
                let test = self.choices.pick(&[
                    "TRUE",
                    "NOT TRUE",
                    "FALSE",
                    "NOT FALSE",
                    "UNKNOWN",
                    "NOT UNKNOWN",
                ]);
                format!("({} IS {test})", self.predicate(scope, shallow))
            }
            20 => format!("EXISTS ({})", self.query(shallow, &[Ty::Int], scope)),
            21 => format!(
                "({one} {}IN ({}))",
                self.choices.pick(&["", "NOT "]),
                self.query(shallow, &[Ty::Int], scope)
            ),
            22 => format!(
                "({one} {} ({}))",
                self.choices.pick(&["= ANY", "< ALL", "<> ALL"]),
                self.query(shallow, &[Ty::Int], scope)
            ),
            23 => format!(
                "(({one}, {two}) {} (1, {two}))",
                self.choices.pick(&["=", "<", "<>"])
            ),
            24 => format!(
                "(ROW({one}, {two}) IS {}NULL)",
                self.choices.pick(&["", "NOT "])
            ),
            _ => format!(
                "(({one}, {two}) IS {} ({two}, 1))",
                self.choices.pick(&["DISTINCT FROM", "NOT DISTINCT FROM"])
            ),
        }
    }

    /// An aggregate of a type.
    pub(super) fn aggregate(&mut self, ty: Ty, scope: &Scope) -> String {
        let int = self.expression(Ty::Int, scope, 1);
        let text = self.expression(Ty::Text, scope, 1);
        let call = match ty {
            Ty::Int => match self.choices.below(6) {
                0 => return "count(*)::int".to_owned(),
                1 => format!("count({int})"),
                2 => format!("sum({int})"),
                3 => format!("max({int})"),
                4 => return format!("percentile_disc(0.5) WITHIN GROUP (ORDER BY {int})"),
                _ => {
                    return format!("rank({int}) WITHIN GROUP (ORDER BY {int})::int")
                        .replace("rank(", "rank(0 * 1 + ")
                        .replace(&format!("0 * 1 + {int}"), "1");
                }
            },
            Ty::Text => match self.choices.below(3) {
                0 => format!("max({text})"),
                1 => format!("string_agg({text}, ',')"),
                _ => format!("last_of({text})"),
            },
            Ty::Bool => format!(
                "{}({})",
                self.choices.pick(&["bool_and", "every", "bool_or"]),
                self.predicate(scope, 1)
            ),
            Ty::Numeric => match self.choices.below(3) {
                0 => format!("avg({int})"),
                1 => format!("stddev_samp({int})"),
                _ => format!("var_pop({int})"),
            },
            Ty::Ints => format!("array_agg({}{int})", self.choices.pick(&["", "DISTINCT "])),
            Ty::Json => match self.choices.below(3) {
                0 => format!("jsonb_agg({int})"),
                1 => format!("jsonb_object_agg('a', {int})"),
                _ => format!("jsonb_agg({text})"),
            },
            Ty::Date => format!("min({})", self.expression(Ty::Date, scope, 1)),
        };
        let filter = if self.choices.percent(15) {
            format!(" FILTER (WHERE {})", self.predicate(scope, 1))
        } else {
            String::new()
        };
        let cast = if ty == Ty::Int { "::int" } else { "" };
        format!("({call}{filter}){cast}")
    }

    /// A window function, or an aggregate over a window.
    pub(super) fn window(&mut self, ty: Ty, scope: &Scope) -> String {
        let argument = self.expression(ty, scope, 1);
        let call = match (ty, self.choices.below(8)) {
            (Ty::Int, 0) => "row_number()".to_owned(),
            (Ty::Int, 1) => "rank()".to_owned(),
            (Ty::Int, 2) => "ntile(2)".to_owned(),
            (_, 3) => format!("lag({argument})"),
            (_, 4) => format!("lead({argument}, 1, {argument})"),
            (_, 5) => format!("first_value({argument})"),
            (_, 6) => format!("nth_value({argument}, 2)"),
            (_, 7) => format!("last_value({argument})"),
            _ => format!("max({argument})"),
        };
        let partition = if self.choices.percent(40) {
            format!("PARTITION BY {} ", self.expression(Ty::Int, scope, 0))
        } else {
            String::new()
        };
        let order = self.expression(Ty::Int, scope, 0);
        let frame = self.choices.pick(&[
            "",
            "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
            "ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING",
            "ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
            "RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            "GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING",
            "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW",
        ]);
        format!(
            "({call} OVER ({partition}ORDER BY {order} {frame}))::{}",
            ty.sql()
        )
    }
}
