//! `claims: { sub: "{id}" }`: what claims are compared with.

use authn::ClaimPath;
use authn::text::quoted;
use deserr::{Deserr, IntoValue, Sequence as _, Value, ValuePointerRef};
use serde_json::Number;

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems, found};
use super::token_from::is_token;

/// One value, or a list of values of which one must be it.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::claim_values"))]
pub(crate) struct ClaimValues(pub(crate) Vec<ClaimValue>);

/// What a claim is compared with.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::claim_value"))]
pub(crate) enum ClaimValue {
    Text(String),
    Number(Number),
    Bool(bool),
    /// `"{id}"`: the path variable of this name.
    Variable(String),
    /// `{ header: x-tenant }`.
    Header(String),
}

/// 2^53: below it, doubles hold whole numbers exactly. Claims that come through jwt_authn are doubles, and so are the
/// numbers of a configuration that is a `google.protobuf.Struct`.
pub(super) const BEYOND: u64 = 1 << 53;

/// Values of one claim: a token's array may have thousands of elements, each of which is compared with all of them.
pub(super) const MOST_VALUES: usize = 100;

/// What a claim is compared with, where that is a request header.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "FromHeader", transform = json_schema::object::<Self>
))]
pub(super) struct FromHeader {
    /// The request header whose value the claim must be. One that is empty or comes twice never matches.
    header: HeaderName,
}

impl Deserr<Problems> for ClaimValues {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let Value::Sequence(elements) = value else {
            return ClaimValue::deserialize_from_value(value, location).map(|one| Self(vec![one]));
        };
        if elements.len() > MOST_VALUES {
            let message = format!("has {} values, more than {MOST_VALUES}", elements.len());
            return Err(Problems::at(location, message));
        }
        let mut values = Vec::new();
        let mut problems = Problems::default();
        for (index, element) in elements.into_iter().enumerate() {
            let place = location.push_index(index);
            match ClaimValue::deserialize_from_value(element.into_value(), place) {
                Ok(value) => values.push(value),
                Err(found) => problems.0.extend(found.0),
            }
        }
        if values.is_empty() && problems.0.is_empty() {
            return Err(Problems::at(location, "the list is empty; name a value"));
        }
        if problems.0.is_empty() { Ok(Self(values)) } else { Err(problems) }
    }
}

impl Deserr<Problems> for ClaimValue {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        match value {
            Value::String(text) => {
                Self::text(text).map_err(|Invalid(problem)| Problems::at(location, problem))
            }
            Value::Boolean(boolean) => Ok(Self::Bool(boolean)),
            Value::Integer(number) if number < BEYOND => Ok(Self::Number(number.into())),
            Value::NegativeInteger(number) if number.unsigned_abs() < BEYOND => {
                Ok(Self::Number(number.into()))
            }
            Value::Float(double) if double.fract() != 0.0 => Number::from_f64(double)
                .map(Self::Number)
                .ok_or_else(|| Problems::at(location, "the number is not finite")),
            Value::Integer(_) | Value::NegativeInteger(_) | Value::Float(_) => Err(Problems::at(
                location,
                "the number is too large to be told from its neighbours, which doubles cannot; compare a claim that \
                 is a string",
            )),
            map @ Value::Map(_) => FromHeader::deserialize_from_value(map, location)
                .map(|from| Self::Header(from.header.0)),
            other => {
                let expected =
                    "expected a string, a number, true or false, or `{ header: x-name }`";
                Err(Problems::at(location, format!("{expected}, found {}", found(&other))))
            }
        }
    }
}

impl ClaimValue {
    /// A text with braces is a variable, and nothing else: what looks like one must not be taken for a text.
    fn text(text: String) -> Result<Self, Invalid> {
        if !text.contains(['{', '}']) {
            return Ok(Self::Text(text));
        }
        let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match inner.filter(|name| !name.is_empty() && !name.contains(['{', '}'])) {
            Some(name) => Ok(Self::Variable(name.to_owned())),
            None => Err(Invalid(format!(
                "{} has braces, which are for a path variable alone, as in \"{{id}}\"",
                quoted(&text)
            ))),
        }
    }
}

/// The name of a request header, in lower case as Envoy has it. The target's own parts and the token are no
/// headers to compare with.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = HeaderName::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline,
    extend("pattern" = json_schema::LOWER_CASE_TOKEN, "not" = { "enum": ["host", "cookie", "authorization"] })
))]
struct HeaderName(String);

impl HeaderName {
    fn parse(text: String) -> Result<Self, Invalid> {
        let reserved = matches!(text.as_str(), "host" | "cookie" | "authorization");
        if is_token(&text) && !reserved && !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Ok(Self(text));
        }
        let expected = "expected lower-case letters such as `x-tenant`";
        Err(Invalid(format!("{} is not a header to compare with; {expected}", quoted(&text))))
    }
}

/// The path of a key of `claims`: `a.b` nests, `["https://x.y/a"]` is a list of literal names.
pub(crate) fn claim_path(key: &str) -> Result<ClaimPath, Invalid> {
    if !key.starts_with('[') {
        return Ok(ClaimPath::parse(key)?);
    }
    let expected = "expected a list of names in quotes, such as `[\"https://example.com/tenant\"]`";
    let names = serde_json::from_str(key)
        .map_err(|_| Invalid(format!("{} is not a claim path; {expected}", quoted(key))))?;
    Ok(ClaimPath::literal(names)?)
}
