//! Calls functions with edge values and draws conclusions from what comes back.

use hathi_describe::{Database, Refusal};

use super::call::{Arguments, Shape, place_bit, statement};
use super::signature::{Function, Sort};
use super::values::Values;
use crate::random::Random;
use crate::session;

/// Every argument has to be not NULL.
pub(super) const EVERY: u8 = u8::MAX;

/// What is called before the first probe.
const SETUP: &str = "\
SET statement_timeout = '20s'; SET lock_timeout = '1s'; SET temp_file_limit = '8MB'; SET work_mem = '256kB'; \
SET client_min_messages = error; SET debug_print_rewritten = off; \
CREATE TYPE probe_enum AS ENUM ('a', 'b', 'c'); \
CREATE SEQUENCE probe_sequence; CREATE SEQUENCE probe_sequence_2; \
SELECT nextval('probe_sequence'), nextval('probe_sequence_2'); \
CREATE FUNCTION pg_temp.probe(calls text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$ \
DECLARE call text; nulls int[]; \
BEGIN \
  FOREACH call IN ARRAY calls LOOP \
    BEGIN EXECUTE call INTO nulls; RETURN NEXT coalesce(nulls::text, ''); \
    EXCEPTION WHEN OTHERS THEN RETURN NEXT 'error'; END; \
  END LOOP; \
END $$";

/// So many calls of a function are tried with arguments that are not NULL.
const CALLS: usize = 300;
/// So many with NULL in some places.
const CALLS_WITH_NULL: usize = 40;
/// So many must succeed, unless there are fewer different ones.
const ENOUGH: usize = 12;

/// What was found of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// Never NULL if these arguments are not NULL; an aggregate or window function over at least one row.
    Total { needs: u8, empty: bool },
    /// The columns that are never NULL in the rows it returns, if no argument is NULL.
    Rows { columns: u32 },
    /// It has returned NULL.
    Null,
    /// Too few calls succeeded to conclude anything.
    Unknown { succeeded: usize },
}

/// A session in which functions are called.
pub(super) struct Probe {
    database: Database,
    values: Values,
}

/// What came back from one call: the NULLs of each column, if it succeeded and returned something.
type Outcome = Option<Vec<u32>>;

impl Probe {
    pub(super) fn new(mut database: Database) -> anyhow::Result<Self> {
        session::run(&mut database, SETUP)?;
        Ok(Self {
            database,
            values: Values::new(),
        })
    }

    /// Calls a function often.
    pub(super) fn find(&mut self, function: &Function) -> anyhow::Result<Finding> {
        let mut random = Random::new(u64::from(function.oid));
        let calls = self.calls(function, &mut random);
        let different = calls.len();
        let outcomes: Vec<Vec<u32>> = self.call(&calls)?.into_iter().flatten().collect();
        let succeeded = outcomes.len();
        if succeeded < ENOUGH.min(different.div_ceil(3)).max(1) {
            return Ok(Finding::Unknown { succeeded });
        }
        if function.sort == Sort::Rows {
            return Ok(Finding::Rows {
                columns: full_columns(&outcomes),
            });
        }
        if outcomes.iter().flatten().any(|nulls| *nulls > 0) {
            return Ok(Finding::Null);
        }
        let aggregates = matches!(function.sort, Sort::Aggregate | Sort::Ordered(_));
        let empty = aggregates && self.is_total(function, &[], true, &mut random)?;
        let needs = if function.is_strict && !aggregates {
            EVERY
        } else {
            self.needs(function, &mut random)?
        };
        Ok(Finding::Total { needs, empty })
    }

    /// Different calls with arguments that are not NULL.
    fn calls(&self, function: &Function, random: &mut Random) -> Vec<String> {
        let mut calls = Vec::new();
        for at in 0..CALLS {
            let Some(shape) = Shape::draw(function, &self.values, true, random) else {
                return Vec::new();
            };
            let row = if shape.combinations() <= CALLS {
                shape.arguments_at(at)
            } else {
                shape.arguments(0, random)
            };
            let mut rows = vec![row];
            // Aggregates see one row, and several.
            if !matches!(function.sort, Sort::Scalar | Sort::Rows) {
                for _ in 0..at % 3 {
                    rows.push(shape.arguments(0, random));
                }
            }
            calls.push(statement(function, &shape, &rows));
        }
        calls.sort();
        calls.dedup();
        calls
    }

