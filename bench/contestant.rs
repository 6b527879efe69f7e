//! Who takes part: Envoy with nothing, with its own filters, with claimgate, with filters that do nothing.

use anyhow::{Context, Result, ensure};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::repository;
use serde_json::{Map, Value, json};

use crate::traffic::Traffic;

/// An Envoy that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contestant {
    /// No filter at all: what the others are measured from.
    Nothing,
    /// A wasm filter that does nothing.
    Idle,
    /// A wasm filter that reads the header map: the floor that the ABI sets.
    Reader,
    /// `jwt_authn` with its token cache, and `rbac` with so many policies.
    Native(usize),
    /// The same without the cache, and one policy.
    Uncached,
    /// claimgate with so many rules.
    Claimgate(usize),
    /// claimgate with one rule, in an Envoy that logs its audit lines.
    Audited,
    /// A build of claimgate, by the path of its module, with one rule.
    Build(&'static str),
}

impl Contestant {
    /// For the table.
    pub fn name(self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Idle => "a wasm filter that does nothing".to_owned(),
            Self::Reader => "a wasm filter that reads the headers".to_owned(),
            Self::Native(policies) => format!("jwt_authn, cached, and rbac with {policies}"),
            Self::Uncached => "jwt_authn, not cached, and rbac with 1".to_owned(),
            Self::Claimgate(rules) => format!("claimgate with {rules}"),
            Self::Audited => "claimgate with 1, audit lines logged".to_owned(),
            Self::Build(module) => module.to_owned(),
        }
    }

    /// What it answers.
    pub fn status(self, traffic: Traffic) -> u16 {
        match self {
            Self::Nothing | Self::Idle | Self::Reader => 200,
            _ => traffic.status(),
        }
    }

    /// What does the same natively.
    pub fn rival(self, traffic: Traffic) -> Option<Self> {
        match (self, traffic) {
            (Self::Claimgate(_), Traffic::New(_)) => Some(Self::Uncached),
            (Self::Claimgate(rules), _) => Some(Self::Native(rules)),
            (Self::Build(_) | Self::Audited, _) => Some(Self::Native(1)),
            _ => None,
        }
    }

    /// How many it has.
    pub fn rules(self) -> usize {
        match self {
            Self::Native(rules) | Self::Claimgate(rules) => rules,
            _ => 1,
        }
    }

    /// A path that the middle one of its rules is for.
    pub fn path(self) -> String {
        format!("{}42", prefix(self.rules() / 2))
    }

    /// What is to be done once it runs.
    pub fn prepare(self, envoy: &Envoy) -> Result<()> {
        if self == Self::Audited {
            let answer = Request::new("POST /logging?wasm=info")?.send(envoy.admin_addr())?;
            ensure!(answer.status == 200, "Envoy does not log as it is told");
        }
        Ok(())
    }

    /// What Envoy is started with: a listener that answers 200 by itself, so that no upstream takes part.
    pub fn bootstrap(self, jwks: &Value) -> Result<Value> {
        let mut filters = match self {
            Self::Nothing => vec![],
            Self::Idle => vec![wasm("idle", "target/bench/idle.wasm", &json!({}))?],
            Self::Reader => vec![wasm("reader", "target/bench/reader.wasm", &json!({}))?],
            Self::Native(policies) => vec![jwt_authn(jwks, true), rbac(policies)],
            Self::Uncached => vec![jwt_authn(jwks, false), rbac(1)],
            Self::Claimgate(rules) => {
                vec![wasm("claimgate", "target/claimgate.wasm", &policy(rules, jwks))?]
            }
            Self::Audited => return Self::Claimgate(1).bootstrap(jwks),
            Self::Build(module) => vec![wasm("claimgate", module, &policy(1, jwks))?],
        };
        filters.push(filter("router", "router.v3.Router", json!({})));
        let manager = json!({
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "bench",
            "http_filters": filters,
            "route_config": { "virtual_hosts": [{
                "name": "all", "domains": ["*"],
                "routes": [{ "match": { "prefix": "/" }, "direct_response": { "status": 200 } }],
            }] },
        });
        let address = json!({ "socket_address": { "address": "127.0.0.1", "port_value": 0 } });
        Ok(json!({
            "admin": { "address": address },
            "static_resources": { "listeners": [{ "address": address, "filter_chains": [{ "filters": [{
                "name": "http", "typed_config": manager,
            }] }] }] },
        }))
    }
}

