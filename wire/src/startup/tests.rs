//! Openings as lists of messages: honest servers and others.

use super::*;

mod demands;

fn start(password: Option<&str>) -> (Connection, Startup) {
    start_as(Credentials::new("ada", password.map(str::to_owned)))
}

fn start_as(credentials: Credentials) -> (Connection, Startup) {
    let mut connection = Connection::new(8);
    let startup = Startup::start(&mut connection, credentials, [("database", "crew")]).unwrap();
    (connection, startup)
}

fn receive(
    startup: &mut Startup,
    to: &mut Connection,
    tag: u8,
    body: &[u8],
) -> Step<Result<(), StartupFailure>> {
    match to.receive(tag, body).unwrap() {
        Some(message) => startup.receive(message, to).unwrap(),
        None => Step::More,
    }
}

#[test]
fn the_first_message_has_no_tag_and_names_the_user() {
    let (connection, _) = start(None);
    assert_eq!(
        connection.unsent(),
        b"\0\0\0\x20\0\x03\0\0user\0ada\0database\0crew\0\0"
    );
}

#[test]
fn a_zero_byte_in_a_setting_is_an_error_and_not_another_setting() {
    for (user, setting) in [
        ("ada\0database\0other", ("database", "crew")),
        ("ada", ("database", "crew\0options\0-c log_statement=none")),
        ("ada", ("data\0base", "crew")),
    ] {
        let mut connection = Connection::new(8);
        let credentials = Credentials::new(user, None);
        let error = Startup::start(&mut connection, credentials, [setting]).unwrap_err();
        assert_eq!(error, EncodeError::ZeroByte);
        assert_eq!(connection.unsent(), b"");
    }
}

#[test]
fn a_trusting_server_lets_us_in_and_is_remembered() {
    let (mut connection, mut startup) = start(None);
    assert_eq!(
        receive(&mut startup, &mut connection, b'R', b"\0\0\0\0"),
        Step::More
    );
    assert_eq!(
        receive(
            &mut startup,
            &mut connection,
            b'S',
            b"server_version\x0018.4\0"
        ),
        Step::More
    );
    assert_eq!(
        receive(&mut startup, &mut connection, b'K', b"\0\0\0\x07\0\0\0\x08"),
        Step::More
    );
    assert_eq!(
        receive(&mut startup, &mut connection, b'Z', b"I"),
        Step::Done(Ok(()))
    );
    assert_eq!(connection.parameter("server_version"), Some("18.4"));
    assert_eq!(connection.key(), Some((7, &[0, 0, 0, 8][..])));
}

#[test]
fn a_password_is_asked_for_and_missing() {
    for ask in [
        &b"\0\0\0\x03"[..],
        b"\0\0\0\x05salt",
        b"\0\0\0\x0aSCRAM-SHA-256\0\0",
    ] {
        let (mut connection, mut startup) = start(None);
        let step = receive(&mut startup, &mut connection, b'R', ask);
        assert_eq!(step, Step::Done(Err(StartupFailure::PasswordNeeded)));
    }
}

#[test]
fn md5_sends_the_hash_and_never_the_password() {
    let (mut connection, mut startup) = start(Some("secret"));
    receive(&mut startup, &mut connection, b'R', b"\0\0\0\x05salt");
    let sent = String::from_utf8_lossy(connection.unsent()).into_owned();
    assert!(sent.contains("md5") && !sent.contains("secret"));
}

#[test]
fn a_server_that_skips_its_proof_is_refused() {
    let (mut connection, mut startup) = start(Some("secret"));
    receive(
        &mut startup,
        &mut connection,
        b'R',
        b"\0\0\0\x0aSCRAM-SHA-256\0\0",
    );
    let step = receive(&mut startup, &mut connection, b'R', b"\0\0\0\0");
    assert_eq!(
        step,
        Step::Done(Err(StartupFailure::Scram(ScramFailure::OutOfOrder)))
    );
}

#[test]
fn a_server_that_asks_for_proof_twice_is_refused() {
    let asks = [
        &b"\0\0\0\x03"[..],
        b"\0\0\0\x05salt",
        b"\0\0\0\x0aSCRAM-SHA-256\0\0",
    ];
    for first in asks {
        for second in asks {
            let (mut connection, mut startup) = start(Some("secret"));
            receive(&mut startup, &mut connection, b'R', first);
            let sent = connection.unsent().len();
            let step = receive(&mut startup, &mut connection, b'R', second);
            assert_eq!(
                step,
                Step::Done(Err(StartupFailure::Scram(ScramFailure::OutOfOrder)))
            );
            assert_eq!(connection.unsent().len(), sent);
        }
    }
}

#[test]
fn a_hostile_iteration_count_is_refused_before_any_work() {
    for count in ["600001", "4294967296", "-1", "x"] {
        let (mut connection, mut startup) = start(Some("secret"));
        receive(
            &mut startup,
            &mut connection,
            b'R',
            b"\0\0\0\x0aSCRAM-SHA-256\0\0",
        );
        let mut challenge = b"\0\0\0\x0b".to_vec();
        challenge.extend_from_slice(format!("r=abc,s=c2FsdA==,i={count}").as_bytes());
        let step = receive(&mut startup, &mut connection, b'R', &challenge);
        let failure = ScramFailure::TooManyIterations {
            found: count.to_owned(),
        };
        assert_eq!(step, Step::Done(Err(StartupFailure::Scram(failure))));
    }
}

#[test]
fn methods_that_are_not_spoken_are_named() {
    let (mut connection, mut startup) = start(Some("secret"));
    let Step::Done(Err(failure)) = receive(&mut startup, &mut connection, b'R', b"\0\0\0\x07")
    else {
        panic!()
    };
    assert!(
        failure
            .to_string()
            .starts_with("the server asks for GSSAPI authentication, which is not supported")
    );
    let (mut connection, mut startup) = start(Some("secret"));
    let ask = b"\0\0\0\x0aOAUTHBEARER\0\0";
    let Step::Done(Err(failure)) = receive(&mut startup, &mut connection, b'R', ask) else {
        panic!()
    };
    assert!(failure.to_string().contains("SASL mechanism OAUTHBEARER"));
}

#[test]
fn debug_hides_the_password() {
    let shown = format!("{:?}", Credentials::new("ada", Some("secret".to_owned())));
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn ready_without_authentication_breaks_the_protocol() {
    let (mut connection, mut startup) = start(None);
    let message = connection.receive(b'Z', b"I").unwrap().unwrap();
    assert!(startup.receive(message, &mut connection).is_err());
}
