//! Servers that follow another one.

use std::time::Duration;

use hathi_local::{OwnedServer, Server};

use crate::login::{Login, over_socket, over_tcp, password};
use crate::owned::assert_gone;
use crate::surroundings::{REPORT, eventually, home, report};

/// A primary with a password, which its cluster did not have when it was a copy, and its standby.
fn pair(major: u32) -> (OwnedServer, OwnedServer) {
    let primary = Server::owned().major(major).tcp().start().unwrap();
    let standby = Server::owned().standby_of(&primary).start().unwrap();
    (primary, standby)
}

/// Also the program that a test of owners starts and ends: then it tells the standby's log and process, and holds on.
#[test]
fn a_standby_takes_over_what_its_primary_knows() {
    for major in [14, 15, 16, 17, 18] {
        let (primary, standby) = pair(major);
        assert_eq!(standby.version(), primary.version());
        assert_ne!(standby.address().port(), primary.address().port());
        assert_ne!(
            standby.address().socket_folder(),
            primary.address().socket_folder()
        );
        let password = password(primary.address());
        assert!(standby.url().contains(&password));
        // It knows the password from its primary only.
        eventually("the standby follows", || {
            matches!(over_tcp(standby.address(), &password), Login::Proven { .. })
        });
        let (log, pid) = (standby.log_file(), standby.pid().unwrap().to_string());
        if std::env::var_os(REPORT).is_some() {
            report(&[log.to_str().unwrap(), &pid]);
            std::thread::sleep(Duration::from_secs(60));
        }
        primary.stop().unwrap();
        assert!(matches!(
            over_socket(standby.address()),
            Login::Trusted { .. }
        ));
        standby.stop().unwrap();
        assert_gone(&home(&log));
    }
}

#[test]
fn a_standby_without_tcp_follows_a_primary_without() {
    let primary = Server::owned().major(18).start().unwrap();
    let standby = Server::owned().tcp().standby_of(&primary).start().unwrap();
    assert!(!standby.address().has_tcp(), "there is no password for it");
    assert!(matches!(
        over_socket(standby.address()),
        Login::Trusted { .. }
    ));
}
