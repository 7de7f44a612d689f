//! Runs the demo of the example on a server of its own, and compares what it prints.

use std::process::Command;

const EXPECTED: &str = "\
POST /crew
  201 Created {\"id\":1,\"name\":\"Ada\",\"nick\":null,\"captain\":false}
POST /crew
  201 Created {\"id\":2,\"name\":\"Grace\",\"nick\":\"Amazing Grace\",\"captain\":false}
POST /crew
  409 Conflict this address is taken
POST /crew/1/captain
  204 No Content
POST /crew/7/captain
  404 Not Found nobody of this number
GET /crew/2
  200 OK {\"id\":2,\"name\":\"Grace\",\"nick\":\"Amazing Grace\",\"captain\":false}
GET /crew/7
  404 Not Found nobody of this number
GET /crew
  200 OK [{\"id\":1,\"name\":\"Ada\",\"nick\":null,\"captain\":true},{\"id\":2,\"name\":\"Grace\",\"nick\":\"Amazing Grace\",\"captain\":false}]
";

#[test]
fn the_demo_is_answered_as_it_should_be_and_stops_by_itself() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_web-service"));
    let output = program
        .arg("--demo")
        .env_remove("DATABASE_URL")
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
