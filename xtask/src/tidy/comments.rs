//! Rules of comments: they speak of the code as it is, not of plans, dates or people's memory of it.

use super::Finding;
use super::files::File;
use super::mask::Mask;

/// Words that have no place in a comment, and what to do instead.
const WORDS: &[(&str, &str)] = &[
    (
        "milestone",
        "plans are in MILESTONES.md: say what the code does",
    ),
    (
        "milestones",
        "plans are in MILESTONES.md: say what the code does",
    ),
    ("legacy", "say what the code is for, or delete it"),
    (
        "FIXME",
        "mend it, or write `TODO(#12): …` with the number of an issue",
    ),
    (
        "XXX",
        "say what is wrong, or write `TODO(#12): …` with the number of an issue",
    ),
    (
        "HACK",
        "say why it is done this way, with the address of the reason",
    ),
];

/// Holds the comments of one file against the rules.
pub(super) fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, comment) in comments(file).lines().enumerate() {
        for words in mistakes(comment) {
            findings.push(Finding::new(&file.path, index + 1, words));
        }
    }
    findings
}

/// The comments of a file, in their lines.
fn comments(file: &File) -> String {
    if file.is_rust() {
        return Mask::of(&file.text).comments;
    }
    let hash = [".toml", ".yml", ".sh", ".ci/run"]
        .iter()
        .any(|end| file.path.ends_with(end));
    if !hash {
        return String::new();
    }
    let comment = |line: &'_ str| {
        line.find('#')
            .and_then(|at| line.get(at..))
            .unwrap_or_default()
            .to_owned()
    };
    file.text
        .lines()
        .map(comment)
        .collect::<Vec<_>>()
        .join("\n")
}

fn mistakes(comment: &str) -> Vec<String> {
    let prose = without_quotations(comment);
    let words: Vec<&str> = prose
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut mistakes = Vec::new();
    for word in &words {
        let known = WORDS.iter().find(|(known, _)| {
            *known == *word
                || (known.starts_with(char::is_lowercase) && word.eq_ignore_ascii_case(known))
        });
        if let Some((_, advice)) = known {
            mistakes.push(format!("`{word}` in a comment: {advice}"));
        }
        if is_milestone(word) {
            mistakes.push(format!(
                "`{word}` in a comment: plans are in MILESTONES.md: say what the code does"
            ));
        }
    }
    if words
        .windows(2)
        .any(|pair| pair[0].eq_ignore_ascii_case("for") && pair[1] == "now")
    {
        mistakes.push("`for now` in a comment: say what holds and why".to_owned());
    }
    if let Some(date) = words
        .windows(3)
        .find(|three| is_date(three) && prose.contains(&three.join("-")))
    {
        mistakes.push(format!(
            "the date {} in a comment: git knows when, say why",
            date.join("-")
        ));
    }
    if has_bare_todo(&prose) {
        mistakes.push(
            "`TODO` without an issue: do it, or write `TODO(#12): …` with the number of one"
                .to_owned(),
        );
    }
    mistakes
}

/// Code, text and values in quotation marks are not the comment's own words.
fn without_quotations(comment: &str) -> String {
    let mut prose = String::new();
    let mut open = None;
    let mut before = ' ';
    for character in comment.chars() {
        match open {
            Some(mark) if mark == character => open = None,
            Some(_) => {}
            // An apostrophe inside a word opens nothing.
            None if matches!(character, '`' | '"')
                || (character == '\'' && !before.is_alphanumeric()) =>
            {
                open = Some(character);
            }
            None => prose.push(character),
        }
        before = character;
    }
    prose
}

/// `M` and one or two digits.
fn is_milestone(word: &str) -> bool {
    word.strip_prefix('M').is_some_and(|digits| {
        (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A day in the life of this project: the epochs of PostgreSQL and Unix are facts, not memories.
fn is_date(words: &[&str]) -> bool {
    let number = |word: &str, length: usize| {
        let digits = word.len() == length && word.bytes().all(|byte| byte.is_ascii_digit());
        word.parse::<u32>().ok().filter(|_| digits)
    };
    let [year, month, day] = words else {
        return false;
    };
    let year = number(year, 4).is_some_and(|year| (2024..2100).contains(&year));
    year && number(month, 2).is_some() && number(day, 2).is_some()
}

fn has_bare_todo(prose: &str) -> bool {
    prose.match_indices("TODO").any(|(at, todo)| {
        let behind = prose.get(at + todo.len()..).unwrap_or_default();
        let number = behind
            .strip_prefix("(#")
            .and_then(|rest| rest.split_once(')'))
            .map(|(number, _)| number);
        number.is_none_or(|number| number.parse::<u64>().is_err())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_line(line: &str, expected: &[&str]) {
        let found = mistakes(line);
        assert_eq!(found.len(), expected.len(), "{line}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn plans_are_not_for_comments() {
        check_line("// comes with M2", &["`M2`"]);
        check_line("/// The next milestone.", &["`milestone`"]);
        check_line("// good enough for now", &["`for now`"]);
        check_line("// the Legacy way", &["`Legacy`"]);
        check_line("// the M in MD5, and AM1, are no plans", &[]);
        check_line("// what it was asked for now holds", &["`for now`"]);
    }

    #[test]
    fn a_todo_has_the_number_of_an_issue() {
        check_line("// TODO: later", &["`TODO` without an issue"]);
        check_line("// TODO(someone): later", &["`TODO` without an issue"]);
        check_line("// TODO(#12): arrays of ranges", &[]);
        check_line("// FIXME", &["`FIXME`"]);
    }

    #[test]
    fn dates_are_not_for_comments_but_in_quotations() {
        check_line("// broken since 2024-02-29", &["2024-02-29"]);
        check_line("// `2024-02-29` and '2024-02-29' are values", &[]);
        check_line("// numbers like 2024 56 78", &[]);
        check_line("// days since 2000-01-01", &[]);
    }

    #[test]
    fn an_apostrophe_opens_no_quotation() {
        check_line("// the server's TODO", &["`TODO`"]);
    }

    #[test]
    fn only_comments_are_looked_at() {
        let file = |path: &str, text: &str| File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        assert!(check(&file("a.rs", "let x = \"FIXME\";")).is_empty());
        assert_eq!(check(&file("a.rs", "a\nb // FIXME"))[0].line, 2);
        assert_eq!(check(&file("a.toml", "a = 1 # FIXME")).len(), 1);
        assert!(check(&file("a.json", "{ \"FIXME\": 1 } # FIXME")).is_empty());
    }
}
