//! Runs the example on a server of its own, and compares what it prints.

use std::process::Command;

const EXPECTED: &str = "\
7 jobs, 3 workers
7 jobs ended, all workers stopped
\"lighthouse\" done after 1: esuohthgil
\"anchor\" done after 1: rohcna
\"\" given up after 3: there is no word
\"sextant\" done after 1: tnatxes
\"capstan\" done after 1: natspac
\"bowsprit\" done after 1: tirpswob
\"yardarm\" done after 1: mradray
";

#[test]
fn every_job_is_done_once_or_given_up_after_three_attempts() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_worker"));
    let output = program.env_remove("DATABASE_URL").output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        EXPECTED,
        "{complaints}"
    );
}
