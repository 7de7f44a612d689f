//! Writes calls of a function with drawn arguments, as statements that count the NULLs of what comes back.

use super::hints;
use super::signature::{Function, Sort};
use super::values::{ANYTHING, ELEMENTS, RANGES, Values};
use crate::random::Random;

/// The types of the arguments of one call: polymorphic ones replaced, variadic ones counted.
#[derive(Debug)]
pub(super) struct Shape {
    slots: Vec<Slot>,
    /// Whether the last is an array that is handed over by the word VARIADIC.
    spread: bool,
}

/// An argument of a call.
#[derive(Debug)]
struct Slot {
    ty: String,
    /// The place in the function's list of arguments that it comes from.
    place: usize,
    values: Vec<String>,
    /// Those that fit this argument, and are drawn more often.
    fitting: Vec<String>,
}

/// One value for each argument of a call.
pub(super) type Arguments = Vec<String>;

impl Shape {
    /// Draws the types; `None` if one of them has no edge values.
    ///
    /// `spread` says whether the arguments of an open end may be handed over as one array.
    pub(super) fn draw(
        function: &Function,
        values: &Values,
        spread: bool,
        random: &mut Random,
    ) -> Option<Self> {
        let base = random.pick(ELEMENTS);
        let (over, range, multirange) = RANGES[random.below(RANGES.len())];
        let ranges = function.arguments.iter().any(|ty| ty.contains("range"));
        let element = if ranges { over } else { base };
        let mut shape = Self {
            slots: Vec::new(),
            spread: false,
        };
        for (place, ty) in function.arguments.iter().enumerate() {
            let is_rest = function.variadic && place + 1 == function.arguments.len();
            let concrete = match ty.as_str() {
                "\"any\"" if is_rest && spread && random.percent(20) => {
                    shape.spread = true;
                    format!("{element}[]")
                }
                "\"any\"" => {
                    let more = if is_rest { random.below(4) } else { 0 };
                    for _ in 0..more {
                        shape.push(function, place, random.pick(ANYTHING).to_owned(), values)?;
                    }
                    random.pick(ANYTHING).to_owned()
                }
                "anyelement" | "anynonarray" | "anycompatible" | "anycompatiblenonarray" => {
                    element.to_owned()
                }
                "anyarray" | "anycompatiblearray" => format!("{element}[]"),
                "anyrange" | "anycompatiblerange" => range.to_owned(),
                "anymultirange" | "anycompatiblemultirange" => multirange.to_owned(),
                "anyenum" => "probe_enum".to_owned(),
                other => other.to_owned(),
            };
            shape.spread |= is_rest && ty != "\"any\"";
            shape.push(function, place, concrete, values)?;
        }
        Some(shape)
    }

    fn push(
        &mut self,
        function: &Function,
        place: usize,
        ty: String,
        values: &Values,
    ) -> Option<()> {
        let fitting = hints::values(&function.name, place, &ty);
        let mut values = values.of(&ty).to_vec();
        values.extend(fitting.iter().cloned());
        if values.is_empty() {
            return None;
        }
        self.slots.push(Slot {
            ty,
            place,
            values,
            fitting,
        });
        Some(())
    }

    /// How many different calls there are, at most.
    pub(super) fn combinations(&self) -> usize {
        let counts = self.slots.iter().map(|slot| slot.values.len());
        counts.fold(1, usize::saturating_mul)
    }

    /// The arguments of one of all calls, counted through.
    pub(super) fn arguments_at(&self, mut index: usize) -> Arguments {
        let value = |slot: &Slot| {
            let value = slot.values[index % slot.values.len()].clone();
            index /= slot.values.len();
            value
        };
        self.slots.iter().map(value).collect()
    }

    /// Draws arguments; those of the places in `nulls` are NULL.
    pub(super) fn arguments(&self, nulls: u8, random: &mut Random) -> Arguments {
        let value = |slot: &Slot| {
            if nulls & place_bit(slot.place) != 0 {
                return slot.null();
            }
            let fitting = !slot.fitting.is_empty() && random.percent(75);
            let of = if fitting { &slot.fitting } else { &slot.values };
            of[random.below(of.len())].clone()
        };
        self.slots.iter().map(value).collect()
    }
}

