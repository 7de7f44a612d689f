//! Servers of several kinds: which of them will do.

use hathi::{Config, Error, Session, TargetSessionAttrs};
use hathi_tests::{Peer, ScriptedServer, message, within};

/// What a server says of itself when a session opens.
fn opening(standby: &str, read_only: &str) -> Vec<u8> {
    [
        message::authentication(0, b""),
        message::parameter_status("in_hot_standby", standby),
        message::parameter_status("default_transaction_read_only", read_only),
        message::key_data(7, b"1234"),
        message::ready(b'I'),
    ]
    .concat()
}

const KINDS: [(&str, &str, &str); 4] = [
    ("primary", "off", "off"),
    ("read-only primary", "off", "on"),
    ("standby", "on", "off"),
    ("read-only standby", "on", "on"),
];

/// A server of a kind, and how its client leaves: with a word, or without.
fn server(kind: (&'static str, &'static str, &'static str)) -> ScriptedServer {
    ScriptedServer::start(move |listener| {
        let mut peer = listener.accept();
        peer.startup();
        peer.send(&opening(kind.1, kind.2));
        assert_eq!(
            peer.until_closed(),
            b"X\0\0\0\x04",
            "{} is left politely",
            kind.0
        );
    })
}

async fn connect(
    servers: &[&ScriptedServer],
    target: TargetSessionAttrs,
) -> Result<Session, Error> {
    let folders = servers
        .iter()
        .map(|server| (server.folder().to_string_lossy(), 5432));
    let config = Config::new()
        .user("ada")
        .hosts(folders)
        .target_session_attrs(target);
    within(10, Session::connect(&config)).await
}

#[tokio::test]
async fn a_server_of_the_wrong_kind_is_left_politely_and_named() {
    use TargetSessionAttrs::{Any, PreferStandby, Primary, ReadOnly, ReadWrite, Standby};
    for (target, fitting) in [
        (Any, [true, true, true, true]),
        (ReadWrite, [true, false, false, false]),
        (ReadOnly, [false, true, true, true]),
        (Primary, [true, true, false, false]),
        (Standby, [false, false, true, true]),
        (PreferStandby, [true, true, true, true]),
    ] {
        for (kind, fits) in KINDS.into_iter().zip(fitting) {
            let server = server(kind);
            match connect(&[&server], target).await {
                Ok(session) => {
                    assert!(fits, "{} as {target}", kind.0);
                    session.close().await.unwrap();
                }
                Err(error) => {
                    assert!(!fits, "{} as {target}: {error}", kind.0);
                    let words = format!("target_session_attrs asks for {target}");
                    assert!(error.to_string().ends_with(&words), "{error}");
                }
            }
            server.finish();
        }
    }
}

#[tokio::test]
async fn the_first_host_of_the_right_kind_is_taken() {
    let servers = [KINDS[2], KINDS[1], KINDS[0]].map(server);
    let all: Vec<&ScriptedServer> = servers.iter().collect();
    let session = connect(&all, TargetSessionAttrs::ReadWrite).await.unwrap();
    assert_eq!(session.parameter("in_hot_standby"), Some("off"));
    session.close().await.unwrap();
    servers.into_iter().for_each(ScriptedServer::finish);
}

#[tokio::test]
async fn a_standby_is_preferred_to_a_primary_that_comes_first() {
    let first = ScriptedServer::start(|listener| {
        let mut peer = listener.accept();
        peer.startup();
        peer.send(&opening("off", "off"));
        peer.until_closed();
    });
    let second = server(KINDS[2]);
    let session = connect(&[&first, &second], TargetSessionAttrs::PreferStandby)
        .await
        .unwrap();
    assert_eq!(session.parameter("in_hot_standby"), Some("on"));
    session.close().await.unwrap();
    first.finish();
    second.finish();
}

#[tokio::test]
async fn a_primary_will_do_where_no_standby_can_be_reached() {
    let first = server(KINDS[0]);
    let down = ScriptedServer::start(|listener| drop(listener.accept()));
    let session = connect(&[&first, &down], TargetSessionAttrs::PreferStandby)
        .await
        .unwrap();
    assert_eq!(session.parameter("in_hot_standby"), Some("off"));
    session.close().await.unwrap();
    first.finish();
    down.finish();
}

/// Reads a question and answers it with one field.
fn answer(peer: &mut Peer, question: &str, field: Option<&[u8]>) {
    let asked = peer.expect("Q");
    assert_eq!(asked, [question.as_bytes(), b"\0"].concat());
    let rows = field.map_or_else(Vec::new, |field| message::row(&[Some(field)]));
    let reply = [
        message::columns(&[("answer", 25)]),
        rows,
        message::complete("SHOW"),
        message::ready(b'I'),
    ];
    peer.send(&reply.concat());
}

#[tokio::test]
async fn a_server_that_does_not_say_what_it_is_gets_asked() {
    use TargetSessionAttrs::{Primary, ReadOnly, ReadWrite, Standby};
    const WRITES: &str = "SHOW transaction_read_only";
    const STANDBY: &str = "SELECT pg_catalog.pg_is_in_recovery()";
    for (target, question, field, fits) in [
        (ReadWrite, WRITES, &b"off"[..], true),
        (ReadWrite, WRITES, b"on", false),
        (ReadOnly, WRITES, b"on", true),
        (Primary, STANDBY, b"f", true),
        (Primary, STANDBY, b"t", false),
        (Standby, STANDBY, b"t", true),
        (Standby, STANDBY, b"", false),
    ] {
        let server = ScriptedServer::welcoming(move |peer| {
            answer(peer, question, Some(field));
            peer.until_closed();
        });
        let outcome = connect(&[&server], target).await;
        assert_eq!(outcome.is_ok(), fits, "{target}: {outcome:?}");
        drop(outcome);
        server.finish();
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_what_it_is_is_refused() {
    let scripts: [fn(&mut Peer); 4] = [
        |peer| answer(peer, "SHOW transaction_read_only", None),
        |peer| {
            peer.expect("Q");
            let words = message::error("ERROR", "42704", "unrecognized configuration parameter");
            peer.send(&[words, message::ready(b'I')].concat());
        },
        |peer| {
            peer.expect("Q");
            peer.send(&message::lying(b'D', 3, b""));
        },
        |peer| {
            peer.expect("Q");
            peer.send(&[message::message(b'D', b"\0"), message::ready(b'I')].concat());
        },
    ];
    for script in scripts {
        let server = ScriptedServer::welcoming(move |peer| {
            script(peer);
            peer.until_closed();
        });
        let error = connect(&[&server], TargetSessionAttrs::ReadWrite)
            .await
            .unwrap_err();
        assert!(
            error.to_string().starts_with("cannot connect to "),
            "{error}"
        );
        server.finish();
    }
}
