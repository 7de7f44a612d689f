//! Expressions that are no references: what each sort of node needs in order not to be NULL.

use crate::analysis::context::Context;
use crate::analysis::facts::{Truth, has_built_in_families};
use crate::analysis::key::Facts;
use crate::analysis::rule::Rule;
use crate::analysis::{Analysis, constant};
use crate::doubt::{Doubt, Proof};
use crate::tree::{List, Node};

impl<'a> Analysis<'a> {
    /// That an expression is never NULL where it stands, or why it may be.
    pub(super) fn proof(&self, expression: Node<'a>, context: &Context<'a>) -> Proof {
        self.nested(Err(Doubt::Unknown), || {
            if let Some(column) = self.referenced(expression, context) {
                return column.proof;
            }
            self.proof_of(expression, context)
                .or_else(|doubt| self.known_by_condition(expression, context).ok_or(doubt))
        })
    }

    /// That a condition proves an expression that is no plain column.
    fn known_by_condition(&self, expression: Node<'a>, context: &Context<'a>) -> Option<()> {
        use crate::analysis::context::Phase;
        let scope = &context.frame.scope;
        if context.guards.is_empty() && scope.facts.is_empty() && scope.of_groups.is_empty() {
            return None;
        }
        let key = self.keys.of(expression)?;
        let has_sets = !scope.query.0.is_null("groupingSets");
        let is_known = match context.phase {
            Phase::Rows => scope.facts.contains(&key),
            Phase::Groups if has_sets => false,
            Phase::Groups => {
                // A group without a row has passed no WHERE.
                let has_rows = !scope.grouping.may_be_empty;
                scope.of_groups.contains(&key) || (has_rows && scope.facts.contains(&key))
            }
            Phase::Returning => false,
        };
        let is_guarded = context.guards.contains(&key) && !has_sets;
        (is_known || is_guarded).then_some(())
    }

    fn proof_of(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        match node.label() {
            "CONST" if constant::is_value(node) => Ok(()),
            "CONST" => Err(Doubt::Null),
            "PARAM" => self.parameter(node, context),
            "FUNCEXPR" | "OPEXPR" => self.call(node, context),
            "RELABELTYPE" | "COLLATEEXPR" | "CONVERTROWTYPEEXPR" | "NAMEDARGEXPR"
            | "ARRAYCOERCEEXPR" | "COERCEVIAIO" | "COERCETODOMAIN" | "CASETESTEXPR" => {
                self.cast_of(node, context)
            }
            "BOOLEXPR" => self.all(node.list("args"), context),
            "NULLTEST" | "BOOLEANTEST" => self.if_rule(Rule::NullTest),
            "DISTINCTEXPR" => self.distinct_from(node),
            "NULLIFEXPR" => Err(Doubt::Nullif),
            "ROWEXPR" | "ARRAYEXPR" | "FIELDSTORE" => self.if_rule(Rule::Constructor),
            "GROUPINGFUNC" | "MERGESUPPORTFUNC" | "NEXTVALUEEXPR" | "CURRENTOFEXPR" => Ok(()),
            "SQLVALUEFUNCTION" => value_function(node),
            "COALESCEEXPR" | "MINMAXEXPR" => self.any(node.list("args"), context),
            "CASEEXPR" => self.case(node, context),
            "SCALARARRAYOPEXPR" => self.compared_with_array(node, context),
            "ROWCOMPAREEXPR" => self.rows_are_compared(node, context),
            "AGGREF" => self.aggregate(node, context),
            "WINDOWFUNC" => self.window(node, context),
            "SUBLINK" => self.subquery(node, context),
            "SUBSCRIPTINGREF" => self.subscript(node, context),
            "FIELDSELECT" => self.field(node, context),
            "RETURNINGEXPR" => self.returning_expression(node, context),
            "XMLEXPR" => self.xml(node, context),
            "JSONCONSTRUCTOREXPR" | "JSONVALUEEXPR" | "JSONISPREDICATE" | "JSONEXPR" => {
                self.json(node, context)
            }
            _ => Err(Doubt::Unknown),
        }
    }

    /// That all of these are never NULL.
    pub(super) fn all(&self, list: List<'a>, context: &Context<'a>) -> Proof {
        if list.nodes().count() != list.len() {
            return Err(Doubt::Unknown);
        }
        list.nodes().try_for_each(|node| self.proof(node, context))
    }

    /// That one of these is never NULL.
    fn any(&self, list: List<'a>, context: &Context<'a>) -> Proof {
        let mut doubt = Doubt::Unknown;
        if self.rules.apply(Rule::AnyArgument) {
            for node in list.nodes() {
                match self.proof(node, context) {
                    Ok(()) => return Ok(()),
                    Err(found) => doubt = found,
                }
            }
        }
        Err(doubt)
    }

    pub(super) fn if_rule(&self, rule: Rule) -> Proof {
        if self.rules.apply(rule) {
            Ok(())
        } else {
            Err(Doubt::Unknown)
        }
    }

