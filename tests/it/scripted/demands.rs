//! What the client demands of a server: its methods, channel binding, and the version of the protocol.

use hathi::{AuthMethods, ChannelBinding, Config, Error, ProtocolVersion, Session};
use hathi_tests::{ScriptedServer, message, poll_times, within};

const PASSWORD: &str = "correct horse";

/// Connects to a server that asks in this way, which must not be answered.
async fn refused(change: impl Fn(Config) -> Config, ask: Vec<u8>) -> Error {
    let server = ScriptedServer::start(move |listener| {
        let mut peer = listener.accept();
        peer.startup();
        peer.send(&ask);
        assert_eq!(peer.until_closed(), b"", "something was proven to it");
    });
    let config = change(server.config().password(PASSWORD));
    let error = within(20, Session::connect(&config)).await.unwrap_err();
    assert!(!format!("{error}{error:?}").contains(PASSWORD), "{error}");
    server.finish();
    error
}

#[tokio::test]
async fn a_method_that_was_not_allowed_gets_nothing() {
    for (allowed, ask, words) in [
        (
            "scram-sha-256",
            message::authentication(3, b""),
            "asks for the method password",
        ),
        (
            "scram-sha-256",
            message::authentication(5, b"salt"),
            "asks for the method md5",
        ),
        (
            "scram-sha-256",
            message::welcome(),
            "asks for no proof of identity",
        ),
        (
            "!md5",
            message::authentication(5, b"salt"),
            "asks for the method md5",
        ),
        (
            "none",
            message::authentication(10, b"SCRAM-SHA-256\0\0"),
            "asks for the method scram-sha-256",
        ),
        ("!none", message::welcome(), "asks for no proof of identity"),
    ] {
        let methods = AuthMethods::read(allowed).unwrap();
        let error = refused(|config| config.require_auth(methods.clone()), ask).await;
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(
            text.contains(&format!("require_auth=\"{allowed}\"")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn channel_binding_that_is_required_and_cannot_be_had_gets_nothing() {
    for (ask, words) in [
        (message::welcome(), "the server asks for another proof"),
        (
            message::authentication(3, b""),
            "the server asks for another proof",
        ),
        (
            message::authentication(5, b"salt"),
            "the server asks for another proof",
        ),
        (
            message::authentication(10, b"SCRAM-SHA-256\0\0"),
            "the connection is not encrypted",
        ),
        (
            message::authentication(10, b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"),
            "the connection is not encrypted",
        ),
    ] {
        let error = refused(
            |config| config.channel_binding(ChannelBinding::Require),
            ask,
        )
        .await;
        assert!(error.to_string().contains(words), "{error}");
    }
    // Binding is offered where nothing can be bound: somebody has taken TLS away.
    let ask = message::authentication(10, b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
    let error = refused(|config| config, ask).await;
    assert!(error.to_string().contains("not encrypted"), "{error}");
}

#[tokio::test]
async fn a_password_that_is_asked_for_twice_is_sent_once() {
    for again in [
        message::authentication(3, b""),
        message::authentication(5, b"salt"),
    ] {
        let server = ScriptedServer::start(move |listener| {
            let mut peer = listener.accept();
            peer.startup();
            peer.send(&message::authentication(3, b""));
            assert_eq!(peer.expect("p"), format!("{PASSWORD}\0").as_bytes());
            peer.send(&again);
            assert_eq!(peer.until_closed(), b"");
        });
        let error = Session::connect(&server.config().password(PASSWORD))
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("the order of authentication"),
            "{error}"
        );
        server.finish();
    }
}

/// NegotiateProtocolVersion: the newest version, and options that are not known.
fn negotiation(minor: u8, options: &[&str]) -> Vec<u8> {
    let mut body = vec![
        0,
        3,
        0,
        minor,
        0,
        0,
        0,
        u8::try_from(options.len()).unwrap(),
    ];
    options
        .iter()
        .for_each(|option| body.extend(format!("{option}\0").bytes()));
    message::message(b'v', &body)
}

/// Connects to a server that is asked for 3.2 and says this.
async fn newest(change: impl Fn(Config) -> Config, words: Vec<u8>) -> Result<(), Error> {
    let server = ScriptedServer::start(move |listener| {
        let mut peer = listener.accept();
        assert_eq!(peer.versioned_startup().0, [0, 3, 0, 2]);
        peer.try_send(&words);
        peer.until_closed();
    });
    let config = change(server.config().max_protocol_version(ProtocolVersion::V3_2));
    let outcome = within(20, Session::connect(&config)).await.map(drop);
    server.finish();
    outcome
}

#[tokio::test]
async fn an_older_server_is_taken_unless_it_is_too_old() {
    let older = [negotiation(0, &[]), message::welcome()].concat();
    newest(|config| config, older.clone()).await.unwrap();
    newest(|config| config, message::welcome()).await.unwrap();
    let demand = |config: Config| config.min_protocol_version(ProtocolVersion::V3_2);
    let error = newest(demand, older).await.unwrap_err().to_string();
    assert!(
        error.ends_with("the server speaks protocol 3.0 at most, and min_protocol_version is 3.2"),
        "{error}"
    );
}

#[tokio::test]
async fn a_negotiation_that_makes_no_sense_is_refused() {
    for (words, expected) in [
        (negotiation(3, &[]), "newer than what was asked for"),
        (
            negotiation(0, &["_pq_.x"]),
            "refuses options that were not asked for",
        ),
        (
            message::message(b'v', &[0, 2, 0, 0, 0, 0, 0, 0]),
            "older than all that is spoken",
        ),
        (
            message::message(b'v', &[0, 3, 0, 0]),
            "malformed message \"v\"",
        ),
        (
            message::message(b'v', &[0, 3, 0, 0, 0xff, 0xff, 0xff, 0xff]),
            "malformed message \"v\"",
        ),
        (
            [negotiation(0, &[]), negotiation(0, &[])].concat(),
            "server sent \"v\"",
        ),
        (
            [message::authentication(0, b""), negotiation(0, &[])].concat(),
            "server sent \"v\"",
        ),
    ] {
        let error = newest(|config| config, words)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_long_secret_is_shown_in_full_to_cancel() {
    let secret: Vec<u8> = (0..=255).collect();
    let shown = secret.clone();
    let server = ScriptedServer::start(move |listener| {
        let mut peer = listener.accept();
        assert_eq!(peer.versioned_startup().0, [0, 3, 0, 2]);
        let key = message::key_data(7, &shown);
        peer.send(&[message::authentication(0, b""), key, message::ready(b'I')].concat());
        peer.expect("Q");
        let mut request = listener.accept();
        assert_eq!(request.cancel_request(), (7, shown.clone()));
        drop(request);
        peer.send(
            &[
                message::error("ERROR", "57014", "canceling statement"),
                message::ready(b'I'),
            ]
            .concat(),
        );
        peer.expect("Q");
        peer.send(&[message::complete("SELECT 1"), message::ready(b'I')].concat());
        peer.until_closed();
    });
    let config = server.config().max_protocol_version(ProtocolVersion::V3_2);
    let mut session = within(20, Session::connect(&config)).await.unwrap();
    // It is dropped while it runs: the next call has it cancelled first.
    assert!(poll_times(session.simple("SELECT 1"), 1).await.is_none());
    within(20, session.simple("SELECT 2")).await.unwrap();
    session.close().await.unwrap();
    server.finish();
}
