//! A COPY against a model of the server, cut and dropped at every byte.

use super::*;
use crate::simple::Simple;
use crate::types::TypeRef;

const ID: Column = Column {
    name: "id",
    ty: TypeRef::Oid(23),
};
const INT4: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0";
const INT8: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0";
const REFUSED: &[u8] = b"SERROR\0VERROR\0C23505\0Mtwice\0\0";
const FAILED: &[u8] = b"SERROR\0VERROR\0C57014\0MCOPY from stdin failed\0\0";

/// What a server does with messages: it eats a Sync while it copies, and skips to the next one behind an error.
#[derive(Default)]
struct Server {
    heard: Vec<u8>,
    copying: bool,
    skipping: bool,
    // COPY fails at this piece of data, counted from 1; zero is before it reads anything.
    fails_at: Option<usize>,
    pieces: usize,
    data: Vec<u8>,
    // What was copied by a segment that has been answered.
    kept: Option<Vec<u8>>,
    done: bool,
    described: &'static [u8],
}

impl Server {
    fn new() -> Self {
        Self {
            described: INT4,
            ..Self::default()
        }
    }

    /// Hears bytes; what it answers to the messages that are whole.
    fn hear(&mut self, bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
        self.heard.extend_from_slice(bytes);
        let mut replies = Vec::new();
        while let Some(length) = self.heard.get(1..).and_then(|rest| rest.first_chunk()) {
            let end = 1 + usize::try_from(u32::from_be_bytes(*length)).unwrap();
            if self.heard.len() < end {
                break;
            }
            let message: Vec<u8> = self.heard.drain(..end).collect();
            self.answer(message[0], &message[5..], &mut replies);
        }
        replies
    }

    fn answer(&mut self, tag: u8, body: &[u8], replies: &mut Vec<(u8, Vec<u8>)>) {
        let mut say = |tag: u8, body: &[u8]| replies.push((tag, body.to_vec()));
        match tag {
            b'S' if self.copying => {}
            b'S' => {
                self.skipping = false;
                if std::mem::take(&mut self.done) {
                    self.kept = Some(std::mem::take(&mut self.data));
                }
                say(b'Z', b"I");
            }
            _ if self.skipping => {}
            b'P' => say(b'1', b""),
            b'D' => {
                say(b't', b"\0\0");
                say(b'T', self.described);
            }
            b'B' => say(b'2', b""),
            b'H' => {}
            b'E' => {
                say(b'G', b"\0\0\0");
                self.copying = true;
                self.fail_at_piece(0, replies);
            }
            b'd' if self.copying => {
                self.pieces += 1;
                self.data.extend_from_slice(body);
                self.fail_at_piece(self.pieces, replies);
            }
            b'c' if self.copying => {
                (self.copying, self.done) = (false, true);
                say(b'C', b"COPY 2\0");
            }
            b'f' if self.copying => self.fail(FAILED, replies),
            b'Q' => {
                say(b'C', b"SELECT 1\0");
                say(b'Z', b"I");
            }
            other => panic!("{} has no place here", char::from(other)),
        }
    }

    fn fail_at_piece(&mut self, piece: usize, replies: &mut Vec<(u8, Vec<u8>)>) {
        if self.fails_at == Some(piece) {
            self.fail(REFUSED, replies);
        }
    }

    fn fail(&mut self, error: &[u8], replies: &mut Vec<(u8, Vec<u8>)>) {
        (self.copying, self.skipping) = (false, true);
        self.data.clear();
        replies.push((b'E', error.to_vec()));
    }
}

/// Both sides, and a transport that takes no more than it is told to.
struct Talk {
    connection: Connection,
    server: Server,
    // How many bytes the transport takes before the exchange is dropped.
    room: usize,
    outcome: Option<Result<Completed, Failure>>,
    paused: bool,
}

impl Talk {
    fn new(server: Server, room: usize) -> Self {
        Self {
            connection: Connection::new(8),
            server,
            room,
            outcome: None,
            paused: false,
        }
    }

    fn start(&mut self) -> CopyIn {
        let columns: Box<[Column]> = Box::new([ID]);
        let columns = Some(("SELECT id FROM t", columns));
        CopyIn::start(&mut self.connection, "COPY t (id) FROM STDIN", columns).unwrap()
    }

