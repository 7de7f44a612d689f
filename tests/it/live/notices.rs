//! What the server says beside its answers: told, kept, and never lost in silence.

use std::sync::{Arc, Mutex};

use hathi::{Session, Severity};
use hathi_tests::on_every_server_and_pooler;

use crate::live::ask::assert_in_step;

const RAISE: &str = "DO $$ BEGIN RAISE WARNING 'mind the gap' USING DETAIL = 'it is wide', ERRCODE = '01234'; END $$";

on_every_server_and_pooler! {
    async fn notices_are_told_with_every_field(db) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let config = db.config().on_notice(move |notice| ear.lock().unwrap().push(notice.clone()));
        let mut session = Session::connect(&config).await.unwrap();
        session.simple(RAISE).await.unwrap();
        let notices = std::mem::take(&mut *heard.lock().unwrap());
        assert_eq!(notices.len(), 1);
        assert_eq!((notices[0].severity, notices[0].code.code()), (Severity::Warning, "01234"));
        assert_eq!((notices[0].message.as_str(), notices[0].detail.as_deref()), ("mind the gap", Some("it is wide")));
        assert!(session.take_notice().is_none());
    }

    async fn notices_nobody_is_told_of_wait_in_the_session(db) {
        let mut session = db.session().await;
        session.simple(RAISE).await.unwrap();
        assert_in_step(&mut session).await;
        assert_eq!(session.take_notice().unwrap().message, "mind the gap");
        assert!(session.take_notice().is_none());
        session.simple("DO $$ BEGIN FOR i IN 1..1030 LOOP RAISE NOTICE '%', i; END LOOP; END $$").await.unwrap();
        assert_eq!(session.take_notice().unwrap().message, "7", "the newest are kept");
        assert_eq!(session.lost_notices(), 6);
    }

    async fn settings_that_change_are_told_and_readable(db) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let config = db.config().on_parameter(move |name, value| ear.lock().unwrap().push((name.to_owned(), value.to_owned())));
        let mut session = Session::connect(&config).await.unwrap();
        let at_first = std::mem::take(&mut *heard.lock().unwrap());
        assert!(at_first.contains(&("TimeZone".to_owned(), "UTC".to_owned())), "{at_first:?}");
        session.simple("SET TimeZone = 'Europe/Berlin'").await.unwrap();
        assert_eq!(*heard.lock().unwrap(), [("TimeZone".to_owned(), "Europe/Berlin".to_owned())]);
        assert_eq!(session.parameter("TimeZone"), Some("Europe/Berlin"));
        assert_eq!(session.server_version().unwrap() / 10_000, db.major());
    }
}
