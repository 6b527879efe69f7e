//! The requests of the demo, and sending them.

use anyhow::Result;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::{Answer, Request};
use claimgate_tests::token::{Issuer, claims, now};
use serde_json::{Value, json};

/// One request with what was expected and what came.
#[derive(Debug)]
pub struct Row {
    /// Method and path.
    pub request: &'static str,
    /// Who asked.
    pub who: &'static str,
    /// The status that should have come.
    pub expected: u16,
    /// The status that came.
    pub status: u16,
    /// The rule that governed, if one did.
    pub rule: Option<String>,
    /// What the client read, in short.
    pub outcome: String,
}

impl Row {
    /// Whether the right status came.
    pub fn as_expected(&self) -> bool {
        self.status == self.expected
    }
}

/// Sends them all, one after the other.
pub fn send(envoy: &Envoy, issuer: &Issuer) -> Result<Vec<Row>> {
    let stranger = Issuer::new()?;
    let viewer = issuer.token(&claims("vera", &["viewer"]));
    let editor = issuer.token(&claims("emil", &["editor"]));
    let admin = issuer.token(&claims("ada", &["admin"]));
    let forged = stranger.token(&claims("ada", &["admin"]));
    let mut late = claims("ada", &["admin"]);
    late["exp"] = json!(now() - 3600);
    let late = issuer.token(&late);
    let none =
        issuer.jws(br#"{"alg":"none"}"#, claims("ada", &["admin"]).to_string().as_bytes(), false);
    let requests = [
        ("GET /healthz", "anyone", None, 200),
        ("GET /me", "no token", None, 401),
        ("GET /me", "a viewer", Some(&viewer), 200),
        ("GET /user-data/123", "a viewer", Some(&viewer), 200),
        ("DELETE /user-data/123", "a viewer", Some(&viewer), 403),
        ("DELETE /user-data/123", "an admin", Some(&admin), 200),
        ("GET /admin-dashboard", "an editor", Some(&editor), 403),
        ("GET /admin-dashboard", "an admin", Some(&admin), 200),
        ("GET /admin-dashboard/help", "an editor", Some(&editor), 200),
        ("GET /admin-dashboard", "an admin, expired", Some(&late), 401),
        ("GET /admin-dashboard", "an admin, forged", Some(&forged), 401),
        ("GET /admin-dashboard", "an admin, unsigned", Some(&none), 401),
        ("GET /internal/metrics", "an admin", Some(&admin), 403),
        ("GET /reports", "an admin", Some(&admin), 403),
        ("GET /admin-dashboard;/help", "an editor", Some(&editor), 400),
    ];
    requests
        .into_iter()
        .map(|(request, who, token, expected)| row(envoy, request, who, token, expected))
        .collect()
}

/// Sends one.
pub fn row(
    envoy: &Envoy,
    request: &'static str,
    who: &'static str,
    token: Option<&String>,
    expected: u16,
) -> Result<Row> {
    let (answer, decision) = ask(envoy, request, token)?;
    let rule = decision["rule"].as_str().map(str::to_owned);
    Ok(Row { request, who, expected, status: answer.status, rule, outcome: outcome(&answer) })
}

/// Sends one request; besides the answer comes what claimgate logged about it, or null.
fn ask(envoy: &Envoy, request: &str, token: Option<&String>) -> Result<(Answer, Value)> {
    let mut request = Request::new(request)?;
    if let Some(token) = token {
        request = request.bearer(token)?;
    }
    let earlier = envoy.decisions()?.len();
    let answer = request.send(envoy.addr())?;
    let decision = envoy.decisions()?.into_iter().nth(earlier);
    Ok((answer, decision.unwrap_or_default()))
}

fn outcome(answer: &Answer) -> String {
    match answer.status {
        200 => "reached the upstream".into(),
        _ => answer.text(),
    }
}
