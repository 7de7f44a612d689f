//! "Did you mean": the name most like a misspelt one.

/// The candidate that differs from `name` by few edits, if there is one.
pub(super) fn similar<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                distance(&name.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out, replaced or swapped with their neighbour to get from one to the other.
fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[track_caller]
    fn check(name: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(similar(name, candidates.iter().copied()), expected);
    }

    #[test]
    fn swapped_letters_are_one_edit() {
        check("nmae", &["id", "name"], Some("name"));
    }

    #[test]
    fn short_names_may_differ_by_one_letter() {
        check("ix", &["id", "name"], Some("id"));
    }

    #[test]
    fn case_does_not_count() {
        check("EMAIL", &["email"], Some("email"));
    }

    #[test]
    fn what_is_far_away_is_not_suggested() {
        check("email", &["nick", "born"], None);
        check("", &["nick"], None);
    }
}
