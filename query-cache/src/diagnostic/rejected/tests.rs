//! Which statements the checked macros refuse, and what they offer instead.

use crate::template::Template;

/// Statements that are refused, by which words and with which way out.
#[track_caller]
fn check_rejected(texts: &[&str], words: &str, help: &str) {
    for text in texts {
        let mistakes = Template::parse(text).unwrap_err();
        let [mistake] = mistakes.0.as_slice() else {
            panic!("{text}: {mistakes}")
        };
        assert_eq!(mistake.help, [help], "{text}");
        assert_eq!(
            text[mistake.place.clone().unwrap()].to_ascii_uppercase(),
            words,
            "{text}"
        );
        assert!(mistake.message.starts_with(words), "{}", mistake.message);
    }
}

#[test]
fn transactions_belong_to_the_driver() {
    let begin = "open transactions with `session.transaction(...)` or `session.begin()`, which take isolation, read only and deferrable";
    check_rejected(
        &["BEGIN", "/* x */ begin isolation level serializable;"],
        "BEGIN",
        begin,
    );
    let lock = "`session.begin()`, then LOCK TABLE or an isolation level";
    check_rejected(&["BEGIN IMMEDIATE"], "BEGIN IMMEDIATE", lock);
    check_rejected(&["START TRANSACTION READ ONLY"], "START TRANSACTION", begin);
    check_rejected(&["SET TRANSACTION READ ONLY"], "SET TRANSACTION", begin);
    check_rejected(
        &["SET LOCAL TRANSACTION READ ONLY"],
        "SET LOCAL TRANSACTION",
        begin,
    );
    check_rejected(
        &["SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"],
        "SET SESSION CHARACTERISTICS",
        begin,
    );
    check_rejected(&["PREPARE TRANSACTION 'x'"], "PREPARE TRANSACTION", begin);
    check_rejected(
        &["COMMIT;", "commit"],
        "COMMIT",
        "commit through the transaction value: `tx.commit()`",
    );
    let chain = "commit through the transaction value: its `and_chain` opens the next one with the same options";
    check_rejected(&["COMMIT AND CHAIN"], "COMMIT AND CHAIN", chain);
    check_rejected(
        &["ABORT"],
        "ABORT",
        "roll back through the transaction value: `tx.rollback()`",
    );
    let chain = "roll back through the transaction value: its `and_chain` opens the next one with the same options";
    check_rejected(&["ROLLBACK AND CHAIN"], "ROLLBACK AND CHAIN", chain);
    check_rejected(&["SAVEPOINT s"], "SAVEPOINT", "use `tx.savepoint(...)`");
    check_rejected(
        &["ROLLBACK TO SAVEPOINT s"],
        "ROLLBACK TO",
        "use `tx.savepoint(...)`",
    );
    check_rejected(
        &["ROLLBACK WORK TO s"],
        "ROLLBACK WORK TO",
        "use `tx.savepoint(...)`",
    );
}

#[test]
fn the_state_of_the_session_belongs_to_the_driver() {
    let setting = "inside a transaction use `tx.set_local(name, value)`; for a whole session give it in the connect options";
    check_rejected(
        &["SET x = $1", "set statement_timeout = 1000"],
        "SET",
        setting,
    );
    check_rejected(&["SET LOCAL work_mem = '4MB'"], "SET LOCAL", setting);
    check_rejected(&["RESET ALL"], "RESET", setting);
    let role = "inside a transaction use `tx.set_local(\"role\", name)`; for a whole session connect as that role";
    check_rejected(&["SET ROLE $1"], "SET ROLE", role);
    check_rejected(&["SET LOCAL ROLE x"], "SET LOCAL ROLE", role);
    check_rejected(
        &["SET SESSION AUTHORIZATION DEFAULT"],
        "SET SESSION AUTHORIZATION",
        role,
    );
    check_rejected(
        &["SET LOCAL SESSION AUTHORIZATION x"],
        "SET LOCAL SESSION AUTHORIZATION",
        role,
    );
    check_rejected(
        &["DISCARD ALL"],
        "DISCARD",
        "the pool resets its connections by its own policy",
    );
    let listen = "receive with `Listener`; send values with SELECT pg_notify($1, $2)";
    check_rejected(&["LISTEN c"], "LISTEN", listen);
    check_rejected(&["UNLISTEN *"], "UNLISTEN", listen);
}

#[test]
fn prepared_statements_cursors_and_copy_belong_to_the_driver() {
    let inner =
        "the driver prepares statements itself: give the inner statement to `query!` or `command!`";
    check_rejected(&["PREPARE p(int) AS SELECT $1"], "PREPARE", inner);
    check_rejected(
        &[
            "EXECUTE p(1)",
            "EXPLAIN EXECUTE p",
            "EXPLAIN (ANALYZE, COSTS off) EXECUTE p",
        ],
        "EXECUTE",
        inner,
    );
    let select = "write the prepared SELECT itself after AS";
    check_rejected(
        &[
            "CREATE TABLE x AS EXECUTE p",
            "CREATE TEMP TABLE x(a, b) AS EXECUTE p(1)",
            "EXPLAIN CREATE TABLE x AS EXECUTE p",
        ],
        "AS EXECUTE",
        select,
    );
    check_rejected(
        &["DEALLOCATE ALL"],
        "DEALLOCATE",
        "the driver prepares, reuses and closes statements by itself",
    );
    check_rejected(
        &["DECLARE c CURSOR FOR SELECT 1"],
        "DECLARE",
        "read rows in parts with `stream`",
    );
    check_rejected(
        &["CLOSE c"],
        "CLOSE",
        "a `stream` closes its portal when it is dropped",
    );
    let copy = "use `copy_in!` or `copy_out!`, or unchecked `session.copy_in(...)` and `session.copy_out(...)`";
    check_rejected(&["COPY (SELECT {a}) TO STDOUT"], "COPY", copy);
}

#[test]
fn other_statements_with_those_words_are_accepted() {
    for text in [
        "SET CONSTRAINTS ALL DEFERRED",
        "CREATE TABLE x AS SELECT 1 AS execute",
        "CREATE TABLE execute(a int)",
        "CREATE VIEW v AS SELECT 1",
        "UPDATE t SET a = 1",
        "NOTIFY c, 'x'",
        "EXPLAIN (ANALYZE) SELECT 1",
        "SELECT 'BEGIN'",
        "\"begin\"",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "CHECKPOINT",
    ] {
        assert!(Template::parse(text).is_ok(), "{text}");
    }
}
