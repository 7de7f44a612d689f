//! How what is said on a channel is written and read.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::name::{self, Mistake};
use crate::codec::{Arguments, Encode, EncodeError};
use crate::sql::Text;

/// The longest payload that the server takes, as it is compiled unless somebody has changed its page size.
pub(super) const LONGEST: usize = 7999;

/// Why a payload cannot be written or read.
pub type PayloadError = Box<dyn StdError + Send + Sync>;

/// What can be said on a channel: a type with a text of at most 7999 bytes.
///
/// # Example: a payload of one's own
///
/// ```
/// use std::borrow::Cow;
/// use hathi::{Channel, Payload, PayloadError};
///
/// /// Which table has changed, and which row of it.
/// struct Changed {
///     table: String,
///     id: i64,
/// }
///
/// impl Payload for Changed {
///     type Owned = Self;
///
///     fn write(&self) -> Result<Cow<'_, str>, PayloadError> {
///         Ok(format!("{}:{}", self.table, self.id).into())
///     }
///
///     fn read(text: &str) -> Result<Self, PayloadError> {
///         let (table, id) = text.rsplit_once(':').ok_or("expected `table:id`")?;
///         Ok(Self { table: table.to_owned(), id: id.parse()? })
///     }
/// }
///
/// const CHANGES: Channel<Changed> = Channel::new("changes");
/// # let changed = Changed::read("crew:7").unwrap();
/// # assert_eq!((changed.table.as_str(), changed.id, CHANGES.name()), ("crew", 7, "changes"));
/// # assert_eq!(changed.write().unwrap(), "crew:7");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what can be said on a channel",
    note = "a payload is a `str`, a number, `()`, `Json<…>` with the feature `json`, or a type with `impl Payload`"
)]
pub trait Payload {
    /// What is read: the type itself, unless it is borrowed.
    type Owned;

    /// Its text.
    ///
    /// # Errors
    ///
    /// If the value has none.
    fn write(&self) -> Result<Cow<'_, str>, PayloadError>;

    /// The value of a text, which may come from anybody.
    ///
    /// # Errors
    ///
    /// If the text is none of a value.
    fn read(text: &str) -> Result<Self::Owned, PayloadError>;
}

impl Payload for str {
    type Owned = String;

    fn write(&self) -> Result<Cow<'_, str>, PayloadError> {
        Ok(Cow::Borrowed(self))
    }

    fn read(text: &str) -> Result<String, PayloadError> {
        Ok(text.to_owned())
    }
}

impl Payload for String {
    type Owned = Self;

    fn write(&self) -> Result<Cow<'_, str>, PayloadError> {
        Ok(Cow::Borrowed(self))
    }

    fn read(text: &str) -> Result<Self, PayloadError> {
        Ok(text.to_owned())
    }
}

/// Nothing is said but that something has happened; what others say is not looked at.
impl Payload for () {
    type Owned = ();

    fn write(&self) -> Result<Cow<'_, str>, PayloadError> {
        Ok(Cow::Borrowed(""))
    }

    fn read(_: &str) -> Result<(), PayloadError> {
        Ok(())
    }
}

macro_rules! numbers {
    ($($number:ty)+) => {$(
        impl Payload for $number {
            type Owned = Self;

            fn write(&self) -> Result<Cow<'_, str>, PayloadError> {
                Ok(Cow::Owned(self.to_string()))
            }

            fn read(text: &str) -> Result<Self, PayloadError> {
                Ok(text.parse()?)
            }
        }
    )+};
}

numbers!(i16 i32 i64 u16 u32 u64);

/// JSON, by serde.
#[cfg(feature = "json")]
impl<T: serde_core::Serialize + serde_core::de::DeserializeOwned> Payload
    for crate::types::Json<T>
{
    type Owned = Self;

    fn write(&self) -> Result<Cow<'_, str>, PayloadError> {
        Ok(Cow::Owned(serde_json::to_string(&self.0)?))
    }

    fn read(text: &str) -> Result<Self, PayloadError> {
        Ok(Self(serde_json::from_str(text)?))
    }
}

/// A payload on its way, and the channel it is for: two values of a statement.
pub(crate) enum Sent<'a> {
    Name(&'a str),
    Payload(Result<Cow<'a, str>, PayloadError>),
}

impl Encode<Text> for Sent<'_> {
    fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
        let text: &str = match self {
            Self::Name(name) => {
                name::check(name).map_err(EncodeError::rejected)?;
                name
            }
            Self::Payload(Ok(payload)) if payload.len() > LONGEST => {
                return Err(EncodeError::rejected(Mistake::LongPayload(payload.len())));
            }
            Self::Payload(Ok(payload)) => payload,
            Self::Payload(Err(cause)) => return Err(EncodeError::rejected(cause.to_string())),
        };
        Encode::<Text>::encode(text, to)
    }
}

/// A payload that is not what its channel is for. The payload itself is not told: it may be anybody's secret.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(super) channel: Box<str>,
    pub(super) cause: PayloadError,
}

impl Unreadable {
    pub(crate) fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { channel, cause } = self;
        write!(f, "a notification on \"{channel}\" cannot be read: {cause}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T: Payload<Owned = T> + PartialEq + fmt::Debug>(value: &T, text: &str) {
        assert_eq!(value.write().unwrap(), text);
        assert_eq!(T::read(text).unwrap(), *value);
    }

    #[test]
    fn payloads_are_texts() {
        check(&String::from(" grüße "), " grüße ");
        check(&(), "");
        check(&i64::MIN, "-9223372036854775808");
        check(&u64::MAX, "18446744073709551615");
        assert_eq!("x".write().unwrap(), "x");
        assert_eq!(str::read("x").unwrap(), "x");
    }

    #[test]
    fn what_is_no_number_is_an_error() {
        for text in ["", " 1", "1.5", "99999", "x"] {
            assert!(i16::read(text).is_err(), "{text}");
        }
    }

    #[cfg(feature = "json")]
    #[test]
    fn values_of_serde_are_said_as_json() {
        use crate::types::Json;

        check(&Json(vec![1, 2]), "[1,2]");
        assert!(Json::<Vec<i32>>::read("{").is_err());
    }
}
