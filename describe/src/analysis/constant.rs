//! What the bytes of a constant say.
//!
//! They are printed as they lie in the server's memory. What depends on the order of bytes is believed only where the
//! lengths fit.

use std::borrow::Cow;

use crate::tree::Node;

const BOOL: u32 = 16;
const TEXT: u32 = 25;
const UNKNOWN: u32 = 705;

/// Whether an expression is a constant that is not NULL.
pub(crate) fn is_value(expression: Node<'_>) -> bool {
    expression.label() == "CONST" && expression.flag("constisnull") == Some(false)
}

/// Whether an expression is NULL as it is written.
pub(crate) fn is_null(expression: Node<'_>) -> bool {
    expression.label() == "CONST" && expression.flag("constisnull") == Some(true)
}

/// The constant condition that an expression is.
pub(crate) fn truth(expression: Node<'_>) -> Option<bool> {
    if !is_value(expression) || expression.oid("consttype") != Some(BOOL) {
        return None;
    }
    let bytes = expression.bytes("constvalue")?;
    Some(bytes.iter().any(|byte| *byte != 0))
}

/// The text that an expression is.
pub(crate) fn text(expression: Node<'_>) -> Option<Cow<'static, str>> {
    let ty = expression.oid("consttype")?;
    if !is_value(expression) || !matches!(ty, TEXT | UNKNOWN) {
        return None;
    }
    let bytes = expression.bytes("constvalue")?;
    let text = if ty == UNKNOWN {
        bytes.strip_suffix(&[0])?.to_vec()
    } else {
        varlena(&bytes)?.to_vec()
    };
    String::from_utf8(text).ok().map(Cow::Owned)
}

/// Whether an expression is an array that has elements.
pub(crate) fn has_elements(expression: Node<'_>) -> bool {
    let mut node = expression;
    // Casts of casts are not nested deeply.
    for _ in 0..8 {
        node = match node.label() {
            "RELABELTYPE" | "ARRAYCOERCEEXPR" => match node.node("arg") {
                Some(inner) => inner,
                None => return false,
            },
            "ARRAYEXPR" => {
                let is_flat = node.flag("multidims") == Some(false);
                return is_flat && node.list("elements").len() > 0;
            }
            "CONST" => {
                return array(node).is_some_and(|array| array.dimensions > 0 && array.count > 0);
            }
            _ => return false,
        };
    }
    false
}

/// Whether an expression is an array none of whose elements is NULL.
pub(crate) fn has_no_null(expression: Node<'_>) -> bool {
    array(expression).is_some_and(|array| !array.has_nulls)
}

struct Array {
    dimensions: u32,
    count: u32,
    has_nulls: bool,
}

/// Reads the head of an array: its length, the number of dimensions, where data begins if there are NULLs, the type of
/// its elements, and the lengths of the dimensions.
fn array(expression: Node<'_>) -> Option<Array> {
    if !is_value(expression) || expression.number::<i16>("constlen") != Some(-1) {
        return None;
    }
    let bytes = expression.bytes("constvalue")?;
    let mut words = varlena(&bytes)?.chunks_exact(4).map(|word| {
        let word: [u8; 4] = word.try_into().unwrap_or_default();
        u32::from_le_bytes(word)
    });
    let (dimensions, offset, _element) = (words.next()?, words.next()?, words.next()?);
    let lengths = words.take(usize::try_from(dimensions).ok()?);
    let count = if dimensions == 0 {
        0
    } else {
        lengths.fold(1_u32, u32::saturating_mul)
    };
    (dimensions <= 6).then_some(Array {
        dimensions,
        count,
        has_nulls: offset != 0,
    })
}

/// What is behind the length of a value that is neither compressed nor stored elsewhere.
fn varlena(bytes: &[u8]) -> Option<&[u8]> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    let head = u32::from_le_bytes(*head);
    let length = usize::try_from(head >> 2).ok()?;
    (head & 3 == 0 && length == bytes.len()).then_some(rest)
}

/// Whether a constant date or time is a finite one.
pub(crate) fn is_finite(expression: Node<'_>) -> bool {
    const DATE: u32 = 1082;
    const TIMESTAMP: u32 = 1114;
    const TIMESTAMPTZ: u32 = 1184;
    let Some(bytes) = expression
        .bytes("constvalue")
        .filter(|_| is_value(expression))
    else {
        return false;
    };
    let Ok(bytes) = <[u8; 8]>::try_from(bytes.as_slice()) else {
        return false;
    };
    match expression.oid("consttype") {
        Some(TIMESTAMP | TIMESTAMPTZ) => {
            let both = [i64::from_le_bytes(bytes), i64::from_be_bytes(bytes)];
            both.iter()
                .all(|time| !matches!(*time, i64::MIN | i64::MAX))
        }
        Some(DATE) => {
            let both = [i64::from_le_bytes(bytes), i64::from_be_bytes(bytes)];
            let days = both.map(i32::try_from);
            // One of the orders of bytes makes a date of it, and then the infinite ones are known.
            days.iter().any(Result::is_ok)
                && days
                    .into_iter()
                    .flatten()
                    .all(|day| !matches!(day, i32::MIN | i32::MAX))
        }
        _ => false,
    }
}
