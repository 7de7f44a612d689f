//! What a node of a kind has to have, so that it can be taken for one.

use super::Value;

/// The label of a node that lacks something: it is of no kind that is known, and proves nothing.
pub(super) const INCOMPLETE: &str = "";

/// Whether a node has the fields by which the analysis knows its kind. A query is asked for its own where it is read.
///
/// Null is a value; absence means the grammar of another server, in which something else may say the same.
pub(super) fn is_complete(label: &str, fields: &[(&str, Value<'_>)]) -> bool {
    if label == "RANGETBLENTRY" {
        return has_all(&["rtekind", "lateral"], fields) && has_all(of_entry(fields), fields);
    }
    has_all(required(label), fields)
}

/// Both stand in the order in which servers print them, so that most are found at once.
fn has_all(required: &[&str], fields: &[(&str, Value<'_>)]) -> bool {
    let mut next = 0;
    required.iter().all(|name| {
        let mut places = (next..fields.len()).chain(0..next);
        let found = places.find(|at| fields.get(*at).is_some_and(|(field, _)| field == name));
        next = found.map_or(0, |at| at + 1);
        found.is_some()
    })
}

/// What an entry of FROM has by its sort, which is a field of it.
fn of_entry(fields: &[(&str, Value<'_>)]) -> &'static [&'static str] {
    let kind = fields.iter().find(|(name, _)| *name == "rtekind");
    let Some((_, Value::Atom(kind))) = kind else {
        return &[];
    };
    match *kind {
        "0" => &["relid", "inh"],
        "1" => &["subquery"],
        "2" => &["jointype", "joinaliasvars"],
        "3" => &["functions", "funcordinality"],
        "5" => &["values_lists"],
        "6" => &["ctename", "ctelevelsup", "self_reference"],
        "9" => &["groupexprs"],
        _ => &[],
    }
}

fn required(label: &str) -> &'static [&'static str] {
    match label {
        "AGGREF" => &[
            "aggfnoid",
            "aggtype",
            "inputcollid",
            "aggdirectargs",
            "args",
            "aggdistinct",
            "aggfilter",
            "aggstar",
            "agglevelsup",
        ],
        "ARRAYEXPR" => &["array_typeid", "elements", "multidims"],
        "BOOLEANTEST" => &["arg", "booltesttype"],
        "BOOLEXPR" => &["boolop", "args"],
        "CASEEXPR" => &["casetype", "arg", "args", "defresult"],
        "CASETESTEXPR" | "NEXTVALUEEXPR" => &["typeId"],
        "CASEWHEN" => &["expr", "result"],
        "COALESCEEXPR" => &["coalescetype", "args"],
        "COERCETODOMAIN" | "COERCEVIAIO" | "CONVERTROWTYPEEXPR" | "FIELDSTORE" | "RELABELTYPE" => {
            &["arg", "resulttype"]
        }
        "COLLATEEXPR" | "NAMEDARGEXPR" => &["arg"],
        "COMMONTABLEEXPR" => &["ctename", "ctequery", "cterecursive", "cterefcount"],
        "CONST" => &["consttype", "constlen", "constisnull", "constvalue"],
        "DISTINCTEXPR" | "NULLIFEXPR" | "OPEXPR" => &[
            "opno",
            "opfuncid",
            "opresulttype",
            "opretset",
            "inputcollid",
            "args",
        ],
        "FIELDSELECT" => &["arg", "fieldnum", "resulttype"],
        "FROMEXPR" => &["fromlist", "quals"],
        "FUNCEXPR" => &[
            "funcid",
            "funcresulttype",
            "funcretset",
            "funcvariadic",
            "funcformat",
            "inputcollid",
            "args",
        ],
        "GROUPINGFUNC" => &["args", "agglevelsup"],
        "GROUPINGSET" => &["kind", "content"],
        "JOINEXPR" => &["jointype", "larg", "rarg", "quals", "rtindex"],
        "JSONCONSTRUCTOREXPR" => &["type", "args", "func", "returning"],
        "JSONEXPR" => &["op", "formatted_expr", "path_spec", "returning", "on_error"],
        "JSONISPREDICATE" => &["expr"],
        "JSONVALUEEXPR" => &["raw_expr", "formatted_expr"],
        "MERGEACTION" => &["commandType", "targetList"],
        "MINMAXEXPR" => &["minmaxtype", "inputcollid", "op", "args"],
        "NULLTEST" => &["arg", "nulltesttype", "argisrow"],
        "PARAM" => &["paramkind", "paramid", "paramtype"],
        "RANGETBLFUNCTION" => &["funcexpr", "funccolcount"],
        "RANGETBLREF" => &["rtindex"],
        "RETURNINGEXPR" => &["retlevelsup", "retold", "retexpr"],
        "ROWCOMPAREEXPR" => &["opnos", "opfamilies", "largs", "rargs"],
        "ROWEXPR" => &["args", "row_typeid", "row_format"],
        "SCALARARRAYOPEXPR" => &["opno", "opfuncid", "useOr", "inputcollid", "args"],
        "SETOPERATIONSTMT" => &["op", "all", "larg", "rarg", "colTypes"],
        "SORTGROUPCLAUSE" => &["tleSortGroupRef", "eqop"],
        "SQLVALUEFUNCTION" => &["op", "type"],
        "SUBLINK" => &["subLinkType", "testexpr", "subselect"],
        "SUBSCRIPTINGREF" => &[
            "refcontainertype",
            "refrestype",
            "refupperindexpr",
            "reflowerindexpr",
            "refexpr",
            "refassgnexpr",
        ],
        "TARGETENTRY" => &["expr", "resno", "ressortgroupref", "resjunk"],
        "VAR" => &["varno", "varattno", "vartype", "varcollid", "varlevelsup"],
        "WINDOWCLAUSE" => &["frameOptions", "winref"],
        "WINDOWFUNC" => &[
            "winfnoid",
            "wintype",
            "inputcollid",
            "args",
            "aggfilter",
            "winref",
        ],
        "XMLEXPR" => &["op", "named_args", "args", "type"],
        _ => &[],
    }
}
