//! What a session says that keeps no statement on the server, byte for byte.

use hathi::Session;
use hathi_tests::{ScriptedServer, frontend_messages, message, poll_times};

use super::conversation::{QUESTION, answer, crew};

#[tokio::test]
async fn every_use_is_one_flight_with_the_statement_without_a_name() {
    let server = ScriptedServer::welcoming(|peer| {
        for _ in 0..3 {
            let mut parse = b"\0SELECT id, name FROM crew\0".to_vec();
            parse.extend_from_slice(&[0, 0]);
            assert_eq!(peer.expect("P"), parse);
            assert_eq!(peer.expect("D"), b"S\0");
            assert!(
                peer.expect("B").starts_with(b"\0\0"),
                "neither portal nor statement have a name"
            );
            peer.expect("ES");
            peer.send(&answer(&crew()).concat());
        }
        let rest = peer.until_closed();
        let said = frontend_messages(&rest);
        assert_eq!(said.len(), 1, "nothing is closed: {rest:?}");
        assert_eq!(said[0].tag, b'X');
    });
    let config = server.config().statement_cache(0);
    let mut session = Session::connect(&config).await.unwrap();
    for _ in 0..3 {
        assert_eq!(session.fetch_all(QUESTION).await.unwrap(), crew());
    }
    session.close().await.unwrap();
    server.finish();
}

#[tokio::test]
async fn an_abandoned_use_leaves_the_next_one_intact() {
    let server = ScriptedServer::welcoming(|peer| {
        for _ in 0..2 {
            assert_eq!(peer.flight().as_deref(), Some("PDBES"));
            peer.send(&answer(&crew()).concat());
        }
        peer.until_closed();
    });
    let config = server.config().statement_cache(0);
    let mut session = Session::connect(&config).await.unwrap();
    poll_times(session.fetch_all(QUESTION), 1).await;
    assert_eq!(session.fetch_all(QUESTION).await.unwrap(), crew());
    session.close().await.unwrap();
    server.finish();
}

#[tokio::test]
async fn another_number_of_columns_is_noticed_before_a_row_is_read() {
    let server = ScriptedServer::welcoming(|peer| {
        peer.flight();
        peer.send(&answer(&crew()).concat());
        peer.flight();
        let mut changed = answer(&crew());
        changed[2] = message::columns(&[("id", 23)]);
        peer.send(&changed.concat());
        peer.until_closed();
    });
    let config = server.config().statement_cache(0);
    let mut session = Session::connect(&config).await.unwrap();
    session.fetch_all(QUESTION).await.unwrap();
    assert!(session.fetch_all(QUESTION).await.unwrap_err().is_drift());
    session.close().await.unwrap();
    server.finish();
}
