//! Connection strings that libpq reads, and the words for those it does not.

use super::*;

#[track_caller]
fn read(text: &str) -> Dsn {
    text.parse().unwrap()
}

fn tcp(name: &str, port: u16) -> Host {
    Host::Tcp {
        name: name.to_owned(),
        port,
    }
}

#[test]
fn a_url_is_read_part_by_part() {
    let dsn = read(
        "postgres://ada:s%40cret%2F@db.example.org:5433/crew?application_name=ship&connect_timeout=3&sslmode=disable",
    );
    assert_eq!(dsn.hosts, [tcp("db.example.org", 5433)]);
    assert_eq!(dsn.user.as_deref(), Some("ada"));
    assert_eq!(dsn.password.as_ref().map(Secret::expose), Some("s@cret/"));
    assert_eq!(dsn.database.as_deref(), Some("crew"));
    assert_eq!(dsn.application_name.as_deref(), Some("ship"));
    assert_eq!(dsn.connect_timeout, Some(Duration::from_secs(3)));
    assert_eq!(dsn.ssl_mode, Some(SslMode::Disable));
}

#[test]
fn a_password_may_hold_an_at_sign_as_it_is() {
    let dsn = read("postgres://ada:p@ss@localhost/crew");
    assert_eq!(dsn.password.as_ref().map(Secret::expose), Some("p@ss"));
}

#[test]
fn sockets_addresses_and_several_hosts_are_hosts() {
    assert_eq!(
        read("postgresql:///crew?host=/tmp&port=5499").hosts[0]
            .socket_path()
            .as_deref(),
        Some("/tmp/.s.PGSQL.5499")
    );
    assert_eq!(
        read("postgres://ada@%2Ftmp/crew").hosts,
        [Host::Unix {
            folder: "/tmp".into(),
            port: 5432
        }]
    );
    assert_eq!(read("postgres://[::1]:5433/crew").hosts, [tcp("::1", 5433)]);
    assert_eq!(
        read("postgres://[::1]:5433/crew").hosts[0].to_string(),
        "[::1]:5433"
    );
    assert_eq!(
        read("postgres://a:1,b/crew").hosts,
        [tcp("a", 1), tcp("b", 5432)]
    );
    assert_eq!(read("postgres:///crew").hosts, []);
}

#[test]
fn keywords_are_quoted_and_escaped_as_libpq_says() {
    let dsn = read(r"host=/tmp port = 5499 user=ada password='it\'s a \\' dbname=crew");
    assert_eq!(
        dsn.hosts,
        [Host::Unix {
            folder: "/tmp".into(),
            port: 5499
        }]
    );
    assert_eq!(dsn.password.as_ref().map(Secret::expose), Some(r"it's a \"));
    assert_eq!(read("host=a,b port=1").hosts, [tcp("a", 1), tcp("b", 1)]);
}

#[test]
fn mistakes_are_named_without_the_password() {
    for (text, words) in [
        ("mysql://ada:hush@h/d", "expected \"postgres://user"),
        ("postgres://ada:hush%@h/d", "in its password"),
        (
            "postgres://ada:hush@h:x/d",
            "\"port\" must be a number from 1 to 65535",
        ),
        (
            "postgres://ada:hush@h/d?speed=9",
            "unknown setting \"speed\"",
        ),
        ("postgres://ada:hush@[::1/d", "IPv6 address in brackets"),
        ("password=hush sslmode=maybe", "\"sslmode\" must be disable"),
        ("password='hush", "a quote that ends"),
        (
            "password=hush port=1,2 host=a",
            "as many as there are hosts",
        ),
        ("password=hush client_encoding=latin1", "UTF8"),
    ] {
        let error = text.parse::<Dsn>().unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
        assert!(!error.contains("hush"), "{error}");
    }
}

#[test]
fn debug_hides_the_password() {
    assert!(!format!("{:?}", read("postgres://ada:hush@h/d")).contains("hush"));
}
