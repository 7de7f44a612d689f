//! The statements of the documents, for `cargo hathi prepare`: it reads Rust, and no Markdown.
//!
//! A program of the book or of the README whose statement is missing here does not compile without a database.

use hathi::{command, copy_in, copy_out, query};

const _: () = {
    // README.md
    let _ = query!("SELECT id, name, nick FROM users WHERE email = $email");
    let _ = query!("SELECT name, nick FROM users WHERE id = $id");
    let _ = command!("UPDATE users SET nick = $name WHERE id = $id");
    let _ = query!("SELECT id, name FROM users WHERE age > $age");
};

const _: () = {
    // docs/src/getting-started.md
    let _ = query!("SELECT id, name, nick FROM crew WHERE email = $email");
    let _ = query!("SELECT name FROM crew WHERE id > $id");
    let _ = query!("SELECT id, name FROM crew WHERE id > $id");
};

const _: () = {
    // docs/src/statements.md
    let _ = command!("INSERT INTO crew (name, email) VALUES ($name, $email)");
    let _ = query!("SELECT id, nick FROM crew WHERE email = $email");
    let _ = query!("SELECT count(*) AS size FROM crew" as scalar);
    let _ = query!("SELECT name FROM crew" as scalar);
    let _ = command!("INSERT INTO visit (page, crew) VALUES ($page, $crew)");
    let _ = query!("SELECT crew FROM visit WHERE page = $page" as scalar);
};

const _: () = {
    // docs/src/lints.md
    let _ = command!("DELETE FROM visit", allow(no_where));
    let _ = query!(
        "SELECT name FROM crew LIMIT 1" as scalar,
        allow(unordered_limit)
    );
};

const _: () = {
    // docs/src/copy.md
    let _ = copy_in!("crew (name, email, nick)");
    let _ = copy_in!("crew (name, email)");
    let _ = copy_out!("SELECT name, nick FROM crew" as tuple);
    let _ = copy_out!("crew (id, name)" as tuple);
};

const _: () = {
    // docs/src/transactions.md and docs/src/cancelling.md
    let _ = command!("UPDATE account SET balance = balance - $amount WHERE id = $id");
    let _ = command!("UPDATE account SET balance = balance + $amount WHERE id = $id");
    let _ = command!(
        "UPDATE account SET balance = balance - $amount WHERE id = $id AND balance >= $amount"
    );
    let _ = query!("SELECT sum(balance)::int8 FROM account" as scalar);
    let _ = command!("DELETE FROM visit WHERE page = 'old'");
};
