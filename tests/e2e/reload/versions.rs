//! Versions of a policy, which tell their number in every reply, and which of them may be in force.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use claimgate_tests::config::Config;
use claimgate_tests::http::{Answer, Request};
use claimgate_tests::token::{AUDIENCE, ISSUER, Issuer};
use serde_json::{Value, json};

/// Every so many versions, one is broken and has to be refused.
const BROKEN: u32 = 7;

/// What the four kinds of versions allow: who may read, who may delete, and what an open path asks.
const KINDS: [(&[&str], &[&str], &str); 4] = [
    (&["viewer", "admin"], &["admin"], "public"),
    (&["admin"], &["admin"], "authenticated"),
    (&["viewer", "admin"], &["viewer"], "public"),
    (&["admin"], &["nobody-has-this"], "authenticated"),
];

pub(super) fn is_broken(version: u32) -> bool {
    version % BROKEN == BROKEN - 1
}

fn kind(version: u32) -> (&'static [&'static str], &'static [&'static str], &'static str) {
    let kind = usize::try_from(version).unwrap_or_default() % KINDS.len();
    KINDS[kind]
}

/// The filter's configuration with this version. A broken one would let everybody do everything.
pub(super) fn configure(config: &Config, issuer: &Issuer, version: u32) -> Config {
    let (read, delete, open) = kind(version);
    let message = format!("version {version}");
    let rule = |method: &str, path: &str, allow: Value| {
        let mut rule = json!({ "methods": [method], "path": path, "allow": allow });
        // What denies nobody has nothing to say.
        if allow != "public" {
            rule["message"] = json!(message);
        }
        rule
    };
    let mut policy = json!({
        "issuers": [{
            "name": "main", "issuer": ISSUER, "audiences": [AUDIENCE],
            "signature": { "jwks": issuer.jwks() },
        }],
        "audit": { "decisions": "none" },
        "forward": { "headers": { (format!("x-version-{version}")): "sub" } },
        "rules": [
            rule("GET", "/things/{id}", json!({ "roles": read })),
            rule("DELETE", "/things/{id}", json!({ "roles": delete })),
            rule("GET", "/open", json!(open)),
        ],
    });
    if !is_broken(version) {
        return config.clone().policy(&policy);
    }
    for rule in policy["rules"].as_array_mut().into_iter().flatten() {
        *rule = json!({ "path": rule["path"], "methods": rule["methods"], "allow": "public" });
    }
    match version / BROKEN % 3 {
        0 => policy["rules"][2]["alow"] = json!("public"),
        1 => policy["rules"][1]["methods"] = json!(["delete"]),
        _ => {
            let text = policy.to_string();
            return config.clone().policy_json(&text[..text.len() / 2]);
        }
    }
    config.clone().policy(&policy)
}

/// One of the requests that are sent all the time.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) name: &'static str,
    pub(super) request: Request,
    /// The right status by the version.
    status: fn(u32) -> u16,
}

/// What a reply tells: its status, and the version that it is of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    status: u16,
    pub(super) version: Option<u32>,
}

impl Question {
    /// All of them.
    pub(super) fn all(issuer: &Issuer, forger: &Issuer) -> Result<Vec<Self>> {
        let token = |issuer: &Issuer, role: &str| {
            // Good for longer than any run.
            let mut claims = claimgate_tests::token::claims(role, &[role]);
            claims["exp"] = json!(claimgate_tests::token::now() + 86_400);
            issuer.token(&claims)
        };
        let (viewer, admin) = (token(issuer, "viewer"), token(issuer, "admin"));
        let of = |name, line, token: Option<&str>, status| {
            let request = Request::new(line)?;
            let request = token.into_iter().try_fold(request, Request::bearer)?;
            anyhow::Ok(Self { name, request, status })
        };
        let open = |version| if kind(version).2 == "public" { 200 } else { 401 };
        Ok(vec![
            of("a viewer reads", "GET /things/1", Some(&viewer), |v| may("viewer", kind(v).0))?,
            of("a viewer deletes", "DELETE /things/1", Some(&viewer), |v| {
                may("viewer", kind(v).1)
            })?,
            of("an admin deletes", "DELETE /things/1", Some(&admin), |v| may("admin", kind(v).1))?,
            of("somebody comes in", "GET /open", None, open)?,
            of("a forger deletes", "DELETE /things/1", Some(&token(forger, "admin")), |_| 401)?,
        ])
    }

    /// Whether this is what one of these versions replies. Where nobody is known, a reply tells no version.
    pub(super) fn fits(&self, seen: &Seen, mut versions: RangeInclusive<u32>) -> bool {
        versions.any(|version| {
            !is_broken(version)
                && seen.status == (self.status)(version)
                && match seen.version {
                    Some(told) => told == version,
                    None => seen.status == 401 || self.name == "somebody comes in",
                }
        })
    }
}

fn may(role: &str, allowed: &[&str]) -> u16 {
    if allowed.contains(&role) { 200 } else { 403 }
}

impl Seen {
    /// Takes the version from the message of a denial, or from the header that reached the upstream, which echoes it.
    pub(super) fn of(answer: &Answer) -> Result<Self> {
        let json = answer.json()?;
        let message = json["error"].as_str().and_then(|text| text.strip_prefix("version "));
        let headers = json["headers"].as_array().into_iter().flatten();
        let mut forwarded =
            headers.filter_map(|header| header[0].as_str()?.strip_prefix("x-version-"));
        let version = message.or_else(|| forwarded.next()).map(str::parse).transpose()?;
        Ok(Self { status: answer.status, version })
    }
}

/// The versions that may be in force on some worker.
#[derive(Debug)]
pub(super) struct Window {
    /// In force on every worker: no older one decides on a request that is sent from now on.
    oldest: AtomicU32,
    /// Handed to Envoy.
    newest: AtomicU32,
}

impl Window {
    pub(super) fn new(version: u32) -> Self {
        Self { oldest: version.into(), newest: version.into() }
    }

    pub(super) fn oldest(&self) -> u32 {
        self.oldest.load(Ordering::SeqCst)
    }

    pub(super) fn newest(&self) -> u32 {
        self.newest.load(Ordering::SeqCst)
    }

    /// This version is about to be handed to Envoy.
    pub(super) fn hand_over(&self, version: u32) {
        self.newest.store(version, Ordering::SeqCst);
    }

    /// Every worker has this version.
    pub(super) fn taken(&self, version: u32) {
        self.oldest.store(version, Ordering::SeqCst);
    }
}
