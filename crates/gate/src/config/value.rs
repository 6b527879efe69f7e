//! Values with a small grammar that several parts of the configuration share.

use authn::text::quoted;
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

use super::problem::{Invalid, Problems};

/// A key that may be left out. Written down, it says something: `methods:` with nothing behind it is a
/// slip, and would widen the rule to any method.
#[derive(Debug)]
pub(crate) struct Given<T>(pub(crate) Option<T>);

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Deserr<Problems>> Deserr<Problems> for Given<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        T::deserialize_from_value(value, location).map(|value| Self(Some(value)))
    }
}

/// A list with at least one element: an empty one would be read as "all" by some and "none" by others.
#[derive(Debug)]
pub(crate) struct NonEmpty<T>(pub(crate) Vec<T>);

impl<T: Deserr<Problems>> Deserr<Problems> for NonEmpty<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let elements = Vec::<T>::deserialize_from_value(value, location)?;
        if elements.is_empty() {
            return Err(Problems::at(
                location,
                "the list is empty; leave the key out or name something",
            ));
        }
        Ok(Self(elements))
    }
}

/// A name for people and logs: not empty, at most 128 bytes, no control characters.
#[derive(Debug, Clone, Deserr)]
#[deserr(try_from(String) = Name::parse -> Invalid, error = Problems)]
pub(crate) struct Name(pub(crate) String);

impl Name {
    fn parse(text: String) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > 128 || text.chars().any(char::is_control) {
            let expected = "expected a name of 1 to 128 bytes without control characters";
            return Err(Invalid(format!("{} is not a name; {expected}", quoted(&text))));
        }
        Ok(Self(text))
    }
}

/// A sentence that clients are told: not empty, at most 1,024 bytes, no control characters.
#[derive(Debug, Clone, Deserr)]
#[deserr(try_from(String) = Message::parse -> Invalid, error = Problems)]
pub(crate) struct Message(pub(crate) String);

impl Message {
    fn parse(text: String) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > 1024 || text.chars().any(char::is_control) {
            let expected = "expected a message of 1 to 1024 bytes without control characters";
            return Err(Invalid(format!("{} is not a message; {expected}", quoted(&text))));
        }
        Ok(Self(text))
    }
}
