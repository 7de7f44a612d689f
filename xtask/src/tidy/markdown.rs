//! Reads tables, code spans and links of Markdown documents.

/// A table: the cells of its head, and its rows with their lines.
#[derive(Debug, PartialEq)]
pub(crate) struct Table<'a> {
    pub(crate) line: usize,
    pub(crate) head: Vec<&'a str>,
    pub(crate) rows: Vec<(usize, Vec<&'a str>)>,
}

impl<'a> Table<'a> {
    /// The first table of the document whose head begins with these cells.
    pub(crate) fn find(text: &'a str, head: &[&str]) -> Option<Self> {
        let mut lines = text.lines().enumerate();
        let (index, found) = lines.find_map(|(index, line)| {
            let cells = cells(line)?;
            cells.starts_with(head).then_some((index, cells))
        })?;
        let mut rows = Vec::new();
        for (index, line) in lines {
            let Some(cells) = cells(line) else { break };
            if !cells
                .iter()
                .all(|cell| cell.chars().all(|c| matches!(c, '-' | ':')))
            {
                rows.push((index + 1, cells));
            }
        }
        Some(Self {
            line: index + 1,
            head: found,
            rows,
        })
    }
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inside.split('|').map(str::trim).collect())
}

/// The code spans of a text: what stands between backticks.
pub(crate) fn code_spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The targets of the links `[words](target)`, with their lines, outside of code blocks.
pub(crate) fn links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for (at, opening) in line.match_indices("](") {
            let target = line
                .get(at + opening.len()..)
                .and_then(|rest| rest.split(')').next());
            links.extend(target.map(|target| (index + 1, target)));
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# A
| other | b |
| --- | --- |
| 1 | 2 |

| crate | folder |
| --- | :-: |
| `hathi` | `runtime/` and `x` |
| `xtask` | |
text [book](docs/a.md), [more](b.md#c)
```text
[no](link)
```
";

    #[test]
    fn a_table_is_found_by_its_head() {
        let table = Table::find(TEXT, &["crate", "folder"]).unwrap();
        assert_eq!(table.line, 6);
        assert_eq!(
            table.rows,
            [
                (8, vec!["`hathi`", "`runtime/` and `x`"]),
                (9, vec!["`xtask`", ""])
            ]
        );
        assert_eq!(Table::find(TEXT, &["folder"]), None);
    }

    #[test]
    fn code_spans_stand_between_backticks() {
        assert_eq!(code_spans("`runtime/` and `x`"), ["runtime/", "x"]);
        assert!(code_spans("nothing").is_empty());
    }

    #[test]
    fn links_are_found_outside_of_code() {
        assert_eq!(links(TEXT), [(10, "docs/a.md"), (10, "b.md#c")]);
    }
}
