//! A web service with a pool: JSON in and out, a transaction, and a stop in good order.
//!
//! `cargo run -p web-service` serves until Ctrl-C. With `--demo` it asks itself a few things, prints the answers and stops.
#![allow(
    clippy::print_stdout,
    reason = "the example says where it listens, and what was answered"
)]

mod database;
mod demo;
mod failure;
mod routes;

use std::error::Error;

use database::Database;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const MIGRATION: &str = include_str!("../migrations/0001__crew.up.sql");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let is_demo = std::env::args().any(|argument| argument == "--demo");
    let database = Database::open(MIGRATION).await?;
    let pool = database.pool().clone();

    // Any port will do for the demo; nobody else is to know it.
    let port = if is_demo { 0 } else { 8080 };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;

    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, routes::routes(pool)).with_graceful_shutdown(async {
        // The sender that goes away stops the server as well.
        let _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());

    if is_demo {
        demo::run(address).await?;
    } else {
        println!("http://{address}/crew, until Ctrl-C");
        tokio::signal::ctrl_c().await?;
    }

    // In this order: no more requests, then no more connections, then no more server.
    drop(stop);
    server.await??;
    database.close().await
}
