//! `token`: where tokens are looked for, and what every token must keep to.

mod sources;

use deserr::Deserr;

use super::problem::{Invalid, Problems};
use super::value::{Given, Name, NonEmpty};
use sources::FromConfig;

/// `token`: what every token must keep to.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct TokenConfig {
    #[deserr(default)]
    pub(crate) from: Given<FromConfig>,
    #[deserr(default = Leeway(60))]
    pub(crate) leeway_seconds: Leeway,
    #[deserr(default = MaxBytes(16_384))]
    pub(crate) max_bytes: MaxBytes,
    #[deserr(default = expiry())]
    pub(crate) required_claims: NonEmpty<Name>,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self {
            from: Given::default(),
            leeway_seconds: Leeway(60),
            max_bytes: MaxBytes(16_384),
            required_claims: expiry(),
        }
    }
}

fn expiry() -> NonEmpty<Name> {
    NonEmpty(vec![Name("exp".to_owned())])
}

/// Seconds by which clocks may differ: at most an hour, beyond which it is no leeway.
#[derive(Debug, Deserr)]
#[deserr(try_from(u32) = Leeway::parse -> Invalid, error = Problems)]
pub(crate) struct Leeway(pub(crate) u32);

impl Leeway {
    fn parse(seconds: u32) -> Result<Self, Invalid> {
        match seconds {
            0..=3_600 => Ok(Self(seconds)),
            _ => Err(Invalid(format!("expected at most 3600 seconds, found {seconds}"))),
        }
    }
}

/// Bytes a token may have. Envoy takes 60 KiB of headers at most.
#[derive(Debug, Deserr)]
#[deserr(try_from(u32) = MaxBytes::parse -> Invalid, error = Problems)]
pub(crate) struct MaxBytes(pub(crate) u16);

impl MaxBytes {
    fn parse(bytes: u32) -> Result<Self, Invalid> {
        match u16::try_from(bytes) {
            Ok(bytes @ 1..=61_440) => Ok(Self(bytes)),
            _ => Err(Invalid(format!("expected 1 to 61440 bytes, found {bytes}"))),
        }
    }
}
