//! What a start does, as its listener hears it.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use hathi_local::{Progress, Server};

#[test]
fn a_warm_start_neither_fetches_nor_creates_a_template() {
    drop(Server::owned().major(18).start().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let heard = Arc::clone(&heard);
        move |step: &Progress| heard.lock().unwrap().push(step.clone())
    };
    let begin = Instant::now();
    let server = Server::owned()
        .major(18)
        .progress(listener)
        .start()
        .unwrap();
    println!("a warm start took {:?}", begin.elapsed());
    let version = server.version().clone();
    assert_eq!(*heard.lock().unwrap(), [Progress::Starting { version }]);
}