    /// Moves bytes until neither side has more to say, or the transport is full; the answers come as they are made.
    fn go_on(&mut self, mut exchange: Option<&mut CopyIn>) {
        loop {
            let unsent = self.connection.unsent();
            let count = unsent.len().min(self.room);
            if count == 0 {
                return;
            }
            let replies = self.server.hear(&unsent[..count]);
            self.room -= count;
            self.connection.handed_over(count);
            for (tag, body) in replies {
                let message = self.connection.receive(tag, &body).unwrap();
                let (Some(message), Some(exchange)) = (message, exchange.as_deref_mut()) else {
                    continue;
                };
                match exchange.receive(message, &mut self.connection).unwrap() {
                    Step::Done(outcome) => self.outcome = Some(outcome),
                    Step::Paused => self.paused = true,
                    _ => {}
                }
            }
        }
    }

    /// Sends two pieces and the end, as far as the transport takes them; true if all of it was.
    fn copy(&mut self, exchange: &mut CopyIn) {
        self.go_on(Some(exchange));
        let mut data = CopyBuffer::with_capacity(8);
        for piece in [b"one\n", b"two\n"] {
            data.data().extend_from_slice(piece);
            exchange.send(&mut self.connection, &mut data).unwrap();
            assert!(data.is_empty());
            self.go_on(Some(exchange));
        }
        exchange.finish(&mut self.connection);
        self.go_on(Some(exchange));
    }

    /// What was abandoned is got rid of, and the next conversation goes well.
    #[track_caller]
    fn is_in_step(&mut self) {
        self.room = usize::MAX;
        self.go_on(None);
        assert_eq!(self.connection.owed(), 0, "something is owed");
        assert!(self.server.heard.is_empty(), "a message is not whole");
        let mut simple = Simple::start(&mut self.connection, "SELECT 1").unwrap();
        let unsent = self.connection.unsent().to_vec();
        self.connection.handed_over(unsent.len());
        let mut ended = false;
        for (tag, body) in self.server.hear(&unsent) {
            let message = self.connection.receive(tag, &body).unwrap().unwrap();
            let step = simple.receive(message, &mut self.connection).unwrap();
            ended |= matches!(step, Step::Done(Ok(_)));
        }
        assert!(ended, "the next statement was not answered");
    }
}

fn length_of_all() -> usize {
    let mut talk = Talk::new(Server::new(), usize::MAX);
    let mut exchange = talk.start();
    talk.copy(&mut exchange);
    usize::MAX - talk.room
}

#[test]
fn what_was_sent_to_its_end_is_kept() {
    let mut talk = Talk::new(Server::new(), usize::MAX);
    let mut exchange = talk.start();
    talk.copy(&mut exchange);
    assert!(matches!(&talk.outcome, Some(Ok(completed)) if completed.rows == 2));
    assert_eq!(talk.server.kept.as_deref(), Some(&b"one\ntwo\n"[..]));
    talk.is_in_step();
}

#[test]
fn dropped_at_every_byte_it_is_kept_only_if_its_end_was_handed_over() {
    let length = length_of_all();
    for room in 0..=length {
        let mut talk = Talk::new(Server::new(), room);
        let mut exchange = talk.start();
        talk.copy(&mut exchange);
        talk.connection.abandon(exchange.segment());
        talk.is_in_step();
        // CopyDone is as long as Sync, and a message that was begun is completed.
        let ended = room > length - 10;
        assert_eq!(talk.server.kept.is_some(), ended, "dropped at {room}");
        assert!(talk.server.pieces == 2 || !ended);
    }
}

#[test]
fn an_error_at_any_piece_ends_it_whatever_waits() {
    let length = length_of_all();
    for fails_at in 0..=2 {
        for room in 0..=length {
            let server = Server {
                fails_at: Some(fails_at),
                ..Server::new()
            };
            let mut talk = Talk::new(server, room);
            let mut exchange = talk.start();
            talk.copy(&mut exchange);
            talk.room = usize::MAX;
            talk.go_on(Some(&mut exchange));
            if talk.paused {
                exchange.finish(&mut talk.connection);
                talk.go_on(Some(&mut exchange));
            }
            let Some(Err(Failure::Server(error))) = &talk.outcome else {
                assert!(talk.server.pieces < fails_at, "no error at {room}");
                continue;
            };
            assert_eq!(error.code.code(), "23505");
            assert!(!exchange.is_open() && talk.server.kept.is_none());
            talk.is_in_step();
        }
    }
}

#[test]
fn an_error_at_any_piece_leaves_nothing_owed_when_it_is_dropped() {
    let length = length_of_all();
    for fails_at in 0..=2 {
        for room in 0..=length {
            let server = Server {
                fails_at: Some(fails_at),
                ..Server::new()
            };
            let mut talk = Talk::new(server, room);
            let mut exchange = talk.start();
            talk.copy(&mut exchange);
            talk.connection.abandon(exchange.segment());
            talk.is_in_step();
            assert!(talk.server.kept.is_none());
        }
    }
}

