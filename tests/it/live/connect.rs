//! Opening a session: the ways in, the ways to be refused, and what is known of the server then.

use std::time::Duration;

use hathi::{Config, Session};
use hathi_tests::{
    CLEARTEXT_ROLE, Database, Driven, MD5_ROLE, PASSWORD, Proxy, SCRAM_ROLE, on_every_server,
    within,
};

use crate::live::ask::{assert_in_step, number, text};

/// The way in over TCP for one of the roles that have to prove who they are.
fn as_role(db: &Database, role: &str) -> Config {
    Config::new()
        .host("127.0.0.1")
        .port(db.cluster().port())
        .user(role)
        .database(db.name())
}

const ROLES: [&str; 3] = [SCRAM_ROLE, MD5_ROLE, CLEARTEXT_ROLE];

on_every_server! {
    async fn over_the_unix_socket_nothing_is_asked(db) {
        let mut session = db.session().await;
        assert_eq!(text(&mut session, "SELECT coalesce(inet_server_addr()::text, 'socket')").await, "socket");
        assert_eq!(text(&mut session, "SELECT current_database()::text").await, db.name());
    }

    async fn over_tcp_a_role_proves_itself_by_scram_md5_or_the_password_as_it_is(db) {
        let mut witness = db.session().await;
        for (role, method) in [(SCRAM_ROLE, "scram-sha-256"), (MD5_ROLE, "md5"), (CLEARTEXT_ROLE, "password")] {
            let rule = format!("SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = '{method}' AND (user_name = '{{{role}}}' OR user_name = '{{all}}')");
            assert!(number(&mut witness, &rule).await > 0, "no rule asks for {method}");
            let mut session = Session::connect(&as_role(db, role).password(PASSWORD)).await.unwrap();
            assert_eq!(text(&mut session, "SELECT current_user::text").await, role);
            assert_in_step(&mut session).await;
            session.close().await.unwrap();
        }
    }

    async fn a_password_may_be_typed_in_any_form_that_saslprep_makes_the_same(db) {
        // A ligature, a soft hyphen, a space that does not break, a Roman numeral of one character.
        let (typed, same) = ("ﬁ\u{ad}sh\u{a0}Ⅸ", "fish IX");
        let role = format!("prepared_{}", db.name());
        let mut superuser = db.session().await;
        let create = format!("SET password_encryption = 'scram-sha-256'; CREATE ROLE {role} LOGIN PASSWORD '{typed}'");
        superuser.simple(&create).await.unwrap();
        for password in [typed, same] {
            let mut session = Session::connect(&as_role(db, &role).password(password)).await.unwrap();
            assert_in_step(&mut session).await;
        }
        Session::connect(&as_role(db, &role).password("fish  IX")).await.unwrap_err();
        superuser.simple(&format!("DROP ROLE {role}")).await.unwrap();
    }

    async fn a_wrong_password_is_refused_in_the_servers_words_which_do_not_hold_it(db) {
        for role in ROLES {
            for wrong in ["open sesame", "", "grüße", "nul\0nul"] {
                let error = Session::connect(&as_role(db, role).password(wrong)).await.unwrap_err();
                let words = format!("{error}{error:?}");
                if wrong.len() > 1 {
                    assert!(!words.contains(wrong), "{words}");
                }
                // An empty password counts as none, and libpq's rule is followed for a zero byte: it is never right.
                let refused = error.sql_state().is_some_and(|state| state.code() == "28P01");
                assert!(refused || words.contains("password"), "{role} with {wrong:?}: {words}");
                assert!(words.starts_with("cannot connect to 127.0.0.1:"), "{words}");
            }
        }
    }

    async fn a_password_that_is_asked_for_and_not_given_is_missed(db) {
        for role in ROLES {
            let error = Session::connect(&as_role(db, role)).await.unwrap_err();
            assert!(error.to_string().ends_with("the server asks for a password, and none was given"), "{error}");
        }
    }

    async fn a_database_or_a_role_that_does_not_exist_is_an_error_with_the_servers_words(db) {
        let error = Session::connect(&db.config().database("nowhere")).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "3D000");
        assert!(error.to_string().contains("database \"nowhere\" does not exist"), "{error}");
        let error = Session::connect(&db.config().user("nobody_knows")).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "28000");
    }

    async fn a_session_knows_its_server(db) {
        let mut session = Session::connect(&db.tcp().application_name("tests of hathi")).await.unwrap();
        let version = session.parameter("server_version").unwrap();
        assert!(version.starts_with(&format!("{}.", db.major())), "{version}");
        assert_eq!(session.parameter("client_encoding"), Some("UTF8"));
        assert_eq!(session.parameter("TimeZone"), Some("UTC"));
        assert_eq!(session.parameter("application_name"), Some("tests of hathi"));
        assert_eq!(session.parameter("no_such_setting"), None);
        let process = i64::from(session.process().unwrap());
        assert_eq!(number(&mut session, "SELECT pg_backend_pid()::int8").await, process);
        assert!(!session.is_closed() && !session.in_transaction());
    }

    async fn the_first_host_that_lets_us_in_is_taken(db) {
        let (folder, port) = (db.cluster().socket().parent().unwrap().to_owned(), db.cluster().port());
        let text = format!("host=/nowhere,{},/nowhere port={port} user=postgres dbname={}", folder.display(), db.name());
        let mut session = Session::connect(&text.parse().unwrap()).await.unwrap();
        assert_in_step(&mut session).await;
        let nowhere: Config = "host=/nowhere,/no/where user=postgres".parse().unwrap();
        let error = Session::connect(&nowhere).await.unwrap_err();
        let error = error.to_string();
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!(lines[0], "cannot connect to any of 2 hosts:");
        assert!(lines[1].starts_with("  /nowhere/.s.PGSQL.5432: "), "{error}");
        assert!(lines[2].starts_with("  /no/where/.s.PGSQL.5432: "), "{error}");
    }

    async fn every_address_of_a_name_is_tried(db) {
        // A name that has two addresses on most machines; the server listens on one of them.
        let config = as_role(db, SCRAM_ROLE).host("localhost").password(PASSWORD);
        let mut session = Session::connect(&config).await.unwrap();
        assert_in_step(&mut session).await;
    }

    async fn a_port_where_nobody_listens_is_an_error_at_once(db) {
        let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        assert_ne!(free, db.cluster().port());
        let error = within(5, Session::connect(&Config::new().host("127.0.0.1").port(free))).await.unwrap_err();
        assert!(!error.is_timeout(), "{error}");
    }

    async fn options_reach_the_server(db) {
        let text = format!(
            "host={} port={} user=postgres dbname={} options='-c work_mem=7MB -c search_path=pg_catalog'",
            db.cluster().socket().parent().unwrap().display(), db.cluster().port(), db.name()
        );
        let mut session = Session::connect(&text.parse().unwrap()).await.unwrap();
        assert_eq!(self::text(&mut session, "SELECT current_setting('work_mem')").await, "7MB");
    }

    async fn limits_beyond_all_time_are_no_limits(db) {
        let config = db.config().connect_limit(Duration::MAX).call_limit(Some(Duration::MAX));
        let mut session = Session::connect(&config).await.unwrap();
        session.simple("SELECT pg_sleep(0.01)").await.unwrap();
        assert_in_step(&mut session).await;
    }

    async fn a_closed_session_is_gone_from_the_server(db) {
        let mut witness = db.session().await;
        let session = Session::connect(&db.tcp().application_name("closed")).await.unwrap();
        session.close().await.unwrap();
        drop(Session::connect(&db.tcp().application_name("closed")).await.unwrap());
        gone(&mut witness, "closed").await;
    }

    async fn connecting_that_is_dropped_at_every_poll_leaves_no_session_behind(db) {
        let mut witness = db.session().await;
        let mut polls = 0;
        loop {
            let mut proxy = Proxy::before(db);
            let config = proxy.config().application_name("dropped");
            proxy.pieces(16, 8);
            let driven = proxy.drive(Session::connect(&config), polls).await;
            if let Driven::Done(session, _) = driven {
                session.unwrap();
                break;
            }
            polls += 1;
        }
        assert!(polls > 40, "only {polls} polls");
        gone(&mut witness, "dropped").await;
    }
}

/// Waits until the server has seen that sessions of this name have ended.
async fn gone(witness: &mut Session, application: &str) {
    let question =
        format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{application}'");
    within(20, async { while number(witness, &question).await > 0 {} }).await;
}
