//! Runs the example on a server of its own, and compares what it prints.

use std::process::Command;

const EXPECTED: &str = "\
6 readings loaded
nothing loaded: the temperature is no number: invalid float literal
Kongsberg at 6: -3.5 °C
Kongsberg at 12: 1.5 °C
Ypres at 6: 7 °C
Ypres at 18: 9 °C
Ypres at 12: 12.5 °C
Kongsberg at 18: nothing
station,hour,celsius
Kongsberg,6,-3.5
Kongsberg,12,1.5
Ypres,6,7
Ypres,18,9
Ypres,12,12.5
Kongsberg,18,
";

#[test]
fn a_file_is_loaded_whole_or_not_at_all_and_exported_in_another_order() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_bulk-load"));
    let output = program.env_remove("DATABASE_URL").output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        EXPECTED,
        "{complaints}"
    );
}
