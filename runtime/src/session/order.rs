//! Chance, to spread clients over hosts; nobody's secrets depend on it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A source of numbers that differ between clients.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new() -> Self {
        // The keys of a map differ in each process and each time. Xorshift stays at zero for ever.
        Self(RandomState::new().hash_one(0) | 1)
    }

    /// A number below a bound.
    fn roll(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.0 % bound).unwrap_or_default()
    }

    /// Brings things into any order, each as likely as the others.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for end in (1..things.len()).rev() {
            things.swap(end, self.roll(end + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_comes_up_and_nothing_is_lost() {
        let mut seen = std::collections::HashSet::new();
        let mut dice = Dice::new();
        for _ in 0..1000 {
            let mut things = [1, 2, 3];
            dice.shuffle(&mut things);
            seen.insert(things);
        }
        assert_eq!(seen.len(), 6);
        assert!(seen.iter().all(|things| things.iter().sum::<i32>() == 6));
        dice.shuffle::<i32>(&mut []);
    }

    #[test]
    fn two_clients_go_their_own_ways() {
        let orders: std::collections::HashSet<Vec<u32>> = (0..100)
            .map(|_| {
                let mut things: Vec<u32> = (0..10).collect();
                Dice::new().shuffle(&mut things);
                things
            })
            .collect();
        assert!(orders.len() > 50);
    }
}
