//! Runs the example on a server of its own, and compares what it prints.

use std::process::Command;

const EXPECTED: &str = "\
after a transfer of 30:
  Ada    70
  Grace  130
1 withdrawal of 150 made, 1 refused
3 attempts: one was tried again
50 left in both accounts
";

#[test]
fn of_two_withdrawals_that_meet_one_is_tried_again_and_refused() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_transfer"));
    let output = program.env_remove("DATABASE_URL").output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        EXPECTED,
        "{complaints}"
    );
}
