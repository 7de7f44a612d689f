//! How many round trips transactions take, as somebody between client and server counts them.

use hathi::{Error, Session};
use hathi_tests::{Proxy, frontend_messages, on_every_server_and_pooler};

use super::{COUNT, INSERT, table};

/// The tags of what a client said.
fn tags(bytes: &[u8]) -> String {
    let messages = frontend_messages(bytes);
    messages
        .iter()
        .map(|message| char::from(message.tag))
        .collect()
}

on_every_server_and_pooler! {
    async fn a_transaction_of_one_statement_takes_two_flights_and_an_empty_one_none(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(Session::connect(&proxy.config())).await.unwrap();
        proxy.run(async { table(&mut session).await }).await;
        proxy.recorded();
        let work = session.transaction(async |tx| tx.execute(INSERT.bind((1,))).await);
        proxy.run(work).await.unwrap();
        assert_eq!(tags(&proxy.recorded()), "PBEPDBESQ", "BEGIN goes with the statement, COMMIT alone");
        let work = session.transaction(async |tx| tx.execute(INSERT.bind((2,))).await);
        proxy.run(work).await.unwrap();
        assert_eq!(tags(&proxy.recorded()), "PBEBESQ");
        let nothing: Result<(), Error> = proxy.run(session.transaction(async |_| Ok(()))).await;
        nothing.unwrap();
        drop(session.begin());
        assert_eq!(tags(&proxy.recorded()), "");
        let mut tx = session.begin();
        proxy.run(tx.execute(INSERT.bind((3,)))).await.unwrap();
        drop(tx);
        proxy.run(session.fetch_one(COUNT)).await.unwrap();
        assert_eq!(tags(&proxy.recorded()), "PBEBESQPDBES", "ROLLBACK needs no wait of its own");
    }
}
