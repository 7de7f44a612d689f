//! What a text leaves out and what it demands, on real servers: environment, services, password files, methods, versions.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use hathi::{
    AuthMethod, AuthMethods, Config, Error, ProtocolVersion, Session, TargetSessionAttrs,
    scram_verifier,
};
use hathi_tests::{
    CLEARTEXT_ROLE, Database, MD5_ROLE, PASSWORD, SCRAM_ROLE, SocketFolder, on_every_server,
};

use crate::live::ask::{assert_in_step, number, text};

/// The variables that lead to a database as one of the roles that have to prove who they are.
fn variables(db: &Database, more: &[(&str, String)]) -> Result<Config, Error> {
    let base = [
        ("PGHOST", "127.0.0.1".to_owned()),
        ("PGPORT", db.cluster().port().to_string()),
        ("PGUSER", SCRAM_ROLE.to_owned()),
        ("PGDATABASE", db.name().to_owned()),
    ];
    let all = more.iter().chain(&base);
    Config::new().or_variables(|asked| {
        let mut all = all.clone();
        all.find(|(name, _)| *name == asked)
            .map(|(_, value)| value.clone())
    })
}

/// A file that only its owner may read, and the folder that is removed with it.
fn file(name: &str, text: &str) -> (SocketFolder, String) {
    let folder = SocketFolder::new();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let path = path.to_string_lossy().into_owned();
    (folder, path)
}

/// The way in as one of the roles, over TCP.
fn as_role(db: &Database, role: &str) -> Config {
    let config = Config::new().host("127.0.0.1").port(db.cluster().port());
    config.user(role).database(db.name()).password(PASSWORD)
}

