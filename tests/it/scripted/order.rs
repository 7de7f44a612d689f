//! Messages that are left out, sent twice or swapped: rows are those that were sent, or the answer is an error; and
//! never does one question get the answer to another.

use hathi::Session;
use hathi_tests::{ScriptedServer, message, within};

use super::conversation::{OTHER, QUESTION, answer, answer_others, crew, passengers, row};

/// The typical answer, deranged in every way that one move can.
fn derangements() -> Vec<Vec<Vec<u8>>> {
    let whole = answer(&crew());
    let mut all = Vec::new();
    for index in 0..whole.len() {
        let mut removed = whole.clone();
        removed.remove(index);
        let mut doubled = whole.clone();
        doubled.insert(index, whole[index].clone());
        all.extend([removed, doubled]);
        for other in index + 1..whole.len() {
            let mut swapped = whole.clone();
            swapped.swap(index, other);
            all.push(swapped);
        }
    }
    for stranger in strangers() {
        for index in 0..=whole.len() {
            let mut interrupted = whole.clone();
            interrupted.insert(index, stranger.clone());
            all.push(interrupted);
        }
    }
    all
}

/// Messages that do not belong there.
fn strangers() -> Vec<Vec<u8>> {
    vec![
        message::ready(b'I'),
        message::ready(b'T'),
        message::error("ERROR", "22012", "division by zero"),
        message::notice("all is well"),
        message::parameter_status("TimeZone", "UTC"),
        message::no_data(),
        message::close_complete(),
        message::complete("SELECT 3"),
        message::message(b's', b""),
        message::message(b'I', b""),
        message::message(b'G', &[0, 0, 0]),
        message::message(b'H', &[0, 0, 0]),
        message::message(b'W', &[0, 0, 0]),
        message::message(b'd', b"1\tone\n"),
        message::message(b'c', b""),
        message::authentication(0, b""),
        message::authentication(3, b""),
        message::key_data(1, &[1, 2, 3, 4]),
        message::message(b'v', &[0, 3, 0, 0, 0, 0, 0, 0]),
        message::message(b'A', b"\0\0\0\x01news\0payload\0"),
        message::message(b'?', b""),
        message::message(0, b""),
        row(7, None),
    ]
}

/// The rows that were sent in this answer, in its order.
fn rows_in(messages: &[Vec<u8>]) -> Vec<super::conversation::Sailor> {
    let known = [crew(), vec![(7, None)]].concat();
    let rows = messages.iter().filter(|message| message[0] == b'D');
    rows.map(|bytes| {
        known
            .iter()
            .find(|(id, name)| row(*id, name.as_deref()) == **bytes)
            .unwrap()
            .clone()
    })
    .collect()
}

#[tokio::test]
async fn deranged_answers_are_errors_or_just_the_rows_that_came_and_never_answer_the_next_question()
{
    let answers = derangements();
    assert!(answers.len() > 250);
    let server = ScriptedServer::start({
        let answers = answers.clone();
        move |listener| {
            for answer in answers {
                let mut peer = listener.accept();
                peer.startup();
                // Without a key the client cannot ask for a statement to be cancelled: nobody else knocks.
                peer.send(&[message::authentication(0, b""), message::ready(b'I')].concat());
                assert_eq!(peer.flight().as_deref(), Some("PDBES"));
                // All at once: what comes too early lies in the buffer when the next question is asked.
                peer.try_send(&answer.concat());
                answer_others(&mut peer);
            }
        }
    });
    let (mut right, mut wrong) = (0, 0);
    for answer in &answers {
        let mut session = Session::connect(&server.config()).await.unwrap();
        let tags: String = answer
            .iter()
            .map(|message| char::from(message[0]))
            .collect();
        let limit = std::time::Duration::from_millis(100);
        // An answer without an end is not waited for.
        match tokio::time::timeout(limit, session.fetch_all(QUESTION)).await {
            Ok(Ok(rows)) => {
                assert!(rows_in(answer).starts_with(&rows), "{tags}: {rows:?}");
                right += 1;
            }
            Ok(Err(_)) => wrong += 1,
            Err(_) => assert!(!tags.ends_with('Z'), "{tags}"),
        }
        if !session.is_closed() {
            let next = tokio::time::timeout(limit * 4, session.fetch_all(OTHER)).await;
            if let Ok(Ok(rows)) = next {
                assert_eq!(rows, passengers(), "{tags}");
            }
        }
    }
    assert!(right > 30 && wrong > 100, "{right} right, {wrong} wrong");
    server.finish();
}

#[tokio::test]
async fn a_ready_for_query_too_many_never_shifts_the_answers() {
    for extra in [1, 2] {
        let server = ScriptedServer::welcoming(move |peer| {
            peer.flight().unwrap();
            peer.send(&[answer(&crew()).concat(), message::ready(b'I').repeat(extra)].concat());
            answer_others(peer);
        });
        let mut session = Session::connect(&server.config()).await.unwrap();
        assert_eq!(session.fetch_all(QUESTION).await.unwrap(), crew());
        let error = within(5, session.fetch_all(OTHER)).await.unwrap_err();
        assert!(error.is_closed(), "{error}");
        assert!(error.to_string().contains("server sent \"Z\""), "{error}");
        drop(session);
        server.finish();
    }
}

#[tokio::test]
async fn a_script_that_ends_before_it_was_run_is_an_error() {
    let server = ScriptedServer::welcoming(|peer| {
        assert_eq!(peer.flight().as_deref(), Some("Q"));
        peer.send(&message::ready(b'I'));
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    assert!(
        within(5, session.simple("DELETE FROM crew"))
            .await
            .unwrap_err()
            .is_closed()
    );
    server.finish();
}

#[tokio::test]
async fn words_that_nobody_asked_for_are_never_taken_for_the_next_answer() {
    for stranger in strangers()
        .into_iter()
        .filter(|message| !b"NSAE".contains(&message[0]))
    {
        let server = ScriptedServer::welcoming(move |peer| {
            peer.flight().unwrap();
            peer.send(&[answer(&crew()).concat(), stranger].concat());
            answer_others(peer);
        });
        let mut session = Session::connect(&server.config()).await.unwrap();
        assert_eq!(session.fetch_all(QUESTION).await.unwrap(), crew());
        let tolerated = within(5, session.fetch_all(OTHER)).await;
        if let Ok(rows) = tolerated {
            assert_eq!(rows, passengers());
        }
        drop(session);
        server.finish();
    }
}
