//! What a statement needs of its surroundings, as a constant: in few tokens, because every statement has it.

use hathi_query_cache::{Description, Lock, StatementKind, Use};
use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;

use crate::site::Site;

/// `$crate::__private::Needs { … }`, without the lists that are empty.
pub(crate) fn code(description: &Description, site: &Site) -> TokenStream {
    let Site { krate, span, .. } = site;
    let kind = site.ident(kind(description.statement));
    let dependencies = &description.dependencies;
    let list = |field: &str, names: &[String]| {
        let field = site.ident(field);
        (!names.is_empty()).then(|| quote_spanned!(*span=> #field: &[#(#names),*],))
    };
    let reads = list("reads", &description.reads);
    let writes = list("writes", &description.writes);
    let functions = list("functions", &dependencies.functions);
    let sequences = dependencies.sequences.iter();
    let sequences: Vec<String> = sequences.map(|used| used.sequence.clone()).collect();
    let sequences = list("sequences", &sequences);
    let used = dependencies.uses.iter().map(|used| used_code(used, site));
    let uses =
        (!dependencies.uses.is_empty()).then(|| quote_spanned!(*span=> uses: &[#(#used),*],));
    let least = dependencies.needs.map(|major| {
        let major = Literal::u16_unsuffixed(major);
        quote_spanned!(*span=> least_server: #major,)
    });
    let outside = dependencies
        .outside_transactions
        .then(|| quote_spanned!(*span=> outside_transactions: true,));
    quote_spanned! {*span=>
        #krate::__private::Needs {
            kind: #krate::StatementKind::#kind,
            #reads
            #writes
            #uses
            #functions
            #sequences
            #least
            #outside
            ..#krate::__private::Needs::NONE
        }
    }
}

fn used_code(used: &Use, site: &Site) -> TokenStream {
    let Use {
        relation,
        select,
        insert,
        update,
        delete,
        by_owner,
        ..
    } = used;
    let lock = Literal::u8_unsuffixed(match used.lock {
        Lock::AccessShare => 1,
        Lock::RowShare => 2,
        Lock::RowExclusive => 3,
        _ => 4,
    });
    quote_spanned!(site.span=> (#relation, #lock, &[#(#select),*], &[#(#insert),*], &[#(#update),*], #delete, #by_owner))
}

fn kind(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::Select => "Select",
        StatementKind::Insert => "Insert",
        StatementKind::Update => "Update",
        StatementKind::Delete => "Delete",
        StatementKind::Merge => "Merge",
        StatementKind::CopyIn => "CopyIn",
        StatementKind::CopyOut => "CopyOut",
        _ => "Utility",
    }
}