on_every_server! {
    async fn the_environment_alone_leads_to_a_database(db) {
        let more = [("PGPASSWORD", PASSWORD.to_owned()), ("PGAPPNAME", "ship".to_owned()), ("PGOPTIONS", "-c work_mem=7MB".to_owned())];
        let mut session = Session::connect(&variables(db, &more).unwrap()).await.unwrap();
        assert_eq!(text(&mut session, "SELECT current_user::text").await, SCRAM_ROLE);
        assert_eq!(text(&mut session, "SELECT current_database()::text").await, db.name());
        assert_eq!(text(&mut session, "SELECT current_setting('application_name')").await, "ship");
        assert_eq!(text(&mut session, "SELECT current_setting('work_mem')").await, "7MB");
    }

    async fn a_password_is_found_in_a_password_file(db) {
        let escaped = PASSWORD.replace('\\', "\\\\").replace(':', "\\:");
        let line = format!("# roles\n127.0.0.1:{}:*:{SCRAM_ROLE}:{escaped}\n", db.cluster().port());
        let (folder, path) = file(".pgpass", &line);
        let home = folder.path().to_string_lossy().into_owned();
        for place in [("PGPASSFILE", path), ("HOME", home)] {
            let mut session = Session::connect(&variables(db, &[place]).unwrap()).await.unwrap();
            assert_in_step(&mut session).await;
        }
        let error = Session::connect(&variables(db, &[("PGPASSFILE", "/nowhere".into())]).unwrap()).await.unwrap_err();
        assert!(error.to_string().ends_with("asks for a password, and none was given"), "{error}");
    }

    async fn a_service_leads_to_a_database(db) {
        let section = format!(
            "[crew]\nhost=127.0.0.1\nport={}\nuser={SCRAM_ROLE}\npassword={PASSWORD}\ndbname={}\n",
            db.cluster().port(), db.name()
        );
        let (_folder, path) = file("pg_service.conf", &section);
        let named: Config = format!("service=crew servicefile={path} application_name=mine").parse().unwrap();
        let found = Config::new().or_variables(|name| match name {
            "PGSERVICE" => Some("crew".to_owned()),
            "PGSERVICEFILE" => Some(path.clone()),
            "PGUSER" => Some("overruled".to_owned()),
            _ => None,
        });
        for config in [named, found.unwrap()] {
            let mut session = Session::connect(&config).await.unwrap();
            assert_eq!(text(&mut session, "SELECT current_user::text").await, SCRAM_ROLE);
        }
    }

    async fn a_role_made_with_a_verifier_logs_in_with_its_password(db) {
        let mut session = db.session().await;
        let role = format!("made_{}", db.name());
        for password in ["correct horse", PASSWORD, "ⅸ\u{a0}x", "'"] {
            let verifier = scram_verifier(password);
            let sql = format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD '{verifier}'");
            session.simple(&sql).await.unwrap();
            let stored = format!("SELECT rolpassword FROM pg_authid WHERE rolname = '{role}'");
            assert_eq!(text(&mut session, &stored).await, verifier);
            let config = as_role(db, &role).password(password);
            let config = config.require_auth(AuthMethods::only([AuthMethod::ScramSha256]));
            Session::connect(&config).await.unwrap().close().await.unwrap();
            let error = Session::connect(&config.password("another")).await.unwrap_err();
            assert_eq!(error.sql_state().unwrap().code(), "28P01");
        }
        session.simple(&format!("DROP ROLE {role}")).await.unwrap();
    }

    async fn a_server_may_ask_only_in_ways_that_were_allowed(db) {
        for (role, method, name) in [
            (SCRAM_ROLE, AuthMethod::ScramSha256, "scram-sha-256"),
            (MD5_ROLE, AuthMethod::Md5, "md5"),
            (CLEARTEXT_ROLE, AuthMethod::Password, "password"),
        ] {
            let config = as_role(db, role);
            let allowed = config.clone().require_auth(AuthMethods::only([method]));
            Session::connect(&allowed).await.unwrap().close().await.unwrap();
            let error = Session::connect(&config.require_auth(AuthMethods::except([method]))).await.unwrap_err();
            assert!(error.to_string().contains(&format!("asks for the method {name}")), "{error}");
        }
        let trusted = db.config().require_auth(AuthMethods::except([AuthMethod::None]));
        let error = Session::connect(&trusted).await.unwrap_err();
        assert!(error.to_string().contains("asks for no proof of identity"), "{error}");
    }

    async fn the_newest_protocol_that_both_speak_is_spoken(db) {
        let mut session = Session::connect(&db.tcp().max_protocol_version(ProtocolVersion::V3_2)).await.unwrap();
        assert_in_step(&mut session).await;
        // Its secret is long where 3.2 is spoken: the server takes it all the same.
        session.simple("CREATE TABLE done (i int)").await.unwrap();
        let slow = session.simple("SELECT pg_sleep(60); INSERT INTO done VALUES (1)");
        assert!(tokio::time::timeout(std::time::Duration::from_millis(100), slow).await.is_err());
        assert_eq!(number(&mut session, "SELECT count(*) FROM done").await, 0);
        let newest = db.tcp().min_protocol_version(ProtocolVersion::V3_2);
        match Session::connect(&newest).await {
            Ok(session) => assert!(db.major() >= 18, "{session:?}"),
            Err(error) => {
                assert!(db.major() < 18);
                assert!(error.to_string().contains("the server speaks protocol 3.0 at most"), "{error}");
            }
        }
    }

    async fn a_primary_is_taken_for_what_it_is(db) {
        use TargetSessionAttrs::{Any, PreferStandby, Primary, ReadOnly, ReadWrite, Standby};
        for target in [Any, ReadWrite, Primary, PreferStandby] {
            let mut session = Session::connect(&db.tcp().target_session_attrs(target)).await.unwrap();
            assert_in_step(&mut session).await;
        }
        for (target, words) in [(ReadOnly, "takes writes"), (Standby, "is a primary")] {
            let error = Session::connect(&db.tcp().target_session_attrs(target)).await.unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
        let sql = format!("ALTER DATABASE {} SET default_transaction_read_only = on", db.name());
        db.session().await.simple(&sql).await.unwrap();
        for (target, fits) in [(ReadOnly, true), (ReadWrite, false), (Primary, true)] {
            let outcome = Session::connect(&db.tcp().target_session_attrs(target)).await;
            assert_eq!(outcome.is_ok(), fits, "{target}: {outcome:?}");
        }
    }

    async fn an_address_may_stand_beside_the_name(db) {
        let text = format!(
            "host=no.such.name.invalid hostaddr=127.0.0.1 port={} user=postgres dbname={}", db.cluster().port(), db.name()
        );
        let config: Config = text.parse().unwrap();
        let mut session = Session::connect(&config.user(SCRAM_ROLE).password(PASSWORD)).await.unwrap();
        assert_in_step(&mut session).await;
    }
}
