//! `issuers`: who may vouch for a subject.

use authn::text::quoted;
use deserr::{Deserr, IntoValue, Map as _, Value, ValuePointerRef};

use super::problem::{Invalid, Problems, found, unknown};
use super::roles::{ProviderConfig, RoleSourceConfig};
use super::value::{Given, Members, Name, NonEmpty};

/// One issuer.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct IssuerConfig {
    pub(crate) name: IssuerName,
    #[deserr(default)]
    pub(crate) issuer: Given<Name>,
    #[deserr(default)]
    pub(crate) audiences: Given<NonEmpty<Name>>,
    pub(crate) signature: SignatureConfig,
    #[deserr(default)]
    pub(crate) roles: Given<NonEmpty<RoleSourceConfig>>,
    #[deserr(default)]
    pub(crate) provider: Given<ProviderConfig>,
    #[deserr(default)]
    pub(crate) role_map: Given<Members<Name>>,
}

/// An issuer's name, which appears in logs and metrics: `[a-z0-9_-]+`.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = IssuerName::parse -> Invalid, error = Problems)]
pub(crate) struct IssuerName(pub(crate) String);

impl IssuerName {
    fn parse(text: String) -> Result<Self, Invalid> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            let expected = "expected 1 to 64 of `a` to `z`, `0` to `9`, `_` and `-`";
            return Err(Invalid(format!("{} is not an issuer's name; {expected}", quoted(&text))));
        }
        Ok(Self(text))
    }
}

/// `signature`: exactly one way to know that a token is its issuer's.
#[derive(Debug)]
pub(crate) enum SignatureConfig {
    JwtAuthn(JwtAuthnConfig),
    DecodeOnly,
}

/// `signature.jwt_authn`.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct JwtAuthnConfig {
    pub(crate) metadata: Name,
}

impl Deserr<Problems> for SignatureConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        const WAYS: &[&str] = &["jwt_authn", "decode_only"];
        let Value::Map(members) = value else {
            let found = found(&value);
            return Err(Problems::at(location, format!("expected an object, found {found}")));
        };
        if members.len() != 1 {
            let message = format!("expected exactly one of `{}`", WAYS.join("`, `"));
            return Err(Problems::at(location, message));
        }
        let Some((way, value)) = members.into_iter().next() else {
            return Err(Problems::at(location, "is empty"));
        };
        let inner = location.push_key(&way);
        match (way.as_str(), value.into_value()) {
            ("jwt_authn", value) => {
                JwtAuthnConfig::deserialize_from_value(value, inner).map(Self::JwtAuthn)
            }
            ("decode_only", Value::Boolean(true)) => Ok(Self::DecodeOnly),
            ("decode_only", value) => {
                let found = found(&value);
                Err(Problems::at(inner, format!("expected `true`, found {found}")))
            }
            ("jwks" | "remote_jwks", _) => Err(Problems::at(
                inner,
                "verifying signatures is not supported by this version; let Envoy's jwt_authn do it \
                 and use `jwt_authn`",
            )),
            _ => Err(Problems::at(location, unknown("key", &way, WAYS))),
        }
    }
}
