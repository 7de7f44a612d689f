//! What the name of a column says about NULL: `AS "total!"` and `AS "total?"`.

/// What a column's name asserts against the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// `!`: never NULL, whatever the analysis says.
    NotNull,
    /// `?`: may be NULL.
    Nullable,
}

/// A column's name without its mark, and what the mark says.
pub(crate) fn claim(name: &str) -> (&str, Option<Claim>) {
    // What the server calls a column that has no name.
    if name == "?column?" {
        return (name, None);
    }
    let marked = [('!', Claim::NotNull), ('?', Claim::Nullable)];
    let found = marked
        .into_iter()
        .find_map(|(mark, claim)| Some((name.strip_suffix(mark)?, claim)));
    match found {
        Some((bare, claim)) if !bare.is_empty() => (bare, Some(claim)),
        _ => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, claim};

    #[test]
    fn one_mark_is_cut_off() {
        assert_eq!(claim("total!"), ("total", Some(Claim::NotNull)));
        assert_eq!(claim("total?"), ("total", Some(Claim::Nullable)));
        assert_eq!(claim("total!!"), ("total!", Some(Claim::NotNull)));
    }

    #[test]
    fn names_without_a_mark_stay() {
        assert_eq!(claim("total"), ("total", None));
        assert_eq!(claim("?column?"), ("?column?", None));
        assert_eq!(claim("!"), ("!", None));
    }
}
