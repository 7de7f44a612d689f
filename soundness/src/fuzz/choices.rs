//! Choices that are drawn, kept, and made again: a statement is what a list of choices makes of a schema, so that a shorter
//! list makes a smaller statement.

use crate::random::Random;

/// A list of choices. Zero is always the simplest one, and what lies behind the end of a list.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    made: Vec<u32>,
    at: usize,
    random: Option<Random>,
}

impl Choices {
    /// Choices that are drawn.
    pub(super) fn drawn(random: Random) -> Self {
        Self {
            made: Vec::new(),
            at: 0,
            random: Some(random),
        }
    }

    /// Choices that were made before.
    pub(super) fn again(made: Vec<u32>) -> Self {
        Self {
            made,
            at: 0,
            random: None,
        }
    }

    /// The choices that were made so far.
    pub(super) fn made(&self) -> &[u32] {
        &self.made[..self.at.min(self.made.len())]
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        if self.at == self.made.len()
            && let Some(random) = &mut self.random
        {
            let drawn = random.below(1 << 16);
            self.made.push(u32::try_from(drawn).unwrap_or(0));
        }
        let made = self.made.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::try_from(made).unwrap_or(0) % limit.max(1)
    }

    /// True in so many of a hundred cases; false is the simplest.
    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) >= 100 - chance.min(100)
    }

    /// One of some texts; the first is the simplest.
    pub(super) fn pick<'v>(&mut self, values: &[&'v str]) -> &'v str {
        values[self.below(values.len())]
    }
}

/// Makes a list of choices smaller for as long as what it makes is still what is looked for.
pub(super) fn shrink(mut made: Vec<u32>, mut holds: impl FnMut(&[u32]) -> bool) -> Vec<u32> {
    let mut size = made.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        while at < made.len() {
            let end = (at + size).min(made.len());
            let mut shorter = made.clone();
            shorter.drain(at..end);
            let mut simpler = made.clone();
            simpler[at..end].fill(0);
            if holds(&shorter) {
                made = shorter;
            } else if simpler != made && holds(&simpler) {
                made = simpler;
                at = end;
            } else {
                at = end;
            }
        }
        if size == 1 {
            return made;
        }
        size = size.div_ceil(2);
    }
}

#[cfg(test)]
mod tests {
    use super::{Choices, shrink};
    use crate::random::Random;

    #[test]
    fn choices_are_made_again() {
        let mut drawn = Choices::drawn(Random::new(1));
        let first: Vec<usize> = (0..20).map(|_| drawn.below(7)).collect();
        let mut again = Choices::again(drawn.made().to_vec());
        let second: Vec<usize> = (0..20).map(|_| again.below(7)).collect();
        assert_eq!(first, second);
        assert_eq!(again.below(7), 0);
    }

    #[test]
    fn what_does_not_matter_is_left_out() {
        let made: Vec<u32> = (0..40).collect();
        let small = shrink(made, |made| made.contains(&7) && made.contains(&30));
        assert_eq!(small, [7, 30]);
    }
}
