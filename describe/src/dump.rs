//! The analysis of a dump that no server has sent.

use crate::analysis::{Analysis, Rules};
use crate::analyzed::statements;
use crate::cardinality::Rows;
use crate::catalog::{Catalog, Needs};
use crate::parameters;
use crate::tree::{Tree, unwrapped};

/// For each column of the only statement of a dump, whether it is proven never to be NULL without any catalog; `None` if the
/// dump cannot be read.
///
/// # Example: a constant needs no catalog, a dump needs its end
///
/// ```
/// assert_eq!(hathi_describe::proven("({QUERY :commandType 1"), None);
/// ```
#[must_use]
pub fn proven(detail: &str) -> Option<Vec<bool>> {
    let text = unwrapped(detail).ok()?;
    let tree = Tree::read(&text).ok()?;
    let catalog = Catalog::default();
    let mut needs = Needs::default();
    needs.tree(&tree);
    let parameters = parameters::nullable(&tree, &catalog, 4);
    let statements = statements(&tree)?;
    let mut proven = Vec::new();
    for statement in statements {
        let _ = Rows::new(&catalog, Rules::default())
            .bounds(statement)
            .cardinality();
        let analysis = Analysis::new(&catalog, Rules::default(), parameters.clone());
        let columns = analysis.columns(statement);
        proven.extend(columns.iter().map(|column| column.proof.is_ok()));
    }
    Some(proven)
}
