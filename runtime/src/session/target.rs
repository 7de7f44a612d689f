//! Whether a server is of the kind that was asked for.

use std::future::poll_fn;

use hathi_wire::{Simple, TargetSessionAttrs};

use super::drive::{Event, Link};
use crate::error::{Error, Kind};

/// What a server is, as far as the target asks.
///
/// A server of 14 and above says it by itself when the session opens. Others, and poolers, are asked.
pub(super) async fn check(link: &mut Link, wanted: TargetSessionAttrs) -> Result<(), Kind> {
    use TargetSessionAttrs::{PreferStandby, Primary, ReadOnly, ReadWrite, Standby};
    let (fits, found) = match wanted {
        ReadWrite | ReadOnly => {
            let read_only = is_read_only(link).await?;
            let found = if read_only {
                "takes no writes"
            } else {
                "takes writes"
            };
            (read_only == (wanted == ReadOnly), found)
        }
        Primary | Standby | PreferStandby => {
            let standby = is_standby(link).await?;
            let found = if standby {
                "is a standby"
            } else {
                "is a primary"
            };
            (standby == (wanted != Primary), found)
        }
        _ => return Ok(()),
    };
    if fits {
        Ok(())
    } else {
        Err(Kind::Target { wanted, found })
    }
}

async fn is_read_only(link: &mut Link) -> Result<bool, Kind> {
    let reported = |name| link.connection.parameter(name).map(|value| value == "on");
    match (
        reported("in_hot_standby"),
        reported("default_transaction_read_only"),
    ) {
        (Some(standby), Some(read_only)) => Ok(standby || read_only),
        _ => ask(link, "SHOW transaction_read_only").await,
    }
}

async fn is_standby(link: &mut Link) -> Result<bool, Kind> {
    match link.connection.parameter("in_hot_standby") {
        Some(value) => Ok(value == "on"),
        None => ask(link, "SELECT pg_catalog.pg_is_in_recovery()").await,
    }
}

/// Asks a question that is answered by yes or no.
async fn ask(link: &mut Link, sql: &str) -> Result<bool, Kind> {
    let mut simple = Simple::start(&mut link.connection, sql).map_err(Kind::Encode)?;
    let mut answer = None;
    loop {
        let event = poll_fn(|cx| link.poll_exchange(&mut simple, cx)).await;
        match event.map_err(Error::into_kind)? {
            // One field: its count and its length come before it.
            Event::Row(frame) => {
                let field = link.input.body(frame).get(6..);
                answer = Some(matches!(field, Some(b"on" | b"t")));
            }
            Event::Paused => {}
            Event::Done(Ok(_)) => return answer.ok_or(Kind::Closed(None)),
            Event::Done(Err(failure)) => return Err(Error::from(failure).into_kind()),
        }
    }
}
