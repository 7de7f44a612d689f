//! Puts together what the server answered, what its tree proves, and what the catalog knows.

use hathi_query_cache::{
    Cardinality, ColumnDescription, Description, Diagnostic, Elements, Lint, Mistakes,
    ParameterDescription, StatementKind, Template,
};
use hathi_wire::{Prepared, PreparedColumn};

use crate::analysis::{Analysis, Column, Rules};
use crate::analyzed::{Query, statements};
use crate::cardinality::Rows;
use crate::catalog::{Catalog, Needs};
use crate::copy;
use crate::dependencies::needed;
use crate::doubt::{Doubt, Names};
use crate::lints::Linted;
use crate::name::{Claim, claim};
use crate::parameters;
use crate::sort;
use crate::tree::Tree;
use crate::utility;
use crate::words;

/// A statement that the server accepts, and the tree of it, if there is one that can be read.
#[derive(Debug)]
pub(crate) struct Accepted<'a> {
    pub(crate) template: &'a Template,
    pub(crate) prepared: &'a Prepared,
    pub(crate) tree: Option<Tree<'a>>,
}

impl Accepted<'_> {
    /// Notes what the catalog has to be asked.
    pub(crate) fn needs(&self, needs: &mut Needs) {
        for oid in &self.prepared.parameters {
            needs.ty(*oid);
        }
        for column in self.prepared.columns.iter().flatten() {
            needs.ty(column.oid);
        }
        copy::needs(self, needs);
        if let Some(tree) = &self.tree {
            needs.tree(tree);
        }
    }

    /// What is known of the statement.
    pub(crate) fn description(
        &self,
        catalog: &Catalog,
        rules: Rules,
    ) -> Result<Description, Mistakes> {
        self.every_placeholder_is_a_parameter()?;
        let statements = self.tree.as_ref().and_then(statements).unwrap_or_default();
        let needed = needed(self.template.sql(), self.tree.as_ref(), catalog);
        let kind = self.kind(&statements);
        // Other servers than PostgreSQL answer with rows of nothing where no rows come.
        let is_none = |columns: &&Vec<PreparedColumn>| {
            columns.is_empty() && self.tree.is_none() && kind != StatementKind::Select
        };
        let columns = self.prepared.columns.as_ref().filter(|it| !is_none(it));
        let mut description = Description {
            statement: kind,
            cardinality: columns.map(|_| cardinality(&statements, catalog, rules)),
            parameters: self.parameters(catalog),
            columns: columns.map(|columns| self.columns(columns, &statements, catalog, rules)),
            reads: needed.reads,
            writes: needed.writes,
            dependencies: needed.dependencies,
            lints: self.lints(&statements, catalog, rules),
        };
        if let Some(copy) = self.template.copy() {
            return copy::description(self, copy, description, statements.len(), catalog);
        }
        self.say_more_of_a_utility(&mut description);
        Ok(description)
    }

    /// What SHOW, EXPLAIN and CALL answer is known by their nature, and stands in no tree.
    fn say_more_of_a_utility(&self, description: &mut Description) {
        let Some(columns) = &mut description.columns else {
            return;
        };
        if description.statement != StatementKind::Utility {
            return;
        }
        let (cardinality, nullable) = utility::rows(self.template.sql());
        description.cardinality = Some(cardinality);
        for column in columns
            .iter_mut()
            .filter(|column| !nullable && column.nullable)
        {
            if claim(&column.name).1.is_none() {
                column.nullable = false;
                column.because = None;
            }
        }
    }

    /// Utility statements accept placeholders when they are parsed, and refuse them when they run.
    fn every_placeholder_is_a_parameter(&self) -> Result<(), Mistakes> {
        let known = self.prepared.parameters.len();
        let lost = self.template.parameters().iter().skip(known);
        let places = lost.flat_map(|parameter| parameter.places.iter().cloned());
        let mistakes: Vec<Diagnostic> = places.map(Diagnostic::utility_placeholder).collect();
        if mistakes.is_empty() {
            Ok(())
        } else {
            Err(Mistakes(mistakes))
        }
    }

    fn kind(&self, statements: &[Query<'_>]) -> StatementKind {
        sort::kind(statements).unwrap_or_else(|| words::kind(self.template.sql()))
    }

    fn columns(
        &self,
        columns: &[PreparedColumn],
        statements: &[Query<'_>],
        catalog: &Catalog,
        rules: Rules,
    ) -> Vec<ColumnDescription> {
        // Rules can make several statements of one, and then it is not known which one answers.
        let analyzed = match statements {
            [query] => {
                let parameters = self.nullable_parameters(catalog);
                let analysis = Analysis::new(catalog, rules, parameters);
                analysis.columns(*query).to_vec()
            }
            _ => Vec::new(),
        };
        let doubt = if self.tree.is_some() {
            Doubt::Unknown
        } else {
            Doubt::NotShown
        };
        let analyzed = if analyzed.len() == columns.len() {
            analyzed
        } else {
            vec![Column::doubted(doubt); columns.len()]
        };
        columns
            .iter()
            .zip(&analyzed)
            .map(|(prepared, column)| self.column(prepared, column, catalog))
            .collect()
    }

    fn lints(&self, statements: &[Query<'_>], catalog: &Catalog, rules: Rules) -> Vec<Lint> {
        let (Some(tree), [statement]) = (&self.tree, statements) else {
            return Vec::new();
        };
        let nullable = self.nullable_parameters(catalog);
        let analysis = Analysis::new(catalog, rules, nullable.clone());
        let columns = self.prepared.columns.iter().flatten();
        let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        Linted {
            tree,
            statement: *statement,
            template: self.template,
            catalog,
            rules,
            columns: &analysis.columns(*statement),
            analysis: &analysis,
            names: &names,
            nullable: &nullable,
        }
        .lints()
    }

    fn column(
        &self,
        prepared: &PreparedColumn,
        column: &Column,
        catalog: &Catalog,
    ) -> ColumnDescription {
        let names = Names {
            catalog,
            tree: self.tree.as_ref(),
        };
        describe(prepared, column, names)
    }

    /// For each parameter, whether it may be NULL.
    fn nullable_parameters(&self, catalog: &Catalog) -> Vec<bool> {
        let count = self.prepared.parameters.len();
        match &self.tree {
            Some(tree) => parameters::nullable(tree, catalog, count),
            None => vec![false; count],
        }
    }

    fn parameters(&self, catalog: &Catalog) -> Vec<ParameterDescription> {
        let oids = &self.prepared.parameters;
        let nullable = self.nullable_parameters(catalog);
        let names = self
            .template
            .parameters()
            .iter()
            .map(|parameter| parameter.name.clone());
        let names = names.chain(std::iter::repeat(None));
        let meets = match &self.tree {
            Some(tree) => parameters::meets(tree, catalog, oids.len()),
            None => vec![None; oids.len()],
        };
        let described = oids.iter().zip(names).zip(nullable).zip(meets);
        described
            .map(|(((oid, name), nullable), meets)| ParameterDescription {
                name,
                ty: catalog.type_name(*oid),
                nullable,
                meets,
            })
            .collect()
    }
}

/// Rules can make several statements of one, and then it is not known which one answers.
fn cardinality(statements: &[Query<'_>], catalog: &Catalog, rules: Rules) -> Cardinality {
    match statements {
        [query] => Rows::new(catalog, rules).bounds(*query).cardinality(),
        _ => Cardinality::Many,
    }
}

fn describe(prepared: &PreparedColumn, column: &Column, names: Names<'_>) -> ColumnDescription {
    let catalog = names.catalog;
    let (name, claimed) = claim(&prepared.name);
    let (nullable, because) = match (claimed, column.proof) {
        (Some(Claim::NotNull), Err(_)) => (false, Some("its name says so".to_owned())),
        (Some(Claim::Nullable), _) => (true, Some("its name says so".to_owned())),
        (_, Ok(())) => (false, None),
        (None, Err(doubt)) => (true, Some(doubt.words(names))),
    };
    ColumnDescription {
        name: name.to_owned(),
        ty: catalog.type_name(type_of(prepared, column, catalog)),
        nullable,
        elements: column.elements.then_some(Elements::NotNull),
        origin: column
            .origin
            .filter(|(relation, _)| catalog.knows(*relation))
            .map(|(relation, attribute)| catalog.column(relation, attribute)),
        because,
    }
}

/// The server describes a domain as what it is over; the tree still knows it.
fn type_of(prepared: &PreparedColumn, column: &Column, catalog: &Catalog) -> u32 {
    let domain = column
        .ty
        .filter(|ty| catalog.base(*ty) == Some(prepared.oid));
    domain.unwrap_or(prepared.oid)
}
