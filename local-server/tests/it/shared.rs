//! Servers that stay, and are found again.

use std::error::Error as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use hathi_local::{Error, Server};

use crate::login::{Login, over_socket, over_tcp, password};
use crate::surroundings::{
    Folder, REPORT, await_report, eventually, home, processes, program, report, signal,
};

const FOLDER: &str = "HATHI_TEST_FOLDER";
const STARTER: &str = "shared::a_shared_server_stays_until_it_is_stopped";
const SLOW_STARTER: &str = "shared::a_new_server_is_set_up_before_it_is_found";

/// Also a program that other tests run in a folder of theirs: then it tells of the server, and leaves it running.
#[test]
fn a_shared_server_stays_until_it_is_stopped() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let server = Server::shared(folder).major(18).start().unwrap();
        return report(&[&server.url(), if server.is_new() { "new" } else { "found" }]);
    }
    let folder = Folder::new("stays");
    let server = Server::shared(folder.path()).major(18).start().unwrap();
    assert!(server.is_new());
    let home = home(&server.log_file());
    drop(server);
    let found = Server::shared(folder.path()).find().unwrap().unwrap();
    assert!(matches!(
        over_socket(found.address()),
        Login::Trusted { .. }
    ));
    found.stop().unwrap();
    assert!(!home.exists());
    assert_eq!(processes(home.to_str().unwrap()), Vec::<String>::new());
    assert_eq!(folder.names(), ["server.lock"]);
    assert!(Server::shared(folder.path()).find().unwrap().is_none());
    assert!(!Server::shared(folder.path()).stop().unwrap());
}

