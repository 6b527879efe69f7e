//! Why a request has no principal. Said to the log in full, to the client in one fixed sentence.

use std::fmt;

use crate::host::HostFailure;
use crate::source::TokenSource;
use crate::text;

/// Why no principal was established.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// The request brought no bearer token.
    #[error("no bearer token")]
    NoToken,
    /// The request brought a token that establishes nobody.
    #[error(transparent)]
    InvalidToken(#[from] InvalidToken),
    /// No keys of the token's issuer are known, so nothing can be said of the token.
    #[error("the keys of issuer `{issuer}` are not known")]
    KeysUnknown {
        /// Name of the issuer.
        issuer: String,
        /// Seconds that it is worth waiting for them.
        wait_seconds: u32,
    },
    /// None of the issuer's keys verifies the token, but one that it names may be on its way.
    #[error("{invalid}")]
    KeyUnknown {
        /// What is said of the token if that key does not come.
        #[source]
        invalid: InvalidToken,
        /// Seconds that it is worth waiting for it.
        wait_seconds: u32,
    },
    /// The host failed us, so nothing can be said of the token.
    #[error(transparent)]
    HostFailed(#[from] HostFailure),
}

/// Why a token establishes nobody. Text from the token is limited and quoted; the token itself, its
/// signature and its other claims are never part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// What a token source holds is not exactly one token.
    #[error("{0} is not {form}", form = .0.form())]
    NotOneToken(TokenSource),
    /// Two token sources hold different tokens.
    #[error("{0} and {1} have different tokens")]
    DifferentTokens(TokenSource, TokenSource),
    /// Longer than `token.max_bytes`.
    #[error("the token has {found} bytes, `token.max_bytes` is {limit}")]
    TooLong {
        /// Bytes of the token.
        found: usize,
        /// Bytes it may have.
        limit: usize,
    },
    /// Not the three parts of a JWS compact serialization (RFC 7515 section 7.1).
    #[error("the token does not have the three parts of a signed JWT")]
    NotThreeParts,
    /// Five parts: a JWE (RFC 7516 section 7.1).
    #[error("the token is encrypted (JWE), which is not supported")]
    Encrypted,
    /// A part is not base64url without padding and with zero trailing bits (RFC 7515 section 2).
    #[error("the token's {0} is not base64url without padding")]
    Encoding(Part),
    /// A part is not one JSON object with unique members.
    #[error("the token's {0} is not a JSON object with unique members: {1}")]
    Json(Part, String),
    /// `alg` is missing, not a string, or `none` (RFC 8725 section 3.2).
    #[error("the token's header names no signature algorithm")]
    Unsigned,
    /// A header parameter that changes how the token must be read (`crit`, `b64`; RFC 7515 section 4.1.11).
    #[error("the token's header has `{0}`, which is not supported")]
    HeaderParameter(&'static str),
    /// A header parameter is not of the type its definition gives.
    #[error("the token's header has a `{0}` that is not a string")]
    HeaderType(&'static str),
    /// `typ` is none of those configured (RFC 8725 section 3.11).
    #[error("the token's `typ` is not one of those of issuer `{0}`")]
    Type(String),
    /// `alg` is no algorithm of ours, or not one of those configured.
    #[error("the token's `alg` {} is not one of those of issuer `{issuer}`", text::quoted(.alg))]
    Algorithm {
        /// Name of the issuer.
        issuer: String,
        /// What the token says.
        alg: String,
    },
    /// No key for this `kid` and `alg`, or several.
    #[error("issuer `{issuer}` has no key for `alg` {} and `kid` {}", text::quoted(.alg), text::quoted(.kid))]
    NoKey {
        /// Name of the issuer.
        issuer: String,
        /// What the token says.
        alg: String,
        /// What the token says; empty where it says nothing.
        kid: String,
    },
    /// The signature is not the issuer's.
    #[error("the signature is not that of a key of issuer `{0}`")]
    Forged(String),
    /// `signature: jwt_authn`, and jwt_authn verified no token on this request.
    #[error("jwt_authn verified no token on this request")]
    NotVerified,
    /// jwt_authn verified tokens of two issuers on this request.
    #[error("jwt_authn verified tokens of several issuers on this request: `{0}` and `{1}`")]
    SeveralPrincipals(String, String),
    /// The credentials hold another token than the one that jwt_authn verified.
    #[error("the request has another token than the one that jwt_authn verified")]
    AnotherToken,
    /// A required claim is missing.
    #[error("claim `{0}` is missing")]
    ClaimMissing(String),
    /// A claim is not of the type its definition gives (RFC 7519 section 4.1).
    #[error("claim `{claim}` is {found}, expected {expected}")]
    ClaimType {
        /// Name of the claim.
        claim: &'static str,
        /// The types it may have.
        expected: &'static str,
        /// The type it has, or what else is wrong with it.
        found: &'static str,
    },
    /// No configured issuer has this `iss`.
    #[error("issuer {} is not one of `issuers`", text::quoted(.0))]
    UnknownIssuer(String),
    /// `aud` names none of ours.
    #[error("claim `aud` names none of `audiences` of issuer `{0}`")]
    Audience(String),
    /// Past `exp` and leeway.
    #[error("expired {seconds} s ago")]
    Expired {
        /// Seconds since `exp`.
        seconds: i64,
    },
    /// `revoked` names it by this claim.
    #[error("claim `{0}` is in `revoked.{0}`")]
    Revoked(&'static str),
    /// Issued before `revoked.issued_before`.
    #[error("issued {seconds} s before `revoked.issued_before`")]
    IssuedBefore {
        /// Seconds from `iat` to that moment.
        seconds: i64,
    },
    /// Before `nbf` and leeway.
    #[error("not valid for another {seconds} s")]
    NotYetValid {
        /// Seconds until `nbf`.
        seconds: i64,
    },
}

/// A part of a JWS compact serialization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The payload: the claims.
    Payload,
    /// The signature.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}