    fn parameter(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        const OF_STATEMENT: u8 = 0;
        const OF_SUBQUERY: u8 = 2;
        let number = node.number::<usize>("paramid");
        let at = number.and_then(|number| number.checked_sub(1));
        match (node.number::<u8>("paramkind"), at) {
            (Some(OF_STATEMENT), Some(at)) => match self.nullable_parameters.get(at) {
                Some(false) => self.if_rule(Rule::Parameter),
                _ => Err(Doubt::Parameter { number: at + 1 }),
            },
            (Some(OF_SUBQUERY), Some(at)) => {
                let tested = context.tested.as_ref().and_then(|columns| columns.get(at));
                tested.map_or(Err(Doubt::Unknown), |column| column.proof)
            }
            _ => Err(Doubt::Unknown),
        }
    }

    /// NULLs are looked at first; what is left to the operator is not NULL.
    fn distinct_from(&self, node: Node<'a>) -> Proof {
        self.if_rule(Rule::DistinctFrom)?;
        let function = self.operator(node);
        match function {
            Some(function) if self.is_total(function) => Ok(()),
            _ if !self.rules.apply(Rule::UnknownFunction) => Ok(()),
            _ => Err(self.operator_doubt(node)),
        }
    }

    fn case(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        let query = context.frame.scope.query;
        let is_searched = node.is_null("arg") && self.rules.apply(Rule::CaseGuard);
        let mut before = Facts::new();
        for branch in node.list("args").nodes() {
            let (Some(when), Some(then)) = (branch.node("expr"), branch.node("result")) else {
                return Err(Doubt::Unknown);
            };
            if is_searched && constant::truth(when) == Some(false) {
                continue;
            }
            if is_searched {
                let mut facts = self.facts(query, when, Truth::True);
                facts.extend(&before);
                self.proof(then, &context.knowing(facts))?;
                before.extend(self.facts(query, when, Truth::NotTrue));
            } else {
                self.proof(then, context)?;
            }
            if !self.rules.apply(Rule::CaseBranches) {
                return Ok(());
            }
        }
        match node.node("defresult") {
            // A missing ELSE is NULL, and is printed so.
            Some(default) if !constant::is_null(default) => {
                self.proof(default, &context.knowing(before))
            }
            _ if self.rules.apply(Rule::CaseElse) => Err(Doubt::CaseWithoutElse),
            _ => Ok(()),
        }
    }

    fn compared_with_array(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        let sides = node.list("args");
        let (Some(value), Some(array)) = (sides.node(0), sides.node(1)) else {
            return Err(Doubt::Unknown);
        };
        if !self
            .operator(node)
            .is_some_and(|function| self.is_total(function))
        {
            return Err(self.operator_doubt(node));
        }
        self.proof(value, context)?;
        self.proof(array, context)?;
        if self.elements(array, context) || !self.rules.apply(Rule::NullElement) {
            Ok(())
        } else {
            Err(Doubt::NullElement)
        }
    }

    fn rows_are_compared(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        if !has_built_in_families(node) {
            return Err(Doubt::Unknown);
        }
        self.all(node.list("largs"), context)?;
        self.all(node.list("rargs"), context)
    }

    /// A slice of an array is never NULL if the array and the bounds are not, and what an array becomes by an assignment
    /// to an element never is; an element may be NULL or absent.
    fn subscript(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        let container = node.oid("refcontainertype");
        let is_array = container.is_some_and(|ty| self.catalog.element(ty).is_some());
        if !is_array {
            return Err(Doubt::Element);
        }
        if !node.is_null("refassgnexpr") {
            return Ok(());
        }
        let lower = node.list("reflowerindexpr");
        let array = node.node("refexpr").filter(|_| lower.len() > 0);
        let Some(array) = array else {
            return Err(Doubt::Element);
        };
        self.proof(array, context)?;
        for bounds in [lower, node.list("refupperindexpr")] {
            bounds
                .nodes()
                .try_for_each(|bound| self.proof(bound, context))?;
        }
        Ok(())
    }

    fn field(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        let doubt = Err(Doubt::Field);
        let (Some(row), Some(number)) = (node.node("arg"), node.number::<usize>("fieldnum")) else {
            return doubt;
        };
        if row.label() != "ROWEXPR" {
            return doubt;
        }
        let field = number
            .checked_sub(1)
            .and_then(|at| row.list("args").node(at));
        field.map_or(doubt, |field| self.proof(field, context))
    }

    fn xml(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        const CONCAT: u8 = 0;
        const ELEMENT: u8 = 1;
        const FOREST: u8 = 2;
        match node.number::<u8>("op") {
            Some(ELEMENT) => Ok(()),
            Some(CONCAT) => self.any(node.list("args"), context),
            Some(FOREST) => self.any(node.list("named_args"), context),
            Some(3..=7) => self.all(node.list("args"), context),
            _ => Err(Doubt::Unknown),
        }
    }
}

/// CURRENT_DATE and its like are never NULL; CURRENT_SCHEMA is where the search path holds none.
fn value_function(node: Node<'_>) -> Proof {
    const CURRENT_SCHEMA: u8 = 14;
    match node.number::<u8>("op") {
        Some(op) if op < CURRENT_SCHEMA => Ok(()),
        _ => Err(Doubt::Unknown),
    }
}
