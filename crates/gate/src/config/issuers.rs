//! `issuers`: who may vouch for a subject.

use authn::text::quoted;
use deserr::Deserr;

use super::problem::{Invalid, Problems};
use super::roles::{ProviderConfig, RoleSourceConfig};
use super::signature::{AlgorithmConfig, SignatureConfig};
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
    pub(crate) algorithms: Given<NonEmpty<AlgorithmConfig>>,
    #[deserr(default)]
    pub(crate) typ: Given<NonEmpty<Name>>,
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
