//! `rules`: the permission table.

use authz::{HostPattern, MethodPattern};
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

use super::allow::AllowConfig;
use super::grpc::GrpcConfig;
#[cfg(feature = "schema")]
use super::json_schema;
use super::mode::ModeConfig;
use super::problem::{Invalid, Problems};
use super::value::{Given, Message, Name, NonEmpty};

/// One row of the permission table. It has one of `path`, `paths` and `grpc`, which is checked on the row as it is written;
/// so are the patterns of the first two, whose grammar depends on the configuration's `paths`.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "Rule", description = "One row of the permission table.",
    transform = json_schema::rule, transform = json_schema::object::<Self>
))]
pub(crate) struct RuleConfig {
    /// For logs; unique. Left out, it is made of methods, hosts and paths.
    #[deserr(default)]
    pub(crate) name: Given<Name>,
    /// The hosts it is for: `api.example.com` or `*.example.org`; left out: any.
    #[deserr(default)]
    pub(crate) hosts: Given<NonEmpty<Pattern<HostPattern>>>,
    /// The methods it is for, exactly these: none implies another, `HEAD` is not `GET`. Left out: any.
    /// Not with `grpc`, whose method is POST.
    #[deserr(default)]
    pub(crate) methods: Given<NonEmpty<Pattern<MethodPattern>>>,
    /// The path it is for: `/a/b`, `/a/{id}`, `/a/*` for one segment, `/a/**` for any rest.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(regex(pattern = json_schema::PATH)))]
    pub(crate) path: Given<String>,
    /// The paths it is for, each as `path` has it.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(inner(regex(pattern = json_schema::PATH))))]
    pub(crate) paths: Given<NonEmpty<String>>,
    /// The gRPC methods it is for, one or a list: `shop.Orders/List`, or `shop.Orders/*` for all of a service.
    #[deserr(default)]
    pub(crate) grpc: Given<GrpcConfig>,
    /// Who may.
    pub(crate) allow: AllowConfig,
    /// What a principal without permission is told; with `status: 404`, everybody whom the rule denies. Left out:
    /// `replies.messages`. Not with `allow: public`, which denies nobody.
    #[deserr(default)]
    pub(crate) message: Given<Message>,
    /// 404 hides what the rule governs: whom it denies is answered as if there were nothing. Left out: 401 and 403.
    /// Not with `allow: public`.
    #[deserr(default)]
    pub(crate) status: Given<HidingStatus>,
    /// Whether the rule's denials stop requests.
    #[deserr(default)]
    pub(crate) mode: Given<ModeConfig>,
}

/// `status`: what a denial of the rule says instead of 401 and 403.
#[derive(Debug, Deserr)]
#[deserr(try_from(u32) = HidingStatus::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, with = "u32", extend("const" = 404)))]
pub(crate) struct HidingStatus;

impl HidingStatus {
    fn parse(status: u32) -> Result<Self, Invalid> {
        match status {
            404 => Ok(Self),
            _ => Err(Invalid(format!(
                "expected 404, which hides what the rule governs, found {status}"
            ))),
        }
    }
}

/// A pattern, with the text it was written as.
#[derive(Debug)]
pub(crate) struct Pattern<P> {
    pub(crate) text: String,
    pub(crate) compiled: P,
}

/// A pattern that is written as one string.
pub(crate) trait Parse: Sized {
    fn parse(text: &str) -> Result<Self, Invalid>;
}

impl Parse for HostPattern {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self::parse(text)?)
    }
}

impl Parse for MethodPattern {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self::parse(text)?)
    }
}

impl<P: Parse> Deserr<Problems> for Pattern<P> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let text = String::deserialize_from_value(value, location)?;
        match P::parse(&text) {
            Ok(compiled) => Ok(Self { text, compiled }),
            Err(Invalid(message)) => Err(Problems::at(location, message)),
        }
    }
}
