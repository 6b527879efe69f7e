//! Each row of the decision table, as bytes on the wire, with Envoy's own hardening of paths and without.

use anyhow::{Result, bail};
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Answer;
use claimgate_tests::raw::{self, Outcome};
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// A request, and what becomes of it.
struct Row {
    request: (&'static str, &'static str),
    token: Option<String>,
    status: u16,
    challenge: Option<&'static str>,
    error: &'static str,
}

const MISSING: &str = r#"Bearer realm="claimgate""#;
const INVALID: &str = r#"Bearer realm="claimgate", error="invalid_token", error_description="The access token is not valid.""#;
const UNMET: &str = r#"Bearer realm="claimgate", error="insufficient_scope""#;

fn rows(issuer: &Issuer) -> Result<Vec<Row>> {
    let viewer = || claims("vera", &["viewer"]);
    let changed = |name: &str, value: Value| {
        let mut claims = viewer();
        claims[name] = value;
        Some(issuer.token(&claims))
    };
    let good = Some(issuer.token(&viewer()));
    let forged = Some(Issuer::new()?.token(&viewer()));
    let (get, delete) = (("GET", "/me"), ("DELETE", "/user-data/123"));
    let row = |request, token: &Option<String>, status, challenge, error| Row {
        request,
        token: token.clone(),
        status,
        challenge,
        error,
    };
    let invalid = |token| row(get, &token, 401, Some(INVALID), "The access token is not valid.");
    let malformed = "The request target is malformed or ambiguous.";
    let unavailable = "Authorization is temporarily unavailable.";
    let forbidden = "You do not have permission to do this.";
    Ok(vec![
        row(("GET", "/healthz"), &None, 200, None, ""),
        row(("GET", "/healthz"), &forged, 200, None, ""),
        row(get, &good, 200, None, ""),
        row(("GET", "/me;x"), &good, 400, None, malformed),
        row(("GET", "/me/%3f"), &None, 400, None, malformed),
        row(("GET", "/no-rule"), &good, 403, None, forbidden),
        row(("POST", "/healthz"), &good, 403, None, forbidden),
        row(get, &None, 401, Some(MISSING), "Authentication is required."),
        invalid(Some("x.y.z".to_owned())),
        invalid(forged.clone()),
        invalid(changed("exp", json!(1_000))),
        invalid(changed("iss", json!("https://elsewhere.example.com/"))),
        invalid(changed("aud", json!("another"))),
        invalid(changed("sub", json!("mallory"))),
        row(delete, &good, 403, Some(UNMET), "You do not have permission to delete user data."),
        row(("GET", "/internal/x"), &good, 403, Some(UNMET), forbidden),
        row(get, &changed("iss", json!(AWAY)), 503, None, unavailable),
    ])
}

/// An issuer whose keys nobody has.
const AWAY: &str = "https://away.example.com/";

fn policy() -> Result<Value> {
    let mut policy = sample_policy()?;
    policy["revoked"] = json!({ "sub": ["mallory"] });
    let remote =
        json!({ "cluster": "away", "uri": "https://away.example.com/jwks", "timeout_seconds": 1 });
    let away = json!({ "name": "away", "issuer": AWAY, "signature": { "remote_jwks": remote } });
    if let Some(issuers) = policy["issuers"].as_array_mut() {
        issuers.push(away);
    }
    Ok(policy)
}

/// The answer over HTTP/1.1 and over HTTP/2.
fn ask(envoy: &Envoy, row: &Row) -> Result<[Answer; 2]> {
    let (method, path) = row.request;
    let authorization = row.token.as_ref().map(|token| format!("Bearer {token}"));
    let mut text = vec![format!("{method} {path} HTTP/1.1"), "Host: api.example.com".to_owned()];
    let mut fields = vec![
        (&b":method"[..], method.as_bytes()),
        (b":path", path.as_bytes()),
        (b":scheme", b"http"),
        (b":authority", b"api.example.com"),
    ];
    if let Some(authorization) = &authorization {
        text.push(format!("Authorization: {authorization}"));
        fields.push((b"authorization", authorization.as_bytes()));
    }
    let old = raw::http1(envoy.addr(), (text.join("\r\n") + "\r\n\r\n").as_bytes())?;
    match raw::http2(envoy.addr(), &fields)? {
        Outcome::Answer(new) => Ok([old, *new]),
        Outcome::Reset(code) => bail!("{method} {path}: the stream was reset with {code}"),
    }
}

#[test]
fn each_row_is_as_the_table_says() -> Result<()> {
    for normalization in [true, false] {
        let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
        let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy()?);
        let envoy = Envoy::start(&config.normalization(normalization).build()?)?;
        let rows = rows(&issuer)?;
        for row in &rows {
            for answer in ask(&envoy, row)? {
                check(&answer, row);
            }
        }
        let passed = rows.iter().filter(|row| row.status == 200).count();
        assert_eq!(upstream.hits(), 2 * u64::try_from(passed)?);
    }
    Ok(())
}

fn check(answer: &Answer, row: &Row) {
    let about = format!("{:?}: {}", row.request, answer.text());
    assert_eq!(answer.status, row.status, "{about}");
    assert_eq!(answer.header("www-authenticate"), row.challenge, "{about}");
    if row.status != 200 {
        let body: Value = serde_json::from_str(&answer.text()).unwrap_or_default();
        assert_eq!(body, json!({ "error": row.error }), "{about}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{about}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{about}");
    }
    let retry = (row.status == 503).then_some("1");
    assert_eq!(answer.header("retry-after"), retry, "{about}");
}
