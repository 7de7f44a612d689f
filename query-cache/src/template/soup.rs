//! Random texts, the same in every run: no text brings the template down, and what is accepted stays what it was.

use super::Template;

#[test]
fn whatever_is_accepted_keeps_its_tokens_and_places() {
    const FRAGMENTS: [&str; 48] = [
        "{a}",
        "{a.b}",
        "{ a . 0 }",
        "{c}",
        "$a",
        "$b",
        "$1",
        "$2",
        "$",
        "{",
        "}",
        "'",
        "'{a}'",
        "''",
        "E'\\''",
        "$$",
        "$x$",
        "\"",
        "--",
        "/*",
        "*/",
        "\n",
        " ",
        " ",
        " ",
        "\t",
        "(",
        ")",
        ";",
        ",",
        ".",
        "::",
        "=>",
        "+",
        "-",
        "@",
        "1",
        "0x",
        "1e",
        "_",
        "x",
        "U&",
        "é",
        "漢",
        "🐘",
        "CREATE FUNCTION f() RETURN ",
        "SET ",
        "AS ",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        // Xorshift: the same texts in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let mut accepted = 0;
    for _ in 0..40_000 {
        let length = random(9);
        let text = (0..length)
            .map(|_| FRAGMENTS[random(FRAGMENTS.len())])
            .collect::<String>();
        let template = match Template::parse(&text) {
            Ok(template) => template,
            Err(mistakes) => {
                for mistake in mistakes {
                    assert!(!mistake.help.is_empty());
                    assert!(
                        mistake
                            .place
                            .clone()
                            .is_none_or(|place| text.get(place).is_some()),
                        "{text:?}: {mistake:?}"
                    );
                    let _ = mistake.render(&text, None);
                }
                continue;
            }
        };
        accepted += 1;
        let again = Template::parse(template.sql()).unwrap();
        assert_eq!(again.sql(), template.sql(), "{text:?}");
        assert_eq!(
            again.parameters().len(),
            template.parameters().len(),
            "{text:?} became {:?}",
            template.sql()
        );
        assert!(
            crate::key::same_statement(template.sql(), &crate::key::on_one_line(template.sql())),
            "{text:?}"
        );
        for token in hathi_sql_text::lex(template.sql()) {
            let source = &text[template.to_source(token.range())];
            let is_replaced = source.starts_with(['{', '$'])
                && token.kind == hathi_sql_text::TokenKind::Parameter;
            // A space that keeps a placeholder apart belongs to it.
            let is_space = token.text(template.sql()).trim().is_empty() && source.contains('{');
            assert!(
                is_replaced || is_space || source == token.text(template.sql()),
                "{text:?}: {source:?}"
            );
        }
    }
    assert!(accepted > 5_000, "{accepted}");
}
