//! Trees that no server would send.

use crate::analysis::{Analysis, Rules};
use crate::analyzed::statements;
use crate::catalog::Catalog;
use crate::tree::Tree;

/// The claims about a SELECT of one expression from one join, whose only column stands for `alias`.
fn proven(expression: &str, alias: &str) -> Vec<bool> {
    let dump = format!(
        "({{QUERY :commandType 1 :querySource 0 :utilityStmt <> :resultRelation 0 :hasAggs false :hasTargetSRFs false \
         :hasModifyingCTE false :cteList <> :rtable ({{RANGETBLENTRY :rtekind 2 :jointype 0 :joinaliasvars ({alias}) \
         :lateral false}}) :jointree {{FROMEXPR :fromlist ({{JOINEXPR :jointype 0 :rtindex 1 :larg <> :rarg <> \
         :quals <>}}) :quals <>}} :targetList ({{TARGETENTRY :expr {expression} :resno 1 :ressortgroupref 0 \
         :resjunk false}}) :onConflict <> :returningList <> :groupClause <> :groupingSets <> :havingQual <> \
         :windowClause <> :distinctClause <> :sortClause <> :limitOffset <> :limitCount <> :rowMarks <> \
         :setOperations <>}})"
    );
    let tree = Tree::read(&dump).unwrap();
    let statements = statements(&tree).unwrap();
    let catalog = Catalog::default();
    let analysis = Analysis::new(&catalog, Rules::default(), Vec::new());
    let columns = analysis.columns(statements[0]);
    columns.iter().map(|column| column.proof.is_ok()).collect()
}

const CONSTANT: &str =
    "{CONST :consttype 23 :constlen 4 :constisnull false :constvalue 4 [ 1 0 0 0 0 0 0 0 ]}";
const COLUMN: &str = "{VAR :varno 1 :varattno 1 :vartype 23 :varcollid 0 :varlevelsup 0}";

#[test]
fn a_deep_expression_proves_nothing_and_is_left_in_time() {
    let nested = |depth: usize| {
        let open = "{RELABELTYPE :resulttype 23 :arg ".repeat(depth);
        format!("{open}{CONSTANT}{}", "}".repeat(depth))
    };
    assert_eq!(proven(&nested(50), CONSTANT), [true]);
    assert_eq!(proven(&nested(5_000), CONSTANT), [false]);
}

#[test]
fn a_column_that_stands_for_itself_proves_nothing() {
    assert_eq!(proven(COLUMN, CONSTANT), [true]);
    assert_eq!(proven(COLUMN, COLUMN), [false]);
    let both = format!("{{COALESCEEXPR :coalescetype 23 :args ({COLUMN} {COLUMN})}}");
    assert_eq!(proven(COLUMN, &both), [false]);
}

#[test]
fn an_expression_that_is_not_known_proves_nothing() {
    assert_eq!(proven("{SOMETHINGELSE :of tomorrow}", CONSTANT), [false]);
}
