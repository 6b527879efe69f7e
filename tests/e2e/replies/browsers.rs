//! A script in a browser: what it asks before its requests, and which answers it may read.

use super::*;

const APP: &str = "https://app.example.com";

/// What a browser sends before a script's DELETE with a token.
const PREFLIGHT: &[(&str, &str)] = &[
    ("origin", APP),
    ("access-control-request-method", "DELETE"),
    ("access-control-request-headers", "authorization"),
    ("sec-fetch-mode", "cors"),
];

#[test]
fn a_script_reads_the_denials_that_it_is_meant_to_read() -> Result<()> {
    let setup = Setup::new(&json!({ "replies": { "cors": { "origins": [APP] } } }))?;
    let read = setup.ask("GET /me", &[("origin", APP)])?;
    assert_eq!(read.status, 401);
    for (name, value) in [
        ("access-control-allow-origin", APP),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "WWW-Authenticate"),
        ("vary", "Origin"),
        ("www-authenticate", r#"Bearer realm="claimgate""#),
    ] {
        assert_eq!(read.header(name), Some(value));
    }
    for headers in
        [&[][..], &[("origin", "https://evil.example.com")], &[("origin", APP), ("origin", APP)]]
    {
        let unread = setup.ask("GET /me", headers)?;
        assert_eq!((unread.status, unread.header("vary")), (401, Some("Origin")));
        assert!(said(&unread).iter().all(|(name, _)| !name.starts_with("access-control-")));
    }
    let call = Request::grpc("/me")?.header("origin", APP)?.send_http2(setup.envoy.addr())?;
    assert_eq!(call.grpc()?.code, 16);
    assert_eq!(call.header("access-control-allow-origin"), Some(APP));
    Ok(())
}

#[test]
fn a_preflight_reaches_the_upstream_untouched() -> Result<()> {
    let setup = Setup::new(&json!({ "cors_preflight": "allow" }))?;
    for (hits, path) in [(2, "/user-data/123"), (4, "/user-data/124")] {
        let answer = setup.ask(&format!("OPTIONS {path}"), PREFLIGHT)?;
        assert_eq!((answer.status, setup.upstream.hits()), (200, hits));
        let reached = answer.json()?;
        assert_eq!((&reached["method"], &reached["path"]), (&json!("OPTIONS"), &json!(path)));
        for (name, value) in PREFLIGHT {
            let headers = reached["headers"].as_array().context("no headers")?;
            assert!(headers.contains(&json!([name, value])), "{name}: {headers:?}");
        }
    }
    let audit = setup.envoy.decisions()?.pop().context("no decision")?;
    assert_eq!((&audit["decision"], &audit["reason"]), (&json!("allow"), &json!("CORS preflight")));
    assert_eq!(audit.get("rule"), None);
    Ok(())
}

#[test]
fn what_only_resembles_a_preflight_is_for_the_rules() -> Result<()> {
    let setup = Setup::new(&json!({ "cors_preflight": "allow" }))?;
    let [origin, method, ..] = PREFLIGHT else { unreachable!() };
    for (line, headers, status) in [
        ("OPTIONS /me", vec![], 401),
        ("OPTIONS /me", vec![*origin], 401),
        ("OPTIONS /me", vec![*method], 401),
        ("OPTIONS /me", vec![*origin, *origin, *method], 401),
        ("OPTIONS /me", vec![*origin, *method, *method], 401),
        ("DELETE /me", vec![*origin, *method], 401),
        ("OPTIONS /me", vec![*origin, *method, ("cookie", "a=b")], 401),
        ("OPTIONS /me", vec![*origin, *method, ("x-http-method-override", "DELETE")], 401),
        ("OPTIONS /internal/x", vec![*origin, *method], 403),
        ("OPTIONS /me//x", vec![*origin, *method], 400),
    ] {
        assert_eq!(setup.ask(line, &headers)?.status, status, "{line} {headers:?}");
    }
    let strict = Setup::new(&json!({}))?;
    assert_eq!(strict.ask("OPTIONS /me", PREFLIGHT)?.status, 401);
    assert_eq!((setup.upstream.hits(), strict.upstream.hits()), (0, 0));
    Ok(())
}
