//! What is known, what makes room, and what has drifted.

use super::*;

fn unknown(statements: &mut Statements, sql: &str) -> StatementId {
    match statements.look_up(sql, &[]) {
        Lookup::Unknown(id) => id,
        Lookup::Known(_) | Lookup::Seen(_) => panic!("{sql} is known"),
    }
}

fn known(statements: &mut Statements, sql: &str) -> bool {
    matches!(statements.look_up(sql, &[]), Lookup::Known(_))
}

fn prepared(statements: &mut Statements, id: StatementId) {
    statements.parsed(id);
    statements.described(id, Arc::default());
    statements.rest();
}

#[test]
fn a_statement_is_known_when_the_server_says_so_and_not_before() {
    let mut statements = Statements::new(8);
    let first = unknown(&mut statements, "SELECT 1");
    let second = unknown(&mut statements, "SELECT 1");
    assert_ne!(first, second);
    prepared(&mut statements, second);
    assert!(known(&mut statements, "SELECT 1"));
    statements.parsed(first);
    assert!(statements.next_to_close().is_some(), "the orphan is closed");
}

#[test]
fn a_statement_whose_columns_nobody_heard_is_not_known() {
    let mut statements = Statements::new(8);
    let id = unknown(&mut statements, "SELECT 1");
    statements.parsed(id);
    let again = unknown(&mut statements, "SELECT 1");
    assert!(
        statements.next_to_close().is_some(),
        "what the server has prepared is closed"
    );
    statements.overheard(again, "another name", Arc::default());
    statements.parsed(again);
    assert!(
        !known(&mut statements, "SELECT 1"),
        "another statement was described"
    );
}

#[test]
fn the_least_recently_used_statement_makes_room() {
    let mut statements = Statements::new(2);
    for sql in ["a", "b"] {
        let id = unknown(&mut statements, sql);
        prepared(&mut statements, id);
    }
    assert!(known(&mut statements, "a"));
    statements.rest();
    let id = unknown(&mut statements, "c");
    prepared(&mut statements, id);
    assert!(known(&mut statements, "a"));
    assert!(!known(&mut statements, "b"));
    assert_eq!(statements.counters().evictions, 2);
}

#[test]
fn what_is_in_flight_makes_no_room_and_gives_its_place_to_nobody() {
    let mut statements = Statements::new(2);
    let flight: Vec<_> = ["a", "b", "c"]
        .map(|sql| {
            let id = unknown(&mut statements, sql);
            statements.parsed(id);
            id
        })
        .into();
    assert!(flight[0] != flight[2] && flight[1] != flight[2]);
    assert_eq!(&*statements.text(flight[0]).0, "a");
    assert_eq!(statements.counters().evictions, 0);
    statements.rest();
    unknown(&mut statements, "d");
    assert_eq!(statements.counters().evictions, 2, "back to its size");
}

#[test]
fn without_names_statements_are_seen_and_never_known_nor_closed() {
    let mut statements = Statements::new(0);
    for round in 0..2 * SEEN {
        let sql = format!("SELECT {round}");
        let id = unknown(&mut statements, &sql);
        assert_eq!(statements.name(id), "");
        prepared(&mut statements, id);
        assert!(matches!(statements.look_up(&sql, &[]), Lookup::Seen(seen) if seen == id));
        statements.not_parsed(id);
        statements.rest();
        assert!(matches!(statements.look_up(&sql, &[]), Lookup::Seen(seen) if seen == id));
    }
    assert!(statements.entries.len() <= SEEN + 1);
    statements.forget_all(true);
    unknown(&mut statements, "SELECT 1");
    assert_eq!(statements.next_to_close(), None);
    let counters = statements.counters();
    assert_eq!((counters.hits, counters.size, counters.capacity), (0, 0, 0));
}

#[test]
fn counters_say_how_full_the_cache_is() {
    let mut statements = Statements::new(2);
    for (sql, size) in [("a", 1), ("b", 2), ("c", 2)] {
        let id = unknown(&mut statements, sql);
        prepared(&mut statements, id);
        let counters = statements.counters();
        assert_eq!((counters.size, counters.capacity), (size, 2));
    }
}

#[test]
fn types_tell_statements_of_one_text_apart() {
    let mut statements = Statements::new(8);
    let Lookup::Unknown(id) = statements.look_up("SELECT $1", &[TypeRef::Oid(23)]) else {
        panic!()
    };
    prepared(&mut statements, id);
    assert!(matches!(
        statements.look_up("SELECT $1", &[TypeRef::Oid(20)]),
        Lookup::Unknown(_)
    ));
    assert!(matches!(
        statements.look_up("SELECT $1", &[TypeRef::Oid(23)]),
        Lookup::Known(_)
    ));
}

#[test]
fn statements_of_one_hash_are_told_apart() {
    let types = ["public.mood", "public.colour"].map(|name| [TypeRef::Named(name)]);
    assert_eq!(
        fingerprint("SELECT $1", &types[0]),
        fingerprint("SELECT $1", &types[1])
    );
    let mut statements = Statements::new(8);
    for round in 0..3 {
        for types in &types {
            let Lookup::Unknown(id) = statements.look_up("SELECT $1", types) else {
                panic!("{types:?} is taken for the other")
            };
            prepared(&mut statements, id);
            assert!(
                matches!(statements.look_up("SELECT $1", types), Lookup::Known(found) if found == id)
            );
            let displaced = statements.next_to_close().is_some();
            assert_eq!(
                displaced,
                round > 0 || id != StatementId(0),
                "what made room is closed"
            );
        }
    }
    assert_eq!(statements.len(), 1);
}

#[test]
fn names_are_short_enough_not_to_be_truncated() {
    assert!(name(&"x".repeat(10_000), &[], u64::MAX).len() < 64);
}

#[test]
fn drift_names_the_column_and_texts_are_one_family() {
    const CHECKED: &[Column] = &[
        Column {
            name: "id",
            ty: TypeRef::Oid(23),
        },
        Column {
            name: "nick",
            ty: TypeRef::Oid(25),
        },
    ];
    let column = |name: &str, oid| Described {
        name: name.into(),
        oid,
    };
    assert_eq!(
        compare(CHECKED, &[column("id", 23), column("nick", 1043)]),
        None
    );
    assert_eq!(
        compare(CHECKED, &[column("id!", 23), column("nick?", 25)]),
        None
    );
    let drift = compare(CHECKED, &[column("id", 20), column("nick", 25)]);
    assert_eq!(
        drift,
        Some(Drift::Column {
            index: 0,
            expected: CHECKED[0],
            found: column("id", 20)
        })
    );
    assert_eq!(
        compare(CHECKED, &[]),
        Some(Drift::Count {
            expected: 2,
            found: 0
        })
    );
}