#[test]
fn a_second_caller_finds_the_server_with_its_password() {
    let folder = Folder::new("second");
    let first = Server::shared(folder.path())
        .major(18)
        .tcp()
        .start()
        .unwrap();
    let second = Server::shared(folder.path()).start().unwrap();
    assert!(first.is_new() && !second.is_new());
    assert_eq!(first.url(), second.url());
    assert_eq!(first.pid(), second.pid());
    assert_eq!(first.version(), second.version());
    assert!(matches!(
        over_tcp(second.address(), &password(second.address())),
        Login::Proven { .. }
    ));
    let mode = fs::metadata(folder.path().join("server.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!format!("{second:?}").contains(&password(second.address())));
    second.stop().unwrap();
    assert!(!first.is_running());
}

#[test]
fn of_two_processes_that_start_it_at_once_one_does() {
    let folder = Folder::new("race");
    let reports = ["a", "b", "c"].map(|name| folder.path().join(name));
    let children: Vec<_> = reports
        .iter()
        .map(|report| {
            let mut program = program(STARTER, report);
            program
                .env(FOLDER, folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let reports = reports.map(|report| await_report(&report));
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(
        reports.iter().all(|lines| lines[0] == reports[0][0]),
        "{reports:?}"
    );
    assert_eq!(
        reports.iter().filter(|lines| lines[1] == "new").count(),
        1,
        "{reports:?}"
    );
    let found = Server::shared(folder.path()).find().unwrap().unwrap();
    assert_eq!(found.url(), reports[0][0]);
    assert!(matches!(
        over_socket(found.address()),
        Login::Trusted { .. }
    ));
    found.stop().unwrap();
}

#[test]
fn a_server_that_was_killed_is_not_found_and_is_replaced() {
    let folder = Folder::new("stale");
    let first = Server::shared(folder.path()).major(18).start().unwrap();
    signal("KILL", &first.pid().unwrap().to_string());
    eventually("the server is gone", || !first.is_running());
    assert!(Server::shared(folder.path()).find().unwrap().is_none());
    let second = Server::shared(folder.path()).major(18).start().unwrap();
    assert!(second.is_new());
    assert!(!home(&first.log_file()).exists());
    assert!(matches!(
        over_socket(second.address()),
        Login::Trusted { .. }
    ));
    second.stop().unwrap();
}

#[test]
fn a_process_number_that_another_program_has_now_fools_nobody() {
    let folder = Folder::new("reused");
    let first = Server::shared(folder.path()).major(18).start().unwrap();
    let pid = first.pid().unwrap().to_string();
    signal("KILL", &pid);
    eventually("the server is gone", || !first.is_running());
    let lock_file = home(&first.log_file()).join("data/postmaster.pid");
    for file in [folder.path().join("server.json"), lock_file] {
        let text = fs::read_to_string(&file).unwrap();
        fs::write(
            &file,
            text.replacen(&pid, &std::process::id().to_string(), 1),
        )
        .unwrap();
    }
    assert!(Server::shared(folder.path()).find().unwrap().is_none());
    assert!(!Server::shared(folder.path()).stop().unwrap());
    let second = Server::shared(folder.path()).major(18).start().unwrap();
    assert!(second.is_new());
    second.stop().unwrap();
}

#[test]
fn a_server_whose_state_file_is_lost_does_not_stay_for_ever() {
    let folder = Folder::new("lost");
    let first = Server::shared(folder.path()).major(18).start().unwrap();
    fs::remove_file(folder.path().join("server.json")).unwrap();
    assert!(Server::shared(folder.path()).find().unwrap().is_none());
    let second = Server::shared(folder.path()).major(18).start().unwrap();
    assert!(second.is_new() && !first.is_running());
    fs::remove_file(folder.path().join("server.json")).unwrap();
    assert!(Server::shared(folder.path()).stop().unwrap());
    assert!(!second.is_running());
    assert_eq!(folder.names(), ["server.lock"]);
}

/// Also a program that another test kills in the middle of the setup.
#[test]
fn a_new_server_is_set_up_before_it_is_found() {
    let (folder, _own) = match std::env::var_os(FOLDER) {
        Some(folder) => (PathBuf::from(folder), None),
        None => {
            let own = Folder::new("setup");
            (own.path().to_owned(), Some(own))
        }
    };
    let server = Server::shared(&folder).major(18).start_with(|server| {
        assert!(server.is_new() && server.is_running());
        assert!(Server::shared(&folder).find()?.is_none());
        if std::env::var_os(REPORT).is_some() {
            report(&[server.log_file().to_str().unwrap()]);
            std::thread::sleep(Duration::from_secs(60));
        }
        Ok::<_, Error>(())
    });
    let server = server.unwrap();
    let again = Server::shared(&folder)
        .start_with(|_| Err("a server that was found is not set up again"))
        .unwrap();
    assert_eq!(again.url(), server.url());
    server.stop().unwrap();
}

#[test]
fn a_server_is_stopped_if_its_starter_is_killed_before_it_is_set_up() {
    let folder = Folder::new("unfinished");
    let path = folder.path().join("report");
    let mut program = program(SLOW_STARTER, &path);
    let mut starter = program
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let log = await_report(&path).remove(0);
    starter.kill().unwrap();
    starter.wait().unwrap();
    let home = home(log.as_ref());
    eventually("no process is left", || {
        processes(home.to_str().unwrap()).is_empty()
    });
    assert!(Server::shared(folder.path()).find().unwrap().is_none());
    let server = Server::shared(folder.path()).major(18).start().unwrap();
    assert!(!home.exists());
    server.stop().unwrap();
}

#[test]
fn a_setup_that_fails_stops_the_server_and_is_the_source_of_the_error() {
    let folder = Folder::new("failing");
    let mut log = None;
    let error = Server::shared(folder.path())
        .major(18)
        .start_with(|server| {
            log = Some(server.log_file());
            Err("relation \"crew\" exists already")
        })
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the shared server of {:?} could not be set up, and was stopped",
            folder.path()
        )
    );
    assert_eq!(
        error.source().unwrap().to_string(),
        "relation \"crew\" exists already"
    );
    assert!(!home(&log.unwrap()).exists());
    assert_eq!(folder.names(), ["server.lock"]);
}

#[test]
fn a_server_that_is_not_what_was_asked_for_is_an_error() {
    let folder = Folder::new("mismatch");
    let server = Server::shared(folder.path()).major(18).start().unwrap();
    let error = Server::shared(folder.path()).major(17).start().unwrap_err();
    assert!(error.is_mismatch());
    assert!(
        error
            .to_string()
            .ends_with("and 17 was asked for\n   help: stop it first"),
        "{error}"
    );
    let error = Server::shared(folder.path()).tcp().start().unwrap_err();
    assert!(error.is_mismatch());
    assert!(
        error
            .to_string()
            .ends_with("has no TCP port, and one was asked for\n   help: stop it first"),
        "{error}"
    );
    server.stop().unwrap();
}

#[test]
fn a_folder_too_deep_for_a_socket_will_do() {
    let folder = Folder::new("deep");
    let deep = folder.path().join("x".repeat(60)).join("y".repeat(60));
    let server = Server::shared(&deep).major(18).start().unwrap();
    let socket_folder = server.address().socket_folder().to_owned();
    assert!(!socket_folder.starts_with(&deep));
    assert!(matches!(
        over_socket(server.address()),
        Login::Trusted { .. }
    ));
    server.stop().unwrap();
    assert!(!socket_folder.exists());
}

#[test]
fn a_folder_that_the_servers_user_cannot_enter_will_do() {
    let folder = Folder::new("closed");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let server = Server::shared(folder.path()).major(18).start().unwrap();
    assert!(matches!(
        over_socket(server.address()),
        Login::Trusted { .. }
    ));
    let home = home(&server.log_file());
    server.stop().unwrap();
    assert!(!home.exists());
    assert_eq!(folder.names(), ["server.lock"]);
}
