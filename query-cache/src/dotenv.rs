//! The files `.env` around a crate: enough of their language to find one variable.

/// The value that a `.env` file gives a variable; the last one counts, as in a shell.
#[must_use]
pub fn dotenv_value(text: &str, variable: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| assignment(line, variable))
        .next_back()
}

fn assignment(line: &str, variable: &str) -> Option<String> {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    (name.trim() == variable).then(|| unquoted(value.trim()))
}

fn unquoted(value: &str) -> String {
    if let Some(rest) = value.strip_prefix('\'') {
        return rest.split('\'').next().unwrap_or(rest).to_owned();
    }
    if let Some(rest) = value.strip_prefix('"') {
        return unescaped(rest);
    }
    // A comment begins behind a space: `#` may stand in a password.
    let end = value.find(" #").unwrap_or(value.len());
    value[..end].trim_end().to_owned()
}

// Up to the closing quote.
fn unescaped(quoted: &str) -> String {
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => value.extend(characters.next()),
            other => value.push(other),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(dotenv_value(text, "DATABASE_URL").as_deref(), expected);
    }

    #[test]
    fn a_variable_is_found_among_others() {
        check(
            "RUST_LOG=debug\nDATABASE_URL=postgres://a\nPORT=1\n",
            Some("postgres://a"),
        );
        check(
            "  export DATABASE_URL = postgres://a  \r\n",
            Some("postgres://a"),
        );
        check("RUST_LOG=debug\n", None);
        check("MY_DATABASE_URL=postgres://a", None);
        check("# DATABASE_URL=postgres://a", None);
        check("", None);
    }

    #[test]
    fn quotes_and_comments_are_taken_off() {
        check(
            "DATABASE_URL='postgres://a?b=c d' # mine",
            Some("postgres://a?b=c d"),
        );
        check(
            r#"DATABASE_URL="postgres://\"a\"" # mine"#,
            Some(r#"postgres://"a""#),
        );
        check(
            "DATABASE_URL=postgres://a:p#w@h # mine",
            Some("postgres://a:p#w@h"),
        );
        check("DATABASE_URL=", Some(""));
    }

    #[test]
    fn the_last_assignment_counts() {
        check("DATABASE_URL=a\nDATABASE_URL=b", Some("b"));
    }
}
