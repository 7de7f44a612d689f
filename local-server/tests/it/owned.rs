//! Servers that stop with their owner, however it ends.

use std::error::Error as _;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use hathi_local::{OwnedServer, Server};

use crate::login::{Login, over_socket, over_tcp, password};
use crate::surroundings::{
    Folder, REPORT, await_report, eventually, home, processes, program, report, signal,
};

const THIS: &str = "owned::an_owned_server_answers_until_it_is_stopped";
const STANDBY: &str = "standby::a_standby_takes_over_what_its_primary_knows";

#[test]
fn all_majors_run_side_by_side() {
    let majors = [14, 15, 16, 17, 18];
    let servers: Vec<OwnedServer> = majors
        .map(|major| Server::owned().major(major).tcp().start().unwrap())
        .into();
    for (server, major) in servers.iter().zip(majors) {
        assert_eq!(server.version().major(), major);
        assert!(server.is_running());
        let told = |login| match login {
            Login::Trusted { version } | Login::Proven { version } => version,
            Login::Refused { sqlstate } => panic!("{sqlstate}"),
        };
        let version = told(over_socket(server.address()));
        assert!(version.starts_with(server.version().as_str()), "{version}");
        assert!(
            told(over_tcp(server.address(), &password(server.address())))
                .starts_with(&format!("{major}."))
        );
        println!("started PostgreSQL {version}");
    }
    for server in servers {
        let folder = home(&server.log_file());
        server.stop().unwrap();
        assert_gone(&folder);
    }
}

#[test]
fn over_tcp_only_the_password_opens_and_over_the_socket_nothing_is_asked() {
    let server = Server::owned().major(18).tcp().start().unwrap();
    let address = server.address();
    assert!(matches!(over_socket(address), Login::Trusted { .. }));
    assert!(matches!(
        over_tcp(address, &password(address)),
        Login::Proven { .. }
    ));
    let refused = Login::Refused {
        sqlstate: "28P01".to_owned(),
    };
    assert_eq!(over_tcp(address, "0123456789abcdef"), refused);
    let other = Server::owned().major(18).tcp().start().unwrap();
    assert_eq!(over_tcp(address, &password(other.address())), refused);
}

#[test]
fn only_the_servers_user_can_enter_its_folder() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let server = Server::owned().major(18).start().unwrap();
    let folder = fs::metadata(server.address().socket_folder()).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    assert_ne!(folder.uid(), 0, "no server runs as root");
    let socket = server.address().socket_folder().join(".s.PGSQL.65535");
    assert!(socket.as_os_str().len() < 100, "{socket:?}");
}

#[test]
fn the_password_is_in_no_command_line_no_log_and_no_debug_text() {
    let server = Server::owned()
        .major(18)
        .tcp()
        .setting("log_statement", "all")
        .start()
        .unwrap();
    let password = password(server.address());
    assert!(matches!(
        over_tcp(server.address(), &password),
        Login::Proven { .. }
    ));
    assert_eq!(
        over_tcp(server.address(), "00"),
        Login::Refused {
            sqlstate: "28P01".to_owned()
        }
    );
    assert_eq!(processes(&password), Vec::<String>::new());
    assert!(!processes(home(&server.log_file()).to_str().unwrap()).is_empty());
    assert!(
        !fs::read_to_string(server.log_file())
            .unwrap()
            .contains(&password)
    );
    assert!(!format!("{server:?}").contains(&password));
    assert!(!format!("{}", server.address()).contains(&password));
    assert!(server.url().contains(&password));
}

#[test]
fn a_server_that_does_not_start_shows_its_log_and_leaves_nothing() {
    let error = Server::owned()
        .major(18)
        .setting("shared_buffers", "lots")
        .start()
        .unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("PostgreSQL 18."), "{text}");
    assert!(text.contains(" did not start\n"), "{text}");
    assert!(
        text.contains("invalid value for parameter \"shared_buffers\": \"lots\""),
        "{text}"
    );
    assert!(error.source().is_none());
    let quoted = text
        .split('"')
        .find(|part| part.contains("/data/postgresql.conf"));
    let folder = quoted.unwrap().split("/data/").next().unwrap();
    assert_gone(Path::new(folder));
}

#[test]
fn a_start_that_exceeds_its_limit_is_an_error() {
    let error = Server::owned()
        .major(18)
        .start_limit(Duration::ZERO)
        .start()
        .unwrap_err();
    assert!(error.is_timeout(), "{error}");
}

