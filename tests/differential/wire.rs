//! Tokens sent through a real Envoy: with claimgate alone, and with jwt_authn alone.

use anyhow::{Context, Result, bail};
use claimgate_tests::bootstrap::MANAGER;
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::raw;
use claimgate_tests::upstream::Upstream;
use serde_json::{Map, Value, json};

use crate::corpus::{Corpus, Token};

/// An Envoy that lets requests through to an upstream if their token is good.
#[derive(Debug)]
pub(crate) struct Wire {
    envoy: Envoy,
    /// What a refusal is answered with.
    refusals: &'static [u16],
    _upstream: Upstream,
}

impl Wire {
    /// claimgate checks the signatures.
    pub(crate) fn claimgate(corpus: &Corpus) -> Result<Self> {
        let upstream = Upstream::start()?;
        let config = Config::new(upstream.addr(), Value::Null).policy(&corpus.policy());
        let envoy = Envoy::start(&config.without_jwt_authn().build()?)?;
        Ok(Self { envoy, refusals: &[401], _upstream: upstream })
    }

    /// jwt_authn does, as strictly as it can be told to, and there is no claimgate.
    pub(crate) fn jwt_authn(corpus: &Corpus) -> Result<Self> {
        let upstream = Upstream::start()?;
        let mut bootstrap = Config::new(upstream.addr(), Value::Null).build()?;
        let filters = bootstrap.pointer_mut(&format!("{MANAGER}/http_filters"));
        let filters = filters.and_then(Value::as_array_mut).context("there are no HTTP filters")?;
        filters.retain(|filter| filter["name"] != "claimgate");
        let jwt_authn = filters.first_mut().context("there is no jwt_authn")?;
        for (key, value) in providers_and_rules(corpus) {
            jwt_authn["typed_config"][key] = value;
        }
        // 403: of another audience.
        Ok(Self { envoy: Envoy::start(&bootstrap)?, refusals: &[401, 403], _upstream: upstream })
    }

    /// Whether a request with this token is let through. What Envoy itself refuses to read is not.
    pub(crate) fn accepts(&self, token: &Token) -> Result<bool> {
        let head =
            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ";
        let request = format!("{head}{}\r\n\r\n", token.text);
        match raw::http1(self.envoy.addr(), request.as_bytes())?.status {
            200 => Ok(true),
            status if self.refusals.contains(&status) => Ok(false),
            400 if token.text.contains(|character: char| character.is_ascii_control()) => Ok(false),
            status => bail!("{token} is answered with {status}"),
        }
    }
}

/// What jwt_authn is told.
fn providers_and_rules(corpus: &Corpus) -> [(&'static str, Value); 2] {
    let settings = &corpus.settings;
    let providers = settings.issuers.iter().map(|issuer| {
        let provider = json!({
            "issuer": issuer.iss,
            "audiences": [issuer.audience],
            "local_jwks": { "inline_string": issuer.jwks.to_string() },
            "from_headers": [{ "name": "Authorization", "value_prefix": "Bearer " }],
            "clock_skew_seconds": settings.leeway_seconds,
            "require_expiration": true,
        });
        (issuer.name.clone(), provider)
    });
    let names = settings.issuers.iter().map(|issuer| json!({ "provider_name": issuer.name }));
    let any = json!({ "requires_any": { "requirements": names.collect::<Vec<_>>() } });
    [
        ("providers", providers.collect::<Map<_, _>>().into()),
        ("rules", json!([{ "match": { "prefix": "/" }, "requires": any }])),
    ]
}
