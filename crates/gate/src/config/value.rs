//! Values with a small grammar that several parts of the configuration share.

use std::collections::BTreeMap;

use deserr::{Deserr, IntoValue, Map as _, Value, ValuePointerRef};

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems, found, place};

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

/// An object with at least one member, whose keys are not ours but text of the operator's.
///
/// Not deserr's own reader for maps: that one (0.6.4) leaves out the members that it cannot read, and says
/// nothing of it.
#[derive(Debug)]
pub(crate) struct Members<T>(pub(crate) BTreeMap<String, T>);

impl<T: Deserr<Problems>> Deserr<Problems> for Members<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let Value::Map(object) = value else {
            let found = found(&value);
            return Err(Problems::at(location, format!("expected an object, found {found}")));
        };
        if object.is_empty() {
            return Err(Problems::at(location, "is empty; leave the key out or name something"));
        }
        let mut members = BTreeMap::new();
        let mut problems = Problems::default();
        for (key, value) in object.into_iter() {
            let member = T::deserialize_from_value(value.into_value(), location.push_key(&key));
            match (Text::parse(key), member) {
                (Ok(key), Ok(member)) => {
                    members.insert(key.0, member);
                }
                (Ok(_), Err(found)) => problems.0.extend(found.0),
                (Err(Invalid(message)), _) => problems.push(place(location), message),
            }
        }
        if problems.0.is_empty() { Ok(Self(members)) } else { Err(problems) }
    }
}

/// A name for people and logs.
#[derive(Debug, Clone, Deserr)]
#[deserr(try_from(String) = Name::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, extend("minLength" = 1, "maxLength" = 128, "pattern" = json_schema::PLAIN)
))]
pub(crate) struct Name(pub(crate) String);

impl Name {
    fn parse(text: String) -> Result<Self, Invalid> {
        plain::<128>("a name", text).map(Self)
    }
}

/// A sentence that clients are told.
#[derive(Debug, Clone, Deserr)]
#[deserr(try_from(String) = Message::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, extend("minLength" = 1, "maxLength" = 1_024, "pattern" = json_schema::PLAIN)
))]
pub(crate) struct Message(pub(crate) String);

impl Message {
    fn parse(text: String) -> Result<Self, Invalid> {
        plain::<1_024>("a message", text).map(Self)
    }
}

/// Text of an identity provider's, such as a group's distinguished name.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = Text::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, extend("minLength" = 1, "maxLength" = 1_024, "pattern" = json_schema::PLAIN)
))]
pub(crate) struct Text(pub(crate) String);

impl Text {
    fn parse(text: String) -> Result<Self, Invalid> {
        plain::<1_024>("a text", text).map(Self)
    }
}

/// Not empty, at most so many bytes, no control characters. What is not, is not quoted: it may be a key that was
/// written in a name's place.
fn plain<const MOST: usize>(what: &str, text: String) -> Result<String, Invalid> {
    if !(1..=MOST).contains(&text.len()) {
        let found = text.len();
        return Err(Invalid(format!("expected {what} of 1 to {MOST} bytes, found {found}")));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid(format!("expected {what}, found control characters")));
    }
    Ok(text)
}
