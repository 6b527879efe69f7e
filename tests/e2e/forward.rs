//! What reaches the upstream: identity headers that nobody else wrote, no token, and all else as it came.

mod identity;
mod routes;
mod token;
mod trailers;

use anyhow::{Context, Result};
use claimgate_tests::bootstrap::MANAGER;
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Answer;
use claimgate_tests::raw;
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

struct Setup {
    upstream: Upstream,
    envoy: Envoy,
    issuer: Issuer,
}

/// What an upstream saw of one request.
#[derive(Debug)]
struct Seen {
    path: String,
    headers: Vec<(String, String)>,
}

impl Setup {
    /// claimgate alone, its policy the shipped one with these members.
    fn new(members: Value) -> Result<Self> {
        Self::with(Upstream::start()?, members, &[], |_| Ok(()))
    }

    /// The same, with this upstream, a host that refuses these capabilities, and a change to the bootstrap.
    fn with(
        upstream: Upstream,
        members: Value,
        forbidden: &[&'static str],
        change: impl FnOnce(&mut Value) -> Result<()>,
    ) -> Result<Self> {
        let issuer = Issuer::new()?;
        let mut policy = sample_policy()?;
        policy["issuers"][0]["signature"] = json!({ "jwks": issuer.jwks() });
        if let (Value::Object(policy), Value::Object(members)) = (&mut policy, members) {
            policy.extend(members);
        }
        let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy);
        let mut bootstrap = config.without_jwt_authn().forbidding(forbidden).build()?;
        let manager = bootstrap.pointer_mut(MANAGER).context("no connection manager")?;
        // As Envoy has it by default. The shipped files refuse underscores; it must do without.
        manager["common_http_protocol_options"]["headers_with_underscores_action"] = json!("ALLOW");
        change(&mut bootstrap)?;
        Ok(Self { upstream, envoy: Envoy::start(&bootstrap)?, issuer })
    }

    /// A token of this subject, with these members among its claims.
    fn token(&self, subject: &str, roles: &[&str], members: &Value) -> String {
        let mut payload = claims(subject, roles);
        if let (Value::Object(payload), Value::Object(members)) = (&mut payload, members) {
            payload.extend(members.clone());
        }
        self.issuer.token(&payload)
    }

    /// What the upstream sees of a request, over HTTP/1.1 and over HTTP/2.
    fn both(&self, line: &str, fields: &[(&str, &str)]) -> Result<[Seen; 2]> {
        Ok([Seen::of(&self.http1(line, fields)?)?, Seen::of(&self.http2(line, fields)?)?])
    }

    fn http1(&self, line: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        raw::ask_http1(self.envoy.addr(), line, fields)
    }

    /// Names in lower case, as HTTP/2 has them.
    fn http2(&self, line: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let names: Vec<String> = fields.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let fields = names.iter().zip(fields).map(|(name, (_, value))| (name.as_str(), *value));
        raw::ask_http2(self.envoy.addr(), line, &fields.collect::<Vec<_>>())
    }
}

impl Seen {
    fn of(answer: &Answer) -> Result<Self> {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let account = answer.json()?;
        let headers: Vec<(String, String)> = serde_json::from_value(account["headers"].clone())?;
        let path = account["path"].as_str().context("no path")?.to_owned();
        Ok(Self { path, headers })
    }

    /// The headers under this name, or one that servers fold into it, each with its value.
    fn like(&self, start: &str) -> Vec<(&str, &str)> {
        let folded = |name: &str| name.to_lowercase().replace(['_', '.'], "-").starts_with(start);
        let all = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut found: Vec<_> = all.filter(|(name, _)| folded(name)).collect();
        found.sort_unstable();
        found
    }
}
