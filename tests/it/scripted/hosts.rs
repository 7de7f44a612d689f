//! Several hosts: which are tried, in which order, for how long, and what is told of each.

use std::collections::HashSet;
use std::time::Duration;

use hathi::{Config, LoadBalanceHosts, Session};
use hathi_tests::{Listener, ScriptedServer, message, within};

/// The way to these servers, in this order.
fn hosts<'s>(servers: impl IntoIterator<Item = &'s ScriptedServer>) -> Config {
    let folders = servers.into_iter().map(|server| server.folder());
    let config = Config::new().user("ada").database("crew");
    config.hosts(folders.map(|folder| (folder.to_string_lossy(), 5432)))
}

/// A server that refuses its only client.
fn refusing(code: &'static str, words: &'static str) -> ScriptedServer {
    ScriptedServer::start(move |listener| {
        let mut peer = listener.accept();
        peer.startup();
        peer.send(&message::error("FATAL", code, words));
        peer.until_closed();
    })
}

fn welcoming() -> ScriptedServer {
    ScriptedServer::welcoming(|peer| {
        peer.until_closed();
    })
}

#[tokio::test]
async fn hosts_are_tried_in_order_until_one_lets_us_in() {
    let first = refusing("57P03", "the database system is starting up");
    let second = welcoming();
    let third = ScriptedServer::start(|_: &Listener| {});
    let session = Session::connect(&hosts([&first, &second, &third]))
        .await
        .unwrap();
    drop(session);
    first.finish();
    second.finish();
    third.finish();
}

#[tokio::test]
async fn every_host_that_was_tried_is_named_with_its_cause() {
    let full = refusing("53300", "sorry, too many clients already");
    let silent = ScriptedServer::start(|listener| {
        listener.accept().startup();
    });
    let config = format!(
        "host={},{},/nowhere user=ada",
        full.folder().display(),
        silent.folder().display()
    );
    let error = Session::connect(&config.parse().unwrap())
        .await
        .unwrap_err();
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert_eq!(lines[0], "cannot connect to any of 3 hosts:");
    for (line, server, words) in [
        (lines[1], full.folder(), "sorry, too many clients already"),
        (lines[2], silent.folder(), "the session is closed"),
        (lines[3], "/nowhere".as_ref(), "the connection failed"),
    ] {
        let place = format!("  {}/.s.PGSQL.5432: ", server.display());
        assert!(line.starts_with(&place), "{line}");
        assert!(line.contains(words), "{line}");
    }
    assert_eq!(error.sql_state().unwrap().code(), "53300");
    assert!(!error.is_timeout());
    full.finish();
    silent.finish();
}

#[tokio::test]
async fn a_host_that_refuses_our_proof_is_the_last_one_that_is_tried() {
    let first = refusing("28P01", "password authentication failed for user \"ada\"");
    // Nobody comes to it: its script waits for nobody.
    let second = ScriptedServer::start(|_: &Listener| {});
    let error = Session::connect(&hosts([&first, &second]))
        .await
        .unwrap_err();
    assert_eq!(error.sql_state().unwrap().code(), "28P01");
    let place = first.folder().display().to_string();
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot connect to {place}")),
        "{error}"
    );
    first.finish();
    second.finish();
}

#[tokio::test]
async fn a_host_that_swallows_everything_leaves_time_for_the_others() {
    let hole = ScriptedServer::start(|listener| {
        listener.accept().until_closed();
    });
    let second = welcoming();
    let config = hosts([&hole, &second]).connect_limit(Duration::from_millis(400));
    drop(within(10, Session::connect(&config)).await.unwrap());
    hole.finish();
    second.finish();
}

#[tokio::test]
async fn hosts_that_all_swallow_everything_are_a_timeout_within_the_limit() {
    let holes = [(); 3].map(|()| {
        ScriptedServer::start(|listener| {
            listener.accept().until_closed();
        })
    });
    let config = hosts(&holes).connect_limit(Duration::from_millis(300));
    let error = within(10, Session::connect(&config)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    let text = error.to_string();
    assert_eq!(
        text.matches("while opening the session").count(),
        3,
        "{text}"
    );
    assert!(text.contains("no answer within 100ms"), "{text}");
    for hole in holes {
        hole.finish();
    }
}

#[tokio::test]
async fn hosts_are_tried_in_any_order_only_if_that_was_asked_for() {
    let config = Config::new()
        .user("ada")
        .hosts([("/no/a", 1), ("/no/b", 2), ("/no/c", 3)]);
    let order = async |config: &Config| {
        let text = Session::connect(config).await.unwrap_err().to_string();
        let places = text
            .lines()
            .skip(1)
            .map(|line| line.trim()[4..5].to_owned());
        places.collect::<String>()
    };
    let random = config.clone().load_balance_hosts(LoadBalanceHosts::Random);
    let mut seen = HashSet::new();
    for _ in 0..200 {
        assert_eq!(order(&config).await, "abc");
        seen.insert(order(&random).await);
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_in_the_abstract_namespace_is_reached() {
    use std::io::{Read, Write};
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};

    let name = format!("hathi-tests-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(format!("{name}/.s.PGSQL.5432")).unwrap();
    let listener = UnixListener::bind_addr(&address).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 8]).unwrap();
        stream.write_all(&message::welcome()).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    let config: Config = format!("host=@{name} user=ada").parse().unwrap();
    Session::connect(&config)
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    server.join().unwrap();
    let error = Session::connect(&config).await.unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("cannot connect to @{name}/.s.PGSQL.5432: ")),
        "{error}"
    );
}
