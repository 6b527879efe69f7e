//! Two Envoys: one with jwt_authn and rbac, for many policies at once; one with claimgate, for one policy after the other.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use claimgate_tests::bootstrap::MANAGER;
use claimgate_tests::config::Config;
use claimgate_tests::ecds::Ecds;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http;
use claimgate_tests::raw::{self, Outcome};
use claimgate_tests::token::{AUDIENCE, ISSUER};
use serde_json::{Value, json};

use crate::policy::Policy;
use crate::requests::Asked;
use crate::translate;

/// What a client was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// 0: the stream was reset.
    pub(crate) status: u16,
    /// What claimgate said, where it did; a HEAD request is told nothing.
    pub(crate) body: Option<String>,
}

impl Answer {
    pub(crate) fn is_allowed(&self) -> bool {
        self.status == 200
    }
}

/// Envoy's own filters. Which policy is in force, the header `x-policy` says, by which the route is chosen.
pub(crate) struct Native(Envoy);

impl Native {
    pub(crate) fn start(policies: &[(u64, Policy)], jwks: &Value, hardened: bool) -> Result<Self> {
        let mut bootstrap =
            Config::new(NOWHERE.into(), jwks.clone()).normalization(hardened).build()?;
        let filters = bootstrap.pointer_mut(&format!("{MANAGER}/http_filters"));
        for filter in filters.and_then(Value::as_array_mut).context("there are no HTTP filters")? {
            if filter["name"] == "envoy.filters.http.jwt_authn" {
                let provider = &mut filter["typed_config"]["providers"]["main"];
                provider["normalize_payload_in_metadata"] =
                    json!({ "space_delimited_claims": ["scope", "scp"] });
                provider["require_expiration"] = json!(true);
            } else if filter["name"] == "claimgate" {
                *filter = json!({ "name": RBAC, "typed_config": { "@type": kind("RBAC") } });
            }
        }
        let routes = policies.iter().map(|(number, policy)| {
            json!({
                "match": { "prefix": "/", "headers": [
                    { "name": "x-policy", "string_match": { "exact": number.to_string() } },
                ] },
                "direct_response": { "status": 200 },
                "typed_per_filter_config": { RBAC: {
                    "@type": kind("RBACPerRoute"), "rbac": { "rules": translate::rbac(policy) },
                } },
            })
        });
        set_routes(&mut bootstrap, &routes.collect::<Vec<_>>())?;
        Ok(Self(Envoy::start_quiet(&bootstrap, 1)?))
    }

    pub(crate) fn ask(&self, number: u64, asked: &Asked) -> Result<Answer> {
        ask(&self.0, number, asked)
    }
}

/// claimgate alone.
pub(crate) struct Claimgate {
    config: Config,
    jwks: Value,
    ecds: Ecds,
    envoy: Envoy,
}

impl Claimgate {
    pub(crate) fn start(jwks: &Value, hardened: bool) -> Result<Self> {
        let ecds = Ecds::new()?;
        let config = Config::new(NOWHERE.into(), Value::Null).without_jwt_authn();
        let config = config.normalization(hardened).ecds(&ecds);
        let nothing = json!({ "rules": [{ "path": "/**", "allow": "nobody" }] });
        ecds.publish(&config.clone().policy(&nothing))?;
        let mut bootstrap = config.build()?;
        let route = json!({ "match": { "prefix": "/" }, "direct_response": { "status": 200 } });
        set_routes(&mut bootstrap, &[route])?;
        Ok(Self { config, jwks: jwks.clone(), ecds, envoy: Envoy::start_quiet(&bootstrap, 1)? })
    }

    /// What it is told of a policy.
    pub(crate) fn written(&self, number: u64, policy: &Policy) -> Value {
        let sign = sign(number);
        let mut rules = policy.rules();
        rules.push(json!({
            "name": "in-force", "hosts": [sign], "path": "/", "allow": "nobody", "message": sign,
        }));
        json!({
            "issuers": [{
                "name": "main", "issuer": ISSUER, "audiences": [AUDIENCE],
                "signature": { "jwks": self.jwks },
            }],
            "rules": rules,
            "audit": { "decisions": "none" },
        })
    }

    /// Puts a policy in force.
    pub(crate) fn take(&self, number: u64, written: &Value) -> Result<()> {
        self.ecds.publish(&self.config.clone().policy(written))?;
        let sign = sign(number);
        let in_force = || {
            let request = http::Request::new("GET /")?.header("host", &sign)?;
            Ok(request.send(self.envoy.addr())?.text().contains(&sign).then_some(()))
        };
        if poll(Duration::from_secs(30), in_force)?.is_none() {
            bail!("the policy was not taken: {written}\n{}", self.envoy.log()?);
        }
        Ok(())
    }

    pub(crate) fn ask(&self, number: u64, asked: &Asked) -> Result<Answer> {
        ask(&self.envoy, number, asked)
    }
}

/// A host of its own, and what is said there: by it, this policy and no other is seen to be in force.
fn sign(number: u64) -> String {
    format!("policy-{number}.in.force")
}

fn ask(envoy: &Envoy, number: u64, asked: &Asked) -> Result<Answer> {
    let number = number.to_string();
    let Asked { method, host, path, person, .. } = asked;
    let answer = if asked.http2 {
        let target =
            [(":method", *method), (":scheme", "http"), (":authority", host), (":path", path)];
        let tokens = person.headers.iter().map(|token| ("authorization", token.as_str()));
        let fields = target.into_iter().chain([("x-policy", number.as_str())]).chain(tokens);
        let fields: Vec<_> =
            fields.map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        match raw::http2(envoy.addr(), &fields)? {
            Outcome::Answer(answer) => *answer,
            Outcome::Reset(_) => return Ok(Answer { status: 0, body: None }),
        }
    } else {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nX-Policy: {number}\r\n");
        for token in &person.headers {
            request.extend(["Authorization: ", token, "\r\n"]);
        }
        raw::http1(envoy.addr(), (request + "\r\n").as_bytes())?
    };
    let known = [200, 400, 401, 403, 404].contains(&answer.status);
    ensure!(known, "{asked} is answered with {}", answer.status);
    let by_claimgate = answer.header("content-type") == Some("application/json");
    Ok(Answer { status: answer.status, body: by_claimgate.then(|| answer.text()) })
}

/// What was let through, Envoy answers by itself.
fn set_routes(bootstrap: &mut Value, routes: &[Value]) -> Result<()> {
    let manager = bootstrap.pointer_mut(MANAGER).context("there is no connection manager")?;
    manager["route_config"]["virtual_hosts"] =
        json!([{ "name": "all", "domains": ["*"], "routes": routes }]);
    manager["access_log"] = json!([]);
    Ok(())
}

fn kind(name: &str) -> String {
    format!("type.googleapis.com/envoy.extensions.filters.http.rbac.v3.{name}")
}

const RBAC: &str = "envoy.filters.http.rbac";
/// There is no upstream.
const NOWHERE: ([u8; 4], u16) = ([127, 0, 0, 1], 9);
