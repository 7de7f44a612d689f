//! The text of a fragment.

use super::{Fragment, Piece};

impl Fragment {
    /// The text with its parameters numbered.
    pub(super) fn render(&self) -> String {
        let mut sql = String::new();
        let mut gap = false;
        for piece in &self.pieces {
            match piece {
                Piece::Gap => gap = true,
                Piece::Text("") => {}
                Piece::Text(text) => push(&mut sql, text, std::mem::take(&mut gap)),
                Piece::Owned(text) => push(&mut sql, text, std::mem::take(&mut gap)),
                Piece::Slot(slot) => {
                    let number = format!("${}", slot + 1);
                    push(&mut sql, &number, std::mem::take(&mut gap));
                }
            }
        }
        sql
    }
}

/// Puts a text behind another. Where one could run into the other, a space keeps them apart.
fn push(sql: &mut String, text: &str, gap: bool) {
    let apart = sql.is_empty()
        || sql.ends_with(|c: char| c.is_ascii_whitespace() || c == '(')
        || text.starts_with(|c: char| c.is_ascii_whitespace() || c == ')' || c == ',')
        // A name and its dot, on either side of it.
        || (sql.ends_with('"') && text.starts_with('.'))
        || (sql.ends_with('.') && text.starts_with('"'));
    if gap && !apart {
        sql.push(' ');
    }
    sql.push_str(text);
}
