//! Environments, service files and password files that fill what a text leaves out.

use super::*;

/// An environment of a few variables.
fn environment<'e>(variables: &'e [(&'e str, &'e str)]) -> impl Fn(&str) -> Option<String> + 'e {
    |name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}

fn filled(text: &str, variables: &[(&str, &str)]) -> Result<Dsn, DsnError> {
    read(text).with_environment(environment(variables))
}

#[track_caller]
fn assert_hosts(dsn: &Dsn, expected: &[&str]) {
    let hosts: Vec<String> = dsn.hosts.iter().map(Host::to_string).collect();
    assert_eq!(hosts, expected);
}

#[test]
fn the_environment_fills_only_what_is_not_set() {
    let variables = [
        ("PGHOST", "other"),
        ("PGPORT", "7"),
        ("PGUSER", "bob"),
        ("PGPASSWORD", "secret"),
        ("PGDATABASE", "cargo"),
        ("PGAPPNAME", "ship"),
        ("PGCONNECT_TIMEOUT", "3"),
        ("PGSSLMODE", "require"),
        ("PGREQUIREAUTH", "!password"),
        ("PGTARGETSESSIONATTRS", "primary"),
        ("PGLOADBALANCEHOSTS", "random"),
        ("PGMAXPROTOCOLVERSION", "3.2"),
        ("PGGSSENCMODE", "disable"),
    ];
    let dsn = filled("postgres://ada@h/crew?sslmode=verify-full", &variables).unwrap();
    assert_hosts(&dsn, &["h:7"]);
    assert_eq!(dsn.user.as_deref(), Some("ada"));
    assert_eq!(dsn.password, Some(Secret::new("secret")));
    assert_eq!(dsn.database.as_deref(), Some("crew"));
    assert_eq!(dsn.application_name.as_deref(), Some("ship"));
    assert_eq!(dsn.connect_timeout, Some(Duration::from_secs(3)));
    assert_eq!(dsn.ssl_mode, Some(SslMode::VerifyFull));
    assert_eq!(dsn.require_auth, AuthMethods::read("!password"));
    assert_eq!(dsn.target_session_attrs, Some(TargetSessionAttrs::Primary));
    assert_eq!(dsn.load_balance_hosts, Some(LoadBalanceHosts::Random));
    assert_eq!(dsn.max_protocol_version, Some(ProtocolVersion::V3_2));
    assert_eq!(filled("user=ada", &[]).unwrap(), read("user=ada"));
}

#[test]
fn hosts_and_ports_may_come_from_different_sources() {
    for (text, variables, expected) in [
        ("port=7", &[("PGHOST", "a,b")][..], &["a:7", "b:7"][..]),
        ("port=7,8", &[("PGHOST", "a,b")], &["a:7", "b:8"]),
        ("host=a,b", &[("PGPORT", "7,8")], &["a:7", "b:8"]),
        ("host=a port=1", &[("PGPORT", "7")], &["a:1"]),
        // A text that names hosts says where they are: another address would be another server.
        (
            "host=a",
            &[("PGHOSTADDR", "10.0.0.1"), ("PGHOST", "b")],
            &["a:5432"],
        ),
        (
            "",
            &[("PGHOST", "a"), ("PGHOSTADDR", "10.0.0.1")],
            &["a:5432 (10.0.0.1)"],
        ),
        ("", &[("PGHOST", "")], &[]),
    ] {
        let dsn = if text.is_empty() { "user=x" } else { text };
        assert_hosts(&filled(dsn, variables).unwrap(), expected);
    }
    assert_eq!(filled("user=x", &[("PGPORT", "7")]).unwrap().port(), 7);
    let error = filled("host=a,b,c", &[("PGPORT", "7,8")]).unwrap_err();
    assert!(
        error.to_string().contains("as many as there are hosts"),
        "{error}"
    );
}

#[test]
fn a_variable_that_makes_no_sense_is_named() {
    for (variable, value, words) in [
        (
            "PGSSLMODE",
            "on",
            "invalid environment variable PGSSLMODE: \"sslmode\" must be",
        ),
        (
            "PGCONNECT_TIMEOUT",
            "soon",
            "PGCONNECT_TIMEOUT: \"connect_timeout\" must be a number",
        ),
        (
            "PGPORT",
            "x",
            "PGHOST, PGHOSTADDR or PGPORT: \"port\" must be a number",
        ),
        (
            "PGREQUIREPEER",
            "postgres",
            "PGREQUIREPEER: \"requirepeer\" is not supported",
        ),
        (
            "PGCLIENTENCODING",
            "LATIN1",
            "PGCLIENTENCODING: \"client_encoding\" must be UTF8",
        ),
    ] {
        let error = filled("user=ada", &[(variable, value)])
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{error}");
    }
    let older = filled("user=ada", &[("PGREQUIRESSL", "1")]).unwrap();
    assert_eq!(older.ssl_mode, Some(SslMode::Require));
    let both = filled(
        "user=ada",
        &[("PGREQUIRESSL", "1"), ("PGSSLMODE", "verify-full")],
    )
    .unwrap();
    assert_eq!(both.ssl_mode, Some(SslMode::VerifyFull));
}

