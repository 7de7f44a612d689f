//! Exchanges against any messages, dropped anywhere: errors, never panics, and what was said is always whole messages.
#![no_main]

use std::num::NonZeroU32;

use hathi_wire::types::TypeRef;
use hathi_wire::{Batch, Connection, CopyBuffer, CopyIn, CopyOut, Exchange, Execute, Keep, Prepare, SegmentId, Simple, Statement, Step};
use libfuzzer_sys::fuzz_target;

/// A connection and all that was handed over to its transport.
struct Talk {
    connection: Connection,
    said: Vec<u8>,
}

impl Talk {
    /// The transport takes so many bytes.
    fn hand_over(&mut self, count: usize) {
        let unsent = self.connection.unsent();
        let count = count.min(unsent.len());
        self.said.extend_from_slice(&unsent[..count]);
        self.connection.handed_over(count);
    }

    /// Feeds messages until the exchange ends or is dropped; returns those that are left.
    fn run<'m, E: Exchange>(
        &mut self,
        exchange: &mut E,
        segment: SegmentId,
        messages: &'m [(u8, &'m [u8])],
        polls: u8,
        more: impl Fn(&mut E, &mut Connection),
    ) -> &'m [(u8, &'m [u8])] {
        for (index, (tag, body)) in messages.iter().enumerate() {
            let rest = &messages[index..];
            if index == usize::from(polls) {
                self.connection.abandon(segment);
                return rest;
            }
            // As many bytes as there are in the message: as good as any other number.
            self.hand_over(body.len() * 3);
            let Ok(message) = self.connection.receive(*tag, body) else { return &[] };
            let Some(message) = message else { continue };
            match exchange.receive(message, &mut self.connection) {
                Ok(Step::Paused) => more(exchange, &mut self.connection),
                Ok(Step::Done(_)) => return &rest[1..],
                Ok(_) => {}
                Err(_) => {
                    self.connection.abandon(segment);
                    return &[];
                }
            }
        }
        self.connection.abandon(segment);
        &[]
    }

    fn one<'m>(&mut self, kind: u8, messages: &'m [(u8, &'m [u8])], polls: u8) -> &'m [(u8, &'m [u8])] {
        let statement = Statement {
            sql: "SELECT $1",
            types: &[TypeRef::Oid(25)],
            columns: if kind & 1 == 0 { Some(&[]) } else { None },
            writes: if kind & 2 == 0 { Some(false) } else { None },
            identity: None,
        };
        let mut arguments = |out: &mut Vec<u8>| {
            out.extend_from_slice(&[0xff; 4]);
            Ok(())
        };
        let nothing = |_: &mut _, _: &mut _| {};
        match kind >> 5 {
            0 | 1 => {
                let Ok(mut execute) = Execute::start(&mut self.connection, &statement, &mut arguments) else {
                    return messages;
                };
                if kind >> 5 == 1 {
                    execute.limit_rows(&mut self.connection, NonZeroU32::MIN);
                }
                let segment = execute.segment();
                self.run(&mut execute, segment, messages, polls, Execute::more)
            }
            2 if kind & 4 == 0 => {
                let columns = Some(("SELECT", Box::default())).filter(|_| kind & 8 == 0);
                let Ok(mut copy) = CopyIn::start(&mut self.connection, "COPY", columns) else {
                    return messages;
                };
                let segment = copy.segment();
                self.run(&mut copy, segment, messages, polls, |copy, connection| {
                    let mut data = CopyBuffer::with_capacity(8);
                    data.data().push(kind);
                    let _ = copy.send(connection, &mut data);
                    match kind & 16 {
                        0 => copy.finish(connection),
                        _ => copy.fail(connection, "no more"),
                    }
                })
            }
            2 => {
                let columns = Some(("SELECT", &[][..])).filter(|_| kind & 8 == 0);
                let Ok(mut copy) = CopyOut::start(&mut self.connection, "COPY", columns) else {
                    return messages;
                };
                let segment = copy.segment();
                self.run(&mut copy, segment, messages, polls, nothing)
            }
            3 => {
                let mut batch = Batch::start(&mut self.connection);
                for _ in 0..3 {
                    if batch.add(&mut self.connection, &statement, &mut arguments).is_err() {
                        return messages;
                    }
                }
                batch.finish(&mut self.connection);
                let segment = batch.segment();
                self.run(&mut batch, segment, messages, polls, |_, _| {})
            }
            4 => match Keep::start(&mut self.connection, &statement) {
                Ok(Some(mut keep)) => {
                    let segment = keep.segment();
                    self.run(&mut keep, segment, messages, polls, nothing)
                }
                _ => messages,
            },
            5 => match Prepare::start(&mut self.connection, "SELECT 1", &[]) {
                Ok(mut prepare) => {
                    let segment = prepare.segment();
                    self.run(&mut prepare, segment, messages, polls, |_, _| {})
                }
                Err(_) => messages,
            },
            _ => match Simple::start(&mut self.connection, "SELECT 1") {
                Ok(mut simple) => {
                    let segment = simple.segment();
                    self.run(&mut simple, segment, messages, polls, |_, _| {})
                }
                Err(_) => messages,
            },
        }
    }
}

fuzz_target!(|input: (bool, bool, u8, u8, u8, Vec<(u8, &[u8])>)| {
    let (named, rides, first, second, polls, messages) = input;
    let mut talk = Talk {
        connection: Connection::new(if named { 4 } else { 0 }),
        said: Vec::new(),
    };
    if rides {
        talk.connection.ride("BEGIN");
    }
    let rest = talk.one(first, &messages, polls);
    if rides {
        talk.connection.roll_back_for_nobody();
    }
    talk.one(second, rest, u8::MAX);
    talk.hand_over(usize::MAX);
    let mut rest = talk.said.as_slice();
    while let Some((_, body)) = rest.split_first() {
        let length = body.first_chunk().map(|length| u32::from_be_bytes(*length)).expect("a length");
        rest = body.get(usize::try_from(length).expect("it fits")..).expect("a whole message");
    }
});
