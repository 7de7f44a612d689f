//! Noise: bytes changed, invented and announced in absurd lengths. No panic, no wait, no memory for what never comes.

use hathi::Session;
use hathi_tests::{ScriptedServer, message, within};

use super::conversation::{QUESTION, answer, crew};

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % sides
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }
}

/// Gives each client one of these answers and closes; returns how many were taken for good.
async fn survives(answers: Vec<Vec<u8>>) -> usize {
    let clients = answers.len();
    let server = ScriptedServer::start(move |listener| {
        for answer in answers {
            let mut peer = listener.welcome();
            peer.flight().unwrap();
            peer.try_send(&answer);
        }
    });
    let mut good = 0;
    for client in 0..clients {
        let mut session = Session::connect(&server.config()).await.unwrap();
        match within(10, session.fetch_all(QUESTION)).await {
            Ok(_) => good += 1,
            Err(error) => assert!(!error.to_string().is_empty(), "client {client}"),
        }
    }
    server.finish();
    good
}

#[tokio::test]
async fn an_answer_with_any_byte_changed_is_survived() {
    let whole = answer(&crew()).concat();
    let mut answers = Vec::new();
    for index in 0..whole.len() {
        for change in [1, 0x7f, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[index] ^= change;
            answers.push(changed);
        }
    }
    let count = answers.len();
    let good = survives(answers).await;
    assert!(
        good > 0 && good < count / 2,
        "{good} of {count} were taken for good"
    );
}

#[tokio::test]
async fn answers_made_of_random_messages_are_survived() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let tags = b"123CDEGHIKNRSTVWZAcdnstv?\0";
    let answers = (0..1500).map(|_| {
        let mut answer = Vec::new();
        for _ in 0..dice.roll(12) {
            let tag = tags[dice.roll(tags.len())];
            let length = dice.roll(24);
            let body: Vec<u8> = (0..length)
                .map(|_| if dice.roll(3) == 0 { 0 } else { dice.byte() })
                .collect();
            answer.extend(message::message(tag, &body));
        }
        answer
    });
    survives(answers.collect()).await;
}

#[tokio::test]
async fn typical_answers_with_messages_changed_at_random_are_survived() {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let answers = (0..1500).map(|_| {
        let mut messages = answer(&crew());
        for _ in 0..=dice.roll(3) {
            let at = dice.roll(messages.len());
            let length = messages[at].len();
            match dice.roll(4) {
                0 => messages[at].truncate(1 + dice.roll(length)),
                1 => messages[at].extend([dice.byte(), dice.byte()]),
                2 => messages[at][dice.roll(length)] = dice.byte(),
                _ => {
                    let other = dice.roll(messages.len());
                    messages.swap(at, other);
                }
            }
        }
        messages.concat()
    });
    survives(answers.collect()).await;
}

#[tokio::test]
async fn absurd_lengths_are_errors_or_waited_for_without_taking_memory() {
    let mut answers = Vec::new();
    for tag in *b"123CDEGHIKNRSTZAcdnt" {
        for length in [
            0,
            1,
            2,
            3,
            0x3fff_ffff,
            0x4000_0004,
            0x4000_0005,
            0x7fff_ffff,
            0x8000_0000,
            u32::MAX,
        ] {
            answers.push(message::lying(tag, length, b"abc"));
        }
    }
    assert_eq!(survives(answers).await, 0);
}

#[tokio::test]
async fn counts_that_lie_are_errors() {
    let bodies: [(u8, &[u8]); 9] = [
        (b'T', b"\xff\xff"),
        (b'T', b"\0\x01"),
        (b'T', b"\0\x01id\0\0\0\0"),
        (
            b'T',
            b"\0\x02id\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0",
        ),
        (b'T', b""),
        (b't', b"\xff\xff"),
        (b't', b"\0\x01\0\0"),
        (b'E', b"SERROR\0"),
        (b'C', b"SELECT 3"),
    ];
    let answers = bodies.map(|(tag, body)| {
        let mut messages = answer(&crew());
        let place = messages
            .iter()
            .position(|message| message[0] == tag)
            .unwrap_or(4);
        messages[place] = message::message(tag, body);
        messages.concat()
    });
    assert_eq!(survives(answers.to_vec()).await, 0);
}