/// What the paths of one rule begin with.
fn prefix(rule: usize) -> String {
    format!("/service{}/v{}/things{rule}/", rule % 50, rule % 3)
}

fn filter(name: &str, kind: &str, mut config: Value) -> Value {
    config["@type"] = json!(format!("type.googleapis.com/envoy.extensions.filters.http.{kind}"));
    json!({ "name": format!("envoy.filters.http.{name}"), "typed_config": config })
}

fn wasm(id: &str, module: &str, configuration: &Value) -> Result<Value> {
    let module = repository(module);
    module.metadata().with_context(|| format!("{} is missing", module.display()))?;
    let config = json!({
        "name": id,
        "failure_policy": "FAIL_RELOAD",
        "vm_config": {
            "vm_id": id, "runtime": "envoy.wasm.runtime.v8", "code": { "local": { "filename": module } },
        },
        "configuration": {
            "@type": "type.googleapis.com/google.protobuf.StringValue", "value": configuration.to_string(),
        },
    });
    Ok(filter("wasm", "wasm.v3.Wasm", json!({ "config": config })))
}

/// As Envoy's documentation has it at its best: keys inline, verified tokens kept.
fn jwt_authn(jwks: &Value, cached: bool) -> Value {
    let mut provider = json!({
        "issuer": claimgate_tests::token::ISSUER,
        "audiences": [claimgate_tests::token::AUDIENCE],
        "local_jwks": { "inline_string": jwks.to_string() },
        "payload_in_metadata": "payload",
    });
    if cached {
        provider["jwt_cache_config"] =
            json!({ "jwt_cache_size": 10_000, "jwt_max_token_size": 8_192 });
    }
    let rule = json!({ "match": { "prefix": "/" }, "requires": { "provider_name": "main" } });
    let config = json!({ "providers": { "main": provider }, "rules": [rule] });
    filter("jwt_authn", "jwt_authn.v3.JwtAuthentication", config)
}

/// One policy for each rule: method, path prefix, one of two roles.
fn rbac(policies: usize) -> Value {
    let role = |name: &str| {
        json!({ "metadata": {
            "filter": "envoy.filters.http.jwt_authn",
            "path": [{ "key": "payload" }, { "key": "roles" }],
            "value": { "list_match": { "one_of": { "string_match": { "exact": name } } } },
        } })
    };
    let policy = |rule: usize| {
        let method = json!({ "header": { "name": ":method", "string_match": { "exact": "GET" } } });
        let path = json!({ "url_path": { "path": { "prefix": prefix(rule) } } });
        let policy = json!({
            "permissions": [{ "and_rules": { "rules": [path, method] } }],
            "principals": [{ "or_ids": { "ids": [role("viewer"), role("admin")] } }],
        });
        (format!("rule{rule:06}"), policy)
    };
    let policies: Map<String, Value> = (0..policies).map(policy).collect();
    filter("rbac", "rbac.v3.RBAC", json!({ "rules": { "action": "ALLOW", "policies": policies } }))
}

/// The same for claimgate.
fn policy(rules: usize, jwks: &Value) -> Value {
    let rule = |rule: usize| {
        json!({
            "name": format!("rule{rule:06}"),
            "methods": ["GET"],
            "path": format!("{}{{id}}", prefix(rule)),
            "allow": { "roles": ["viewer", "admin"] },
        })
    };
    json!({
        "issuers": [{
            "name": "main",
            "issuer": claimgate_tests::token::ISSUER,
            "audiences": [claimgate_tests::token::AUDIENCE],
            "signature": { "jwks": jwks },
        }],
        "rules": (0..rules).map(rule).collect::<Vec<_>>(),
    })
}
