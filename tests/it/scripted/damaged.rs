//! Every conversation, damaged at every place: cut at each byte, and with each message lost, doubled, swapped, too short,
//! too long or another one. An error each time or the rows that came, never a panic, never a wait.

use std::num::NonZeroU32;
use std::sync::Arc;

use hathi::sql::Int4;
use hathi::{Command, Config, Error, ProtocolVersion, Query, Session};
use hathi_tests::{Listener, Peer, ScriptedServer, command, message, statement, within};

const COUNT: Query<(), i32> = statement!("SELECT n FROM t", [] -> ("n", Int4));
const INSERT: Command<()> = command!("INSERT INTO t VALUES (1)");
const RETURNING: Query<(), i32> =
    statement!(writes "INSERT INTO t VALUES (1) RETURNING n", [] -> ("n", Int4));

/// What the client says before it is answered.
#[derive(Clone, Copy)]
enum Said {
    /// The message that opens a session.
    Startup,
    /// A password, or a part of a longer proof.
    Proof,
    /// These messages, up to Sync, Flush or Query.
    Flight(&'static str),
}

/// What the client says, and what it is answered.
type Stage = (Said, Vec<Vec<u8>>);

/// The answer that lets anybody in.
fn welcome() -> Stage {
    (Said::Startup, vec![message::welcome()])
}

fn number(number: i32) -> Vec<u8> {
    message::row(&[Some(&number.to_be_bytes())])
}

/// What the first use of a statement is answered, without its end.
fn first_use(columns: Vec<u8>, rows: &[i32], tag: &str) -> Vec<Vec<u8>> {
    let head = [message::parse_complete(), message::parameters(&[]), columns];
    let rows = rows.iter().map(|row| number(*row));
    let mut messages: Vec<Vec<u8>> = head.into_iter().chain([message::bind_complete()]).collect();
    messages.extend(rows);
    if !tag.is_empty() {
        messages.push(message::complete(tag));
    }
    messages
}

fn n() -> Vec<u8> {
    message::columns(&[("n", 23)])
}

/// A place in a conversation and what is wrong there.
#[derive(Clone, Copy, Debug)]
enum Damage {
    /// Nothing: whoever is answered like this is content.
    Nothing,
    /// The server goes behind so many bytes of the answer of a stage.
    Cut(usize, usize),
    /// A message of a stage is not what it should be; then the server goes.
    Message(usize, usize, Change),
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Lost,
    Doubled,
    Swapped,
    Shorter,
    Longer,
    Empty,
    Other(u8),
}

impl Change {
    fn apply(self, messages: &mut Vec<Vec<u8>>, index: usize) {
        let tag = messages[index][0];
        let body = messages[index].split_off(5);
        match self {
            Self::Lost => drop(messages.remove(index)),
            Self::Doubled => {
                messages[index] = message::message(tag, &body).repeat(2);
            }
            Self::Swapped => {
                messages[index] = message::message(tag, &body);
                let other = (index + 1) % messages.len();
                messages.swap(index, other);
            }
            Self::Shorter => {
                let (_, shorter) = body.split_last().unwrap_or((&0, &[]));
                messages[index] = message::message(tag, shorter);
            }
            Self::Longer => messages[index] = message::message(tag, &[&body[..], b"\0"].concat()),
            Self::Empty => messages[index] = message::message(tag, b""),
            Self::Other(tag) => messages[index] = message::message(tag, &body),
        }
    }
}

/// All tags that a server has for its messages, and one that it has not.
const TAGS: &[u8] = b"123ACDEGHIKNRSTVWZcdnstv?";

/// Every damage to the stages from this one on.
fn damages(stages: &[Stage], from: usize) -> Vec<Damage> {
    let mut damages = vec![Damage::Nothing];
    for (stage, (_, messages)) in stages.iter().enumerate().skip(from) {
        let length = messages.concat().len();
        damages.extend((0..length).map(|at| Damage::Cut(stage, at)));
        for index in 0..messages.len() {
            use Change::{Doubled, Empty, Longer, Lost, Other, Shorter, Swapped};
            let changes = [Lost, Doubled, Swapped, Shorter, Longer, Empty];
            let others = TAGS.iter().map(|tag| Other(*tag));
            let changes = changes.into_iter().chain(others);
            damages.extend(changes.map(|change| Damage::Message(stage, index, change)));
        }
    }
    damages
}

/// Plays the conversation up to its damage.
fn play(peer: &mut Peer, stages: &[Stage], damage: Damage) {
    for (index, (said, messages)) in stages.iter().enumerate() {
        match said {
            Said::Startup => drop(peer.versioned_startup()),
            Said::Proof => drop(peer.expect("p")),
            Said::Flight(tags) => assert_eq!(peer.flight().as_deref(), Some(*tags), "{damage:?}"),
        }
        let mut messages = messages.clone();
        match damage {
            Damage::Cut(stage, at) if stage == index => {
                peer.try_send(&messages.concat()[..at]);
                return;
            }
            Damage::Message(stage, place, change) if stage == index => {
                change.apply(&mut messages, place);
                peer.try_send(&messages.concat());
                return;
            }
            _ => peer.send(&messages.concat()),
        }
    }
}

/// Has the conversation once for each damage, and returns how it ends without any.
///
/// A server that goes in the middle of an answer leaves an error, and a session that is closed.
async fn check(
    stages: Vec<Stage>,
    from: usize,
    client: impl AsyncFn(&mut Session) -> Result<(), Error>,
    config: impl Fn(Config) -> Config,
) -> Result<(), Error> {
    let stages = Arc::new(stages);
    let damages = damages(&stages, from);
    let server = ScriptedServer::start({
        let damages = damages.clone();
        move |listener: &Listener| {
            for damage in damages {
                play(&mut listener.accept(), &stages, damage);
            }
        }
    });
    let mut whole = Ok(());
    for damage in damages {
        let config = config(server.config());
        let outcome = match within(5, Session::connect(&config)).await {
            Ok(mut session) => {
                let outcome = within(5, client(&mut session)).await;
                let later = within(5, session.simple("SELECT 1")).await;
                assert!(later.is_err() && session.is_closed(), "{damage:?}");
                outcome
            }
            Err(error) => Err(error),
        };
        match (damage, &outcome) {
            (Damage::Nothing, _) => whole = outcome,
            (Damage::Cut(..), Ok(())) => panic!("{damage:?}"),
            (_, Ok(())) => {}
            (_, Err(error)) => assert!(!error.to_string().is_empty(), "{damage:?}"),
        }
    }
    server.finish();
    whole
}

#[tokio::test]
async fn an_opening_in_a_newer_protocol_with_a_password_may_be_damaged_anywhere() {
    let version = |minor: u8| message::message(b'v', &[0, 3, 0, minor, 0, 0, 0, 0]);
    let letting_in = vec![
        message::authentication(0, b""),
        message::parameter_status("server_version", "18.0"),
        message::key_data(4711, &[7; 64]),
        message::ready(b'I'),
    ];
    for request in [
        message::authentication(3, b""),
        message::authentication(5, b"salt"),
    ] {
        let stages = vec![
            (Said::Startup, vec![version(1), request]),
            (Said::Proof, letting_in.clone()),
        ];
        let newer = |config: Config| {
            let newer = config.max_protocol_version(ProtocolVersion::V3_2);
            newer.password("secret")
        };
        check(stages, 0, async |_| Ok(()), newer).await.unwrap();
    }
}

#[tokio::test]
async fn the_first_words_of_a_longer_proof_may_be_damaged_anywhere() {
    let stages = vec![
        (
            Said::Startup,
            vec![message::authentication(10, b"SCRAM-SHA-256\0\0")],
        ),
        (
            Said::Proof,
            vec![message::authentication(11, b"r=nonce,s=c2FsdA==,i=4096")],
        ),
    ];
    // The nonce is not the client's: it says not a word more.
    let proving = |config: Config| config.password("secret");
    let refused = check(stages, 0, async |_| Ok(()), proving).await;
    assert!(refused.unwrap_err().to_string().contains("nonce"));
}

#[tokio::test]
async fn a_stream_in_parts_may_be_damaged_anywhere() {
    let mut first = first_use(n(), &[1, 2], "");
    first.push(message::message(b's', b""));
    let stages = vec![
        welcome(),
        (Said::Flight("PDBEH"), first),
        (
            Said::Flight("EH"),
            vec![number(3), number(4), message::message(b's', b"")],
        ),
        (Said::Flight("EH"), vec![message::complete("SELECT 0")]),
        (Said::Flight("S"), vec![message::ready(b'I')]),
    ];
    let read = async |session: &mut Session| {
        let mut rows = session
            .stream(COUNT)
            .fetch_size(NonZeroU32::new(2).expect("two"));
        while let Some(row) = rows.next().await {
            row?;
        }
        Ok(())
    };
    check(stages, 1, read, |config| config).await.unwrap();
}

#[tokio::test]
async fn a_pipeline_together_and_apart_may_be_damaged_anywhere() {
    let insert = first_use(message::no_data(), &[], "INSERT 0 1");
    let count = first_use(n(), &[1, 2], "SELECT 2");
    let ready = || vec![message::ready(b'I')];
    let together = [insert.clone(), count.clone(), ready()].concat();
    let stages = vec![welcome(), (Said::Flight("PDBEPDBES"), together)];
    let ask = async |session: &mut Session| session.pipeline((INSERT, COUNT)).await.map(drop);
    check(stages, 1, ask, |config| config).await.unwrap();

    let stages = vec![
        welcome(),
        (Said::Flight("PDBES"), [insert, ready()].concat()),
        (Said::Flight("PDBES"), [count, ready()].concat()),
    ];
    let ask = async |session: &mut Session| {
        let (inserted, counted) = session.pipeline_each((INSERT, COUNT)).await?;
        inserted.and(counted.map(|_| 0)).map(drop)
    };
    check(stages, 1, ask, |config| config).await.unwrap();
}

#[tokio::test]
async fn a_transaction_whose_begin_rides_may_be_damaged_anywhere() {
    let mut first = vec![
        message::parse_complete(),
        message::bind_complete(),
        message::complete("BEGIN"),
    ];
    first.extend(first_use(message::no_data(), &[], "INSERT 0 1"));
    first.push(message::ready(b'T'));
    let stages = vec![
        welcome(),
        (Said::Flight("PBEPDBES"), first),
        (
            Said::Flight("Q"),
            vec![message::complete("COMMIT"), message::ready(b'I')],
        ),
    ];
    let work = async |session: &mut Session| {
        let mut tx = session.begin();
        tx.execute(INSERT).await?;
        tx.commit().await
    };
    check(stages, 1, work, |config| config).await.unwrap();
}

#[tokio::test]
async fn a_write_that_waits_for_the_comparison_may_be_damaged_anywhere() {
    let stages = vec![
        welcome(),
        (Said::Flight("PDBEH"), first_use(n(), &[1], "INSERT 0 1")),
        (Said::Flight("S"), vec![message::ready(b'I')]),
    ];
    let write = async |session: &mut Session| session.fetch_one(RETURNING).await.map(drop);
    check(stages, 1, write, |config| config).await.unwrap();
}

#[tokio::test]
async fn a_preparation_and_the_use_behind_it_may_be_damaged_anywhere() {
    let described = vec![
        message::parse_complete(),
        message::parameters(&[]),
        n(),
        message::ready(b'I'),
    ];
    let used = vec![
        message::bind_complete(),
        number(1),
        message::complete("SELECT 1"),
        message::ready(b'I'),
    ];
    let stages = vec![
        welcome(),
        (Said::Flight("PDS"), described),
        (Said::Flight("BES"), used),
    ];
    let ask = async |session: &mut Session| {
        let count = session.prepare_query(COUNT).await?;
        session.fetch_one(count).await.map(drop)
    };
    check(stages, 1, ask, |config| config).await.unwrap();
}

#[tokio::test]
async fn a_script_whose_rows_are_kept_may_be_damaged_anywhere() {
    let stages = vec![
        welcome(),
        (
            Said::Flight("Q"),
            vec![
                message::columns(&[("id", 25)]),
                message::row(&[Some(b"one")]),
                message::complete("SELECT 1"),
                message::notice("hm"),
                message::message(b'I', b""),
                message::complete("INSERT 0 3"),
                message::ready(b'I'),
            ],
        ),
    ];
    let ask = async |session: &mut Session| {
        let results = session.simple_query("SELECT 'one';; INSERT INTO t").await?;
        assert!(results.iter().all(|result| result.rows().len() < 10));
        Ok(())
    };
    check(stages, 1, ask, |config| config).await.unwrap();
}
