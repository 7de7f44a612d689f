//! Window functions, and whether their frames hold the current row.

use crate::analysis::Analysis;
use crate::analysis::context::{Context, Phase};
use crate::analysis::rule::Rule;
use crate::doubt::{Doubt, Proof};
use crate::tree::{List, Node};

impl<'a> Analysis<'a> {
    /// That a window function is never NULL.
    pub(super) fn window(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        let function = node.oid("winfnoid").ok_or(Doubt::Unknown)?;
        let found = self.catalog.function(function).ok_or(Doubt::Unknown)?;
        let arguments = node.list("args");
        if let Some(listed) = found.aggregate {
            if listed.is_never_null() {
                return self.if_rule(Rule::CountingAggregate);
            }
            if !node.is_null("aggfilter") && self.rules.apply(Rule::AggregateFilter) {
                return Err(Doubt::Filter { function });
            }
            self.frame_holds_row(node, function, context)?;
            return self.of_window(arguments, |place| listed.needs(place), context);
        }
        if let Some(listed) = found.listed {
            self.if_rule(Rule::WindowFunction)?;
            return self.of_window(arguments, |place| listed.needs(place), context);
        }
        match found.signature.split('(').next().filter(|_| found.built_in) {
            Some("lag" | "lead") if arguments.len() == 3 => {
                self.if_rule(Rule::WindowFunction)?;
                self.of_window(arguments, |_| true, context)
            }
            Some("lag" | "lead") => Err(Doubt::NoOtherRow { function }),
            Some("first_value" | "last_value") => {
                self.frame_holds_row(node, function, context)?;
                self.of_window(arguments, |_| true, context)
            }
            _ => Err(Doubt::Function { function }),
        }
    }

    fn of_window(
        &self,
        arguments: List<'a>,
        needs: impl Fn(usize) -> bool,
        context: &Context<'a>,
    ) -> Proof {
        if !self.rules.apply(Rule::NullArgument) {
            return Ok(());
        }
        let needed = arguments.nodes().enumerate();
        let mut needed = needed.filter(|(place, _)| needs(*place));
        needed.try_for_each(|(_, argument)| self.proof(argument, context))
    }

    /// That the frame of a window function holds the current row in any case.
    fn frame_holds_row(&self, node: Node<'a>, function: u32, context: &Context<'a>) -> Proof {
        let number = node.number::<u32>("winref");
        let windows = context.frame.scope.query.0.list("windowClause");
        let mut windows = windows.nodes();
        let window = windows.find(|window| number.is_some() && window.number("winref") == number);
        let options = window.and_then(|window| window.number::<u32>("frameOptions"));
        let holds = options.is_some_and(holds_current_row);
        if context.phase != Phase::Returning && (holds || !self.rules.apply(Rule::WindowFrame)) {
            Ok(())
        } else {
            Err(Doubt::EmptyFrame { function })
        }
    }
}

fn holds_current_row(options: u32) -> bool {
    const ROWS: u32 = 0x4;
    const GROUPS: u32 = 0x8;
    const START_UNBOUNDED_PRECEDING: u32 = 0x20;
    const END_UNBOUNDED_FOLLOWING: u32 = 0x100;
    const START_CURRENT_ROW: u32 = 0x200;
    const END_CURRENT_ROW: u32 = 0x400;
    const START_OFFSET_PRECEDING: u32 = 0x800;
    const END_OFFSET_FOLLOWING: u32 = 0x4000;
    const EXCLUDE_CURRENT_ROW: u32 = 0x8000;
    const EXCLUDE_GROUP: u32 = 0x1_0000;
    let has = |bits| options & bits != 0;
    // An offset of RANGE is added to the value, and values such as NaN are in no range around themselves.
    let counts = has(ROWS | GROUPS);
    let starts = has(START_UNBOUNDED_PRECEDING | START_CURRENT_ROW)
        || (has(START_OFFSET_PRECEDING) && counts);
    let ends =
        has(END_UNBOUNDED_FOLLOWING | END_CURRENT_ROW) || (has(END_OFFSET_FOLLOWING) && counts);
    starts && ends && !has(EXCLUDE_CURRENT_ROW | EXCLUDE_GROUP)
}
