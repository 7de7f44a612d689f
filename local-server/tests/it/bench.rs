//! How long a start may take.

use std::time::{Duration, Instant};

use hathi_local::Server;

use crate::surroundings::eventually;

#[test]
fn a_warm_start_takes_less_than_a_second() {
    drop(Server::owned().major(18).start().unwrap());
    let start = || {
        let begin = Instant::now();
        let server = Server::owned().major(18).tcp().start().unwrap();
        let taken = begin.elapsed();
        server.stop().unwrap();
        taken
    };
    // Other tests and programs want the processor too: what counts is that it can be done.
    eventually("a start takes less than a second", || {
        let taken = start();
        println!("warm start with a password: {taken:?}");
        taken < Duration::from_secs(1)
    });
}
