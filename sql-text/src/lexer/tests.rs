//! What tokens a text falls into.

use crate::token::TokenKind::{self, *};
use crate::token::Unterminated as Open;
use crate::{Token, lex};

/// The tokens but for whitespace.
#[track_caller]
fn check(sql: &str, expected: &[(TokenKind, &str)]) {
    assert_tiles(sql);
    let tokens = lex(sql).filter(|token| token.kind != Whitespace);
    let found: Vec<_> = tokens.map(|token| (token.kind, token.text(sql))).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn assert_tiles(sql: &str) {
    let mut end = 0;
    for Token {
        kind,
        start,
        end: next,
    } in lex(sql)
    {
        assert_eq!(start, end, "{sql:?}: {kind:?} leaves a gap");
        assert!(next > start, "{sql:?}: {kind:?} is empty");
        assert!(
            sql.is_char_boundary(next),
            "{sql:?}: {kind:?} cuts a character"
        );
        end = next;
    }
    assert_eq!(end, sql.len(), "{sql:?} is not read to its end");
}

#[test]
fn words_take_digits_dollars_and_every_letter() {
    check(
        "a_1$b Größe 漢字 _x",
        &[
            (Word, "a_1$b"),
            (Word, "Größe"),
            (Word, "漢字"),
            (Word, "_x"),
        ],
    );
}

#[test]
fn a_no_break_space_is_a_letter_as_in_postgresql() {
    check("a\u{a0}b", &[(Word, "a\u{a0}b")]);
}

#[test]
fn quoted_identifiers_double_their_quotes() {
    check(
        r#""a""b" U&"\0041""" u&"x""#,
        &[
            (QuotedIdentifier, r#""a""b""#),
            (UnicodeIdentifier, r#"U&"\0041""""#),
            (UnicodeIdentifier, r#"u&"x""#),
        ],
    );
}

#[test]
fn a_u_without_a_quote_is_a_word() {
    check("U&x", &[(Word, "U"), (Operator, "&"), (Word, "x")]);
}

#[test]
fn plain_strings_know_no_backslash() {
    check(r"'a''b\' 'c'", &[(String, r"'a''b\'"), (String, "'c'")]);
}

#[test]
fn escape_strings_do() {
    check(
        r"E'a\'b\\' e'' ''",
        &[
            (EscapeString, r"E'a\'b\\'"),
            (EscapeString, "e''"),
            (String, "''"),
        ],
    );
    check(r"E'\", &[(Unterminated(Open::String), r"E'\")]);
    check("E'\\ä'", &[(EscapeString, "E'\\ä'")]);
}

#[test]
fn prefixed_strings_have_their_own_kinds() {
    check(
        "U&'x' N'y' B'01' x'fF'",
        &[
            (UnicodeString, "U&'x'"),
            (NationalString, "N'y'"),
            (BitString, "B'01'"),
            (HexString, "x'fF'"),
        ],
    );
}

#[test]
fn a_bit_string_doubles_no_quote() {
    check("B'1''0'", &[(BitString, "B'1'"), (String, "'0'")]);
}

#[test]
fn uescape_is_tokens_of_its_own() {
    check(
        "U&'d!0061' UESCAPE '!'",
        &[
            (UnicodeString, "U&'d!0061'"),
            (Word, "UESCAPE"),
            (String, "'!'"),
        ],
    );
}

#[test]
fn a_literal_goes_on_in_its_own_rules_on_the_next_line() {
    check(
        "E'a'\n  'b\\'c'",
        &[(EscapeString, "E'a'"), (EscapeString, "'b\\'c'")],
    );
    check(
        "E'a' -- c\r'b\\''",
        &[
            (EscapeString, "E'a'"),
            (LineComment, "-- c"),
            (EscapeString, "'b\\''"),
        ],
    );
    check(
        "B'1'\n'0'\n'1'",
        &[(BitString, "B'1'"), (BitString, "'0'"), (BitString, "'1'")],
    );
}

#[test]
fn on_the_same_line_or_behind_a_block_comment_another_one_starts() {
    check(r"E'a' 'b\'", &[(EscapeString, "E'a'"), (String, r"'b\'")]);
    check(
        "E'a'/**/\n'b\\'",
        &[
            (EscapeString, "E'a'"),
            (BlockComment, "/**/"),
            (String, "'b\\'"),
        ],
    );
    check(
        "E'a',\n'b\\'",
        &[(EscapeString, "E'a'"), (Comma, ","), (String, "'b\\'")],
    );
}

#[test]
fn dollar_strings_end_with_their_own_tag() {
    check(
        "$$a$x$b$$ $ä1$ $$ $ä1$",
        &[(DollarString, "$$a$x$b$$"), (DollarString, "$ä1$ $$ $ä1$")],
    );
    check("$a$$a$", &[(DollarString, "$a$$a$")]);
    check("$a$ $A$", &[(Unterminated(Open::DollarString), "$a$ $A$")]);
    check("$$ $", &[(Unterminated(Open::DollarString), "$$ $")]);
}

#[test]
fn a_dollar_inside_a_word_opens_nothing() {
    check("a$$b$$", &[(Word, "a$$b$$")]);
}

#[test]
fn parameters_are_numbers_or_names() {
    check(
        "$1,$name $größe_2",
        &[
            (Parameter, "$1"),
            (Comma, ","),
            (NamedParameter, "$name"),
            (NamedParameter, "$größe_2"),
        ],
    );
    check(
        "$1::int $12$3",
        &[
            (Parameter, "$1"),
            (Cast, "::"),
            (Word, "int"),
            (Parameter, "$12"),
            (Parameter, "$3"),
        ],
    );
    check("$ $", &[(Unknown, "$"), (Unknown, "$")]);
}

#[test]
fn letters_behind_a_numbered_parameter_are_junk() {
    check(
        "$1abc $1_0 $1ä$",
        &[
            (ParameterJunk, "$1abc"),
            (ParameterJunk, "$1_0"),
            (ParameterJunk, "$1ä$"),
        ],
    );
}

#[test]
fn numbers_come_in_many_spellings() {
    for number in [
        "0", "1_000", "1.5", "1.", ".5", "1e10", "1.5E-3", "1.e5", ".5_0", "0x1F", "0XfF_f",
        "0o17", "0b_1", "1_0e1_0",
    ] {
        check(number, &[(Number, number)]);
    }
}

#[test]
fn letters_behind_a_number_are_junk() {
    for junk in [
        "1a", "1_", "1__0", "0x", "0xG", "0b2a", "1e", "1._5", "1.5e", "1ä", "0x_", "1e+",
    ] {
        check(junk, &[(NumberJunk, junk)]);
    }
}

#[test]
fn a_dollar_behind_letters_of_a_number_is_junk_too() {
    for junk in ["1e5$1", "0b1$$", "0x1f$a$x$a$", "1_0$", "1.5_0$", "1e+5_0$"] {
        check(junk, &[(NumberJunk, junk)]);
    }
    check("1e+5$1", &[(Number, "1e+5"), (Parameter, "$1")]);
    check("1_0.5$1", &[(Number, "1_0.5"), (Parameter, "$1")]);
}

#[test]
fn two_dots_end_a_number() {
    check("1..10", &[(Number, "1"), (DotDot, ".."), (Number, "10")]);
    check("1.5.5", &[(Number, "1.5"), (Number, ".5")]);
    check(
        "a.b.1",
        &[(Word, "a"), (Dot, "."), (Word, "b"), (Number, ".1")],
    );
    check("1$1", &[(Number, "1"), (Parameter, "$1")]);
}

#[test]
fn operators_end_where_a_comment_starts() {
    check(
        "2*--c\n3",
        &[
            (Number, "2"),
            (Operator, "*"),
            (LineComment, "--c"),
            (Number, "3"),
        ],
    );
    check(
        "2*/*c*/3",
        &[
            (Number, "2"),
            (Operator, "*"),
            (BlockComment, "/*c*/"),
            (Number, "3"),
        ],
    );
    check("@-/**/", &[(Operator, "@-"), (BlockComment, "/**/")]);
}

#[test]
fn signs_at_the_end_of_an_operator_are_their_own() {
    check(
        "1+-1",
        &[
            (Number, "1"),
            (Operator, "+"),
            (Operator, "-"),
            (Number, "1"),
        ],
    );
    check(
        "a<=-1",
        &[
            (Word, "a"),
            (Operator, "<="),
            (Operator, "-"),
            (Number, "1"),
        ],
    );
    check("a @-1", &[(Word, "a"), (Operator, "@-"), (Number, "1")]);
    check(
        "a ->> -1 ?| b",
        &[
            (Word, "a"),
            (Operator, "->>"),
            (Operator, "-"),
            (Number, "1"),
            (Operator, "?|"),
            (Word, "b"),
        ],
    );
    check("+-+", &[(Operator, "+"), (Operator, "-"), (Operator, "+")]);
}

#[test]
fn colons_and_arrows_stand_apart() {
    check(
        "a::b:=c=>d a:b =>- ::=",
        &[
            (Word, "a"),
            (Cast, "::"),
            (Word, "b"),
            (ColonEquals, ":="),
            (Word, "c"),
            (Arrow, "=>"),
            (Word, "d"),
            (Word, "a"),
            (Colon, ":"),
            (Word, "b"),
            (Arrow, "=>"),
            (Operator, "-"),
            (Cast, "::"),
            (Operator, "="),
        ],
    );
}

#[test]
fn brackets_and_braces_are_punctuation() {
    check(
        "({[]});",
        &[
            (OpenParenthesis, "("),
            (OpenBrace, "{"),
            (OpenBracket, "["),
            (CloseBracket, "]"),
            (CloseBrace, "}"),
            (CloseParenthesis, ")"),
            (Semicolon, ";"),
        ],
    );
}

#[test]
fn block_comments_nest() {
    check(
        "/* a /* b */ c */ d",
        &[(BlockComment, "/* a /* b */ c */"), (Word, "d")],
    );
    check("/* /* */", &[(Unterminated(Open::Comment), "/* /* */")]);
    check("/*/ */", &[(BlockComment, "/*/ */")]);
}

#[test]
fn line_comments_end_with_the_line() {
    check(
        "-- a\r\nb --",
        &[(LineComment, "-- a"), (Word, "b"), (LineComment, "--")],
    );
}

#[test]
fn what_is_not_closed_says_what_it_is() {
    check("'a", &[(Unterminated(Open::String), "'a")]);
    check("B'1", &[(Unterminated(Open::BitString), "B'1")]);
    check("X'1", &[(Unterminated(Open::HexString), "X'1")]);
    check("U&\"a", &[(Unterminated(Open::Identifier), "U&\"a")]);
}

#[test]
fn what_begins_nothing_is_unknown() {
    check(
        "\\ \0\u{1b}",
        &[(Unknown, "\\"), (Unknown, "\0"), (Unknown, "\u{1b}")],
    );
}

#[test]
fn any_text_is_tiled_by_its_tokens() {
    const FRAGMENTS: [&str; 52] = [
        "'", "''", "\"", "\\", "$", "$$", "$a$", "$1", "$name", "E'", "U&'", "u&\"", "B'", "x'",
        "N'", "--", "/*", "*/", "\n", "\r\n", " ", "\t", "\u{b}", "\0", "{", "}", "{{", "(", ")",
        "[", "]", ";", ",", ".", "..", ":", "::", ":=", "=>", "+", "-", "@", "1", "0x", "1e", "_",
        "a", "SELECT", "é", "漢", "🐘", "\u{301}",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        // Xorshift: the same texts in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    for _ in 0..20_000 {
        let length = random(14);
        let soup: std::string::String = (0..length)
            .map(|_| FRAGMENTS[random(FRAGMENTS.len())])
            .collect();
        assert_tiles(&soup);
        for range in crate::statements(&soup) {
            assert!(
                soup.get(range.clone())
                    .is_some_and(|statement| !statement.is_empty()),
                "{soup:?}: {range:?}"
            );
        }
        let end = soup.len() + 2;
        let _ = crate::caret_block(&soup, random(end)..random(end));
        let _ = crate::place(&soup, random(end));
    }
}