#[test]
fn a_source_that_fails_is_told_with_its_words_and_nothing_is_kept() {
    let length = length_of_all();
    for room in 0..=length {
        let mut talk = Talk::new(Server::new(), room);
        let mut exchange = talk.start();
        talk.go_on(Some(&mut exchange));
        let mut data = CopyBuffer::with_capacity(8);
        data.data().extend_from_slice(b"one\n");
        exchange.send(&mut talk.connection, &mut data).unwrap();
        talk.go_on(Some(&mut exchange));
        exchange.fail(&mut talk.connection, "no\0more");
        talk.room = usize::MAX;
        talk.go_on(Some(&mut exchange));
        if !talk.paused || talk.outcome.is_none() {
            talk.connection.abandon(exchange.segment());
        }
        talk.is_in_step();
        assert!(talk.server.kept.is_none());
    }
}

#[test]
fn columns_that_are_not_as_expected_are_told_before_anything_is_sent() {
    let server = Server {
        described: INT8,
        ..Server::new()
    };
    let mut talk = Talk::new(server, usize::MAX);
    let mut exchange = talk.start();
    talk.go_on(Some(&mut exchange));
    assert!(matches!(talk.outcome, Some(Err(Failure::Drift(_)))));
    assert!(!talk.paused && talk.server.pieces == 0);
    talk.is_in_step();
}

#[test]
fn nothing_stands_behind_the_copy_before_its_reply() {
    let mut talk = Talk::new(Server::new(), usize::MAX);
    let exchange = talk.start();
    let asked = talk.connection.unsent().to_vec();
    assert!(asked.ends_with(frontend::FLUSH));
    talk.connection.handed_over(asked.len());
    talk.connection.abandon(exchange.segment());
    let rest = talk.connection.unsent();
    assert!(rest.iter().all(|byte| *byte != b'S'), "{rest:?}");
    for (tag, body) in talk.server.hear(&asked) {
        assert!(talk.connection.receive(tag, &body).unwrap().is_none());
    }
    talk.is_in_step();
    assert!(talk.server.kept.is_none());
}

#[test]
fn a_rollback_behind_a_copy_that_was_dropped_waits_for_its_reply() {
    let mut talk = Talk::new(Server::new(), usize::MAX);
    let exchange = talk.start();
    let asked = talk.connection.unsent().to_vec();
    talk.connection.handed_over(asked.len());
    talk.connection.abandon(exchange.segment());
    talk.connection.roll_back_for_nobody();
    let rest = talk.connection.unsent_for_nobody();
    assert!(!rest.contains(&b'Q'), "{rest:?}");
    for (tag, body) in talk.server.hear(&asked) {
        talk.connection.receive(tag, &body).unwrap();
    }
    let rest = talk.connection.unsent_for_nobody();
    let at = |tag| rest.iter().position(|byte| *byte == tag);
    assert!(at(b'f') < at(b'S') && at(b'S') < at(b'Q'), "{rest:?}");
    talk.is_in_step();
}

#[test]
fn other_statements_are_told_apart() {
    for reply in [(b'C', &b"SELECT 1\0"[..]), (b'I', b"")] {
        let mut connection = Connection::new(8);
        let mut exchange = CopyIn::start(&mut connection, "SELECT 1", None).unwrap();
        connection.handed_over(usize::MAX / 2);
        let script = [(b'1', &b""[..]), (b'2', b""), (b'D', b"\0\0"), reply];
        for (tag, body) in script {
            let message = connection.receive(tag, body).unwrap().unwrap();
            let step = exchange.receive(message, &mut connection).unwrap();
            assert_eq!(step, Step::More);
        }
        assert_eq!(connection.unsent(), frontend::SYNC);
        let message = connection.receive(b'Z', b"I").unwrap().unwrap();
        let step = exchange.receive(message, &mut connection).unwrap();
        assert_eq!(step, Step::Done(Err(Failure::NotCopy)));
    }
}

#[test]
fn what_the_server_took_does_not_stay_in_memory() {
    let mut talk = Talk::new(Server::new(), usize::MAX);
    let mut exchange = talk.start();
    talk.go_on(Some(&mut exchange));
    let mut data = CopyBuffer::with_capacity(1024);
    for _ in 0..1000 {
        data.data().resize(1024, b'x');
        exchange.send(&mut talk.connection, &mut data).unwrap();
        talk.go_on(Some(&mut exchange));
        assert!(talk.connection.out.capacity() < 8 * 1024);
    }
    exchange.finish(&mut talk.connection);
    talk.go_on(Some(&mut exchange));
    assert_eq!(talk.server.kept.as_ref().map(Vec::len), Some(1_019_000));
    talk.is_in_step();
}
