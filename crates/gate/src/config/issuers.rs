//! `issuers`: who may vouch for a subject.

use authn::text::quoted;
use deserr::Deserr;

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems};
use super::roles::{ProviderConfig, RoleSourceConfig};
use super::signature::{AlgorithmConfig, SignatureConfig};
use super::value::{Given, Members, Name, NonEmpty};

/// One issuer.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "Issuer", transform = json_schema::issuer, transform = json_schema::object::<Self>
))]
pub(crate) struct IssuerConfig {
    /// For logs: up to 64 of `a` to `z`, `0` to `9`, `_` and `-`. No other issuer has it.
    pub(crate) name: IssuerName,
    /// The token's `iss`, exactly; left out: not checked. Required with several issuers.
    #[deserr(default)]
    pub(crate) issuer: Given<Name>,
    /// One of these must be in the token's `aud`; left out: not checked. With neither this nor `issuer`, every token counts
    /// that one of the keys signed.
    #[deserr(default)]
    pub(crate) audiences: Given<NonEmpty<Name>>,
    /// How it is known that a token is this issuer's: exactly one way.
    pub(crate) signature: SignatureConfig,
    /// Narrows the algorithms that the keys verify. The key decides, never the token's header. Only with
    /// `jwks` and `remote_jwks`.
    #[deserr(default)]
    pub(crate) algorithms: Given<NonEmpty<AlgorithmConfig>>,
    /// Accepted values of the token header's `typ`, such as `at+jwt`; left out: not checked. Not with `jwt_authn`.
    #[deserr(default)]
    pub(crate) typ: Given<NonEmpty<Name>>,
    /// Where roles are read: the union of all places counts. `a.b` nests, `["https://x.y/roles"]` is a literal name,
    /// `{ claim: scope, split: " " }` splits a string.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = ["roles", "role"])))]
    pub(crate) roles: Given<NonEmpty<RoleSourceConfig>>,
    /// Reads roles where this provider puts them; `roles`, where given, counts instead.
    #[deserr(default)]
    pub(crate) provider: Given<ProviderConfig>,
    /// Other names for roles. A renamed role has its new name alone; roles that are not named here keep theirs.
    #[deserr(default)]
    pub(crate) role_map: Given<Members<Name>>,
}

/// An issuer's name, which appears in logs and metrics: `[a-z0-9_-]+`.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = IssuerName::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("pattern" = "^[a-z0-9_-]{1,64}$")))]
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
