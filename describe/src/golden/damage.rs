//! Recorded dumps that were damaged on their way are read or refused: nothing of what a server may send makes the reader
//! or the analysis panic.

use super::{Golden, MAJORS, all, catalog, dumps};
use crate::analysis::{Analysis, Rules};
use crate::analyzed::statements;
use crate::cardinality::Rows;
use crate::tree::{Tree, unwrapped};

#[test]
fn a_recorded_dump_that_is_cut_anywhere_is_unreadable() {
    for Golden {
        major,
        name,
        detail,
    } in all()
    {
        let whole = detail.trim_end().len();
        // What is cut off is never looked at, so that some cuts of a long dump tell as much as all.
        let step = if whole < 2_500 { 1 } else { 37 };
        for cut in (0..whole).step_by(step).chain(whole - 40..whole) {
            if !detail.is_char_boundary(cut) {
                continue;
            }
            let text = unwrapped(&detail[..cut]);
            let is_read = text.is_ok_and(|text| Tree::read(&text).is_ok());
            assert!(
                !is_read,
                "{name} on {major} is read when it is cut at {cut}"
            );
        }
    }
}

#[test]
fn a_recorded_dump_with_any_byte_changed_is_read_or_refused() {
    // What the grammar of dumps is made of, and what it does not know.
    const BYTES: &[u8] = b"{}()[]:<>\\ \n\"-09aZ?\x00\x7f\xff";
    for major in MAJORS {
        let catalog = catalog(major);
        let mut read = 0;
        for (number, Golden { detail, .. }) in dumps(major).into_iter().enumerate() {
            for at in (number % 23..detail.len()).step_by(23) {
                let mut bytes = detail.clone().into_bytes();
                bytes[at] = BYTES[(at / 23 + number) % BYTES.len()];
                let changed = String::from_utf8_lossy(&bytes);
                let Ok(text) = unwrapped(&changed) else {
                    continue;
                };
                let Ok(tree) = Tree::read(&text) else {
                    continue;
                };
                for statement in statements(&tree).unwrap_or_default() {
                    read += 1;
                    let _ = Rows::new(&catalog, Rules::default()).bounds(statement);
                    let analysis = Analysis::new(&catalog, Rules::default(), vec![true; 8]);
                    let _ = analysis.columns(statement);
                }
            }
        }
        // Damage that is always noticed at once would try the reader only.
        assert!(
            read > 1_000,
            "only {read} damaged dumps were read on {major}"
        );
    }
}