    /// The arguments that must not be NULL for the result not to be.
    fn needs(&mut self, function: &Function, random: &mut Random) -> anyhow::Result<u8> {
        let places = function.arguments.len();
        if places == 0 {
            return Ok(0);
        }
        // The eighth bit would make it EVERY.
        if places > 7 {
            return Ok(EVERY);
        }
        let mut needs = 0;
        for place in 0..places {
            if !self.is_total(function, &[place_bit(place)], false, random)? {
                needs |= place_bit(place);
            }
        }
        let others: Vec<u8> = (0..EVERY >> (8 - places))
            .map(|subset| (subset + 1) & !needs)
            .collect();
        if others.iter().any(|nulls| *nulls != 0)
            && !self.is_total(function, &others, false, random)?
        {
            needs = EVERY;
        }
        let all = (0..places).fold(0, |all, place| all | place_bit(place));
        Ok(if needs == all && places > 0 {
            EVERY
        } else {
            needs
        })
    }

    /// Whether calls with NULL in certain places succeed, and never return NULL.
    fn is_total(
        &mut self,
        function: &Function,
        nulls: &[u8],
        empty: bool,
        random: &mut Random,
    ) -> anyhow::Result<bool> {
        let mut calls = Vec::new();
        for at in 0..CALLS_WITH_NULL.max(nulls.len() * 8) {
            let Some(shape) = Shape::draw(function, &self.values, false, random) else {
                return Ok(false);
            };
            let nulls = if empty { 0 } else { nulls[at % nulls.len()] };
            let count = if empty { 0 } else { 1 + at % 3 };
            let mut rows: Vec<Arguments> = Vec::new();
            for row in 0..count {
                // The first row has them, the others may have them.
                let nulls = if row == 0 || random.percent(50) {
                    nulls
                } else {
                    0
                };
                rows.push(shape.arguments(nulls, random));
            }
            calls.push(statement(function, &shape, &rows));
        }
        let outcomes: Vec<Vec<u32>> = self.call(&calls)?.into_iter().flatten().collect();
        Ok(!outcomes.is_empty() && outcomes.iter().flatten().all(|nulls| *nulls == 0))
    }

    fn call(&mut self, calls: &[String]) -> anyhow::Result<Vec<Outcome>> {
        let mut outcomes = Vec::new();
        for batch in calls.chunks(60) {
            let list: Vec<String> = batch
                .iter()
                .map(|call| format!("'{}'", call.replace('\'', "''")))
                .collect();
            let sql = format!("SELECT * FROM pg_temp.probe(ARRAY[{}])", list.join(", "));
            match self.database.execute(&sql)? {
                Ok(results) => {
                    let rows = results
                        .into_iter()
                        .next_back()
                        .map(session::texts)
                        .unwrap_or_default();
                    outcomes.extend(rows.iter().map(|row| outcome(row.first()?)));
                }
                // It ran too long: nothing is learned from these.
                Err(Refusal::Server(_) | Refusal::Copy) => {}
            }
        }
        Ok(outcomes)
    }
}

fn outcome(text: &str) -> Outcome {
    let list = text.strip_prefix('{')?.strip_suffix('}')?;
    list.split(',').map(|count| count.parse().ok()).collect()
}

fn full_columns(outcomes: &[Vec<u32>]) -> u32 {
    let columns = outcomes.first().map_or(0, Vec::len).min(32);
    (0..columns)
        .filter(|column| {
            outcomes
                .iter()
                .all(|counts| counts.get(*column) == Some(&0))
        })
        .fold(0, |mask, column| {
            mask | u32::try_from(column).map_or(0, |column| 1 << column)
        })
}
