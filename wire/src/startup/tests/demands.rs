//! What the client demands of a server: methods, channel binding, versions of the protocol.

use super::*;
use crate::dsn::Dsn;

const OK: &[u8] = b"\0\0\0\0";
const CLEARTEXT: &[u8] = b"\0\0\0\x03";
const MD5: &[u8] = b"\0\0\0\x05salt";
const SCRAM: &[u8] = b"\0\0\0\x0aSCRAM-SHA-256\0\0";
const SCRAM_PLUS: &[u8] = b"\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0";

/// What a server that asks in this way is answered: the message, or why it is refused.
fn answer(credentials: Credentials, ask: &[u8]) -> Result<Vec<u8>, String> {
    let (mut connection, mut startup) = start_as(credentials);
    let opening = connection.unsent().len();
    match receive(&mut startup, &mut connection, b'R', ask) {
        Step::Done(Err(failure)) => {
            assert_eq!(connection.unsent().len(), opening, "something was sent");
            Err(failure.to_string())
        }
        Step::More => Ok(connection.unsent()[opening..].to_vec()),
        step => panic!("{step:?}"),
    }
}

fn credentials(settings: &str) -> Credentials {
    let dsn: Dsn = settings.parse().unwrap();
    Credentials::new("ada", Some("secret".to_owned())).following(&dsn)
}

#[test]
fn a_method_that_is_not_allowed_gets_no_answer() {
    for (allowed, ask, words) in [
        (
            "scram-sha-256",
            OK,
            "the server asks for no proof of identity, which require_auth=\"scram-sha-256\" does not allow",
        ),
        (
            "scram-sha-256",
            CLEARTEXT,
            "the server asks for the method password, which",
        ),
        (
            "scram-sha-256",
            MD5,
            "the server asks for the method md5, which",
        ),
        (
            "md5",
            SCRAM,
            "the server asks for the method scram-sha-256, which require_auth=\"md5\"",
        ),
        (
            "!password,!none",
            CLEARTEXT,
            "require_auth=\"!password,!none\"",
        ),
        ("!password,!none", OK, "no proof"),
        ("none", SCRAM, "require_auth=\"none\""),
    ] {
        let refusal = answer(credentials(&format!("require_auth={allowed}")), ask).unwrap_err();
        assert!(refusal.contains(words), "{refusal}");
    }
    for (allowed, ask) in [
        ("none", OK),
        ("md5,password", MD5),
        ("!none", CLEARTEXT),
        ("scram-sha-256", SCRAM),
    ] {
        answer(credentials(&format!("require_auth={allowed}")), ask).unwrap();
    }
}

