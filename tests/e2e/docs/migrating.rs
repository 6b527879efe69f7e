//! `docs/migrating.md`: both sides of each case in a real Envoy, on the requests of its tables.

use std::time::Duration;

use claimgate_tests::config::Config;
use claimgate_tests::ecds::Ecds;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::Request;
use claimgate_tests::markdown::{Block, code, rows};
use claimgate_tests::token::{AUDIENCE, ISSUER, Issuer, now};
use claimgate_tests::upstream::Upstream;
use claimgate_tests::yaml;
use gate::Gate;
use serde_json::{Map, Value, json};

use super::*;
use crate::manifests::crds::Crds;
use crate::manifests::schema;

const TABLE: &str = "| request | as | jwt_authn + rbac | claimgate |";

/// One case of the page: its title, what it shows, and its table.
struct Case {
    title: String,
    blocks: Vec<Block>,
    rows: Vec<Vec<String>>,
}

impl Case {
    fn all() -> Result<Vec<Self>> {
        let page = page("migrating.md")?;
        let sections = page.split("\n## ").skip(1);
        Ok(sections
            .map(|section| Self {
                title: section.lines().next().unwrap_or_default().to_owned(),
                blocks: blocks(section),
                rows: rows(section, TABLE),
            })
            .collect())
    }

    /// The block with this word after `yaml`.
    fn block(&self, kind: &str) -> Result<Option<Value>> {
        let info = format!("yaml {kind}");
        let found = self.blocks.iter().find(|block| block.info == info);
        let parsed = found.map(|block| yaml::parse(&block.text)).transpose();
        parsed.with_context(|| format!("{}: {kind}", self.title))
    }

    /// Its policy for claimgate, with what the first case says once for all.
    fn policy(&self, first: &Self) -> Result<Option<Value>> {
        let Some(mut policy) = self.block("claimgate")? else { return Ok(None) };
        if policy.get("issuers").is_none() {
            policy["issuers"] = first.block("claimgate")?.context("no policy")?["issuers"].take();
        }
        Ok(Some(policy))
    }
}

#[test]
fn every_block_is_what_it_says() -> Result<()> {
    let (cases, crds) = (Case::all()?, Crds::find()?);
    let mut warned = Vec::new();
    for case in &cases {
        for block in &case.blocks {
            let known = ["jwt_authn", "rbac", "istio", "claimgate", "tokens"];
            let kind = block.info.strip_prefix("yaml ").unwrap_or_default();
            assert!(known.contains(&kind), "{}: {:?}", case.title, block.info);
            let _: Value = yaml::parse(&block.text).with_context(|| case.title.clone())?;
        }
        if let Some(policy) = case.policy(&cases[0])? {
            let gate = Gate::from_configuration(policy.to_string().as_bytes());
            let gate = gate.with_context(|| case.title.clone())?;
            warned
                .extend(gate.warnings().iter().map(|warning| format!("{}: {warning}", case.title)));
        }
        if let Some(manifest) = case.block("istio")? {
            let checked = crds.as_ref().and_then(|crds| crds.schema(&manifest));
            if let Some(schema) = checked {
                assert_eq!(schema::problems(schema, &manifest)?, [] as [&str; 0], "{}", case.title);
            } else {
                assert!(crds.is_none() || manifest["kind"] == "AuthorizationPolicy");
            }
        }
    }
    assert!(matches!(&warned[..], [one] if one.starts_with("Trying it: ")), "{warned:#?}");
    Ok(())
}

#[test]
fn both_sides_answer_as_the_tables_say() -> Result<()> {
    let (upstream, issuer, forger) = (Upstream::start()?, Issuer::new()?, Issuer::new()?);
    let cases = Case::all()?;
    let tokens = cases[0].block("tokens")?.context("the page shows no tokens")?;
    let mut claimgate = Claimgate::new(&upstream, &issuer)?;
    let mut asked = 0;
    for case in cases.iter().filter(|case| !case.rows.is_empty()) {
        let native = native(case, &cases[0], &upstream, &issuer)?;
        let policy = case.policy(&cases[0])?.context("a table without a policy")?;
        let claimgate = claimgate.with(policy, &issuer)?;
        for row in &case.rows {
            let [request, principal, by_native, by_claimgate] = &row[..] else {
                panic!("{}: {row:?}", case.title);
            };
            let request = asking(request, principal, &tokens, &issuer, &forger)?;
            for (envoy, expected) in [(native.as_ref(), by_native), (Some(claimgate), by_claimgate)]
            {
                let Some(envoy) = envoy else {
                    assert_eq!(expected, "-", "{}: {row:?}", case.title);
                    continue;
                };
                let answer = request.clone().send(envoy.addr())?.status.to_string();
                assert_eq!(answer, expected.trim_matches('*'), "{}: {row:?}", case.title);
                asked += 1;
            }
            let differs = by_native.trim_matches('*') != by_claimgate.trim_matches('*');
            assert_eq!(differs && by_native != "-", by_claimgate.starts_with("**"), "{row:?}");
        }
    }
    assert!(asked > 80, "{asked}");
    Ok(())
}

