//! Queues that are read too slowly.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::notification::Notification;

fn queue(limit: usize, overflow: Overflow) -> Queue {
    Queue::new(&ListenerOptions::new().queue(limit).overflow(overflow))
}

fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(second)
}

fn said(payload: u64) -> Event {
    Event::Notification(Notification {
        channel: "c".to_owned(),
        payload: payload.to_string(),
        process_id: 1,
    })
}

fn lost(second: u64) -> Event {
    Event::Gap(Gap {
        since: at(second),
        dropped: 0,
        cause: Some(Arc::new(Error::new(Kind::Closed(None)))),
    })
}

/// All that can be read, in short: payloads, and gaps as "(since dropped)", with a ! if the connection was lost.
fn read(queue: &mut Queue) -> String {
    let words = std::iter::from_fn(|| queue.pop()).map(|event| match event {
        Event::Notification(told) => told.payload,
        Event::Gap(gap) => {
            let since = gap.since().duration_since(SystemTime::UNIX_EPOCH).unwrap();
            let cause = gap.cause().map_or("", |_| "!");
            format!("({} {}{cause})", since.as_secs(), gap.dropped())
        }
    });
    words.collect::<Vec<String>>().join(" ")
}

#[test]
fn what_fits_is_read_in_its_order() {
    let mut queue = queue(3, Overflow::DropOldest);
    for number in 1..=3 {
        queue.push(at(number), said(number));
    }
    assert_eq!(read(&mut queue), "1 2 3");
    assert_eq!(read(&mut queue), "");
}

#[test]
fn the_oldest_make_room_and_the_gap_stands_before_what_is_left() {
    let mut queue = queue(3, Overflow::DropOldest);
    for number in 1..=9 {
        queue.push(at(number), said(number));
        assert!(queue.has_room(), "who drops has always room");
    }
    assert_eq!(read(&mut queue), "(1 6) 7 8 9");
    queue.push(at(10), said(10));
    assert_eq!(read(&mut queue), "10");
}

#[test]
fn a_gap_that_makes_room_is_told_all_the_same() {
    let mut queue = queue(2, Overflow::DropOldest);
    queue.push(at(1), said(1));
    queue.push(at(5), lost(2));
    queue.push(at(6), said(6));
    queue.push(at(7), said(7));
    assert_eq!(read(&mut queue), "(1 1!) 6 7");
}

#[test]
fn gaps_with_nothing_between_them_are_one() {
    let mut queue = queue(3, Overflow::DropOldest);
    for second in 1..=9 {
        queue.push(at(second), lost(second));
    }
    queue.push(at(10), said(10));
    assert_eq!(read(&mut queue), "(1 0!) 10");
}

#[test]
fn who_waits_drops_nothing() {
    let mut queue = queue(2, Overflow::Wait);
    queue.push(at(1), said(1));
    assert!(queue.has_room());
    queue.push(at(2), said(2));
    assert!(!queue.has_room());
    queue.push(at(3), said(3));
    queue.push(at(4), lost(3));
    assert_eq!(read(&mut queue), "1 2 3 (3 0!)");
    assert!(queue.has_room());
}