/// Also the program that the tests below start and end: then it tells its server's log and process, and holds on.
#[test]
fn an_owned_server_answers_until_it_is_stopped() {
    let server = Server::owned().major(18).start().unwrap();
    assert!(matches!(
        over_socket(server.address()),
        Login::Trusted { .. }
    ));
    let (log, pid) = (server.log_file(), server.pid().unwrap().to_string());
    if std::env::var_os(REPORT).is_some() {
        report(&[log.to_str().unwrap(), &pid]);
        std::thread::sleep(Duration::from_secs(60));
    }
    server.stop().unwrap();
    assert_gone(&home(&log));
}

#[test]
fn a_server_stops_when_its_owner_is_killed() {
    let mut owner = Owner::start("killed");
    owner.child.kill().unwrap();
    owner.child.wait().unwrap();
    owner.assert_server_ends();
}

#[test]
fn a_standby_stops_when_its_owner_is_killed() {
    let mut owner = Owner::of(STANDBY, "killed-standby");
    owner.child.kill().unwrap();
    owner.child.wait().unwrap();
    owner.assert_server_ends();
}

#[test]
fn a_server_stops_when_the_group_of_its_owner_is_interrupted() {
    for name in ["INT", "HUP", "TERM"] {
        let mut owner = Owner::start(name);
        signal(name, &format!("-{}", owner.child.id()));
        owner.child.wait().unwrap();
        owner.assert_server_ends();
    }
}

#[test]
fn a_server_stops_with_its_owner_even_if_the_watchdog_was_killed() {
    let server = Server::owned().major(18).start().unwrap();
    let folder = home(&server.log_file());
    let watchdog = processes(folder.to_str().unwrap())
        .into_iter()
        .find(|line| line.contains("/watchdog.sh"))
        .unwrap();
    signal("KILL", watchdog.split_whitespace().next().unwrap());
    assert!(server.is_running());
    server.stop().unwrap();
    assert_gone(&folder);
}

#[test]
fn a_suspended_server_is_killed_when_its_owner_ends() {
    let mut owner = Owner::start("suspended");
    signal("STOP", &owner.pid);
    owner.child.kill().unwrap();
    owner.child.wait().unwrap();
    owner.assert_server_ends();
}

#[test]
fn a_server_that_someone_killed_is_seen_to_be_gone() {
    let server = Server::owned().major(18).start().unwrap();
    signal("KILL", &server.pid().unwrap().to_string());
    eventually("the server is gone", || !server.is_running());
    assert_eq!(server.pid(), None);
    let folder = home(&server.log_file());
    drop(server);
    assert_gone(&folder);
}

#[test]
fn a_dropped_server_leaves_no_zombie() {
    drop(Server::owned().major(18).start().unwrap());
    let children = format!(" {} ", std::process::id());
    let output = std::process::Command::new("ps")
        .args(["-A", "-o", "ppid=,stat=,args="])
        .output()
        .unwrap();
    let zombies = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| {
            format!(" {} ", line.split_whitespace().next().unwrap_or_default()) == children
        })
        .filter(|line| {
            line.split_whitespace()
                .nth(1)
                .is_some_and(|state| state.starts_with('Z'))
                && line.contains("/watchdog.sh")
        })
        .count();
    assert_eq!(zombies, 0);
}

#[test]
fn a_major_that_nobody_has_is_an_error_that_says_what_to_install() {
    let error = Server::owned().major(99).start().unwrap_err();
    assert!(error.is_missing());
    let text = error.to_string();
    assert!(text.starts_with("found no PostgreSQL 99 on this machine, and fetched none: no package of it is known for "), "{text}");
    assert!(
        text.contains("\n   help: install PostgreSQL 99: "),
        "{text}"
    );
    let error = Server::owned().major(13).start().unwrap_err();
    assert_eq!(
        error.to_string(),
        "PostgreSQL 13 was asked for, the oldest supported is 14"
    );
}

/// A process of its own that owns a server, in a process group of its own.
struct Owner {
    child: Child,
    log: PathBuf,
    pid: String,
    _folder: Folder,
}

impl Owner {
    fn start(name: &str) -> Self {
        Self::of(THIS, name)
    }

    fn of(test: &str, name: &str) -> Self {
        let folder = Folder::new(&format!("owner-{name}"));
        let path = folder.path().join("report");
        let child = program(test, &path)
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = await_report(&path);
        assert!(!processes(home(Path::new(&lines[0])).to_str().unwrap()).is_empty());
        Self {
            child,
            log: PathBuf::from(&lines[0]),
            pid: lines[1].clone(),
            _folder: folder,
        }
    }

    fn assert_server_ends(&self) {
        eventually("the server's folder is gone", || !home(&self.log).exists());
        assert_gone(&home(&self.log));
    }
}

#[track_caller]
pub(crate) fn assert_gone(folder: &Path) {
    assert!(!folder.exists(), "{folder:?}");
    eventually("no process is left", || {
        processes(folder.to_str().unwrap()).is_empty()
    });
}
