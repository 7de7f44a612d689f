//! Where a password comes from when it is asked for at each connect, or looked up in a file.

use std::fs;
use std::future::pending;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hathi::{Config, Session};
use hathi_tests::{Listener, Peer, ScriptedServer, SocketFolder, message, within};

/// Asks the next client for its password, and lets it in.
fn password_of(listener: &Listener) -> String {
    let mut peer = listener.accept();
    peer.startup();
    peer.send(&message::authentication(3, b""));
    let mut password = peer.expect("p");
    assert_eq!(password.pop(), Some(0));
    peer.send(&message::welcome());
    peer.until_closed();
    String::from_utf8(password).unwrap()
}

#[tokio::test]
async fn a_password_is_asked_for_at_each_connect() {
    let server = ScriptedServer::start(|listener| {
        for number in 1..=3 {
            assert_eq!(password_of(listener), format!("token {number}"));
        }
    });
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let config = server.config().password_with(move || {
        let number = counted.fetch_add(1, Ordering::Relaxed) + 1;
        async move { Ok::<_, std::io::Error>(format!("token {number}")) }
    });
    for _ in 0..3 {
        let config = config.clone();
        let session = tokio::spawn(async move { Session::connect(&config).await });
        session.await.unwrap().unwrap().close().await.unwrap();
    }
    assert_eq!(count.load(Ordering::Relaxed), 3);
    server.finish();
}

#[tokio::test]
async fn it_is_asked_for_once_whatever_the_number_of_hosts() {
    let server = ScriptedServer::start(|listener| assert_eq!(password_of(listener), "once"));
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let folder = server.folder().to_string_lossy().into_owned();
    let config = Config::new()
        .user("ada")
        .hosts([("/nowhere", 1), ("/no/where", 2), (&folder, 5432)])
        .password_with(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            async { Ok::<_, std::io::Error>("once".to_owned()) }
        });
    Session::connect(&config)
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 1);
    server.finish();
}

#[tokio::test]
async fn a_password_that_cannot_be_asked_for_is_told_before_anything_is_sent() {
    let config = Config::new()
        .host("/nowhere")
        .password_with(async || Err::<String, _>("the vault is closed"));
    let error = Session::connect(&config).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the password could not be asked for: the vault is closed"
    );
}

#[tokio::test]
async fn the_time_to_connect_holds_for_asking_too() {
    let config = Config::new()
        .host("/nowhere")
        .connect_limit(Duration::from_millis(50))
        .password_with(pending::<Result<String, std::io::Error>>);
    let error = within(10, Session::connect(&config)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(
        error.to_string(),
        "no answer within 50ms while asking for the password"
    );
}

/// A password file with these permissions; the folder is removed when dropped.
fn passfile(text: &str, mode: u32) -> (SocketFolder, String) {
    let folder = SocketFolder::new();
    let file = folder.path().join("pgpass");
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    let path = file.to_string_lossy().into_owned();
    (folder, path)
}

#[tokio::test]
async fn a_password_is_found_in_a_file_by_host_database_and_role() {
    let server =
        ScriptedServer::start(|listener| assert_eq!(password_of(listener), "from the file"));
    let text = format!(
        "{}:5432:crew:ada:from the file\n",
        server.folder().display()
    );
    let (_folder, path) = passfile(&text, 0o600);
    let config = server.config().passfile(path);
    Session::connect(&config)
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    server.finish();
}

/// A server that asks for a password and gets none.
fn asking() -> ScriptedServer {
    ScriptedServer::start(|listener| {
        let mut peer: Peer = listener.accept();
        peer.startup();
        peer.send(&message::authentication(3, b""));
        assert_eq!(peer.until_closed(), b"");
    })
}

#[tokio::test]
async fn a_password_file_that_others_may_read_is_not_used() {
    for mode in [0o640, 0o604, 0o666] {
        let server = asking();
        let (_folder, path) = passfile("*:*:*:*:hush\n", mode);
        let error = Session::connect(&server.config().passfile(&path))
            .await
            .unwrap_err();
        let words = format!(
            "the server asks for a password, and the password file {path} is not used because others than its owner may \
             read it (mode {mode:04o}): run chmod 600 on it"
        );
        assert!(error.to_string().ends_with(&words), "{error}");
        assert!(!error.to_string().contains("hush"));
        server.finish();
    }
}

#[tokio::test]
async fn a_password_file_that_does_not_exist_is_empty() {
    let server = asking();
    let error = Session::connect(&server.config().passfile("/nowhere/pgpass"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("asks for a password, and none was given"),
        "{error}"
    );
    server.finish();
}

#[tokio::test]
async fn a_password_file_nobody_asks_for_does_no_harm() {
    let server = ScriptedServer::welcoming(|peer| {
        peer.until_closed();
    });
    let (_folder, path) = passfile("*:*:*:*:hush\n", 0o644);
    let session = Session::connect(&server.config().passfile(path))
        .await
        .unwrap();
    session.close().await.unwrap();
    server.finish();
}