const SERVICES: &str = "# ships\n[cargo]\nhost=c\n\n [crew] \n host = db.example.org \nuser=ada\nport=7\n#dbname=no\n\
     [crew]\nuser=second\n";

#[test]
fn a_service_stands_between_the_text_and_the_environment() {
    let variables = [
        ("PGSERVICE", "crew"),
        ("PGSERVICEFILE", "/s"),
        ("PGUSER", "bob"),
        ("PGDATABASE", "d"),
    ];
    let file = |path: &str| (path == "/s").then(|| SERVICES.to_owned());
    let dsn = read("port=8")
        .with_service(environment(&variables), file)
        .and_then(|dsn| dsn.with_environment(environment(&variables)))
        .unwrap();
    assert_hosts(&dsn, &["db.example.org:8"]);
    assert_eq!(dsn.user.as_deref(), Some("ada"));
    assert_eq!(dsn.database.as_deref(), Some("d"));
    let plain = read("user=ada").with_service(environment(&[]), file);
    assert_eq!(plain.unwrap(), read("user=ada"));
}

#[test]
fn the_service_file_is_looked_for_where_libpq_looks() {
    let variables = [("HOME", "/home/ada"), ("PGSYSCONFDIR", "/etc/pg")];
    for path in ["/home/ada/.pg_service.conf", "/etc/pg/pg_service.conf"] {
        let file = |asked: &str| (asked == path).then(|| SERVICES.to_owned());
        let dsn = read("service=cargo").with_service(environment(&variables), file);
        assert_hosts(&dsn.unwrap(), &["c:5432"]);
    }
    let file = |asked: &str| (asked == "/own").then(|| SERVICES.to_owned());
    let dsn = read("service=cargo servicefile=/own").with_service(environment(&variables), file);
    assert_hosts(&dsn.unwrap(), &["c:5432"]);
    let error = read("service=sails")
        .with_service(environment(&variables), |_| None)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid connection settings: service \"sails\" was not found: write a section [sails] into \
         /home/ada/.pg_service.conf or /etc/pg/pg_service.conf"
    );
}

#[test]
fn mistakes_in_a_service_file_have_a_line() {
    for (text, words) in [
        ("[a]\nhost", "line 2: expected setting=value"),
        (
            "[a]\n\nhots=x",
            "line 3: unknown setting \"hots\": did you mean \"host\"?",
        ),
        ("[a]\nservice=b", "line 2: \"service\" is not supported"),
        ("[a]\nldap://x?y=z", "\"ldap\" is not supported"),
        ("[a]\nport=0", "\"port\" must be a number"),
    ] {
        let error = Dsn::from_service(text, "a").unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(Dsn::from_service(text, "b"), Ok(None));
    }
}

#[test]
fn a_password_file_is_read_line_by_line_field_by_field() {
    let text = "#h:5432:d:u:comment\nnot a line\nh:1:d:u:port\nh:5432:e:u:database\nh:5432:d:v:user\n\
         h:5432:d\\:x:u:colon\nh:5432:*:u:a:b\\:c\\\\\r\n*:*:*:*:last\n";
    for (host, database, user, expected) in [
        (Host::new("h", 5432), "d", "u", "a:b:c\\"),
        (Host::new("h", 1), "d", "u", "port"),
        (Host::new("h", 5432), "e", "u", "database"),
        (Host::new("h", 5432), "d", "v", "user"),
        (Host::new("h", 5432), "d:x", "u", "colon"),
        (Host::new("@h", 5432), "d", "u", "last"),
    ] {
        let password = password_in(text, &host, database, user);
        assert_eq!(password.as_ref().map(Secret::expose), Some(expected));
    }
    for text in [
        "",
        ":",
        "::::",
        "h",
        "h:5432:d:u",
        "h:5432:d:u:",
        "\\",
        "*:*:*:\\",
    ] {
        assert_eq!(
            password_in(text, &Host::new("h", 5432), "d", "u"),
            None,
            "{text}"
        );
    }
}

#[test]
fn a_socket_in_a_default_folder_is_localhost_in_a_password_file() {
    let text = "localhost:*:*:*:near\n/srv:*:*:*:far\n";
    for (folder, expected) in [
        ("/tmp", Some("near")),
        ("/srv", Some("far")),
        ("/opt", None),
    ] {
        let password = password_in(text, &Host::new(folder, 1), "d", "u");
        assert_eq!(password.as_ref().map(Secret::expose), expected, "{folder}");
    }
}

#[test]
fn the_password_file_of_the_home_folder_is_the_default() {
    let variables = [("HOME", "/home/ada")];
    let dsn = read("user=ada").with_default_passfile(environment(&variables));
    assert_eq!(dsn.passfile.as_deref(), Some("/home/ada/.pgpass"));
    let dsn = read("passfile=/own").with_default_passfile(environment(&variables));
    assert_eq!(dsn.passfile.as_deref(), Some("/own"));
    assert_eq!(
        read("user=ada")
            .with_default_passfile(environment(&[]))
            .passfile,
        None
    );
}
