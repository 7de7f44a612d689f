//! A little chance, so that what began together does not end or retry together.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// A duration between `percent` less and `percent` more.
pub(crate) fn about(duration: Duration, percent: u32) -> Duration {
    let range = duration / 100 * percent;
    let share = u32::try_from(RandomState::new().build_hasher().finish() % 1024).unwrap_or(0);
    duration.saturating_sub(range) + range / 512 * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_a_duration_is_near_it_and_differs() {
        let durations: Vec<Duration> = (0..100)
            .map(|_| about(Duration::from_secs(100), 10))
            .collect();
        for duration in &durations {
            assert!((90..=110).contains(&duration.as_secs()), "{duration:?}");
        }
        assert!(durations.iter().any(|duration| *duration != durations[0]));
    }
}
