//! Servers that ask for proof in hostile ways: nothing is believed that was not proven, and no wait is without end.

use hathi::{Error, Session};
use hathi_tests::{Peer, ScriptedServer, message, poll_times, within};

const PASSWORD: &str = "correct horse";

/// Connects with a password to a server that plays this, which must be refused.
async fn refused(script: impl Fn(&mut Peer) + Send + 'static) -> Error {
    let server = ScriptedServer::start(move |listener| {
        let mut peer = listener.accept();
        peer.startup();
        script(&mut peer);
        peer.until_closed();
    });
    let error = within(20, Session::connect(&server.config().password(PASSWORD)))
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error}");
    assert!(!error.is_timeout());
    server.finish();
    error
}

#[track_caller]
fn assert_says(error: &Error, words: &str) {
    assert!(
        error.to_string().contains(words),
        "expected {words:?} in: {error}"
    );
}

/// Asks for SCRAM and returns the client's nonce.
fn begin_scram(peer: &mut Peer) -> String {
    peer.send(&message::authentication(10, b"SCRAM-SHA-256\0\0"));
    let first = String::from_utf8(peer.expect("p")).unwrap();
    assert!(first.starts_with("SCRAM-SHA-256\0"), "{first:?}");
    first.split_once(",r=").unwrap().1.to_owned()
}

/// The server's first message of SCRAM.
fn challenge(nonce: &str, rest: &str) -> Vec<u8> {
    message::authentication(11, format!("r={nonce}{rest}").as_bytes())
}

const SALT: &str = "s=AAAAAAAAAAAAAAAAAAAAAA==";

#[tokio::test]
async fn the_startup_message_says_who_and_where_and_nothing_that_poolers_refuse() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.accept();
        let settings = String::from_utf8(peer.startup()).unwrap();
        let words: Vec<&str> = settings.split('\0').collect();
        let pairs: Vec<(&str, &str)> = words
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect();
        let expected = [
            ("user", "ada"),
            ("database", "crew"),
            ("client_encoding", "UTF8"),
            ("application_name", "hathi"),
            ("DateStyle", "ISO, MDY"),
            ("TimeZone", "UTC"),
        ];
        for pair in expected {
            assert!(pairs.contains(&pair), "{pair:?} in {pairs:?}");
        }
        assert_eq!(
            pairs.iter().filter(|(name, _)| !name.is_empty()).count(),
            expected.len()
        );
        peer.send(&message::welcome());
        peer.until_closed();
    });
    Session::connect(&server.config())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    server.finish();
}

#[tokio::test]
async fn a_scram_server_that_asks_for_too_much_work_is_refused_at_once() {
    for iterations in [
        "600001",
        "4294967295",
        "99999999999999999999",
        "-1",
        "",
        "4e3",
    ] {
        let error = refused(move |peer| {
            let nonce = begin_scram(peer);
            peer.send(&challenge(
                &format!("{nonce}x"),
                &format!(",{SALT},i={iterations}"),
            ));
        })
        .await;
        assert_says(
            &error,
            &format!("the server asks for {iterations} SCRAM iterations"),
        );
    }
}

#[tokio::test]
async fn a_scram_challenge_that_makes_no_sense_is_refused() {
    for (rest, own_nonce) in [
        (format!(",{SALT},i=4096"), false),
        (",s=***,i=4096".to_owned(), true),
        (",i=4096".to_owned(), true),
        (format!(",{SALT}"), true),
        (format!(",{SALT},i=0x10"), true),
        (String::new(), true),
    ] {
        let error = refused(move |peer| {
            let nonce = begin_scram(peer);
            let nonce = if own_nonce {
                format!("{nonce}x")
            } else {
                "another".to_owned()
            };
            peer.send(&challenge(&nonce, &rest));
        })
        .await;
        assert!(error.to_string().contains("SCRAM"), "{error}");
    }
}

#[tokio::test]
async fn a_scram_server_that_skips_its_own_proof_is_refused() {
    for skipped in [1, 2] {
        let error = refused(move |peer| {
            let nonce = begin_scram(peer);
            if skipped == 1 {
                peer.send(&challenge(&format!("{nonce}x"), &format!(",{SALT},i=1")));
                peer.expect("p");
            }
            peer.send(&message::welcome());
        })
        .await;
        assert_says(&error, "it may not be the server it claims to be");
    }
}

#[tokio::test]
async fn a_scram_server_that_proves_something_else_is_refused() {
    for last in [
        "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "v=",
        "v=***",
        "",
        "e=invalid-proof",
        "x=1",
    ] {
        let error = refused(move |peer| {
            let nonce = begin_scram(peer);
            peer.send(&challenge(&format!("{nonce}x"), &format!(",{SALT},i=1")));
            peer.expect("p");
            peer.send(
                &[
                    message::authentication(12, last.as_bytes()),
                    message::welcome(),
                ]
                .concat(),
            );
        })
        .await;
        assert_says(&error, "SCRAM failed");
    }
}

