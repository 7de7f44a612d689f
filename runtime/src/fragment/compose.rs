//! The macro `sql!`, and what it expands to.

use super::template::{Item, Template};
use super::{Fragment, Identifier, Mistake, Piece};
use crate::codec::{Arguments, Encode, encode_one};
use crate::sql::Type;

/// Hand-written SQL put together while the program runs: a [`Fragment`](crate::Fragment).
///
/// The text is a literal, or several: each is then a line of its own. `$name` stands for a value, given with its SQL
/// type as `name: Int4 = value`; `{name}` for another fragment or an [`Identifier`](crate::Identifier), given as
/// `name = fragment`. Both may be named several times. Inside of SQL literals, quoted identifiers and comments nothing
/// is a placeholder. What is nested stays a sequence of tokens of its own: it cannot run into what stands around it,
/// and a comment in it ends with it.
///
/// Prefer [`query!`](crate::query!) wherever the text is known: the server has checked it before it runs.
///
/// # Example: a condition, a name, and a statement made of them
///
/// ```
/// use hathi::sql::{Array, Int4, Text};
/// use hathi::{Identifier, sql};
///
/// let ids = [1, 2, 3];
/// let filter = sql!("id = ANY ($ids) AND name <> $name", ids: Array<Int4> = &ids, name: Text = "$name");
/// let rename = sql!(
///     "UPDATE {table} SET name = $name"
///     "WHERE {filter} AND name <> $name",
///     name: Text = "Ada",
///     table = Identifier::qualified("public", "crew"),
///     filter = filter,
/// );
/// assert_eq!(
///     rename.to_string(),
///     "UPDATE \"public\".\"crew\" SET name = $1\nWHERE id = ANY ($2) AND name <> $3 AND name <> $1"
/// );
/// ```
#[macro_export]
macro_rules! sql {
    ($first:literal $($more:literal)* $(, $($given:tt)*)?) => {
        $crate::__compose!([::core::concat!($first $(, "\n", $more)*)] [] [] [] $($($given)*)?)
    };
}

/// Takes what is given to `sql!` one by one: values apart from fragments, because the text names them differently.
#[doc(hidden)]
#[macro_export]
macro_rules! __compose {
    ([$text:expr] [$($value:ident)*] [$($nested:ident)*] [$($calls:tt)*]) => {
        $crate::__private::Composer::new({
            static TEMPLATE: $crate::__private::Template = $crate::__private::Template::new(
                $text,
                &[$(::core::stringify!($value)),*],
                &[$(::core::stringify!($nested)),*],
                $crate::__private::Origin {
                    file: ::core::file!(),
                    line: ::core::line!(),
                    column: ::core::column!(),
                },
            );
            &TEMPLATE
        }) $($calls)* .finish()
    };
    ([$text:expr] [$($value:ident)*] [$($nested:ident)*] [$($calls:tt)*]
        $name:ident : $ty:ty = $given:expr $(, $($rest:tt)*)?) => {
        $crate::__compose!([$text] [$($value)* $name] [$($nested)*] [$($calls)* .value::<$ty, _>(&$given)] $($($rest)*)?)
    };
    ([$text:expr] [$($value:ident)*] [$($nested:ident)*] [$($calls:tt)*]
        $name:ident = $given:expr $(, $($rest:tt)*)?) => {
        $crate::__compose!([$text] [$($value)*] [$($nested)* $name] [$($calls)* .nested($given)] $($($rest)*)?)
    };
}

/// What may stand as `{name}` in a fragment: another one, an [`Identifier`], or perhaps one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a part of a fragment by itself",
    label = "expected a `Fragment` or an `Identifier`",
    note = "a value is given with its SQL type, `name: Text = …`, and named `$name`"
)]
pub trait Nest {
    /// It as a fragment.
    fn into_fragment(self) -> Fragment;
}

impl Nest for Fragment {
    fn into_fragment(self) -> Fragment {
        self
    }
}

impl Nest for &Fragment {
    fn into_fragment(self) -> Fragment {
        self.clone()
    }
}

impl Nest for Option<Fragment> {
    fn into_fragment(self) -> Fragment {
        self.unwrap_or_default()
    }
}

impl Nest for Identifier {
    fn into_fragment(self) -> Fragment {
        self.into()
    }
}

impl Nest for &Identifier {
    fn into_fragment(self) -> Fragment {
        self.clone().into()
    }
}

/// A fragment on the way from `sql!`: its values first, each in the order of the names.
#[derive(Debug)]
pub struct Composer {
    template: &'static Template,
    // Invariant: its types and values are those of the template's values, once all have come.
    fragment: Fragment,
    nested: Vec<Fragment>,
}

impl Composer {
    /// Begins with a text.
    #[must_use]
    pub fn new(template: &'static Template) -> Self {
        let fragment = Fragment {
            origin: Some(template.origin),
            ..Fragment::empty()
        };
        Self {
            template,
            fragment,
            nested: Vec::new(),
        }
    }

    /// Takes the next value.
    #[must_use]
    pub fn value<S: Type, T: Encode<S> + ?Sized>(mut self, value: &T) -> Self {
        let index = self.fragment.types.len();
        let whole = self.fragment.values.len();
        let encoded = encode_one(value, &mut Arguments::new(&mut self.fragment.values));
        if let Err(cause) = encoded {
            self.fragment.values.truncate(whole);
            self.fragment.fail(Mistake::Encode {
                name: self.template.values.get(index).copied().unwrap_or_default(),
                cause: cause.into(),
            });
        }
        self.fragment.types.push(S::TYPE);
        self
    }

    /// Takes the next fragment.
    #[must_use]
    pub fn nested(mut self, nested: impl Nest) -> Self {
        self.nested.push(nested.into_fragment());
        self
    }

    /// Puts everything together.
    pub fn finish(self) -> Fragment {
        let Self {
            template,
            mut fragment,
            nested,
        } = self;
        let read = match template.read() {
            Ok(read) => read,
            Err(mistake) => {
                fragment.fail(mistake.clone());
                return fragment;
            }
        };
        let offsets: Vec<usize> = nested
            .iter()
            .map(|nested| fragment.take_values(nested))
            .collect();
        for item in &read.items {
            match item {
                Item::Text(text) => fragment.pieces.push(Piece::Text(text)),
                Item::Value(slot) => fragment.pieces.push(Piece::Slot(*slot)),
                Item::Nested(index) => {
                    if let (Some(nested), Some(offset)) = (nested.get(*index), offsets.get(*index))
                    {
                        fragment.append_pieces(nested, *offset);
                    }
                }
            }
        }
        fragment.open_comment = read.open_comment;
        fragment
    }
}
