//! `rules[].grpc`: another way to write a path, for gRPC methods.

use authn::text::quoted;
use authz::{InvalidPattern, MethodPattern, PathOptions, PathPattern};
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems};
use super::rules::Pattern;
use super::value::NonEmpty;

/// One method, or a list of them, each as the path that it is called by (`/pkg.Service/Method`).
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(inline, schema_with = "json_schema::one_or_more::<Method>")
)]
pub(crate) struct GrpcConfig(pub(crate) Vec<Method>);

impl Deserr<Problems> for GrpcConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        match value {
            list @ Value::Sequence(_) => {
                NonEmpty::deserialize_from_value(list, location).map(|methods| Self(methods.0))
            }
            one => Method::deserialize_from_value(one, location).map(|method| Self(vec![method])),
        }
    }
}

impl GrpcConfig {
    /// As it was written.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<&str> = self.0.iter().map(|method| method.text.as_str()).collect();
        texts.join(",")
    }

    /// The paths that it means.
    pub(crate) fn paths(
        &self,
        options: PathOptions,
    ) -> Result<Vec<Pattern<PathPattern>>, InvalidPattern> {
        let path = |method: &Method| {
            let compiled = PathPattern::parse(&format!("/{}", method.text), options)?;
            Ok(Pattern { text: method.text.clone(), compiled })
        };
        self.0.iter().map(path).collect()
    }

    /// The method that all of them are called with.
    pub(crate) fn method() -> MethodPattern {
        MethodPattern::Named("POST".to_owned())
    }
}

/// `pkg.Service/Method`, or `pkg.Service/*` for all of its methods.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = Method::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, with = "String",
    extend("maxLength" = 512, "pattern" = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*/(\*|[A-Za-z_][A-Za-z0-9_]*)$")
))]
pub(crate) struct Method {
    text: String,
}

impl Method {
    fn parse(text: String) -> Result<Self, Invalid> {
        let name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let is_method = |(service, method): (&str, &str)| {
            service.split('.').all(name) && (method == "*" || name(method))
        };
        if text.len() <= 512 && text.split_once('/').is_some_and(is_method) {
            return Ok(Self { text });
        }
        let expected = "expected `package.Service/Method` or `package.Service/*`";
        Err(Invalid(format!("{} is not a gRPC method; {expected}", quoted(&text))))
    }
}