#[tokio::test]
async fn a_server_that_leaves_the_order_of_authentication_is_refused() {
    type Script = fn(&mut Peer);
    let scripts: [Script; 7] = [
        |peer| peer.send(&message::authentication(11, b"r=x,s=AA==,i=1")),
        |peer| peer.send(&message::authentication(12, b"v=AA==")),
        |peer| {
            begin_scram(peer);
            peer.send(&message::authentication(12, b"v=AA=="));
        },
        |peer| {
            begin_scram(peer);
            // A server that has begun one method must not get the password by another.
            peer.send(&message::authentication(3, b""));
        },
        |peer| {
            let nonce = begin_scram(peer);
            let challenge = challenge(&format!("{nonce}x"), &format!(",{SALT},i=1"));
            peer.send(&challenge);
            peer.expect("p");
            peer.send(&challenge);
        },
        |peer| {
            peer.send(
                &[
                    message::authentication(0, b""),
                    message::authentication(3, b""),
                ]
                .concat(),
            )
        },
        |peer| {
            peer.send(
                &[
                    message::authentication(0, b""),
                    message::authentication(0, b""),
                ]
                .concat(),
            )
        },
    ];
    for script in scripts {
        assert_says(
            &refused(script).await,
            "the server left the order of authentication",
        );
    }
}

#[tokio::test]
async fn methods_that_are_not_spoken_are_named() {
    for (kind, data, words) in [
        (2, &b""[..], "Kerberos V5"),
        (7, b"", "GSSAPI"),
        (9, b"", "SSPI"),
        (77, b"", "authentication method 77"),
        (
            10,
            b"SCRAM-SHA-512\0OAUTHBEARER\0\0",
            "SCRAM-SHA-512, OAUTHBEARER",
        ),
        (10, b"\0", "not supported"),
        (10, b"", "not supported"),
    ] {
        assert_says(
            &refused(move |peer| peer.send(&message::authentication(kind, data))).await,
            words,
        );
    }
}

#[tokio::test]
async fn words_that_make_no_sense_before_the_welcome_are_refused() {
    for bytes in [
        message::ready(b'I'),
        message::complete("SELECT 1"),
        message::message(b'R', b"\0\0"),
        message::authentication(5, b"sal"),
        message::authentication(5, b"salty"),
        message::key_data(1, b"sec"),
        message::key_data(1, &[0; 257]),
        message::lying(b'R', 3, b""),
        message::lying(b'R', u32::MAX, b""),
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        b"S".to_vec(),
        b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(),
    ] {
        let server = ScriptedServer::start(move |listener| {
            let mut peer = listener.accept();
            peer.startup();
            peer.try_send(&bytes);
        });
        let error = within(5, Session::connect(&server.config().password(PASSWORD)))
            .await
            .unwrap_err();
        assert_says(&error, "cannot connect to ");
        server.finish();
    }
}

#[tokio::test]
async fn the_words_of_a_server_that_lets_nobody_in_are_told() {
    let error = refused(|peer| {
        peer.send(&message::notice("it is late"));
        peer.send(&message::error(
            "FATAL",
            "53300",
            "sorry, too many clients already",
        ));
    })
    .await;
    assert_eq!(error.sql_state().unwrap().code(), "53300");
    assert_says(&error, "sorry, too many clients already");
    let error = refused(|peer| {
        peer.send(
            &[
                message::authentication(0, b""),
                message::error("FATAL", "3D000", "no such database"),
            ]
            .concat(),
        );
    })
    .await;
    assert_eq!(error.sql_state().unwrap().code(), "3D000");
}

#[tokio::test]
async fn an_older_protocol_and_early_notices_are_taken() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.accept();
        peer.startup();
        peer.send(
            &[
                message::message(b'v', &[0, 3, 0, 0, 0, 0, 0, 0]),
                message::notice("soon down"),
                message::welcome(),
            ]
            .concat(),
        );
        peer.until_closed();
    });
    let session = Session::connect(&server.config()).await.unwrap();
    assert_eq!(session.parameter("server_version"), Some("18.0"));
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_session_that_is_dropped_while_it_opens_closes_its_connection() {
    for polls in 0..4 {
        for stage in 0..3 {
            let server = ScriptedServer::start(move |listener| {
                if polls == 0 {
                    return;
                }
                let mut peer = listener.accept();
                if stage > 0 && polls > 1 {
                    peer.startup();
                }
                if stage > 1 {
                    peer.try_send(&message::authentication(10, b"SCRAM-SHA-256\0\0"));
                }
                peer.until_closed();
            });
            let config = server.config().password(PASSWORD);
            let dropped = poll_times(Session::connect(&config), polls);
            // The last poll may have nothing to wait for: the server says no more.
            let outcome = tokio::time::timeout(std::time::Duration::from_millis(50), dropped).await;
            assert!(!matches!(outcome, Ok(Some(_))));
            server.finish();
        }
    }
}
