//! Waiting that ends: tests with a limit, and futures that are polled a given number of times.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// Waits for a future, but not longer than so many seconds.
///
/// # Panics
///
/// If it takes longer.
#[track_caller]
pub fn within<F: Future>(seconds: u64, future: F) -> impl Future<Output = F::Output> {
    let caller = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(Duration::from_secs(seconds), future).await {
            Ok(output) => output,
            Err(_) => panic!("not done within {seconds} seconds: {caller}"),
        }
    }
}

/// Polls a future at most so many times and drops it: right after the last poll, or with its output.
pub async fn poll_times<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|cx| {
        if polls < times {
            polls += 1;
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
        }
        if polls == times {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn after_three_polls() {
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_future_is_polled_as_often_as_was_asked() {
        for (times, done) in [(0, false), (3, false), (4, true), (9, true)] {
            assert_eq!(
                poll_times(after_three_polls(), times).await.is_some(),
                done,
                "{times}"
            );
        }
    }
}
