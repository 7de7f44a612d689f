//! Runs the example on a server of its own, and compares what it prints.

use std::process::Command;

const EXPECTED: &str = "\
1 member joined
Grace is number 1, called Some(\"Amazing Grace\")
number 2 is Ada, called just that
number 3 is Barbara, called just that
Ada sails to nowhere yet
Barbara sails to nowhere yet
Grace sails to Arlington
3 members in all
";

#[test]
fn five_checked_statements_print_their_rows() {
    let output = Command::new(env!("CARGO_BIN_EXE_quickstart"))
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        EXPECTED,
        "{complaints}"
    );
}