/// One Envoy with claimgate alone, for one policy after the other.
struct Claimgate {
    config: Config,
    ecds: Ecds,
    envoy: Envoy,
    policies: u32,
}

impl Claimgate {
    fn new(upstream: &Upstream, issuer: &Issuer) -> Result<Self> {
        let ecds = Ecds::new()?;
        let config = Config::new(upstream.addr(), issuer.jwks()).without_jwt_authn().ecds(&ecds);
        let nothing = json!({ "rules": [{ "path": "/**", "allow": "nobody" }] });
        ecds.publish(&config.clone().policy(&nothing))?;
        let envoy = Envoy::start(&config.build()?)?;
        Ok(Self { config, ecds, envoy, policies: 0 })
    }

    /// The Envoy, with this policy in force.
    fn with(&mut self, mut policy: Value, issuer: &Issuer) -> Result<&Envoy> {
        policy["issuers"][0]["signature"] = json!({ "jwks": issuer.jwks() });
        // A path that only this one opens. (One in shadow opens all: the page has it last.)
        self.policies += 1;
        let sign = format!("/policy-{}-is-in-force", self.policies);
        let rules = policy["rules"].as_array_mut().context("no rules")?;
        rules.push(json!({ "path": sign, "allow": "public" }));
        self.ecds.publish(&self.config.clone().policy(&policy))?;
        let in_force = || {
            let answer = Request::new(&format!("GET {sign}"))?.send(self.envoy.addr())?;
            Ok((answer.status == 200).then_some(()))
        };
        poll(Duration::from_secs(30), in_force)?.context("the policy was not taken")?;
        Ok(&self.envoy)
    }
}

/// Envoy with jwt_authn and rbac, as the page shows them; `None` where there is no rbac for the case.
fn native(
    case: &Case,
    first: &Case,
    upstream: &Upstream,
    issuer: &Issuer,
) -> Result<Option<Envoy>> {
    let jwt_authn = first.block("jwt_authn")?.context("the page shows no jwt_authn")?;
    // The first case is about who is who, and has no rules.
    let rules = if case.title == first.title { Some(json!({})) } else { case.block("rbac")? };
    let Some(rules) = rules else { return Ok(None) };
    let mut bootstrap = Config::new(upstream.addr(), issuer.jwks()).build()?;
    let filters =
        "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters";
    let filters = bootstrap.pointer_mut(filters).and_then(Value::as_array_mut);
    for filter in filters.context("no filters")? {
        if filter["name"] == "envoy.filters.http.jwt_authn" {
            let keys = filter["typed_config"]["providers"]["main"]["local_jwks"].take();
            extend(&mut filter["typed_config"], &jwt_authn)?;
            filter["typed_config"]["providers"]["main"]["local_jwks"] = keys;
        } else if filter["name"] == "claimgate" {
            let kind = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";
            *filter = json!({ "name": "rbac", "typed_config": { "@type": kind } });
            extend(&mut filter["typed_config"], &rules)?;
        }
    }
    Envoy::start(&bootstrap).map(Some)
}

fn extend(target: &mut Value, with: &Value) -> Result<()> {
    let target: &mut Map<String, Value> = target.as_object_mut().context("no mapping")?;
    target.extend(with.as_object().context("no mapping")?.clone());
    Ok(())
}

/// The request that a row describes.
fn asking(
    request: &str,
    principal: &str,
    tokens: &Value,
    issuer: &Issuer,
    forger: &Issuer,
) -> Result<Request> {
    let mut parts = code(request).into_iter();
    let mut request = Request::new(parts.next().context("a row without a request")?)?;
    for header in parts {
        let (name, value) = header.split_once(": ").context("a header without a value")?;
        request = request.header(name, value)?;
    }
    let (name, flaw) = principal.split_once(", ").unwrap_or((principal, ""));
    if name == "nobody" {
        return Ok(request);
    }
    let mut claims = tokens[name].clone();
    let expires_in = if flaw == "expired" { -300 } else { 300 };
    let common = json!({ "iss": ISSUER, "aud": AUDIENCE, "exp": now() + expires_in });
    extend(&mut claims, &common)?;
    request.bearer(&if flaw == "forged" { forger } else { issuer }.token(&claims))
}
