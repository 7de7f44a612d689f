//! Connection strings that libpq reads, and the words for those it does not.

use super::*;

mod sources;

#[track_caller]
fn read(text: &str) -> Dsn {
    text.parse().unwrap()
}

fn tcp(name: &str, port: u16) -> Host {
    Host::Tcp {
        name: name.to_owned(),
        address: None,
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
fn keywords_are_separated_by_the_spaces_of_c() {
    let dsn = read("user=ada\tpassword=a\\ b\u{a0}c\\ \ndbname = 'x'host=h");
    assert_eq!(dsn.password, Some(Secret::new("a b\u{a0}c ")));
    assert_eq!(dsn.database.as_deref(), Some("x"));
    assert_eq!(dsn.hosts, [tcp("h", 5432)]);
    assert_eq!(
        read("dbname=postgres://x").database.as_deref(),
        Some("postgres://x")
    );
}

#[test]
fn parts_of_a_url_may_be_missing_or_encoded() {
    let hosts =
        |text: &str| -> Vec<String> { read(text).hosts.iter().map(Host::to_string).collect() };
    for (text, expected) in [
        ("postgres://", &[][..]),
        ("postgres:///crew", &[]),
        ("postgres://a", &["a:5432"]),
        ("postgres://a?user=ada", &["a:5432"]),
        ("postgres://u:p?w@a/b", &["a:5432"]),
        ("postgres://a:", &["a:5432"]),
        ("postgres://a:1,,b:3/", &["a:1", "localhost:5432", "b:3"]),
        ("postgres://a,b/?port=7", &["a:7", "b:7"]),
        ("postgres://a,b/?port=7,8", &["a:7", "b:8"]),
        (
            "postgres://[2001:db8::1]:7,[::1]/",
            &["[2001:db8::1]:7", "[::1]:5432"],
        ),
        ("postgres://%2Fvar%2Frun/db", &["/var/run/.s.PGSQL.5432"]),
        ("postgres:///db?host=/tmp", &["/tmp/.s.PGSQL.5432"]),
        ("postgres://%40crew:7/db", &["@crew/.s.PGSQL.7"]),
        (
            "postgres:///db?host=%2Ftmp,h&port=1,2",
            &["/tmp/.s.PGSQL.1", "h:2"],
        ),
        ("postgres://h/db?hostaddr=10.0.0.1", &["h:5432 (10.0.0.1)"]),
        ("postgres:///db?hostaddr=::1", &["[::1]:5432"]),
    ] {
        assert_eq!(hosts(text), expected, "{text}");
    }
    assert_eq!(read("postgres://:7/db").port(), 7);
    let plus = read("postgres://a+b@h/c+d?options=-c%20x%3D1&application_name=a+b");
    assert_eq!(plus.user.as_deref(), Some("a+b"));
    assert_eq!(plus.database.as_deref(), Some("c+d"));
    assert_eq!(plus.options.as_deref(), Some("-c x=1"));
    assert_eq!(plus.application_name.as_deref(), Some("a+b"));
    assert_eq!(
        read("postgres://h/?ssl=true").ssl_mode,
        Some(SslMode::Require)
    );
}

#[test]
fn every_setting_has_its_place() {
    let dsn = read(
        "host=a,b hostaddr=10.0.0.1,::1 port=1,2 user=u password=p passfile=/p dbname=d service=s servicefile=/s \
         application_name=n fallback_application_name=f options='-c x=1' connect_timeout=7 client_encoding=utf8 \
         sslmode=verify-full sslnegotiation=direct sslrootcert=/r sslcert=/c sslkey=/k sslsni=0 \
         channel_binding=require require_auth=scram-sha-256 min_protocol_version=3.0 max_protocol_version=latest \
         keepalives=1 keepalives_idle=10 keepalives_interval=11 keepalives_count=12 tcp_user_timeout=1500 \
         target_session_attrs=prefer-standby load_balance_hosts=random gssencmode=prefer krbsrvname=postgres",
    );
    let address = |text: &str| text.parse().ok();
    let host = |name: &str, at, port| Host::Tcp {
        name: name.to_owned(),
        address: address(at),
        port,
    };
    let text = |text: &str| Some(text.to_owned());
    let expected = Dsn {
        hosts: vec![host("a", "10.0.0.1", 1), host("b", "::1", 2)],
        ports: vec![1, 2],
        user: text("u"),
        password: Some(Secret::new("p")),
        passfile: text("/p"),
        database: text("d"),
        service: text("s"),
        service_file: text("/s"),
        application_name: text("n"),
        fallback_application_name: text("f"),
        options: text("-c x=1"),
        connect_timeout: Some(Duration::from_secs(7)),
        ssl_mode: Some(SslMode::VerifyFull),
        ssl_negotiation: Some(SslNegotiation::Direct),
        ssl_root_cert: text("/r"),
        ssl_cert: text("/c"),
        ssl_key: text("/k"),
        ssl_sni: Some(false),
        channel_binding: Some(ChannelBinding::Require),
        require_auth: AuthMethods::read("scram-sha-256"),
        min_protocol_version: Some(ProtocolVersion::V3_0),
        max_protocol_version: Some(ProtocolVersion::V3_2),
        keepalives: Keepalives {
            enabled: Some(true),
            idle: Some(Duration::from_secs(10)),
            interval: Some(Duration::from_secs(11)),
            count: Some(12),
        },
        tcp_user_timeout: Some(Duration::from_millis(1500)),
        target_session_attrs: Some(TargetSessionAttrs::PreferStandby),
        load_balance_hosts: Some(LoadBalanceHosts::Random),
    };
    assert_eq!(dsn, expected);
    assert_eq!(dsn.check(), Ok(()));
}

#[test]
fn an_empty_value_and_what_libpq_calls_no_limit_leave_a_setting_open() {
    assert_eq!(
        read("sslmode='' user='' connect_timeout=0 client_encoding=auto"),
        Dsn::default()
    );
    assert_eq!(read("connect_timeout=-1"), Dsn::default());
    let keepalives = read("keepalives=0 keepalives_idle=-3").keepalives;
    assert_eq!(
        (keepalives.enabled, keepalives.idle),
        (Some(false), Some(Duration::ZERO))
    );
}

#[test]
fn the_last_of_a_setting_counts() {
    assert_eq!(read("user=a user=b host=x host=y").hosts, [tcp("y", 5432)]);
    assert_eq!(read("postgres://a@h/?user=b").user.as_deref(), Some("b"));
}

#[test]
fn lists_of_methods_are_read_as_libpq_reads_them() {
    use AuthMethod::{Md5, None, Password, ScramSha256};
    for (text, allowed, refused) in [
        (
            "scram-sha-256",
            &[ScramSha256][..],
            &[Md5, Password, None][..],
        ),
        ("md5, none", &[Md5, None], &[ScramSha256, Password]),
        ("!password,!md5", &[ScramSha256, None], &[Md5, Password]),
    ] {
        let methods = AuthMethods::read(text).unwrap();
        assert!(
            allowed.iter().all(|&method| methods.allow(method)),
            "{text}"
        );
        assert!(
            !refused.iter().any(|&method| methods.allow(method)),
            "{text}"
        );
    }
    for text in [
        "",
        "md5,!none",
        "!md5,none",
        "md5,md5",
        "md5,",
        "SCRAM-SHA-256",
    ] {
        assert_eq!(AuthMethods::read(text), Option::None, "{text}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    for (text, words) in [
        ("sslnegotiation=direct", "needs sslmode=require"),
        (
            "sslnegotiation=direct sslmode=allow",
            "needs sslmode=require",
        ),
        (
            "sslrootcert=system sslmode=require",
            "needs sslmode=verify-full",
        ),
        (
            "channel_binding=require sslmode=disable",
            "sslmode=disable forbids it",
        ),
        (
            "min_protocol_version=3.2 max_protocol_version=3.0",
            "must not be newer",
        ),
        ("port=1,2", "as many as there are hosts"),
    ] {
        let error = read(text).check().unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    assert_eq!(
        read("sslrootcert=system").effective_ssl_mode(),
        SslMode::VerifyFull
    );
    assert_eq!(
        read("min_protocol_version=3.2").protocol_versions(),
        (ProtocolVersion::V3_2, ProtocolVersion::V3_2)
    );
    assert_eq!(
        Dsn::default().protocol_versions(),
        (ProtocolVersion::V3_0, ProtocolVersion::V3_0)
    );
}

#[test]
fn what_cannot_be_followed_is_not_ignored() {
    for (text, words) in [
        ("sslpassword=x", "use a key file without a passphrase"),
        ("sslcrl=/x", "use sslrootcert"),
        (
            "requirepeer=postgres",
            "\"requirepeer\" is not supported: put the socket",
        ),
        (
            "gssencmode=require",
            "\"gssencmode\" is not supported: use sslmode",
        ),
        (
            "oauth_issuer=x",
            "\"oauth_issuer\" is not supported: use a password",
        ),
        (
            "oauth_client_secret=hush",
            "\"oauth_client_secret\" is not supported",
        ),
        ("replication=database", "pg_receivewal"),
        ("sslcompression=1", "not supported"),
        ("sslcertmode=require", "not supported"),
        ("ssl_min_protocol_version=TLSv1.3", "not supported"),
        ("scram_client_key=hush", "use password or passfile"),
        ("hostaddr=nowhere", "\"hostaddr\" must be an IP address"),
        (
            "host=a,b hostaddr=10.0.0.1",
            "as many addresses as there are hosts",
        ),
        ("keepalives=perhaps", "\"keepalives\" must be 0 or 1"),
        ("sslsni=yes", "\"sslsni\" must be 0 or 1"),
        (
            "require_auth=md5,!none",
            "\"require_auth\" must be a list of",
        ),
        (
            "target_session_attrs=master",
            "\"target_session_attrs\" must be any, read-write",
        ),
        (
            "max_protocol_version=4.0",
            "\"max_protocol_version\" must be 3.0, 3.2 or latest",
        ),
        (
            "sslmod=require",
            "unknown setting \"sslmod\": did you mean \"sslmode\"?",
        ),
        ("connect-timeout=1", "did you mean \"connect_timeout\"?"),
        ("Host=a", "did you mean \"host\"?"),
    ] {
        let error = text.parse::<Dsn>().unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
        assert!(!error.contains("hush"), "{error}");
    }
}

#[test]
fn mistakes_are_named_without_the_password() {
    for (text, words) in [
        ("mysql://ada:hush@h/d", "expected \"postgres://user"),
        ("postgres://ada:hush%@h/d", "in its password"),
        ("postgres://ada:hush%00@h/d", "without zero bytes"),
        ("postgres://ada:hush@[]/d", "IPv6 address in brackets"),
        ("postgres://ada:hush@[::1]x/d", "IPv6 address in brackets"),
        ("postgres://ada:hush@h/d?user=a=b", "setting=value"),
        ("postgres://ada:hush@h/d?user", "setting=value"),
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