impl Slot {
    /// NULL of its type; there is no type by the name of `record`.
    fn null(&self) -> String {
        let ty = if self.ty == "record" {
            "text"
        } else {
            &self.ty
        };
        format!("NULL::{ty}")
    }
}

/// The bit of an argument's place; those too far behind have none.
pub(super) fn place_bit(place: usize) -> u8 {
    u32::try_from(place)
        .ok()
        .and_then(|place| 1_u8.checked_shl(place))
        .unwrap_or(0)
}

/// A statement whose only value is the number of NULLs in each column of the result, or NULL if nothing is learned.
///
/// An aggregate is called over all rows of arguments, other functions with the first.
pub(super) fn statement(function: &Function, shape: &Shape, rows: &[Arguments]) -> String {
    let name = format!("pg_catalog.\"{}\"", function.name);
    let first = rows.first().map(|row| shape.list(row)).unwrap_or_default();
    match function.sort {
        Sort::Scalar => format!("SELECT ARRAY[pg_catalog.num_nulls({name}({first}))]"),
        Sort::Rows => {
            let columns: Vec<String> = (0..function.columns).map(|at| format!("c{at}")).collect();
            let counts: Vec<String> = columns
                .iter()
                .map(|column| format!("max(pg_catalog.num_nulls({column}))"))
                .collect();
            format!(
                "SELECT CASE WHEN count(*) > 0 THEN ARRAY[{}] END FROM {name}({first}) AS t({})",
                counts.join(", "),
                columns.join(", ")
            )
        }
        Sort::Aggregate => {
            let list = if shape.slots.is_empty() {
                "*".to_owned()
            } else {
                shape.names(0)
            };
            let (from, _) = shape.rows(rows);
            format!("SELECT ARRAY[pg_catalog.num_nulls({name}({list}))] FROM {from}")
        }
        Sort::Ordered(direct) => {
            let direct = direct.min(shape.slots.len());
            let (from, _) = shape.rows(rows);
            let list = rows
                .first()
                .map(|row| row[..direct].join(", "))
                .unwrap_or_default();
            let order = if function.variadic && function.arguments.len() == direct {
                // A hypothetical row has the types of the rows.
                list.clone()
            } else {
                shape.names(direct)
            };
            format!(
                "SELECT ARRAY[pg_catalog.num_nulls({name}({list}) WITHIN GROUP (ORDER BY {order}))] FROM {from}"
            )
        }
        Sort::Window => {
            let (from, _) = shape.rows(rows);
            let list = shape.names(0);
            format!(
                "SELECT ARRAY[max(pg_catalog.num_nulls(w))] FROM (SELECT {name}({list}) OVER (ORDER BY o) AS w FROM {from}) s"
            )
        }
    }
}

impl Shape {
    fn list(&self, arguments: &Arguments) -> String {
        let last = arguments.len().saturating_sub(1);
        let word = |at| {
            if self.spread && at == last {
                "VARIADIC "
            } else {
                ""
            }
        };
        let each = arguments.iter().enumerate();
        let list: Vec<String> = each
            .map(|(at, text)| format!("{}{text}", word(at)))
            .collect();
        list.join(", ")
    }

    /// The names of the arguments from one on, as [`Self::rows`] calls them.
    fn names(&self, from: usize) -> String {
        let names: Vec<String> = (from..self.slots.len())
            .map(|at| format!("a{at}"))
            .collect();
        names.join(", ")
    }

    fn rows(&self, rows: &[Arguments]) -> (String, usize) {
        let text = |(at, row): (usize, &Arguments)| {
            let list: Vec<String> = row.iter().map(|value| format!(", {value}")).collect();
            format!("({at}{})", list.concat())
        };
        let texts: Vec<String> = rows.iter().enumerate().map(text).collect();
        let names: Vec<String> = (0..self.slots.len()).map(|at| format!(", a{at}")).collect();
        if texts.is_empty() {
            let nulls: Vec<String> = self
                .slots
                .iter()
                .map(|slot| format!(", {}", slot.null()))
                .collect();
            return (
                format!(
                    "(SELECT 1{} WHERE false) v(o{})",
                    nulls.concat(),
                    names.concat()
                ),
                0,
            );
        }
        (
            format!("(VALUES {}) v(o{})", texts.join(", "), names.concat()),
            texts.len(),
        )
    }
}
