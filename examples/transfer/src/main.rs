//! Two withdrawals that meet, and a transaction that is tried again.
//!
//! Ada and Grace may each overdraw their own account as long as both accounts together hold enough. Each of two sessions
//! reads both balances before the other has written. With the usual isolation both would find enough and both would
//! withdraw. Under SERIALIZABLE the server refuses one of them, and hathi runs that closure again: it then sees what the
//! other one did.
#![allow(clippy::print_stdout, reason = "the example shows what became of it")]

mod database;

use std::error::Error;

use database::Database;
use hathi::{Isolation, Retry, Session, TransactionOptions, command, query};
use tokio::sync::Barrier;

const MIGRATION: &str = include_str!("../migrations/0001__account.up.sql");

/// More than one account holds, and more than both hold twice.
const AMOUNT: i64 = 150;

/// What became of a withdrawal.
struct Withdrawal {
    made: bool,
    attempts: u32,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Database::open(MIGRATION).await?;
    let mut session = database.session().await?;

    transfer(&mut session, 1, 2, 30).await?;
    show(&mut session, "after a transfer of 30").await?;

    // Both wait here, once, with their balances read.
    let meeting = Barrier::new(2);
    let (ada, grace) = tokio::try_join!(
        withdraw(database.session().await?, 1, &meeting),
        withdraw(database.session().await?, 2, &meeting),
    )?;
    let both = [ada, grace];

    let made = both.iter().filter(|withdrawal| withdrawal.made).count();
    let attempts: u32 = both.iter().map(|withdrawal| withdrawal.attempts).sum();
    println!(
        "{made} withdrawal of {AMOUNT} made, {} refused",
        both.len() - made
    );
    println!("{attempts} attempts: one was tried again");
    let left = query!("SELECT sum(balance)::int8 AS \"left!\" FROM account" as scalar);
    println!("{} left in both accounts", session.fetch_one(left).await?);

    session.close().await?;
    database.close()?;
    Ok(())
}

/// Both statements or none: an error, or a panic, before the closure returns undoes the first one.
async fn transfer(
    session: &mut Session,
    from: i32,
    to: i32,
    amount: i64,
) -> Result<(), hathi::Error> {
    session
        .transaction(async |tx| {
            tx.execute(command!(
                "UPDATE account SET balance = balance - {amount} WHERE id = {from}"
            ))
            .await?;
            tx.execute(command!(
                "UPDATE account SET balance = balance + {amount} WHERE id = {to}"
            ))
            .await?;
            Ok(())
        })
        .await
}

/// Withdraws from one account if both together hold enough.
async fn withdraw(
    mut session: Session,
    id: i32,
    meeting: &Barrier,
) -> Result<Withdrawal, hathi::Error> {
    let options = TransactionOptions::new()
        .isolation(Isolation::Serializable)
        .retry(Retry::attempts(5));
    let mut attempts = 0;
    let made = session
        .transaction_with(options, async |tx| {
            attempts += 1;
            let total = query!("SELECT sum(balance)::int8 AS \"total!\" FROM account" as scalar);
            let total = tx.fetch_one(total).await?;
            if attempts == 1 {
                meeting.wait().await;
            }
            if total < AMOUNT {
                return Ok(false);
            }
            let withdraw =
                command!("UPDATE account SET balance = balance - {AMOUNT} WHERE id = {id}");
            tx.execute(withdraw).await?;
            Ok::<_, hathi::Error>(true)
        })
        .await?;
    session.close().await?;
    Ok(Withdrawal { made, attempts })
}

async fn show(session: &mut Session, when: &str) -> Result<(), hathi::Error> {
    println!("{when}:");
    for account in session
        .fetch_all(query!("SELECT owner, balance FROM account ORDER BY id"))
        .await?
    {
        println!("  {:6} {}", account.owner, account.balance);
    }
    Ok(())
}