#[test]
fn channel_binding_that_is_required_fails_closed() {
    for (encrypted, data, ask, words) in [
        (true, true, OK, "the server asks for another proof"),
        (true, true, CLEARTEXT, "the server asks for another proof"),
        (true, true, MD5, "the server asks for another proof"),
        (
            true,
            true,
            SCRAM,
            "the server does not offer SCRAM-SHA-256-PLUS",
        ),
        (
            true,
            false,
            SCRAM_PLUS,
            "certificate has nothing to bind to",
        ),
        (false, false, SCRAM, "the connection is not encrypted"),
        (false, false, SCRAM_PLUS, "the connection is not encrypted"),
    ] {
        let mut credentials = credentials("channel_binding=require");
        credentials.encrypted = encrypted;
        credentials.channel_binding = data.then(|| b"hash".to_vec());
        let refusal = answer(credentials, ask).unwrap_err();
        assert!(refusal.contains("channel_binding=require"), "{refusal}");
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn scram_is_bound_where_both_sides_can() {
    for (setting, data, ask, mechanism, flag) in [
        (
            "require",
            true,
            SCRAM_PLUS,
            "SCRAM-SHA-256-PLUS\0",
            "p=tls-server-end-point,,",
        ),
        (
            "prefer",
            true,
            SCRAM_PLUS,
            "SCRAM-SHA-256-PLUS\0",
            "p=tls-server-end-point,,",
        ),
        // "We could have, if you had offered it": a server that did offer it finds out.
        ("prefer", true, SCRAM, "SCRAM-SHA-256\0", "y,,"),
        ("prefer", false, SCRAM_PLUS, "SCRAM-SHA-256\0", "n,,"),
        ("disable", true, SCRAM_PLUS, "SCRAM-SHA-256\0", "n,,"),
    ] {
        let mut credentials = credentials(&format!("channel_binding={setting}"));
        credentials.encrypted = true;
        credentials.channel_binding = data.then(|| b"hash".to_vec());
        let sent = answer(credentials, ask).unwrap();
        let sent = String::from_utf8_lossy(&sent[5..]).into_owned();
        assert!(sent.starts_with(mechanism), "{sent:?}");
        assert!(sent[mechanism.len() + 4..].starts_with(flag), "{sent:?}");
    }
}

#[test]
fn an_offer_to_bind_what_is_not_encrypted_is_somebody_in_between() {
    for setting in ["prefer", "disable"] {
        let refusal = answer(
            credentials(&format!("channel_binding={setting}")),
            SCRAM_PLUS,
        );
        assert!(refusal.unwrap_err().contains("not encrypted"));
    }
}

fn negotiation(settings: &str, body: &[u8]) -> Step<Result<(), StartupFailure>> {
    let (mut connection, mut startup) = start_as(credentials(settings));
    receive(&mut startup, &mut connection, b'v', body)
}

#[test]
fn the_version_that_is_asked_for_is_the_newest_allowed() {
    for (settings, version) in [
        ("user=x", b"\0\x03\0\0"),
        ("max_protocol_version=3.0", b"\0\x03\0\0"),
        ("max_protocol_version=3.2", b"\0\x03\0\x02"),
        ("max_protocol_version=latest", b"\0\x03\0\x02"),
        ("min_protocol_version=3.2", b"\0\x03\0\x02"),
    ] {
        let (connection, _) = start_as(credentials(settings));
        assert_eq!(&connection.unsent()[4..8], version, "{settings}");
    }
}

#[test]
fn an_older_version_is_taken_if_it_is_not_too_old() {
    assert_eq!(
        negotiation("max_protocol_version=3.2", b"\0\x03\0\0\0\0\0\0"),
        Step::More
    );
    let failure = StartupFailure::ProtocolVersion {
        min: ProtocolVersion::V3_2,
        found: (3, 0),
    };
    assert_eq!(
        failure.to_string(),
        "the server speaks protocol 3.0 at most, and min_protocol_version is 3.2"
    );
    assert_eq!(
        negotiation("min_protocol_version=3.2", b"\0\x03\0\0\0\0\0\0"),
        Step::Done(Err(failure))
    );
}

#[test]
fn a_negotiation_that_makes_no_sense_is_refused() {
    for (settings, body, expected) in [
        (
            "user=x",
            &b"\0\x03\0\x02\0\0\0\0"[..],
            "newer than what was asked for",
        ),
        ("max_protocol_version=3.2", b"\0\x03\0\x03\0\0\0\0", "newer"),
        (
            "max_protocol_version=3.2",
            b"\0\x02\0\0\0\0\0\0",
            "older than all that is spoken",
        ),
        ("user=x", b"\0\x03\0\0\0\0\0\x01_pq_.x\0", "refuses options"),
    ] {
        let Step::Done(Err(failure)) = negotiation(settings, body) else {
            panic!("{body:?}")
        };
        assert!(failure.to_string().contains(expected), "{failure}");
    }
    let mut connection = Connection::new(8);
    for body in [
        &b"\0\x03\0\0\0\0\0\x01"[..],
        b"\0\x03\0\0\xff\xff\xff\xff",
        b"\0\x03\0\0\0\0\0\0x",
        b"\0\x03",
    ] {
        assert!(connection.receive(b'v', body).is_err(), "{body:?}");
    }
}

#[test]
fn a_negotiation_that_comes_twice_or_late_breaks_the_protocol() {
    let body = b"\0\x03\0\0\0\0\0\0";
    for before in [(b'v', &body[..]), (b'R', OK), (b'R', MD5)] {
        let (mut connection, mut startup) = start_as(credentials("max_protocol_version=3.2"));
        receive(&mut startup, &mut connection, before.0, before.1);
        let message = connection.receive(b'v', body).unwrap().unwrap();
        assert!(startup.receive(message, &mut connection).is_err());
    }
}

#[test]
fn a_secret_for_cancel_requests_may_be_long() {
    let (mut connection, mut startup) = start_as(credentials("max_protocol_version=3.2"));
    let body = [&[0, 0, 0, 7][..], &[9; 256]].concat();
    receive(&mut startup, &mut connection, b'K', &body);
    assert_eq!(connection.key(), Some((7, &[9; 256][..])));
}
