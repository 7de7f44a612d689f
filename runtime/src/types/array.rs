//! Arrays with their dimensions.

/// An array of any number of dimensions, as PostgreSQL holds it.
///
/// An array of one dimension that begins at 1 is a `Vec` as well; this type holds all the others.
///
/// # Example: a matrix
///
/// ```
/// use hathi::types::{Array, Dimension};
///
/// let matrix = Array::new(vec![Dimension::of(2), Dimension::of(3)], vec![1, 2, 3, 4, 5, 6]);
/// assert_eq!(matrix.unwrap().elements()[3], 4);
/// assert!(Array::new(vec![Dimension::of(2)], vec![1]).is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Array<T> {
    // Invariant: at most six, none empty; their product is the number of elements; none if there are no elements.
    dimensions: Vec<Dimension>,
    elements: Vec<T>,
}

/// A dimension of an [`Array`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dimension {
    /// How many elements or rows it has.
    pub length: usize,
    /// The index of the first one: 1, unless it was chosen otherwise.
    pub lower_bound: i32,
}

impl Dimension {
    /// A dimension of this length that begins at 1.
    #[must_use]
    pub fn of(length: usize) -> Self {
        Self {
            length,
            lower_bound: 1,
        }
    }

    /// Whether the server can count it.
    fn is_valid(self) -> bool {
        self.length > 0
            && i32::try_from(self.length)
                .ok()
                .and_then(|length| self.lower_bound.checked_add(length))
                .is_some()
    }
}

impl<T> Array<T> {
    /// The most dimensions the server knows.
    pub const MAX_DIMENSIONS: usize = 6;

    /// The array of these elements, the last dimension varying fastest. `None` if the dimensions are no product of
    /// their number, or more than six.
    #[must_use]
    pub fn new(dimensions: Vec<Dimension>, elements: Vec<T>) -> Option<Self> {
        let product = dimensions.iter().try_fold(1_usize, |product, dimension| {
            product.checked_mul(dimension.length)
        })?;
        let fits = if dimensions.is_empty() {
            elements.is_empty()
        } else {
            product == elements.len()
        };
        let valid = dimensions.len() <= Self::MAX_DIMENSIONS
            && dimensions.iter().all(|dimension| dimension.is_valid());
        (fits && valid).then_some(Self {
            dimensions,
            elements,
        })
    }

    /// The dimensions; none if there are no elements.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The elements, the last dimension varying fastest.
    #[must_use]
    pub fn elements(&self) -> &[T] {
        &self.elements
    }

    /// The elements, the last dimension varying fastest.
    #[must_use]
    pub fn into_elements(self) -> Vec<T> {
        self.elements
    }
}

/// An array of one dimension that begins at 1.
impl<T> From<Vec<T>> for Array<T> {
    fn from(elements: Vec<T>) -> Self {
        let dimensions = if elements.is_empty() {
            Vec::new()
        } else {
            vec![Dimension::of(elements.len())]
        };
        Self {
            dimensions,
            elements,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lengths: &[usize], elements: usize, expected: bool) {
        let dimensions = lengths
            .iter()
            .map(|length| Dimension::of(*length))
            .collect();
        assert_eq!(
            Array::new(dimensions, vec![0; elements]).is_some(),
            expected
        );
    }

    #[test]
    fn dimensions_fit_the_elements() {
        check(&[], 0, true);
        check(&[2, 3], 6, true);
        check(&[1, 1, 1, 1, 1, 1], 1, true);
        check(&[], 1, false);
        check(&[0], 0, false);
        check(&[2, 3], 5, false);
        check(&[1, 1, 1, 1, 1, 1, 1], 1, false);
        check(&[usize::MAX, 2], 0, false);
    }

    #[test]
    fn a_bound_the_server_cannot_count_is_refused() {
        let bounded = |lower_bound| {
            Array::new(
                vec![Dimension {
                    length: 2,
                    lower_bound,
                }],
                vec![0; 2],
            )
        };
        assert!(bounded(i32::MIN).is_some());
        assert!(bounded(i32::MAX - 2).is_some());
        assert!(bounded(i32::MAX - 1).is_none());
    }
}
